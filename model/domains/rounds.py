"""The monthly round: one pass over all households that moves minds and finds who decides this month.

Fused because a household's columns are then read once (attention, influence, hazards of all domains).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from model.behaviour.influence import Spread
from model.domains.timing import Timing, brings_forward, flexible, lead_of
from model.population.columns import NO_CAR, Columns

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

HOUSEHOLDS, PERSONS, AWARE, CONSIDERING, ATTENTION = range(5)
COUNTS = 5


@njit(forceinline=True)
def _keeps_to_dates(
    wants: bool, timing: Timing, i: int, who: int, rate: float, hazard_left: float, months_left: int
) -> bool:
    """Tell whether household `i` decides now, given that dates of money to come move purchases this month."""
    if not flexible(timing.seed, timing.share, i):
        return wants
    if wants:
        return not timing.waits[who]
    lead = lead_of(timing.seed, i)
    return brings_forward(timing.advance[lead, who], lead, rate, hazard_left, months_left)


@njit(inline="always")
def _place_round(
    c: Columns,
    first: int,
    last: int,
    month: int,
    exposures: Floats,
    mean_considering: float,
    nev_share: float,
    spread: Spread,
    timing: Timing,
    began: Rows,
    deciders: Rows,
    counts: Floats,
) -> tuple[int, int]:
    """Move the minds of one place by a month; returns how many began to consider and how many decide.

    A += pull (1 - A) - d A with pull = g_i ln(1 + e) + w f_i (behaviour.attention), then the hazard of
    behaviour.influence. `exposures` (5,) by income fifth. `counts` (5, COUNTS) sums in real households
    and persons.
    """
    n_began = n_deciders = 0
    hold, trade_factor = timing.hold, timing.trade_factor
    scrap_shift, scrap_before, dates_move = timing.scrap_shift, timing.scrap_before, timing.dates_move
    pull_g = np.empty(5)
    for g in range(5):
        pull_g[g] = spread.gain * math.log1p(max(exposures[g], 0.0))
    for i in range(first, last):
        if c.active[i] == 0:
            continue
        g = c.quintile[i]
        links = c.contacts[i]
        f = norm = 0.0
        if links > 0:
            f = c.considering_contacts[i] / links
            norm = c.nev_contacts[i] / links
        f += spread.mixing * (mean_considering - f)
        a = float(c.awareness[i])
        a += (pull_g[g] * c.receptivity[i] + spread.talk * f) * (1.0 - a) - spread.decay * a
        c.awareness[i] = np.float32(a)
        if c.considers[i] == 0:
            push = (
                spread.innovation * a / spread.attention_base
                + spread.imitation * f
                + spread.sales * nev_share
            )
            h = c.consider_hazard[i] + c.openness[i] * push * (1.0 + spread.norm * norm)
            c.consider_hazard[i] = np.float32(h)
            if h >= c.consider_threshold[i]:
                began[first + n_began] = i
                n_began += 1
        owner = c.car[i] != NO_CAR
        rate = 0.0
        months_left = 0
        wants = False
        if owner:
            bought = c.car_bought[i]
            months_left = c.car_due[i] - month
            if month - bought >= hold:
                rate = c.trade_rate[i] * trade_factor
            wants = months_left <= (scrap_shift if bought <= scrap_before else 0)
        else:
            rate = float(c.first_car_rate[i])
        h = c.buy_hazard[i] + rate
        c.buy_hazard[i] = np.float32(h)
        wants = wants or h >= c.buy_threshold[i]
        if dates_move:
            who = 2 * int(owner) + int(c.considers[i])
            wants = _keeps_to_dates(wants, timing, i, who, rate, c.buy_threshold[i] - h, months_left)
        if wants:
            deciders[first + n_deciders] = i
            n_deciders += 1
        w = c.weight[i]
        persons = w * c.size[i]
        counts[g, HOUSEHOLDS] += w
        counts[g, PERSONS] += persons
        counts[g, ATTENTION] += w * a
        if a >= spread.aware_from:
            counts[g, AWARE] += persons
        if c.considers[i]:
            counts[g, CONSIDERING] += w
    return n_began, n_deciders


@njit(nogil=True, cache=True)
def monthly_round(
    c: Columns,
    starts: Rows,
    month: int,
    exposures: Floats,
    mean_considering: float,
    nev_share: float,
    spread: Spread,
    timing: Timing,
    began: Rows,
    n_began: Rows,
    deciders: Rows,
    n_deciders: Rows,
    counts: Floats,
) -> None:
    """Move every place by a month, one after the other; `exposures` (P, 5), `counts` (P, 5, COUNTS)."""
    for p in range(starts.size - 1):
        n_began[p], n_deciders[p] = _place_round(
            c, starts[p], starts[p + 1], month, exposures[p], mean_considering, nev_share, spread,
            timing, began, deciders, counts[p],
        )  # fmt: skip


@njit(nogil=True, cache=True, parallel=True)
def monthly_round_parallel(
    c: Columns,
    starts: Rows,
    month: int,
    exposures: Floats,
    mean_considering: float,
    nev_share: float,
    spread: Spread,
    timing: Timing,
    began: Rows,
    n_began: Rows,
    deciders: Rows,
    n_deciders: Rows,
    counts: Floats,
) -> None:
    """Do what `monthly_round` does with places side by side: each writes only its own rows and sums, so
    the bits are equal."""
    for p in prange(starts.size - 1):
        made = _place_round(
            c, starts[p], starts[p + 1], month, exposures[p], mean_considering, nev_share, spread,
            timing, began, deciders, counts[p],
        )  # fmt: skip
        n_began[p] = made[0]
        n_deciders[p] = made[1]
