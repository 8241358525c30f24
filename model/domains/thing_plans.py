"""When a home first buys a thing, and how money moves purchases (articles 8, 22).

First purchase: hazard a month h = a R_p C_p e^(b x_i) n_pg g(m), with g(m) the answer to real income over the
nation's of 2015, n the eagerness that money adds and x_i log relative income at the time of drawing. It
comes in the first month m in which h, cumulated since the slot fell empty, reaches a unit exponential: a
month known when it is drawn.
Replacement: homes that plan replace a thing s_pg months before its natural end while money is on offer; the
stored due month is the natural end less the shift in force, so the end of the money gives the months back.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import THING_FIRST, exponential, uniform
from model.domains.appliances import FAR, SLOT_COUNT, Plans, Shelf, Things
from model.kernels import kernel
from model.population.columns import I16, U8, Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]
Found = NDArray[np.uint32]
U16 = NDArray[np.uint16]
SLOT_STEP = 1024
"""Keys of draws: slot x SLOT_STEP + month."""
AT_START = 1023
MOVED = 8 * SLOT_STEP
"""Added to the key of the draw that says where in its month a first purchase lay."""

PARTS = 1024
SAFE = 1e-9
"""Relative room for rounding at the edges of parts."""
BLOCK = 256
"""Homes whose plans are moved together."""


class Moving(NamedTuple):
    """Room in which plans are moved: `ratio` (P, 5, 8) of eagerness before to now, `months` (P, 5, 8) in
    which a purchase may lie whose eagerness changes, `later` (P, 5, 8) packed, `found` (P, 8 BLOCK + 1)."""

    ratio: Floats
    months: U16
    later: I16
    found: Found


def room_to_move(places: int, fifths: int) -> Moving:
    """Return room in which to move plans."""
    by_slot = (places, fifths, SLOT_COUNT + 1)
    found = np.zeros((places, (SLOT_COUNT + 1) * BLOCK + 1), np.uint32)
    return Moving(np.ones(by_slot), np.zeros(by_slot, np.uint16), np.zeros(by_slot, np.int16), found)


@njit(inline="always")
def packed(due: int, grade: int) -> int:
    """Return a due month and a grade as one number."""
    return due * 8 + grade


def months_near(path: Floats) -> I16:
    """Return for PARTS equal parts of a cumulated `path` (M,) a month not after the one that reaches any
    level in the part."""
    edges = np.arange(PARTS) * (path[-1] / PARTS) * (1.0 - SAFE)
    return np.asarray(np.searchsorted(path, edges), dtype=np.int16)


@njit(forceinline=True)
def _tail(path: Floats, near: I16) -> tuple[int, float, float, float]:
    """Return the last month of a path, its level, what every later month adds, and parts a unit of level."""
    end = path.size - 1
    return end, path[end], path[end] - path[end - 1], near.size / path[end]


@njit(forceinline=True)
def _reached(path: Floats, near: I16, level: float, tail: tuple[int, float, float, float]) -> int:
    """Return the first month whose cumulated `path` reaches `level`; both cases are worked out, for which of
    them it is cannot be foreseen."""
    end, top, slope, parts = tail
    inside = min(level, top)
    part = min(max(int(inside * parts), 0), near.size - 1)
    month = int(near[part])
    month += int(path[month] < inside)
    while path[month] < inside:
        month += 1
    later = min(end + math.ceil((level - top) / slope), float(FAR)) if slope > 0.0 else float(FAR)
    return int(later) if level > top else month


@njit(forceinline=True)
def month_of(path: Floats, near: I16, level: float) -> int:
    """Return the first month whose cumulated `path` (M,) reaches `level`; past its end it grows as last.
    `near` as of `months_near`."""
    return _reached(path, near, level, _tail(path, near))


@njit(forceinline=True)
def keenness(c: Columns, i: int, shelf: Shelf) -> float:
    """Return the factor of income on the hazard of a first purchase of home `i`."""
    return math.exp(shelf.income * max(float(c.log_income[i]), shelf.log_floor))


@njit(forceinline=True)
def first_purchase(
    c: Columns, i: int, slot: int, month: int, keen: float, shelf: Shelf, seed: np.uint64
) -> int:
    """Return the due month of a thing that home `i` lacks, later than `month` (-1: before the start); `keen`
    its factor of income."""
    p = c.place[i]
    rate = shelf.first_rate[slot, p] * shelf.eager[slot, p, c.quintile[i]] * keen
    if not rate > 0.0:
        return FAR
    key = slot * SLOT_STEP + (month if month >= 0 else AT_START)
    begun = shelf.path[month] if month >= 0 else 0.0
    return month_of(shelf.path, shelf.near, begun + exponential(seed, THING_FIRST, i, key) / rate)


@njit(forceinline=True)
def _moved(
    path: Floats, near: I16, tail: tuple[int, float, float, float], begun: float, due: int, ratio: float,
    drawn: float,
) -> int:  # fmt: skip
    """Return the due month of a first purchase whose hazard falls or rises by 1 / `ratio` from now on.

    What is left of the threshold is G(due) less what has `begun`; where in the due month it lies tells
    `drawn`.
    """
    end, top, last, _ = tail
    at = min(due, end)
    inside, past = path[max(at - 1, 0)] if at > 0 else 0.0, top + (due - 1 - end) * last
    before = past if due > end else inside
    until = past + last if due > end else path[at]
    return _reached(path, near, begun + ratio * (before + drawn * (until - before) - begun), tail)


@njit(forceinline=True)
def _compare(p: int, was: Plans, now: Plans, month: int, room: Moving) -> tuple[bool, bool]:
    """Write what changes in a place; tells whether any eagerness does, and any shift."""
    waits = moves = False
    for g in range(room.ratio.shape[1]):
        for s in range(SLOT_COUNT):
            room.ratio[p, g, s] = was.eager[s, p, g] / now.eager[s, p, g]
            room.later[p, g, s] = np.int16((was.shift[s, p, g] - now.shift[s, p, g]) * packed(1, 0))
            changes = was.eager[s, p, g] != now.eager[s, p, g]
            room.months[p, g, s] = np.uint16(FAR - month if changes else 0)
            waits |= changes
            moves |= was.shift[s, p, g] != now.shift[s, p, g]
    return waits, moves


@njit(forceinline=True)
def _wait(slots: I16, fifths: U8, month: int, months: U16, found: Found) -> int:
    """Write which empty slots of some homes wait for a purchase that moves into `found`, without a branch;
    returns how many. `months` (5, 8) in which a moving purchase may lie.

    With its grade above its due month a slot is one number, below that of months only if it is empty.
    """
    n, now = np.uint64(0), np.uint16(month)
    for i in range(fifths.size):
        g = fifths[i]
        for s in range(months.shape[1]):
            turned = np.uint16((slots[i, s] >> 3) | (slots[i, s] << 13))
            found[n] = np.uint32(i * 8 + s)
            n += np.uint64(np.uint16(turned - now) < months[g, s])
    return int(n)


@njit(forceinline=True)
def _shift(slots: I16, fifths: U8, planner: U8, later: I16) -> None:
    """Let planners among some homes have their things later."""
    for i in range(planner.size):
        if planner[i] > 0:
            for s in range(SLOT_COUNT):
                slots[i, s] += np.int16(slots[i, s] & 7 > 0) * later[fifths[i], s]


@njit(forceinline=True)
def earliest(slots: I16, i: Any) -> np.int16:
    """Return the earliest due month of home `i`; the last column is never due."""
    one = min(min(slots[i, 0], slots[i, 1]), min(slots[i, 2], slots[i, 3]))
    other = min(min(slots[i, 4], slots[i, 5]), min(slots[i, 6], slots[i, 7]))
    return np.int16(min(one, other) >> 3)


@kernel
def move_dues(
    first: int,
    last: int,
    things: Things,
    c: Columns,
    starts: Rows,
    was: Plans,
    now: Plans,
    path: Floats,
    near: I16,
    month: int,
    seed: np.uint64,
    room: Moving,
) -> None:
    """Move the due months of homes in some places from one money to another.

    Planners' things by the difference of the shifts; first purchases by the ratio of the eagerness. A home
    that is no more keeps due months that are never reached.
    """
    tail, begun = _tail(path, near), path[month - 1] if month > 0 else 0.0
    for p in range(first, last):
        waits, moves = _compare(p, was, now, month, room)
        for a in range(starts[p], starts[p + 1] if waits or moves else starts[p], BLOCK):
            b = min(a + BLOCK, starts[p + 1])
            slots, dues, fifths = things.slots[a:b], things.due[a:b], c.quintile[a:b]
            planner, found = c.planner[a:b], room.found[p]
            n = _wait(slots, fifths, month, room.months[p], found) if waits else 0
            for x in range(n):
                i, s = found[x] >> np.uint32(3), found[x] & np.uint32(7)
                drawn = uniform(seed, THING_FIRST, a + i, MOVED + s * SLOT_STEP + month)
                ratio = room.ratio[p, fifths[i], s]
                due = _moved(path, near, tail, begun, slots[i, s] >> 3, ratio, drawn)
                slots[i, s] = np.int16(packed(due, 0))
            if moves:
                _shift(slots, fifths, planner, room.later[p])
            for i in range(dues.size):
                dues[i] = earliest(slots, i)
