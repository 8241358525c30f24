"""Incomes of a year: how households drift through them, who ranks in which fifth, who leaves a home.

Ranks are read off steps of the log of income a person, counted by place: nobody is sorted.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import INCOME, LEAVE_HOME, standard_normal, uniform
from model.kernels import kernel, spliced
from model.population.columns import Columns, stretch

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]
_BINS = 8192
_LOG_LOW, _LOG_HIGH = 4.0, 18.0
_SIZES = 256

HEADS, PERSONS, MINDED = range(3)
"""Columns of the running counts (P, 5, 3): real households, persons, households that consider a
new-energy car."""


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


@spliced
def log_person_of(c: Columns, i: int, incomes: Incomes) -> float:
    """Return the log of a household's income a person, CNY a year."""
    p = c.place[i]
    return float(incomes.log_sd[p] * c.income_z[i] + incomes.log_scale[p])


@spliced
def step_of(log_person: float) -> int:
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
            step = step_of(sd * d.income_z[i] + scale)
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
            g = incomes.fifths[step_of(log_person)]
            d.quintile[i] = g
            d.log_income[i] = np.float32(log_person + incomes.log_size[d.size[i]] - mean)
            w = d.weight[i] * d.active[i]
            standing[p, g, HEADS] += w
            standing[p, g, PERSONS] += w * d.size[i]
            standing[p, g, MINDED] += w * d.considers[i]
