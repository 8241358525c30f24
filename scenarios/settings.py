"""The one-line grammar: LEVER=VALUE[@FROM..TO][@PLACES][@GROUPS] and KEY=VALUE[@FROM..TO] for the world.

A world value is a number (the level), a percentage (`+3%`, on the region's own path), or one of low,
central, high (the ends of the stated range). Income takes a percentage or a word; a parameter a number or
a word.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.data.levers import levers
from model.data.months import MONTHS, PLAN_ISSUED
from model.errors import InputError, nearest
from scenarios.checking import acting_lever, check_reach, meeting
from scenarios.faults import Spot
from scenarios.fields import month_of, number_of
from scenarios.paths import LeverPath
from scenarios.places import GROUP_NAMES, read_groups, read_places
from scenarios.scenario import Assumption, Change

SETTING = "VALUE[@FROM..TO][@PLACES][@GROUPS]"
VARYING = "VALUE,VALUE,...[@FROM..TO][@PLACES][@GROUPS]"
LEAST_VALUES, MOST_VALUES = 2, 21
ASSUMING = "KEY=VALUE[@FROM..TO]"
PERIOD = "FROM..TO (2026-01..2028-12)"
LARGEST = 1e15
WORDS = ("low", "central", "high")
INCOME = "income"
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
SHORTEST_PART = 3
_LOOSE = re.compile(r"[+-]?\d{1,3}([,_，]\d{3})+(\.\d+)?|[+-]?\d{1,15}(\.\d{1,15})?([eE]\+?\d{1,2})?")
_DATE = re.compile(r"\d{4}([-/.]\d{1,2}){0,2}")
_PERCENT = re.compile(r"([+-]?\d{1,4}(\.\d{1,6})?)%")


@dataclass(frozen=True)
class Variation:
    """One lever at several levels, all else alike: the changes, one for each of `values`."""

    lever: str
    changes: tuple[Change, ...]
    values: tuple[float, ...]


def read_settings(texts: Iterable[str], layer: int) -> tuple[Change, ...]:
    """Return the changes of one-line settings; raise InputError for a faulty one or for two that meet."""
    spots = [(read_setting(text, layer), Spot()) for text in texts]
    faults = meeting(spots)
    if faults:
        raise faults[0]
    return tuple(change for change, _ in spots)


def read_setting(text: str, layer: int = 0) -> Change:
    """Return the change of LEVER=VALUE[@FROM..TO][@PLACES][@GROUPS]: constant inside, the parent outside."""
    lever, value, parts = _taken_apart(text)
    return _constant(lever, _level(value, lever, text), parts, text, layer)


def read_variation(text: str, layer: int = 0) -> Variation:
    """Return the changes of LEVER=VALUE,VALUE,...[@FROM..TO][@PLACES][@GROUPS], one for each value."""
    lever, listed, parts = _taken_apart(text)
    typed = [value.strip() for value in re.split("[,，、]", listed)]
    if not LEAST_VALUES <= len(typed) <= MOST_VALUES:
        raise Spot().fault("bad_variation", lever.lever, text, len(typed), allowed=f"{lever.lever}={VARYING}")
    values = tuple(_level(value, lever, value) for value in typed)
    for number, value in enumerate(values):
        if value in values[:number]:
            raise Spot().fault("value_twice", lever.lever, typed[number])
    changes = tuple(_constant(lever, value, parts, text, layer) for value in values)
    return Variation(lever.lever, changes, values)


def _taken_apart(text: str) -> tuple[LeverPath, str, list[str]]:
    """Return the lever, what is to be its level, and the parts after each @."""
    name, equals, rest = text.partition("=")
    if not name.strip():
        raise Spot().fault("bad_setting", "lever", text, allowed=f"LEVER={SETTING}")
    name = name.strip()
    lever = acting_lever(_lever_labels().get(name, name), Spot())
    value, *parts = (part.strip() for part in rest.split("@"))
    if not equals:
        raise Spot().fault("bad_setting", lever.lever, text, allowed=f"{lever.lever}={SETTING}")
    return lever, value, parts


@cache
def _lever_labels() -> Mapping[str, str]:
    """Return label, in either language -> lever."""
    return {label: key for key, lever in levers().items() for label in lever.label.values()}


def _level(value: str, lever: LeverPath, text: str) -> float:
    """Return the level that was typed; raise InputError for what is no plain number, with a guess at it."""
    if not _NUMBER.fullmatch(value):
        form = f"{lever.lever}={SETTING}"
        raise Spot().fault("bad_setting", lever.lever, text, allowed=form, near=_plain_number(value, lever))
    return number_of(_as_typed(value), Spot(), lever.lever, lever.low, lever.high, lever.unit)


def _constant(lever: LeverPath, level: float, parts: Sequence[str], text: str, layer: int) -> Change:
    """Return the change that puts a lever to one level where and when the parts say."""
    spot, parts, form = Spot(), list(parts), f"{lever.lever}={SETTING}"
    first, last = PLAN_ISSUED, MONTHS - 1
    if parts and ".." in parts[0]:
        first, last = _period(parts.pop(0), lever.lever, spot)
    elif parts and _DATE.fullmatch(parts[0]):
        raise spot.fault("bad_period", lever.lever, parts[0], allowed=PERIOD)
    places = read_places(parts.pop(0).split(","), spot) if parts and not _are_groups(parts[0]) else ("all",)
    groups = read_groups(parts.pop(0).split(","), spot) if parts else GROUP_NAMES
    if parts:
        raise spot.fault("bad_setting", lever.lever, text, allowed=form)
    check_reach(lever.lever, places, groups, spot)
    return Change(lever.lever, ((first, level),), places, groups, until=last, layer=layer)


def _as_typed(value: str) -> int | float:
    """Return a number as it was typed: whole numbers are told back without a point."""
    return float(value) if "." in value else int(value)


def _plain_number(value: str, lever: LeverPath) -> str:
    """Return a number written with separators, an exponent, a unit or per cent (8,000, 8e3, 8000元, 20 %)
    as it is read; per cent of a lever that reaches beyond one is none."""
    found = _LOOSE.match(value)
    percent = value.endswith(("%", "％"))
    if not found or (percent and lever.high > 1):
        return ""
    number = float(re.sub("[,_，]", "", found[0])) / (100 if percent else 1)
    return f"{number:.15g}" if abs(number) < LARGEST else ""


def _are_groups(part: str) -> bool:
    return all(re.fullmatch(r"[qQ]\d+", word.strip()) for word in part.split(","))


def _period(text: str, field: str, spot: Spot) -> tuple[int, int]:
    start, _, end = text.partition("..")
    first = month_of(start.strip(), spot, field) if start.strip() else PLAN_ISSUED
    last = month_of(end.strip(), spot, field) if end.strip() else MONTHS - 1
    if last < first:
        raise spot.fault("months_not_ascending", field, text, near=f"{end.strip()}..{start.strip()}")
    return first, last


@cache
def world() -> Mapping[str, Mapping[str, str]]:
    """Return the series of the world that may be assumed, with their ranges."""
    with Path(__file__).with_name("world.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: row for row in csv.DictReader(file)}


@cache
def assumption_label(key: str) -> Mapping[str, str]:
    """Return the label of what can be assumed: a series of the world or a parameter."""
    from model.data.parameters import catalogue

    return world().get(key) or next(row for row in catalogue() if row["key"] == key)


@cache
def parameters_read() -> frozenset[str]:
    """Return the inputs of the parameter table that a run reads; the others wait for their domain."""
    with Path(__file__).with_name("assumable.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(row["key"] for row in csv.DictReader(file))


def parameter_ranges() -> Mapping[str, tuple[float, float, float]]:
    """Return the parameters that a run reads, with low, central and high."""
    from model.data.parameters import catalogue

    rows = (row for row in catalogue() if row["role"] == "input" and row["key"] in parameters_read())
    return {row["key"]: (float(row["low"]), float(row["central"]), float(row["high"])) for row in rows}


def _waiting_parameters() -> set[str]:
    """Return the inputs of the parameter table that no run reads."""
    from model.data.parameters import catalogue

    return {row["key"] for row in catalogue() if row["role"] == "input"} - parameters_read()


def read_assumptions(texts: Iterable[str]) -> tuple[Assumption, ...]:
    """Return assumptions from texts KEY=VALUE[@FROM..TO]; raise InputError for a faulty one or two that
    meet."""
    found: list[tuple[Assumption, Spot]] = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals:
            raise Spot().fault("bad_assumption", "assume", text, allowed=ASSUMING)
        found.append((read_assumption(key.strip(), value.strip(), Spot()), Spot()))
    for fault in assumed_twice(found):
        raise fault
    return tuple(one for one, _ in found)


def assumed_twice(assumptions: Sequence[tuple[Assumption, Spot]]) -> list[InputError]:
    """Return one fault for each assumption that holds in a month of an earlier one on the same key."""
    return [
        spot.fault("assumed_twice", "key", late.key)
        for number, (late, spot) in enumerate(assumptions)
        if any(
            early.key == late.key and max(early.first, late.first) <= min(early.last, late.last)
            for early, _ in assumptions[:number]
        )
    ]


def read_assumption(key: str, text: str, spot: Spot, note: str = "") -> Assumption:
    """Return what is assumed of a series or a parameter."""
    value, at, period = (part.strip() for part in text.partition("@"))
    if key in world():
        first, last = _period(period, "value", spot) if at and ".." in period else (PLAN_ISSUED, MONTHS - 1)
        if at and ".." not in period:
            raise spot.fault("bad_assumption", "value", text, allowed=ASSUMING)
        form, amount = _world_value(key, value, spot)
        return Assumption(key, form, amount, first, last, text, note)
    ranges = parameter_ranges()
    if key in _waiting_parameters():
        raise spot.fault("parameter_not_read", "key", key, near=nearest(key, [*world(), *ranges]))
    if key not in ranges:
        near = next((one for one in world() if len(key) >= SHORTEST_PART and one.startswith(key)), "")
        raise spot.fault("unknown_assumption", "key", key, among=[*world(), *ranges], near=near)
    if at:
        raise spot.fault("parameter_has_no_period", "value", text, allowed="VALUE, low, central, high")
    low, central, high = ranges[key]
    words = {"low": low, "central": central, "high": high}
    amount = words[value] if value in words else _number(value, spot, low, high, "")
    return Assumption(key, "value", amount, PLAN_ISSUED, MONTHS - 1, text, note)


def _world_value(key: str, value: str, spot: Spot) -> tuple[str, float]:
    row = world()[key]
    if value in WORDS:
        return value, 0.0
    percent = _PERCENT.fullmatch(value)
    if percent:
        low, high = float(row["percent_low"]), float(row["percent_high"])
        return "percent", number_of(float(percent[1]), spot, "value", low, high, "%")
    if key == INCOME:
        raise spot.fault("bad_assumption", "value", value, allowed="+3%, low, central, high")
    return "value", _number(value, spot, float(row["low"]), float(row["high"]), row["unit"])


def _number(value: str, spot: Spot, low: float, high: float, unit: str) -> float:
    if not _NUMBER.fullmatch(value):
        allowed = f"{low:g}..{high:g} {unit}, low, central, high"
        raise spot.fault("bad_assumption", "value", value, allowed=allowed)
    return number_of(_as_typed(value), spot, "value", low, high, unit)
