"""When a home first buys a thing, and how money moves purchases (articles 8, 22).

First purchase: hazard a month h = a R_p C_p e^(b x_i) n_pg g(m), with g(m) the growth of real incomes, n the
eagerness that money adds and x_i log relative income at the time of drawing. It comes in the first month m
in which h, cumulated since the slot fell empty, reaches a unit exponential: a month known when it is drawn.
Replacement: homes that plan replace a thing s_pg months before its natural end while money is on offer; the
stored due month is the natural end less the shift in force, so the end of the money gives the months back.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import THING_FIRST, exponential, uniform
from model.domains.appliances import FAR, SLOT_COUNT, Shelf, Things
from model.kernels import kernel
from model.population.columns import Columns, stretch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]
SLOT_STEP = 1024
"""Keys of draws: slot x SLOT_STEP + month."""
AT_START = 1023
MOVED = 8 * SLOT_STEP
"""Added to the key of the draw that says where in its month a first purchase lay."""


@njit(inline="always")
def packed(due: int, grade: int) -> int:
    """Return a due month and a grade as one number."""
    return due * 8 + grade


@njit(forceinline=True)
def month_of(path: Floats, level: float) -> int:
    """Return the first month whose cumulated `path` (M,) reaches `level`; past its end it grows as last."""
    end = path.size - 1
    if level > path[end]:
        slope = path[end] - path[end - 1]
        if not slope > 0.0:
            return FAR
        return int(min(end + math.ceil((level - path[end]) / slope), float(FAR)))
    low, high = 0, end
    while low < high:
        middle = (low + high) // 2
        if path[middle] >= level:
            high = middle
        else:
            low = middle + 1
    return low


@njit(forceinline=True)
def first_purchase(c: Columns, i: int, slot: int, month: int, shelf: Shelf, seed: np.uint64) -> int:
    """Return the due month of a thing that home `i` lacks, later than `month` (-1: before the start)."""
    p, g = c.place[i], c.quintile[i]
    relative = max(float(c.log_income[i]), shelf.log_floor)
    rate = shelf.first_rate[slot, p] * shelf.eager[slot, p, g] * math.exp(shelf.income * relative)
    if not rate > 0.0:
        return FAR
    key = slot * SLOT_STEP + (month if month >= 0 else AT_START)
    begun = shelf.first[slot, month] if month >= 0 else 0.0
    return month_of(shelf.first[slot], begun + exponential(seed, THING_FIRST, i, key) / rate)


@njit(forceinline=True)
def _moved(path: Floats, due: int, month: int, ratio: float, i: int, slot: int, seed: np.uint64) -> int:
    """Return the due month of a first purchase whose hazard falls or rises by 1 / `ratio` from `month` on.

    What is left of the threshold is G(due) - G(month), where in the due month it lies a keyed draw.
    """
    begun = path[month - 1] if month > 0 else 0.0
    end = path.size - 1
    last = path[end] - path[end - 1]
    before = (path[due - 1] if due > 0 else 0.0) if due <= end else path[end] + (due - 1 - end) * last
    until = path[due] if due <= end else before + last
    within = uniform(seed, THING_FIRST, i, MOVED + slot * SLOT_STEP + month)
    return month_of(path, begun + ratio * (before + within * (until - before) - begun))


@kernel
def move_dues(
    first: int,
    last: int,
    things: Things,
    c: Columns,
    starts: Rows,
    was: Shelf,
    now: Shelf,
    month: int,
    seed: np.uint64,
) -> None:
    """Move the due months of homes in some places from the money of one shelf to that of another.

    Planners' things by the difference of the shifts; first purchases by the ratio of the eagerness.
    """
    for p in range(first, last):
        d, a = stretch(c, starts[p], starts[p + 1]), starts[p]
        slots, dues = things.slots[a : starts[p + 1]], things.due[a : starts[p + 1]]
        for i in range(starts[p + 1] - a):
            if d.active[i] == 0:
                continue
            g, plans, lowest = d.quintile[i], d.planner[i] > 0, FAR
            for s in range(SLOT_COUNT):
                due, grade = slots[i, s] >> 3, slots[i, s] & 7
                if grade > 0 and plans:
                    due += was.shift[s, p, g] - now.shift[s, p, g]
                elif grade == 0 and month <= due < FAR and was.eager[s, p, g] != now.eager[s, p, g]:
                    ratio = was.eager[s, p, g] / now.eager[s, p, g]
                    due = _moved(now.first[s], due, month, ratio, a + i, s, seed)
                slots[i, s] = np.int16(packed(due, grade))
                lowest = min(lowest, due)
            dues[i] = np.int16(lowest)
