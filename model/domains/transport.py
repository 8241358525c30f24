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
from model.behaviour.draws import (
    CAR_LIFE,
    COVERED,
    FIRST_CAR,
    INITIAL,
    LOAN,
    POWERTRAIN,
    exponential,
    uniform,
)
from model.domains.garage import (
    CLASS_COUNT,
    OPTIONS,
    Fleet,
    UsedCars,
    add_car,
    give_up_car,
    sell_on,
    take_used,
    wait_for_car,
)
from model.population.columns import NEVER, NO_CAR, Columns
from model.population.network import tell

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ICE, PHEV, BEV = 0, 1, 2


class Tastes(NamedTuple):
    """Numbers of a buyer: `price` utils a yuan, `nest` lambda, `income_power`, taste spreads in yuan,
    `r_attitude` correlation of tastes with attitude, `r_phev` of the two tastes, `norm` utils a share,
    `plug`, `plug_phev` yuan of a charger at home; `used_odds`, `used_income` log-odds of a used car at
    mean income and their fall per log of income, `used_fall` their rise per month of waiting; `borrows`
    share who take a loan."""

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
    used_odds: float
    used_fall: float
    used_income: float
    borrows: float


class CarLife(NamedTuple):
    """`scale` months and `shape` of Weibull survival, `again` chance of replacing at once,
    `km` a year at the mean, its log spread and income elasticity, `rebound` extra share in a BEV;
    `scrap_within` months of its end a car is scrapped, before that sold on."""

    scale: float
    shape: float
    again: float
    km: float
    km_log_sd: float
    km_income: float
    rebound: float
    scrap_within: int


class Offers(NamedTuple):
    """What a buyer of this month is offered (yuan of 2022 unless said).

    `base` (P, 12) utils; `cost` (12,) price with tax, less national money; `fixed` (P, 5, 12) and `run_home`,
    `run_away` (12,) yuan and yuan per (km a year), present values; `scrap_money` (12,) for owners who
    scrap a car
    registered by month `scrap_before`, `swap_money` (12,) for owners who sell one on, `loan_money` (P,
    5, 12) for borrowers; `grants` (K, P, 5, 12) and `covered` (K, P) share of claims served,
    `needs_old_car` (K,) for owners only, `grant_keys` (K,) keys of their draws; `income_level` of all
    incomes over the region's path.
    `energy`, `fuel` (12,) kWh and L per 100 km.
    """

    base: Floats
    cost: Floats
    fixed: Floats
    run_home: Floats
    run_away: Floats
    scrap_money: Floats
    scrap_before: int
    swap_money: Floats
    loan_money: Floats
    grants: Floats
    covered: Floats
    needs_old_car: NDArray[np.bool_]
    grant_keys: Ints
    income_level: float
    energy: Floats
    fuel: Floats


class Sales(NamedTuple):
    """What happened to cars in a month, by place, fifth and option, in real cars (integers): `drawn` new
    ones bought, `scrapped`,
    `left` with dissolved households, `traded` sold on, `used` bought used, `scrap_claims`, `swap_claims`
    and `loan_claims` new
    cars with that money. `expected` sums of choice probabilities; `grant_claims` (K, P, 5) units,
    `grant_money` (K, P, 5) yuan of 2022; `buyers` (P, 5) simulated households that chose a new car."""

    drawn: Ints
    expected: Floats
    scrapped: Ints
    left: Ints
    traded: Ints
    used: Ints
    scrap_claims: Ints
    swap_claims: Ints
    loan_claims: Ints
    grant_claims: Ints
    grant_money: Floats
    buyers: Ints


def empty_sales(places: int, grants: int) -> Sales:
    """Return zeroed sums for one month."""
    shape = (places, 5, OPTIONS)
    cars = {name: np.zeros(shape, np.int64) for name in Sales._fields[:9] if name != "expected"}
    return Sales(
        **cars,
        expected=np.zeros(shape),
        grant_claims=np.zeros((grants, places, 5), np.int64),
        grant_money=np.zeros((grants, places, 5)),
        buyers=np.zeros((places, 5), np.int64),
    )


