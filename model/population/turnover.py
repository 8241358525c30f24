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
from model.kernels import kernel
from model.population.columns import NEVER, Columns, stretch

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
_BINS = 8192
_STRIDE = 128
_AHEAD = 32
_LOG_LOW, _LOG_HIGH = 4.0, 18.0
_SIZES = 256


HEADS, PERSONS, MINDED = range(3)
"""Columns of the running counts (P, 5, 3): real households, persons, households that consider a
new-energy car."""


class Reserve(NamedTuple):
    """Rows not alive: `rows` (N,) a stack for each place, `top` (P,) how many lie in it,
    `alive` (P,) real households alive."""

    rows: Rows
    top: Rows
    alive: Rows


class Incomes(NamedTuple):
    """Incomes of a year: `log_scale` (P,) log of CNY a person at z = 0, `log_sd` (P,) spread, `log_mean` (1,)
    log of the region's mean household income, `fifths` (_BINS,) the fifth of each step of log income a
    person, `persons` (P, _BINS) in it, `earned` CNY and `households` (P,), `log_size` (_SIZES,) logs of
    household sizes."""

    log_scale: Floats
    log_sd: Floats
    log_mean: Floats
    fifths: NDArray[np.uint8]
    persons: Rows
    earned: Floats
    households: Floats
    log_size: Floats


def no_incomes(log_sd: Floats) -> Incomes:
    """Return incomes not yet known, to be written by `grow_older`."""
    return Incomes(
        log_scale=np.zeros(log_sd.size),
        log_sd=log_sd,
        log_mean=np.zeros(1),
        fifths=np.zeros(_BINS, np.uint8),
        persons=np.zeros((log_sd.size, _BINS), np.int64),
        earned=np.zeros(log_sd.size),
        households=np.zeros(log_sd.size),
        log_size=np.log(np.maximum(np.arange(_SIZES), 1.0)),
    )


@njit(forceinline=True)
def _lifetime(seed: np.uint64, row: int, month: int, hazard: float) -> int:
    due = month + 1 + int(exponential(seed, DISSOLVE, row, month) / hazard)
    return min(due, NEVER)


@kernel
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


@kernel
def _any_due(due: NDArray[np.int16], month: int) -> bool:
    """Tell whether anything in a short stretch of rows is due this month (vector instructions)."""
    found = 0
    for k in range(due.size):
        found |= int(due[k] == month)
    return found != 0


@kernel
def _find_due(due: NDArray[np.int16], month: int, found: Rows) -> int:
    """Write the rows that are due this month into `found`; returns how many."""
    n = 0
    for first in range(0, due.size, _STRIDE):
        last = min(first + _STRIDE, due.size)
        if _any_due(due[first:last], month):
            for row in range(first, last):
                if due[row] == month:
                    found[n] = row
                    n += 1
    return n


@kernel
def _read_ahead(c: Columns, rows: Rows, first: int, last: int) -> float:
    """Read what the next households to dissolve will need, so that the memory works on many rows at once;
    returns a sum."""
    total = 0.0
    for k in range(first, last):
        i = max(rows[k], 0)
        total += c.place[i] + c.quintile[i] + c.weight[i] + c.size[i] + c.considers[i] + c.active[i]
        total += c.car[i] + c.consider_left[i] + c.considering_contacts[i] + c.buy_due[i] + c.nev_contacts[i]
    return total


@kernel
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
    fifths: NDArray[np.uint8],
    came: Rows,
    standing: NDArray[np.float64],
    incomes: Incomes,
    seen: Floats,
) -> tuple[int, int]:
    """Let households dissolve and form so that each place meets `target` (P,) within half a row.

    Writes the rows that dissolved into `gone`, their fifths into `fifths` (a row may be formed anew in the
    same month) and those that formed into `came`; returns how many of each. A formed household draws its
    size from 1 + Binomial(4, .) with the place's mean and its income position anew, and ranks among the
    `incomes` of the year. `seen` (1,) is scratch.
    """
    n_came, n_gone = 0, _find_due(c.dissolve_due, month, gone)
    for first in range(0, n_gone, _AHEAD):
        last = min(first + _AHEAD, n_gone)
        seen[0] = _read_ahead(c, gone, first, last)
        for k in range(first, last):
            _leave(c, starts, reserve, gone[k], standing)
            fifths[k] = c.quintile[gone[k]]
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
            gone[n_gone], fifths[n_gone] = row, c.quintile[row]
            n_gone += 1
        while reserve.top[p] > 0:
            row = reserve.rows[starts[p] + reserve.top[p] - 1]
            if target[p] - reserve.alive[p] <= c.weight[row] // 2:
                break
            reserve.top[p] -= 1
            reserve.alive[p] += c.weight[row]
            _form(c, row, month, mean_size[p], seed, hazard, incomes)
            standing[p, c.quintile[row], HEADS] += c.weight[row]
            standing[p, c.quintile[row], PERSONS] += c.weight[row] * c.size[row]
            came[n_came] = row
            n_came += 1
    return n_gone, n_came


@njit(forceinline=True)
def _form(
    c: Columns, row: int, month: int, mean_size: float, seed: np.uint64, hazard: float, incomes: Incomes
) -> None:
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
    log_person = _log_person(c, row, incomes)
    c.quintile[row] = incomes.fifths[_bin(log_person)]
    c.log_income[row] = np.float32(log_person + incomes.log_size[c.size[row]] - incomes.log_mean[0])


