"""The fleets of a region (articles 7, 11): cars for hire, of public institutions and of firms, buses,
sanitation trucks and express vans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED, QUARTER
from model.data.parameters import Parameters
from model.data.region import Region
from model.data.service_fleets import SERVICES, service_fleets
from model.domains.car_choice import BEV, ICE, Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.indicators.formula import RULED
from model.indicators.ledger import Ledger
from model.markets import services
from model.markets.fleet_choice import fleet_constants, fleet_shares, split_purchases
from model.markets.fleets import Fleet, by_cleanness
from model.markets.vehicles import CarMarket, tastes_of
from model.start import earlier_sales

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CARS = ("hire", "public", "company")
"""Fleets of cars; what the three buy in all is a share of all cars sold."""
RULES = {
    "hire": ("bus_taxi_clean_share", "fleet_comply_hire"),
    "public": ("gov_nev_min_share", "pi_compliance_county"),
    "bus": ("bus_taxi_clean_share", "fleet_comply_bus"),
    "sanitation": ("service_fleet_nev_share", "pi_compliance_county"),
    "express": ("service_fleet_nev_share", "fleet_comply_express"),
}
"""Fleets that are bound: the lever that binds them, and the parameter that says who obeys."""


class Depots:
    """All fleets. `fleets` by name, `towns` (F,) the places where they are kept and charged, `town` (P,) the
    town that each place buys with; `car_counts`, `car_sales` (P, 12) cars in use and bought last; `shares`
    (F, 12) of options in the last purchases of all car fleets without a rule, `wanted` (3, F, 12) these
    purchases by fleet under the rules; `weights` (M, 3) of these fleets, `choices` of the services."""

    def __init__(
        self,
        model: Any,
        region: Region,
        parameters: Parameters,
        series: Mapping[str, Floats],
        market: CarMarket,
        ages: Floats,
    ) -> None:
        """Give the fleets their first vehicles; `model` is the home of those who run them, `ages` the
        cumulated ages of cars in January 2015."""
        self.region, self.parameters, self.series = region, parameters, series
        self.towns: Ints = np.array([p for p, place in enumerate(region.places) if place.urban], np.int64)
        last = {region.places[p].city: p for p in self.towns.tolist()}
        self.town: Ints = np.array(
            [p if place.urban else last[place.city] for p, place in enumerate(region.places)], np.int64
        )
        self._city = np.searchsorted(self.towns, self.town)
        lives = {name: parameters["fleet_life"] for name in CARS}
        lives |= {name: fleet.life for name, fleet in service_fleets().items()}
        self.fleets = {
            name: Fleet(model, self.towns.size, OPTIONS if name in CARS else 2, life)
            for name, life in lives.items()
        }
        self._tastes, self._constants = tastes_of(parameters), fleet_constants(parameters)
        self.weights = self._fleet_weights()
        self._follows = {name: parameters[key] for name, (_, key) in RULES.items()}
        self._obey = np.array([self._follows.get(name, 0.0) for name in CARS])
        self._bound: Floats = region.fleet_rules[self.towns]
        self._targets = services.targets(region, self.towns, self._city)
        self.choices = services.choices(parameters, series)
        self._carbon = self._kg_a_month(market)
        places = len(region.places)
        self.car_counts, self.car_sales = np.zeros((places, OPTIONS), np.int64), np.zeros((places, OPTIONS))
        self._standing = np.zeros((places, self._carbon.shape[1]))
        self._row = np.zeros((places, 4 * len(RULED) + 1))
        self.shares, self._scratch = np.zeros((self.towns.size, OPTIONS)), np.zeros(OPTIONS)
        self.wanted = np.zeros((len(CARS), self.towns.size, OPTIONS))
        self._least, self._before = np.zeros((2, len(CARS), self.towns.size))
        self._begin_cars(ages, market)
        self._begin_services()
        self._count()

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What fleets carry from month to month, by fleet and name."""
        found = {f"{f}:{name}": a for f, fleet in self.fleets.items() for name, a in fleet.counts.items()}
        return found | {
            "cars": self.car_counts, "sales": self.car_sales, "row": self._row, "standing": self._standing,
            "before": self._before,
        }  # fmt: skip

    def _fleet_weights(self) -> Floats:
        """Return the parts of the fleets in CARS in what they buy in all (M, 3)."""
        total, public = self.series["fleet_share_of_car_sales"], self.parameters["fleet_public_share"]
        hire = self.region.activity["hire_share_of_car_sales"] / np.maximum(total, 1e-9)
        hire = np.minimum(hire, 1.0 - public)
        return np.stack([hire, np.full(MONTHS, public), 1.0 - hire - public], axis=1)

    def _begin_cars(self, ages: Floats, market: CarMarket) -> None:
        """Give fleets the cars that they would hold had they always bought their share of 2015.

        Monthly sales f / (1 - f) S n(m): S households' cars of the city, n(m) the sales behind their ages,
        f the share of fleets in new cars of January 2015 (nothing earlier is known).
        """
        q, region = self.parameters, self.region
        share = float(self.series["fleet_share_of_car_sales"][0])
        owned = np.bincount(self._city, region.cars_2015 * region.households[0], self.towns.size)
        mixes = np.zeros((2, 3, CLASS_COUNT))
        mixes[0, ICE] = mixes[1, BEV] = region.market.mix[0, ICE]
        young = max((round(q["car_nev_oldest_2015"]) + 1) // QUARTER, 1)
        for name, weight in zip(CARS, self.weights[0].tolist(), strict=True):
            fleet = self.fleets[name]
            sales = earlier_sales(ages, q["car_stock_growth_2015"], fleet.months)
            sales = np.add.reduceat(sales, np.arange(0, fleet.months, QUARTER))
            bought = np.outer(sales, owned * share / (1.0 - share) * weight)
            fleet.begin(bought, mixes.reshape(2, OPTIONS), region.nev_share_2015, young)

    def _begin_services(self) -> None:
        """Give buses, sanitation and express what they need, bought evenly over a life."""
        young = round(self.parameters["fleet_clean_oldest_2015"] * MONTHS_A_YEAR / QUARTER)
        for k, name in enumerate(SERVICES):
            fleet = self.fleets[name]
            bought = np.tile(self._targets[0, k] / fleet.quarters, (fleet.quarters, 1))
            clean = self.parameters["fleet_clean_2015_bus"] if name == "bus" else 0.0
            fleet.begin(bought, np.eye(2), clean, young)

    def _kg_a_month(self, market: CarMarket) -> Floats:
        """Return the kg of CO2 a month (M, 6 + 12) of a vehicle of SERVICES (usual, clean) and of a car for
        hire by option, at the energy of the cars on offer."""
        km, grid = self.parameters["hire_km"], self.series["grid_factor"]
        litres, kwh = (np.repeat(a[0], MONTHS_A_YEAR, axis=0) / 100.0 for a in (market.fuel, market.energy))
        hire = km * (litres * self.parameters["ef_petrol_ttw"] + kwh * grid[:, None]) / MONTHS_A_YEAR
        of_services = services.carbon(self.parameters, grid).reshape(MONTHS, -1)
        return np.concatenate([of_services, hire], axis=1)

    def renew(
        self, month: int, offers: Offers, sales: Floats, levers: Mapping[str, Floats], ledger: Ledger
    ) -> bool:
        """Each quarter fleets buy, cars in proportion to what households of their city bought in it; tells
        whether they did. Stocks and CO2 are entered each month. `sales` (12, P, 3) of the last months, by
        month of the year."""
        due = month % QUARTER == QUARTER - 1
        if due:
            rules = self._rules(levers)
            quarter = [(month - k) % MONTHS_A_YEAR for k in range(QUARTER)]
            self._buy_cars(month, offers, sales[quarter].sum(axis=(0, 2)), rules)
            self._buy_services(month // QUARTER, rules)
            self._count()
            ledger.write_fleet_sales(month, self.car_sales)
        elif month % QUARTER == 0:
            self._row[:, : 2 * len(RULED)] = 0.0
        self._row[:, -1] = self._standing @ self._carbon[month]
        ledger.write_fleets(month, self.car_counts, self._row)
        return due

    def _rules(self, levers: Mapping[str, Floats]) -> dict[str, Floats]:
        """Return the least clean share of purchases by fleet and town (F,), 0 where no rule acts."""
        if not self._bound.any():
            return dict.fromkeys(RULES, np.zeros(self.towns.size))
        return {name: levers[lever][self.towns, 0] * self._bound for name, (lever, _) in RULES.items()}

    def _buy_cars(self, month: int, offers: Offers, sold: Floats, rules: Mapping[str, Floats]) -> None:
        q, taste = self.parameters, self._tastes
        share = self.series["fleet_share_of_car_sales"][month]
        number = np.bincount(self._city, sold, self.towns.size) * share / (1.0 - share)
        fleet_shares(
            offers, self.towns, self._constants[month // MONTHS_A_YEAR], taste.price, taste.nest,
            q["fleet_km"], q["fleet_price_weight"], self._scratch, self.shares,
        )  # fmt: skip
        for k, name in enumerate(CARS):
            if name in rules:
                self._least[k] = rules[name]
                if month < PLAN_ISSUED:
                    self._before[k] = rules[name]
        split_purchases(
            offers, self.towns, self.shares, number, self.weights[month], q["fleet_hire_odds"], self._least,
            self._before, self._obey, self.wanted,
        )  # fmt: skip
        for k, name in enumerate(CARS):
            self.fleets[name].renew(month // QUARTER, self.wanted[k])

    def _buy_services(self, quarter: int, rules: Mapping[str, Floats]) -> None:
        for k, name in enumerate(SERVICES):
            choice = self.choices[name]
            self.fleets[name].replace(
                quarter, self._targets[quarter + 1, k], rules[name], float(choice.clean[quarter]),
                self._follows[name] * float(choice.bear[quarter]),
            )  # fmt: skip

    def _count(self) -> None:
        """Count what stands and what was bought, by option and by cleanness."""
        cars = [self.fleets[name] for name in CARS]
        self.car_counts[self.towns] = sum(fleet.cars for fleet in cars)
        self.car_sales[self.towns] = sum(fleet.bought for fleet in cars)
        for n, name in enumerate(RULED):
            fleet = self.fleets[name]
            by_cleanness(self.towns, fleet.bought, self._row, 2 * n)
            by_cleanness(self.towns, fleet.cars, self._row, 2 * (len(RULED) + n))
        for n, name in enumerate(SERVICES):
            self._standing[self.towns, 2 * n : 2 * n + 2] = self.fleets[name].cars
        self._standing[self.towns, 2 * len(SERVICES) :] = self.fleets["hire"].cars
