"""Figures as people read them: percent, points, 亿元, intervals."""

from __future__ import annotations

from app.wording import Translator

MISSING = "–"
PERCENT = 100.0
HUNDRED_MILLION = 1e8
SMALLEST = 0.0005
"""What is nearer to nothing is shown as 0, without a sign."""
SIGNS = {"higher": "≥ ", "lower": "≤ "}


def is_share(unit: str | None) -> bool:
    """Return whether a unit is a share between 0 and 1, which is printed in percent."""
    return bool(unit) and str(unit).startswith(("share", "fraction", "ratio 0-1"))


def tenths(value: float) -> float:
    """Return a share in percent with one decimal, and no zero with a minus sign."""
    return round(PERCENT * value, 1) + 0.0


def number(value: float | None) -> str:
    """Return a number with a sensible number of digits."""
    if value is None:
        return MISSING
    size = abs(value)
    if size < SMALLEST:
        return "0"
    digits = 0 if size >= 1000 or value == int(value) else 1 if size >= 100 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def level(value: float | None, unit: str | None) -> str:
    """Return a level in its unit; a share as percent."""
    if value is None:
        return MISSING
    return f"{PERCENT * value:.1f} %" if is_share(unit) else number(value)


def target(value: float | None, unit: str | None, direction: str = "") -> str:
    """Return a target in its unit, a share as percent without needless decimals: ≥ 20 %."""
    if value is None:
        return ""
    shown = f"{round(PERCENT * value, 1):g} %" if is_share(unit) else f"{value:g}"
    return f"{SIGNS.get(direction, '')}{shown}"


def difference(value: float | None, unit: str | None, say: Translator) -> str:
    """Return a signed difference; between shares in percentage points."""
    if value is None:
        return MISSING
    if is_share(unit):
        return f"{tenths(value):+.1f} {say('points')}"
    return ("+" if value >= SMALLEST else "") + number(value)


def interval(low: float | None, high: float | None, unit: str | None) -> str:
    """Return an interval in square brackets, empty when it is unknown."""
    if low is None or high is None:
        return ""
    if is_share(unit):
        return f"[{tenths(low):.1f}, {tenths(high):.1f}]"
    return f"[{number(low)}, {number(high)}]"


def probability(value: float | None) -> str:
    """Return a probability."""
    return MISSING if value is None else f"{value:.2f}"


def chances(low: float | None, high: float | None) -> str:
    """Return the interval of a probability in square brackets, empty when it is unknown."""
    return "" if low is None or high is None else f"[{low:.2f}, {high:.2f}]"


def money_interval(low: float | None, high: float | None) -> str:
    """Return an interval of CNY in hundred millions, empty when it is unknown."""
    return "" if low is None or high is None else f"[{money(low)}, {money(high)}]"


def money(value: float | None) -> str:
    """Return CNY in hundred millions (亿元)."""
    return MISSING if value is None else f"{round(value / HUNDRED_MILLION, 2) + 0.0:,.2f}"
