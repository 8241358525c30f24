"""The results of a sweep on a terminal: a row a point, a column an outcome; and what a sweep will take."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels, labels_for
from app.cli.session import Session
from app.cli.show_summary import show_header
from app.wording import mark

if TYPE_CHECKING:
    from experiments.outcomes import Outcome
    from experiments.study import Study

Row = Mapping[str, Any]
MOST_POINTS, MOST_OUTCOMES = 60, 4
MONEY = "outlays"
DECEMBER = "-12"
MINUTE, HOUR = 60, 3600


def show_sweep(session: Session, summary: Row, study: Study, folder: Path) -> None:
    """Print the table of points of a finished sweep, its first outcomes beside the money."""
    say, labels = session.say, labels_for(session, study.scenarios, study.region)
    show_header(session, summary, labels)
    if summary["left_out"]:
        text = say("{count} runs that failed are left out.").format(count=len(summary["left_out"]))
        session.line(text, "yellow")
    session.line(session.told(say("Sweep"), study.label[session.lang]), "bold")
    if summary["points"] is None:
        session.line(say("There are too many points to show: see points.parquet."))
    else:
        _table(session, summary, study, labels)
    session.line(f"{say('Results in')} {folder}", "bold")
    query = f"SELECT * FROM '{folder}/runs/*.parquet'"
    session.line(session.told(say("Every run, for DuckDB"), query))


def _table(session: Session, summary: Row, study: Study, labels: Labels) -> None:
    """Print the points, a row each."""
    say = session.say
    shown = [outcome.text for outcome in study.outcomes[:MOST_OUTCOMES]] + [MONEY]
    heads = [_head(session, outcome, labels) for outcome in study.outcomes[:MOST_OUTCOMES]]
    names = [f"{factor.label[session.lang]} ({session.text(factor.unit)})" for factor in study.factors]
    money = say("Public money from 2022 on, all payers (CNY, hundred millions)")
    table = session.table(mark("Points of the grid"), mark("Scenario"), *names, *heads, money)
    points: dict[tuple[str, int], dict[str, Row]] = {}
    for row in summary["points"]:
        points.setdefault((row["scenario"], row["point"]), {})[row["outcome"]] = row
    for (scenario, _), row in list(points.items())[:MOST_POINTS]:
        one = row[shown[0]]
        cells = [labels.scenario(scenario), *(figures.number(one[factor.name]) for factor in study.factors)]
        cells += [_figure(row[outcome]) for outcome in shown]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    if len(points) > MOST_POINTS:
        text = say("{count} more points: see points.parquet.")
        session.line(text.format(count=len(points) - MOST_POINTS))
    if len(study.outcomes) > MOST_OUTCOMES:
        text = say("{count} more outcomes: see points.parquet.")
        session.line(text.format(count=len(study.outcomes) - MOST_OUTCOMES))


def _head(session: Session, outcome: Outcome, labels: Labels) -> str:
    """Return an outcome in words."""
    where = [labels[part] for part in (outcome.place, outcome.group) if part != "all"]
    return session.listed(f"{labels[outcome.indicator]} {outcome.month.removesuffix(DECEMBER)}", *where)


def _figure(row: Row) -> str:
    """Return median and interval of one figure."""
    if row["outcome"] == MONEY:
        value, span = figures.money(row["median"]), figures.money_interval(row["low"], row["high"])
    else:
        value = figures.level(row["median"], row["unit"])
        span = figures.interval(row["low"], row["high"], row["unit"])
    return f"{value}\n{span}".rstrip()


def show_estimate(session: Session, told: Row) -> None:
    """Print how many runs a sweep takes and how long."""
    say = session.say
    lines = (
        (say("Runs"), f"{told['runs']:,}"),
        (say("Finished"), f"{told['finished']:,}"),
        (say("Seconds a run, measured here"), f"{told['seconds_a_run']:.2f}"),
        (say("Workers"), str(told["workers"])),
        (say("Time left"), _time(session, told["seconds"])),
    )
    for head, value in lines:
        session.line(session.told(head, value))


def _time(session: Session, seconds: float) -> str:
    """Return a duration as people say it."""
    say = session.say
    if seconds < 2 * MINUTE:
        return say("{count} s").format(count=f"{seconds:.0f}")
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} {say('minutes')}"
    return f"{seconds / HOUR:.1f} {say('hours')}"
