"""Households form, shrink, dissolve and earn, so that each place keeps to its census path.

Nothing moves: a growing place wakes reserve rows, a shrinking one lets rows go (decisions on who goes are
keyed draws). Urbanisation is more forming in towns and more dissolving in villages.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import (
    DISSOLVE,
    INCOME,
    LEAVE_HOME,
    NEW_HOUSEHOLD,
    exponential,
    standard_normal,
    uniform,
)
from model.population.columns import NEVER, Columns

Rows = NDArray[np.int64]
_BINS = 8192
_STRIDE = 128
_LOG_LOW, _LOG_HIGH = 4.0, 18.0


HEADS, PERSONS, MINDED = range(3)
"""Columns of the running counts (P, 5, 3): real households, persons, households that consider a
new-energy car."""


class Reserve(NamedTuple):
    """Rows not alive: `rows` (N,) a stack for each place, `top` (P,) how many lie in it,
    `alive` (P,) real households alive."""

    rows: Rows
    top: Rows
    alive: Rows


@njit(forceinline=True)
def _lifetime(seed: np.uint64, row: int, month: int, hazard: float) -> int:
    due = month + 1 + int(exponential(seed, DISSOLVE, row, month) / hazard)
    return min(due, NEVER)


@njit(nogil=True, cache=True)
def settle_in(
    c: Columns, starts: Rows, order: Rows, target: Rows, reserve: Reserve, seed: np.uint64, hazard: float
) -> None:
    """Bring to life the first households of every place; `target` (P,) real households, `hazard` a month."""
    for p in range(starts.size - 1):
        k = starts[p]
        while k < starts[p + 1] and reserve.alive[p] + c.weight[order[k]] // 2 < target[p]:
            row = order[k]
            c.active[row] = np.uint8(1)
            c.dissolve_due[row] = np.int16(_lifetime(seed, row, 0, hazard))
            reserve.alive[p] += c.weight[row]
            k += 1
        for back in range(starts[p + 1] - 1, k - 1, -1):
            reserve.rows[starts[p] + reserve.top[p]] = order[back]
            reserve.top[p] += 1


@njit(forceinline=True)
def _leave(c: Columns, starts: Rows, reserve: Reserve, row: int, standing: NDArray[np.float64]) -> None:
    p, g, w = c.place[row], c.quintile[row], c.weight[row]
    standing[p, g, HEADS] -= w
    standing[p, g, PERSONS] -= w * c.size[row]
    standing[p, g, MINDED] -= w * c.considers[row]
    c.active[row] = np.uint8(0)
    c.dissolve_due[row] = np.int16(NEVER)
    reserve.rows[starts[p] + reserve.top[p]] = row
    reserve.top[p] += 1
    reserve.alive[p] -= c.weight[row]


@njit(nogil=True, cache=True)
def _any_due(due: NDArray[np.int16], month: int) -> bool:
    """Tell whether anything in a short stretch of rows is due this month (vector instructions)."""
    found = 0
    for k in range(due.size):
        found |= int(due[k] == month)
    return found != 0


@njit(nogil=True, cache=True)
def turn_over(
    c: Columns,
    starts: Rows,
    reserve: Reserve,
    target: Rows,
    month: int,
    mean_size: NDArray[np.float64],
    seed: np.uint64,
    hazard: float,
    gone: Rows,
    came: Rows,
    standing: NDArray[np.float64],
) -> tuple[int, int]:
    """Let households dissolve and form so that each place meets `target` (P,) within half a row.

    Writes the rows that dissolved into `gone` and those that formed into `came`; returns how many of
    each. A formed household draws its size from 1 + Binomial(4, .) with the place's mean and its income
    position anew.
    """
    n_gone = n_came = 0
    for first in range(0, c.active.size, _STRIDE):
        last = min(first + _STRIDE, c.active.size)
        if not _any_due(c.dissolve_due[first:last], month):
            continue
        for row in range(first, last):
            if c.dissolve_due[row] == month:
                _leave(c, starts, reserve, row, standing)
                gone[n_gone] = row
                n_gone += 1
    for p in range(starts.size - 1):
        size = starts[p + 1] - starts[p]
        attempt = 0
        while size > 0 and reserve.alive[p] > target[p]:
            row = starts[p] + int(uniform(seed, LEAVE_HOME, p * 1_000_003 + attempt, month) * size)
            attempt += 1
            if c.active[row] == 0:
                continue
            if reserve.alive[p] - target[p] <= c.weight[row] // 2:
                break
            _leave(c, starts, reserve, row, standing)
            gone[n_gone] = row
            n_gone += 1
        while reserve.top[p] > 0:
            row = reserve.rows[starts[p] + reserve.top[p] - 1]
            if target[p] - reserve.alive[p] <= c.weight[row] // 2:
                break
            reserve.top[p] -= 1
            reserve.alive[p] += c.weight[row]
            _form(c, row, month, mean_size[p], seed, hazard)
            standing[p, c.quintile[row], HEADS] += c.weight[row]
            standing[p, c.quintile[row], PERSONS] += c.weight[row] * c.size[row]
            came[n_came] = row
            n_came += 1
    return n_gone, n_came


@njit(forceinline=True)
def _form(c: Columns, row: int, month: int, mean_size: float, seed: np.uint64, hazard: float) -> None:
    c.active[row] = np.uint8(1)
    c.dissolve_due[row] = np.int16(_lifetime(seed, row, month, hazard))
    p = min(max((mean_size - 1.0) / 4.0, 0.0), 1.0)
    u = uniform(seed, NEW_HOUSEHOLD, row, month)
    more = 0
    chance = (1.0 - p) ** 4
    total = chance
    while u > total and more < 4:
        chance *= (4 - more) / (more + 1.0) * p / (1.0 - p)
        more += 1
        total += chance
    c.size[row] = np.uint8(1 + more)
    c.income_z[row] = np.float32(standard_normal(uniform(seed, INCOME, row, month)))


@njit(nogil=True, cache=True)
def grow_older(
    c: Columns,
    starts: Rows,
    year: int,
    mean_size: NDArray[np.float64],
    income: NDArray[np.float64],
    log_sd: NDArray[np.float64],
    persistence: float,
    seed: np.uint64,
) -> None:
    """Each January: incomes drift, members leave, ranks are taken anew.

    z <- rho z + sqrt(1 - rho^2) e, income = scale_p exp(sd_p z), with scale_p such that persons of the
    place earn
    `income` (P,) on average. `relative_income` is household income over the region's mean household income.
    """
    noise = math.sqrt(1.0 - persistence * persistence)
    earned = households = 0.0
    for p in range(starts.size - 1):
        persons = heads = wider = 0.0
        for i in range(starts[p], starts[p + 1]):
            if c.active[i]:
                persons += c.weight[i] * c.size[i]
                heads += c.weight[i]
                if c.size[i] > 1:
                    wider += c.weight[i]
        leave = max(persons - heads * mean_size[p], 0.0) / wider if wider > 0 else 0.0
        persons = pay = 0.0
        for i in range(starts[p], starts[p + 1]):
            if c.active[i] == 0:
                continue
            if year > 0:
                e = standard_normal(uniform(seed, INCOME, i, 1000 + year))
                c.income_z[i] = np.float32(persistence * c.income_z[i] + noise * e)
                if c.size[i] > 1 and uniform(seed, LEAVE_HOME, i, 1000 + year) < leave:
                    c.size[i] -= np.uint8(1)
            c.income[i] = np.float32(math.exp(log_sd[p] * c.income_z[i]))
            persons += c.weight[i] * c.size[i]
            pay += c.weight[i] * c.size[i] * float(c.income[i])
        scale = income[p] * persons / pay if pay > 0 else 0.0
        for i in range(starts[p], starts[p + 1]):
            if c.active[i]:
                c.income[i] = np.float32(c.income[i] * scale)
                earned += c.weight[i] * c.size[i] * float(c.income[i])
                households += c.weight[i]
    mean = earned / households if households > 0 else 1.0
    _rank(c, mean)


@njit(nogil=True, cache=True)
def take_stock(c: Columns, standing: NDArray[np.float64]) -> None:
    """Count households, persons and those who consider anew (each January, when ranks change)."""
    standing[:] = 0.0
    for i in range(c.active.size):
        if c.active[i]:
            p, g, w = c.place[i], c.quintile[i], c.weight[i]
            standing[p, g, HEADS] += w
            standing[p, g, PERSONS] += w * c.size[i]
            standing[p, g, MINDED] += w * c.considers[i]


@njit(forceinline=True)
def _rank(c: Columns, mean: float) -> None:
    """Write quintiles of income a person, weighted by persons, and income relative to the mean household."""
    counts = np.zeros(_BINS)
    step = _BINS / (_LOG_HIGH - _LOG_LOW)
    for i in range(c.active.size):
        if c.active[i]:
            place = int((math.log(max(float(c.income[i]), 60.0)) - _LOG_LOW) * step)
            counts[min(max(place, 0), _BINS - 1)] += c.weight[i] * c.size[i]
    total = counts.sum()
    group = np.zeros(_BINS, dtype=np.uint8)
    below = 0.0
    for k in range(_BINS):
        middle = below + 0.5 * counts[k]
        group[k] = min(4, int(5.0 * middle / total)) if total > 0 else 0
        below += counts[k]
    for i in range(c.active.size):
        if c.active[i]:
            place = int((math.log(max(float(c.income[i]), 60.0)) - _LOG_LOW) * step)
            c.quintile[i] = group[min(max(place, 0), _BINS - 1)]
            c.relative_income[i] = np.float32(np.float64(c.income[i]) * c.size[i] / mean)
