"""Which car a household takes (articles 7, 19, 20, 22): utilities, money, and what grants would serve it.

Options are powertrain x class, j = 4 k + c with k in (ice, phev, bev) and c in CLASSES. Utility in yuan
of 2022, scaled by the price response b (Train 2009; forms of Helveston et al. 2015):

V_ij = base_pj + b [taste_ik + plug_ik] + rho n_i [k > 0] - b m_i (cost_j - money_ij + fixed_pgj + km_i
run_jh), m_i = (y_i / y)^-e, b = |elasticity| lambda / reference price. `base` holds everything that all
buyers of a place share (quality, winter range, models on offer, charging, road rights, quota, shock). A buyer
who does not consider new-energy cars chooses among petrol cars only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.attitudes import correlated
from model.behaviour.choice import CLOSED, nested_logit
from model.behaviour.draws import COVERED, LOAN, uniform
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.sales import CarLife
from model.kernels import inlined, kernel
from model.population.columns import NO_CAR, Columns

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ICE, PHEV, BEV = 0, 1, 2


class Tastes(NamedTuple):
    """Numbers of a buyer: `price` utils a yuan, `nest` lambda, `income_power`, taste spreads in yuan,
    `r_attitude` correlation of tastes with attitude, `r_phev` of the two tastes, `log_floor` of the log of
    relative income, `norm` utils a share,
    `plug`, `plug_phev` yuan of a charger at home; `used_odds`, `used_income` log-odds of a used car at
    mean income and their fall per log of income, `used_fall` their rise per month of waiting; `borrows`
    share who take a loan."""

    price: float
    nest: float
    income_power: float
    log_floor: float
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


class Offers(NamedTuple):
    """What a buyer of this month is offered (yuan of 2022 unless said).

    `base` (P, 12) utils; `cost` (12,) price with tax, less national money; `fixed` (P, 5, 12) and `run_home`,
    `run_away` (12,) yuan and yuan per (km a year), present values; `scrap_money` (12,) for owners who
    scrap a car
    registered by month `scrap_before`, `swap_money` (12,) for owners who sell one on, `loan_money` (P,
    5, 12) for borrowers; `grants` (K, P, 5, 12) and `covered` (K, P) share of claims served,
    `needs_old_car` (K,) for owners only, `grant_keys` (K,) keys of their draws; `income_level` of all
    incomes over the region's path.
    `energy`, `fuel` (2, 12) kWh and L per 100 km without and with a charger at home.
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


class Buyer(NamedTuple):
    """What of a household bears on its choice this month: `scraps` a car at its end or `trades` one on,
    `trading_up` before the end, `scrap` bonus due, `borrows`, `home` charger, `km` a year of its next car."""

    scraps: bool
    trades: bool
    trading_up: bool
    scrap: bool
    borrows: bool
    home: bool
    km: np.float32


@inlined
def distance(c: Columns, i: int, life: CarLife, log_floor: float) -> np.float32:
    """Return the km a year that household `i` would drive a first car: km exp(s z - s^2 / 2) (y_i/y)^a."""
    spread = life.km_log_sd * c.km_z[i] - 0.5 * life.km_log_sd * life.km_log_sd
    return np.float32(life.km * math.exp(spread + life.km_income * max(float(c.log_income[i]), log_floor)))


@inlined
def buyer_of(
    c: Columns, i: int, offers: Offers, tastes: Tastes, life: CarLife, seed: np.uint64, month: int
) -> Buyer:
    """Return what bears on the choice of household `i` in `month`."""
    owner = c.car[i] != NO_CAR
    scraps = owner and c.car_due[i] <= month + life.scrap_within
    return Buyer(
        scraps,
        owner and not scraps,
        owner and c.buy_due[i] <= month < c.car_due[i],
        scraps and c.car_bought[i] <= offers.scrap_before,
        uniform(seed, LOAN, i, month) < tastes.borrows,
        c.home_charger[i] == 1,
        c.car_km[i] if owner else distance(c, i, life, tastes.log_floor),
    )


