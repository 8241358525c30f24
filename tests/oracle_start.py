"""January 2015 in plain Python: the first state of every household, and what happens each January.

Tables (region, prices, public money, known dates) and the synthetic people are shared with the model.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from model.data.months import PLAN_ISSUED
from model.data.parameters import Parameters
from model.institutions.policy import Grant, Policy
from model.markets.car_offers import quote
from model.markets.foresight import foresight
from model.markets.vehicles import open_market
from model.population.synthesis import Population
from model.start import exogenous
from tests.oracle_cars import BEV, CLASSES, OPTIONS, Dealers, Investor
from tests.oracle_fleets import CityFleet
from tests.oracle_people import (
    CONSIDER,
    INITIAL,
    Household,
    Incomes,
    befriend,
    exponential,
    f32,
    grow_older,
    lifetime,
    uniform,
)

Row = dict[tuple[Any, ...], float]


class Start:
    """A run. `people` by place, `book` month -> (measure, place[, fifth or option]) -> sum."""

    def __init__(self, population: Population, policy: Policy, parameters: Parameters, seed: int) -> None:
        """Give everyone a state for January 2015."""
        self.region, self.policy, self.seed, self.month = population.region, policy, seed, 0
        self.q = q = parameters.replace(policy.parameters) if policy.parameters else parameters
        self.series = exogenous(self.region, q, policy)
        self.car_grants = [grant for grant in policy.grants if grant.goods == "cars"]
        self.grants = [*self.car_grants, *(g for g in policy.grants if g.goods == "appliances")]
        self.starts = [int(s) for s in population.starts]
        self.places = len(self.region.places)
        self._read(population)
        befriend(self.rows, self.starts, population.rewire, population.same_place)
        self._numbers()
        self.dealers = Dealers(q, seed, len(self.rows))
        self.book: list[Row] = []
        self.spent: dict[tuple[str, float | None], float] = {}
        self.claimed: dict[tuple[str, float | None], float] = {}
        self.paid: dict[tuple[int, int, int], float] = {}
        self.reserve: list[list[Household]] = []
        self._settle([int(x) for x in population.order])
        self._january(0)
        self._first_minds()
        self._open_traffic()

    def claiming(self, grant: Grant) -> float:
        """Return the chance that somebody entitled to a grant claims it."""
        return float(self.q[grant.take_up]) if grant.take_up else 1.0

    def funded(self, grant: Grant, month: int) -> float:
        """Return the share of claims that the budget of a grant will pay in `month`."""
        pot = (grant.pot or grant.instrument, grant.budget)
        spent = self.spent.get(pot, 0.0) if month % 12 else 0.0
        left = math.inf if grant.budget is None else max(grant.budget - spent, 0.0)
        claimed = self.claimed.get(pot, 0.0)
        return min(1.0, left / claimed) if claimed > 0.0 else float(left > 0.0)

    def _read(self, population: Population) -> None:
        c = population.columns
        self.rows = [
            Household(
                row=i, weight=int(c.weight[i]), place=int(c.place[i]), attitude=float(c.attitude[i]),
                taste_a=float(c.taste_a[i]), taste_b=float(c.taste_b[i]), km_z=float(c.km_z[i]),
                home_charger=int(c.home_charger[i]), car=0 if c.car[i] == 0 else None, size=int(c.size[i]),
                income_z=float(c.income_z[i]),
            )
            for i in range(len(c.weight))
        ]  # fmt: skip
        self.people = [self.rows[self.starts[p] : self.starts[p + 1]] for p in range(self.places)]

    def _numbers(self) -> None:
        """Attention and influence: rates a month, pull such that the reference publicity rests at its
        level."""
        q = self.q
        self.hazard = q["hh_dissolution"] / 12
        self.forget = 2.0 ** (1.0 / q["soc_publicity_halflife"]) - 1.0
        level = q["aw_reference_level"]
        pull = self.forget * level / (1.0 - level)
        self.gain = pull / math.log1p(q["aw_reference_exposures"])
        self.talk = q["aw_word_of_mouth"] * pull
        told = self.policy.delivered["publicity_intensity"][PLAN_ISSUED - 1].tolist()
        told_2022 = sum(map(sum, told)) / (len(told) * 5)
        rest = self.gain * math.log1p(max(told_2022, 0.0))
        self.attention_2022 = rest / (rest + self.forget)
        r = q["soc_intention_behaviour"] * q["soc_intention_causal"]
        self.slope = 2.0 * r / math.sqrt(1.0 - r * r)
        self.norm = self.slope * q["soc_tpb_sn"] / q["soc_norm_sd"]
        self.nev_share = 0.0
        self.scrap_shift = [[[[0.0] * 2 for _ in range(5)] for _ in range(self.places)] for _ in range(2)]
        self.surveyed: Row = {}
        self._promises: dict[int, list[list[list[list[list[float]]]]]] = {}
        self.recent: list[list[list[float]]] = []

    def _settle(self, order: list[int]) -> None:
        """Wake rows in their order while the target lies more than half a row away; the rest is reserve."""
        self.alive = [0] * self.places
        for p in range(self.places):
            queue = [self.rows[i] for i in order[self.starts[p] : self.starts[p + 1]]]
            while queue and self.alive[p] + queue[0].weight // 2 < int(self.region.households[0, p]):
                h = queue.pop(0)
                h.active, h.dissolve_due = True, lifetime(self.seed, h.row, 0, self.hazard)
                self.alive[p] += h.weight
            self.reserve.append(queue[::-1])

    def _january(self, year: int) -> None:
        q, region = self.q, self.region
        factor = float(self.series["income"][year * 12])
        self.incomes: Incomes = grow_older(
            self.people, year, region.household_size[year].tolist(),
            [float(x) * factor for x in region.income[year]], region.income_log_sd.tolist(),
            q["hh_income_persistence"], self.seed,
        )  # fmt: skip
        for h in self._living():
            if not h.considers:
                h.openness = self._openness(h)

    def _openness(self, h: Household) -> float:
        """Return exp of intention's steady part and the log odds of income and of a rural place."""
        q, region = self.q, self.region
        homes = region.households[0].tolist()
        mean = sum(a * b for a, b in zip(region.home_charger.tolist(), homes, strict=True)) / sum(homes)
        sd = math.sqrt(mean * (1.0 - mean))
        a, c = q["soc_tpb_att"], q["soc_tpb_pbc"]
        spread = self.slope * math.sqrt(a * a + c * c)
        control = (h.home_charger - mean) / sd if sd > 0 else 0.0
        lift = self.slope * (a * h.attitude + c * control) - 0.5 * spread * spread
        if not region.places[h.place].urban:
            lift += math.log(q["car_consideration_rural_or"])
        log_income = max(h.log_income, math.log(q["car_relative_income_floor"]))
        return f32(math.exp(lift + math.log(q["car_consideration_income_or"]) * log_income))

    def _living(self) -> list[Household]:
        return [h for h in self.rows if h.active]

    def _first_minds(self) -> None:
        told, sd = self.policy.delivered["publicity_intensity"][0], self.q["aw_receptivity_sd"]
        for h in self.rows:
            r = math.exp(sd * h.attitude - 0.5 * sd * sd)
            pull = self.gain * r * math.log1p(float(told[h.place, h.quintile]))
            h.receptivity, h.awareness = f32(r), f32(pull / (pull + self.forget))
        living, share, total = self._living(), self.q["car_consideration_2015"], 0.0
        for h in living:
            total += h.weight * h.openness
        mean = total / sum(h.weight for h in living) if living else 1.0
        for h in living:
            chance = 1.0 - math.exp(math.log(1.0 - share) * h.openness / mean)
            h.considers = uniform(self.seed, INITIAL, h.row, 1) < chance
            h.consider_left = math.inf if h.considers else f32(exponential(self.seed, CONSIDER, h.row, 0))

    def _open_traffic(self) -> None:
        """First cars: class by the mix of petrol cars of 2015, age by the survivors of growing sales."""
        places, q, region, dealers = self.places, self.q, self.region, self.dealers
        self.market = open_market(region, q, self.series, self.policy.renewed)
        dealers.uses = self.market.energy, self.market.fuel
        self.known = foresight(region.name, self.policy.renewed)
        zero = np.zeros(places)
        offers = quote(
            self.market, 0, zero, zero, np.zeros((places, 5)), np.zeros((places, 5, OPTIONS)),
            np.zeros((0, places, 5, OPTIONS)), np.zeros((0, places)), np.zeros(0, dtype=np.bool_),
            np.zeros(0, dtype=np.int64),
        )  # fmt: skip
        dealers.first_rate = self._first_car_rate(0)
        growth, oldest = q["car_stock_growth_2015"], round(q["car_oldest_2015"] * 12)
        left = [math.exp(-((a / dealers.scale) ** dealers.shape) - growth * a / 12) for a in range(oldest)]
        mix = [float(x) for x in region.market.mix[0, 0]]
        for h in self.rows:
            if not h.active or h.car is None:
                h.car = None
                continue
            u = uniform(self.seed, INITIAL, h.row, 3)
            kind = min(sum(u >= sum(mix[: k + 1]) for k in range(CLASSES)), CLASSES - 1)
            nev = uniform(self.seed, INITIAL, h.row, 4) < region.nev_share_2015
            part, age = uniform(self.seed, INITIAL, h.row, 5) * sum(left), 0
            while part > sum(left[: age + 1]):
                age += 1
            age = min(age, round(q["car_nev_oldest_2015"])) if nev else age
            h.car_km = dealers.distance(h)
            dealers.register(h, kind + (BEV * CLASSES if nev else 0), -age, 0, offers)
        for h in self._living():
            dealers.wait(h, -1, 0)
        homes_2015 = region.households[0].tolist()
        everyone = [a * n for a, n in zip(region.cars_2015.tolist(), homes_2015, strict=True)]
        towns = [p for p in range(places) if region.places[p].urban]
        last_town = {region.places[p].city: p for p in towns}
        self.town = [p if x.urban else last_town[x.city] for p, x in enumerate(region.places)]
        known = {name: [float(x) for x in path] for name, path in self.series.items()}
        self.fleets = [
            CityFleet(p, [n for n in range(places) if self.town[n] == p], q, known, region) for p in towns
        ]
        fleets = float(self.series["fleet_share_of_car_sales"][0])
        for fleet in self.fleets:
            owned = sum(n for n, t in zip(everyone, self.town, strict=True) if t == fleet.place)
            a_month = owned * fleets / (1.0 - fleets) / sum(left)
            fleet.begin(
                [a_month * math.exp(-growth * a / 12) for a in range(round(q["fleet_life"] * 12))], mix,
                region.nev_share_2015,
            )  # fmt: skip
        self.household_nev = [region.nev_share_2015 * n for n in everyone]
        self.investors = [
            Investor(float(region.chargers_2015[p]), self._expected_nev(p), q) for p in range(places)
        ]
        homes, sizes = region.households[0].tolist(), region.household_size[0].tolist()
        residents = sum(a * b for a, b in zip(homes, sizes, strict=True))
        self.points_a_quarter = residents * q["charger_budget"] / q["charger_cost"] / 4
        self.points_left = 0.0

    def _expected_nev(self, p: int) -> float:
        """Plug-in cars that builders of chargers reckon with in a place."""
        return self.household_nev[p] + sum(sum(f.cars[CLASSES:]) for f in self.fleets if f.place == p)

    def _stock(self) -> dict[tuple[int, int, int], int]:
        cars: dict[tuple[int, int, int], int] = {}
        for h in self._living():
            if h.car is not None:
                cell = (h.place, h.quintile, h.car)
                cars[cell] = cars.get(cell, 0) + h.weight
        return cars

    def real_growth(self) -> list[float]:
        """Return real income a person over that of 2015 by year."""
        region, made = self.region, []
        for y in range(16):
            homes, sizes = region.households[12 * y].tolist(), region.household_size[y].tolist()
            persons = [a * b for a, b in zip(homes, sizes, strict=True)]
            mean = sum(i * n for i, n in zip(region.income[y].tolist(), persons, strict=True)) / sum(persons)
            made.append(mean * float(self.series["income"][12 * y]) / float(self.series["cpi"][12 * y]))
        return [x / made[0] for x in made]

    def real_income(self) -> list[float]:
        """Return real income a person by year over that of the nation in 2015."""
        region, cpi, made = self.region, self.series["cpi"].tolist(), []
        for y in range(16):
            persons = [
                a * b
                for a, b in zip(
                    region.households[12 * y].tolist(), region.household_size[y].tolist(), strict=True
                )
            ]
            mean = sum(i * n for i, n in zip(region.income[y].tolist(), persons, strict=True)) / sum(persons)
            mean *= float(self.series["income"][12 * y])
            made.append(mean / self.q["home_income_reference"] * cpi[0] / cpi[12 * y])
        return made

    def mean_household(self, year: int) -> float:
        """Return persons in the mean household."""
        homes, sizes = self.region.households[12 * year].tolist(), self.region.household_size[year].tolist()
        return sum(a * b for a, b in zip(homes, sizes, strict=True)) / sum(homes)

    def _first_car_rate(self, year: int) -> list[float]:
        """Hazard a month of a first car by place; its trend follows real income a person."""
        q, growth = self.q, self.real_growth()[year]
        rate = q["car_first_purchase_rate"] / 12 * growth ** q["car_first_purchase_trend"]
        return [rate if p.urban else rate * q["car_first_purchase_rural"] for p in self.region.places]
