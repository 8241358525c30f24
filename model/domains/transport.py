"""Cars of households (articles 7, 19, 20, 22): replaced or not, bought new or used, registered, given up.

Which new car it is, is the choice of `car_choice`; when a household decides, of `wishes` and `timing`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.behaviour.choice import nested_logit, pick
from model.behaviour.draws import CAR_LIFE, FIRST_CAR, POWERTRAIN, exponential, uniform
from model.domains.car_choice import (
    Buyer,
    Offers,
    Tastes,
    buyer_of,
    mark_served,
    money_for_all,
    utilities,
)
from model.domains.garage import (
    CLASS_COUNT,
    OPTIONS,
    Fleet,
    UsedCars,
    add_car,
    drives_nev,
    give_up_car,
    sell_on,
    take_used,
)
from model.domains.sales import CarLife, Sales
from model.domains.wishes import Wishes, wait_for_car
from model.kernels import inlined, kernel
from model.population.columns import NEVER, Columns
from model.population.network import tell

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
AHEAD = 32
"""Deciders whose columns are read ahead of their decisions."""


@kernel
def choose(
    c: Columns,
    starts: Rows,
    parts: Rows,
    deciders: Rows,
    n_deciders: Rows,
    offers: Offers,
    tastes: Tastes,
    life: CarLife,
    wishes: Wishes,
    month: int,
    seed: np.uint64,
    sales: Sales,
    fleet: Fleet,
    used: UsedCars,
    rewire: float,
    same_place: float,
    scratch: Floats,
    told: Rows,
) -> None:
    """Let the month's deciders part with their old car, choose another and register it, then tell.

    `deciders` (N,) holds each part's rows from `parts[s]`, `n_deciders` (S,) how many; `scratch` (3, .) room
    for 12 options or the grants, `told` (N,) for who has news. The option is where one keyed uniform falls in
    the cumulated probabilities, petrol first: a policy moves only those at the margin. All see what their
    contacts drove at the end of last month; who came to a new-energy car or away from one tells its contacts
    when all have decided.
    """
    v, prob, served = scratch[0, :OPTIONS], scratch[1, :OPTIONS], scratch[2]
    news = 0
    for s in range(parts.size - 1):
        end = parts[s] + n_deciders[s]
        for first in range(parts[s], end, AHEAD):
            last = min(first + AHEAD, end)
            v[0] = _fetch(c, deciders, first, last)
            for n in range(first, last):
                i = max(deciders[n], 0)  # a row that cannot be negative is read without a test
                before = drives_nev(c, i)
                _decide(
                    c, i, offers, tastes, life, wishes, month, seed, sales, fleet, used, served, v, prob,
                )  # fmt: skip
                told[news] = i
                news += int(drives_nev(c, i) != before)
    for n in range(news):
        i = max(told[n], 0)
        p, by = c.place[i], 1 if drives_nev(c, i) else -1
        tell(i, by, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)


@inlined
def _read(column: Any, rows: Rows, first: int, last: int) -> float:
    total = 0.0
    for k in range(first, last):
        total += column[rows[k]]
    return total


@inlined
def _fetch(c: Columns, rows: Rows, first: int, last: int) -> float:
    """Read what the next deciders will need, so that the memory works on many rows at once; returns a sum."""
    total = 0.0
    total += _read(c.attitude, rows, first, last)
    total += _read(c.taste_a, rows, first, last)
    total += _read(c.taste_b, rows, first, last)
    total += _read(c.log_income, rows, first, last)
    total += _read(c.car_km, rows, first, last)
    total += _read(c.car_energy, rows, first, last)
    total += _read(c.car_fuel, rows, first, last)
    total += _read(c.buy_left, rows, first, last)
    total += _read(c.buy_rate, rows, first, last)
    total += _read(c.car_due, rows, first, last)
    total += _read(c.car_bought, rows, first, last)
    total += _read(c.buy_from, rows, first, last)
    total += _read(c.buy_due, rows, first, last)
    total += _read(c.place, rows, first, last)
    total += _read(c.quintile, rows, first, last)
    total += _read(c.considers, rows, first, last)
    total += _read(c.car, rows, first, last)
    total += _read(c.home_charger, rows, first, last)
    total += _read(c.nev_contacts, rows, first, last)
    total += _read(c.contacts, rows, first, last)
    total += _read(c.weight, rows, first, last)
    return total


@inlined
def _decide(
    c: Columns,
    i: int,
    offers: Offers,
    tastes: Tastes,
    life: CarLife,
    wishes: Wishes,
    month: int,
    seed: np.uint64,
    sales: Sales,
    fleet: Fleet,
    used: UsedCars,
    served: Floats,
    v: Floats,
    prob: Floats,
) -> None:
    """Let household `i` decide: not replace, take a used car, or choose a new one."""
    buyer = buyer_of(c, i, offers, tastes, life, seed, month)
    c.car_km[i] = buyer.km
    at_end = buyer.scraps and not buyer.trading_up
    if at_end and uniform(seed, FIRST_CAR, i, 10_000 + month) >= life.again:
        give_up_car(c, i, sales.scrapped, fleet)
    elif buyer.scraps or buyer.trades or not take_used(
        c, i, month, seed, tastes.used_odds, tastes.used_fall, tastes.used_income, tastes.log_floor, used,
        sales.used, fleet,
    ):  # fmt: skip
        mark_served(c, i, offers, seed, month, served)
        utilities(c, i, buyer, offers, tastes, served, v)
        nested_logit(v, OPTIONS, CLASS_COUNT, tastes.nest, prob)
        j = pick(prob, uniform(seed, POWERTRAIN, i, month))
        _count_choice(c, i, j, prob, buyer, offers, served, sales)
        if buyer.scraps:
            give_up_car(c, i, sales.scrapped, fleet)
        elif buyer.trades:
            sell_on(c, i, month, used)
            give_up_car(c, i, sales.traded, fleet)
        register(c, i, j, month, month, offers, life, seed)
        add_car(c, i, fleet, 1)
    wait_for_car(c, i, month, month + 1, wishes, seed)


@inlined
def _count_choice(
    c: Columns, i: int, j: int, prob: Floats, buyer: Buyer, offers: Offers, served: Floats, sales: Sales
) -> None:
    """Count a choice of option `j`, its probabilities and the money that goes with it."""
    p, g, w = c.place[i], c.quintile[i], c.weight[i]
    sales.buyers[p, g] += 1
    sales.drawn[p, g, j] += w
    for k in range(OPTIONS if c.considers[i] else CLASS_COUNT):
        sales.expected[p, g, k] += w * prob[k]
    money = money_for_all(c, i, j, buyer, offers)
    for q in range(offers.grants.shape[0]):
        if served[q] > 0.0 and offers.grants[q, p, g, j] > 0.0:
            raised = min(money + offers.grants[q, p, g, j], max(offers.cost[j], 0.0))
            sales.grant_claims[q, p, g] += w
            sales.grant_money[q, p, g] += w * (raised - money)
            money = raised
    if buyer.scrap and offers.scrap_money[j] > 0.0:
        sales.scrap_claims[p, g, j] += w
    if buyer.trades and offers.swap_money[j] > 0.0:
        sales.swap_claims[p, g, j] += w
    if buyer.borrows and offers.loan_money[p, g, j] > 0.0:
        sales.loan_claims[p, g, j] += w


@inlined
def register(
    c: Columns, i: int, j: int, bought: int, month: int, offers: Offers, life: CarLife, seed: np.uint64
) -> None:
    """Write a car of option `j` bought in month `bought`; its end is where the Weibull hazard from now
    reaches a draw."""
    age = (month - bought) / life.scale
    reached = exponential(seed, CAR_LIFE, i, month) + (age**life.shape if bought < month else 0.0)
    end = math.exp(math.log(reached) / life.shape) * life.scale
    c.car[i] = np.uint8(j)
    c.car_bought[i] = np.int16(bought)
    c.car_due[i] = np.int16(min(max(bought + int(end), month + 1), NEVER))
    c.car_energy[i] = np.float32(offers.energy[c.home_charger[i], j])
    c.car_fuel[i] = np.float32(offers.fuel[c.home_charger[i], j])
