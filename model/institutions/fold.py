"""Fold paths and changes into levels by month, place and group, as ordered and as the places carry them out.

Serves every article: which measure moves a lever is data (`scenarios`), how levels combine is here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED, YEARS
from model.institutions.policy import GROUPS, Levels

Mask = NDArray[np.bool_]
Points = Sequence[tuple[int, float]]

ACTING = (
    "nev_purchase_subsidy",
    "nev_road_right_advantage",
    "charging_density",
    "publicity_intensity",
    "green_insurance_discount",
    "green_credit_discount",
    "green_coupon_value",
    "green_goods_subsidy_rate",
    "green_points_value",
    "trade_in_bonus",
    "residential_block_step",
    "residential_block_threshold",
    "peak_valley_ratio",
    "min_efficiency_cutoff",
    "transit_service_level",
    "slow_mobility_provision",
    "parking_fee",
    "transit_fare_discount",
    "bus_taxi_clean_share",
    "service_fleet_nev_share",
    "gov_nev_min_share",
    "implementation_capacity",
)
"""Levers that move a decision of the model; the others are listed as waiting."""

GRANTED = ("nev_purchase_subsidy", "green_coupon_value", "green_goods_subsidy_rate", "green_points_value")
"""Acting levers that pay on a purchase: they become grants, with terms."""

IN_TOWNS = ("parking_fee", "bus_taxi_clean_share", "gov_nev_min_share", "service_fleet_nev_share")
"""Acting levers that nobody in a village decides by: fleets and the cores where parking is charged are of
towns."""

BY_GROUP = (
    "nev_purchase_subsidy",
    "publicity_intensity",
    "green_insurance_discount",
    "green_credit_discount",
    "green_coupon_value",
    "green_goods_subsidy_rate",
    "green_points_value",
    "transit_fare_discount",
)
"""Acting levers that can differ between income groups of one place; the others belong to the place."""

CAPACITY = "implementation_capacity"


@cache
def delivery_constants() -> dict[str, float]:
    """Return the constants of delivery (full capacity, index; lags, months) from their table."""
    with Path(__file__).with_name("delivery.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: float(row["value"]) for row in csv.DictReader(file)}


def levels_along(points: Points) -> Levels:
    """Return the level of each month (months,): straight lines between points, flat before and after."""
    months = [month for month, _ in points]
    return np.interp(np.arange(MONTHS), months, [value for _, value in points])


def with_common_history(before: Levels, after: Levels) -> Levels:
    """Return `before` up to the month before the plan was issued, `after` from then on."""
    return np.where(np.arange(MONTHS) < PLAN_ISSUED, before, after)


def share_increment(no_plan: Levels, full: Levels, kept: Fraction) -> Levels:
    """Return no_plan + kept (full - no_plan), where `kept` is the sum of the shares still in force."""
    return full if kept == 1 else no_plan + float(kept) * (full - no_plan)


def later(levels: Levels, months: int) -> Levels:
    """Delay an increment along its first axis by whole months; it is zero until then."""
    if months == 0:
        return levels
    moved = np.zeros_like(levels)
    moved[months:] = levels[:-months]
    return moved


def spread(levels: Levels, places: Mask, elsewhere: float | None) -> Levels:
    """Lay a path (months,) over places and groups; where it does not apply the level is `elsewhere`."""
    full = np.broadcast_to(levels[:, None, None], (MONTHS, len(places), len(GROUPS))).copy()
    if elsewhere is not None:
        full[:, ~places, :] = elsewhere
    return full


def covered_share(capacity: Levels, city_capacity: Levels) -> Levels:
    """Return min(1, capacity x city factor / full capacity), (months, places).

    `capacity` (months, places), index 0-1; `city_capacity` (places,), mean 1.
    """
    full = delivery_constants()["full_capacity"]
    share: Levels = np.minimum(1.0, capacity * city_capacity[None, :] / full)
    return share


def carried_out(no_plan: Levels, ordered: Levels, covered: Levels) -> Levels:
    """Return N + (O - N) s: of the ordered increment the share s that a place can carry out arrives."""
    return no_plan + (ordered - no_plan) * covered[:, :, None]


def served_share(standing: Levels, offered: Levels, covered: Levels) -> Levels:
    """Return the share of claims served (months, places): s + (1 - s) min(K / O, 1), mean over groups.

    Of the `offered` level O (months, places, groups) what is `standing` K is served in full (without the
    plan, or believed delivered), of the rest the share s that a place can carry out, `covered`.
    """
    paying = offered > 0.0
    kept = np.minimum(np.divide(standing, offered, out=np.zeros_like(offered), where=paying), 1.0)
    part = kept.sum(axis=2) / np.maximum(paying.sum(axis=2), 1)
    return np.where(part == 1.0, 1.0, covered + (1.0 - covered) * part)


@dataclass(frozen=True)
class Replacement:
    """What one change puts in place of a lever's level: `levels` (months, places, groups) where `mask`."""

    levels: Levels
    mask: Mask

    def over(self, ordered: Levels) -> Levels:
        """Return `ordered` with the level replaced inside the mask."""
        return np.where(self.mask, self.levels, ordered)


