"""Households form and dissolve, so that each place keeps to its census path.

Nothing moves: a growing place wakes reserve rows, a shrinking one lets rows go (decisions on who goes are
keyed draws). Urbanisation is more forming in towns and more dissolving in villages.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
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
from model.kernels import inlined, kernel
from model.population.columns import NEVER, Columns
from model.population.incomes import HEADS, MINDED, PERSONS, Incomes, log_person_of, step_of

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
_STRIDE = 128
_AHEAD = 32


class Reserve(NamedTuple):
    """Rows not alive: `rows` (N,) a stack for each place, `top` (P,) how many lie in it,
    `alive` (P,) real households alive."""

    rows: Rows
    top: Rows
    alive: Rows


@inlined
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


@inlined
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


@inlined
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
    log_person = log_person_of(c, row, incomes)
    c.quintile[row] = incomes.fifths[step_of(log_person)]
    c.log_income[row] = np.float32(log_person + incomes.log_size[c.size[row]] - incomes.log_mean[0])
