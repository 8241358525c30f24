"""What an outcome hangs on, on a terminal: the largest index first, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels, labels_for
from app.cli.session import Session
from app.sensitivity_words import caveats, index, index_span, outcome_name, spread, trust, unknown
from app.wording import mark

Row = Mapping[str, Any]
BAR, BAR_WIDTH = "█", 24
LEAST_PAIR = 0.01
"""Second-order indices below this are not printed; the files hold all."""
MOST_PAIRS = 10


def show_sensitivity(session: Session, summary: Row, folder: Path) -> None:
    """Print the summary of a sampled study."""
    say = session.say
    labels = labels_for(session, [], summary["region"])
    session.line(summary["label"][session.lang], "bold")
    session.line(say("Simulation results, not a forecast"), "bold green")
    head = say("{method}, {samples} samples, {distinct} different runs of {households} households")
    facts = {name: f"{summary[name]:,}" for name in ("samples", "distinct", "households")}
    told = head.format(method=summary["method"].capitalize(), **facts)
    session.line(session.listed(told, session.told(say("scenario"), summary["scenario_label"][session.lang])))
    for outcome in summary["outcomes"]:
        _outcome(session, summary, outcome, labels)
    for line in caveats(summary, say):
        session.line(line)
    for failure in summary["failures"]:
        levels = ", ".join(f"{name} = {level:g}" for name, level in failure["levels"].items())
        session.line(session.told(say("failed"), f"{failure['error']} ({levels})"), "yellow")
    session.line(session.told(say("Results"), str(folder)))


def _outcome(session: Session, summary: Row, outcome: Row, labels: Labels) -> None:
    """Print the indices of one outcome."""
    say = session.say
    name = outcome_name(outcome, labels, session.lang)
    if not outcome["indices"]:
        session.line(session.told(name, unknown(outcome, say)), "yellow")
        return
    words = {factor["name"]: factor["label"][session.lang] for factor in summary["factors"]}
    if summary["method"] == "morris":
        _effects(session, outcome, name, words)
        for line in trust(outcome, summary["samples"], say):
            session.line(line)
        return
    table = session.table(name, mark("Factor"), mark("First order"), mark("Total"), "")
    for row in outcome["indices"]:
        bar = BAR * round(BAR_WIDTH * min(max(row["total"], 0.0), 1.0))
        cells = [
            words[row["factor"]],
            *(f"{index(row[k])} {index_span(row, k)}" for k in ("first", "total")),
            bar,
        ]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    session.line(
        session.joint.join([spread(outcome, session.lang), *trust(outcome, summary["samples"], say)])
    )
    _pairs(session, outcome, words)


def _effects(session: Session, outcome: Row, name: str, words: Mapping[str, str]) -> None:
    """Print Morris's elementary effects, in the unit of the outcome."""
    unit = outcome["unit"]
    table = session.table(
        name, mark("Factor"), mark("Mean size of effect"), mark("Mean effect"), mark("Spread")
    )
    for row in outcome["indices"]:
        star = figures.difference(row["mu_star"], unit, session.say).lstrip("+")
        span = figures.interval(row["mu_star_low"], row["mu_star_high"], unit)
        cells = [words[row["factor"]], f"{star} {span}", figures.difference(row["mu"], unit, session.say)]
        cells.append(figures.difference(row["sigma"], unit, session.say).lstrip("+"))
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _pairs(session: Session, outcome: Row, words: Mapping[str, str]) -> None:
    """Print the pairs of factors that act together, if they were asked for."""
    rows = sorted(outcome["pairs"], key=lambda row: -row["second"])[:MOST_PAIRS]
    rows = [row for row in rows if row["second"] >= LEAST_PAIR]
    if not rows:
        return
    table = session.table(mark("Pairs of factors"), mark("Factor"), mark("With"), mark("Second order"))
    for row in rows:
        cells = (
            words[row["factor"]],
            words[row["other"]],
            f"{index(row['second'])} {index_span(row, 'second')}",
        )
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
