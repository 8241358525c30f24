"""The reference: one Mesa agent a household, doing a fraction of the work (awareness, contacts, car choice).

Awareness moves as A += (g r ln(1 + e) + w f)(1 - A) - d A, with f the share of contacts who consider a
new-energy car; a household that does not begins to when its hazard reaches its own unit exponential
(Bass 1969
on a network); those without a car come to buy one by another such hazard; those who buy choose by nested
logit
among 12 options (McFadden 1978). People, contacts, prices and numbers are those of the province; turnover,
money, chargers, fleets, places and accounts are left out, all of which the model has.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import time
from collections.abc import Sequence

import mesa
import numpy as np

import scenarios
from model.behaviour.influence import Spread, spread_numbers
from model.data.months import MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.population.columns import NO_CAR
from model.population.network import DEGREE, contact
from model.population.synthesis import Population, synthesise
from model.start import exposures_before

CLASS_COUNT = 4
FIRST_NEV = CLASS_COUNT


class Household(mesa.Agent):  # type: ignore[misc]
    """A household as an object; how many contacts consider is kept up to date when one begins to."""

    model: Town

    def __init__(self, model: Town, attitude: float, relative: float, owns: bool) -> None:
        """Give the household its mind and, to owners, a car somewhere in its life."""
        super().__init__(model)
        q, dice = model.numbers, model.random
        sd = q["aw_receptivity_sd"]
        self.contacts: list[Household] = []
        self.considering_contacts = 0
        self.attitude = attitude
        self.weight = model.price * relative ** (-q["car_price_income_exponent"])
        self.receptivity = math.exp(sd * attitude - 0.5 * sd * sd)
        pull = self.receptivity * model.pull
        self.awareness = pull / (pull + model.spread.decay)
        self.considers = dice.random() < q["car_consideration_2015"]
        self.consider_hazard = self.buy_hazard = 0.0
        self.consider_threshold = dice.expovariate(1.0)
        self.buy_threshold = dice.expovariate(1.0)
        self.buy_rate = model.first_rate * relative ** q["car_first_purchase_income_elasticity"]
        self.car = int(dice.random() * CLASS_COUNT) if owns else NO_CAR
        self.due = int(dice.random() * model.life)

    def share_considering(self) -> float:
        """Return the share of contacts who consider a new-energy car."""
        return self.considering_contacts / len(self.contacts) if self.contacts else 0.0

    def step(self) -> None:
        """Live a month: attend, consider, perhaps choose a car."""
        model, spread = self.model, self.model.spread
        f = self.share_considering()
        a = self.awareness
        a += (model.pull * self.receptivity + spread.talk * f) * (1.0 - a) - spread.decay * a
        self.awareness = a
        if not self.considers:
            self.consider_hazard += spread.innovation * a / spread.attention_base + spread.imitation * f
            if self.consider_hazard >= self.consider_threshold:
                self.considers = True
                for other in self.contacts:
                    other.considering_contacts += 1
        if self.car == NO_CAR:
            self.buy_hazard += self.buy_rate
            if self.buy_hazard >= self.buy_threshold:
                self.choose()
        elif self.due <= model.month:
            self.choose()

    def choose(self) -> None:
        """Buy one of 12 cars by nested logit: powertrains inside a class, classes above."""
        model = self.model
        top_weights, inside = [], []
        for c in range(CLASS_COUNT):
            powers = []
            for j in range(c, len(model.prices), CLASS_COUNT):
                open_to = model.prices[j] > 0.0 and (j < FIRST_NEV or self.considers)
                liking = model.taste * self.attitude if j >= FIRST_NEV else 0.0
                v = (liking - model.prices[j]) * self.weight
                powers.append(math.exp(v / model.nest) if open_to else 0.0)
            total = sum(powers)
            inside.append((powers, total))
            top_weights.append(total**model.nest)
        u = model.random.random() * sum(top_weights)
        c = 0
        while c < CLASS_COUNT - 1 and u >= top_weights[c]:
            u -= top_weights[c]
            c += 1
        powers, total = inside[c]
        u = min(u / top_weights[c], 1.0) * total
        k = 0
        while k < len(powers) - 1 and u >= powers[k]:
            u -= powers[k]
            k += 1
        self.car = k * CLASS_COUNT + c
        self.due = model.month + 1 + int(model.random.weibullvariate(model.life, model.shape))
        self.buy_hazard = 0.0
        model.sold[self.car] += 1


class LookingHousehold(Household):
    """A household that looks at each of its contacts every month, as agent models are mostly written."""

    def share_considering(self) -> float:
        """Return the share of contacts who consider a new-energy car."""
        contacts = self.contacts
        return sum([other.considers for other in contacts]) / len(contacts) if contacts else 0.0


class Town(mesa.Model):  # type: ignore[misc]
    """The people of the province as objects, and the clock."""

    def __init__(self, people: Population, kind: type[Household], seed: int = 1) -> None:
        """Make one agent of `kind` a household and link each to its contacts."""
        super().__init__(rng=seed)
        self.numbers = q = Parameters.central()
        self.month = 0
        self.price = -q["veh_price_elasticity_own"] * q["veh_nest_lambda"] / q["car_price_reference"]
        self.nest, self.taste = q["veh_nest_lambda"], q["car_taste_sd_bev"]
        region = people.region
        exposures = exposures_before(scenarios.load("no_plan").resolve(region), PLAN_ISSUED - 1)
        self.spread: Spread = spread_numbers(q, exposures)
        self.pull = self.spread.gain * math.log1p(exposures)
        self.first_rate = q["car_first_purchase_rate"] / MONTHS_A_YEAR
        self.life, self.shape = q["veh_weibull_mean_life"] * MONTHS_A_YEAR, q["veh_weibull_shape"]
        market = region.market
        self.by_year = (market.price * market.offered).reshape(len(market.price), -1).tolist()
        self.prices: list[float] = self.by_year[0]
        self.sold = [0] * len(self.prices)
        self._settle(people, kind)

    def _settle(self, people: Population, kind: type[Household]) -> None:
        """Bring the households to life and introduce them to each other."""
        c, starts = people.columns, people.starts
        sd = people.region.income_log_sd[c.place]
        relative = np.maximum(
            np.exp(sd * c.income_z - 0.5 * sd * sd), self.numbers["car_relative_income_floor"]
        )
        homes = [
            kind(self, float(attitude), float(income), bool(car != NO_CAR))
            for attitude, income, car in zip(c.attitude, relative, c.car, strict=True)
        ]
        for p in range(starts.size - 1):
            for i in range(int(starts[p]), int(starts[p + 1])):
                for slot in range(DEGREE):
                    other = contact(
                        i, slot, int(starts[p]), int(starts[p + 1]), people.rows, people.rewire,
                        people.same_place,
                    )  # fmt: skip
                    if other != i:
                        homes[i].contacts.append(homes[other])
        for home in homes:
            home.considering_contacts = sum(other.considers for other in home.contacts)

    def step(self) -> None:
        """Live one month, households in the order in which they were made."""
        self.prices = self.by_year[self.month // MONTHS_A_YEAR]
        self.agents.do("step")
        self.month += 1


KINDS: dict[str, type[Household]] = {"events": Household, "looks": LookingHousehold}


def measure(households: int, months: int, repeats: int) -> dict[str, object]:
    """Return ns a household-month of the reference (median of `repeats`), by kind of household."""
    people = synthesise("shanxi", households)
    made: dict[str, object] = {"households": people.rows, "months": months, "repeats": repeats}
    for name, kind in KINDS.items():
        seconds, sold = [], 0
        for _ in range(repeats):
            town = Town(people, kind)
            began = time.perf_counter()
            for _ in range(months):
                town.step()
            seconds.append(time.perf_counter() - began)
            sold = sum(town.sold)
        made[f"ns_{name}"] = 1e9 * statistics.median(seconds) / (people.rows * months)
        made[f"cars_sold_{name}"] = sold
    return made


def main(argv: Sequence[str] | None = None) -> None:
    """Print the reference's figures as JSON."""
    ask = argparse.ArgumentParser(description=measure.__doc__)
    ask.add_argument("--households", type=int, default=10_000)
    ask.add_argument("--months", type=int, default=24)
    ask.add_argument("--repeats", type=int, default=3)
    asked = ask.parse_args(argv)
    print(json.dumps(measure(asked.households, asked.months, asked.repeats)))


if __name__ == "__main__":
    main()
