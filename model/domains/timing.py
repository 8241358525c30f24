"""When a car is bought: flexible households make a purchase that would fall after the end of money before it,
and wait for money to come.

Such a household moves its next purchase by m months when that gains more than m times the cost of a month too
early or too late. What has been announced is known; a drop is acted upon one to three months before it, by
those whose purchase would otherwise come after it.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import TIMING, uniform
from model.kernels import inlined, kernel, spliced

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
LEADS = 3
"""Months before a known drop in which people act; each household has its own."""
KNOWN_AHEAD = 6
WHO = 4
"""Kinds of chooser: 2 x owner + considers."""


class Timing(NamedTuple):
    """Timing of a month. `advance` (P, 5, LEADS, WHO) months by which a purchase that would come after the
    lead may be brought forward; `waits` (P, 5, WHO) who puts it off; `dates_move` whether there is either; a
    purchase is moved by `most` months at most; owners replace their car `scrap_shift[0]` (P, 5, 2 by
    considering) months sooner, and `scrap_shift[1]` if it was registered by `scrap_before`."""

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


@spliced
def brings_forward(ahead: float, lead: int, left: int, bare: int) -> bool:
    """Tell whether a purchase is made now because money ends `lead` months from now.

    Left alone it comes in `left` months while the money lasts, in `bare` months without it; it is moved if it
    would come after the last month with the money, by at most `ahead` months.
    """
    return bool(lead < left and bare <= ahead)


@kernel
def expect_money(promised: Floats, months: Ints, funded: Floats, expected: Floats) -> None:
    """Write what people expect of provincial money, `expected` (H, C), in the months `months` (H,): of what
    each grant has `promised` (K, M, C) in each cell the share `funded` (K,)."""
    for h in range(months.size):
        expected[h] = 0.0
        for k in range(funded.size):
            for cell in range(expected.shape[1]):
                expected[h, cell] += funded[k] * promised[k, months[h], cell]


@inlined
def _worth(money: Floats, considers: int, nev_odds: float) -> float:
    """Return what one who considers petrol cars only, or all cars, expects of `money` (3,) by powertrain."""
    if not considers:
        return float(money[0])
    return float((1.0 - nev_odds) * money[0] + nev_odds * ((money[1] + money[2]) / 2.0))


@kernel
def weigh_bonuses(
    promised: Floats,
    swap: Floats,
    scrap: Floats,
    nev_odds: float,
    raised: float,
    within: int,
    factor: Floats,
    shift: Floats,
    sooner: Ints,
) -> None:
    """Write what money for an old car does to owners: `factor` (P, 5, 2 by considering) on the hazard of
    trading up, and the months `sooner` (2, P, 5, 2) by which their car is replaced.

    Each expects b: what provincial money, `promised` (P, 5, 2, 3), pays beyond what others get, and the
    national bonus by powertrain (3,), `swap` for a car sold on or `scrap` for an old one. factor = 1 + r b,
    r = `raised` a yuan. The `shift` (2, P, 5, 2) grows by r b a month while there is any, to at most `within`
    months; those without an old car on the first row get no national bonus.
    """
    for p in range(factor.shape[0]):
        for g in range(factor.shape[1]):
            for considers in range(2):
                own = _worth(promised[p, g, 1], considers, nev_odds)
                own -= _worth(promised[p, g, 0], considers, nev_odds)
                factor[p, g, considers] = 1.0 + raised * (own + _worth(swap, considers, nev_odds))
                for old in range(2):
                    bonus = own + old * _worth(scrap, considers, nev_odds)
                    grown = shift[old, p, g, considers] + raised * bonus if raised * bonus > 0.0 else 0.0
                    shift[old, p, g, considers] = grown
                    sooner[old, p, g, considers] = min(int(grown), within)


@inlined
def _look_ahead(
    known: Floats, promised: Floats, p: int, g: int, who: int, nev_odds: float, worth: Floats
) -> None:
    """Write what a kind of chooser of a place and fifth expects `h` months ahead, `worth` (H,)."""
    owner, considers = who // 2, who % 2
    for h in range(worth.size):
        worth[h] = _worth(known[h, owner], considers, nev_odds)
        worth[h] += _worth(promised[h, p, g, owner], considers, nev_odds)


@inlined
def _puts_off(worth: Floats, cost: float) -> bool:
    """Tell whether some later month is worth more than this one and the wait for it."""
    some = False
    for h in range(1, worth.size):
        some = some or worth[h] - worth[0] > cost * h
    return some


@inlined
def _months_ahead(worth: Floats, lead: int, cost: float, most: int) -> float:
    """Return by how many months a purchase may come sooner for what is lost after `lead` months."""
    return float(min(max(worth[lead] - worth[lead + 1], 0.0) / cost, most))


@kernel
def _weigh_dates(
    known: Floats,
    promised: Floats,
    nev_odds: float,
    cost: float,
    most: int,
    advance: Floats,
    waits: Flags,
    worth: Floats,
) -> bool:
    """Write `advance` (P, 5, LEADS, WHO) and `waits` (P, 5, WHO); tells whether anybody may move. `worth`
    (KNOWN_AHEAD + 1,) is scratch."""
    moves = False
    for p in range(advance.shape[0]):
        for g in range(advance.shape[1]):
            for who in range(WHO):
                _look_ahead(known, promised, p, g, who, nev_odds, worth)
                waits[p, g, who] = _puts_off(worth, cost)
                moves = moves or waits[p, g, who]
                for lead in range(LEADS):
                    advance[p, g, lead, who] = _months_ahead(worth, lead, cost, most)
                    moves = moves or advance[p, g, lead, who] > 0.0
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
    worth = np.empty(KNOWN_AHEAD + 1)
    dates_move = bool(_weigh_dates(known, promised, nev_odds, cost, most, advance, waits, worth))
    return Timing(advance, dates_move, waits, most, scrap_shift, scrap_before)


@cache
def _still(places: int) -> tuple[Floats, bool, NDArray[np.bool_]]:
    """Return a timing in which nobody moves."""
    return np.zeros((places, 5, LEADS, WHO)), False, np.zeros((places, 5, WHO), dtype=np.bool_)
