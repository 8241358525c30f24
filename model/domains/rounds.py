"""The monthly round: one pass over all households that moves minds and finds who decides this month.

Rows are taken in parts of a place and a part in chunks that stay in the cache, each in short loops over a few
columns, which the compiler turns into vector instructions. Who decides is read off due
months; rows not alive have none.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.attention import attention_next
from model.behaviour.influence import Spread
from model.domains.deciders import collect, flag_due, flag_near, keep_to_dates, no_sooner
from model.domains.timing import Timing
from model.kernels import kernel
from model.population.columns import F32, U8, Columns, stretch

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]

HOUSEHOLDS, PERSONS, AWARE, CONSIDERING, ATTENTION = range(5)
COUNTS = 5
LANES = 4
CHUNK = 1024
PART = 1 << 16
"""Most rows of a part: what began and who decides is listed part by part."""


class Parts(NamedTuple):
    """Parts of the region: `rows` (S + 1,) where each begins, `place` (S,) of each, `of_place` (P + 1,) the
    first part of each place."""

    rows: Rows
    place: Rows
    of_place: Rows


def parts_of(starts: Rows) -> Parts:
    """Return the parts of a region whose places begin at `starts` (P + 1,)."""
    firsts = [np.arange(starts[p], starts[p + 1], PART) for p in range(starts.size - 1)]
    sizes = [part.size for part in firsts]
    return Parts(
        rows=np.concatenate([*firsts, starts[-1:]]),
        place=np.repeat(np.arange(len(firsts)), sizes),
        of_place=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    )


class Scratch(NamedTuple):
    """Room for one chunk of each part: `floats` (S, 4, CHUNK), `flags` (S, 2, CHUNK), `pulls` (S, 5)."""

    floats: Floats
    flags: U8
    pulls: Floats


def room_for(parts: int) -> Scratch:
    """Return scratch for a region of so many parts."""
    return Scratch(
        np.zeros((parts, 4, CHUNK)),
        np.zeros((parts, 2, CHUNK), np.uint8),
        np.zeros((parts, 5)),
    )


@kernel
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
        each = 1.0 / float(max(contacts[k], np.uint8(1)))
        f = float(considering[k]) * each
        share[k] = f + mixing * (mean - f)
        lift[k] = 1.0 + norm * (float(nev[k]) * each)


@kernel
def _attend(
    awareness: F32, receptivity: F32, share: Floats, pull: Floats, talk: float, decay: float, moved: Floats
) -> None:
    """Move awareness by a month: A' = (A + x) / (1 + x + d), x = g_i ln(1 + e) + w f_i
    (behaviour.attention)."""
    for k in range(awareness.size):
        a = attention_next(float(awareness[k]), pull[k] * receptivity[k] + talk * share[k], decay)
        moved[k] = a
        awareness[k] = np.float32(a)


@kernel
def _incline(
    openness: F32,
    left: F32,
    share: Floats,
    lift: Floats,
    moved: Floats,
    innovation: float,
    imitation: float,
    sales: float,
    flags: U8,
) -> None:
    """Use up the hazard left until a household considers and flag who begins (equation of
    behaviour.influence)."""
    for k in range(left.size):
        push = openness[k] * (innovation * moved[k] + imitation * share[k] + sales) * lift[k]
        rest = np.float32(left[k] - push)
        left[k] = rest
        flags[k] = np.uint8(rest <= np.float32(0.0))


@kernel
def _part_round(
    c: Columns,
    first: int,
    last: int,
    place: int,
    month: int,
    exposures: Floats,
    mean_considering: float,
    nev_share: float,
    spread: Spread,
    timing: Timing,
    began: Rows,
    deciders: Rows,
    tmp: Floats,
    flags: U8,
    pulls: Floats,
) -> tuple[int, int]:
    """Move the minds of a part by a month; returns how many began to consider and how many decide.

    `exposures` (P, 5); `tmp` (4, CHUNK), `flags` (2, CHUNK), `pulls` (5,) are scratch.
    """
    n_began, n_deciders = first, first
    for g in range(5):
        pulls[g] = spread.gain * math.log1p(max(exposures[place, g], 0.0))
    newer = older = 0
    level, uneven = True, False
    for g in range(5):
        level = level and exposures[place, g] == exposures[place, 0]
        for minded in range(2):
            for old in range(2):
                shift = timing.scrap_shift[old, place, g, minded]
                uneven = uneven or shift != timing.scrap_shift[old, place, 0, 0]
            newer = max(newer, timing.scrap_shift[0, place, g, minded])
            older = max(older, timing.scrap_shift[1, place, g, minded])
    innovation = spread.innovation / spread.attention_base
    imitation, sales = spread.imitation, spread.sales * nev_share
    for k in range(min(CHUNK, last - first)):
        tmp[2, k] = pulls[0]
    for s in range(first, last, CHUNK):
        e = min(s + CHUNK, last)
        n = e - s
        share, lift, pull, moved = tmp[0, :n], tmp[1, :n], tmp[2, :n], tmp[3, :n]
        marked = flags[0, :n]
        _listen(
            c.considering_contacts[s:e], c.nev_contacts[s:e], c.contacts[s:e], spread.mixing,
            mean_considering, spread.norm, share, lift,
        )  # fmt: skip
        if not level:
            for k in range(n):
                pull[k] = pulls[c.quintile[s + k]]
        _attend(c.awareness[s:e], c.receptivity[s:e], share, pull, spread.talk, spread.decay, moved)
        _incline(
            c.openness[s:e], c.consider_left[s:e], share, lift, moved, innovation, imitation, sales, marked,
        )  # fmt: skip
        n_began = collect(flags[0], n, s, began, n_began)
        flag_due(
            c.buy_due[s:e], c.car_due[s:e], c.car_bought[s:e], np.int16(month),
            np.int16(timing.scrap_before), np.int16(month + newer), np.int16(month + older),
            marked,
        )  # fmt: skip
        if uneven:
            no_sooner(c, s, n, month, timing, marked)
        if timing.dates_move:
            flag_near(
                c.buy_due[s:e], c.car_due[s:e], c.planner[s:e], np.int16(month + timing.most), flags[1, :n]
            )
            keep_to_dates(c, s, n, month, timing, flags[1], marked)
        n_deciders = collect(flags[0], n, s, deciders, n_deciders)
    return n_began - first, n_deciders - first


@kernel
def monthly_round(
    first: int,
    last: int,
    c: Columns,
    parts: Parts,
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
    scratch: Scratch,
) -> None:
    """Move the places `first`..`last` - 1 by a month, part by part; `exposures` (P, 5)."""
    for s in range(parts.of_place[first], parts.of_place[last]):
        n_began[s], n_deciders[s] = _part_round(
            c, parts.rows[s], parts.rows[s + 1], parts.place[s], month, exposures, mean_considering,
            nev_share, spread, timing, began, deciders, scratch.floats[s], scratch.flags[s],
            scratch.pulls[s],
        )  # fmt: skip


@kernel
def survey(
    first: int, last: int, c: Columns, starts: Rows, aware_from: float, counts: Floats, sums: Floats
) -> None:
    """Ask everyone in the places `first`..`last` - 1 for attention: write aware persons and the sum of
    attention into `counts` (P, 5, COUNTS); rows not alive count for nothing.

    `sums` (P, LANES, 2, 5) is scratch: rows are added up in turns, so that no sum waits for the one before.
    """
    for p in range(first, last):
        s = sums[p]
        s[:] = 0.0
        d = stretch(c, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            g, a = d.quintile[i], float(d.awareness[i])
            w = float(d.weight[i]) * d.active[i]
            s[i % LANES, 0, g] += w * a
            s[i % LANES, 1, g] += w * d.size[i] * (a >= aware_from)
        for g in range(5):
            counts[p, g, ATTENTION] = s[:, 0, g].sum()
            counts[p, g, AWARE] = s[:, 1, g].sum()
