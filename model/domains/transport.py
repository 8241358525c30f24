"""Cars of households (articles 7, 19, 20, 22): when one is bought, which one, and what is driven.

Options are powertrain x class, j = 4 k + c with k in (ice, phev, bev) and c in CLASSES. Utility in yuan
of 2022, scaled by the price response b (Train 2009; forms of Helveston et al. 2015):

V_ij = base_pj + b [taste_ik + plug_ik] + rho n_i [k > 0] - b m_i (cost_j - money_ij + fixed_pgj + km_i
run_pjh),
m_i = (y_i / y)^-e, b = |elasticity| lambda / reference price. `base` holds everything that all buyers of
a place share
(quality, winter range, models on offer, charging, road rights, quota, shock). A buyer who does not consider
new-energy cars chooses among petrol cars only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.attitudes import correlated
from model.behaviour.choice import CLOSED, nested_logit, pick
from model.behaviour.draws import CAR_LIFE, COVERED, FIRST_CAR, INITIAL, POWERTRAIN, exponential, uniform
from model.population.columns import NEVER, NO_CAR, Columns
from model.population.network import tell

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

OPTIONS = 12
CLASS_COUNT = 4
ICE, PHEV, BEV = 0, 1, 2


class Tastes(NamedTuple):
    """Numbers of a buyer: `price` utils a yuan, `nest` lambda, `income_power`, taste spreads in yuan,
    `r_attitude` correlation of tastes with attitude, `r_phev` of the two tastes, `norm` utils a share,
    `plug`, `plug_phev` yuan of a charger at home."""

    price: float
    nest: float
    income_power: float
    income_floor: float
    sd_bev: float
    sd_phev: float
    r_attitude: float
    r_phev: float
    norm: float
    plug: float
    plug_phev: float


class CarLife(NamedTuple):
    """`scale` months and `shape` of Weibull survival, `again` chance of replacing at once,
    `km` a year at the mean, its log spread and income elasticity, `rebound` extra share in a BEV."""

    scale: float
    shape: float
    again: float
    km: float
    km_log_sd: float
    km_income: float
    rebound: float


class Offers(NamedTuple):
    """What a buyer of this month is offered (yuan of 2022 unless said).

    `base` (P, 12) utils; `cost` (12,) price with tax, less national money; `fixed` (P, 5, 12) and `run_home`,
    `run_away` (12,) yuan and yuan per (km a year), present values; `scrap_money` (12,) for owners whose car
    was registered by month `scrap_before`; `grants` (K, P, 5, 12) and `covered` (K, P) share of claims
    served,
    `needs_old_car` (K,) for owners only.
    `energy`, `fuel` (12,) kWh and L per 100 km.
    """

    base: Floats
    cost: Floats
    fixed: Floats
    run_home: Floats
    run_away: Floats
    scrap_money: Floats
    scrap_before: int
    grants: Floats
    covered: Floats
    needs_old_car: NDArray[np.bool_]
    energy: Floats
    fuel: Floats


class Sales(NamedTuple):
    """What was bought in a month, by place, fifth and option: `drawn`, `scrapped`, `left` real
    households (integers),
    `expected` sums of choice probabilities, `scrap_claims` cars, `grant_claims` (K, P, 5) units,
    `grant_money` (K, P, 5) yuan of 2022, `buyers` (P, 5) simulated households that chose."""

    drawn: Ints
    expected: Floats
    scrapped: Ints
    left: Ints
    scrap_claims: Ints
    grant_claims: Ints
    grant_money: Floats
    buyers: Ints


class Fleet(NamedTuple):
    """Cars in use by place, fifth and option: `cars` (P, 5, 12) real cars, `km` km a year, `kwh`,
    `litres` a year."""

    cars: Ints
    km: Floats
    kwh: Floats
    litres: Floats


def empty_sales(places: int, grants: int) -> Sales:
    """Return zeroed sums for one month."""
    shape = (places, 5, OPTIONS)
    return Sales(
        np.zeros(shape, np.int64),
        np.zeros(shape),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros(shape, np.int64),
        np.zeros((grants, places, 5), np.int64),
        np.zeros((grants, places, 5)),
        np.zeros((places, 5), np.int64),
    )


def empty_fleet(places: int) -> Fleet:
    """Return an empty stock of cars."""
    shape = (places, 5, OPTIONS)
    return Fleet(np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape), np.zeros(shape))


@njit(nogil=True, cache=True)
def utilities(
    c: Columns, i: int, offers: Offers, tastes: Tastes, seed: np.uint64, month: int, v: Floats
) -> None:
    """Write the utilities of household `i` over the 12 options into `v` (equation of this file)."""
    p = c.place[i]
    g = c.quintile[i]
    relative = max(float(c.relative_income[i]), tastes.income_floor)
    weight = tastes.price * relative ** (-tastes.income_power)
    z_bev = correlated(c.attitude[i], c.taste_a[i], tastes.r_attitude)
    z_phev = tastes.r_phev * z_bev + math.sqrt(1.0 - tastes.r_phev * tastes.r_phev) * c.taste_b[i]
    home = c.home_charger[i] == 1
    norm = c.nev_contacts[i] / c.contacts[i] if c.contacts[i] > 0 else 0.0
    liking = np.zeros(3)
    liking[PHEV] = (
        tastes.price * (tastes.sd_phev * z_phev + (tastes.plug_phev if home else 0.0)) + tastes.norm * norm
    )
    liking[BEV] = tastes.price * (tastes.sd_bev * z_bev + (tastes.plug if home else 0.0)) + tastes.norm * norm
    scrap = c.car[i] != NO_CAR and c.car_bought[i] <= offers.scrap_before
    for j in range(OPTIONS):
        k = j // CLASS_COUNT
        if offers.base[p, j] <= CLOSED or (k > 0 and c.considers[i] == 0):
            v[j] = CLOSED
            continue
        money = offers.scrap_money[j] if scrap else 0.0
        for q in range(offers.grants.shape[0]):
            if offers.grants[q, p, g, j] > 0.0 and _served(c, offers, q, seed, i, month):
                money += offers.grants[q, p, g, j]
        run = offers.run_home[j] if home else offers.run_away[j]
        spend = offers.cost[j] - money + offers.fixed[p, g, j] + c.car_km[i] * run
        v[j] = offers.base[p, j] + liking[k] - weight * spend


@njit(cache=True)
def _served(c: Columns, offers: Offers, q: int, seed: np.uint64, i: int, month: int) -> bool:
    """Tell whether a buyer would be served by grant `q` this month (decided before choosing)."""
    if offers.needs_old_car[q] and c.car[i] == NO_CAR:
        return False
    return bool(uniform(seed, COVERED, i, month * 64 + q) < offers.covered[q, c.place[i]])


@njit(nogil=True, cache=True)
def choose(
    c: Columns,
    starts: Rows,
    deciders: Rows,
    n_deciders: Rows,
    offers: Offers,
    tastes: Tastes,
    life: CarLife,
    month: int,
    seed: np.uint64,
    sales: Sales,
    fleet: Fleet,
    rewire: float,
    same_place: float,
) -> None:
    """Let the month's deciders retire their old car, choose a new one and register it.

    `deciders` (N,) holds each place's rows from `starts[p]`, `n_deciders` (P,) how many. The option is
    where one
    keyed uniform falls in the cumulated probabilities, petrol first: a policy moves only those at the margin.
    """
    v = np.empty(OPTIONS)
    prob = np.empty(OPTIONS)
    for p in range(starts.size - 1):
        for n in range(n_deciders[p]):
            i = deciders[starts[p] + n]
            owned = c.car[i] != NO_CAR
            if owned and uniform(seed, FIRST_CAR, i, 10_000 + month) >= life.again:
                give_up_car(c, i, starts, sales.scrapped, fleet, rewire, same_place)
                _wait(c, i, month, seed)
                continue
            utilities(c, i, offers, tastes, seed, month, v)
            nested_logit(v, CLASS_COUNT, tastes.nest, prob)
            g = c.quintile[i]
            sales.buyers[p, g] += 1
            for j in range(OPTIONS):
                sales.expected[p, g, j] += c.weight[i] * prob[j]
            j = pick(prob, uniform(seed, POWERTRAIN, i, month))
            for q in range(offers.grants.shape[0]):
                if offers.grants[q, p, g, j] > 0.0 and _served(c, offers, q, seed, i, month):
                    sales.grant_claims[q, p, g] += c.weight[i]
                    sales.grant_money[q, p, g] += c.weight[i] * offers.grants[q, p, g, j]
            if owned:
                if c.car_bought[i] <= offers.scrap_before and offers.scrap_money[j] > 0.0:
                    sales.scrap_claims[p, g, j] += c.weight[i]
                give_up_car(c, i, starts, sales.scrapped, fleet, rewire, same_place)
            sales.drawn[p, g, j] += c.weight[i]
            _register(c, i, j, month, month, offers, life, seed)
            _add(c, i, fleet, 1)
            if j >= CLASS_COUNT:
                tell(i, 1, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)


@njit(nogil=True, cache=True)
def give_up_car(
    c: Columns, i: int, starts: Rows, where: Ints, fleet: Fleet, rewire: float, same_place: float
) -> None:
    """Take the car of household `i` out of use, counting it in `where` (P, 5, 12)."""
    j = c.car[i]
    p = c.place[i]
    where[p, c.quintile[i], j] += c.weight[i]
    _add(c, i, fleet, -1)
    if j >= CLASS_COUNT:
        tell(i, -1, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)
    c.car[i] = np.uint8(NO_CAR)
    c.car_due[i] = np.int16(NEVER)


@njit(nogil=True, cache=True)
def _wait(c: Columns, i: int, month: int, seed: np.uint64) -> None:
    c.buy_hazard[i] = np.float32(0.0)
    c.buy_threshold[i] = np.float32(exponential(seed, FIRST_CAR, i, month))


@njit(nogil=True, cache=True)
def _register(
    c: Columns, i: int, j: int, bought: int, month: int, offers: Offers, life: CarLife, seed: np.uint64
) -> None:
    """Write a car of option `j` bought in month `bought`; its end is where the Weibull hazard from now
    reaches a draw."""
    age = (month - bought) / life.scale
    end = (age**life.shape + exponential(seed, CAR_LIFE, i, month)) ** (1.0 / life.shape) * life.scale
    c.car[i] = np.uint8(j)
    c.car_bought[i] = np.int16(bought)
    c.car_due[i] = np.int16(min(max(bought + int(end), month + 1), NEVER))
    c.car_energy[i] = np.float32(offers.energy[j])
    c.car_fuel[i] = np.float32(offers.fuel[j])


@njit(inline="always")
def _add(c: Columns, i: int, fleet: Fleet, sign: int) -> None:
    p, g, j = c.place[i], c.quintile[i], c.car[i]
    km = sign * c.weight[i] * float(c.car_km[i])
    fleet.cars[p, g, j] += sign * c.weight[i]
    fleet.km[p, g, j] += km
    fleet.kwh[p, g, j] += km * c.car_energy[i] / 100.0
    fleet.litres[p, g, j] += km * c.car_fuel[i] / 100.0


@njit(nogil=True, cache=True)
def count_cars(c: Columns, fleet: Fleet) -> None:
    """Count the cars in use anew (each January, when income fifths change)."""
    fleet.cars[:] = 0
    fleet.km[:] = 0.0
    fleet.kwh[:] = 0.0
    fleet.litres[:] = 0.0
    for i in range(c.active.size):
        if c.active[i] and c.car[i] != NO_CAR:
            _add(c, i, fleet, 1)


@njit(nogil=True, cache=True)
def yearly_wishes(
    c: Columns, life: CarLife, rate: Floats, income_elasticity: float, income_floor: float
) -> None:
    """Each January: write what a car would be driven and the hazard of a first car.

    km_i = km exp(s z - s^2 / 2) (y_i/y)^a; h_i = rate_p (y_i/y)^e a month, `rate` (P,).
    """
    for i in range(c.active.size):
        if c.active[i] == 0:
            continue
        relative = max(float(c.relative_income[i]), income_floor)
        c.first_car_rate[i] = np.float32(rate[c.place[i]] * relative**income_elasticity)
        if c.car[i] == NO_CAR or c.car_km[i] == 0.0:
            spread = life.km_log_sd * c.km_z[i] - 0.5 * life.km_log_sd * life.km_log_sd
            c.car_km[i] = np.float32(life.km * math.exp(spread) * relative**life.km_income)


@njit(nogil=True, cache=True)
def first_cars(
    c: Columns,
    starts: Rows,
    offers: Offers,
    life: CarLife,
    class_shares: Floats,
    nev_share: float,
    ages: Floats,
    seed: np.uint64,
    rewire: float,
    same_place: float,
) -> None:
    """Give the owners at the start a car: class by `class_shares` (4,), age in months by the cumulated
    `ages`, a BEV with chance `nev_share`; everyone else a threshold for the first car."""
    for p in range(starts.size - 1):
        for i in range(starts[p], starts[p + 1]):
            _wait(c, i, -1, seed)
            if c.car[i] == NO_CAR or c.active[i] == 0:
                c.car[i] = np.uint8(NO_CAR)
                continue
            u = uniform(seed, INITIAL, i, 3)
            kind = 0
            below = class_shares[0]
            while u >= below and kind < CLASS_COUNT - 1:
                kind += 1
                below += class_shares[kind]
            nev = uniform(seed, INITIAL, i, 4) < nev_share
            age = int(np.searchsorted(ages, uniform(seed, INITIAL, i, 5)))
            age = min(age, 11) if nev else age
            _register(c, i, kind + (BEV * CLASS_COUNT if nev else 0), -age, 0, offers, life, seed)
            if nev:
                tell(i, 1, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)


@njit(nogil=True, cache=True)
def replace_garages(
    c: Columns,
    starts: Rows,
    gone: Rows,
    n_gone: int,
    came: Rows,
    n_came: int,
    month: int,
    seed: np.uint64,
    left: Ints,
    fleet: Fleet,
    life: CarLife,
    rate: Floats,
    rewire: float,
    same_place: float,
) -> None:
    """Let the cars of dissolved households leave; new households have none and wait for their first."""
    for k in range(n_gone):
        if c.car[gone[k]] != NO_CAR:
            give_up_car(c, gone[k], starts, left, fleet, rewire, same_place)
    for k in range(n_came):
        i = came[k]
        _wait(c, i, month, seed)
        c.first_car_rate[i] = np.float32(rate[c.place[i]])
        c.car_km[i] = np.float32(life.km)
