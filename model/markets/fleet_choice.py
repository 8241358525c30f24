"""Which cars fleets buy, by cost and by rule (articles 7, 11).

A buyer of fleet cars weighs the same offers as households, with the km of a working car, a heavier weight on
money and constants fitted to the national fleet share of 2015-2021. Neither grants for households nor social
influence reach it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.behaviour.choice import CLOSED, nested_logit
from model.data.months import FIRST_YEAR, YEARS
from model.data.parameters import Parameters
from model.data.region import CLASSES
from model.domains.car_choice import BEV, PHEV, Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COMPACT_BEV = BEV * CLASS_COUNT + CLASSES.index("compact")
"""What a fleet takes that must buy clean cars and chose none."""


def fleet_constants(parameters: Parameters) -> Floats:
    """Return utils (Y, 12) that fleets add to the common utilities; after the last fitted year its values
    hold."""
    last = round(parameters["car_fit_last_year"])
    made = np.zeros((YEARS, 3, CLASS_COUNT))
    for y in range(YEARS):
        year = min(FIRST_YEAR + y, last)
        made[y, BEV] = parameters.get(f"fit_fleet_bev_{year}", 0.0)
        made[y, PHEV] = parameters.get(f"fit_fleet_phev_{year}", 0.0)
    return made.reshape(YEARS, OPTIONS)


@kernel
def fleet_shares(
    offers: Offers,
    places: Ints,
    constants: Floats,
    price: float,
    nest: float,
    km: float,
    weight: float,
    v: Floats,
    made: Floats,
) -> None:
    """Write the probabilities `made` (F, 12) of the options for a fleet car charged at each of `places` (F,);
    `v` (12,) is scratch.

    V_j = base_j + constant_j - weight b (cost_j + fixed_j + km run_j), nested as for households.
    """
    for f in range(places.size):
        p = places[f]
        for j in range(OPTIONS):
            if offers.base[p, j] <= CLOSED:
                v[j] = CLOSED
                continue
            fixed = 0.0
            for g in range(offers.fixed.shape[1]):
                fixed += offers.fixed[p, g, j] / offers.fixed.shape[1]
            spend = offers.cost[j] + fixed + km * offers.run_away[j]
            v[j] = offers.base[p, j] + constants[j] - weight * price * spend
        nested_logit(v, OPTIONS, CLASS_COUNT, nest, made[f])


@kernel
def voluntary(s: float, hire: float, public: float, odds: float) -> tuple[float, float]:
    """Return the shares of new-energy cars in purchases for hire and of firms, without a rule, when that of
    all fleets is `s` and of public institutions `s` too.

    s_h = o s / (1 - s + o s), o the `odds` of hire, within what keeps both shares in [0, 1];
    `hire` s_h + `public` s + (1 - hire - public) s_firms = s: the fitted total stands.
    """
    rest = 1.0 - hire - public
    mine = odds * s / (1.0 - s + odds * s) if s > 0.0 else 0.0
    if hire <= 0.0:
        return mine, s
    left = s * (1.0 - public)
    mine = min(mine, left / hire, 1.0)
    mine = max(mine, (left - rest) / hire, 0.0)
    return mine, min(max((left - hire * mine) / rest, 0.0), 1.0) if rest > 0.0 else s


@kernel
def by_rule(s: float, rule: float, follows: float) -> float:
    """Return the clean share of purchases where those who would buy `s` must buy `rule`, and a share
    `follows` of them does so: s + (R - s)+ follows."""
    return s + max(rule - s, 0.0) * follows


@kernel
def by_stricter_rule(s: float, rule: float, before: float, follows: float) -> float:
    """Return the clean share of purchases where `s` was observed under a rule `before`, and now `rule` binds:
    s + [(R - s)+ - (R_0 - s)+] follows, not below 0.

    The purchases that the constants were fitted to obeyed the rules of their time; counting these again would
    count them twice.
    """
    return max(s + (max(rule - s, 0.0) - max(before - s, 0.0)) * follows, 0.0)


@kernel
def split_purchases(
    offers: Offers,
    places: Ints,
    shares: Floats,
    number: Floats,
    weights: Floats,
    odds: float,
    rules: Floats,
    before: Floats,
    follows: Floats,
    wanted: Floats,
) -> None:
    """Write the cars `wanted` (3, F, 12) for hire, by public institutions and by firms of each town.

    `number` (F,) cars of all fleets with option `shares` (F, 12) without a rule; `weights` (3,) of the
    fleets in purchases; `rules` (3, F) least share of new-energy cars, `before` (3, F) that of the time
    whose purchases `shares` continue, `follows` (3,) who obeys. A rule moves purchases between petrol and
    new-energy cars, each as they were mixed.
    """
    for f in range(places.size):
        s = 0.0
        for j in range(CLASS_COUNT, OPTIONS):
            s += shares[f, j]
        s = min(s, 1.0)
        for_hire, of_firms = voluntary(s, weights[0], weights[1], odds)
        for k in range(wanted.shape[0]):
            chosen = for_hire if k == 0 else (s if k == 1 else of_firms)
            clean = by_stricter_rule(chosen, rules[k, f], before[k, f], follows[k])
            if s <= 0.0 and offers.base[places[f], COMPACT_BEV] <= CLOSED:
                clean = 0.0
            cars = number[f] * weights[k]
            up = clean / s if s > 0.0 else 0.0
            down = (1.0 - clean) / (1.0 - s) if s < 1.0 else 0.0
            for j in range(OPTIONS):
                wanted[k, f, j] = cars * shares[f, j] * (down if j < CLASS_COUNT else up)
            if s <= 0.0:
                wanted[k, f, COMPACT_BEV] = cars * clean
