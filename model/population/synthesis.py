"""The synthetic people: households that meet the margins of every place, the same for every seed.

Within a place each margin is met by counting, not by chance: incomes are the quantiles of the place's
lognormal, sizes, heating, parking and cars are dealt out in exact numbers in a keyed order. The result
depends on (region, number of households) only.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from model.behaviour.draws import SYNTHESIS, uniform
from model.data.load import load_region
from model.data.parameters import Parameters
from model.data.region import SIZES, Region
from model.errors import InputError
from model.kernels import kernel
from model.population.columns import Columns, allocate
from model.population.network import count_listening

_SEED = np.uint64(1)
_INCOME, _SIZE, _HEATING, _PARKING, _CAR, _ATTITUDE, _TASTE_A, _TASTE_B, _KM, _SPARE = range(10)


@dataclass(frozen=True)
class Population:
    """Households before their first month: `columns`, `starts` (P+1,) first row of each place,
    `order` (N,) rows of each place in the order in which they come to life, `rewire` and `same_place` of
    the network."""

    region: Region
    columns: Columns
    starts: NDArray[np.int64]
    order: NDArray[np.int64]
    rewire: float
    same_place: float

    @property
    def rows(self) -> int:
        """Number of simulated households, alive or in reserve."""
        return int(self.starts[-1])


def share_out(total: int, weights: NDArray[np.float64], least: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return integers in proportion to `weights` that add up to `total` (largest remainder), each >=
    `least`."""
    exact = total * weights / weights.sum() if weights.sum() > 0 else np.zeros_like(weights)
    counts = np.maximum(np.floor(exact).astype(np.int64), least)
    rest = total - int(counts.sum())
    by_remainder = np.argsort(-(exact - np.floor(exact)), kind="stable")
    for k in range(max(rest, 0)):
        counts[by_remainder[k % counts.size]] += 1
    while rest < 0:
        biggest = int(np.argmax(np.where(counts > least, counts - exact, -np.inf)))
        if counts[biggest] <= least[biggest]:
            break
        counts[biggest] -= 1
        rest += 1
    return counts


@kernel
def _draw(first: int, purpose: int, out: NDArray[np.float64]) -> None:
    for i in range(out.size):
        out[i] = uniform(_SEED, SYNTHESIS, first + i, purpose)


def _uniforms(first: int, last: int, purpose: int) -> NDArray[np.float64]:
    """Return a keyed number in (0, 1) for each of the rows [first, last)."""
    drawn = np.empty(last - first)
    _draw(first, purpose, drawn)
    return drawn


def _order(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order of `values` (n,), equal ones in theirs.

    Numpy's quick sort is several times as fast as its stable one and the same where no two are equal.
    """
    order = np.argsort(values)
    in_order = values[order]
    if (in_order[1:] == in_order[:-1]).any():
        order = np.argsort(values, kind="stable")
    return np.asarray(order)


def _deal(shares: NDArray[np.float64], first: int, last: int, purpose: int) -> NDArray[np.uint8]:
    """Return category numbers for rows [first, last) in exact proportion to `shares`, in a keyed order."""
    counts = share_out(last - first, shares, np.zeros(shares.size, dtype=np.int64))
    dealt = np.empty(last - first, dtype=np.uint8)
    dealt[_order(_uniforms(first, last, purpose))] = np.repeat(np.arange(shares.size, dtype=np.uint8), counts)
    return dealt


def _normals(first: int, last: int, purpose: int) -> NDArray[np.float32]:
    return np.asarray(ndtri(_uniforms(first, last, purpose)), dtype=np.float32)


def _fill_place(
    c: Columns, region: Region, p: int, first: int, last: int, window: float, slope: float
) -> None:
    """Write the fixed columns and the first state of one place."""
    n = last - first
    here = slice(first, last)
    c.place[here] = p
    whole = int(region.households[:, p].max())
    c.weight[here] = np.diff(np.arange(n + 1, dtype=np.int64) * whole // n)
    near = (np.arange(n) + 0.5) / n + window * (_uniforms(first, last, _INCOME) - 0.5)
    rank = np.empty(n)
    rank[_order(near)] = (np.arange(n) + 0.5) / n
    c.income_z[here] = ndtri(rank)
    c.size[here] = np.asarray(SIZES, dtype=np.uint8)[_deal(region.size_shares[p], first, last, _SIZE)]
    c.heating[here] = _deal(region.heating[p], first, last, _HEATING)
    charger, parking = region.home_charger[p], region.parking[p]
    kinds = _deal(
        np.array([charger, max(parking - charger, 0.0), 1 - max(parking, charger)]), first, last, _PARKING
    )
    c.home_charger[here] = kinds == 0
    c.parking[here] = kinds <= 1
    for column, purpose in (
        (c.attitude, _ATTITUDE),
        (c.taste_a, _TASTE_A),
        (c.taste_b, _TASTE_B),
        (c.km_z, _KM),
    ):
        column[here] = _normals(first, last, purpose)
    u = _uniforms(first, last, _CAR)
    wish = slope * (region.income_log_sd[p] * c.income_z[here] + np.log(c.size[here])) + np.log(u / (1 - u))
    owners = round(float(region.cars_2015[p]) * n)
    c.car[here][_order(-wish)[:owners]] = 0


def _reserve(rows: int, region: Region) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    most = region.households.max(axis=0).astype(np.float64)
    if rows >= most.sum():
        counts = most.astype(np.int64)
    else:
        counts = share_out(
            rows, most, (most > 0).astype(np.int64) if rows >= (most > 0).sum() else most.astype(np.int64) * 0
        )
    return counts, np.concatenate([[0], np.cumsum(counts)])


@lru_cache(maxsize=4)
def synthesise(region_name: str, households: int) -> Population:
    """Return the people of a region as `households` simulated rows (at most one a real household).

    Raises InputError when `households` is below 1.
    """
    region = load_region(region_name)
    if households < 1:
        raise InputError("households", field="households", allowed=">= 1", values=(str(households),))
    most = int(region.households.max(axis=0).sum())
    central = Parameters.central()
    _, starts = _reserve(min(households, most), region)
    columns = allocate(int(starts[-1]))
    order = np.arange(int(starts[-1]), dtype=np.int64)
    window, slope = central["soc_income_window"], central["veh_income_elasticity_own"]

    def fill(p: int) -> None:
        first, last = int(starts[p]), int(starts[p + 1])
        if last > first:
            _fill_place(columns, region, p, first, last, window, slope)
            order[first:last] = first + _order(_uniforms(first, last, _SPARE))

    # Each place writes its own rows only, so threads change nothing but the time it takes.
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(fill, range(len(region.places))))
    rewire, same_place = central["soc_rewire"], central["soc_homophily_urbanrural"]
    count_listening(columns.contacts, starts, rewire, same_place)
    return Population(region, columns, starts, order, rewire, same_place)
