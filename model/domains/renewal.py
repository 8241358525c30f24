"""Buying things for the home: who is served by money, which grade, how long it lasts (articles 8, 16, 22).

Grade j of kind k: logit, P_j = s_j e^(mu_k m_j) / sum, with s_j the shares without money and m_j the money
that counts, min(of all money on list price, price): the national rebate times what reaches the buyer, a grant
times its worth (Train 2009, ch. 3). Who is served is drawn before choosing. A thing that failed is replaced
with the chance `again`, and then the old one handed in with a chance that follows the bonus.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import THING_BUY, THING_COVERED, THING_RETURN, bits, uniform
from model.domains.appliances import FAR, GRADES, KIND_OF, SLOT_COUNT, Meters, Shelf, Things, ThingsSold
from model.domains.electricity import change_use
from model.domains.goods import due_rows, lower, middle, upper
from model.domains.thing_plans import SLOT_STEP, Found, earliest, first_purchase, keenness, packed
from model.kernels import kernel
from model.population.columns import Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]
LAMPS = SLOT_COUNT - 1
AHEAD = 32
CHANCES, SERVED = range(2)
"""Rows of the scratch (2, max(5, K))."""


@njit(forceinline=True)
def _serve(shelf: Shelf, i: Any, slot: Any, p: Any, g: Any, old: bool, month: int, seed: np.uint64,
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
def _choose_usual(shelf: Shelf, slot: Any, p: Any, g: Any, w: int, u: float, out: ThingsSold) -> int:
    """Return the grade, 0 the best, that the draw `u` means where no money is paid; counts the chances."""
    grade, before = 0, 0.0
    for j in range(GRADES):
        below = shelf.shares[slot, p, g, j]
        grade += int(u >= below) if j < GRADES - 1 else 0
        if slot != LAMPS:
            out.expected[p, g, j] += w * (below - before)
        before = below
    return grade


@njit(forceinline=True)
def _choose(shelf: Shelf, slot: Any, p: Any, g: Any, rebate: bool, served: Floats, u: float, w: int,
            chances: Floats, out: ThingsSold) -> int:  # fmt: skip
    """Return the grade, 0 the best, that the draw `u` means where money is paid; counts the
    `chances` (5,)."""
    kind, before, total = KIND_OF[slot], 0.0, 0.0
    for j in range(GRADES):
        chances[j] = shelf.shares[slot, p, g, j] - before
        before = shelf.shares[slot, p, g, j]
        worth = _worth(shelf, p, g, kind, j, rebate, served)
        if worth > 0.0:
            chances[j] *= math.exp(shelf.money_scale[kind] * worth)
        total += chances[j]
    grade, below = 0, 0.0
    for j in range(GRADES):
        chances[j] /= total
        below += chances[j]
        grade += int(j < GRADES - 1 and u >= below)
        if slot != LAMPS:
            out.expected[p, g, j] += w * chances[j]
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
def _buy(c: Columns, i: Any, slot: Any, old: bool, month: int, shelf: Shelf, seed: np.uint64, scratch: Floats,
         paying: bool, handed: bool, out: ThingsSold) -> int:  # fmt: skip
    """Let home `i` buy a thing for a `slot`; counts it; returns due month and grade, packed.

    `paying`: there is money for some; `old`: it replaces one, which would be `handed` in for the bonus alone.
    """
    p, g, w = c.place[i], c.quintile[i], c.weight[i]
    drawn, taken, some = bits(seed, THING_BUY, i, slot * SLOT_STEP + month), False, False
    if paying:
        served, chances = scratch[SERVED], scratch[CHANCES]
        rebate, some, taken = _serve(shelf, i, slot, p, g, old, month, seed, drawn, served)
        if some:
            grade = _choose(shelf, slot, p, g, rebate, served, upper(drawn), w, chances, out)
            _claim(shelf, p, g, w, KIND_OF[slot], grade, rebate, served, out)
    if not some:
        grade = _choose_usual(shelf, slot, p, g, w, upper(drawn), out)
    out.sold[p, g, slot, grade] += w
    out.first[p, g, slot] += 0 if old else w
    out.returned[p, g, slot] += w if old and (handed or taken) else 0
    due = month + int(shelf.life[slot, middle(drawn)])
    if c.planner[i] > 0:
        due = max(due - int(shelf.shift[slot, p, g]), month + 1)
    return packed(due, grade + 1)


@njit(forceinline=True)
def _renew(c: Columns, i: Any, slot: Any, grade: Any, month: int, shelf: Shelf, seed: np.uint64,
           scratch: Floats, paying: bool, out: ThingsSold) -> int:  # fmt: skip
    """Let home `i` replace the thing of a `slot` that is due (`grade` > 0) or give it up, or buy a first one;
    returns due month and grade, packed."""
    p, g, old, handed = c.place[i], c.quintile[i], grade > 0, False
    if old:
        out.discarded[p, g, slot] += c.weight[i]
        drawn = bits(seed, THING_RETURN, i, slot * SLOT_STEP + month)
        if lower(drawn) >= shelf.again[slot]:
            return packed(first_purchase(c, i, slot, month, keenness(c, i, shelf), shelf, seed), 0)
        handed = slot != LAMPS and upper(drawn) < shelf.returned[p, g]
    return _buy(c, i, slot, old, month, shelf, seed, scratch, paying, handed, out)


@njit(forceinline=True)
def _open_second(c: Columns, i: Any, things: Things, month: int, shelf: Shelf, seed: np.uint64) -> None:
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
def _read_ahead(c: Columns, things: Things, meters: Meters, rows: Found) -> float:
    """Read what the next homes will need, so that the memory works on many rows at once; returns a sum."""
    total = np.float32(0.0)
    for x in range(rows.size):
        i = rows[x]
        total += np.float32(c.place[i] + c.quintile[i] + c.weight[i] + c.planner[i] + things.slots[i, 0])
        total += meters.use[i] + meters.flat[i] + meters.cool[i]
    return float(total)


@njit(forceinline=True)
def _due_slots(things: Things, rows: Found, month: int, found: Found) -> int:
    """Write what is due by `month` in some homes, home x 8 + slot, into `found`, without a branch;
    returns how much."""
    n, limit = np.uint64(0), packed(month + 1, 0)
    for x in range(rows.size):
        i = rows[x]
        for s in range(SLOT_COUNT):
            found[n] = i * np.uint32(8) + np.uint32(s)
            n += np.uint64(things.slots[i, s] < limit)
    return int(n)


@kernel
def renew_things(
    first: int,
    last: int,
    c: Columns,
    starts: Rows,
    things: Things,
    meters: Meters,
    rows: Found,
    shelf: Shelf,
    kwh: Floats,
    month: int,
    seed: np.uint64,
    rooms: Floats,
    found: Found,
    paying: bool,
    stock: Ints,
    out: ThingsSold,
) -> None:
    """Let the homes of some places renew what is due by `month`.

    `rows` (N,) room for who is due; `kwh` (7, 6) a year by slot and grade; `rooms` (P, 2, max(5, K)), `found`
    (P, 7 AHEAD + 1); `paying` whether anything but the bonus is paid to anybody; `stock` (P, 5, 7, 6) and
    meters follow. What did not change goes through the same sums, which costs less than to ask.
    """
    for p in range(first, last):
        scratch, due = rooms[p], found[p]
        end = starts[p] + due_rows(things.due, starts[p], starts[p + 1], month, rows)
        for begin in range(starts[p], end, AHEAD):
            some = rows[begin : min(begin + AHEAD, end)]
            scratch[CHANCES, 0] = _read_ahead(c, things, meters, some)
            for x in range(_due_slots(things, some, month, due)):
                i, s = due[x] >> np.uint32(3), due[x] & np.uint32(7)
                kept = things.slots[i, s]
                if kept >> 3 > month:  # a further air conditioner that went with the first one
                    continue
                old = np.uint64(kept & 7)
                made = _renew(c, i, s, old, month, shelf, seed, scratch, paying, out)
                new = np.uint64(made & 7)
                things.slots[i, s] = np.int16(made)
                change_use(meters, i, s, old, new, kwh)
                stock[c.place[i], c.quintile[i], s, old] -= c.weight[i]
                stock[c.place[i], c.quintile[i], s, new] += c.weight[i]
                if s == 0 and (new == 0) != (old == 0):
                    _open_second(c, i, things, month, shelf, seed)
            for x in range(some.size):
                things.due[some[x]] = earliest(things.slots, some[x])
