"""Check single fields that come from outside: keys, texts, numbers, months."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from model.data.months import FIRST_YEAR, LAST_YEAR, PLAN_ISSUED, month_index, month_text
from scenarios.faults import Spot, shown

LONGEST_TEXT = 2000
LONGEST_NAME = 80
PLAN_MONTH = month_text(PLAN_ISSUED)
MONTHS_ALLOWED = f"YYYY-MM, {PLAN_MONTH}..{LAST_YEAR}-12"


def table_of(value: object, spot: Spot, field: str) -> Mapping[str, object]:
    """Return a value that must be a table."""
    if not isinstance(value, dict):
        raise spot.fault("wrong_type", field, value, allowed="{ ... }")
    return value


def known_keys(block: Mapping[str, object], keys: Iterable[str], spot: Spot) -> None:
    """Raise InputError for a key that is none of `keys`."""
    keys = list(keys)
    for key in block:
        if key not in keys:
            raise spot.fault("unknown_key", shown(key), key, among=keys, key=key[:LONGEST_TEXT])


def required(block: Mapping[str, object], key: str, spot: Spot) -> object:
    """Return the value of a key that must be there."""
    if key not in block:
        raise spot.fault("missing_key", key, key)
    return block[key]


def text_of(value: object, spot: Spot, field: str) -> str:
    """Return a value that must be a text of reasonable length."""
    if not isinstance(value, str):
        raise spot.fault("wrong_type", field, value, allowed='"..."')
    if len(value) > LONGEST_TEXT:
        raise spot.fault("too_long", field, len(value), allowed=str(LONGEST_TEXT))
    return value


def texts_of(value: object, spot: Spot, field: str) -> tuple[str, ...]:
    """Return a value that must be a list of texts, not empty."""
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise spot.fault("wrong_type", field, value, allowed='["...", ...]')
    return tuple(value)


def number_of(
    value: object, spot: Spot, field: str, low: float, high: float, unit: str = "", key: str = ""
) -> float:
    """Return a value that must be a finite number from `low` to `high`."""
    allowed = f"{low:g}..{high:g} {unit}".strip() if high < math.inf else f">= {low:g} {unit}".strip()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise spot.fault("wrong_type", field, value, allowed=allowed, key=key)
    if isinstance(value, float) and not math.isfinite(value):
        raise spot.fault("not_finite", field, value, allowed=allowed, key=key)
    if not low <= value <= min(high, 1e15):  # beyond 1e15 a float no longer counts single yuan
        raise spot.fault("out_of_range", field, value, allowed=allowed, key=key)
    return float(value)


def whole_of(value: object, spot: Spot, field: str, low: int, high: int) -> int:
    """Return a value that must be a whole number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise spot.fault("wrong_type", field, value, allowed=f"{low}..{high}")
    if not low <= value <= high:
        raise spot.fault("out_of_range", field, value, allowed=f"{low}..{high}")
    return value


def month_of(value: object, spot: Spot, field: str, key: str = "") -> int:
    """Return the index of a month from 2022-06 on."""
    text = str(value) if not isinstance(value, str) else value
    try:
        index = month_index(text)
    except ValueError:
        looks = len(text) == 7 and text[4] == "-" and (text[:4] + text[5:]).isdigit()
        outside = looks and not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR and 1 <= int(text[5:]) <= 12
        code = "month_outside" if outside else "bad_month"
        raise spot.fault(code, field, text, allowed=MONTHS_ALLOWED, key=key) from None
    if index < PLAN_ISSUED:
        raise spot.fault("before_plan", field, text, allowed=MONTHS_ALLOWED, near=PLAN_MONTH, key=key)
    return index
