"""What car buyers are offered in a month: the national market, and what policies and chargers add to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.domains.car_choice import BEV, PHEV, Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.kernels import kernel
from model.markets.vehicles import CarMarket

Floats = NDArray[np.float64]


def loan_money(market: CarMarket, month: int, points: Floats) -> tuple[Floats, Floats]:
    """Return what a borrower saves (P, 5, 12), yuan of 2022, and the part of it that the province pays.

    `points` (P, 5) percentage points off the rate for new-energy cars; the national interest subsidy
    adds for all cars.
    """
    terms = market.terms
    rate, cap = 100.0 * terms.loan_subsidy_rate[month], terms.loan_subsidy_cap[month] / market.cpi[month]
    total, own = np.empty((2, *points.shape, OPTIONS))
    _save_interest(points, market.loan[month], rate, cap, total, own)
    return total, own


@kernel
def _save_interest(
    points: Floats, each: Floats, national: float, cap: float, total: Floats, own: Floats
) -> None:
    """Write what a borrower saves in all and by the province alone (P, 5, 12): `each` (12,) yuan a point
    times `points` (P, 5) of the province for new-energy cars and the `national` ones, these up to `cap`."""
    for p in range(points.shape[0]):
        for g in range(points.shape[1]):
            for j in range(OPTIONS):
                own[p, g, j] = points[p, g] * each[j] if j >= CLASS_COUNT else 0.0
                total[p, g, j] = own[p, g, j] + min(national * each[j], cap)


def charging_utility(market: CarMarket, points_per_1000_cars: Floats) -> Floats:
    """Return the utils of public chargers for a BEV (P,): g = 3 a (1 - exp(-x / x0)), diminishing in
    density x."""
    strength, saturation, _ = market.charging
    return np.asarray(strength * (1.0 - np.exp(-points_per_1000_cars / saturation)))


def quote(
    market: CarMarket,
    month: int,
    points_per_1000_cars: Floats,
    road_rights: Floats,
    insurance_discount: Floats,
    loans: Floats,
    grants: Floats,
    covered: Floats,
    needs_old_car: NDArray[np.bool_],
    grant_keys: NDArray[np.int64],
    income_level: float = 1.0,
) -> Offers:
    """Return what buyers of `month` are offered.

    `points_per_1000_cars`, `road_rights` (P,); `insurance_discount` (P, 5) share of a petrol car's premium;
    `loans` (P, 5, 12) yuan of 2022 that a borrower saves;
    `grants` (K, P, 5, 12) yuan of 2022; `covered` (K, P);
    `needs_old_car`, `grant_keys` (K,); `income_level` of all incomes over the region's path.
    """
    places = points_per_1000_cars.size
    base, fixed = np.empty((places, OPTIONS)), np.empty((places, 5, OPTIONS))
    _local_terms(
        market.base[month // MONTHS_A_YEAR], charging_utility(market, points_per_1000_cars),
        market.charging[2], market.rights * road_rights, market.insurance[month], insurance_discount,
        market.upkeep[month], base, fixed,
    )  # fmt: skip
    return Offers(
        base=base,
        cost=market.cost[month],
        fixed=fixed,
        run_home=market.run_home[month],
        run_away=market.run_away[month],
        scrap_money=market.scrap[month],
        scrap_before=int(market.terms.scrappage_eligible_before[month]),
        swap_money=market.swap[month],
        loan_money=loans,
        grants=grants,
        covered=covered,
        needs_old_car=needs_old_car,
        grant_keys=grant_keys,
        income_level=income_level,
        energy=market.energy[:, month // MONTHS_A_YEAR],
        fuel=market.fuel[:, month // MONTHS_A_YEAR],
    )


@kernel
def _local_terms(
    common: Floats,
    charging: Floats,
    phev_weight: float,
    rights: Floats,
    premium: float,
    discount: Floats,
    upkeep: Floats,
    base: Floats,
    fixed: Floats,
) -> None:
    """Write utils `base` (P, 12) and present values `fixed` (P, 5, 12) of the places.

    To the `common` utils (P, 12) new-energy cars add those of road `rights` and of `charging` (P,), plug-in
    hybrids `phev_weight` of the latter; a petrol car's insurance `premium` falls for them by the `discount`
    (P, 5), `upkeep` (12,) is due beside it.
    """
    for p in range(base.shape[0]):
        for j in range(OPTIONS):
            base[p, j] = common[p, j]
            if j >= BEV * CLASS_COUNT:
                base[p, j] += charging[p] + rights[p]
            elif j >= PHEV * CLASS_COUNT:
                base[p, j] += phev_weight * charging[p] + rights[p]
        for g in range(discount.shape[1]):
            for j in range(OPTIONS):
                rest = 1.0 - discount[p, g] if j >= PHEV * CLASS_COUNT else 1.0
                fixed[p, g, j] = premium * rest + upkeep[j]
