"""Read the factors of a study file: what is moved, over which range, where and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.study import DRAW, DUMMY, GRID, KINDS, LEVER, LUCK, MORRIS, PARAMETER, SEEDS, Factor
from model.data.levers import levers
from model.data.months import MONTHS, PLAN_ISSUED, month_text
from model.data.parameters import catalogue, fitted_draw_count, fitted_keys
from model.errors import InputError, nearest
from scenarios.checking import acting_lever, check_reach, collect, meeting
from scenarios.faults import Spot
from scenarios.fields import known_keys, month_of, number_of, table_of, text_of, texts_of
from scenarios.places import GROUP_NAMES, place_mask, read_groups, read_places
from scenarios.scenario import Change
from scenarios.settings import parameter_ranges

if TYPE_CHECKING:
    from model.data.region import Region

SPAN, LEVELS = ("low", "high"), ("values",)
WHERE = ("from", "to", "places", "groups")
FACTOR_KEYS = (*KINDS, *WHERE, *SPAN, *LEVELS, "note")
LEAST_VALUES, MOST_VALUES = 1, 200
WORDS = {
    DRAW: {"zh": "全部参数（拟合的抽样）", "en": "all parameters (the fitted draw)"},
    DUMMY: {"zh": "虚设因素（不进入模型）", "en": "dummy (enters nothing)"},
    LUCK: {"zh": "随机种子", "en": "luck (the seed)"},
}


def read_factors(
    blocks: Iterable[tuple[object, Spot]], method: str, region: Region, latest: str
) -> tuple[list[Factor], list[InputError]]:
    """Return the sound factors of a study and one fault for each of the others and for each that meets an
    earlier one; `latest`: month of the last outcome, after which no lever can move any."""
    faults: list[InputError] = []
    read = collect(blocks, lambda block, spot: _read_factor(block, spot, method, region, latest), faults)
    return [factor for factor, _ in read], [*faults, *_twice(read), *_meeting(read)]


def _read_factor(value: object, spot: Spot, method: str, region: Region, latest: str) -> Factor:
    block = table_of(value, spot, "factor")
    known_keys(block, FACTOR_KEYS, spot)
    kinds = [kind for kind in KINDS if kind in block]
    if len(kinds) != 1:
        code, told = ("factor_kind_missing", "") if not kinds else ("factor_kinds", ", ".join(kinds))
        raise spot.fault(code, "factor", told, allowed=", ".join(KINDS), key=kinds[1] if kinds else "")
    kind = kinds[0]
    _only(block, kind, method, spot)
    text_of(block.get("note", ""), spot, "note")
    if kind == PARAMETER:
        return _parameter(block, spot)
    if kind == LEVER:
        return _lever(block, spot, region, latest)
    if block[kind] is not True:
        raise spot.fault("wrong_type", kind, block[kind], allowed="true")
    if method == GRID:
        raise spot.fault("factor_not_on_grid", kind, kind, allowed=f"{PARAMETER}, {LEVER}")
    if method == MORRIS and kind == DRAW:  # a step from one draw to another has no length
        raise spot.fault("factor_not_ordered", kind, kind, method)
    if kind == DUMMY:
        return Factor(kind, kind, WORDS[kind])
    low, high = (0, SEEDS - 1) if kind == LUCK else (1, fitted_draw_count())
    return Factor(kind, kind, WORDS[kind], low=low, high=high, whole=True)


def _only(block: Mapping[str, object], kind: str, method: str, spot: Spot) -> None:
    """Raise InputError for a key that says nothing of this kind of factor or under this method."""
    levels = LEVELS if method == GRID else SPAN
    mine = {PARAMETER: levels, LEVER: (*WHERE, *levels)}.get(kind, ())
    for key in block:
        if key in (*SPAN, *LEVELS) and kind in (PARAMETER, LEVER) and key not in levels:
            raise spot.fault("factor_key_method", key, key, method, allowed=", ".join(levels))
        if key not in (kind, "note", *mine):
            raise spot.fault("factor_key_kind", key, key, kind, allowed=", ".join((*mine, "note")))
    if method == GRID and kind in (PARAMETER, LEVER) and "values" not in block:
        raise spot.fault("missing_key", "values", "values")


def _parameter(block: Mapping[str, object], spot: Spot) -> Factor:
    """Return a parameter that is moved over its own range or a part of it."""
    key = text_of(block[PARAMETER], spot, PARAMETER)
    ranges = parameter_ranges()
    rows = {row["key"]: row for row in catalogue()}
    if key not in ranges:
        code = "parameter_not_read" if rows.get(key, {}).get("role") == "input" else "parameter_unknown"
        raise spot.fault(code, PARAMETER, key, near=nearest(key.lower(), ranges))
    if key in fitted_keys():
        raise spot.fault("parameter_fitted", PARAMETER, key)
    low, _, high = ranges[key]
    row = rows[key]
    factor = Factor(PARAMETER, key, {"zh": row["zh"], "en": row["en"]}, row["unit"])
    return _spanned(factor, block, low, high, spot)


def _lever(block: Mapping[str, object], spot: Spot, region: Region, latest: str) -> Factor:
    """Return a lever that is moved in some places and groups for some months."""
    lever = acting_lever(text_of(block[LEVER], spot, LEVER), spot)
    first = month_of(block["from"], spot, "from") if "from" in block else PLAN_ISSUED
    last = month_of(block["to"], spot, "to") if "to" in block else MONTHS - 1
    if last < first:
        raise spot.fault("period_backwards", "to", month_text(last), allowed=f">= {month_text(first)}")
    if month_text(first) > latest:
        raise spot.fault("factor_too_late", "from", month_text(first), allowed=f"<= {latest}")
    places = read_places(_names(block, "places", spot), spot)
    try:
        place_mask(places, region)
    except InputError as fault:
        raise spot.fault(fault.code, "places", *fault.values, allowed=fault.allowed) from None
    groups = read_groups(_names(block, "groups", spot), spot)
    check_reach(lever.lever, places, groups, spot)
    change = Change(lever.lever, ((first, lever.low),), places, groups, until=last)
    label = change.told(levers()[lever.lever].label)
    factor = Factor(LEVER, moved_name(change), label, lever.unit, whole=lever.whole, change=change)
    return _spanned(factor, block, lever.low, lever.high, spot)


def _names(block: Mapping[str, object], key: str, spot: Spot) -> tuple[str, ...]:
    value = block.get(key, ["all"])
    return texts_of([value] if isinstance(value, str) else value, spot, key)


def moved_name(change: Change) -> str:
    """Return a lever with where and when it is moved, as after --set but for the value."""
    whole = (change.first, change.until) == (PLAN_ISSUED, MONTHS - 1)
    parts = [] if whole else [f"{month_text(change.first)}..{month_text(change.until)}"]
    parts += [] if change.places == ("all",) else [",".join(change.places)]
    parts += [] if change.groups == GROUP_NAMES else [",".join(change.groups)]
    return "@".join([change.lever, *parts])


def _spanned(factor: Factor, block: Mapping[str, object], least: float, most: float, spot: Spot) -> Factor:
    """Return a factor with its range or its values, inside the range of its row in the tables."""
    if "values" in block:
        return replace(factor, values=_values(factor, block["values"], least, most, spot))
    low, high = (
        _level(factor, block[key], least, most, spot, key) if key in block else usual
        for key, usual in (("low", least), ("high", most))
    )
    if not low < high:
        field = "high" if "high" in block else "low" if "low" in block else factor.kind
        raise spot.fault("range_empty", field, f"{low:.15g}", f"{high:.15g}", allowed="low < high")
    return replace(factor, low=low, high=high)


def _level(factor: Factor, value: object, least: float, most: float, spot: Spot, field: str) -> float:
    """Return one level inside a range, a whole number where the factor has no others."""
    level = number_of(value, spot, field, least, most, factor.unit)
    if factor.whole and level != round(level):
        raise spot.fault("not_whole", field, value, allowed=f"{least:g}..{most:g} {factor.unit}")
    return level


def _values(factor: Factor, value: object, least: float, most: float, spot: Spot) -> tuple[float, ...]:
    """Return the levels of a grid, none of them twice."""
    if not isinstance(value, list):
        raise spot.fault("wrong_type", "values", value, allowed="[0, 4000, ...]")
    if not LEAST_VALUES <= len(value) <= MOST_VALUES:
        raise spot.fault("values_count", "values", len(value), allowed=f"{LEAST_VALUES}..{MOST_VALUES}")
    levels = [_level(factor, one, least, most, spot, "values") for one in value]
    for number, level in enumerate(levels):
        if level in levels[:number]:
            raise spot.fault("value_twice", "values", value[number])
    return tuple(levels)


def _twice(factors: Sequence[tuple[Factor, Spot]]) -> list[InputError]:
    """Return one fault for each parameter, dummy or luck that comes again."""
    seen: set[str] = set()
    faults = []
    for factor, spot in factors:
        if factor.change is None and factor.name in seen:
            faults.append(spot.fault("factor_twice", factor.kind, factor.name))
        seen.add(factor.name)
    return faults


def _meeting(factors: Sequence[tuple[Factor, Spot]]) -> list[InputError]:
    """Return one fault for each lever that meets an earlier factor on the same lever."""
    changes = [(factor.change, spot) for factor, spot in factors if factor.change is not None]
    return [
        replace(fault, code="factors_meet", values=(fault.values[0], *fault.values[3:]))
        for fault in meeting(changes)
    ]
