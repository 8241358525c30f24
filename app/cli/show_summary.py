"""The scoreboard of a run on a terminal: header, goals, effects, observed series, money, marks, what next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_assumed import show_assumed
from app.cli.show_compared import show_bought, show_compared, show_pairs, show_payers
from app.cli.show_differences import show_differences
from app.cli.show_evidence import show_evidence
from app.cli.show_goals import show_changes, show_goals
from app.cli.show_money import show_effects, show_outlays
from app.cli.show_vary import show_curve
from app.wording import mark
from experiments.results import own_names
from experiments.summary import PERCENTILES_FROM

Row = Mapping[str, Any]


class Extent(Enum):
    """How much of a summary is printed: what is asked first of a run, of a run with a change of its own, of a
    comparison; or all."""

    SCOREBOARD = "scoreboard"
    CHANGED = "changed"
    COMPARED = "compared"
    ALL = "all"


COMPARED_LEAVES = mark(
    "`--all` adds intervals of goals, every instrument, cities, observed series, what is assumed."
)
SCOREBOARD_LEAVES = mark(
    "`--all` adds every indicator that moves, every instrument, homes, who receives and who pays, what is"
    " assumed."
)

HOME = "shanxi"
LEVERS_ELSEWHERE = mark(
    "the provincial levers are Shanxi's; here they apply to the nation only to compare with national series"
)
DETAIL_FROM = 200_000
SPARSE = mark("by place and group at once: below {many} simulated households many cells are empty")


def show_summary(
    session: Session, summary: Row, folder: Path | None, labels: Labels, *, extent: Extent = Extent.ALL
) -> None:
    """Print a summary; `labels` gives the words for indicators, instruments, payers and scenarios."""
    summary = _without_copies(summary)
    show_header(session, summary, labels)
    if extent is Extent.COMPARED:
        show_compared(session, summary, labels)
        _marks_briefly(session, summary, COMPARED_LEAVES)
        _next(session, folder)
        return
    show_goals(session, summary, labels)
    show_changes(session, summary, labels)
    show_curve(session, summary, labels)
    if extent is not Extent.ALL:
        show_payers(session, summary, labels)
        (show_pairs if extent is Extent.CHANGED else show_bought)(session, summary, labels)
        show_evidence(session, summary, labels)
        _passed(session, summary)
        _marks_briefly(session, summary, SCOREBOARD_LEAVES, starred=True)
    else:
        show_differences(session, summary, labels)
        show_outlays(session, summary, labels)
        show_effects(session, summary, labels)
        show_evidence(session, summary, labels)
        _passed(session, summary)
        _marks(session, summary, labels)
    _next(session, folder)


def _without_copies(summary: Row) -> Row:
    """Return a summary without columns for each level of a varied lever, which have a table of their own."""
    names = own_names(summary["scenarios"], summary.get("vary"))
    money = [row for row in summary["money"] if row["scenario"] in names]
    return {**summary, "scenarios": list(names), "money": money}


def show_header(session: Session, summary: Row, labels: Labels) -> None:
    """Print what was run and how far it may be trusted."""
    say = session.say
    session.line(say("Simulation results, not a forecast"), "bold")
    parts = [
        f"{say('region')} {labels[summary['region']]}",
        f"{say('households simulated')} {summary['households']}",
        f"{say('replicates')} {summary['replicates']}",
        f"{say('seed')} {summary['seed']}",
        f"{say('until')} {summary['until']}",
    ]
    session.line(" · ".join(parts))
    show_assumed(session, summary, labels)
    if summary["region"] != HOME:
        session.line(say(LEVERS_ELSEWHERE), "yellow")
    if summary["replicates"] == 1:
        session.line(say("one replicate: no interval and no probability can be read from it"), "yellow")
    elif summary["replicates"] < PERCENTILES_FROM:
        text = say(
            "in brackets: the whole range of {replicates} replicates; from {many} on, 90 % of them lie inside"
        ).format(replicates=summary["replicates"], many=PERCENTILES_FROM)
        session.line(text, "yellow")
    if not summary.get("calibrated", False):
        session.line(
            say(
                "before calibration: the car market's constants were fitted to national figures of 2015-2021;"
                " all else is as its tables and their ranges say; nothing was fitted to Shanxi or later years"
            ),
            "yellow",
        )
    if summary.get("detail") and summary["households"] < DETAIL_FROM:
        session.line(say(SPARSE).format(many=DETAIL_FROM), "yellow")
    luck = summary.get("luck") or {}
    if luck.get("share") is not None:
        share = figures.level(luck["share"], "share")
        name = labels[luck["indicator"]]
        of = say("of the variance between replicates is luck, the rest is parameters")
        session.line(session.told(f"{name} {luck['year']}", f"{share} {of}"))


def _passed(session: Session, summary: Row) -> None:
    if any(goal["passed_in_2022"] for goal in summary["goals"]):
        session.line(session.say("† the target was passed before the plan was issued."))


def _marks(session: Session, summary: Row, labels: Labels) -> None:
    """Print what rests on assumed rows, and how much of the model is assumed."""
    say = session.say
    assumed, total = summary["assumed"]["parameters"]
    levers = ("；" if session.lang == "zh" else "; ").join(
        labels[name] for name in summary["assumed"]["levers"]
    )
    rests = say("rests on assumed rows: paths in the plan of {levers};").format(levers=levers)
    session.line(session.marked("*", rests))
    counted = say("parameters assumed: {assumed} of {total} (`jinlv parameters`).")
    session.line("  " + counted.format(assumed=assumed, total=total))


def _marks_briefly(session: Session, summary: Row, left_out: str, starred: bool = False) -> None:
    """Print how much of the model is assumed, which goals are `starred` for, and how to see what was
    `left_out`."""
    assumed, total = summary["assumed"]["parameters"]
    text = session.say(
        "Assumed: the plan's paths of {levers} levers, {assumed} of {total} parameters (`jinlv parameters`)."
    )
    told = text.format(levers=len(summary["assumed"]["levers"]), assumed=assumed, total=total)
    session.line(session.marked("*", told) if starred else told)
    session.line(session.say(left_out))


def _next(session: Session, folder: Path | None) -> None:
    """Print where the results are and what can be done next."""
    if folder is None:
        return
    say = session.say
    session.line(f"{say('Results in')} {folder}", "bold")
    session.line(
        session.told(
            say("Next: ask another question"), "jinlv run --set nev_purchase_subsidy=8000@2026-01..2028-12"
        ),
    )
    session.line(session.told(say("or check the files"), f"jinlv verify {folder}"))
