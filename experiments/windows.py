"""When two scenarios pay differently: the months that tell which purchases count as bought by the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.books import constants, lever_of
from model.data.appliance_market import GRADES
from model.data.car_terms import CarTerms, car_terms
from model.data.months import MONTHS
from model.data.rebates import rebate_rows
from model.data.region import Region
from model.institutions.fold import GRANTED
from model.institutions.policy import Policy

Months = NDArray[np.bool_]
PAID_LEVERS = ("green_credit_discount", "charging_density", "trade_in_bonus")
"""Levers other than grants whose level the public hand pays for."""
POINTS = "charging_density"
"""What pays for charging points, not for cars."""
RIDES = ("transit_fare_discount",)
"""Levers whose money makes rides cheaper: no part of what additional cars cost."""
REBATE = "appliance_rebate"
HOMES = (
    REBATE,
    "trade_in_bonus",
    "green_goods_subsidy_rate",
    "green_points_value",
    "green_coupon_value_appliances",
)
"""What pays for things of homes: no part of what cars cost."""
NATIONAL = {
    "car_scrappage_bonus": "scrappage_paid",
    "car_replacement_bonus": "replacement_bonus",
    "consumer_loan_subsidy": "loan_subsidy_rate",
    "purchase_tax_relief": "tax_forgone",
}
"""Instrument of the national calendar -> what it pays in CarTerms."""


@dataclass(frozen=True)
class Window:
    """Months in which additional units are counted: `first` to `last`; `cut` tells that the months after the
    money would reach beyond the run; `paying` that money differs (else any lever); `until` the last month in
    which anything is ruled differently."""

    first: int
    last: int
    cut: bool
    paying: bool
    until: int


def months_that_differ(treated: Policy, base: Policy, region: Region) -> dict[str, tuple[Months, Months]]:
    """Return instrument -> (months in which it pays differently, months in which `treated` offers more)."""
    paid = [lever_of(grant.instrument) for policy in (treated, base) for grant in policy.grants]
    found = {name: _grants(treated, base, name) for name in dict.fromkeys((*GRANTED, *paid))}
    for lever in PAID_LEVERS:
        found[lever] = _differ(treated.delivered[lever], base.delivered[lever])
    if treated.renewed != base.renewed:
        terms = [car_terms(region, renewed=policy.renewed) for policy in (treated, base)]
        for instrument, part in NATIONAL.items():
            found[instrument] = _differ(*(_paid(one, part) for one in terms))
        found[REBATE] = _differ(*(_rebate(policy.renewed) for policy in (treated, base)))
    return {name: pair for name, pair in found.items() if pair[0].any()}


def window_of(
    treated: Policy, base: Policy, differing: Mapping[str, tuple[Months, Months]], lived: int
) -> Window | None:
    """Return the window of a pair in a run of `lived` months; None when nothing differs."""
    paying = bool(differing)
    months = np.zeros(MONTHS, dtype=np.bool_)
    for differ, _ in differing.values():
        months |= differ
    ruled = months.copy()
    for lever, levels in treated.delivered.items():
        ruled |= _differ(levels, base.delivered[lever])[0]
    at = np.flatnonzero((months if paying else ruled)[:lived])
    if not at.size:
        return None
    wanted = int(at[-1]) + int(constants()["after_months"])
    until = int(np.flatnonzero(ruled[:lived])[-1])
    return Window(int(at[0]), min(wanted, lived - 1), wanted > lived - 1, paying, until)


def _differ(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[Months, Months]:
    one, other = one.reshape(MONTHS, -1), other.reshape(MONTHS, -1)
    return (one != other).any(axis=1), (one > other).any(axis=1)


def _paid(terms: CarTerms, part: str) -> NDArray[np.float64]:
    return np.asarray(getattr(terms, part), dtype=np.float64)


def _rebate(renewed: bool) -> NDArray[np.float64]:
    """Return what the national rebate pays by month and grade on a thing of one price."""
    made = np.zeros((MONTHS, GRADES))
    for grade, row in rebate_rows(renewed):
        made[:, grade] += row.weight * (row.rate or 0.0)
    return made


def _grants(treated: Policy, base: Policy, name: str) -> tuple[Months, Months]:
    """Compare the grants booked under a name, money under the same terms with each other.

    The treated offers more where its sum is higher, or as high on other terms.
    """
    ours, theirs = _by_terms(treated, name), _by_terms(base, name)
    none = np.zeros((MONTHS, 1))
    differ = np.zeros(MONTHS, dtype=np.bool_)
    for terms in {*ours, *theirs}:
        differ |= _differ(*np.broadcast_arrays(ours.get(terms, none), theirs.get(terms, none)))[0]
    total = [
        np.broadcast_arrays(sum(parts.values(), none), *ours.values(), *theirs.values())[0]
        for parts in (ours, theirs)
    ]
    unequal, more = _differ(*total)
    return differ, differ & (more | ~unequal)


def _by_terms(policy: Policy, name: str) -> dict[tuple[object, ...], NDArray[np.float64]]:
    """Return terms -> money offered and covered (months, places x groups) of such grants."""
    found: dict[tuple[object, ...], NDArray[np.float64]] = {}
    for grant in policy.grants:
        if lever_of(grant.instrument) == name:
            terms = (grant.options, grant.cap, grant.price_ceiling, grant.requires, grant.budget)
            offered = (grant.amount * grant.coverage[:, :, None]).reshape(MONTHS, -1)
            found[terms] = found.get(terms, np.zeros((MONTHS, 1))) + offered
    return found
