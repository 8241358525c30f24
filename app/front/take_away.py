"""What a change does as one table of numbers, one figure a row, for a spreadsheet or a script."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.effect_rows import SPENT, bills
from app.front.effect import CLEANER, PRICES, UNIT_OF_GROUPS
from app.wording import mark

Row = Mapping[str, Any]
Line = list[object]
DIGITS = 6
"""Digits that are kept: more would pretend to a precision that no interval here has."""
HEADS = (
    mark("Indicator"), mark("Year"), mark("Households"), mark("Scenario"), mark("Value"), mark("Low"),
    mark("High"), mark("Unit"),
)  # fmt: skip
PER_CENT = 100.0


def heads(words: Session) -> list[str]:
    """Return the heads of `lines`."""
    return [words.say(head) for head in HEADS]


def lines(words: Session, names: Labels, summary: Row, base: str, treated: str) -> list[Line]:
    """Return goals before and with the change, money and who gains, and last which run it is from.

    Shares are in per cent and their differences in points; an empty cell is what a run does not say.
    """
    found = summary["effects"][0]
    rows = [
        *_goals(words, names, summary, base, treated),
        *_money(words, found),
        *_gains(words, names, found),
    ]
    note = [
        words.say("Simulation results, not a forecast"),
        "",
        "",
        f"{words.say('fingerprint')} {summary['id']}",
    ]
    return [*rows, [*note, "", "", "", ""]]


def _goals(words: Session, names: Labels, summary: Row, base: str, treated: str) -> Iterator[Line]:
    say = words.say
    for goal in summary["goals"]:
        unit, change = goal["unit"], goal["effects"]["effect_of_change"]
        share = figures.is_share(unit)
        level, gap = ("%", say("points")) if share else (words.text(unit), words.text(unit))
        scale = PER_CENT if share else 1.0
        told: list[tuple[str, Row, str]] = [
            (say("Target"), {"value": goal["target"]}, level),
            (say("base"), goal["scenarios"][base], level),
            (say("with it"), goal["scenarios"][treated], level),
            (say("Difference"), change, gap),
        ]
        for which, part, in_unit in told:
            yield [names[goal["indicator"]], goal["year"], "", which, *_ends(part, scale), in_unit]


def _money(words: Session, found: Row) -> Iterator[Line]:
    say, window = words.say, found["window"]
    if window is None:
        return
    years, gap = f"{window['first']}..{window['last']}", say("Difference")
    prices = f"CNY, {say(PRICES)}"
    parts: list[tuple[str, Row | None, str]] = [
        (say("Cost, all payers"), found["cost"]["all"]["real"], prices),
        (say("Cost, the province alone"), found["cost"]["province"]["real"], prices),
        (say("Additional new-energy cars"), found["additional"], ""),
        (say("Cost of one additional car, all payers"), found["cost_per_additional"]["all"]["real"], prices),
        (say(CLEANER), found["tonnes"]["to_end"], ""),
        (say("Tonnes of CO2 saved by driving less"), found["tonnes_driving_less"]["to_end"], ""),
    ]
    for what, part, unit in parts:
        yield [what, years, "", gap, *_ends(part, 1.0), unit]


def _gains(words: Session, names: Labels, found: Row) -> Iterator[Line]:
    say, gap = words.say, words.say("Difference")
    groups = found.get("groups") or ()  # missing where no money and no bill differs
    paid = bills(found) if groups else []
    for row in groups:
        who, unit = names[row["part"]], say(UNIT_OF_GROUPS)
        yield [say("Money received"), "", who, gap, *_ends(row["received"], 1.0), unit]
        yield [say("Share of the money"), "", who, gap, *_ends(row["share"], PER_CENT), "%"]
        for name in paid:
            yield [say(SPENT[name]), "", who, gap, *_ends(row[name], 1.0), unit]


def _ends(part: Row | None, scale: float) -> Line:
    """Return value, low and high as numbers, an empty cell where there is none."""
    found = (None if part is None else part.get(end) for end in ("value", "low", "high"))
    return [
        "" if one is None or not math.isfinite(one) else float(f"{scale * one:.{DIGITS}g}") for one in found
    ]
