"""Households as objects and how they form, earn, attend and begin to consider: the slow, plain restatement.

Written from the equations in the docstrings of `model.population` and `model.behaviour`, not from their code:
contacts are found by scanning links, not by counting events. Only what the model stores in float32 is
rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

MASK = (1 << 64) - 1
STEP, MIX1, MIX2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
CONSIDER, FIRST_CAR, CAR_LIFE, POWERTRAIN, COVERED, INCOME = 2, 3, 4, 5, 7, 8
DISSOLVE, LEAVE_HOME, CONTACTS, NEW_HOUSEHOLD, INITIAL, TIMING, USED_CAR, LOAN = 9, 10, 11, 12, 13, 14, 15, 16
NETWORK_SEED, DEGREE, NEVER, NEWCOMER = 20220523, 12, 32_000, 20_000


def f32(value: float) -> float:
    """Return what a float32 column keeps of `value`."""
    return float(np.float32(value))


def _mix(value: int) -> int:
    value = (value ^ (value >> 30)) * MIX1 & MASK
    value = (value ^ (value >> 27)) * MIX2 & MASK
    return value ^ (value >> 31)


def bits(seed: int, stream: int, who: int, when: int) -> int:
    """Return the 64 bits keyed by seed, stream, household and month (SplitMix64 once a key part)."""
    key = _mix((seed * STEP + stream) & MASK)
    key = _mix((key + who * STEP) & MASK)
    return _mix((key + when * MIX1 + STEP) & MASK)


def uniform(seed: int, stream: int, who: int, when: int) -> float:
    """Return the number in (0, 1) made of the upper 53 bits."""
    return (float(bits(seed, stream, who, when) >> 11) + 0.5) * 2.0**-53


def exponential(seed: int, stream: int, who: int, when: int) -> float:
    """Return a unit exponential."""
    return -math.log(uniform(seed, stream, who, when))


def normal(u: float) -> float:
    """Return the standard normal quantile by the rational functions of Acklam (2003)."""
    q = u - 0.5
    if abs(q) <= 0.47575:
        above = (
            -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.3577518672690,
            -30.66479806614716, 2.506628277459239,
        )  # fmt: skip
        below = (
            -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972,
            -13.28068155288572, 1.0,
        )  # fmt: skip
        return q * _polynomial(above, q * q) / _polynomial(below, q * q)
    r = math.sqrt(-2.0 * math.log(u if q < 0.0 else 1.0 - u))
    above = (
        -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
        4.374664141464968, 2.938163982698783,
    )  # fmt: skip
    below = (0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1.0)
    size = _polynomial(above, r) / _polynomial(below, r)
    return size if q < 0.0 else -size


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    total = coefficients[0]
    for c in coefficients[1:]:
        total = total * x + c
    return total


@dataclass(eq=False)
class Household:
    """One simulated household; names and meaning as in `model.population.columns`."""

    row: int
    weight: int
    place: int
    attitude: float
    taste_a: float
    taste_b: float
    km_z: float
    home_charger: int
    car: int | None
    size: int
    income_z: float
    active: bool = False
    log_income: float = 0.0
    quintile: int = 0
    dissolve_due: int = NEVER
    awareness: float = 0.0
    receptivity: float = 0.0
    considers: bool = False
    consider_left: float = math.inf
    openness: float = 0.0
    car_due: int = NEVER
    car_bought: int = 0
    car_energy: float = 0.0
    car_fuel: float = 0.0
    car_km: float = 0.0
    buy_left: float = 0.0
    buy_rate: float = 0.0
    buy_from: int = 0
    buy_due: int = NEVER
    modes: int = 0
    drove_nev: bool = False
    things: list[list[float]] = field(default_factory=list, repr=False)
    metered: bool = False
    own: float = 0.0
    use: float = 0.0
    flat: float = 0.0
    cool: float = 0.0
    year: float = 0.0
    charged: float = 0.0
    lived: int = 0
    enrolled: int = 0
    listens_to: list[Household] = field(default_factory=list, repr=False)
    first_contact: Household | None = field(default=None, repr=False)

    @property
    def drives_nev(self) -> bool:
        """Tell whether the household has a plug-in car."""
        return self.car is not None and self.car >= 4

    def heard(self, what: str) -> float:
        """Return the share of links ending here whose speaker has `what`, 0 without links."""
        if not self.listens_to:
            return 0.0
        return sum(getattr(other, what) for other in self.listens_to) / len(self.listens_to)


def befriend(people: list[Household], starts: list[int], rewire: float, same_place: float) -> None:
    """Lay the links: each household speaks to DEGREE others, mostly near rows of its own place."""
    for h in people:
        first, last = starts[h.place], starts[h.place + 1]
        n = last - first
        for slot in range(DEGREE):
            if uniform(NETWORK_SEED, CONTACTS, h.row, slot) < rewire:
                pick = uniform(NETWORK_SEED, CONTACTS, h.row, DEGREE + slot)
                near = uniform(NETWORK_SEED, CONTACTS, h.row, 2 * DEGREE + slot) < same_place
                other = first + int(pick * n) if near else int(pick * len(people))
            else:
                pair = slot // 2
                odd = bits(NETWORK_SEED, CONTACTS, h.row, slot) % 2
                step = 2 * pair + 1 + odd if n > DEGREE + 1 else pair + 1
                other = first + (h.row - first + (step if slot % 2 == 0 else -step)) % n
            if slot == 0:
                h.first_contact = people[other]
            if other != h.row:
                people[other].listens_to.append(h)


def lifetime(seed: int, row: int, month: int, hazard: float) -> int:
    """Return the month in which a household formed in `month` dissolves."""
    return min(month + 1 + int(exponential(seed, DISSOLVE, row, month) / hazard), NEVER)


@dataclass
class Incomes:
    """Incomes of a year: log of the scale and spread by place, log of the mean household's, and persons on
    the 8192 steps of log income a person from 4 to 18."""

    log_scale: list[float]
    log_sd: list[float]
    log_mean: float = 0.0
    persons: dict[int, int] = field(default_factory=dict)

    def log_person(self, h: Household) -> float:
        """Return the log of a household's income a person."""
        return self.log_sd[h.place] * h.income_z + self.log_scale[h.place]

    def step(self, h: Household) -> int:
        """Return the step of a household's income a person."""
        return min(max(int((self.log_person(h) - 4.0) * (8192 / 14.0)), 0), 8191)

    def place_in(self, h: Household) -> None:
        """Write a household's fifth (by persons) and its income relative to the mean household."""
        step, total = self.step(h), sum(self.persons.values())
        below = sum(n for other, n in self.persons.items() if other < step)
        h.quintile = min(4, int(5.0 * (below + 0.5 * self.persons.get(step, 0)) / total)) if total else 0
        h.log_income = f32(self.log_person(h) + math.log(h.size) - self.log_mean)


