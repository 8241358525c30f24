"""Buyers, their choices and their cars: the slow, plain restatement of how cars change hands.

Written from the equations in the docstrings of `model.domains`; prices and public money come from the tables
of `model.markets`, as the model's own `Offers`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model.domains.car_choice import Offers
from tests.oracle_people import (
    CAR_LIFE,
    COVERED,
    FIRST_CAR,
    LOAN,
    NEVER,
    POWERTRAIN,
    USED_CAR,
    Household,
    exponential,
    f32,
    uniform,
)

CLASSES, OPTIONS, ICE, PHEV, BEV = 4, 12, 0, 1, 2
NEAR_TIE = 1e-9
KINDS = ("ice", "phev", "bev")
FLOWS = ("drawn", "expected", "scrapped", "left", "traded", "used")
Cell = tuple[int, int, int]


@dataclass
class UsedCar:
    """A car that waits for a second buyer."""

    option: int
    bought: int
    due: int
    since: int


@dataclass
class Sales:
    """What happened in a month: flow -> (place, fifth, option) -> cars; claims and money by grant."""

    flow: dict[str, dict[Cell, float]] = field(default_factory=lambda: {name: {} for name in FLOWS})
    buyers: dict[tuple[int, int], int] = field(default_factory=dict)
    grant_units: dict[tuple[int, int, int], int] = field(default_factory=dict)
    grant_money: dict[tuple[int, int, int], float] = field(default_factory=dict)

    def add(self, name: str, h: Household, option: int, amount: float) -> None:
        """Count `amount` cars of an option for the household's place and fifth."""
        cell = (h.place, h.quintile, option)
        self.flow[name][cell] = self.flow[name].get(cell, 0) + amount


