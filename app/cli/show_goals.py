"""The goals of a run and what policy changes in them, on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.wording import mark
from experiments.summary import PERCENTILES_FROM

Row = Mapping[str, Any]
Span = tuple[float | None, float | None, float | None]
Part = Callable[[Row], Span]

MET, NOT_MET = "✓", "✗"
EFFECT_HEADS = {
    "effect_of_change": mark("Effect of the change"),
    "effect_of_plan": mark("Effect of the plan"),
    "achieved_so_far": mark("Achieved so far"),
    "still_to_gain": mark("Still to gain"),
}
BASIS_WORDS = {
    "document": mark("document"),
    "national plan": mark("national plan"),
    "proposed": mark("proposed"),
}


def _goal_name(session: Session, goal: Row, labels: Labels) -> str:
    """Return the label of a goal's indicator with its year and marks (* assumed rows, † passed before)."""
    star = (" *" if goal["marks"] else "") + (" †" if goal["passed_in_2022"] else "")
    return f"{labels[goal['indicator']]} {goal['year']}{star}"


def show_goals(session: Session, summary: Row, labels: Labels) -> None:
    """Print value, interval, target, met and probability of every goal by scenario, sorted by basis."""
    if not summary["goals"]:
        return
    say = session.say
    table = session.table(mark("Goals"), mark("Goal"), mark("Target"))
    for name in summary["scenarios"]:
        table.add_column(Text(labels.scenario(name)), overflow="fold")
    basis = ""
    for goal in summary["goals"]:
        if goal["basis"] != basis:
            basis = goal["basis"]
            table.add_row(Text(say(BASIS_WORDS.get(str(basis), str(basis))), style="bold"))
        cells = [_goal_name(session, goal, labels), _target(session, goal)]
        cells += [_standing(goal["scenarios"][name], goal["unit"]) for name in summary["scenarios"]]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    session.line(say(cell_words(summary["replicates"])))
    if any(goal.get("stretch") is not None for goal in summary["goals"]):
        session.line(
            say("Stretch: where a target is met before or without the plan, what the plan reaches (median)."),
        )


def _target(session: Session, goal: Row) -> str:
    """Return the target of a goal and what the plan reaches where it is met anyway."""
    words = figures.target(goal["target"], goal["unit"], goal["direction"])
    if goal.get("stretch") is None:
        return words
    sign = figures.SIGNS.get(goal["direction"], "")
    return f"{words}\n{session.say('stretch')} {sign}{figures.level(goal['stretch'], goal['unit'])}"


def cell_words(replicates: int) -> str:
    """Return what stands in a cell of the goals."""
    if replicates == 1:
        return mark("Each cell: the figure of one simulation; ✓ met, ✗ not met.")
    if replicates < PERCENTILES_FROM:
        return mark(
            "Each cell: median [range]; ✓ met, ✗ not met; p = share of replicates that meet it [Wilson 95 %]."
        )
    return mark(
        "Each cell: median [interval]; ✓ met, ✗ not met; p = share of replicates that meet it [Wilson 95 %]."
    )


def _standing(part: Row, unit: str | None) -> str:
    """Return the cell of one goal in one scenario."""
    if part["value"] is None:
        return figures.MISSING
    met = "" if part["met"] is None else MET if part["met"] else NOT_MET
    chance = "" if part["probability"] is None else f"p {figures.probability(part['probability'])}"
    within = figures.chances(part["probability_low"], part["probability_high"])
    lines = (
        (figures.level(part["value"], unit), figures.interval(part["low"], part["high"], unit)),
        (met, chance, within),
    )
    return "\n".join(" ".join(word for word in line if word) for line in lines if any(line))


def show_changes(session: Session, summary: Row, labels: Labels) -> None:
    """Print the paired effects that can be read from the scenarios that were run."""
    goals = summary["goals"]
    columns = _effect_columns(session, summary, labels)
    if not columns:
        return
    table = session.table(mark("What policy changes"), mark("Goal"))
    for head, _ in columns:
        table.add_column(Text(head), overflow="fold")
    for goal in goals:
        cells = [_goal_name(session, goal, labels)]
        for _, part_of in columns:
            value, low, high = part_of(goal)
            words = figures.difference(value, goal["unit"], session.say)
            cells.append(f"{words} {figures.interval(low, high, goal['unit'])}".rstrip())
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _effect_columns(session: Session, summary: Row, labels: Labels) -> list[tuple[str, Part]]:
    """Return head and reader of each paired effect: of the pairs that are known, or of all over the first."""
    if summary.get("compared"):
        base, *others = summary["scenarios"]
        return [
            (f"{labels.scenario(name)} − {labels.scenario(base)}", partial(_over_first, name))
            for name in others
        ]
    known = [
        name
        for name in EFFECT_HEADS
        if any(goal["effects"][name]["value"] is not None for goal in summary["goals"])
    ]
    return [(session.say(EFFECT_HEADS[name]), partial(_effect, name)) for name in known]


def _over_first(name: str, goal: Row) -> Span:
    """Return the paired difference of a goal in a scenario against the first one."""
    part = goal["scenarios"][name]
    return part["difference"], part["difference_low"], part["difference_high"]


def _effect(name: str, goal: Row) -> Span:
    """Return one of the effects that are known by name."""
    part = goal["effects"][name]
    return part["value"], part["low"], part["high"]