@njit(inline="always")
def _log_person(c: Columns, i: int, incomes: Incomes) -> float:
    """Return the log of a household's income a person, CNY a year."""
    p = c.place[i]
    return float(incomes.log_sd[p] * c.income_z[i] + incomes.log_scale[p])


@njit(inline="always")
def _bin(log_person: float) -> int:
    """Return the step of log income a person."""
    step = int((log_person - _LOG_LOW) * (_BINS / (_LOG_HIGH - _LOG_LOW)))
    return min(max(step, 0), _BINS - 1)


def middle_of_step(steps: Rows) -> Floats:
    """Return the log of income a person in the middle of steps of `Incomes.fifths`."""
    return np.asarray(_LOG_LOW + (steps + 0.5) * ((_LOG_HIGH - _LOG_LOW) / _BINS))


@kernel
def grow_older(
    first_place: int,
    last_place: int,
    c: Columns,
    starts: Rows,
    year: int,
    mean_size: Floats,
    income: Floats,
    persistence: float,
    seed: np.uint64,
    incomes: Incomes,
) -> None:
    """Each January, in some places: incomes drift, members leave, and `incomes` of the place are known.

    z <- rho z + sqrt(1 - rho^2) e, income = scale_p exp(sd_p z), with scale_p such that persons of the
    place earn `income` (P,) on average.
    """
    for p in range(first_place, last_place):
        first, last = starts[p], starts[p + 1]
        if year > 0:
            _drift(c, first, last, year, _leaving(c, first, last, mean_size[p]), persistence, seed)
        persons = pay = households = 0.0
        sd = incomes.log_sd[p]
        d = stretch(c, first, last)
        for i in range(last - first):
            heads = float(d.weight[i]) * d.active[i]
            w = heads * d.size[i]
            persons += w
            pay += w * math.exp(sd * d.income_z[i])
            households += heads
        incomes.log_scale[p] = math.log(income[p] * persons / pay) if pay > 0.0 else 0.0
        incomes.earned[p], incomes.households[p] = income[p] * persons, households
        for k in range(_BINS):
            incomes.persons[p, k] = 0
        here, scale = incomes.persons[p], incomes.log_scale[p]
        for i in range(last - first):
            step = _bin(sd * d.income_z[i] + scale)
            here[step] += d.weight[i] * np.int64(d.size[i]) * np.int64(d.active[i])


@kernel
def _leaving(c: Columns, first: int, last: int, mean_size: float) -> float:
    """Return the share of households of more than one from which a member leaves, to meet the mean size."""
    persons = heads = wider = 0
    d = stretch(c, first, last)
    for i in range(last - first):
        w = int(d.weight[i]) * int(d.active[i])
        persons += w * d.size[i]
        heads += w
        wider += w * (d.size[i] > 1)
    return max(persons - heads * mean_size, 0.0) / wider if wider > 0 else 0.0


@kernel
def _drift(
    c: Columns, first: int, last: int, year: int, leave: float, persistence: float, seed: np.uint64
) -> None:
    noise = math.sqrt(1.0 - persistence * persistence)
    d = stretch(c, first, last)
    for i in range(last - first):
        if d.active[i] == 0:
            continue
        e = standard_normal(uniform(seed, INCOME, first + i, 1000 + year))
        d.income_z[i] = np.float32(persistence * d.income_z[i] + noise * e)
        if d.size[i] > 1 and uniform(seed, LEAVE_HOME, first + i, 1000 + year) < leave:
            d.size[i] -= np.uint8(1)


@kernel
def rank(incomes: Incomes) -> None:
    """Write the fifth of each step of log income a person, weighted by persons, and the mean household's
    income."""
    total = 0
    earned = households = 0.0
    for p in range(incomes.earned.size):
        earned += incomes.earned[p]
        households += incomes.households[p]
        for k in range(_BINS):
            total += incomes.persons[p, k]
    incomes.log_mean[0] = math.log(earned / households) if households > 0.0 else 0.0
    below = 0.0
    for k in range(_BINS):
        here = 0
        for p in range(incomes.earned.size):
            here += incomes.persons[p, k]
        incomes.fifths[k] = min(4, int(5.0 * (below + 0.5 * here) / total)) if total > 0 else 0
        below += here


@kernel
def write_ranks(first: int, last: int, c: Columns, starts: Rows, incomes: Incomes, standing: Floats) -> None:
    """Write fifth and income of everyone in some places, relative to the region's mean household (log), and
    the running counts by fifth."""
    for p in range(first, last):
        for g in range(standing.shape[1]):
            for k in range(standing.shape[2]):
                standing[p, g, k] = 0.0
        sd, scale = incomes.log_sd[p], incomes.log_scale[p]
        d, mean = stretch(c, starts[p], starts[p + 1]), incomes.log_mean[0]
        for i in range(starts[p + 1] - starts[p]):
            log_person = sd * d.income_z[i] + scale
            g = incomes.fifths[_bin(log_person)]
            d.quintile[i] = g
            d.log_income[i] = np.float32(log_person + incomes.log_size[d.size[i]] - mean)
            w = d.weight[i] * d.active[i]
            standing[p, g, HEADS] += w
            standing[p, g, PERSONS] += w * d.size[i]
            standing[p, g, MINDED] += w * d.considers[i]
