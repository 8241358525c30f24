"""A slow run in plain Python beside the compiled model: same people, scenario, numbers and seed.

Households are objects, sums are loops. Shared with the model are tables (region, prices, public money, known
dates) and the synthetic people; everything that households and firms do is stated again.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from model.data.service_fleets import service_fleets
from model.domains.car_choice import Offers
from model.markets.car_offers import loan_money, quote
from model.start import grant_keys
from tests.oracle_cars import BEV, CLASSES, KINDS, OPTIONS, Sales
from tests.oracle_fleets import LEVER, RULED, CityFleet
from tests.oracle_homes import Homes
from tests.oracle_minds import Minds
from tests.oracle_people import Household
from tests.oracle_start import Row
from tests.oracle_travel import Trips


class Oracle(Minds):
    """A run. `people` by place, `book` month -> (measure, place[, fifth or option]) -> sum."""

    def __init__(self, *given: Any) -> None:
        """Give everyone a state for January 2015."""
        super().__init__(*given)
        self.trips = Trips(self)
        self.homes = Homes(self)

    def step(self) -> None:
        """Live a month."""
        month, sales, row = self.month, Sales(), {}
        self.homes.begin_month()
        self._turn_over(month, sales)
        for h in self.came:
            self.trips.draw(h, -2 - month)
            self.homes.come(h, month)
        if month > 0 and month % 12 == 0:
            self.homes.things.before_january(month)
            self._january(month // 12)
            self.dealers.first_rate = self._first_car_rate(month // 12)
            for h in self._living():
                self.dealers.plan_anew(h, month)
            self.homes.january(month)
        deciders = self._change_minds(month, row)
        self._build_chargers(month)
        offers = self._quote(month)
        covered = self._covered(month)
        self.dealers.clear_out(month)
        for h in self.rows:  # all see what others drove before anybody decides
            h.drove_nev = h.drives_nev
        for h in deciders:
            self.dealers.decide(h, month, offers, sales)
        self._follow_sales(sales)
        self.homes.buy(month, covered[len(self.car_grants) :])
        self._renew_fleets(month, offers, row)
        self.trips.travel(month, self._living(), row)
        self._pay_grants(month, sales, covered)
        self._account(month, sales, row)
        self.book.append(row)
        self.month += 1

    def _build_chargers(self, month: int) -> None:
        for investor in self.investors:
            investor.finish(month)
        if month % 3 != 0:
            return
        cars = [self._expected_nev(p) for p in range(self.places)]
        for investor, number in zip(self.investors, cars, strict=True):
            investor.invest(month, number)
        self.points_left = self.points_a_quarter + (self.points_left if month % 12 else 0.0)
        gap = {}
        for p, investor in enumerate(self.investors):
            floor = float(self.policy.delivered["charging_density"][month, p, 0])
            gap[p] = max(floor * cars[p] / 100.0 - investor.points - investor.coming, 0.0)
        for p in sorted(gap, key=lambda p: (-gap[p] / max(cars[p], 1e-9), p)):
            number = min(gap[p], self.points_left)
            self.points_left -= number
            if number > 0.0:
                self.investors[p].begun.append((month, number))

    def _quote(self, month: int) -> Offers:
        cars = [0.0] * self.places
        for (p, _, _), number in self._stock().items():
            cars[p] += number
        for fleet in self.fleets:
            cars[fleet.place] += sum(fleet.cars)
        density = [1000.0 * i.points / max(n, 1.0) for i, n in zip(self.investors, cars, strict=True)]
        levers = {name: path[month] for name, path in self.policy.delivered.items()}
        loans, _ = loan_money(self.market, month, levers["green_credit_discount"])
        grants, covered = self._grants(month), self._covered(month)[: len(self.car_grants)]
        return quote(
            self.market, month, np.array(density), levers["nev_road_right_advantage"][:, 0],
            levers["green_insurance_discount"], loans, grants, covered,
            np.array([grant.requires == "trade_in" for grant in self.car_grants], dtype=np.bool_),
            grant_keys(self.car_grants), float(self.series["income"][month]),
        )  # fmt: skip

    def _leave(self, h: Household, sales: Sales) -> None:
        self.homes.leave(h, self.month)
        super()._leave(h, sales)

    def _covered(self, month: int) -> Any:
        """Return the share of claims that each grant can serve in each place."""
        made = np.zeros((len(self.grants), self.places))
        for k, grant in enumerate(self.grants):
            share = self.funded(grant, month)
            for p in range(self.places):
                made[k, p] = grant.coverage[month, p] * self.claiming(grant) * share
        return made

    def _grants(self, month: int) -> Any:
        """Return what grants pay on each option of a car."""
        price = self.market.price[month // 12]
        money = np.zeros((len(self.car_grants), self.places, 5, OPTIONS))
        for k, grant in enumerate(self.car_grants):
            for p in range(self.places):
                for g in range(5):
                    most = math.inf if grant.cap is None else grant.cap
                    level = float(grant.amount[month, p, g])
                    for j in range(OPTIONS):
                        list_price = float(price[j // 4, j % 4])
                        dear = grant.price_ceiling and list_price > grant.price_ceiling
                        if KINDS[j // 4] in grant.options and not dear:
                            each = min(level * list_price if grant.of_price else level, most)
                            money[k, p, g, j] = each / float(self.market.cpi[month])
        return money

    def _pay_grants(self, month: int, sales: Sales, covered: Any) -> None:
        cpi, grants, first = float(self.series["cpi"][month]), self.grants, len(self.car_grants)
        if month % 12 == 0:
            self.spent = {}
        asked_for = {**sales.grant_money, **{(first + k, *c): x for (k, *c), x in self.homes.money.items()}}
        for pot in {(grant.pot or grant.instrument, grant.budget) for grant in grants}:
            mine = [k for k, g in enumerate(grants) if (g.pot or g.instrument, g.budget) == pot]
            money = {key: each * cpi for key, each in asked_for.items() if key[0] in mine}
            total, wanted, heard = sum(money.values()), 0.0, False
            for k in mine:
                share = sum(float(x) for x in covered[k]) / self.places
                claiming = self.claiming(grants[k])
                carried_out = sum(float(x) * claiming for x in grants[k].coverage[month]) / self.places
                asked = sum(each for key, each in money.items() if key[0] == k)
                if asked > 0.0 or share >= carried_out > 0.0:
                    wanted, heard = wanted + asked * carried_out / share, True
            self.claimed[pot] = wanted if heard else self.claimed.get(pot, 0.0)
            budget = math.inf if pot[1] is None else pot[1]
            paid = min(total, max(budget - self.spent.get(pot, 0.0), 0.0))
            self.spent[pot] = self.spent.get(pot, 0.0) + paid
            for (_, p, g), each in money.items():
                cell = (month // 12, p, g)
                self.paid[cell] = self.paid.get(cell, 0.0) + each * paid / total

    def _follow_sales(self, sales: Sales) -> None:
        """Expected stock of plug-in cars by place and last year's share of expected sales."""
        sold = [[0.0] * 3 for _ in range(self.places)]
        for (p, _, j), number in sales.flow["expected"].items():
            sold[p][j // CLASSES] += number

        def plug_in(flow: dict[tuple[int, int, int], float]) -> float:
            return sum(number for (_, _, j), number in flow.items() if j >= CLASSES)

        lost = -plug_in(sales.flow["used"])
        lost += sum(plug_in(sales.flow[name]) for name in ("scrapped", "left", "traded"))
        had = plug_in(dict(self._stock())) - plug_in(sales.flow["drawn"]) + lost
        rate = lost / had if had > 0 else 0.0
        self.household_nev = [
            n * (1.0 - rate) + s[1] + s[2] for n, s in zip(self.household_nev, sold, strict=True)
        ]
        self.recent = [*self.recent, sold][-12:]
        total = sum(x for m in self.recent for p in m for x in p)
        self.nev_share = sum(p[1] + p[2] for m in self.recent for p in m) / total if total > 0 else 0.0

    def _renew_fleets(self, month: int, offers: Offers, row: Row) -> None:
        share = float(self.series["fleet_share_of_car_sales"][month])
        for fleet in self.fleets:
            p = fleet.place
            if month % 3 == 2:
                sold = sum(x for m in self.recent[-3:] for n in fleet.near for x in m[n])
                number = sold * share / (1.0 - share)
                bound = float(self.region.fleet_rules[p])
                rule = {lever: 0.0 for lever in LEVER.values()}
                if bound > 0.0:
                    rule = {k: bound * float(self.policy.delivered[k][month, p, 0]) for k in rule}
                fleet.renew(month, number, offers, self.dealers.price, self.dealers.nest, rule)
                for j in range(OPTIONS):
                    _add(row, ("fleet_sales_" + KINDS[j // 4], p), fleet.bought[j])
            for j in range(OPTIONS):
                _add(row, ("fleet_cars_" + KINDS[j // 4], p), fleet.cars[j])
            for name in RULED:
                kept = fleet.all[name]
                for kind, stands, new in zip(
                    ("other", "clean"), kept.both(kept.cars), kept.both(kept.bought), strict=True
                ):
                    _add(row, (f"{name}_stock_{kind}", p), stands)
                    _add(row, (f"{name}_bought_{kind}", p), new if month % 3 == 2 else 0)
            _add(row, ("service_co2", p), self._service_co2(fleet, month))

    def _service_co2(self, fleet: CityFleet, month: int) -> float:
        """kg of buses, sanitation, express and cars for hire in a month."""
        q, market, total = self.q, self.market, 0.0
        grid, petrol, diesel = (
            float(self.series["grid_factor"][month]),
            q["ef_petrol_ttw"],
            q["ef_diesel_ttw"],
        )
        for name, each in service_fleets().items():
            old, new = fleet.all[name].cars
            litre = petrol if name == "express" else diesel
            total += each.km / 12 * (old * each.fuel * litre + new * each.kwh * grid) / 100
        for j, cars in enumerate(fleet.all["hire"].cars):
            kwh, litres = float(market.energy[0, month // 12, j]), float(market.fuel[0, month // 12, j])
            total += cars * q["hire_km"] / 12 * (litres * petrol + kwh * grid) / 100
        return total

    def _account(self, month: int, sales: Sales, row: Row) -> None:
        """Enter flows, stocks and what is driven: km answer the petrol price and the trips
        given up, BEV have a rebound."""
        q, market, series = self.q, self.market, self.series
        for name, cells in sales.flow.items():
            for (p, g, j), number in cells.items():
                shown = "sales" if name == "drawn" else name
                _add(row, (f"{shown}_{KINDS[j // 4]}", p, g), number)
                if name in ("drawn", "expected"):
                    _add(row, ("options" if name == "drawn" else "expected_options", p, j), number)
                if name == "drawn" and j == BEV * CLASSES:
                    _add(row, ("mini_bev_sales", p, g), number)
        for (p, g), count in sales.buyers.items():
            _add(row, ("buyers", p, g), count)
        for (_, p, g), units in sales.grant_units.items():
            _add(row, ("claims", p, g), units)
        answer = float(market.petrol[month] / market.usual_petrol) ** q["veh_fuel_price_elasticity"]
        usual = (answer, answer, 1.0 + q["veh_km_rebound_ev"])
        factor = self.trips.use(self._living(), usual)
        row |= self.homes.use(month, factor)
        petrol, grid = float(series["petrol_price"][month]), float(series["grid_factor"][month])
        for h in self._living():
            if h.car is None:
                continue
            p, g, kind = h.place, h.quintile, h.car // CLASSES
            km = h.weight * h.car_km * factor[p, g, kind] / 12
            litres, kwh = km * h.car_fuel / 100.0, km * h.car_energy / 100.0
            _add(row, (f"cars_{KINDS[kind]}", p, g), h.weight)
            _add(row, (f"km_{KINDS[kind]}", p, g), km)
            _add(row, ("litres", p, g), litres)
            _add(row, ("kwh", p, g), kwh)
            where = "home" if h.home_charger else "public"
            billed = kwh if self.homes.load(h) > 0.0 else 0.0
            spending = litres * petrol + (kwh - billed) * float(series[f"charging_price_{where}"][month])
            _add(row, ("kwh_away", p, g), 0.0 if h.home_charger else kwh)
            _add(row, ("energy_spending", p, g), spending)
            _add(row, ("co2", p, g), litres * q["ef_petrol_ttw"] + kwh * grid)
        for p, investor in enumerate(self.investors):
            _add(row, ("points", p), investor.points)
            _add(row, ("points_public", p), investor.public)


def _add(row: Row, key: tuple[Any, ...], amount: float) -> None:
    row[key] = row.get(key, 0.0) + amount
