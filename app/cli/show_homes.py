"""What a scenario brings to homes and what moves with it, on a terminal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rich.text import Text

from app import effect_rows
from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.wording import mark

Row = Mapping[str, Any]


def show_homes(session: Session, effect: Row, names: str) -> None:
    """Print appliances added, electricity saved and bills of a pair of scenarios; nothing where none
    differ."""
    rows, say = effect_rows.home_rows(effect), session.say
    if not rows:
        return
    heads = (mark("Result"), mark("all payers"), mark("the province alone"))
    table = session.table(session.told(say(effect_rows.BRINGS), names), *heads)
    for head, cells in rows:
        table.add_row(*(Text(cell) for cell in (session.listed(*(say(part) for part in head)), *cells)))
    session.out.print(table)
    reason = (effect["appliances"] or {}).get("reason")
    if reason and effect["appliances"]["set"]:
        session.out.print(Text(f"{figures.MISSING} {say(effect_rows.REASONS[reason])}"))


MOST_BRIEFLY = 12


def show_moved_briefly(
    session: Session, effect: Row, names: str, labels: Labels, known: Collection[str]
) -> None:
    """Print the indicators besides those `known` that move most, measured by their base; count the others."""
    told = effect.get("moved")
    if told is None:
        return
    rows = [row for row in told["rows"] if row["indicator"] not in known]
    rows.sort(key=_force, reverse=True)
    kept = {**told, "rows": rows[:MOST_BRIEFLY], "still": 0}
    show_moved(session, {**effect, "moved": kept}, names, labels)
    if (more := len(rows) - MOST_BRIEFLY) > 0:
        session.line(session.say("{count} more indicators move: `--all` shows them.").format(count=more))


def _force(row: Row) -> float:
    """Return how far an indicator moves, as a part of its base; infinitely far from nothing."""
    base = abs(row["base"]["value"] or 0.0)
    return abs(row["effect"]["value"] or 0.0) / base if base else float("inf")


def show_moved(session: Session, effect: Row, names: str, labels: Labels) -> None:
    """Print the indicators that move, in one December."""
    from model.data.indicators import indicators

    told, say = effect.get("moved"), session.say
    if told is None or not told["rows"]:
        return
    title = session.told(session.listed(say(effect_rows.MOVES), told["month"]), names)
    heads = (mark("Indicator"), mark("base"), mark("with it"), mark("Difference"))
    table = session.table(title, *heads)
    for row in told["rows"]:
        unit = indicators()[row["indicator"]].unit
        label = labels[row["indicator"]]
        if not figures.is_share(unit):
            label = session.listed(label, session.text(unit))
        effect_ = row["effect"]
        words = figures.difference(effect_["value"], unit, say)
        ends = figures.interval(effect_["low"], effect_["high"], unit)
        cells = (figures.level(row[key]["value"], unit) for key in ("base", "treated"))
        table.add_row(*(Text(cell) for cell in (label, *cells, f"{words} {ends}".rstrip())))
    session.out.print(table)
    if told["still"]:
        session.out.print(Text(say(effect_rows.STILL).format(count=told["still"])))
