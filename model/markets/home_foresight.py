"""Money for appliances that is known to come, and who waits for it (articles 8, 16, 22).

The national rebate is known from its announcement, the province's grants from the issue of the plan, both
half a year ahead. A planner whose thing is due puts its replacement off by a month while some later month h
is worth more than this one and the wait for it: E(h) - E(0) > h c p_k1, at today's prices, shares of grades
and funds.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.data.calendar import measures
from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.rebates import LEVER, rebates
from model.domains.appliances import COOLERS, GRADES, LAMPS, Shelf
from model.domains.timing import KNOWN_AHEAD
from model.kernels import inlined, kernel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
SPAN = np.minimum(np.arange(MONTHS)[:, None] + np.arange(KNOWN_AHEAD + 1), MONTHS - 1)
"""Months that people look at in a month: itself and the half year after it."""


class Terms(NamedTuple):
    """Terms of K grants: `eligible` (K, 6, 5) things, list price `ceiling` and `cap` (K,), whether an amount
    is a share of the price, `of_price` (K,)."""

    eligible: Flags
    ceiling: Floats
    cap: Floats
    of_price: Flags


class Ahead(NamedTuple):
    """What is known in a month of H months from it on: `known` (H, 6, 5) rebate in CNY of 2022, `amount`
    (H, K, P, 5) of grants with `terms`; `served` what buyers count on of the rebate, `cost` of a month's wait
    over the price, `cpi` of the month."""

    terms: Terms
    known: Floats
    amount: Floats
    served: float
    cost: float
    cpi: float


def known_rebates(listed: Floats, cpi: Floats, renewed: bool) -> Floats:
    """Return the national rebate (M, KNOWN_AHEAD + 1, 6, 5), CNY of 2022, as known in a month for itself and
    each of the months after it.

    `listed` (M, 6, 5) prices, `cpi` (M,). `renewed`: the months that a renewal changes count as known.
    """
    real = cpi[:, None, None]
    in_full = rebates(listed, renewed) / real
    changed = (in_full != rebates(listed) / real).any(axis=(1, 2)) if renewed else np.zeros(MONTHS, np.bool_)
    made, told = np.zeros((MONTHS, *SPAN.shape[1:], *listed.shape[1:])), _told()
    for first, day in told:
        known = rebates(listed, as_of=day) / real
        known[changed] = in_full[changed]
        made[first:] = known[SPAN[first:]]
    made[:, 0] = in_full
    return made


@cache
def _told() -> tuple[tuple[int, datetime.date], ...]:
    """Return from which month on a further rebate is known, and a day at the end of that month."""
    dates = sorted({row.announced for row in measures(LEVER) if row.announced})
    made = dict[int, datetime.date]()
    for month in range(MONTHS):
        last = datetime.date(FIRST_YEAR + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 28)
        made.setdefault(sum(date <= last for date in dates), last)
    return tuple((MONTHS_A_YEAR * (day.year - FIRST_YEAR) + day.month - 1, day) for day in made.values())


def worth_waiting(
    known: Floats, amount: Floats, of_price: Flags, price: Floats, cpi: Floats, served: float, cost: float
) -> Flags:
    """Return in which months (M,) anybody might wait: what all that rises would bring at most.

    `known` (M, H, 6, 5), `amount` (K, M, P, 5) of grants, `price` (M, 6) CNY of 2022 of the dearest grade of
    which a month's wait costs the share `cost`; `served` what buyers count on of the national rebate.
    """
    more = (known - known[:, :1]).max(axis=3) * served / price[:, None]
    gain = more.max(axis=2)
    least = (price * cpi[:, None]).min(axis=1)
    for k, mine in enumerate(amount):
        rises = np.cumsum(np.diff(mine, axis=0, prepend=mine[:1]).max(axis=(1, 2)).clip(min=0.0))
        ahead = rises[SPAN] - rises[:, None]
        gain[PLAN_ISSUED:] += (ahead if of_price[k] else ahead / least[:, None])[PLAN_ISSUED:]
    lead = np.maximum(np.arange(KNOWN_AHEAD + 1), 1)
    return np.asarray((gain > cost * lead).any(axis=1))


@inlined
def _paid(terms: Terms, n: int, k: int, j: int, given: float, price: float, cpi: float) -> float:
    """Return what grant `n` of an amount `given` pays on grade `j` of a kind, CNY of 2022."""
    listed = price * cpi
    if not terms.eligible[n, k, j] or listed > terms.ceiling[n]:
        return 0.0
    return float(min(given * (listed if terms.of_price[n] else 1.0), terms.cap[n]) / cpi)


@inlined
def _expected(
    shelf: Shelf, terms: Terms, rebate: Floats, amount: Floats, p: int, g: int, k: int, mean: Floats,
    served: float, cpi: float,
) -> float:  # fmt: skip
    """Return what one who replaces a thing of kind `k` expects, CNY of 2022: of the `rebate` (6, 5) and of
    grants of an `amount` (K, P, 5), at the `mean` (5,) shares of grades."""
    made = 0.0
    for j in range(GRADES):
        each = served * rebate[k, j]
        for n in range(amount.shape[0]):
            if amount[n, p, g] > 0.0:
                paid = _paid(terms, n, k, j, amount[n, p, g], shelf.price[k, j], cpi)
                each += shelf.worth[n] * shelf.covered[n, p] * paid
        made += mean[j] * each
    return made


@kernel
def weigh_waits(
    shelf: Shelf, terms: Terms, known: Floats, amount: Floats, served: float, cost: float, cpi: float,
    mean: Floats,
) -> None:  # fmt: skip
    """Write who puts a replacement off, `shelf.waits` (7, P, 5).

    `known` (H, 6, 5) rebate and `amount` (H, K, P, 5) of grants in this month and those after it; `mean` (5,)
    is scratch.
    """
    for p in range(shelf.waits.shape[1]):
        for s in range(1, LAMPS):
            k = s - 1
            mean[:] = 0.0
            for g in range(shelf.waits.shape[2]):
                below = 0.0
                for j in range(GRADES):
                    mean[j] += (shelf.shares[s, p, g, j] - below) / shelf.waits.shape[2]
                    below = shelf.shares[s, p, g, j]
            for g in range(shelf.waits.shape[2]):
                now, waits = _expected(shelf, terms, known[0], amount[0], p, g, k, mean, served, cpi), False
                for h in range(1, known.shape[0]):
                    then = _expected(shelf, terms, known[h], amount[h], p, g, k, mean, served, cpi)
                    waits |= then - now > h * cost * shelf.price[k, 0]
                for slot in range(0 if s < COOLERS else s, s + 1):
                    shelf.waits[slot, p, g] = waits
