"""Money for buyers of things for the home: whom it serves, what it is worth, what is claimed (article 22).

Who is served is drawn before choosing, so that a grant moves only those at the margin. All money together is
cut at the price.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import THING_COVERED, uniform
from model.domains.appliances import GRADES, KIND_OF, LAMPS, SLOT_COUNT, Shelf, ThingsSold
from model.domains.goods import lower
from model.kernels import inlined

Floats = NDArray[np.float64]


@inlined
def serve(shelf: Shelf, i: Any, slot: Any, p: Any, g: Any, old: bool, month: int, seed: np.uint64,
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


@inlined
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


@inlined
def choose_paid(shelf: Shelf, slot: Any, p: Any, g: Any, rebate: bool, served: Floats, u: float, w: int,
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


@inlined
def claim(shelf: Shelf, p: int, g: int, w: int, kind: int, j: int, rebate: bool, served: Floats,
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
