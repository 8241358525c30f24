"""Figures as pages write them: per cent, points, 万 and 亿 in Chinese, millions and billions in English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.cli import figures
from app.cli.session import Session

SCALES = {"zh": ((1e8, " 亿"), (1e4, " 万")), "en": ((1e9, " billion"), (1e6, " million"))}
LEAST_SHORTENED = 1e5
"""Numbers below this are written out."""
Row = Mapping[str, Any]


def amount(words: Session, value: float | None) -> str:
    """Return a number, a large one in the language's own steps."""
    if value is None:
        return figures.MISSING
    if abs(value) >= LEAST_SHORTENED:
        for size, name in SCALES[words.lang]:
            if abs(value) >= size:
                return f"{value / size:,.2f}{name}"
    return figures.number(value)


def cny(words: Session, value: float | None) -> str:
    """Return money in yuan."""
    if value is None:
        return figures.MISSING
    told = amount(words, value)
    joint = "" if words.lang == "zh" and told[-1] in "亿万" else " "
    return f"{told}{joint}元" if words.lang == "zh" else f"CNY {told}"


def level(words: Session, value: float | None, unit: str | None) -> str:
    """Return a level; a share in per cent."""
    return figures.level(value, unit) if figures.is_share(unit) else amount(words, value)


def difference(words: Session, value: float | None, unit: str | None) -> str:
    """Return a signed difference; of shares in percentage points."""
    if value is None or figures.is_share(unit):
        return figures.difference(value, unit, words.say)
    return f"{'+' if value >= figures.SMALLEST else ''}{amount(words, value)}"


def span(row: Row | None, shown: Callable[[float | None], str]) -> str:
    """Return an interval as from low to high, empty where there is none."""
    if not row or row.get("low") is None or row.get("high") is None:
        return ""
    return f"[{shown(row['low'])}, {shown(row['high'])}]"


def interval(words: Session, row: Row | None, unit: str | None) -> str:
    """Return the interval of a level or of a difference."""
    if not row or row.get("low") is None:
        return ""
    if figures.is_share(unit):
        return figures.interval(row["low"], row["high"], unit)
    return span(row, lambda value: amount(words, value))


def holds_zero(row: Row | None) -> bool:
    """Tell whether a figure cannot be told from zero."""
    from app.effect_rows import holds_zero as holds

    return row is None or holds(row)