def form(h: Household, month: int, mean_size: float, seed: int, hazard: float, incomes: Incomes) -> None:
    """Bring a reserve row to life: size 1 + Binomial(4, p) by inversion, income position anew."""
    h.active, h.dissolve_due = True, lifetime(seed, h.row, month, hazard)
    p = min(max((mean_size - 1.0) / 4.0, 0.0), 1.0)
    u = uniform(seed, NEW_HOUSEHOLD, h.row, month)
    none_of_two = (1.0 - p) * (1.0 - p)
    chance = none_of_two * none_of_two
    below, more = chance, 0
    while u > below and more < 4:
        chance *= (4 - more) / (more + 1) * p / (1.0 - p)
        more += 1
        below += chance
    h.size = 1 + more
    h.income_z = f32(normal(uniform(seed, INCOME, h.row, month)))
    incomes.place_in(h)


def grow_older(
    people: list[list[Household]],
    year: int,
    mean_size: list[float],
    income: list[float],
    log_sd: list[float],
    persistence: float,
    seed: int,
) -> Incomes:
    """January: z <- rho z + sqrt(1 - rho^2) e, members leave, incomes meet each place's mean, fifths anew."""
    noise = math.sqrt(1.0 - persistence * persistence)
    earned, homes = 0.0, 0.0
    incomes = Incomes([0.0] * len(people), log_sd)
    for p, place in enumerate(people):
        alive = [h for h in place if h.active]
        persons = float(sum(h.weight * h.size for h in alive))
        heads = float(sum(h.weight for h in alive))
        wider = float(sum(h.weight for h in alive if h.size > 1))
        leave = max(persons - heads * mean_size[p], 0.0) / wider if wider > 0 else 0.0
        for h in alive:
            if year > 0:
                e = normal(uniform(seed, INCOME, h.row, 1000 + year))
                h.income_z = f32(persistence * h.income_z + noise * e)
                if h.size > 1 and uniform(seed, LEAVE_HOME, h.row, 1000 + year) < leave:
                    h.size -= 1
        pay, persons = 0.0, 0.0
        for h in alive:
            pay += h.weight * h.size * math.exp(log_sd[p] * h.income_z)
            persons += h.weight * h.size
            homes += h.weight
        incomes.log_scale[p] = math.log(income[p] * persons / pay) if pay > 0.0 else 0.0
        earned += income[p] * persons
    incomes.log_mean = math.log(earned / homes) if homes else 0.0
    everyone = [h for place in people for h in place if h.active]
    for h in everyone:
        step = incomes.step(h)
        incomes.persons[step] = incomes.persons.get(step, 0) + h.weight * h.size
    for h in everyone:
        incomes.place_in(h)
    return incomes
