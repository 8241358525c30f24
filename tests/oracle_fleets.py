"""Fleets of one town in plain Python: cars for hire, of institutions, of firms, and vehicles of services.

Written from the equations in the docstrings of `model.markets.fleet_choice`, `fleets` and `services`; tables
are shared.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping

from model.data.region import Region
from model.data.service_fleets import service_fleets
from model.domains.car_choice import Offers
from tests.oracle_cars import BEV, CLASSES, KINDS, OPTIONS, nested_logit

CARS = ("hire", "public", "company")
SERVICES = ("bus", "sanitation", "express")
RULED = ("hire", "public", *SERVICES)
LEVER = {
    "hire": "bus_taxi_clean_share", "bus": "bus_taxi_clean_share", "public": "gov_nev_min_share",
    "sanitation": "service_fleet_nev_share", "express": "service_fleet_nev_share",
}  # fmt: skip
OBEYS = {
    "hire": "fleet_comply_hire", "public": "pi_compliance_county", "bus": "fleet_comply_bus",
    "sanitation": "pi_compliance_county", "express": "fleet_comply_express",
}  # fmt: skip


class Cohorts:
    """Vehicles of one fleet in one town, one cohort a quarter, the oldest first."""

    def __init__(self, options: int, quarters: int) -> None:
        self.quarters = quarters
        self.cars, self.carry = [0] * options, [0.0] * options
        self.bought, self.retired = [0] * options, [0] * options
        self.cohorts: deque[list[int]] = deque()

    def retire(self) -> None:
        """Let go what is past its life."""
        full = len(self.cohorts) == self.quarters
        self.retired = self.cohorts.popleft() if full else [0] * len(self.cars)
        self.cars = [a - b for a, b in zip(self.cars, self.retired, strict=True)]

    def take(self, bought: list[int]) -> None:
        """Enter a quarter's purchases."""
        self.bought = bought
        self.cohorts.append(bought)
        self.cars = [a + b for a, b in zip(self.cars, bought, strict=True)]

    def renew(self, wanted: list[float]) -> None:
        """Retire and buy; fractions wait for the next quarter."""
        self.retire()
        self.carry = [a + b for a, b in zip(self.carry, wanted, strict=True)]
        bought = [math.floor(a) for a in self.carry]
        self.carry = [a - b for a, b in zip(self.carry, bought, strict=True)]
        self.take(bought)

    def refill(self, target: int, clean: float) -> None:
        """Retire and buy up to a target, the share `clean` of it clean vehicles."""
        self.retire()
        number = max(0, target - sum(self.cars))
        self.carry[1] += clean * number
        new = min(math.floor(self.carry[1]), number)
        self.carry[1] -= new
        self.take([number - new, new])

    def both(self, vehicles: list[int]) -> tuple[int, int]:
        """Return how many are not clean and how many are."""
        first = CLASSES if len(vehicles) == OPTIONS else 1
        return sum(vehicles[:first]), sum(vehicles[first:])


