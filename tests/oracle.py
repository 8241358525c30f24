"""A slow run in plain Python beside the compiled model: same people, scenario, numbers and seed.

Households are objects, sums are loops. Shared with the model are tables (region, prices, public money, known
dates) and the synthetic people; everything that households and firms do is stated again.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from model.domains.transport import Offers
from model.markets.vehicles import loan_money, quote
from model.start import grant_keys
from tests.oracle_cars import BEV, CLASSES, KINDS, OPTIONS, Sales
from tests.oracle_minds import Minds
from tests.oracle_start import Row


class Oracle(Minds):
    """A run. `people` by place, `book` month -> (measure, place[, fifth or option]) -> sum."""

    def step(self) -> None:
        """Live a month."""
        month, sales, row = self.month, Sales(), {}
        self._turn_over(month, sales)
        if month > 0 and month % 12 == 0:
            self._january(month // 12)
            self._wishes(month // 12)
        deciders = self._change_minds(month, row)
        self._build_chargers(month)
        offers = self._quote(month)
        self.dealers.clear_out(month)
        for h in deciders:
            self.dealers.decide(h, month, offers, sales)
        self._follow_sales(sales)
        self._renew_fleets(month, offers, row)
        self._pay_grants(month, sales, offers)
        self._account(month, sales, row)
        self.book.append(row)
        self.month += 1

    def _build_chargers(self, month: int) -> None:
        if month % 3 == 0:
            for p, investor in enumerate(self.investors):
                floor = float(self.policy.delivered["charging_density"][month, p, 0])
                investor.invest(month, float(self.expected_nev[p]), floor)

    def _quote(self, month: int) -> Offers:
        cars = [0.0] * self.places
        for (p, _, _), number in self._stock().items():
            cars[p] += number
        for fleet in self.fleets:
            cars[fleet.place] += sum(fleet.cars)
        density = [1000.0 * i.points / max(n, 1.0) for i, n in zip(self.investors, cars, strict=True)]
        levers = {name: path[month] for name, path in self.policy.delivered.items()}
        loans, _ = loan_money(self.market, month, levers["green_credit_discount"])
        grants, covered = self._grants(month)
        return quote(
            self.market, month, np.array(density), levers["nev_road_right_advantage"][:, 0],
            levers["green_insurance_discount"], loans, grants, covered,
            np.array([grant.requires == "trade_in" for grant in self.policy.grants], dtype=np.bool_),
            grant_keys(self.policy.grants), float(self.series["income"][month]),
        )  # fmt: skip

    def _grants(self, month: int) -> tuple[Any, Any]:
        """Return what grants pay on each option and the share of claims that they can serve."""
        if month % 12 == 0:
            self.spent = [0.0] * len(self.spent)
        price = self.market.price[month // 12]
        money = np.zeros((len(self.policy.grants), self.places, 5, OPTIONS))
        covered = np.zeros((len(self.policy.grants), self.places))
        for k, grant in enumerate(self.policy.grants):
            left = math.inf if grant.budget is None else max(grant.budget - self.spent[k], 0.0)
            share = min(1.0, left / self.claimed[k]) if self.claimed[k] > 0.0 else float(left > 0.0)
            for p in range(self.places):
                covered[k, p] = grant.coverage[month, p] * share
                for g in range(5):
                    most = math.inf if grant.cap is None else grant.cap
                    each = min(float(grant.amount[month, p, g]), most) / float(self.market.cpi[month])
                    for j in range(OPTIONS):
                        dear = grant.price_ceiling and price[j // 4, j % 4] > grant.price_ceiling
                        if KINDS[j // 4] in grant.options and not dear:
                            money[k, p, g, j] = each
        return money, covered

    def _pay_grants(self, month: int, sales: Sales, offers: Offers) -> None:
        cpi = float(self.series["cpi"][month])
        for k, grant in enumerate(self.policy.grants):
            claims = {key[1:]: money * cpi for key, money in sales.grant_money.items() if key[0] == k}
            total = sum(claims.values())
            share = sum(float(x) for x in offers.covered[k]) / self.places
            carried_out = sum(float(x) for x in grant.coverage[month]) / self.places
            if share > 0.0:
                self.claimed[k] = total * carried_out / share
            budget = math.inf if grant.budget is None else grant.budget
            paid = min(total, max(budget - self.spent[k], 0.0))
            self.spent[k] += paid
            for (p, g), money in claims.items():
                key = (month // 12, p, g)
                self.paid[key] = self.paid.get(key, 0.0) + money * paid / total

    def _follow_sales(self, sales: Sales) -> None:
        """Expected stock of plug-in cars by place and last year's share of expected sales."""
        sold = [[0.0] * 3 for _ in range(self.places)]
        for (p, _, j), number in sales.flow["expected"].items():
            sold[p][j // CLASSES] += number
            self.expected_nev[p] += number if j >= CLASSES else 0.0
        for name, sign in (("scrapped", -1), ("left", -1), ("traded", -1), ("used", 1)):
            for (p, _, j), number in sales.flow[name].items():
                self.expected_nev[p] += sign * number if j >= CLASSES else 0
        self.recent = [*self.recent, sold][-12:]
        total = sum(x for m in self.recent for p in m for x in p)
        self.nev_share = sum(p[1] + p[2] for m in self.recent for p in m) / total if total > 0 else 0.0

    def _renew_fleets(self, month: int, offers: Offers, row: Row) -> None:
        share = float(self.series["fleet_share_of_car_sales"][month])
        for fleet in self.fleets:
            if month % 3 == 2:
                near = [p for p in range(self.places) if self.town[p] == fleet.place]
                number = sum(x for m in self.recent[-3:] for p in near for x in m[p]) * share / (1.0 - share)
                fleet.renew(month, number, offers, self.dealers.price, self.dealers.nest)
                self.expected_nev[fleet.place] += sum(fleet.bought[CLASSES:]) - sum(fleet.retired[CLASSES:])
                for j in range(OPTIONS):
                    _add(row, ("fleet_sales_" + KINDS[j // 4], fleet.place), fleet.bought[j])
            for j in range(OPTIONS):
                _add(row, ("fleet_cars_" + KINDS[j // 4], fleet.place), fleet.cars[j])

    def _account(self, month: int, sales: Sales, row: Row) -> None:
        """Enter flows, stocks and what is driven: km answer the petrol price, BEV have a rebound."""
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
        factor = (answer, answer, 1.0 + q["veh_km_rebound_ev"])
        petrol, grid = float(series["petrol_price"][month]), float(series["grid_factor"][month])
        for h in self._living():
            if h.car is None:
                continue
            p, g, kind = h.place, h.quintile, h.car // CLASSES
            km = h.weight * h.car_km * factor[kind] / 12
            litres, kwh = km * h.car_fuel / 100.0, km * h.car_energy / 100.0
            _add(row, (f"cars_{KINDS[kind]}", p, g), h.weight)
            _add(row, (f"km_{KINDS[kind]}", p, g), km)
            _add(row, ("litres", p, g), litres)
            _add(row, ("kwh", p, g), kwh)
            spending = litres * petrol + kwh * float(series["charging_price_home"][month])
            _add(row, ("energy_spending", p, g), spending)
            _add(row, ("co2", p, g), litres * q["ef_petrol_ttw"] + kwh * grid)
        for p, investor in enumerate(self.investors):
            _add(row, ("points", p), investor.points)
            _add(row, ("points_public", p), investor.public)


def _add(row: Row, key: tuple[Any, ...], amount: float) -> None:
    row[key] = row.get(key, 0.0) + amount
