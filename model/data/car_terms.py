"""What a car buyer gets from and owes to the public hand by the national calendar (article 7)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.data import calendar
from model.data.calendar import LAST_DAY, Measure
from model.data.car_rules import NOBODY, eligible_before, engine_share, rule_path, rules, total
from model.data.months import MONTHS, MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.data.region import Floats, Region

__all__ = ("NOBODY", "CarTerms", "car_terms")

ICE, PHEV, BEV = range(3)

_RENEWABLE = ("car_scrappage_bonus", "car_replacement_bonus", "consumer_loan_subsidy", "purchase_tax_nev")
_YEAR_OF_MONTH = np.arange(MONTHS) // MONTHS_A_YEAR


@dataclass(frozen=True)
class CarTerms:
    """Terms of a purchase by month, powertrain (ice, phev, bev) and class; money in current CNY a car.

    `central_subsidy`, `local_match`, `purchase_tax` (payable), `tax_forgone` (standard tax less
    payable), `scrappage_bonus` (as buyers expected it), `scrappage_paid` (as it was paid in the end),
    `replacement_bonus`: (M, 3, 4), all 0 where a class is not offered. `scrappage_eligible_before`
    (M,): last registration month of a petrol car that may be scrapped for the bonus, as an index
    (negative before 2015; NOBODY where there is no bonus). `province_share`: kind of money ->
    (M,) share that the province pays. `loan_subsidy_rate` (M,): interest a year paid by the public
    hand; `loan_subsidy_cap` (M,): CNY a borrower.
    """

    central_subsidy: Floats
    local_match: Floats
    purchase_tax: Floats
    tax_forgone: Floats
    scrappage_bonus: Floats
    scrappage_paid: Floats
    replacement_bonus: Floats
    scrappage_eligible_before: NDArray[np.int64]
    province_share: Mapping[str, Floats]
    loan_subsidy_rate: Floats
    loan_subsidy_cap: Floats


def car_terms(
    region: Region,
    price: Floats | None = None,
    range_sd: float | None = None,
    renewed: bool = False,
    as_of: datetime.date | None = None,
) -> CarTerms:
    """Return the terms for a region at prices (Y, 3, 4), default the central street prices.

    `range_sd`: spread of label range within a class, km (default: its parameter). `renewed`: bonuses,
    loan subsidy and tax relief go on as of their last day to the end of 2030. `as_of`: only what had
    been announced by that day. Months in which a rule changes are weighted by days. Sources: table
    calendar.csv, row by row.
    """
    market = region.market
    yearly = np.where(market.offered, market.price if price is None else price, 0.0)
    spread = Parameters.central()["subsidy_range_sd"] if range_sd is None else range_sd
    central = _central_subsidy(yearly, market.label_range, spread, as_of)
    tax, forgone = _purchase_tax(yearly, market.label_range, renewed, as_of)
    rows = {lever: _rows(lever, renewed, as_of) for lever in _RENEWABLE}
    expected = rows["car_scrappage_bonus"]
    loans = rows["consumer_loan_subsidy"]
    return CarTerms(
        central_subsidy=central * market.offered[_YEAR_OF_MONTH],
        local_match=_local_match(central, yearly, region.name.capitalize(), as_of),
        purchase_tax=tax,
        tax_forgone=forgone,
        scrappage_bonus=_bonus(expected, yearly),
        scrappage_paid=_bonus(_as_paid(expected), yearly),
        replacement_bonus=_bonus(rows["car_replacement_bonus"], yearly),
        scrappage_eligible_before=eligible_before(renewed),
        province_share=_province_shares(renewed),
        loan_subsidy_rate=total(row.weight * (row.rate or 0.0) for row in loans),
        loan_subsidy_cap=total(row.weight * row.cap for row in loans),
    )


def _central_subsidy(
    price: Floats, label_range: Floats, spread: float, as_of: datetime.date | None
) -> Floats:
    """Return the expected central subsidy, shape (M, 3, 4).

    E[s] = sum over bands of amount x P(min <= r < max), r ~ N(class mean, spread), for BEV; a PHEV
    gets it when its class mean reaches the floor, as makers built for the floor. A price with VAT
    above the ceiling closes it.
    """
    result = np.zeros((MONTHS, *price.shape[1:]))
    for row in _rows("nev_central_subsidy", False, as_of):
        active = np.flatnonzero(row.weight)
        if not len(active):
            continue
        years = np.unique(_YEAR_OF_MONTH[active])
        for powertrain in row.powertrains:
            mean = label_range[years, powertrain]
            if powertrain == BEV:
                share = _below(row.range_max, mean, spread) - _below(row.range_min, mean, spread)
            else:
                share = ((mean >= row.range_min) & (mean < row.range_max)).astype(np.float64)
            amount = (row.amount or 0.0) * share * (price[years, powertrain] <= row.price_ceiling)
            result[active, powertrain] += row.weight[active, None] * amount[_YEAR_OF_MONTH[active] - years[0]]
    return result


def _below(limit: float, mean: Floats, spread: float) -> Floats:
    """Return P(r < limit) for r ~ N(mean, spread); a step where the spread is zero."""
    if math.isinf(limit):
        return np.ones_like(mean)
    if spread <= 0:
        return (mean < limit).astype(np.float64)
    flat = [0.5 * math.erfc((value - limit) / spread / math.sqrt(2)) for value in mean.ravel()]
    return np.array(flat).reshape(mean.shape)


def _local_match(central: Floats, price: Floats, region: str, as_of: datetime.date | None) -> Floats:
    """Return province and city money on top of the centre's, shape (M, 3, 4).

    share x central; while the cap stood, central and local together are at most a share of the price.
    """
    own = calendar.measures("nev_local_match", region) if region != "China" else ()
    own = own if as_of is None else calendar.as_known(own, as_of)
    share = total(row.weight * (row.rate or 0.0) for row in own) if own else rule_path("local_match_mean")
    cap = rule_path("local_cap_share")
    left = np.maximum(cap[:, None, None] * price[_YEAR_OF_MONTH] - central, 0.0)
    match = share[:, None, None] * central
    return np.where(cap[:, None, None] > 0, np.minimum(match, left), match)


def _purchase_tax(
    price: Floats, label_range: Floats, renewed: bool, as_of: datetime.date | None
) -> tuple[Floats, Floats]:
    """Return tax payable and tax forgone, both (M, 3, 4).

    Base = price / (1 + VAT). Standard tax = 0.1 x base. Relief of an NEV = min((standard rate - its
    rate) x base, cap), none below the range floor. A reduced rate for small engines holds for the
    share of the class that has them.
    """
    vat = total(row.weight * (row.rate or 0.0) for row in calendar.measures("vat_rate"))
    base = price[_YEAR_OF_MONTH] / (1 + vat)[:, None, None]
    ice_rows = _rows("purchase_tax_ice", False, as_of)
    rate = next(row.rate or 0.0 for row in ice_rows if not row.other)
    forgone = np.zeros_like(base)
    for row in ice_rows:
        if row.other:
            cut = (rate - (row.rate or 0.0)) * base[:, ICE] * engine_share(row.other)
            forgone[:, ICE] += row.weight[:, None] * cut
    for row in _rows("purchase_tax_nev", renewed, as_of):
        for powertrain in row.powertrains:
            relief = np.minimum((rate - (row.rate or 0.0)) * base[:, powertrain], row.cap)
            reaches = label_range[:, powertrain][_YEAR_OF_MONTH] >= row.range_min
            forgone[:, powertrain] += row.weight[:, None] * relief * reaches
    return rate * base - forgone, forgone


def _bonus(rows: Iterable[Measure], price: Floats) -> Floats:
    """Return a trade-in bonus, shape (M, 3, 4): an amount, or min(rate x price, cap)."""
    result = np.zeros((MONTHS, *price.shape[1:]))
    for row in rows:
        for powertrain in row.powertrains:
            cars = price[:, powertrain]
            per_year = (
                np.minimum(row.rate * cars, row.cap)
                if row.rate is not None
                else (row.amount or 0.0) * (cars > 0)
            )
            if "new car <= 2.0 L" in row.other:
                per_year = per_year * rules()["engine_le_2_0", "all"].number("value")
            result[:, powertrain] += row.weight[:, None] * per_year[_YEAR_OF_MONTH]
    return result


def _as_paid(rows: Iterable[Measure]) -> tuple[Measure, ...]:
    """Return the bonus rows with the retroactive rise: the first amounts are never paid."""
    early = rules()["scrappage_paid_from", "all"]
    start, end = calendar.to_date(early, "from"), calendar.to_date(early, "to")
    if start is None or end is None:
        raise early.fault("from", "empty")
    after = end + datetime.timedelta(days=1)
    paid = []
    for row in rows:
        if row.start == after:
            row = replace(row, start=start, weight=calendar.month_weights(start, row.end))
        elif row.end == end:
            continue
        paid.append(row)
    return tuple(paid)


@cache
def _rows(lever: str, renewed: bool, as_of: datetime.date | None = None) -> tuple[Measure, ...]:
    """Return a lever's rows; renewed: those that hold in 2026-27 last go on to the end of 2030."""
    rows = calendar.measures(lever)
    if as_of is not None:
        rows = calendar.as_known(rows, as_of)
    if not renewed:
        return rows
    last_end = max(row.end for row in rows if row.end < LAST_DAY)
    kept = [row for row in rows if row.start <= last_end]
    return tuple(
        replace(row, end=LAST_DAY, weight=calendar.month_weights(row.start, LAST_DAY))
        if row.end == last_end
        else row
        for row in kept
    )


@cache
def _province_shares(renewed: bool) -> Mapping[str, Floats]:
    """Return kind of money -> share of the province (M,), weighted by days, 0 where nothing is paid."""
    shares = {
        "central_subsidy": np.zeros(MONTHS),
        "tax_forgone": np.zeros(MONTHS),
        "local_match": np.ones(MONTHS),
    }
    levers = (
        ("scrappage_bonus", "car_scrappage_bonus"),
        ("replacement_bonus", "car_replacement_bonus"),
        ("loan_subsidy", "consumer_loan_subsidy"),
    )
    for name, lever in levers:
        rows = [row for row in _rows(lever, renewed) if BEV in row.powertrains]
        if name == "scrappage_bonus":
            rows = list(_as_paid(rows))
        held = total(row.weight for row in rows)
        money = total(row.weight * (row.province or 0.0) for row in rows)
        shares[name] = np.divide(money, held, out=np.zeros(MONTHS), where=held > 0)
    return shares