class CityFleet:
    """Vehicles that persons do not buy, of one city."""

    def __init__(
        self,
        place: int,
        near: list[int],
        q: Mapping[str, float],
        series: Mapping[str, list[float]],
        region: Region,
    ) -> None:
        """Start without vehicles. `near` the places that buy with the town, `series` by name by month."""
        self.place, self.near, self.q, self.series, self.region = place, near, q, series, region
        self.months = round(q["fleet_life"] * 12)
        self.before: dict[str, float] = {}
        self.all = {name: Cohorts(OPTIONS, math.ceil(self.months / 3)) for name in CARS}
        for name, fleet in service_fleets().items():
            self.all[name] = Cohorts(2, math.ceil(round(fleet.life * 12) / 3))

    @property
    def cars(self) -> list[int]:
        """Return the cars in use by option."""
        return [sum(kind) for kind in zip(*(self.all[name].cars for name in CARS), strict=True)]

    @property
    def bought(self) -> list[int]:
        """Return the cars bought last by option."""
        return [sum(kind) for kind in zip(*(self.all[name].bought for name in CARS), strict=True)]

    def weights(self, month: int) -> list[float]:
        """Return how the purchases of cars divide among hire, institutions and firms."""
        hire = float(self.region.activity["hire_share_of_car_sales"][month])
        public = self.q["fleet_public_share"]
        hire = min(hire / self.series["fleet_share_of_car_sales"][month], 1.0 - public)
        return [hire, public, 1.0 - hire - public]

    def begin(self, sales: list[float], mix: list[float], nev_share: float) -> None:
        """Buy the vehicles of the years before 2015: cars by `sales` a month, the latest first, BEVs young;
        the others evenly."""
        quarters = [sum(sales[k : k + 3]) for k in range(0, self.months, 3)]
        young = (round(self.q["car_nev_oldest_2015"]) + 1) // 3
        odds = min(nev_share * sum(quarters) / sum(quarters[:young]), 1.0) if sum(quarters) > 0 else 0.0
        for name, weight in zip(CARS, self.weights(0), strict=True):
            for k in reversed(range(len(quarters))):
                number, bev = quarters[k] * weight, odds if k < young else 0.0
                self.all[name].renew(
                    [number * (1.0 - bev) * x for x in mix] + [0.0] * 4 + [number * bev * x for x in mix]
                )
        for name in SERVICES:
            fleet, clean = self.all[name], self.q["fleet_clean_2015_bus"] if name == "bus" else 0.0
            young, number = round(self.q["fleet_clean_oldest_2015"] * 4), self.need(name, 0) / fleet.quarters
            odds = min(clean * fleet.quarters / young, 1.0)
            for k in reversed(range(fleet.quarters)):
                new = number * odds if k < young else 0.0
                fleet.renew([number - new, new])

    def renew(
        self, month: int, number: float, offers: Offers, price: float, nest: float, rule: dict[str, float]
    ) -> None:
        """Buy `number` cars, and what the services need; `rule` binds by lever."""
        shares = nested_logit(self._utilities(month, offers, price), nest)
        s = min(sum(shares[CLASSES:]), 1.0)
        weights = self.weights(month)
        compact = offers.base[self.place, BEV * CLASSES + 1] > -1e30
        for name, weight, own in zip(CARS, weights, self._own(s, *weights), strict=True):
            clean = own
            if name in LEVER:
                if month < 89:
                    self.before[name] = rule[LEVER[name]]
                now, then = (max(r - own, 0.0) for r in (rule[LEVER[name]], self.before[name]))
                clean = max(own + (now - then) * self.q[OBEYS[name]], 0.0)
            wanted = [weight * number * x for x in shares]
            for j in range(OPTIONS):
                if j < CLASSES:
                    wanted[j] *= (1.0 - clean) / (1.0 - s) if s < 1.0 else 0.0
                else:
                    wanted[j] *= clean / s if s > 0.0 else 0.0
            if s <= 0.0:
                wanted = [weight * number * x * ((1.0 - clean) if compact else 1.0) for x in shares]
                wanted[BEV * CLASSES + 1] = weight * number * clean if compact else 0.0
            self.all[name].renew(wanted)
        for name in SERVICES:
            self.all[name].refill(self.need(name, month), self._clean(name, month, rule[LEVER[name]]))

    def _own(self, s: float, hire: float, public: float, rest: float) -> tuple[float, float, float]:
        """Shares of plug-in cars without a rule: the mean over the three is s."""
        odds = self.q["fleet_hire_odds"]
        mine = odds * s / (1.0 - s + odds * s) if s > 0.0 else 0.0
        if hire > 0.0:
            mine = max(min(mine, 1.0, s * (1.0 - public) / hire), (s * (1.0 - public) - rest) / hire, 0.0)
        left = max(min((s - hire * mine - public * s) / rest, 1.0), 0.0) if rest > 0.0 else s
        return mine, s, left

    def _clean(self, name: str, month: int, rule: float) -> float:
        """Clean share of purchases: those for whom it pays, and those who obey and can bear it."""
        q, fleet, y = self.q, service_fleets()[name], month // 12
        cpi, r = self.series["cpi"][month], q["fleet_discount"]
        years = sum((1.0 + r) ** -k for k in range(1, round(fleet.life) + 1))
        ratio = q["diesel_price_ratio"] if name != "express" else 1.0
        fuel = years * fleet.km * fleet.fuel / 100 * self.series["petrol_price"][month] * ratio / cpi
        power = years * fleet.km * fleet.kwh / 100 * self.series["charging_price_public"][month] / cpi
        x = (float(fleet.extra_price[y]) + fleet.burden + power - fuel) / (fleet.price + fuel)
        spread = q["fleet_cost_spread"]
        own = 1.0 / (1.0 + math.exp(x / spread))
        bears = 1.0 / (1.0 + math.exp((x - q["fleet_rule_premium"]) / spread))
        return own + max(0.0, rule - own) * q[OBEYS[name]] * bears

    def need(self, name: str, month: int) -> int:
        """Vehicles that the town needs; month 0 stands for what came before."""
        units, region = service_fleets()[name].units, self.region
        if name != "express":
            return round(self._residents(self.place, month) / 10_000 * units)
        everyone = sum(self._residents(p, month) for p in range(len(region.places)))
        sent = [float(x) for x in region.activity["express_parcels"][max(0, month - 11) : month + 1]]
        part = sum(self._residents(p, month) for p in self.near) / everyone
        return round(sum(sent) / len(sent) * part * units)

    def _residents(self, p: int, month: int) -> float:
        """Persons, on a line between the ends of years."""
        ends = [0, *range(11, 192, 12)]
        years = [0, *range(16)]
        k = max(i for i in range(len(ends)) if ends[i] <= month)
        last = float(self.region.households[ends[k], p]) * float(self.region.household_size[years[k], p])
        if ends[k] == month:
            return last
        after = k + 1
        then = float(self.region.households[ends[after], p])
        then *= float(self.region.household_size[years[after], p])
        return last + (then - last) * (month - ends[k]) / (ends[after] - ends[k])

    def _utilities(self, month: int, offers: Offers, price: float) -> list[float | None]:
        q, p, year = self.q, self.place, min(2015 + month // 12, int(self.q["car_fit_last_year"]))
        made: list[float | None] = []
        for j in range(OPTIONS):
            if offers.base[p, j] <= -1e30:
                made.append(None)
                continue
            own = 0.0 if j < CLASSES else q.get(f"fit_fleet_{KINDS[j // CLASSES]}_{year}", 0.0)
            fixed = sum(float(offers.fixed[p, g, j]) for g in range(5)) / 5
            spend = float(offers.cost[j]) + fixed + q["fleet_km"] * float(offers.run_away[j])
            made.append(float(offers.base[p, j]) + own - q["fleet_price_weight"] * price * spend)
        return made
