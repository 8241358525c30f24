"""Money on offer to buyers of appliances by month: national rebate, grants, bonus (articles 8, 16, 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import APPLIANCES, GRADES, GREEN
from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.institutions.policy import GROUPS, Grant
from model.markets.appliances import Shop
from model.markets.home_money import HomeMoney
from model.start import grant_keys, trade_needed

Floats = NDArray[np.float64]
POINTS = "green_points_value"


def paid_on(grant: Grant, month: int, price: Floats) -> Floats:
    """Return what a grant pays on each thing in a month (P, 5, 6, 5), CNY, at list `price` (6, 5).

    An amount, or a share of the price, capped; for green grades of its kinds, not above a price ceiling.
    """
    eligible = np.array([name in grant.options for name in APPLIANCES])[:, None] & (np.arange(GRADES) < GREEN)
    eligible &= price <= (np.inf if grant.price_ceiling is None else grant.price_ceiling)
    each = grant.amount[month][:, :, None, None] * (price if grant.of_price else 1.0)
    return np.asarray(np.minimum(each, np.inf if grant.cap is None else grant.cap) * eligible)


class HomeIncentives:
    """Money of a run for things of homes: that of the nation as the shop has it, and `grants`."""

    def __init__(self, grants: Sequence[Grant], shop: Shop, cpi: Floats, parameters: Parameters) -> None:
        """Lay out the terms of grants; `cpi` (M,) of 2022 = 1."""
        self.grants, self.shop, self.cpi = tuple(grants), shop, cpi
        self._keys, self._needs_old = grant_keys(grants), trade_needed(grants)
        points = parameters["ap_points_worth"]
        self._worth = np.array([points if grant.lever == POINTS else 1.0 for grant in grants])

    def money(self, month: int, levers: Mapping[str, Floats], covered: Floats) -> HomeMoney:
        """Return the money of a month; `covered` (K, P) chance that a claim is served.

        A bonus has the worth of January all year, so that plans do not move with every month's prices.
        """
        cpi, price = self.cpi[month], self.shop.price[month // MONTHS_A_YEAR]
        bonus = levers["trade_in_bonus"] / self.cpi[month - month % MONTHS_A_YEAR]
        granted = np.zeros((len(self.grants), bonus.shape[0], len(GROUPS), *price.shape))
        for k, grant in enumerate(self.grants):
            if grant.amount[month].any():
                granted[k] = paid_on(grant, month, price * cpi) / cpi
        return HomeMoney(
            rebate=self.shop.rebate[month],
            grants=granted,
            worth=self._worth,
            needs_old=self._needs_old,
            keys=self._keys,
            covered=covered,
            bonus=bonus,
        )