@inlined
def money_for_all(c: Columns, i: int, j: int, buyer: Buyer, offers: Offers) -> float:
    """Return trade-in and loan money on option `j`; it never exceeds what the car costs."""
    money = 0.0
    if buyer.scrap:
        money += offers.scrap_money[j]
    if buyer.trades:
        money += offers.swap_money[j]
    if buyer.borrows:
        money += offers.loan_money[c.place[i], c.quintile[i], j]
    return min(money, max(float(offers.cost[j]), 0.0))


@inlined
def mark_served(c: Columns, i: int, offers: Offers, seed: np.uint64, month: int, served: Floats) -> None:
    """Write which grants would serve this buyer this month (decided before choosing)."""
    for q in range(offers.grants.shape[0]):
        share = offers.covered[q, c.place[i]]
        if share <= 0.0 or (offers.needs_old_car[q] and c.car[i] == NO_CAR):
            served[q] = 0.0
        else:
            served[q] = 1.0 if uniform(seed, COVERED, i, offers.grant_keys[q] + month) < share else 0.0


@inlined
def utilities(
    c: Columns, i: int, buyer: Buyer, offers: Offers, tastes: Tastes, served: Floats, v: Floats
) -> None:
    """Write the utilities of household `i` over the 12 options into `v` (equation of this file)."""
    p = c.place[i]
    g = c.quintile[i]
    relative = max(float(c.log_income[i]), tastes.log_floor)
    weight = tastes.price * math.exp(-tastes.income_power * (relative + math.log(offers.income_level)))
    for k in range(OPTIONS // CLASS_COUNT):
        if k > 0 and c.considers[i] == 0:
            for j in range(k * CLASS_COUNT, OPTIONS):
                v[j] = CLOSED
            return
        liking = _liking(c, i, k, buyer.home, tastes) if k > 0 else 0.0
        for j in range(k * CLASS_COUNT, (k + 1) * CLASS_COUNT):
            if offers.base[p, j] <= CLOSED:
                v[j] = CLOSED
                continue
            money = money_for_all(c, i, j, buyer, offers)
            for q in range(offers.grants.shape[0]):
                if served[q] > 0.0:
                    money = min(money + offers.grants[q, p, g, j], max(offers.cost[j], 0.0))
            run = offers.run_home[j] if buyer.home else offers.run_away[j]
            spend = offers.cost[j] - money + offers.fixed[p, g, j] + buyer.km * run
            v[j] = offers.base[p, j] + liking - weight * spend


@inlined
def _liking(c: Columns, i: int, kind: int, home: bool, tastes: Tastes) -> float:
    """Return the utils that household `i` adds to a powertrain: taste, plug at home, norm."""
    z = correlated(c.attitude[i], c.taste_a[i], tastes.r_attitude)
    norm = tastes.norm * (c.nev_contacts[i] / c.contacts[i] if c.contacts[i] > 0 else 0.0)
    if kind == BEV:
        return norm + tastes.price * (tastes.sd_bev * z + (tastes.plug if home else 0.0))
    z = tastes.r_phev * z + math.sqrt(1.0 - tastes.r_phev * tastes.r_phev) * float(c.taste_b[i])
    return norm + tastes.price * (tastes.sd_phev * z + (tastes.plug_phev if home else 0.0))


@kernel
def chances(
    c: Columns,
    rows: Rows,
    offers: Offers,
    tastes: Tastes,
    life: CarLife,
    month: int,
    seed: np.uint64,
    served: Floats,
    v: Floats,
    made: Floats,
) -> None:
    """Write the chance that each of `rows` (n,) takes each new car of this month into `made` (n, 12).

    `served` (K,) and `v` (12,) are scratch.
    """
    for k in range(rows.size):
        i = rows[k]
        mark_served(c, i, offers, seed, month, served)
        utilities(c, i, buyer_of(c, i, offers, tastes, life, seed, month), offers, tastes, served, v)
        nested_logit(v, OPTIONS, CLASS_COUNT, tastes.nest, made[k])