class Dealers:
    """The numbers of buyers and cars from a parameter set `q`, and the used cars that wait."""

    def __init__(self, q: Mapping[str, float], seed: int, rows: int) -> None:
        """Derive the numbers as the docstrings of `Tastes` and `CarLife` say."""
        self.q, self.seed, self.room = q, seed, max(1, math.ceil(rows * q["car_used_room"]))
        self.uses: tuple[Any, Any] = ((), ())
        self.nest = q["veh_nest_lambda"]
        self.price = -q["veh_price_elasticity_own"] * self.nest / q["car_price_reference"]
        self.plug = q["veh_wtp_home_charger"] / q["fd_hypothetical_bias"]
        self.shape = q["veh_weibull_shape"]
        self.scale = q["veh_weibull_mean_life"] * 12 / math.gamma(1.0 + 1.0 / self.shape)
        self.scrap_within = round(q["car_scrap_within"])
        self.first_rate: list[float] = []
        self.trade_factor: dict[tuple[int, int, int], float] = {}
        self.waiting: tuple[deque[UsedCar], deque[UsedCar]] = (deque(), deque())
        self.choices = self.near_ties = 0

    def relative(self, h: Household) -> float:
        """Return income relative to the region's mean household, not below the floor."""
        return max(math.exp(h.log_income), self.q["car_relative_income_floor"])

    def distance(self, h: Household) -> float:
        """Return the km a year of a car of this household: lognormal, rising with income."""
        s = self.q["car_km_log_sd"]
        km = self.q["veh_km_private_2025"] * math.exp(s * h.km_z - 0.5 * s * s)
        return f32(km * self.relative(h) ** self.q["car_km_income_elasticity"])

    def register(self, h: Household, option: int, bought: int, month: int, offers: Offers) -> None:
        """Give a car; from its present age it lives on until the Weibull hazard reaches a unit
        exponential."""
        reached = ((month - bought) / self.scale) ** self.shape + exponential(
            self.seed, CAR_LIFE, h.row, month
        )
        end = math.exp(math.log(reached) / self.shape) * self.scale
        h.car, h.car_bought = option, bought
        h.car_due = min(max(bought + int(end), month + 1), NEVER)
        h.car_energy = f32(offers.energy[h.home_charger, option])
        h.car_fuel = f32(offers.fuel[h.home_charger, option])

    def wait(self, h: Household, drawn: int, month: int) -> None:
        """Begin the wait for the next car in `month`, with the threshold drawn in month `drawn`."""
        self._plan(h, month, exponential(self.seed, FIRST_CAR, h.row, drawn))

    def plan_anew(self, h: Household, month: int) -> None:
        """Take off the hazard used up before `month` and plan the rest at the rates of today."""
        spent = max(month - h.buy_from, 0) * h.buy_rate
        self._plan(h, month, max(h.buy_left - spent, 0.0))

    def _plan(self, h: Household, month: int, left: float) -> None:
        """Find the month in which the hazard `left` is used up; a new car is kept for a time first."""
        q, relative, start = self.q, self.relative(h), month
        if h.car is None:
            rate = self.first_rate[h.place] * relative ** q["car_first_purchase_income_elasticity"]
        else:
            rate = (
                q["car_trade_rate"] / 12 * self.trade_factor.get((h.place, h.quintile, int(h.considers)), 1.0)
            )
            rate *= relative ** q["car_trade_income_elasticity"]
            start = max(month, h.car_bought + round(q["car_trade_hold"]))
        h.buy_left, h.buy_rate, h.buy_from = f32(left), f32(rate), start
        h.buy_due = NEVER if left > rate * NEVER else min(start - 1 + math.ceil(left / rate), NEVER)

    def give_up(self, h: Household, flow: str, sales: Sales) -> None:
        """Part with the car, counted in `flow`."""
        assert h.car is not None
        sales.add(flow, h, h.car, h.weight)
        h.car, h.car_due = None, NEVER

    def clear_out(self, month: int) -> None:
        """Let the cars leave the queues that waited too long or whose end has come."""
        patience = round(self.q["car_used_wait"])
        for queue in self.waiting:
            stay = [car for car in queue if month - car.since <= patience and month < car.due]
            queue.clear()
            queue.extend(stay)

    def decide(self, h: Household, month: int, offers: Offers, sales: Sales) -> None:
        """Part with the old car or take a used one or choose a new one, as the month's decision demands."""
        owner = h.car is not None
        scraps = owner and h.car_due <= month + self.scrap_within
        trading_up = h.buy_due <= month < h.car_due
        again = self.q["car_replacement_probability"]
        if scraps and not trading_up and uniform(self.seed, FIRST_CAR, h.row, 10_000 + month) >= again:
            self.give_up(h, "scrapped", sales)
            self.wait(h, month, month + 1)
            return
        if not owner:
            h.car_km = self.distance(h)
            if self._takes_used(h, month, sales):
                return
        money = self._money(h, month, offers)
        chances = nested_logit(self._utilities(h, offers, money), self.nest)
        option = self._pick(chances, uniform(self.seed, POWERTRAIN, h.row, month))
        self._count(h, option, chances, month, offers, sales)
        if scraps:
            self.give_up(h, "scrapped", sales)
        elif owner:
            self._sell_on(h, month)
            self.give_up(h, "traded", sales)
        self.register(h, option, month, month, offers)
        self.wait(h, month, month + 1)

    def _takes_used(self, h: Household, month: int, sales: Sales) -> bool:
        q = self.q
        queue, (petrol, plug_in) = self.waiting[0], self.waiting
        if h.considers:
            u = uniform(self.seed, USED_CAR, h.row, 10_000 + month)
            queue = plug_in if u * (len(petrol) + len(plug_in)) < len(plug_in) else petrol
        if not queue:
            return False
        odds = math.log(q["car_used_share"] / (1.0 - q["car_used_share"]))
        odds += q["car_used_fall"] * (month - queue[0].since)
        chance = 1.0 / (1.0 + math.exp(-(odds - q["car_used_income_slope"] * math.log(self.relative(h)))))
        if uniform(self.seed, USED_CAR, h.row, month) >= chance:
            return False
        car = queue.popleft()
        h.car, h.car_bought, h.car_due = car.option, car.bought, car.due
        make = max(car.bought, 0) // 12
        h.car_energy = f32(self.uses[0][h.home_charger, make, car.option])
        h.car_fuel = f32(self.uses[1][h.home_charger, make, car.option])
        self.wait(h, month, month + 1)
        sales.add("used", h, car.option, h.weight)
        return True

    def _sell_on(self, h: Household, month: int) -> None:
        assert h.car is not None
        queue = self.waiting[1 if h.drives_nev else 0]
        if len(queue) < self.room:
            queue.append(UsedCar(h.car, h.car_bought, h.car_due, month))

    def _served(self, h: Household, k: int, month: int, offers: Offers) -> bool:
        if offers.needs_old_car[k] and h.car is None:
            return False
        return uniform(self.seed, COVERED, h.row, int(offers.grant_keys[k]) + month) < float(
            offers.covered[k, h.place]
        )

    def _for_all(self, h: Household, month: int, offers: Offers, j: int) -> float:
        """Return trade-in and loan money on option `j`, at most what the car costs."""
        scraps = h.car is not None and h.car_due <= month + self.scrap_within
        money = 0.0
        if scraps and h.car_bought <= offers.scrap_before:
            money = float(offers.scrap_money[j])
        if h.car is not None and not scraps:
            money = float(offers.swap_money[j])
        if uniform(self.seed, LOAN, h.row, month) < self.q["car_loan_share"]:
            money += float(offers.loan_money[h.place, h.quintile, j])
        return min(money, max(float(offers.cost[j]), 0.0))

    def _raised(self, h: Household, month: int, offers: Offers, j: int) -> list[float]:
        """Return the money on option `j` before any grant and after each of them."""
        steps = [self._for_all(h, month, offers, j)]
        for k in range(len(offers.grants)):
            each = float(offers.grants[k, h.place, h.quintile, j])
            served = each > 0.0 and self._served(h, k, month, offers)
            steps.append(min(steps[-1] + each, max(float(offers.cost[j]), 0.0)) if served else steps[-1])
        return steps

    def _money(self, h: Household, month: int, offers: Offers) -> list[float]:
        """Return the public money that this buyer would get on each option, yuan of 2022."""
        return [self._raised(h, month, offers, j)[-1] for j in range(OPTIONS)]

    def _utilities(self, h: Household, offers: Offers, money: list[float]) -> list[float | None]:
        """Return V_ij (None where closed): common part, tastes, plug, norm, money weighted by income."""
        q, b, p = self.q, self.price, h.place
        weight = b * (self.relative(h) * offers.income_level) ** (-q["car_price_income_exponent"])
        r, rho = q["soc_att_beh_r_cn"], q["car_taste_correlation"]
        z_bev = r * h.attitude + math.sqrt(1.0 - r * r) * h.taste_a
        z_phev = rho * z_bev + math.sqrt(1.0 - rho * rho) * h.taste_b
        sd, home = q["car_taste_sd_bev"], h.home_charger == 1
        norm = q["soc_norm_weight"] * h.heard("drove_nev")
        taste = sd * q["car_taste_sd_phev_ratio"] * z_phev
        plug = self.plug * q["car_charging_phev_weight"] if home else 0.0
        liking = (0.0, b * (taste + plug) + norm, b * (sd * z_bev + (self.plug if home else 0.0)) + norm)
        made: list[float | None] = []
        for j in range(OPTIONS):
            if offers.base[p, j] <= -1e30 or (j >= CLASSES and not h.considers):
                made.append(None)
                continue
            run = offers.run_home[j] if home else offers.run_away[j]
            spend = offers.cost[j] - money[j] + offers.fixed[p, h.quintile, j] + h.car_km * run
            made.append(float(offers.base[p, j] + liking[j // CLASSES] - weight * spend))
        return made

    def _pick(self, chances: list[float], u: float) -> int:
        """Return the option whose share of [0, 1) holds `u`; count choices and near ties."""
        self.choices += 1
        below, open_to = 0.0, [j for j in range(OPTIONS) if chances[j] > 0.0]
        for j in open_to[:-1]:
            below += chances[j]
            self.near_ties += abs(u - below) < NEAR_TIE
            if u < below:
                return j
        return open_to[-1]

    def _count(
        self, h: Household, option: int, chances: list[float], month: int, offers: Offers, sales: Sales
    ) -> None:
        p, g = h.place, h.quintile
        sales.buyers[p, g] = sales.buyers.get((p, g), 0) + 1
        sales.add("drawn", h, option, h.weight)
        for j in range(OPTIONS):
            sales.add("expected", h, j, h.weight * chances[j])
        steps = self._raised(h, month, offers, option)
        for k in range(len(offers.grants)):
            if offers.grants[k, p, g, option] > 0.0 and self._served(h, k, month, offers):
                sales.grant_units[k, p, g] = sales.grant_units.get((k, p, g), 0) + h.weight
                paid = h.weight * (steps[k + 1] - steps[k])
                sales.grant_money[k, p, g] = sales.grant_money.get((k, p, g), 0.0) + paid


def nested_logit(v: list[float | None], nest: float) -> list[float]:
    """Return P(j) = P(j | class) P(class) with class j % 4 (McFadden 1978), None being closed."""
    top = max(x for x in v if x is not None)
    odds, weights = [0.0] * len(v), []
    for c in range(CLASSES):
        inside = [j for j in range(c, len(v), CLASSES) if v[j] is not None]
        if not inside:
            weights.append(0.0)
            continue
        best = max(x for j in inside if (x := v[j]) is not None)
        for j in inside:
            odds[j] = math.exp((v[j] - best) / nest)  # type: ignore[operator]
        total = sum(odds[j] for j in inside)
        weights.append(math.exp(best - top + nest * math.log(total)))
        for j in inside:
            odds[j] *= weights[c] / total
    whole = sum(weights)
    return [x / whole for x in odds]


class Investor:
    """Builders of public chargers in one place: N* = N_0 (Q / Q_0)^a exp(s) in all; points never go away."""

    def __init__(self, points: float, cars: float, q: Mapping[str, float]) -> None:
        """Start with `points` for `cars` plug-in cars."""
        self.first_points, self.first_cars = max(points, 1e-9), max(cars, 1e-9)
        self.private, self.public, self.q = points, 0.0, q
        self.begun: list[tuple[int, float]] = []

    @property
    def points(self) -> float:
        """Return all points of the place."""
        return self.private + self.public

    @property
    def coming(self) -> float:
        """Return the public points whose works have begun."""
        return sum(number for _, number in self.begun)

    def finish(self, month: int) -> None:
        """Let works end that began long enough ago."""
        lag = round(self.q["charger_build_months"])
        self.public += sum(number for began, number in self.begun if began + lag <= month)
        self.begun = [(began, number) for began, number in self.begun if began + lag > month]

    def invest(self, month: int, cars: float) -> None:
        """Follow the cars, less what the public hand has built or begun."""
        years = (month + 1) / 12
        s = self.q["car_investor_rollout"] * (1.0 - math.exp(-years / self.q["car_investor_rollout_time"]))
        ratio = max(cars, self.first_cars) / self.first_cars
        wanted = self.first_points * ratio ** self.q["veh_ev_elasticity_chargers"] * math.exp(s)
        self.private = max(self.private, wanted - self.public - self.coming)
