"""Money on offer to car buyers, month by month: what grants pay, what is known of money to come, and how both
move the timing of purchases (articles 19, 22)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.car_terms import CarTerms
from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.domains.garage import OPTIONS
from model.domains.timing import KNOWN_AHEAD, Timing, expect_money, timing_of, weigh_bonuses
from model.institutions.policy import GROUPS, Grant
from model.markets.grant_money import lay_out
from model.markets.vehicles import CarMarket
from model.start import grant_keys, trade_needed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
YEAR = np.arange(MONTHS) // MONTHS_A_YEAR
AHEAD = np.minimum(np.arange(MONTHS)[:, None] + np.arange(KNOWN_AHEAD + 1), MONTHS - 1)
"""Months that are known in each month."""


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
        promised = np.zeros((len(grants), MONTHS, places, len(GROUPS), 2, 3))
        price = market.price.reshape(-1, OPTIONS)
        for k, grant in enumerate(grants):
            lay_out(grant, price, market.cpi, mix, self.granted[:, k], promised[k])
        promised[:, :PLAN_ISSUED] = 0.0
        self._promises = promised.any(axis=(0, 2, 3, 4, 5))[AHEAD].any(axis=1)
        self._promises[:PLAN_ISSUED] = False
        self._promised = promised.reshape(len(grants), MONTHS, places * len(GROUPS) * 2 * 3)
        self._mix, self._cpi, self._cost = mix, market.cpi, q["car_timing_cost"]
        self._raised = (q["veh_scrap_subsidy_hazard"] - 1.0) / q["car_timing_reference"]
        self._within, self._most = scrap_within, round(q["car_timing_most"])
        self.shift = np.zeros((2, places, len(GROUPS), 2))
        self._no_shift = np.zeros(self.shift.shape, np.int64)
        self._no_factor = np.ones((places, len(GROUPS), 2))
        self._no_promise = np.zeros((KNOWN_AHEAD + 1, places, len(GROUPS), 2, 3))
        self.expect(known, market.terms)

    def expect(self, known: Floats, terms: CarTerms) -> None:
        """Let `known` be what people know of national money, and `terms` what trade-in pays."""
        self.known = known
        self._known = known / self._cpi[:, None, None, None]
        self._swap = (terms.replacement_bonus * self._mix[YEAR]).sum(axis=2)
        self._scrap = (terms.scrappage_bonus * self._mix[YEAR]).sum(axis=2)
        self._bonus = self._swap.any(axis=1) | self._scrap.any(axis=1)
        self._before = terms.scrappage_eligible_before
        self._flat = (known[:, 1:] == known[:, :1]).all(axis=(1, 2, 3))

    def timing(self, month: int, funded: Floats, odds: float) -> tuple[Timing, Floats]:
        """Return how known dates and bonuses move purchases of this month, and what money does to the hazard
        of trading up (P, 5, 2 by considering).

        The province's own money is known half a year ahead from the month in which the plan was issued;
        `funded` (K,) is the share of claims that the budget of each grant still pays, and what people expect;
        `odds` the chance that a considering buyer takes a new-energy car.
        """
        promised = self._expected(month, funded) if self._promises[month] else None
        sooner, factor = self._weigh_bonuses(month, promised, odds)
        known = None if promised is None and self._flat[month] else self._known[month]
        if promised is not None:
            promised /= self._cpi[month]
        timing = timing_of(
            known, self._no_promise if promised is None else promised, odds, self._cost, self._most, sooner,
            int(self._before[month]),
        )  # fmt: skip
        return timing, factor

    def _expected(self, month: int, funded: Floats) -> Floats:
        """Return what people expect of provincial money (KNOWN_AHEAD + 1, P, 5, 2, 3), current yuan."""
        expected = np.empty(self._no_promise.shape)
        expect_money(self._promised, AHEAD[month], funded, expected.reshape(KNOWN_AHEAD + 1, -1))
        return expected

    def _weigh_bonuses(self, month: int, promised: Floats | None, odds: float) -> tuple[Ints, Floats]:
        """Return the months (2, P, 5, 2) by which money for an old car has brought replacements nearer, and
        what it does to the hazard of trading up (P, 5, 2)."""
        if promised is None and not self._bonus[month]:
            self.shift[:] = 0.0
            return self._no_shift, self._no_factor
        factor, sooner = np.empty_like(self._no_factor), np.empty_like(self._no_shift)
        weigh_bonuses(
            self._no_promise[0] if promised is None else promised[0], self._swap[month], self._scrap[month],
            odds, self._raised, self._within, factor, self.shift, sooner,
        )  # fmt: skip
        return sooner, factor
