"""How many households are simulated changes the noise of a result, not the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

import scenarios
from model.data.months import FIRST_YEAR
from model.data.parameters import Parameters
from model.indicators.ledger import GROUPED, PLACED
from model.population.synthesis import synthesise
from model.province import Province

YEARS = (2025, 2030)
LIMIT = 0.5
"""Points by which headline shares may differ between sizes."""


def headline(households: int, seed: int) -> list[float]:
    """Return the expected and the drawn new-energy share of new cars in 2025 and 2030, percent."""
    people = synthesise("shanxi", households)
    policy = scenarios.load("current").resolve(people.region)
    province = Province(people, policy, Parameters.central(), seed)
    province.live()
    made = []
    for flow in ("expected", "sales"):
        first, fleet = GROUPED.index(f"{flow}_ice"), PLACED.index("fleet_sales_ice")
        for year in YEARS:
            months = slice(12 * (year - FIRST_YEAR), 12 * (year - FIRST_YEAR) + 12)
            cars = province.ledger.grouped[months, :, :, first : first + 3].sum(axis=(0, 1, 2))
            cars = cars + province.ledger.placed[months, :, fleet : fleet + 3].sum(axis=(0, 1))
            made.append(100.0 * cars[1:].sum() / cars.sum())
    return made


def sample(households: int, seeds: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and standard error of the headline figures over `seeds`."""
    headline(households, seeds[0])  # the people are made once, before threads share them
    with ThreadPoolExecutor(2) as pool:
        values = np.array(list(pool.map(lambda seed: headline(households, seed), seeds)))
    return values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(len(seeds))


def test_sizes_agree_within_their_luck() -> None:
    made = {size: sample(size, range(1, 1 + 160_000 // size)) for size in (5_000, 10_000, 20_000)}
    mean, error = made[20_000]
    for size, (other, its_error) in made.items():
        luck = np.hypot(error, its_error)
        assert (np.abs(other - mean) <= 4 * luck).all(), size
        assert luck[: len(YEARS)].max() < 1.0


@pytest.mark.slow
def test_headlines_at_20_40_and_80_thousand_households_agree_within_half_a_point() -> None:
    made = {size: sample(size, range(1, 1 + 2_560_000 // size)) for size in (20_000, 40_000, 80_000)}
    for size, (mean, error) in made.items():
        print(size, "expected 2025, 2030; drawn 2025, 2030:", mean.round(2), "+-", error.round(2))
    expected = np.array([mean[: len(YEARS)] for mean, _ in made.values()])
    drawn = np.array([mean[len(YEARS) :] for mean, _ in made.values()])
    assert np.ptp(expected, axis=0).max() <= LIMIT
    luck = math.sqrt(2) * max(error.max() for _, error in made.values())
    assert np.ptp(drawn, axis=0).max() <= LIMIT + 2 * luck
