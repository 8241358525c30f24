"""Who decides about a car this month: those whose month has come, earlier for scrappage money, and flexible
households that keep to known dates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.domains.timing import Timing, brings_forward
from model.kernels import inlined, kernel
from model.population.columns import I16, NO_CAR, U8, Columns

Rows = NDArray[np.int64]
WORD = 64
"""Rows looked at together for anything flagged."""


@kernel
def flag_due(
    buy_due: I16,
    car_due: I16,
    bought: I16,
    month: np.int16,
    before: np.int16,
    end_new: np.int16,
    end_old: np.int16,
    flags: U8,
) -> None:
    """Flag who decides about a car: trading up or a first car is due, or the end of the car is.

    Scrappage money brings the end nearer: those due up to `end_new` decide, of cars bought up to `before`
    those due up to `end_old`.
    """
    if end_old == end_new:
        for k in range(buy_due.size):
            flags[k] = np.uint8((buy_due[k] <= month) | (car_due[k] <= end_new))
        return
    for k in range(buy_due.size):
        end = end_old if bought[k] <= before else end_new
        flags[k] = np.uint8((buy_due[k] <= month) | (car_due[k] <= end))


@kernel
def flag_near(buy_due: I16, car_due: I16, planner: U8, until: np.int16, flags: U8) -> None:
    """Flag flexible households whose decision is due up to month `until`."""
    for k in range(buy_due.size):
        flags[k] = np.uint8((min(buy_due[k], car_due[k]) <= until) & (planner[k] > 0))


@inlined
def _any_flagged(flags: U8, word: int) -> bool:
    """Tell whether any of the rows of a word is flagged (vector instructions)."""
    some = 0
    for k in range(word * WORD, (word + 1) * WORD):
        some |= flags[k]
    return some != 0


@inlined
def _keeps_to_dates(c: Columns, i: int, month: int, timing: Timing, decides: bool) -> bool:
    """Tell whether a flexible household decides this month, when dates move purchases: it may put off or
    bring forward."""
    p, g, considers = c.place[i], c.quintile[i], c.considers[i]
    who = 2 * int(c.car[i] != NO_CAR) + int(considers)
    if decides:
        return not timing.waits[p, g, who]
    lead = c.planner[i] - 1
    old = int(c.car_bought[i] <= timing.scrap_before)
    end = c.car_due[i] - timing.scrap_shift[old, p, g, considers]
    left, bare = min(c.buy_due[i], end) - month, min(c.buy_due[i], c.car_due[i]) - month
    return brings_forward(timing.advance[p, g, lead, who], lead, left, bare)


@kernel
def keep_to_dates(c: Columns, first: int, size: int, month: int, timing: Timing, near: U8, flags: U8) -> None:
    """Let the flexible households of a chunk, flagged in `near`, put off or bring forward."""
    for w in range((size + WORD - 1) // WORD):
        if _any_flagged(near, w):
            for k in range(w * WORD, min((w + 1) * WORD, size)):
                if near[k]:
                    flags[k] = np.uint8(_keeps_to_dates(c, first + k, month, timing, flags[k] != 0))


@kernel
def no_sooner(c: Columns, first: int, size: int, month: int, timing: Timing, flags: U8) -> None:
    """Take the flag from those whose own fifth has less of a bonus than the place's most."""
    for k in range(size):
        i = first + k
        if flags[k] and c.buy_due[i] > month:
            old = int(c.car_bought[i] <= timing.scrap_before)
            sooner = timing.scrap_shift[old, c.place[i], c.quintile[i], c.considers[i]]
            flags[k] = np.uint8(c.car_due[i] <= month + sooner)


@kernel
def collect(flags: U8, size: int, first: int, found: Rows, at: int) -> int:
    """Append the flagged rows of a chunk to `found` from place `at`; returns the next place."""
    for w in range((size + WORD - 1) // WORD):
        if _any_flagged(flags, w):
            for k in range(w * WORD, min((w + 1) * WORD, size)):
                if flags[k]:
                    found[at] = first + k
                    at += 1
    return at
