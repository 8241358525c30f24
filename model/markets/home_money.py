"""What money for appliances does to the time of purchases, and to the old thing (articles 16, 22).

Expected money of a buyer: sum over rebate and grants of amount x chance of being served x worth x share of
buyers who take such a grade. It brings replacements nearer by floor(E / (cost p_k1)) months, at most
`ap_timing_most`, and raises the hazard of first purchases by (1 - E / p_k1)^e.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.domains.appliances import COOLERS, GRADES, LAMPS, SLOT_COUNT, Plans, Shelf
from model.domains.timing import LEADS
from model.kernels import inlined, kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIFTHS = 5
HUNDRED = 100.0
"""Eagerness is felt to the hundredth: a smaller change of money moves no plans."""


class HomeMoney(NamedTuple):
    """Money of a month, CNY of 2022: `rebate` (6, 5); `grants` (K, P, 5, 6, 5), `worth`, `needs_old`, `keys`
    (K,), `covered` (K, P); `bonus` (P, 5) for an old thing; `offered` (K, P, 5, 6) whether a grant pays on
    any grade. The arrays stand for the whole run; every month is written into them."""

    rebate: Floats
    grants: Floats
    worth: Floats
    needs_old: NDArray[np.bool_]
    keys: Ints
    covered: Floats
    bonus: Floats
    offered: NDArray[np.bool_]


class Answer(NamedTuple):
    """How people answer to money: log-odds `odds` of handing an old thing in at no bonus, rising by `slope` a
    yuan; `served` what a buyer counts on of the national rebate; `cost` of a month sooner over the price,
    `most` months sooner; `elasticity` of first purchases."""

    odds: float
    slope: float
    served: float
    cost: float
    most: int
    elasticity: float


def answer_of(q: Parameters) -> Answer:
    """Return how people answer to money."""
    base = q["ap_return_base"]
    return Answer(
        odds=math.log(base / (1.0 - base)) - q["ap_return_slope"] * q["ap_return_reference"],
        slope=q["ap_return_slope"],
        served=q["ap_rebate_take_up"] * q["ap_rebate_passthrough"],
        cost=q["ap_timing_cost"],
        most=math.floor(q["ap_timing_most"]),
        elasticity=q["ap_price_elast"],
    )


@kernel
def clear_stock(on_sale: Floats, cutoff: Floats, below: float, fall: float, steady: float) -> bool:
    """Let stock below the admitted grade, `cutoff` (P,), be cleared by a month.

    `on_sale` (P, 5) share of sellers; in the end the share `below` keeps a closed grade, the rest melts by
    `fall` a month. Changes up to `steady` are not followed; tells whether anything changed.
    """
    most = 0.0
    for moving in range(2):
        for p in range(on_sale.shape[0]):
            for j in range(GRADES):
                now = on_sale[p, j]
                after = 1.0 - min(max(j + 1.0 - cutoff[p], 0.0), 1.0) * (1.0 - below)
                if after < now:
                    after += (now - after) * fall
                most = max(most, abs(after - now))
                if moving > 0:
                    on_sale[p, j] = after
        if most <= steady:
            return False
    return True


@inlined
def _expect(shelf: Shelf, usual: Floats, k: int, p: int, g: int, base: float) -> tuple[float, float]:
    """Return what a first buyer and one who replaces expect of `base` and of grants, CNY of 2022.

    `usual` (5,) shares of grades without money; the fifths of a place are taken together, so that only the
    terms of grants tell them apart.
    """
    first = again = base
    for n in range(shelf.grants.shape[0]):
        if not shelf.offered[n, p, g, k]:
            continue
        paid = 0.0
        for j in range(GRADES):
            paid += shelf.grants[n, p, g, k, j] * usual[j]
        paid *= shelf.worth[n] * shelf.covered[n, p]
        again += paid
        if not shelf.needs_old[n]:
            first += paid
    return first, again


@kernel
def stock_shelf(
    shelf: Shelf,
    chances: Floats,
    on_sale: Floats,
    bonus: Floats,
    answer: Answer,
    before: Ints,
    plans: Plans,
    mean: Floats,
) -> bool:
    """Put this month's shares of grades on the shelf and write the plans that its money asks for.

    `chances` (6, P, 5, 5) of grades if all were on sale, `bonus` (P, 5) for an old thing, `before` (7, P, 5)
    months sooner so far; `mean` (5,) scratch. Planners come to their months over some time, for who plans
    acts with a lead of its own, and lose them at once; tells whether some are still to come.
    """
    growing = False
    for p in range(on_sale.shape[0]):
        for g in range(FIFTHS):
            shelf.returned[p, g] = 1.0 / (1.0 + math.exp(-(answer.odds + answer.slope * bonus[p, g])))
        for s in range(1, SLOT_COUNT):
            k, price = s - 1, shelf.price[s - 1, 0]
            mean[:] = 0.0
            for g in range(FIFTHS):
                total, below = 0.0, 0.0
                for j in range(GRADES):
                    total += chances[k, p, g, j] * on_sale[p, j]
                for j in range(GRADES):
                    share = chances[k, p, g, j] * on_sale[p, j] / total
                    below += share
                    mean[j] += share / FIFTHS
                    shelf.shares[s, p, g, j] = below
                    if s < COOLERS:
                        shelf.shares[0, p, g, j] = below
            rebate = 0.0
            for j in range(GRADES):
                rebate += mean[j] * shelf.rebate[k, j]
            told, felt = 0.0, 1.0
            for g in range(FIFTHS):
                first, again = _expect(shelf, mean, k, p, g, answer.served * rebate)
                if s != LAMPS:
                    again += shelf.returned[p, g] * bonus[p, g]
                if first != told:
                    told, felt = first, _eagerness(first / price, answer.elasticity)
                full = int(min(math.floor(again / (answer.cost * price)), answer.most))
                for slot in range(0 if s < COOLERS else s, s + 1):
                    sooner = min(full, before[slot, p, g] - (-full // LEADS))
                    growing |= sooner != before[slot, p, g]
                    plans.shift[slot, p, g], plans.eager[slot, p, g] = sooner, felt
    return growing


@inlined
def _eagerness(part: float, elasticity: float) -> float:
    """Return the factor on the hazard of a first purchase when money pays a `part` of the price."""
    left = max(1.0 - min(part, 1.0), 1.0 / HUNDRED)
    return float(np.rint(left**elasticity * HUNDRED) / HUNDRED)
