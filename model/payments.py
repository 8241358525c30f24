"""What the public hand paid or forwent in a month, by whom and for whom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model.data.rebates import LEVER as REBATE
from model.data.rebates import province_share
from model.domains.appliances import ThingsSold
from model.domains.car_choice import Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.sales import Sales
from model.domains.travel import Diary
from model.institutions.treasury import Treasury
from model.kernels import kernel
from model.markets.vehicles import CarMarket
from model.traffic import Traffic

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


NATIONAL = (
    ("nev_central_subsidy", "centre"),
    ("nev_local_match", "province"),
    ("purchase_tax_relief", "centre"),
)
"""National money on every new car: instrument and payer, in the order of `CarMarket.per_car`."""


def pay(
    treasury: Treasury,
    traffic: Traffic,
    month: int,
    sales: Sales,
    things: ThingsSold,
    offers: Offers,
    covered: Floats,
    levers: Mapping[str, Floats],
    built: Floats,
    renewed: bool,
    diary: Diary,
) -> None:
    """Book the money of a month: on every new car, on traded ones, on loans, for chargers, on grants for cars
    and then appliances, `covered` (K, P) in this order, and what riders did not pay when they changed (of a
    whole year, in the month of the diary)."""
    market, cpi = traffic.market, float(traffic.series["cpi"][month])
    sold, units = sales.drawn.astype(np.float64), np.empty((len(NATIONAL), *sales.buyers.shape))
    scrap, swap, loans, grants = _count_cars(sales, market.per_car, month, units)
    for k, (instrument, payer) in enumerate(NATIONAL):
        if not market.paid[k, month]:
            continue
        each = market.per_car[k, month]
        treasury.book(month, instrument, payer, sold @ each, units[k])
        if renewed:
            cars = traffic.depots.car_sales
            treasury.book(month, instrument, payer, cars @ each, cars @ (each > 0.0))
    if scrap or swap:
        _pay_bonuses(treasury, market, month, sales)
    if loans:
        _pay_loans(treasury, market, month, sales, offers, levers["green_credit_discount"], cpi)
    if grants or treasury.expects or things.claims.any():
        money = np.concatenate([sales.grant_money, things.money]) * cpi
        treasury.pay_grants(month, money, np.concatenate([sales.grant_claims, things.claims]), covered)
    if built.any():
        treasury.book(
            month, "charging_density", "province", built * traffic.parameters["charger_cost"] * cpi, built
        )
    if diary.discount.any():
        treasury.book(
            month, "transit_fare_discount", "city", diary.discount, diary.transfers * (diary.discount > 0.0)
        )


def pay_for_things(
    treasury: Treasury,
    month: int,
    sold: ThingsSold,
    levers: Mapping[str, Floats],
    cpi: float,
    renewed: bool,
) -> None:
    """Book the national rebate on appliances, centre and province apart, and what is paid for old ones."""
    rebated, some_returned = _count_things(sold)
    if rebated:
        part = float(province_share(renewed)[month])
        money = sold.rebate * cpi
        treasury.book(month, REBATE, "centre", money * (1.0 - part), sold.rebated.sum(axis=2))
        treasury.book(month, REBATE, "province", money * part)
    if some_returned:
        returned = sold.returned.sum(axis=2)
        bonus = returned * levers["trade_in_bonus"]
        if bonus.any():
            treasury.book(month, "trade_in_bonus", "province", bonus, returned)


@kernel
def _count_cars(sales: Sales, per_car: Floats, month: int, units: Floats) -> tuple[bool, bool, bool, bool]:
    """Write for how many of the cars sold each national instrument pays, `units` (3, P, 5);
    tells which of the other claims there are."""
    some_scrap = some_swap = some_loans = some_grants = 0
    for p in range(units.shape[1]):
        for g in range(units.shape[2]):
            for k in range(units.shape[0]):
                units[k, p, g] = 0.0
            for j in range(OPTIONS):
                for k in range(units.shape[0]):
                    if per_car[k, month, j] > 0.0:
                        units[k, p, g] += sales.drawn[p, g, j]
                some_scrap |= sales.scrap_claims[p, g, j]
                some_swap |= sales.swap_claims[p, g, j]
                some_loans |= sales.loan_claims[p, g, j]
            for q in range(sales.grant_claims.shape[0]):
                some_grants |= sales.grant_claims[q, p, g]
    return some_scrap != 0, some_swap != 0, some_loans != 0, some_grants != 0


@kernel
def _count_things(sold: ThingsSold) -> tuple[bool, bool]:
    """Tell whether any appliances were bought with the national rebate, and any old ones handed in."""
    rebated = returned = 0
    for p in range(sold.rebated.shape[0]):
        for g in range(sold.rebated.shape[1]):
            for d in range(sold.rebated.shape[2]):
                rebated |= sold.rebated[p, g, d]
            for s in range(sold.returned.shape[2]):
                returned |= sold.returned[p, g, s]
    return rebated != 0, returned != 0


def _pay_bonuses(treasury: Treasury, market: CarMarket, month: int, sales: Sales) -> None:
    """Book scrappage and replacement bonuses as they were paid, centre and province apart."""
    terms = market.terms
    for name, kind, claims, each in (
        ("car_scrappage_bonus", "scrappage_bonus", sales.scrap_claims, terms.scrappage_paid[month]),
        ("car_replacement_bonus", "replacement_bonus", sales.swap_claims, terms.replacement_bonus[month]),
    ):
        if not claims.any():
            continue
        part = float(terms.province_share[kind][month])
        money, units = claims @ each.reshape(OPTIONS), claims.sum(axis=2)
        treasury.book(month, name, "centre", money * (1.0 - part), units)
        treasury.book(month, name, "province", money * part)


def _pay_loans(
    treasury: Treasury,
    market: CarMarket,
    month: int,
    sales: Sales,
    offers: Offers,
    points: Floats,
    cpi: float,
) -> None:
    """Book interest: the province's discount on new-energy cars, the national subsidy on all."""
    mine, theirs, my_cars, their_cars = np.zeros((4, *points.shape))
    _interest(
        sales.loan_claims, offers.loan_money, points, market.loan[month], cpi, mine, theirs, my_cars,
        their_cars,
    )  # fmt: skip
    if mine.any():
        treasury.book(month, "green_credit_discount", "province", mine, my_cars)
    if theirs.any():
        part = float(market.terms.province_share["loan_subsidy"][month])
        treasury.book(month, "consumer_loan_subsidy", "centre", theirs * (1.0 - part), their_cars)
        treasury.book(month, "consumer_loan_subsidy", "province", theirs * part)


@kernel
def _interest(
    claims: Ints,
    total: Floats,
    points: Floats,
    each: Floats,
    cpi: float,
    mine: Floats,
    theirs: Floats,
    my_cars: Floats,
    their_cars: Floats,
) -> None:
    """Add up interest and cars (P, 5), the province's and the other, from claims and what borrowers save in
    all (P, 5, 12); the province pays its `points` (P, 5) for new-energy cars, `each` (12,) yuan each."""
    for p in range(claims.shape[0]):
        for g in range(claims.shape[1]):
            for j in range(OPTIONS):
                n = claims[p, g, j]
                if n > 0:
                    own = points[p, g] * each[j] if j >= CLASS_COUNT else 0.0
                    mine[p, g] += n * own * cpi
                    theirs[p, g] += n * (total[p, g, j] - own) * cpi
                    my_cars[p, g] += n if own > 0.0 else 0
                    their_cars[p, g] += n if total[p, g, j] > own else 0