def replaced(ordered: Levels, changes: Iterable[Replacement]) -> Levels:
    """Return the levels after changes that do not meet; their order does not matter."""
    for change in changes:
        ordered = change.over(ordered)
    return ordered


@dataclass(frozen=True)
class Terms:
    """The rules of money offered on a purchase; `pot` names the budget that pays it."""

    options: tuple[str, ...]
    cap: float | None = None
    price_ceiling: float | None = None
    requires: str = ""
    budget: float | None = None
    pot: str = ""


@dataclass(frozen=True)
class Offer:
    """Money offered under one set of terms: `amount` (months, places, groups), CNY a unit or a share of its
    price."""

    terms: Terms
    amount: Levels


@dataclass(frozen=True)
class TermsChange:
    """A replacement of offered money; `None` keeps what the parent offers, `budget_given` sets the budget."""

    replacement: Replacement
    pot: str
    options: tuple[str, ...] | None = None
    cap: float | None = None
    price_ceiling: float | None = None
    requires: str | None = None
    budget: float | None = None
    budget_given: bool = False


def replace_offers(
    offers: Sequence[Offer], usual: Terms, changes: Sequence[TermsChange], paying: Mask
) -> tuple[Offer, ...]:
    """Return the offers after one layer of changes that do not meet.

    A change takes its cells from the offers below it, option by option, and offers its own amount there.
    Terms it does not give are the `usual` ones. Without a budget of its own it draws on the usual pot in
    the months `paying` of the shipped base, whatever other layers say, and is unlimited in others.
    """
    kept = list(offers)
    for change in changes:
        options = change.options or usual.options
        kept = [part for offer in kept for part in _take_out(offer, options, change.replacement.mask)]
    for change in changes:
        kept.extend(_own_offers(change, usual, paying))
    return _merged(kept)


def paying_years(amount: Levels) -> Mask:
    """Return for each month whether `amount` (months, places, groups) pays in its calendar year."""
    years = amount.reshape(YEARS, MONTHS_A_YEAR, -1).any(axis=(1, 2))
    return np.repeat(years, MONTHS_A_YEAR)


def _take_out(offer: Offer, options: tuple[str, ...], mask: Mask) -> list[Offer]:
    """Return an offer without the cells of `mask` for `options`; other options keep theirs."""
    rest = tuple(option for option in offer.terms.options if option not in options)
    if rest == offer.terms.options:
        return [offer]
    outside = Offer(offer.terms, np.where(mask, 0.0, offer.amount))
    if not rest:
        return [outside]
    return [outside, Offer(replace(offer.terms, options=rest), np.where(mask, offer.amount, 0.0))]


def _own_offers(change: TermsChange, usual: Terms, paying: Mask) -> list[Offer]:
    """Return the offers a change makes: one for the usual pot, one for its own."""
    terms = Terms(
        options=change.options or usual.options,
        cap=usual.cap if change.cap is None else change.cap,
        price_ceiling=usual.price_ceiling if change.price_ceiling is None else change.price_ceiling,
        requires=usual.requires if change.requires is None else change.requires,
        budget=change.budget,
        pot=change.pot,
    )
    amount = np.where(change.replacement.mask, change.replacement.levels, 0.0)
    if change.budget_given:
        return [Offer(terms, amount)]
    shared = np.where(paying[:, None, None], amount, 0.0)
    return [Offer(replace(terms, budget=usual.budget, pot=usual.pot), shared), Offer(terms, amount - shared)]


def _merged(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Add up offers of equal terms (their cells are disjoint) and drop those that never pay."""
    found: dict[Terms, Levels] = {}
    for offer in offers:
        if offer.amount.any():
            found[offer.terms] = found[offer.terms] + offer.amount if offer.terms in found else offer.amount
    order = sorted(found, key=lambda terms: (terms.pot, terms.options))
    return tuple(Offer(terms, found[terms]) for terms in order)
