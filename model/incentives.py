"""Money on offer to car buyers, month by month: what grants pay, what is known of money to come, and how both
move the timing of purchases (articles 19, 22)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.car_terms import CarTerms
from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.timing import KNOWN_AHEAD, Timing, expect_money, timing_of
from model.institutions.policy import GROUPS, Grant
from model.markets.vehicles import CarMarket
from model.start import grant_keys, trade_needed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
YEAR = np.arange(MONTHS) // MONTHS_A_YEAR
AHEAD = np.minimum(np.arange(MONTHS)[:, None] + np.arange(KNOWN_AHEAD + 1), MONTHS - 1)
"""Months that are known in each month."""


def paid_by(grant: Grant, when: Ints, price: Floats) -> Floats:
    """Return what a grant pays on each option in the months `when` (N,): (N, P, 5, 12), CNY.

    An amount, or a share of the list `price` (Y, 12), capped, and nothing above a price ceiling.
    """
    kinds = np.repeat([name in grant.options for name in ("ice", "phev", "bev")], CLASS_COUNT)
    listed = price[YEAR[when]][:, None, None]
    each = grant.amount[when][..., None] * (listed if grant.of_price else 1.0)
    eligible = kinds & (listed <= (grant.price_ceiling or np.inf))
    return np.asarray(np.minimum(each, np.inf if grant.cap is None else grant.cap) * eligible)


def promised_by(grant: Grant, when: Ints, paid: Floats, mix: Floats) -> Floats:
    """Return what a grant promises to a buyer in the months `when` (N,): (N, P, 5, 2, 3), CNY to the fen,
    without and with an old car, by powertrain.

    Mean over classes by the class mix of each powertrain's sales, `mix` (Y, 3, 4), of what it has `paid`
    (N, P, 5, 12), times the share of claims that a place can serve. A grant without a budget promises
    nothing.
    """
    made = np.zeros((*paid.shape[:3], 2, 3))
    if grant.budget == 0.0:
        return made
    each = np.einsum("mpgkc,mkc->mpgk", paid.reshape(*paid.shape[:3], 3, CLASS_COUNT), mix[YEAR[when]])
    made[:, :, :, 1] = each * grant.coverage[when][:, :, None, None]
    if grant.requires != "trade_in":
        made[:, :, :, 0] = made[:, :, :, 1]
    return np.round(made, 2)


class Incentives:
    """Money of a run. `granted` (M, K, P, 5, 12) yuan of 2022, `needs_old_car`, `keys` (K,) of the grants;
    `known` national money as `foresight` gives it."""

    def __init__(
        self,
        grants: Sequence[Grant],
        market: CarMarket,
        mix: Floats,
        known: Floats,
        parameters: Parameters,
        scrap_within: int,
    ) -> None:
        """Lay out the money of `grants` and the national money `known` (M, KNOWN_AHEAD + 1, 2, 3)."""
        q = parameters
        places = market.base.shape[1]
        self.needs_old_car, self.keys = trade_needed(grants), grant_keys(grants)
        self.granted = np.zeros((MONTHS, len(grants), places, len(GROUPS), OPTIONS))
        self._promised = np.zeros((len(grants), MONTHS, places, len(GROUPS), 2, 3))
        price = market.price.reshape(-1, OPTIONS)
        for k, grant in enumerate(grants):
            when = np.flatnonzero(grant.amount.any(axis=(1, 2)))
            paid = paid_by(grant, when, price)
            self.granted[when, k] = paid / market.cpi[when, None, None, None]
            self._promised[k, when] = promised_by(grant, when, paid, mix)
        self._promised[:, :PLAN_ISSUED] = 0.0
        self._promises = self._promised.any(axis=(0, 2, 3, 4, 5))[AHEAD].any(axis=1)
        self._cpi, self._cost = market.cpi, q["car_timing_cost"]
        self._extra, self._reference = q["veh_scrap_subsidy_hazard"] - 1.0, q["car_timing_reference"]
        self._within, self._most = scrap_within, round(q["car_timing_most"])
        self.shift = np.zeros((2, places, len(GROUPS), 2))
        self._no_shift = np.zeros((2, places, len(GROUPS), 2), np.int64)
        self._nothing = np.zeros((places, len(GROUPS), 2))
        self._no_promise = np.zeros((KNOWN_AHEAD + 1, places, len(GROUPS), 2, 3))
        self.expect(known, market.terms)

    def expect(self, known: Floats, terms: CarTerms) -> None:
        """Let `known` be what people know of national money, and `terms` what trade-in pays."""
        self.known = known
        self._swap = terms.replacement_bonus.reshape(MONTHS, -1).max(axis=1)
        self._scrap = terms.scrappage_bonus.reshape(MONTHS, -1).max(axis=1)
        self._before = terms.scrappage_eligible_before
        self._flat = (known[:, 1:] == known[:, :1]).all(axis=(1, 2, 3))

    def timing(self, month: int, funded: Floats, odds: float) -> tuple[Timing, Floats]:
        """Return how known dates and bonuses move purchases of this month, and what money does to the hazard
        of trading up (P, 5, 2 by considering).

        The province's own money is known half a year ahead from the month in which the plan was issued;
        `funded` (K,) is the share of claims that the budget of each grant still pays, and what people expect;
        `odds` the chance that a considering buyer takes a new-energy car.
        """
        own, promised = self._nothing, self._no_promise
        promises = month >= PLAN_ISSUED and self._promises[month]
        if promises:
            own, promised = np.empty_like(own), np.empty_like(promised)
            expect_money(self._promised, AHEAD[month], funded, float(self._cpi[month]), odds, promised, own)
        still = self._flat[month] and not promises
        sooner = self._bring_nearer(own, float(self._scrap[month]))
        timing = timing_of(
            None if still else self.known[month] / self._cpi[month], promised, odds, self._cost, self._most,
            sooner, int(self._before[month]),
        )  # fmt: skip
        return timing, 1.0 + self._extra * (own + self._swap[month]) / self._reference

    def _bring_nearer(self, own: Floats, bonus: float) -> Ints:
        """Return the months (2, P, 5, 2) by which scrappage money has brought replacements nearer: provincial
        `own` (P, 5, 2) and the national `bonus` for old cars, adding up while the money is there."""
        if bonus == 0.0 and own is self._nothing:
            self.shift[:] = 0.0
            return self._no_shift
        scrap = self._extra * np.stack([own, own + bonus]) / self._reference
        self.shift[:] = np.where(scrap > 0.0, self.shift + scrap, 0.0)
        return np.minimum(self.shift.astype(np.int64), self._within)
