"""Find where a rising response first reaches what is asked, on numbered levels, with few looks at it."""

from __future__ import annotations

import math
from collections.abc import Callable

SLACK = 1
"""Looks beyond those of halving that interpolation may cost at worst."""


def first_at(above: Callable[[int], float], last: int) -> int:
    """Return the smallest k in 1..`last` with above(k) >= 0, of a rising function, below nil at 0 and not at
    `last`.

    Interpolation, truncated towards the middle and projected onto the reach of halving (ITP; Oliveira and
    Takahashi 2021, ACM Transactions on Mathematical Software 47): at most ceil(log2 last) + SLACK looks
    beyond the ends, far fewer where the response is nearly straight. Of a function that falls in places,
    some k is returned with above(k - 1) < 0 <= above(k).
    """
    low, high = 0, last
    at_low, at_high = above(low), above(high)
    looks = math.ceil(math.log2(last)) + SLACK if last > 1 else 0
    while high - low > 1:
        middle = (low + high) / 2
        rise = at_high - at_low
        guess = low - at_low * (high - low) / rise if rise > 0 and math.isfinite(rise) else middle
        reach = max(2.0 ** (looks - 1) - (high - low) / 2, 0.0)
        side = math.copysign(1.0, middle - guess)
        guess += side * min(1.0, abs(middle - guess))  # a step towards the middle closes the bracket behind
        guess = guess if abs(guess - middle) <= reach else middle - side * reach
        k = min(max(round(guess), low + 1), high - 1)
        value = above(k)
        if value >= 0:
            high, at_high = k, value
        else:
            low, at_low = k, value
        looks -= 1
    return high
