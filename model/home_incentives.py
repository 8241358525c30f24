"""Money on offer to buyers of appliances by month: national rebate, grants, bonus (articles 8, 16, 22)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import APPLIANCES, GRADES, GREEN
from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.held import hold
from model.institutions.policy import GROUPS, Grant
from model.kernels import kernel
from model.markets.appliances import Shop
from model.markets.home_foresight import SPAN, Ahead, Terms, known_rebates, worth_waiting
from model.markets.home_money import HomeMoney
from model.start import grant_keys, trade_needed

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
POINTS = "green_points_value"


class HomeIncentives:
    """Money of a run for things of homes: that of the nation as the shop has it, and `grants`; `offer` of the
    month, and whether it `changed`."""

    def __init__(
        self, grants: Sequence[Grant], shop: Shop, cpi: Floats, parameters: Parameters, renewed: bool = False
    ) -> None:
        """Lay out the terms of grants; `cpi` (M,) of 2022 = 1; `renewed`: national money goes on to 2030."""
        self.grants, self.shop, self.cpi = tuple(grants), shop, cpi
        count, places = len(grants), shop.kwh.shape[0]
        by_thing = (len(APPLIANCES), GRADES)
        self._amount = np.zeros((count, MONTHS, places, len(GROUPS)))
        self._ceiling, self._cap = np.full((2, count), np.inf)
        self._of_price, self._eligible = np.zeros(count, np.bool_), np.zeros((count, *by_thing), np.bool_)
        for k, grant in enumerate(grants):
            self._amount[k], self._of_price[k] = grant.amount, grant.of_price
            self._ceiling[k] = np.inf if grant.price_ceiling is None else grant.price_ceiling
            self._cap[k] = np.inf if grant.cap is None else grant.cap
            self._eligible[k, [name in grant.options for name in APPLIANCES], :GREEN] = True
        points = parameters["ap_points_worth"]
        self.offer = HomeMoney(
            rebate=np.zeros(by_thing),
            grants=np.zeros((count, places, len(GROUPS), *by_thing)),
            worth=np.array([points if grant.lever == POINTS else 1.0 for grant in grants]),
            needs_old=trade_needed(grants),
            keys=grant_keys(grants),
            covered=np.zeros((count, places)),
            bonus=np.zeros((places, len(GROUPS))),
            offered=np.zeros((count, places, len(GROUPS), len(APPLIANCES)), np.bool_),
        )
        self.changed = True
        self.terms = hold(Terms(self._eligible, self._ceiling, self._cap, self._of_price))
        listed = shop.price[np.arange(MONTHS) // MONTHS_A_YEAR]
        self._known = known_rebates(listed * cpi[:, None, None], cpi, renewed)
        self._served = parameters["ap_rebate_take_up"] * parameters["ap_rebate_passthrough"]
        self._wait_cost = parameters["ap_timing_cost"]
        self._worth_waiting = worth_waiting(
            self._known, self._amount, self._of_price, listed[:, :, 0], cpi, self._served, self._wait_cost
        )

    def ahead(self, month: int) -> Ahead | None:
        """Return what is known in a month of money to come; None where nobody would wait for it.

        Nobody knew of the province's money before the plan was issued.
        """
        if not self._worth_waiting[month]:
            return None
        months = SPAN[month] if month >= PLAN_ISSUED else np.full(SPAN.shape[1], month)
        amount = np.ascontiguousarray(self._amount[:, months].transpose(1, 0, 2, 3))
        cpi = float(self.cpi[month])
        return Ahead(self.terms, self._known[month], amount, self._served, self._wait_cost, cpi)

    def money(self, month: int, levers: Mapping[str, Floats], covered: Floats) -> HomeMoney:
        """Return the money of a month, in arrays that the next month writes again; `covered` (K, P) chance
        that a claim is served. `changed` then tells whether it differs from that of the last month asked for.

        A bonus has the worth of January all year, so that plans do not move with every month's prices.
        """
        money, shop = self.offer, self.shop
        self.changed = _offer(
            month, self._amount, self._eligible, self._ceiling, self._cap, self._of_price,
            shop.price[month // MONTHS_A_YEAR], shop.rebate[month], levers["trade_in_bonus"], covered,
            float(self.cpi[month]), float(self.cpi[month - month % MONTHS_A_YEAR]),
            money.rebate, money.grants, money.covered, money.bonus, money.offered,
        )  # fmt: skip
        return money


@kernel
def _offer(
    month: int,
    amount: Floats,
    eligible: Bools,
    ceiling: Floats,
    cap: Floats,
    of_price: Bools,
    price: Floats,
    rebate: Floats,
    bonus: Floats,
    covered: Floats,
    cpi: float,
    cpi_of_january: float,
    rebate_now: Floats,
    grants_now: Floats,
    covered_now: Floats,
    bonus_now: Floats,
    offered: Bools,
) -> bool:
    """Write the money of a month in CNY of 2022; tells whether anything changed that somebody gets.

    A grant pays an `amount` (K, M, P, 5), or that share of the list `price` (6, 5), up to a `cap`; on
    `eligible` things (K, 6, 5) not above a price `ceiling`.
    """
    changed = False
    for kind in range(rebate.shape[0]):
        for j in range(GRADES):
            changed |= rebate_now[kind, j] != rebate[kind, j]
            rebate_now[kind, j] = rebate[kind, j]
    for p in range(bonus.shape[0]):
        for g in range(bonus.shape[1]):
            each = bonus[p, g] / cpi_of_january
            changed |= bonus_now[p, g] != each
            bonus_now[p, g] = each
    for k in range(amount.shape[0]):
        for p in range(amount.shape[2]):
            pays = False
            for g in range(amount.shape[3]):
                given = amount[k, month, p, g]
                pays |= given > 0.0
                for kind in range(price.shape[0]):
                    if not eligible[k, kind, 0] or (given <= 0.0 and not offered[k, p, g, kind]):
                        continue
                    some = False
                    for j in range(GREEN):
                        listed, paid = price[kind, j] * cpi, 0.0
                        if listed <= ceiling[k]:
                            paid = min(given * (listed if of_price[k] else 1.0), cap[k]) / cpi
                        changed |= grants_now[k, p, g, kind, j] != paid
                        grants_now[k, p, g, kind, j] = paid
                        some |= paid > 0.0
                    offered[k, p, g, kind] = some
            changed |= pays and covered_now[k, p] != covered[k, p]
            covered_now[k, p] = covered[k, p]
    return changed
