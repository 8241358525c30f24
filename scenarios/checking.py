"""Check the tables of a scenario file and turn them into a scenario, or name every fault."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

from model.data.levers import levers
from model.data.months import month_text
from model.errors import InputError, nearest
from model.institutions.fold import ACTING, BY_GROUP, GRANTED, IN_TOWNS
from model.institutions.policy import CALENDARS
from scenarios.faults import Spot
from scenarios.fields import (
    LONGEST_NAME,
    known_keys,
    month_of,
    number_of,
    required,
    table_of,
    text_of,
    texts_of,
    whole_of,
)
from scenarios.grant_rules import options_of
from scenarios.paths import LeverPath, Points, paths
from scenarios.places import GROUP_NAMES, read_groups, read_places, selected
from scenarios.scenario import Base, Change

SCHEMA = 1
ARTICLES = (4, 27)
HIGHEST_LAYER = 99
MOST_CHANGES = 500
MOST_RESOLVED = 100 * MOST_CHANGES
"""Changes of a scenario written out with all that its parents and the command line said."""
REQUIREMENTS = ("trade_in",)
TERMS = ("options", "cap", "price_ceiling", "requires", "budget")
CHANGE_KEYS = ("lever", "unit", "places", "groups", "path", "until", *TERMS, "note", "layer")
LANGUAGES = ("zh", "en")
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{LONGEST_NAME - 1}}}")
_NAME_ALLOWED = f"A-Z a-z 0-9 _ -, 1..{LONGEST_NAME}"


def read_name(value: object, spot: Spot) -> str:
    """Return a scenario's name: it becomes a file's name, so it is plain."""
    name = text_of(value, spot, "name")
    if not _NAME.fullmatch(name):
        raise spot.fault("bad_name", "name", name, allowed=_NAME_ALLOWED)
    return name


def read_label(value: object, spot: Spot, field: str) -> Mapping[str, str]:
    """Return a text in two languages."""
    block = table_of(value, spot, field)
    for key in block:
        if key not in LANGUAGES:
            raise spot.fault("unknown_key", field, key, among=LANGUAGES)
    missing = [language for language in LANGUAGES if language not in block]
    if missing:
        raise spot.fault("missing_key", field, f"{field}.{missing[0]}")
    return {language: text_of(block[language], spot, field) for language in LANGUAGES}


def read_without(value: object, base: Base, spot: Spot) -> tuple[int, ...]:
    """Return the articles whose shares are left out; only levels of the plan have shares."""
    if not isinstance(value, list):
        raise spot.fault("wrong_type", "without", value, allowed="[24, ...]")
    articles = tuple(whole_of(article, spot, "without", *ARTICLES) for article in value)
    if articles and base.levels != "plan":
        raise spot.fault("without_needs_plan", "without", base.levels, allowed='extends = "plan"')
    return articles


def read_base(value: object, spot: Spot) -> Base:
    """Return the base of a shipped scenario."""
    block = table_of(value, spot, "base")
    known_keys(block, ("levels", "delay_months", "kinds", "levers", "money_times", "to_greener"), spot)
    return Base(
        levels=text_of(required(block, "levels", spot), spot, "levels"),
        delay_months=whole_of(block.get("delay_months", 0), spot, "delay_months", 0, 120),
        kinds=texts_of(block["kinds"], spot, "kinds") if "kinds" in block else (),
        levers=texts_of(block["levers"], spot, "levers") if "levers" in block else (),
        money_times=number_of(block.get("money_times", 1), spot, "money_times", 0, 10),
        to_greener=number_of(block.get("to_greener", 0), spot, "to_greener", 0, 1),
    )


def read_calendar(document: Mapping[str, object], inherited: str, spot: Spot) -> str:
    """Return which national calendar holds; a file that does not say keeps its parent's."""
    calendar = text_of(document.get("calendar", inherited), spot, "calendar")
    if calendar not in CALENDARS:
        raise spot.fault("bad_calendar", "calendar", calendar, among=CALENDARS)
    return calendar


