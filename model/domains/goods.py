"""Things in homes: the first ones, what leaves and comes with homes, which are due, and how many there are
(articles 8, 17).

Lives are Weibull (the form of Hao et al. 2011): L = T / Gamma(1 + 1/k) (-ln(1 - v))^(1/k), with T the mean
life in months, k the shape and v the midpoints of 256 equal quantiles, so that the longest 0.2 % are cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import THING_START, bits
from model.domains.appliances import FAR, GRADES, KIND_OF, SLOT_COUNT, Shelf, Things
from model.domains.thing_plans import (
    AT_ONCE,
    AT_START,
    SLOT_STEP,
    Found,
    keenness,
    packed,
    path_before,
    plan_first,
)
from model.kernels import inlined, kernel, spliced
from model.population.columns import I16, Columns, stretch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]
NOTHING = FAR * 8
_TOP, _BYTE, _LOW = np.uint64(32), np.uint64(24), np.uint64(0xFFFFFF)
_TO_32, _TO_24 = 1.0 / 4294967296.0, 1.0 / 16777216.0


@spliced
def upper(drawn: np.uint64) -> float:
    """Return the number in (0, 1) that the upper 32 bits of a draw stand for."""
    return (float(drawn >> _TOP) + 0.5) * _TO_32


@spliced
def middle(drawn: np.uint64) -> int:
    """Return the number below 256 in the 8 bits of a draw under the upper 32."""
    return int((drawn >> _BYTE) & np.uint64(255))


@spliced
def lower(drawn: np.uint64) -> float:
    """Return the number in (0, 1) that the lowest 24 bits of a draw stand for."""
    return (float(drawn & _LOW) + 0.5) * _TO_24


@spliced
def grade_of(below: Floats, u: float) -> int:
    """Return the grade, 0 the best, in whose share the number `u` falls; `below` (5,) cumulated shares."""
    grade = 0
    for j in range(GRADES - 1):
        grade += int(u >= below[j])
    return grade


@spliced
def chance_of(shares: Floats, slot: int, begun: bool) -> float:
    """Return the chance that a home owns the thing of a `slot`, given `shares` (7,) of homes that do.

    A further air conditioner goes with a first one only, `begun`.
    """
    if slot != 1:
        return float(shares[slot])
    return float(shares[1] / shares[0]) if begun and shares[0] > 0.0 else 0.0


@kernel
def first_things(
    first: int,
    last: int,
    things: Things,
    c: Columns,
    starts: Rows,
    owned: Floats,
    residual: I16,
    grades: Floats,
    shelf: Shelf,
    seed: np.uint64,
    stock: Ints,
) -> None:
    """Give the homes of some places their things of January 2015, counted in `stock`.

    `owned` (P, 7) share of homes, `residual` (7, 256) months left of lives under way, `grades` (6, 5)
    cumulated shares of the stock.
    """
    for p in range(first, last):
        for i in range(starts[p], starts[p + 1]):
            if c.active[i] == 0:
                continue
            lowest, keen = FAR, keenness(c, i, shelf)
            for s in range(SLOT_COUNT):
                begun = (things.slots[i, 0] & 7) > 0
                drawn = bits(seed, THING_START, i, s)
                grade, due = 0, FAR
                if upper(drawn) < chance_of(owned[p], s, begun):
                    grade = grade_of(grades[KIND_OF[s]], lower(drawn)) + 1
                    due = int(residual[s, middle(drawn)])
                elif s != 1 or begun:
                    due = plan_first(c, i, s, AT_START, 0.0, keen, things, shelf, seed)
                stock[p, c.quintile[i], s, grade] += c.weight[i]
                things.slots[i, s] = np.int16(packed(due, grade))
                lowest = min(lowest, due)
            things.due[i] = np.int16(lowest)


@inlined
def due_rows(due: I16, first: int, last: int, month: int, found: Found) -> int:
    """Write which of the rows first..last-1 are due by `month` into `found` from place `first`, without a
    branch; returns how many."""
    n = np.uint64(0)
    mine = found[first:last]
    for k in range(last - first):
        mine[n] = np.uint32(first + k)
        n += np.uint64(due[first + k] <= month)
    return int(n)


@kernel
def replace_homes(
    c: Columns,
    things: Things,
    gone: Rows,
    fifths: NDArray[np.uint8],
    n_gone: int,
    came: Rows,
    n_came: int,
    month: int,
    shelf: Shelf,
    seed: np.uint64,
    left: Ints,
    stock: Ints,
) -> None:
    """Let the things of dissolved homes leave, counted in `left` (P, 5, 7), and new homes plan theirs.

    A new home buys at once what its place owns (`settled`), and waits for the rest as for a first purchase.
    """
    begun_at = path_before(shelf, month)
    for x in range(n_gone):
        i = gone[x]
        p, g, w = c.place[i], fifths[x], c.weight[i]
        for s in range(SLOT_COUNT):
            grade = things.slots[i, s] & 7
            stock[p, g, s, grade] -= w
            left[p, g, s] += w if grade > 0 else 0
            things.slots[i, s] = np.int16(NOTHING)
        things.due[i] = np.int16(FAR)
    for x in range(n_came):
        i = came[x]
        p, begun, lowest, keen = c.place[i], False, FAR, keenness(c, i, shelf)
        for s in range(SLOT_COUNT):
            drawn = bits(seed, THING_START, i, s * SLOT_STEP + SLOT_STEP + month)
            due = FAR
            if upper(drawn) < chance_of(shelf.settled[p], s, begun):
                due, things.levels[i, s] = month - 1, AT_ONCE
            elif s != 1:
                due = plan_first(c, i, s, month, begun_at, keen, things, shelf, seed)
            begun = begun or (s == 0 and due < month)
            stock[p, c.quintile[i], s, 0] += c.weight[i]
            things.slots[i, s] = np.int16(packed(due, 0))
            lowest = min(lowest, due)
        things.due[i] = np.int16(lowest)


@kernel
def count_things(first: int, last: int, c: Columns, starts: Rows, things: Things, stock: Ints) -> None:
    """Count homes by the grade of each thing anew, `stock` (P, 5, 7, 6), in some places: fifths changed."""
    for p in range(first, last):
        stock[p] = 0
        d, slots = stretch(c, starts[p], starts[p + 1]), things.slots[starts[p] : starts[p + 1]]
        for i in range(starts[p + 1] - starts[p]):
            if d.active[i]:
                for s in range(SLOT_COUNT):
                    stock[p, d.quintile[i], s, slots[i, s] & 7] += d.weight[i]
