"""When a car is bought: households near replacement bring it forward before money ends and wait for
money to come.

A flexible household moves its purchase by m months when that gains more than m times the cost of a month
too early or
too late. What has been announced is known; the drop is acted upon one to three months before it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import TIMING, uniform

Floats = NDArray[np.float64]
LEADS = 3
"""Months before a known end in which people act; each household has its own."""
KNOWN_AHEAD = 6
WHO = 4
"""Kinds of chooser: 2 x owner + considers."""


class Timing(NamedTuple):
    """Timing of a month. `advance` (LEADS, WHO) months by which a purchase may be brought forward;
    `waits` (WHO,) who puts it off; `dates_move` whether there is either; `trade_factor` on the hazard of
    trading up; owners of cars registered by `scrap_before` replace
    `scrap_shift` months sooner; `hold` months before a new car is traded."""

    advance: Floats
    dates_move: bool
    waits: NDArray[np.bool_]
    trade_factor: float
    scrap_shift: int
    scrap_before: int
    hold: int


@njit(nogil=True, cache=True)
def name_planners(planner: NDArray[np.uint8], share: float, seed: np.uint64) -> None:
    """Write who plans purchases around known dates: a `share` of households, each with its own lead (1 +
    months)."""
    for i in range(planner.size):
        if uniform(seed, TIMING, i, 0) < share:
            planner[i] = np.uint8(1 + int(uniform(seed, TIMING, i, 1) * LEADS))


@njit(inline="always")
def brings_forward(ahead: float, lead: int, rate: float, hazard_left: float, months_left: int) -> bool:
    """Tell whether a purchase due within `ahead` months, but after the money ends, is made now."""
    if ahead <= 0.0:
        return False
    return bool(hazard_left <= rate * ahead or lead < months_left <= ahead)


_NO_ADVANCE = np.zeros((LEADS, WHO))
_NO_WAIT = np.zeros(WHO, dtype=np.bool_)


def timing_of(
    known: Floats,
    nev_odds: float,
    cost: float,
    hold: int,
    rest: tuple[float, int, int],
) -> Timing:
    """Return the timing of a month.

    `known` (KNOWN_AHEAD + 1, 2, 3) yuan of 2022 that a buyer now expects `h` months ahead, for those
    without and with a car,
    by powertrain; `nev_odds` chance that a considering buyer takes a new-energy car; `cost` yuan a month
    of moving;
    `rest` trade factor, scrap shift and latest registration.
    """
    if not (known[1:] != known[0]).any():
        return Timing(_NO_ADVANCE, False, _NO_WAIT, rest[0], rest[1], rest[2], hold)
    worth = np.empty((known.shape[0], WHO))
    for owner in range(2):
        petrol, nev = known[:, owner, 0], known[:, owner, 1:].mean(axis=1)
        worth[:, 2 * owner] = petrol
        worth[:, 2 * owner + 1] = (1.0 - nev_odds) * petrol + nev_odds * nev
    drop = worth[:LEADS] - worth[1 : LEADS + 1]
    advance = np.minimum(np.maximum(drop, 0.0) / cost, 12.0)
    ahead = np.arange(1, KNOWN_AHEAD // 2 + 1)[:, None]
    waits = ((worth[ahead[:, 0]] - worth[0]) > cost * ahead).any(axis=0)
    dates_move = bool(advance.any() or waits.any())
    return Timing(advance, dates_move, waits, rest[0], rest[1], rest[2], hold)
