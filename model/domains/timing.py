"""When a car is bought: households near replacement bring it forward before money ends and wait for
money to come.

A flexible household moves its purchase by m months when that gains more than m times the cost of a month
too early or
too late. What has been announced is known; the drop is acted upon one to three months before it.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.draws import TIMING, uniform

Floats = NDArray[np.float64]
LEADS = 3
"""Months before a known end in which people act; each household has its own."""
KNOWN_AHEAD = 6
MOST_MONTHS = 12.0
"""A purchase is moved by a year at most."""
WHO = 4
"""Kinds of chooser: 2 x owner + considers."""


class Timing(NamedTuple):
    """Timing of a month. `advance` (P, 5, LEADS, WHO) months by which a purchase may be brought forward;
    `waits`
    (P, 5, WHO) who puts it off; `dates_move` whether there is either; `trade_factor` (P, 5) on the hazard of
    trading up; owners of cars registered by `scrap_before` replace `scrap_shift` months sooner; `hold` months
    before a new car is traded."""

    advance: Floats
    dates_move: bool
    waits: NDArray[np.bool_]
    trade_factor: Floats
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


def _worth(known: Floats, nev_odds: float) -> Floats:
    """Return what each kind of chooser expects (., WHO) from money (., 2, 3) without and with a car, by
    powertrain."""
    petrol, nev = known[..., 0], known[..., 1:].mean(axis=-1)
    mixed = (1.0 - nev_odds) * petrol + nev_odds * nev
    return np.stack([petrol[..., 0], mixed[..., 0], petrol[..., 1], mixed[..., 1]], axis=-1)


def timing_of(
    known: Floats,
    promised: Floats | None,
    nev_odds: float,
    cost: float,
    hold: int,
    trade_factor: Floats,
    scrap: tuple[int, int],
) -> Timing:
    """Return the timing of a month.

    `known` (KNOWN_AHEAD + 1, 2, 3) national and `promised` (KNOWN_AHEAD + 1, P, 5, 2, 3) provincial yuan
    of 2022 that
    a buyer now expects `h` months ahead, without and with a car, by powertrain; `nev_odds` chance that a
    considering buyer takes a new-energy car; `cost` yuan a month of moving; `trade_factor` (P, 5); `scrap`
    shift and latest registration.
    """
    places = trade_factor.shape[0]
    flat = not (known[1:] != known[0]).any() and (promised is None or not (promised[1:] != promised[0]).any())
    if flat:
        return Timing(*_still(places), trade_factor, *scrap, hold)
    worth = np.broadcast_to(_worth(known, nev_odds)[:, None, None], (known.shape[0], places, 5, WHO))
    if promised is not None:
        worth = worth + _worth(promised, nev_odds)
    drop = np.maximum(worth[:LEADS] - worth[1 : LEADS + 1], 0.0) / cost
    advance = np.ascontiguousarray(np.minimum(drop, MOST_MONTHS).transpose(1, 2, 0, 3))
    ahead = np.arange(1, LEADS + 1)
    waits = ((worth[ahead] - worth[0]) > cost * ahead[:, None, None, None]).any(axis=0)
    return Timing(advance, bool(advance.any() or waits.any()), waits, trade_factor, *scrap, hold)


@cache
def _still(places: int) -> tuple[Floats, bool, NDArray[np.bool_]]:
    """Return a timing in which nobody moves."""
    return np.zeros((places, 5, LEADS, WHO)), False, np.zeros((places, 5, WHO), dtype=np.bool_)
