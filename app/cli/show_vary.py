"""One lever at several levels, on a terminal: a row a level, the goals that move and what the money buys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.wording import mark

Row = Mapping[str, Any]

MOST_GOALS = 3
"""Goals shown beside each other; the JSON document holds all."""
MONEY = (
    mark("additional new-energy cars"),
    mark("Cost, CNY hundred millions"),
    mark("CNY per additional car"),
)


def show_curve(session: Session, summary: Row, labels: Labels) -> None:
    """Print what each level of the varied lever reaches and costs against the parent scenario."""
    vary = summary.get("vary")
    if not vary:
        return
    say = session.say
    moves = {number: _moves(vary["curve"], number) for number in range(len(summary["goals"]))}
    moved = sorted((number for number, by in moves.items() if by), key=lambda number: -moves[number])
    unit = session.text(vary["unit"])
    title = session.listed(
        session.told(say("At several levels"), labels[vary["lever"]]),
        say("differences against {parent}").format(parent=labels.scenario(vary["parent"])),
    )
    goals = [summary["goals"][number] for number in moved[:MOST_GOALS]]
    heads = [f"{labels[goal['indicator']]} {goal['year']}" for goal in goals]
    table = session.table(title, f"{say('Level')} ({unit})", *heads, *MONEY)
    for point in vary["curve"]:
        cells = [figures.number(point["level"])]
        cells += [_reached(session, point["goals"][number]) for number in moved[:MOST_GOALS]]
        cells += [
            _span(point["additional"], figures.number),
            _span(_part(point["cost"], "all", "real"), figures.money),
            _span(_part(point["cost_per_additional"], "all", "real"), figures.number),
        ]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    session.out.print(Text(say("Cost: of all payers over the parent, prices of 2022; – not defined.")))
    if not moved:
        session.out.print(Text(say("No goal inside the run moves with this lever.")))
    elif len(moved) > MOST_GOALS:
        text = say("{count} more goals move: `--json` shows them.").format(count=len(moved) - MOST_GOALS)
        session.out.print(Text(text))


def _moves(curve: list[Row], number: int) -> float:
    """Return by how much of its target a goal lies off the parent's, where it does most (median)."""
    goals = [point["goals"][number] for point in curve]
    off = [abs((goal["difference"]["value"] or 0.0) / (goal["target"] or 1.0)) for goal in goals]
    return float(max(off))


def _reached(session: Session, goal: Row) -> str:
    """Return a goal at one level with its interval, probability and difference to the parent."""
    span = figures.interval(goal["low"], goal["high"], goal["unit"])
    change = goal["difference"]
    moved = figures.difference(change["value"], goal["unit"], session.say)
    moved += " " + figures.interval(change["low"], change["high"], goal["unit"])
    lines = [f"{figures.level(goal['value'], goal['unit'])} {span}".rstrip(), f"Δ {moved}".rstrip()]
    if goal["probability"] is not None:
        lines.append(f"p {figures.probability(goal['probability'])}")
    return "\n".join(lines)


def _part(document: Row | None, *keys: str) -> Row | None:
    """Return a part of a nested document, None where it is not there."""
    for key in keys:
        document = document.get(key) if document else None
    return document


def _span(part: Row | None, shown: Callable[[float], str]) -> str:
    """Return median and interval of a figure."""
    if part is None or part["value"] is None:
        return figures.MISSING
    span = "" if part["low"] is None else f"\n[{shown(part['low'])}, {shown(part['high'])}]"
    return f"{shown(part['value'])}{span}"