@njit(forceinline=True)
def utilities(
    c: Columns,
    i: int,
    offers: Offers,
    tastes: Tastes,
    life: CarLife,
    seed: np.uint64,
    month: int,
    v: Floats,
) -> None:
    """Write the utilities of household `i` over the 12 options into `v` (equation of this file)."""
    p = c.place[i]
    g = c.quintile[i]
    relative = max(float(c.relative_income[i]), tastes.income_floor)
    weight = tastes.price * math.exp(-tastes.income_power * math.log(relative * offers.income_level))
    z_bev = correlated(c.attitude[i], c.taste_a[i], tastes.r_attitude)
    z_phev = tastes.r_phev * z_bev + math.sqrt(1.0 - tastes.r_phev * tastes.r_phev) * c.taste_b[i]
    home = c.home_charger[i] == 1
    norm = c.nev_contacts[i] / c.contacts[i] if c.contacts[i] > 0 else 0.0
    liking = np.zeros(3)
    liking[PHEV] = (
        tastes.price * (tastes.sd_phev * z_phev + (tastes.plug_phev if home else 0.0)) + tastes.norm * norm
    )
    liking[BEV] = tastes.price * (tastes.sd_bev * z_bev + (tastes.plug if home else 0.0)) + tastes.norm * norm
    owner = c.car[i] != NO_CAR
    scraps = owner and c.car_due[i] <= month + life.scrap_within
    borrows = uniform(seed, LOAN, i, month) < tastes.borrows
    scrap = scraps and c.car_bought[i] <= offers.scrap_before
    swap = owner and not scraps
    for j in range(OPTIONS):
        k = j // CLASS_COUNT
        if offers.base[p, j] <= CLOSED or (k > 0 and c.considers[i] == 0):
            v[j] = CLOSED
            continue
        money = _money_for_all(
            offers.scrap_money[j] if scrap else 0.0,
            offers.swap_money[j] if swap else 0.0,
            offers.loan_money[p, g, j] if borrows else 0.0,
            offers.cost[j],
        )
        for q in range(offers.grants.shape[0]):
            if offers.grants[q, p, g, j] > 0.0 and _served(c, offers, q, seed, i, month):
                money = min(money + offers.grants[q, p, g, j], max(offers.cost[j], 0.0))
        run = offers.run_home[j] if home else offers.run_away[j]
        spend = offers.cost[j] - money + offers.fixed[p, g, j] + c.car_km[i] * run
        v[j] = offers.base[p, j] + liking[k] - weight * spend


@njit(inline="always")
def _money_for_all(scrap: float, swap: float, loan: float, cost: float) -> float:
    """Return trade-in and loan money on an option; all money together never exceeds what the car costs."""
    return min(scrap + swap + loan, max(cost, 0.0))


