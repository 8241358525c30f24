"""Goals as cards: value, interval, target, met or not, probability, and where each scenario stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.charts_style import look_of
from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_goals import BASIS_WORDS
from app.front import numbers
from app.front.html import badge, table
from app.wording import mark

Row = Mapping[str, Any]
ROOM = 1.08
"""Length of a strip over the largest value on it."""
HEADS = (mark("Goal"), mark("Year"), mark("Basis"), mark("Target"), mark("Scenario"), mark("Median"))
MORE_HEADS = (mark("Interval"), mark("Met"), mark("Probability"), mark("Interval of the probability"))


def target(goal: Row) -> str:
    """Return the target of a goal with its sign."""
    return ("≤ " if goal["direction"] == "lower" else "≥ ") + figures.level(goal["target"], goal["unit"])


def cards(words: Session, names: Labels, goals: Sequence[Row], focus: str, shown: Mapping[str, str]) -> str:
    """Return one card a goal, of the scenario `focus`; `shown`: scenario -> label, each on its strip."""
    made = "".join(_card(words, names, goal, focus, shown) for goal in goals)
    return f'<div class="cards">{made}</div>' if made else ""


def _card(words: Session, names: Labels, goal: Row, focus: str, shown: Mapping[str, str]) -> str:
    say, part = words.say, goal["scenarios"][focus]
    unit = "" if figures.is_share(goal["unit"]) else words.text(goal["unit"])
    met = part["met"]
    mark_ = badge(f"✓ {say('met')}" if met else f"✗ {say('not met')}", "yes" if met else "no")
    facts = [words.told(say("Target"), target(goal)) + f"（{_basis(words, goal)}）"]
    if words.lang == "en":
        facts = [f"Target: {target(goal)} ({_basis(words, goal)})"]
    if part["low"] is not None:
        facts.append(words.told(say("Interval"), numbers.interval(words, part, goal["unit"])))
    if part["probability"] is not None:
        chance = f"{100 * part['probability']:.0f} %"
        ends = f"[{100 * part['probability_low']:.0f}, {100 * part['probability_high']:.0f}]"
        facts.append(words.told(say("Probability of reaching it"), f"{chance} {ends}"))
    if goal["passed_in_2022"]:
        facts.append(say("The target was passed before the plan was issued."))
    return (
        f'<div class="card"><h4>{escape(names[goal["indicator"]])}</h4>'
        f'<div class="value">{escape(numbers.level(words, part["value"], goal["unit"]))}</div>'
        f'<div class="unit">{escape(unit)}</div><div>{mark_}</div>'
        f'<div class="facts">{"<br>".join(escape(one) for one in facts)}</div>'
        f"{_strip(goal, shown)}</div>"
    )


def _basis(words: Session, goal: Row) -> str:
    return words.say(BASIS_WORDS.get(str(goal["basis"]), str(goal["basis"])))


def _strip(goal: Row, shown: Mapping[str, str]) -> str:
    """Return a row for each scenario: dot, interval, and the target as an upright line."""
    parts = {name: goal["scenarios"][name] for name in shown if goal["scenarios"].get(name)}
    known = [part for part in parts.values() if part["value"] is not None]
    ends = [
        goal["target"],
        *(part[end] for part in known for end in ("value", "high") if part[end] is not None),
    ]
    most = max((float(one) for one in ends), default=0.0) * ROOM
    if len(known) < 2 or most <= 0.0:
        return ""
    rows = "".join(
        f"<span>{escape(shown[name])}</span>{_track(part, float(goal['target']), most, name, k)}"
        for k, (name, part) in enumerate(parts.items())
    )
    return f'<div class="strip">{rows}</div>'


def _track(part: Row, goal: float, most: float, name: str, place: int) -> str:
    colour = look_of(name, place).colour
    inner = ""
    if part["low"] is not None:
        left, right = (100 * max(float(part[end]), 0.0) / most for end in ("low", "high"))
        style = f"left:{left:.1f}%;width:{max(right - left, 0.5):.1f}%;background:{colour}"
        inner += f'<i class="span" style="{style}"></i>'
    inner += f'<i class="goal" style="left:{100 * goal / most:.1f}%"></i>'
    if part["value"] is not None:
        inner += (
            f'<i class="dot" style="left:{100 * float(part["value"]) / most:.1f}%;background:{colour}"></i>'
        )
    return f'<div class="track">{inner}</div>'


def rows(words: Session, names: Labels, goals: Sequence[Row], shown: Mapping[str, str]) -> list[list[str]]:
    """Return the goals as rows of text under HEADS and MORE_HEADS."""
    say, made = words.say, []
    for goal in goals:
        for name, label in shown.items():
            part = goal["scenarios"][name]
            chance, span = part["probability"], (part["probability_low"], part["probability_high"])
            made.append(
                [
                    names[goal["indicator"]],
                    str(goal["year"]),
                    _basis(words, goal),
                    target(goal),
                    label,
                    numbers.level(words, part["value"], goal["unit"]),
                    numbers.interval(words, part, goal["unit"]),
                    say("met") if part["met"] else say("not met"),
                    figures.probability(chance),
                    figures.chances(*span),
                ]
            )
    return made


def goals_table(words: Session, names: Labels, goals: Sequence[Row], shown: Mapping[str, str]) -> str:
    """Return all goals as a table."""
    heads = [words.say(head) for head in (*HEADS, *MORE_HEADS)]
    return table(heads, rows(words, names, goals, shown), words=5)