def _lever_called(label: str) -> str:
    """Return the acting lever that bears a label, in either language, else the nearest by name, then by
    label, else empty."""
    known = levers()
    labels = {words: name for name in ACTING for words in known[name].label.values()}
    return labels.get(label) or nearest(label, paths()) or labels.get(nearest(label, labels), "")


def acting_lever(name: str, spot: Spot) -> LeverPath:
    """Return the path of a lever that acts; raise InputError for an unknown one and for one that waits."""
    if name not in paths():
        near = _lever_called(name)
        raise spot.fault("unknown_lever", "lever", name, allowed=", ".join(ACTING), among=paths(), near=near)
    if name not in ACTING:
        raise spot.fault("lever_waiting", "lever", name, allowed=", ".join(ACTING))
    return paths()[name]


def waiting() -> tuple[str, ...]:
    """Return the levers whose decision is not in the model yet."""
    return tuple(lever for lever in paths() if lever not in ACTING)


def read_change(value: object, spot: Spot, layer: int = 0, highest: int = HIGHEST_LAYER) -> Change:
    """Return a change of one lever; `layer` is added to its own, which is at most `highest`."""
    block = table_of(value, spot, "change")
    known_keys(block, CHANGE_KEYS, spot)
    lever = acting_lever(text_of(required(block, "lever", spot), spot, "lever"), spot)
    if "unit" in block and text_of(block["unit"], spot, "unit") != lever.unit:
        raise spot.fault("wrong_unit", "unit", block["unit"], allowed=lever.unit)
    path = _read_path(required(block, "path", spot), lever, spot)
    groups = read_groups(_names(block, "groups", spot), spot)
    places = read_places(_names(block, "places", spot), spot)
    check_reach(lever.lever, places, groups, spot)
    terms = _read_terms(block, lever, spot)
    until = month_of(block["until"], spot, "until") if "until" in block else Change.until
    if until < path[-1][0]:
        raise spot.fault("until_too_early", "until", block["until"])
    return Change(
        lever=lever.lever,
        path=path,
        places=places,
        groups=groups,
        until=until,
        note=text_of(block.get("note", ""), spot, "note"),
        layer=layer + whole_of(block.get("layer", 0), spot, "layer", 0, highest),
        **terms,  # type: ignore[arg-type]
    )


def check_reach(lever: str, places: tuple[str, ...], groups: tuple[str, ...], spot: Spot) -> None:
    """Raise InputError where a lever cannot differ between groups, or where nobody decides by it."""
    if groups != GROUP_NAMES and lever not in BY_GROUP:
        raise spot.fault("groups_not_here", "groups", lever, allowed="all")
    if lever in IN_TOWNS and all(place.endswith(".rural") for place in selected(places)):
        raise spot.fault(
            "places_not_here", "places", lever, allowed="all, *.urban, 140100.urban", near="*.urban"
        )


def _names(block: Mapping[str, object], key: str, spot: Spot) -> tuple[str, ...]:
    value = block.get(key, ["all"])
    return texts_of([value] if isinstance(value, str) else value, spot, key)


def _read_path(value: object, lever: LeverPath, spot: Spot) -> Points:
    """Return points from a table month -> level: ascending months, levels inside the lever's range."""
    block = table_of(value, spot, "path")
    if not block:
        raise spot.fault("empty_path", "path", allowed="{ 2026-01 = ..., ... }")
    points: list[tuple[int, float]] = []
    for key, level in block.items():
        if isinstance(level, dict):  # 2026.01 = 0 is a table in a table
            inner = next(iter(level), "")
            near = f"{key}-{inner}" if re.fullmatch(r"\d{4}\.\d\d", f"{key}.{inner}") else ""
            raise spot.fault("bad_month", "path", f"{key}.{inner}", allowed="YYYY-MM", near=near, key=key)
        month = month_of(key, spot, "path", key=key)
        if points and month <= points[-1][0]:
            raise spot.fault("months_not_ascending", "path", key, key=key)
        points.append((month, number_of(level, spot, "path", lever.low, lever.high, lever.unit, key=key)))
    return tuple(points)


