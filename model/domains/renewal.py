"""Buying things for the home: who is served by money, which grade, how long it lasts (articles 8, 16, 22).

Grade j of kind k: logit, P_j = s_j e^(mu_k m_j) / sum, with s_j the shares without money and m_j the money
that counts, min(of all money on list price, price): the national rebate times what reaches the buyer, a grant
times its worth (Train 2009, ch. 3). Who is served is drawn before choosing. A thing that failed is replaced
with the chance `again`, and then the old one handed in with a chance that follows the bonus.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import THING_BUY, THING_COVERED, THING_RETURN, bits, uniform
from model.domains.appliances import FAR, GRADES, KIND_OF, SLOT_COUNT, Meters, Shelf, Things, ThingsSold
from model.domains.electricity import change_use
from model.domains.goods import grade_of, lower, middle, upper
from model.domains.thing_plans import SLOT_STEP, Found, first_purchase, keenness, packed
from model.kernels import kernel
from model.population.columns import Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LAMPS = SLOT_COUNT - 1
AHEAD = 32
CHANCES, SERVED = range(2)
"""Rows of the scratch (2, max(5, K))."""


@njit(forceinline=True)
def _serve(shelf: Shelf, i: int, slot: int, p: int, g: int, old: bool, month: int, seed: np.uint64,
           drawn: np.uint64, served: Floats) -> tuple[bool, bool, bool]:  # fmt: skip
    """Write which grants serve this buyer into `served` (K,); tells whether the national rebate does, whether
    any money does, and whether a grant takes the old thing."""
    kind = KIND_OF[slot]
    rebate = shelf.rebate[kind, 0] > 0.0 and lower(drawn) < shelf.take_up
    some, taken = rebate, False
    for q in range(shelf.grants.shape[0]):
        served[q] = 0.0
        if shelf.covered[q, p] <= 0.0 or (shelf.needs_old[q] and not old):
            continue
        who = i * SLOT_COUNT + slot
        if not shelf.offered[q, p, g, kind]:
            continue
        share = shelf.covered[q, p]
        if share >= 1.0 or uniform(seed, THING_COVERED, who, shelf.keys[q] + month) < share:
            served[q], some = 1.0, True
            taken = taken or shelf.needs_old[q]
    return rebate, some, taken


@njit(forceinline=True)
def _worth(shelf: Shelf, p: int, g: int, kind: int, j: int, rebate: bool, served: Floats) -> float:
    """Return what the money on grade `j` counts for with the buyer; all money is cut at the price."""
    room, worth = shelf.price[kind, j], 0.0
    if rebate:
        paid = min(shelf.rebate[kind, j], room)
        room, worth = room - paid, shelf.passthrough * paid
    for q in range(shelf.grants.shape[0]):
        if served[q] > 0.0:
            paid = min(shelf.grants[q, p, g, kind, j], room)
            room, worth = room - paid, worth + shelf.worth[q] * paid
    return float(worth)


@njit(forceinline=True)
def _choose(shelf: Shelf, slot: int, p: int, g: int, rebate: bool, some: bool, served: Floats, u: float,
            chances: Floats) -> int:  # fmt: skip
    """Return the grade, 0 the best, that the draw `u` means; writes the `chances` (5,) of all."""
    kind, before, total = KIND_OF[slot], 0.0, 0.0
    for j in range(GRADES):
        chances[j] = shelf.shares[slot, p, g, j] - before
        before = shelf.shares[slot, p, g, j]
    if not some:
        return grade_of(shelf.shares[slot, p, g], u)
    for j in range(GRADES):
        worth = _worth(shelf, p, g, kind, j, rebate, served)
        if worth > 0.0:
            chances[j] *= math.exp(shelf.money_scale[kind] * worth)
        total += chances[j]
    grade, below = 0, 0.0
    for j in range(GRADES):
        chances[j] /= total
        below += chances[j]
        grade += int(j < GRADES - 1 and u >= below)
    return grade


@njit(forceinline=True)
def _claim(shelf: Shelf, p: int, g: int, w: int, kind: int, j: int, rebate: bool, served: Floats,
           out: ThingsSold) -> None:  # fmt: skip
    """Count the money that is paid on grade `j` for `w` real homes, in the order in which it is cut."""
    room = shelf.price[kind, j]
    if rebate and shelf.rebate[kind, j] > 0.0:
        paid = min(shelf.rebate[kind, j], room)
        room -= paid
        out.rebated[p, g, j] += w
        out.rebate[p, g] += w * paid
    for q in range(shelf.grants.shape[0]):
        paid = min(shelf.grants[q, p, g, kind, j], room)
        if served[q] > 0.0 and paid > 0.0:
            room -= paid
            out.claims[q, p, g] += w
            out.money[q, p, g] += w * paid


@njit(forceinline=True)
def _buy(c: Columns, i: int, slot: int, old: bool, month: int, shelf: Shelf, seed: np.uint64, scratch: Floats,
         handed: bool, out: ThingsSold) -> int:  # fmt: skip
    """Let home `i` buy a thing for a `slot`; counts it; returns due month and grade, packed.

    `old`: it replaces one, which would be `handed` in for the bonus alone.
    """
    p, g, w = c.place[i], c.quintile[i], c.weight[i]
    drawn = bits(seed, THING_BUY, i, slot * SLOT_STEP + month)
    served, chances = scratch[SERVED], scratch[CHANCES]
    rebate, some, taken = _serve(shelf, i, slot, p, g, old, month, seed, drawn, served)
    grade = _choose(shelf, slot, p, g, rebate, some, served, upper(drawn), chances)
    if some:
        _claim(shelf, p, g, w, KIND_OF[slot], grade, rebate, served, out)
    out.sold[p, g, slot, grade] += w
    out.first[p, g, slot] += 0 if old else w
    out.returned[p, g, slot] += w if old and (handed or taken) else 0
    if slot != LAMPS:
        for j in range(GRADES):
            out.expected[p, g, j] += w * chances[j]
    due = month + int(shelf.life[slot, middle(drawn)])
    if c.planner[i] > 0:
        due = max(due - int(shelf.shift[slot, p, g]), month + 1)
    return packed(due, grade + 1)


@njit(forceinline=True)
def _renew(c: Columns, i: int, slot: int, grade: int, month: int, shelf: Shelf, seed: np.uint64,
           scratch: Floats, out: ThingsSold) -> int:  # fmt: skip
    """Let home `i` replace the thing of a `slot` that is due (`grade` > 0) or give it up, or buy a first one;
    returns due month and grade, packed."""
    if grade == 0:
        return _buy(c, i, slot, False, month, shelf, seed, scratch, False, out)
    p, g = c.place[i], c.quintile[i]
    out.discarded[p, g, slot] += c.weight[i]
    drawn = bits(seed, THING_RETURN, i, slot * SLOT_STEP + month)
    if lower(drawn) >= shelf.again[slot]:
        return packed(first_purchase(c, i, slot, month, keenness(c, i, shelf), shelf, seed), 0)
    handed = slot != LAMPS and upper(drawn) < shelf.returned[p, g]
    return _buy(c, i, slot, True, month, shelf, seed, scratch, handed, out)


@njit(forceinline=True)
def _open_second(c: Columns, i: int, things: Things, month: int, shelf: Shelf, seed: np.uint64) -> None:
    """Let home `i` plan a further air conditioner once it owns one, and drop the plan when it has none."""
    further = things.slots[i, 1]
    if (further & 7) > 0:
        return
    if (things.slots[i, 0] & 7) == 0:
        things.slots[i, 1] = np.int16(packed(FAR, 0))
    elif (further >> 3) == FAR:
        due = first_purchase(c, i, 1, month, keenness(c, i, shelf), shelf, seed)
        things.slots[i, 1] = np.int16(packed(due, 0))


@njit(forceinline=True)
def _read_ahead(c: Columns, things: Things, meters: Meters, rows: Found, first: int, last: int) -> float:
    """Read what the next homes will need, so that the memory works on many rows at once; returns a sum."""
    total = np.float32(0.0)
    for x in range(first, last):
        i = rows[x]
        total += np.float32(c.place[i] + c.quintile[i] + c.weight[i] + c.planner[i] + things.slots[i, 0])
        total += meters.use[i] + meters.flat[i] + meters.cool[i]
    return float(total)


@kernel
def renew_things(
    c: Columns,
    things: Things,
    meters: Meters,
    rows: Found,
    n: int,
    shelf: Shelf,
    kwh: Floats,
    month: int,
    seed: np.uint64,
    scratch: Floats,
    stock: Ints,
    out: ThingsSold,
) -> None:
    """Let the first `n` of `rows` renew what is due by `month`.

    `kwh` (7, 6) a year by slot and grade; `scratch` (2, max(5, K)); `stock` (P, 5, 7, 6) and meters follow.
    """
    for x in range(n):
        if x % AHEAD == 0:
            scratch[CHANCES, 0] = _read_ahead(c, things, meters, rows, x, min(x + AHEAD, n))
        i, lowest = rows[x], FAR
        for s in range(SLOT_COUNT):
            due, grade = things.slots[i, s] >> 3, things.slots[i, s] & 7
            if due <= month:
                made = _renew(c, i, s, grade, month, shelf, seed, scratch, out)
                things.slots[i, s] = np.int16(made)
                due, new = made >> 3, made & 7
                if new != grade:
                    change_use(meters, i, s, grade, new, kwh)
                    stock[c.place[i], c.quintile[i], s, grade] -= c.weight[i]
                    stock[c.place[i], c.quintile[i], s, new] += c.weight[i]
                if s == 0 and (new == 0) != (grade == 0):
                    _open_second(c, i, things, month, shelf, seed)
            lowest = min(lowest, due)
        things.due[i] = np.int16(lowest)
