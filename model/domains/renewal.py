"""Buying things for the home: when, which grade, how long it lasts (articles 8, 16, 22).

Grade j of kind k: logit, P_j = s_j e^(mu_k m_j) / sum, with s_j the shares without money and m_j the money
that counts, min(of all money on list price, price): the national rebate times what reaches the buyer, a grant
times its worth (Train 2009, ch. 3; whom it serves, `thing_money`). A thing that failed is replaced with the
chance `again`, and then the old one handed in with a chance that follows the bonus.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import THING_BUY, THING_RETURN, bits
from model.domains.appliances import (
    FAR,
    GRADES,
    KIND_OF,
    LAMPS,
    SLOT_COUNT,
    Meters,
    Shelf,
    Things,
    ThingsSold,
)
from model.domains.electricity import change_use
from model.domains.goods import due_rows, lower, middle, upper
from model.domains.thing_money import choose_paid, claim, serve
from model.domains.thing_plans import (
    SLOT_STEP,
    Found,
    earliest,
    keenness,
    packed,
    plan_first,
    run_clock,
    waits_on,
)
from model.kernels import inlined, kernel
from model.population.columns import Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]
Draws = NDArray[np.uint64]
AHEAD = 32
CHANCES, SERVED = range(2)
"""Rows of the scratch (2, max(5, K))."""


@inlined
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


@inlined
def _buy(c: Columns, i: Any, slot: Any, old: bool, month: int, shelf: Shelf, seed: np.uint64, scratch: Floats,
         paying: bool, handed: bool, drawn: np.uint64, out: ThingsSold) -> int:  # fmt: skip
    """Let home `i` buy a thing for a `slot`; counts it; returns due month and grade, packed.

    `paying`: there is money for some; `old`: it replaces one, which would be `handed` in for the bonus alone.
    """
    p, g, w = c.place[i], c.quintile[i], c.weight[i]
    taken = some = False
    if paying:
        served, chances = scratch[SERVED], scratch[CHANCES]
        rebate, some, taken = serve(shelf, i, slot, p, g, old, month, seed, drawn, served)
        if some:
            grade = choose_paid(shelf, slot, p, g, rebate, served, upper(drawn), w, chances, out)
            claim(shelf, p, g, w, KIND_OF[slot], grade, rebate, served, out)
    if not some:
        grade = _choose_usual(shelf, slot, p, g, w, upper(drawn), out)
    out.sold[p, g, slot, grade] += w
    out.first[p, g, slot] += 0 if old else w
    out.returned[p, g, slot] += w if old and (handed or taken) else 0
    due = month + int(shelf.life[slot, middle(drawn)])
    sooner = int(shelf.shift[slot, p, g]) * int(c.planner[i] > 0)
    return packed(max(due - sooner, min(due, month + 1)), grade + 1)


@inlined
def _renew(c: Columns, i: Any, slot: Any, grade: Any, month: int, things: Things, shelf: Shelf,
           seed: np.uint64, scratch: Floats, paying: bool, buys: np.uint64, returns: np.uint64,
           out: ThingsSold) -> int:  # fmt: skip
    """Let home `i` replace the thing of a `slot` that is due (`grade` > 0) or give it up, or buy a first one;
    returns due month and grade, packed."""
    p, g, old, handed = c.place[i], c.quintile[i], grade > 0, False
    if old:
        out.discarded[p, g, slot] += c.weight[i]
        if lower(returns) >= shelf.again[slot]:
            begun, keen = shelf.path[month], keenness(c, i, shelf)
            return packed(plan_first(c, i, slot, month, begun, keen, things, shelf, seed), 0)
        handed = slot != LAMPS and upper(returns) < shelf.returned[p, g]
    return _buy(c, i, slot, old, month, shelf, seed, scratch, paying, handed, buys, out)


@inlined
def _open_second(c: Columns, i: Any, things: Things, month: int, shelf: Shelf, seed: np.uint64) -> None:
    """Let home `i` plan a further air conditioner once it owns one, and drop the plan when it has none."""
    further = things.slots[i, 1]
    if (further & 7) > 0:
        return
    if (things.slots[i, 0] & 7) == 0:
        things.slots[i, 1] = np.int16(packed(FAR, 0))
    elif (further >> 3) == FAR:
        begun, keen = shelf.path[month], keenness(c, i, shelf)
        due = plan_first(c, i, 1, month, begun, keen, things, shelf, seed)
        things.slots[i, 1] = np.int16(packed(due, 0))


@inlined
def _read_ahead(c: Columns, things: Things, meters: Meters, rows: Found) -> float:
    """Read what the next homes will need, so that the memory works on many rows at once; returns a sum."""
    total = np.float32(0.0)
    for x in range(rows.size):
        i = rows[x]
        total += np.float32(c.place[i] + c.quintile[i] + c.weight[i] + c.planner[i] + things.slots[i, 0])
        total += meters.use[i] + meters.flat[i] + meters.cool[i] + things.levels[i, 0]
    return float(total)


@inlined
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


@inlined
def _draw(found: Found, n: int, month: int, seed: np.uint64, draws: Draws) -> None:
    """Draw for all that is due before anybody decides, eight at a time: `draws` (2, .) for purchases and for
    old things."""
    for x in range(n):
        who: Any = np.uint64(found[x] >> np.uint32(3))
        when: Any = np.uint64(found[x] & np.uint32(7)) * np.uint64(SLOT_STEP) + np.uint64(month)
        draws[0, x] = bits(seed, THING_BUY, who, when)
        draws[1, x] = bits(seed, THING_RETURN, who, when)


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
    draws: Draws,
    paying: bool,
    stock: Ints,
    out: ThingsSold,
) -> None:
    """Let the homes of some places renew what is due by `month`.

    `rows` (N,) room for who is due; `kwh` (7, 6) a year by slot and grade; `rooms` (P, 2, max(5, K)), `found`
    (P, 7 AHEAD + 1), `draws` (P, 2, 7 AHEAD); `paying` whether anything but the bonus is paid to anybody;
    `stock` (P, 5, 7, 6) and meters follow. What did not change goes through the same sums, which costs less
    than to ask.
    """
    for p in range(first, last):
        scratch, due = rooms[p], found[p]
        run_clock(p, month, shelf)
        end = starts[p] + due_rows(things.due, starts[p], starts[p + 1], month, rows)
        for begin in range(starts[p], end, AHEAD):
            some = rows[begin : min(begin + AHEAD, end)]
            scratch[CHANCES, 0] = _read_ahead(c, things, meters, some)
            n = _due_slots(things, some, month, due)
            _draw(due, n, month, seed, draws[p])
            for x in range(n):
                i, s = due[x] >> np.uint32(3), due[x] & np.uint32(7)
                kept = things.slots[i, s]
                if kept >> 3 > month:  # a further air conditioner that went with the first one
                    continue
                old = np.uint64(kept & 7)
                if old == 0:
                    wait = waits_on(c, i, s, month, things, shelf)
                    if wait > month:
                        things.slots[i, s] = np.int16(packed(wait, 0))
                        continue
                elif shelf.waits[s, p, c.quintile[i]] and c.planner[i] > 0:
                    things.slots[i, s] = np.int16(packed(month + 1, int(old)))
                    continue
                made = _renew(c, i, s, old, month, things, shelf, seed, scratch, paying, draws[p, 0, x],
                              draws[p, 1, x], out)  # fmt: skip
                new = np.uint64(made & 7)
                things.slots[i, s] = np.int16(made)
                change_use(meters, i, s, old, new, kwh)
                stock[c.place[i], c.quintile[i], s, old] -= c.weight[i]
                stock[c.place[i], c.quintile[i], s, new] += c.weight[i]
                if s == 0 and (new == 0) != (old == 0):
                    _open_second(c, i, things, month, shelf, seed)
            for x in range(some.size):
                things.due[some[x]] = earliest(things.slots, some[x])