@njit(forceinline=True)
def _served(c: Columns, offers: Offers, q: int, seed: np.uint64, i: int, month: int) -> bool:
    """Tell whether a buyer would be served by grant `q` this month (decided before choosing)."""
    if offers.needs_old_car[q] and c.car[i] == NO_CAR:
        return False
    return bool(uniform(seed, COVERED, i, offers.grant_keys[q] + month) < offers.covered[q, c.place[i]])


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
    used: UsedCars,
    rewire: float,
    same_place: float,
) -> None:
    """Let the month's deciders part with their old car, choose another and register it.

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
            scraps = owned and c.car_due[i] <= month + life.scrap_within
            if scraps and uniform(seed, FIRST_CAR, i, 10_000 + month) >= life.again:
                give_up_car(c, i, starts, sales.scrapped, fleet, rewire, same_place)
                wait_for_car(c, i, month, seed)
                continue
            if not owned and take_used(
                c, i, starts, month, seed, tastes.used_odds, tastes.used_fall, tastes.used_income,
                tastes.income_floor, used, sales.used, fleet, rewire, same_place,
            ):  # fmt: skip
                continue
            utilities(c, i, offers, tastes, life, seed, month, v)
            nested_logit(v, CLASS_COUNT, tastes.nest, prob)
            j = pick(prob, uniform(seed, POWERTRAIN, i, month))
            _count_choice(c, i, j, prob, offers, tastes, scraps, seed, month, sales)
            if scraps:
                give_up_car(c, i, starts, sales.scrapped, fleet, rewire, same_place)
            elif owned:
                sell_on(c, i, month, used)
                give_up_car(c, i, starts, sales.traded, fleet, rewire, same_place)
            _register(c, i, j, month, month, offers, life, seed)
            wait_for_car(c, i, month, seed)
            add_car(c, i, fleet, 1)
            if j >= CLASS_COUNT:
                tell(i, 1, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)


@njit(forceinline=True)
def _count_choice(
    c: Columns,
    i: int,
    j: int,
    prob: Floats,
    offers: Offers,
    tastes: Tastes,
    scraps: bool,
    seed: np.uint64,
    month: int,
    sales: Sales,
) -> None:
    """Count a choice of option `j`, its probabilities and the money that goes with it."""
    p, g, w = c.place[i], c.quintile[i], c.weight[i]
    sales.buyers[p, g] += 1
    sales.drawn[p, g, j] += w
    for k in range(OPTIONS):
        sales.expected[p, g, k] += w * prob[k]
    borrows = uniform(seed, LOAN, i, month) < tastes.borrows
    scrap = scraps and c.car_bought[i] <= offers.scrap_before
    swap = c.car[i] != NO_CAR and not scraps
    money = _money_for_all(
        offers.scrap_money[j] if scrap else 0.0,
        offers.swap_money[j] if swap else 0.0,
        offers.loan_money[p, g, j] if borrows else 0.0,
        offers.cost[j],
    )
    for q in range(offers.grants.shape[0]):
        if offers.grants[q, p, g, j] > 0.0 and _served(c, offers, q, seed, i, month):
            raised = min(money + offers.grants[q, p, g, j], max(offers.cost[j], 0.0))
            sales.grant_claims[q, p, g] += w
            sales.grant_money[q, p, g] += w * (raised - money)
            money = raised
    if scraps and c.car_bought[i] <= offers.scrap_before and offers.scrap_money[j] > 0.0:
        sales.scrap_claims[p, g, j] += w
    if c.car[i] != NO_CAR and not scraps and offers.swap_money[j] > 0.0:
        sales.swap_claims[p, g, j] += w
    if offers.loan_money[p, g, j] > 0.0 and borrows:
        sales.loan_claims[p, g, j] += w


@njit(forceinline=True)
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


@njit(nogil=True, cache=True)
def yearly_wishes(
    c: Columns,
    life: CarLife,
    rate: Floats,
    income_elasticity: float,
    trade: float,
    trade_elasticity: float,
    income_floor: float,
) -> None:
    """Each January: write what a car would be driven and the hazards of a first car and of trading up.

    km_i = km exp(s z - s^2 / 2) (y_i/y)^a; h_i = rate_p (y_i/y)^e a month, `rate` (P,); trading up
    likewise with
    `trade` a month for everyone.
    """
    for i in range(c.active.size):
        if c.active[i] == 0:
            continue
        log_income = math.log(max(float(c.relative_income[i]), income_floor))
        c.first_car_rate[i] = np.float32(rate[c.place[i]] * math.exp(income_elasticity * log_income))
        c.trade_rate[i] = np.float32(trade * math.exp(trade_elasticity * log_income))
        if c.car[i] == NO_CAR or c.car_km[i] == 0.0:
            spread = life.km_log_sd * c.km_z[i] - 0.5 * life.km_log_sd * life.km_log_sd
            c.car_km[i] = np.float32(life.km * math.exp(spread + life.km_income * log_income))


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
            wait_for_car(c, i, -1, seed)
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
    trade: float,
    rewire: float,
    same_place: float,
) -> None:
    """Let the cars of dissolved households leave; new households have none and wait for their first."""
    for k in range(n_gone):
        if c.car[gone[k]] != NO_CAR:
            give_up_car(c, gone[k], starts, left, fleet, rewire, same_place)
    for k in range(n_came):
        i = came[k]
        wait_for_car(c, i, month, seed)
        c.first_car_rate[i] = np.float32(rate[c.place[i]])
        c.trade_rate[i] = np.float32(trade)
        c.car_km[i] = np.float32(life.km)