def _read_terms(block: Mapping[str, object], lever: LeverPath, spot: Spot) -> dict[str, object]:
    """Return the terms of money on a purchase that a change gives."""
    given = [key for key in TERMS if key in block]
    if given and lever.lever not in GRANTED:
        raise spot.fault("terms_not_here", given[0], lever.lever, allowed=", ".join(GRANTED))
    terms: dict[str, object] = {}
    for key in given:
        value = block[key]
        if key == "options":
            terms[key] = _read_options(texts_of(value, spot, key), lever, spot)
        elif key == "requires":
            if text_of(value, spot, key) not in REQUIREMENTS:
                raise spot.fault("bad_requirement", key, value, among=REQUIREMENTS)
            terms[key] = value
        else:
            terms[key] = number_of(value, spot, key, 0, math.inf, "CNY")
    return terms


def _read_options(names: tuple[str, ...], lever: LeverPath, spot: Spot) -> tuple[str, ...]:
    known = options_of(lever.lever)
    for name in names:
        if name not in known:
            raise spot.fault("bad_option", "options", name, among=known)
    return tuple(option for option in known if option in names)


def blocks_of(
    document: Mapping[str, object], table: str, spot: Spot, most: int = MOST_CHANGES
) -> list[tuple[object, Spot]]:
    """Return the blocks of an array of tables, at most `most`, each with its spot."""
    value = document.get(table, [])
    if not isinstance(value, list):
        raise spot.fault("wrong_type", table, value, allowed=f"[[{table}]]")
    if len(value) > most:
        raise spot.fault("too_many", table, len(value), allowed=str(most))
    return [(block, spot.within(table, number)) for number, block in enumerate(value, start=1)]


def collect[T](
    blocks: Iterable[tuple[object, Spot]], read: Callable[[object, Spot], T], faults: list[InputError]
) -> list[tuple[T, Spot]]:
    """Read every block, keeping the faults apart."""
    good: list[tuple[T, Spot]] = []
    for block, spot in blocks:
        try:
            good.append((read(block, spot), spot))
        except InputError as fault:
            faults.append(fault)
    return good


def meeting(changes: Iterable[tuple[Change, Spot]]) -> list[InputError]:
    """Return one fault for each change that meets an earlier one of the same layer."""
    numbered: dict[tuple[str, int], list[tuple[int, Change, Spot]]] = {}
    for number, (change, spot) in enumerate(changes, start=1):
        numbered.setdefault((change.lever, change.layer), []).append((number, change, spot))
    faults: dict[int, InputError] = {}
    for group in numbered.values():
        for (i, early, _), (j, late, spot) in combinations(group, 2):
            if j not in faults and _meet(early, late):
                code = "change_twice" if _cells(early) == _cells(late) else "changes_meet"
                told = (late.lever, f"{i}", f"{j}", *_months_met(early, late))
                faults[j] = spot.fault(code, "lever", *told)
    return list(faults.values())


def _meet(one: Change, two: Change) -> bool:
    """Return whether two changes of one lever and layer replace the level of a cell, option and month."""
    if max(one.first, two.first) > min(one.until, two.until):
        return False
    if one.lever in GRANTED:
        usual = options_of(one.lever)
        if not set(one.options or usual) & set(two.options or usual):
            return False
    places, groups = selected(one.places) & selected(two.places), set(one.groups) & set(two.groups)
    return bool(places and groups)


def _months_met(one: Change, two: Change) -> tuple[str, str]:
    """Return the first and the last month in which two changes meet."""
    return month_text(max(one.first, two.first)), month_text(min(one.until, two.until))


def _cells(change: Change) -> tuple[object, ...]:
    return (change.places, change.groups, change.options, change.first, change.until)
