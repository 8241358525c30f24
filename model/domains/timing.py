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
from model.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
LEADS = 3
"""Months before a known end in which people act; each household has its own."""
KNOWN_AHEAD = 6
WHO = 4
"""Kinds of chooser: 2 x owner + considers."""


class Timing(NamedTuple):
    """Timing of a month. `advance` (P, 5, LEADS, WHO) months by which a purchase may be brought forward;
    `waits`
    (P, 5, WHO) who puts it off; `dates_move` whether there is either; a purchase is moved by `most` months at
    most; owners replace their car `scrap_shift[0]` (P, 5, 2 by considering) months sooner, and
    `scrap_shift[1]` if it was registered by `scrap_before`."""

    advance: Floats
    dates_move: bool
    waits: NDArray[np.bool_]
    most: int
    scrap_shift: Ints
    scrap_before: int


@kernel
def name_planners(planner: NDArray[np.uint8], share: float, seed: np.uint64) -> None:
    """Write who plans purchases around known dates: a `share` of households, each with its own lead (1 +
    months)."""
    for i in range(planner.size):
        if uniform(seed, TIMING, i, 0) < share:
            planner[i] = np.uint8(1 + int(uniform(seed, TIMING, i, 1) * LEADS))


@njit(inline="always")
def brings_forward(ahead: float, lead: int, buy_left: int, car_left: int) -> bool:
    """Tell whether a purchase due within `ahead` months is made now: one that the household would decide on
    in `buy_left` months, or the replacement of a car that ends in `car_left`, after the money does."""
    return bool(0 < buy_left <= ahead or lead < car_left <= ahead)


@kernel
def expect_money(
    promised: Floats,
    months: Ints,
    funded: Floats,
    cpi: float,
    nev_odds: float,
    expected: Floats,
    own: Floats,
) -> None:
    """Write what people expect of provincial money, `expected` (H, P, 5, 2, 3) yuan of 2022, and what owners
    expect now beyond others, `own` (P, 5, 2) current yuan, for those who consider petrol cars only and all
    cars.

    `promised` (K, M, P, 5, 2, 3) by each grant in current yuan, of which the share `funded` (K,) is expected,
    in `months` (H,) from now on; `cpi` of this month.
    """
    for p in range(own.shape[0]):
        for g in range(own.shape[1]):
            for h in range(months.size):
                for who in range(2):
                    for kind in range(3):
                        money = 0.0
                        for k in range(funded.size):
                            money += funded[k] * promised[k, months[h], p, g, who, kind]
                        expected[h, p, g, who, kind] = money
                if h == 0:
                    for considers in range(2):
                        have, others = expected[0, p, g, 1], expected[0, p, g, 0]
                        beyond = _worth(have[0], have[1], have[2], considers, nev_odds)
                        beyond -= _worth(others[0], others[1], others[2], considers, nev_odds)
                        own[p, g, considers] = beyond
                for who in range(2):
                    for kind in range(3):
                        expected[h, p, g, who, kind] /= cpi


@njit(inline="always")
def _worth(petrol: float, phev: float, bev: float, who: int, nev_odds: float) -> float:
    """Return what a kind of chooser expects from money by powertrain."""
    if who % 2 == 0:
        return petrol
    return (1.0 - nev_odds) * petrol + nev_odds * ((phev + bev) / 2.0)


@kernel
def _weigh_dates(
    known: Floats,
    promised: Floats,
    nev_odds: float,
    cost: float,
    most: int,
    advance: Floats,
    waits: Flags,
) -> bool:
    """Write `advance` (P, 5, LEADS, WHO) and `waits` (P, 5, WHO); tells whether anybody may move."""
    moves = False
    for p in range(advance.shape[0]):
        for g in range(advance.shape[1]):
            for who in range(WHO):
                now = before = 0.0
                waits[p, g, who] = False
                for h in range(KNOWN_AHEAD + 1):
                    mine, theirs = promised[h, p, g, who // 2], known[h, who // 2]
                    worth = _worth(theirs[0], theirs[1], theirs[2], who, nev_odds)
                    worth += _worth(mine[0], mine[1], mine[2], who, nev_odds)
                    if h == 0:
                        now = worth
                    else:
                        if h <= LEADS:
                            ahead = min(max(before - worth, 0.0) / cost, float(most))
                            advance[p, g, h - 1, who] = ahead
                            moves = moves or ahead > 0.0
                        if worth - now > cost * h:
                            waits[p, g, who] = moves = True
                    before = worth
    return moves


def timing_of(
    known: Floats | None,
    promised: Floats | None,
    nev_odds: float,
    cost: float,
    most: int,
    scrap_shift: Ints,
    scrap_before: int,
) -> Timing:
    """Return the timing of a month.

    `known` (KNOWN_AHEAD + 1, 2, 3) national yuan of 2022 and `promised` (KNOWN_AHEAD + 1, P, 5, 2, 3)
    provincial ones that a buyer now expects `h` months ahead, without and with a car, by powertrain (None:
    money does not change); `nev_odds` chance that a considering buyer takes a new-energy car; `cost` yuan a
    month of moving, by `most` months; `scrap_shift` (2, P, 5, 2) months that scrappage money brings
    replacements nearer, for all cars and for those registered by `scrap_before`.
    """
    places = scrap_shift.shape[1]
    if known is None or promised is None:
        return Timing(*_still(places), most, scrap_shift, scrap_before)
    advance = np.empty((places, 5, LEADS, WHO))
    waits = np.empty((places, 5, WHO), dtype=np.bool_)
    dates_move = bool(_weigh_dates(known, promised, nev_odds, cost, most, advance, waits))
    return Timing(advance, dates_move, waits, most, scrap_shift, scrap_before)


@cache
def _still(places: int) -> tuple[Floats, bool, NDArray[np.bool_]]:
    """Return a timing in which nobody moves."""
    return np.zeros((places, 5, LEADS, WHO)), False, np.zeros((places, 5, WHO), dtype=np.bool_)
