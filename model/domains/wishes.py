"""When a household next decides about a car of its own accord: its first one, or trading up.

The hazard a month is r_p (y_i/y)^e for a first car and t (y_i/y)^e f_pgc, after a time of holding, for
trading up; a decision falls in the month in which the accumulated hazard reaches a unit exponential of the
household (Gibson and Bruck 1999). While rates stand still that month is known, so it is kept and only moved
when the rates move: each January, and when trade-in money changes the factor f (by place, fifth and
considering).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import FIRST_CAR, exponential
from model.kernels import inlined, kernel
from model.population.columns import NEVER, NO_CAR, Columns, stretch

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Wishes(NamedTuple):
    """Hazards a month: `first` (P,) of a first car at mean income, `trade` of trading up, `factor` (P, 5, 2
    by considering) on it; `first_income`, `trade_income` elasticities; `hold` months a new car is kept;
    `log_floor` of relative income."""

    first: Floats
    trade: float
    factor: Floats
    first_income: float
    trade_income: float
    hold: int
    log_floor: float


@inlined
def plan_ahead(c: Columns, i: int, month: int, left: float, wishes: Wishes) -> None:
    """Write when household `i` will have used up the hazard `left`, counting from `month` on."""
    relative = max(float(c.log_income[i]), wishes.log_floor)
    p = c.place[i]
    owner = c.car[i] != NO_CAR
    # Both rates are read before one is taken: a processor that guesses wrong who owns a car loses more time.
    first, trade = wishes.first[p], wishes.trade * wishes.factor[p, c.quintile[i], c.considers[i]]
    kept = c.car_bought[i] + wishes.hold
    rate = trade if owner else first
    rate *= math.exp((wishes.trade_income if owner else wishes.first_income) * relative)
    start = max(month, kept) if owner else month
    c.buy_left[i] = np.float32(left)
    c.buy_rate[i] = np.float32(rate)
    c.buy_from[i] = np.int16(start)
    months = left / rate if rate > 0.0 else float(NEVER)
    c.buy_due[i] = np.int16(min(start - 1.0 + math.ceil(min(months, float(NEVER))), float(NEVER)))


@inlined
def wait_for_car(c: Columns, i: int, drawn: int, month: int, wishes: Wishes, seed: np.uint64) -> None:
    """Start the wait of household `i` for its next decision, from `month` on, with the threshold of month
    `drawn`."""
    plan_ahead(c, i, month, exponential(seed, FIRST_CAR, i, drawn), wishes)


@kernel
def plan_anew(
    first: int, last: int, c: Columns, starts: Rows, month: int, wishes: Wishes, everyone: bool
) -> None:
    """Move the due months of those alive in some places to new rates from `month` on; `everyone` or owners
    only."""
    for p in range(first, last):
        d = stretch(c, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            if d.active[i] and (everyone or d.car[i] != NO_CAR):
                spent = max(month - d.buy_from[i], 0) * float(d.buy_rate[i])
                plan_ahead(d, i, month, max(float(d.buy_left[i]) - spent, 0.0), wishes)


@kernel
def first_waits(c: Columns, wishes: Wishes, seed: np.uint64) -> None:
    """Start everybody's wait in January 2015."""
    for i in range(c.active.size):
        if c.active[i]:
            wait_for_car(c, i, -1, 0, wishes, seed)
