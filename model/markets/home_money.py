"""What money for appliances does to the time of purchases, and to the old thing (articles 16, 22).

Expected money of a buyer: sum over rebate and grants of amount x chance of being served x worth x share of
buyers who take such a grade. It brings replacements nearer by floor(E / (cost p_k1)) months, at most
`ap_timing_most`, and raises the hazard of first purchases by (1 - E / p_k1)^e.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.domains.appliances import KIND_OF, SLOT_COUNT
from model.domains.timing import LEADS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLOT_KIND = list(KIND_OF)
LAMPS = SLOT_COUNT - 1
"""Slot for which no bonus is paid."""

DIGITS = 2
"""Eagerness is felt to the hundredth: a smaller change of money moves no plans."""


class HomeMoney(NamedTuple):
    """Money of a month, CNY of 2022: `rebate` (6, 5); `grants` (K, P, 5, 6, 5), `worth`, `needs_old`, `keys`
    (K,), `covered` (K, P); `bonus` (P, 5) for an old thing."""

    rebate: Floats
    grants: Floats
    worth: Floats
    needs_old: NDArray[np.bool_]
    keys: Ints
    covered: Floats
    bonus: Floats


def same_money(one: HomeMoney, other: HomeMoney) -> bool:
    """Tell whether two months offer the same money."""
    return all(np.array_equal(mine, theirs) for mine, theirs in zip(one, other, strict=True))


def handed_in(bonus: Floats, parameters: Parameters) -> Floats:
    """Return the chance that an old thing is handed in at a `bonus` (P, 5): log-odds straight in it."""
    base = parameters["ap_return_base"]
    odds = np.log(base / (1.0 - base))
    odds = odds + parameters["ap_return_slope"] * (bonus - parameters["ap_return_reference"])
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def expected_money(
    money: HomeMoney, shares: Floats, returned: Floats, parameters: Parameters
) -> tuple[Floats, Floats]:
    """Return what a first buyer and one who replaces expect (7, P, 5), CNY of 2022.

    `shares` (7, P, 5, 5) of grades without money; the fifths of a place are taken together, so that only
    the terms of grants tell them apart.
    """
    q = parameters
    usual = shares.mean(axis=2)
    served = q["ap_rebate_take_up"] * q["ap_rebate_passthrough"]
    rebate = served * (usual * money.rebate[SLOT_KIND][:, None]).sum(axis=2)
    first = np.repeat(rebate[:, :, None], money.bonus.shape[1], axis=2)
    again = first + returned * money.bonus * (np.arange(SLOT_COUNT) != LAMPS)[:, None, None]
    for k in range(money.grants.shape[0]):
        paid = money.grants[k].transpose(2, 0, 1, 3)[SLOT_KIND]
        each = money.worth[k] * money.covered[k][:, None] * (paid * usual[:, :, None]).sum(axis=3)
        again = again + each
        if not money.needs_old[k]:
            first = first + each
    return first, again


def months_sooner(expected: Floats, price: Floats, before: Ints, parameters: Parameters) -> Ints:
    """Return the months (7, P, 5) by which planners replace a thing sooner.

    They come to them over some months, for who plans acts with a lead of its own, and lose them at once;
    `before` the months in force, `price` (6,) of grade 1.
    """
    cost = parameters["ap_timing_cost"] * price[SLOT_KIND][:, None, None]
    full = np.minimum(np.floor(expected / cost), np.floor(parameters["ap_timing_most"])).astype(np.int64)
    return np.asarray(np.minimum(full, before + -(-full // LEADS)))


def eagerness(expected: Floats, price: Floats, parameters: Parameters) -> Floats:
    """Return the factor (7, P, 5) of money on the hazard of a first purchase; `price` (6,) of grade 1."""
    left = 1.0 - np.minimum(expected / price[SLOT_KIND][:, None, None], 1.0)
    felt = np.maximum(left, 10.0**-DIGITS) ** parameters["ap_price_elast"]
    return np.asarray(np.round(felt, DIGITS))
