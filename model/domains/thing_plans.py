"""When a home first buys a thing, and how money moves purchases (articles 8, 22).

First purchase: hazard a month h = a R_p C_p e^(b x_i) n_pg g(m), with g(m) the answer to real income over the
nation's of 2015, n the eagerness that money adds and x_i log relative income at the time of drawing. It
comes in the first month m in which h, cumulated since the slot fell empty, reaches a unit exponential. The
clock G(m) + X_pg(m) runs with g and with g (n - 1); the level at which it must stand is drawn once, so money
moves nobody else's luck. The month kept is one before which the clock cannot get there while n stays below
the most there was so far; when it comes the clock is looked at again.
Replacement: homes that plan replace a thing s_pg months before its natural end while money is on offer; the
stored due month is the natural end less the shift in force, so the end of the money gives the months back.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import THING_FIRST, exponential
from model.domains.appliances import FAR, SLOT_COUNT, Plans, Shelf, Things
from model.kernels import inlined, kernel, spliced
from model.population.columns import I16, U8, Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]
Found = NDArray[np.uint32]
SLOT_STEP = 1024
"""Keys of draws: slot x SLOT_STEP + month."""
AT_START = 1023
PARTS = 1024
SAFE = 1e-9
"""Relative room for rounding at the edges of parts."""
HEADROOM = 10.0
"""A record is rounded up to one over this, for each new one costs a look at everybody."""
AT_ONCE, CLOSED = np.float32(-np.inf), np.float32(np.inf)
"""Levels of what is bought when it is due, and of what is not bought."""


class Planners(NamedTuple):
    """Homes that plan ahead: `rows` (n,) by place, `starts` (P + 1,) the first of each place."""

    rows: Found
    starts: Rows


def planners_of(planner: U8, starts: Rows) -> Planners:
    """Return the homes that plan ahead, `planner` (N,) above 0; places begin at `starts` (P + 1,)."""
    rows = np.flatnonzero(planner)
    return Planners(rows.astype(np.uint32), np.searchsorted(rows, starts))


@spliced
def packed(due: int, grade: int) -> int:
    """Return a due month and a grade as one number."""
    return due * 8 + grade


def months_near(path: Floats) -> I16:
    """Return for PARTS equal parts of a cumulated `path` (M,) a month not after the one that reaches any
    level in the part."""
    edges = np.arange(PARTS) * (path[-1] / PARTS) * (1.0 - SAFE)
    return np.asarray(np.searchsorted(path, edges), dtype=np.int16)


@inlined
def month_of(path: Floats, near: I16, level: float) -> int:
    """Return the first month whose cumulated `path` (M,) reaches `level`; past its end it grows as last.

    FAR where it never does. `near` as of `months_near`. Both cases are worked out, for which of them it is
    cannot be foreseen.
    """
    end = path.size - 1
    top, slope = path[end], path[end] - path[end - 1]
    inside = min(level, top)
    part = int(inside * (near.size / top)) if top > 0.0 else 0
    month = int(near[min(max(part, 0), near.size - 1)])
    month += int(path[month] < inside)
    while path[month] < inside:
        month += 1
    later = end + math.ceil(min((level - top) / slope, float(FAR))) if slope > 0.0 else FAR
    return min(later, FAR) if level > top else month


@spliced
def path_before(shelf: Shelf, month: int) -> float:
    """Return the cumulated hazard before a month."""
    return float(shelf.path[month - 1]) if month > 0 else 0.0


@inlined
def keenness(c: Columns, i: int, shelf: Shelf) -> float:
    """Return the factor of income on the hazard of a first purchase of home `i`."""
    return math.exp(shelf.income * max(float(c.log_income[i]), shelf.log_floor))


@inlined
def _not_before(shelf: Shelf, slot: int, p: int, g: int, level: float, begun: float) -> int:
    """Return a month before which the clock cannot stand at `level`, given the path so far, `begun`."""
    left = level - shelf.excess[slot, p, g] - begun
    return month_of(shelf.path, shelf.near, begun + left / shelf.record[slot, p])


@inlined
def plan_first(
    c: Columns, i: int, slot: int, key: int, begun: float, keen: float, things: Things, shelf: Shelf,
    seed: np.uint64,
) -> int:  # fmt: skip
    """Draw the level at which home `i` buys the thing it lacks, and return its due month.

    `key` the month of the draw, `begun` the path that it does not count, `keen` the factor of income.
    """
    p, g = c.place[i], c.quintile[i]
    rate = shelf.first_rate[slot, p] * keen
    if not rate > 0.0:
        things.levels[i, slot] = CLOSED
        return FAR
    drawn = exponential(seed, THING_FIRST, i, slot * SLOT_STEP + key) / rate
    level = np.float32(begun + shelf.excess[slot, p, g] + drawn)
    things.levels[i, slot] = level
    return _not_before(shelf, slot, p, g, float(level), begun)


@inlined
def waits_on(c: Columns, i: Any, slot: Any, month: int, things: Things, shelf: Shelf) -> int:
    """Return the next month in which to look whether home `i` makes a first purchase, `month` if it does
    so now."""
    p, g, level = c.place[i], c.quintile[i], float(things.levels[i, slot])
    if shelf.path[month] + shelf.excess[slot, p, g] >= level:
        return month
    return max(_not_before(shelf, slot, p, g, level, shelf.path[month]), month + 1)


@inlined
def earliest(slots: I16, i: Any) -> np.int16:
    """Return the earliest due month of home `i`; the last column is never due."""
    one = min(min(slots[i, 0], slots[i, 1]), min(slots[i, 2], slots[i, 3]))
    other = min(min(slots[i, 4], slots[i, 5]), min(slots[i, 6], slots[i, 7]))
    return np.int16(min(one, other) >> 3)


@inlined
def _shift(things: Things, fifths: U8, planners: Found, later: I16) -> None:
    """Let the homes `planners` (n,) have their things `later` (5, 8)."""
    slots, dues = things.slots, things.due
    for x in range(planners.size):
        i = planners[x]
        g = fifths[i]
        for s in range(SLOT_COUNT):
            slots[i, s] += np.int16(slots[i, s] & 7 > 0) * later[g, s]
        dues[i] = earliest(slots, i)


@inlined
def _look_sooner(
    things: Things, first: int, last: int, fifths: U8, slot: int, p: int, month: int, shelf: Shelf
) -> None:
    """Let homes of a place that wait for a thing look sooner, for its record has risen."""
    begun = path_before(shelf, month)
    for i in range(first, last):
        kept = things.slots[i, slot]
        if kept & 7 == 0 and month <= kept >> 3 < FAR:
            level = float(things.levels[i, slot])
            due = max(_not_before(shelf, slot, p, fifths[i], level, begun), month)
            things.slots[i, slot] = np.int16(packed(due, 0))
            things.due[i] = min(things.due[i], np.int16(due))


@kernel
def move_dues(
    first: int, last: int, things: Things, c: Columns, starts: Rows, planners: Planners, was: Ints,
    now: Plans, month: int, shelf: Shelf, rooms: I16,
) -> None:  # fmt: skip
    """Move the due months of homes in some places from one money to another.

    Planners' things by the difference of the shifts, `was` (7, P, 5) and that of `now`; where eagerness is
    higher than ever, those who wait look sooner. `rooms` (P, 5, 8) scratch. A home that is no more keeps due
    months that are never reached.
    """
    for p in range(first, last):
        moves = False
        for s in range(SLOT_COUNT):
            most = shelf.record[s, p]
            for g in range(rooms.shape[1]):
                rooms[p, g, s] = np.int16(packed(was[s, p, g] - now.shift[s, p, g], 0))
                moves |= was[s, p, g] != now.shift[s, p, g]
                most = max(most, now.eager[s, p, g])
            if most > shelf.record[s, p]:
                shelf.record[s, p] = math.ceil(most * HEADROOM) / HEADROOM
                _look_sooner(things, starts[p], starts[p + 1], c.quintile, s, p, month, shelf)
        if moves:
            mine = planners.rows[planners.starts[p] : planners.starts[p + 1]]
            _shift(things, c.quintile, mine, rooms[p])


@spliced
def run_clock(p: int, month: int, shelf: Shelf) -> None:
    """Let the clocks of a place run for a month: what eagerness adds to the path."""
    added = shelf.path[month] - path_before(shelf, month)
    for s in range(SLOT_COUNT):
        for g in range(shelf.eager.shape[2]):
            shelf.excess[s, p, g] += (shelf.eager[s, p, g] - 1.0) * added


@kernel
def share_clocks(first: int, last: int, things: Things, c: Columns, starts: Rows, shelf: Shelf) -> None:
    """Set the clocks of all fifths of some places alike where they differ, so that nobody gains or loses by
    the new fifths of January; the levels of those who wait go with them."""
    for p in range(first, last):
        for s in range(SLOT_COUNT):
            apart = False
            for g in range(shelf.excess.shape[2]):
                apart |= shelf.excess[s, p, g] != shelf.excess[s, p, 0]
            if apart:
                for i in range(starts[p], starts[p + 1]):
                    things.levels[i, s] -= np.float32(shelf.excess[s, p, c.quintile[i]])
                for g in range(shelf.excess.shape[2]):
                    shelf.excess[s, p, g] = 0.0
