"""Vehicles that persons do not buy: cohorts by age, retired at the end of a life, replaced each quarter."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR, QUARTER
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.kernels import kernel
from model.markets.fleet_choice import by_rule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@kernel
def _renew(wanted: Floats, ring: Ints, carry: Floats, bought: Ints, retired: Ints, cars: Ints) -> None:
    """Retire the vehicles of `ring` (F, K), buy the whole ones of what is `wanted` and carried in their
    place, and carry on the fractions."""
    for f in range(wanted.shape[0]):
        for k in range(wanted.shape[1]):
            carry[f, k] += wanted[f, k]
            bought[f, k] = int(np.floor(carry[f, k]))
            carry[f, k] -= bought[f, k]
            retired[f, k] = ring[f, k]
            ring[f, k] = bought[f, k]
            cars[f, k] += bought[f, k] - retired[f, k]


@kernel
def _replace(
    target: Ints,
    rules: Floats,
    chosen: float,
    follows: float,
    ring: Ints,
    carry: Floats,
    bought: Ints,
    retired: Ints,
    cars: Ints,
) -> None:
    """Retire the vehicles of `ring` (F, 2) and buy up to the `target` (F,), clean ones by choice and rule;
    none beyond it is sold. Fractions of clean vehicles are carried."""
    for f in range(target.size):
        standing = 0
        for k in range(2):
            retired[f, k] = ring[f, k]
            cars[f, k] -= retired[f, k]
            standing += cars[f, k]
        number = max(target[f] - standing, 0)
        carry[f, 1] += number * by_rule(chosen, rules[f], follows)
        bought[f, 1] = min(int(np.floor(carry[f, 1])), number)
        carry[f, 1] -= bought[f, 1]
        bought[f, 0] = number - bought[f, 1]
        for k in range(2):
            ring[f, k] = bought[f, k]
            cars[f, k] += bought[f, k]


@kernel
def by_cleanness(towns: Ints, vehicles: Ints, row: Floats, at: int) -> None:
    """Write the vehicles (F, K) that are not clean and those that are in columns `at` and `at` + 1 of `row`
    (P, .); of twelve options the petrol cars are not clean, of two the first."""
    first = CLASS_COUNT if vehicles.shape[1] == OPTIONS else 1
    for f in range(towns.size):
        row[towns[f], at] = vehicles[f, :first].sum()
        row[towns[f], at + 1] = vehicles[f, first:].sum()


class Fleet(mesa.Agent):  # type: ignore[misc]
    """Those who run one kind of fleet in the F towns of a region; they buy each quarter.

    `cars`, `bought`, `retired` (F, K) vehicles by option, `carry` (F, K) fractions that wait, `ring`
    (L, F, K) what was bought in each of the L quarters of a vehicle's life.
    """

    def __init__(self, model: Any, towns: int, options: int, life: float) -> None:
        """Start without vehicles, which stay for `life` years; `begin` gives the first ones."""
        super().__init__(model)
        self.months = round(life * MONTHS_A_YEAR)
        self.quarters = -(-self.months // QUARTER)
        self.cars: Ints = np.zeros((towns, options), np.int64)
        self.bought, self.retired = np.zeros_like(self.cars), np.zeros_like(self.cars)
        self.carry = np.zeros((towns, options))
        self.ring: Ints = np.zeros((self.quarters, towns, options), np.int64)

    @property
    def counts(self) -> dict[str, NDArray[Any]]:
        """What the fleet carries from quarter to quarter."""
        return {
            "cars": self.cars, "bought": self.bought, "retired": self.retired, "carry": self.carry,
            "ring": self.ring,
        }  # fmt: skip

    def begin(self, bought: Floats, mixes: Floats, clean: float, young: int) -> None:
        """Give the fleet the vehicles that it bought in the quarters of a life before January 2015.

        `bought` (L, F) the latest quarter first, `mixes` (2, K) the options of vehicles that are not clean
        and of clean ones; of all vehicles the share `clean` is, bought within the last `young` quarters. A
        fleet keeps every vehicle to the end of its life, so this stock is the steady state of these
        purchases. Fractions are carried from the oldest cohort on.
        """
        total, lately = bought.sum(axis=0), bought[:young].sum(axis=0)
        odds = np.minimum(clean * total / np.maximum(lately, 1e-9), 1.0)
        for k in range(self.quarters - 1, -1, -1):
            wanted = bought[k] * odds if k < young else np.zeros(odds.size)
            self.renew(-1 - k, np.outer(bought[k] - wanted, mixes[0]) + np.outer(wanted, mixes[1]))

    def renew(self, quarter: int, wanted: Floats) -> None:
        """Retire what is past its life and buy the `wanted` (F, K) vehicles."""
        ring = self.ring[quarter % self.quarters]
        _renew(wanted, ring, self.carry, self.bought, self.retired, self.cars)

    def replace(self, quarter: int, target: Ints, rules: Floats, chosen: float, follows: float) -> None:
        """Retire what is past its life and buy up to the `target` (F,), of two options; of purchases the
        share `chosen` is clean without a rule, and `follows` say who obeys the `rules` (F,)."""
        ring = self.ring[quarter % self.quarters]
        _replace(
            target, rules, chosen, follows, ring, self.carry, self.bought, self.retired, self.cars
        )  # fmt: skip
