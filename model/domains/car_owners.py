"""Who owns a car at the start, and what becomes of cars when households dissolve and form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import INITIAL, NEWCOMER, uniform
from model.domains.car_choice import BEV, Offers, distance
from model.domains.garage import CLASS_COUNT, Fleet, drives_nev, give_up_car
from model.domains.sales import CarLife
from model.domains.transport import register
from model.domains.wishes import Wishes, wait_for_car
from model.kernels import kernel
from model.population.columns import NEVER, NO_CAR, Columns
from model.population.network import tell

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def first_cars(
    c: Columns,
    starts: Rows,
    offers: Offers,
    life: CarLife,
    class_shares: Floats,
    nev_share: float,
    nev_oldest: int,
    ages: Floats,
    log_floor: float,
    seed: np.uint64,
    rewire: float,
    same_place: float,
) -> None:
    """Give the owners at the start a car: class by `class_shares` (4,), age in months by the cumulated
    `ages`, a BEV of at most `nev_oldest` months with chance `nev_share`."""
    for p in range(starts.size - 1):
        for i in range(starts[p], starts[p + 1]):
            if c.car[i] == NO_CAR or c.active[i] == 0:
                c.car[i] = np.uint8(NO_CAR)
                continue
            u = uniform(seed, INITIAL, i, 3)
            kind = 0
            below = class_shares[0]
            while u >= below and kind < CLASS_COUNT - 1:
                kind += 1
                below += class_shares[kind]
            nev = uniform(seed, INITIAL, i, 4) < nev_share
            age = int(np.searchsorted(ages, uniform(seed, INITIAL, i, 5)))
            age = min(age, nev_oldest) if nev else age
            c.car_km[i] = distance(c, i, life, log_floor)
            register(c, i, kind + (BEV * CLASS_COUNT if nev else 0), -age, 0, offers, life, seed)
            if nev:
                tell(i, 1, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)


@kernel
def replace_garages(
    c: Columns,
    starts: Rows,
    gone: Rows,
    fifths: NDArray[np.uint8],
    n_gone: int,
    came: Rows,
    n_came: int,
    month: int,
    seed: np.uint64,
    left: Ints,
    fleet: Fleet,
    wishes: Wishes,
    rewire: float,
    same_place: float,
) -> None:
    """Let the cars of dissolved households leave, counted in the `fifths` that these were in; new households
    have none and wait for their first."""
    for k in range(n_gone):
        i = gone[k]
        c.buy_due[i] = np.int16(NEVER)
        if c.car[i] != NO_CAR:
            # A row formed anew in the same month has its new fifth already.
            now = c.quintile[i]
            c.quintile[i] = fifths[k]
            if drives_nev(c, i):
                p = c.place[i]
                tell(i, -1, c.nev_contacts, starts[p], starts[p + 1], rewire, same_place)
            give_up_car(c, i, left, fleet)
            c.quintile[i] = now
    for k in range(n_came):
        i = came[k]
        wait_for_car(c, i, NEWCOMER + month, month, wishes, seed)
