"""The monthly round: one pass over all households that moves minds and finds who decides this month.

Rows are taken in chunks that stay in the cache, and a chunk in short loops over a few columns each, which the
compiler turns into vector instructions. Rows not alive are moved along and then left out.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from model.behaviour.attention import attention_next
from model.behaviour.influence import Spread
from model.domains.timing import Timing, brings_forward
from model.population.columns import F32, I16, NO_CAR, U8, Columns

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

HOUSEHOLDS, PERSONS, AWARE, CONSIDERING, ATTENTION = range(5)
COUNTS = 5
CHUNK = 1024
BEGINS, DECIDES = 1, 2


@njit(nogil=True, cache=True, error_model="numpy")
def _listen(
    considering: U8,
    nev: U8,
    contacts: U8,
    mixing: float,
    mean: float,
    norm: float,
    share: Floats,
    lift: Floats,
) -> None:
    """Write the share of contacts who consider (`mixing` of it the region's `mean`) and the lift by the
    norm."""
    for k in range(considering.size):
        f = float(considering[k]) / float(max(contacts[k], np.uint8(1)))
        share[k] = f + mixing * (mean - f)
    for k in range(considering.size):
        lift[k] = 1.0 + norm * (float(nev[k]) / float(max(contacts[k], np.uint8(1))))


@njit(nogil=True, cache=True, error_model="numpy")
def _attend(
    awareness: F32, receptivity: F32, share: Floats, pull: Floats, talk: float, decay: float, moved: Floats
) -> None:
    """Move awareness by a month: A' = (A + x) / (1 + x + d), x = g_i ln(1 + e) + w f_i
    (behaviour.attention)."""
    for k in range(awareness.size):
        a = float(awareness[k])
        a = attention_next(a, pull[k] * receptivity[k] + talk * share[k], decay)
        moved[k] = a
        awareness[k] = np.float32(a)


@njit(nogil=True, cache=True, error_model="numpy")
def _incline(
    considers: U8,
    openness: F32,
    hazard: F32,
    threshold: F32,
    share: Floats,
    lift: Floats,
    moved: Floats,
    spread: Spread,
    nev_share: float,
    push: Floats,
    flags: U8,
) -> None:
    """Move the hazard of beginning to consider and flag who begins (equation of behaviour.influence)."""
    innovation, base, imitation = spread.innovation, spread.attention_base, spread.imitation
    sales = spread.sales * nev_share
    for k in range(considers.size):
        push[k] = innovation * moved[k] / base + imitation * share[k] + sales
    for k in range(considers.size):
        push[k] = openness[k] * push[k] * lift[k] * (1.0 - float(considers[k]))
    for k in range(considers.size):
        h = hazard[k] + push[k]
        hazard[k] = np.float32(h)
        flags[k] = np.uint8(h >= threshold[k]) & (np.uint8(1) - considers[k])


@njit(nogil=True, cache=True, error_model="numpy")
def _wait(
    car: U8,
    bought: I16,
    due: I16,
    first: F32,
    trade: F32,
    hazard: F32,
    threshold: F32,
    quintile: U8,
    factors: Floats,
    month: int,
    timing: Timing,
    rate: Floats,
    reached: Floats,
    flags: U8,
) -> None:
    """Move the hazard of a first car or of trading up and flag who decides.

    `factors` (5,) on trading up by income fifth. An owner also decides at the end of the car's life,
    which a scrappage bonus brings nearer for cars old enough.
    """
    hold, shift, before = timing.hold, timing.scrap_shift, timing.scrap_before
    for k in range(car.size):
        reached[k] = factors[quintile[k]]
    for k in range(car.size):
        owner = 1.0 if car[k] != np.uint8(NO_CAR) else 0.0
        held = 1.0 if month - bought[k] >= hold else 0.0
        rate[k] = owner * held * reached[k] * float(trade[k]) + (1.0 - owner) * float(first[k])
    for k in range(car.size):
        h = float(hazard[k]) + rate[k]
        reached[k] = h
        hazard[k] = np.float32(h)
        flags[k] |= np.uint8(DECIDES) * np.uint8(h >= threshold[k])
    for k in range(car.size):
        sooner = shift if bought[k] <= before else 0
        flags[k] |= np.uint8(DECIDES) * np.uint8(due[k] - month <= sooner)


@njit(nogil=True, cache=True)
def _keep_to_dates(
    c: Columns, first: int, size: int, month: int, timing: Timing, rate: Floats, reached: Floats, flags: U8
) -> None:
    """Let flexible households put off or bring forward what they decide, in months when dates move
    purchases."""
    for k in range(size):
        i = first + k
        if c.planner[i] == 0 or c.active[i] == 0:
            continue
        owner = c.car[i] != NO_CAR
        who = 2 * int(owner) + int(c.considers[i])
        if flags[k] & DECIDES:
            if timing.waits[c.place[i], c.quintile[i], who]:
                flags[k] &= np.uint8(BEGINS)
            continue
        lead = c.planner[i] - 1
        months_left = c.car_due[i] - month if owner else 0
        ahead = timing.advance[c.place[i], c.quintile[i], lead, who]
        if brings_forward(ahead, lead, rate[k], c.buy_threshold[i] - reached[k], months_left):
            flags[k] |= np.uint8(DECIDES)


@njit(nogil=True, cache=True)
def _count(
    active: U8,
    quintile: U8,
    weight: NDArray[np.int32],
    size: U8,
    flags: U8,
    moved: Floats,
    aware_from: float,
    counts: Floats,
) -> None:
    """Add the awareness of a chunk to the sums by fifth; rows not alive count for nothing."""
    for k in range(active.size):
        flags[k] *= active[k]
    for k in range(active.size):
        if active[k]:
            counts[quintile[k], ATTENTION] += weight[k] * moved[k]
            if moved[k] >= aware_from:
                counts[quintile[k], AWARE] += weight[k] * size[k]


# Not inlined: inside prange numba would take the sums of an inlined body for reductions of its own.
@njit(nogil=True, cache=True)
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

    `exposures` (5,) by income fifth; `counts` (5, COUNTS): the sums of awareness are added.
    """
    n_began = n_deciders = 0
    pull_g = np.empty(5)
    for g in range(5):
        pull_g[g] = spread.gain * math.log1p(max(exposures[g], 0.0))
    tmp = np.empty((6, CHUNK))
    flags = np.empty(CHUNK, np.uint8)
    for s in range(first, last, CHUNK):
        e = min(s + CHUNK, last)
        n = e - s
        share, lift, pull, moved = tmp[0, :n], tmp[1, :n], tmp[2, :n], tmp[3, :n]
        rate, reached, marked = tmp[4, :n], tmp[5, :n], flags[:n]
        _listen(
            c.considering_contacts[s:e], c.nev_contacts[s:e], c.contacts[s:e], spread.mixing,
            mean_considering, spread.norm, share, lift,
        )  # fmt: skip
        for k in range(n):
            pull[k] = pull_g[c.quintile[s + k]]
        _attend(c.awareness[s:e], c.receptivity[s:e], share, pull, spread.talk, spread.decay, moved)
        _incline(
            c.considers[s:e], c.openness[s:e], c.consider_hazard[s:e], c.consider_threshold[s:e], share,
            lift, moved, spread, nev_share, pull, marked,
        )  # fmt: skip
        _wait(
            c.car[s:e], c.car_bought[s:e], c.car_due[s:e], c.first_car_rate[s:e], c.trade_rate[s:e],
            c.buy_hazard[s:e], c.buy_threshold[s:e], c.quintile[s:e], timing.trade_factor[c.place[first]],
            month, timing, rate, reached, marked,
        )  # fmt: skip
        if timing.dates_move:
            _keep_to_dates(c, s, n, month, timing, rate, reached, marked)
        _count(
            c.active[s:e], c.quintile[s:e], c.weight[s:e], c.size[s:e], marked, moved,
            spread.aware_from, counts,
        )  # fmt: skip
        for k in range(n):
            if marked[k]:
                if marked[k] & BEGINS:
                    began[first + n_began] = s + k
                    n_began += 1
                if marked[k] & DECIDES:
                    deciders[first + n_deciders] = s + k
                    n_deciders += 1
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
            c, starts[p], starts[p + 1], month, exposures[p], mean_considering, nev_share, spread, timing,
            began, deciders, counts[p],
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
    """Do what `monthly_round` does with places side by side: each writes its own rows and sums, so the bits
    are equal."""
    for p in prange(starts.size - 1):
        made = _place_round(
            c, starts[p], starts[p + 1], month, exposures[p], mean_considering, nev_share, spread, timing,
            began, deciders, counts[p],
        )  # fmt: skip
        n_began[p] = made[0]
        n_deciders[p] = made[1]
