"""A month of the car market in one pass: used cars nobody took leave, deciders choose, and purchases are
summed up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.domains.car_choice import Offers, Tastes
from model.domains.garage import CLASS_COUNT, OPTIONS, Fleet, UsedCars, clear_out
from model.domains.sales import CarLife, Sales
from model.domains.transport import choose
from model.domains.wishes import Wishes
from model.kernels import kernel
from model.population.columns import Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Rows = NDArray[np.int64]


@kernel
def trade(
    c: Columns,
    starts: Rows,
    parts: Rows,
    deciders: Rows,
    n_deciders: Rows,
    offers: Offers,
    tastes: Tastes,
    life: CarLife,
    wishes: Wishes,
    month: int,
    seed: np.uint64,
    sales: Sales,
    fleet: Fleet,
    used: UsedCars,
    patience: int,
    rewire: float,
    same_place: float,
    scratch: Floats,
    told: Rows,
    recent: Floats,
    nev: Floats,
) -> None:
    """Let used cars that waited longer than `patience` months leave, the month's deciders choose (arguments
    as in `choose`), and write what they were expected to buy, `recent` (P, 3), and to own, `nev` (P,)."""
    clear_out(used, month, patience)
    choose(
        c, starts, parts, deciders, n_deciders, offers, tastes, life, wishes, month, seed, sales, fleet, used,
        rewire, same_place, scratch, told,
    )  # fmt: skip
    gained_and_lost(sales, fleet.cars, recent, nev)


@kernel
def gained_and_lost(sales: Sales, cars: Ints, recent: Floats, nev: Floats) -> None:
    """Write the expected purchases of the month into `recent` (P, 3) and move the new-energy cars expected
    with households, `nev` (P,).

    E_p <- E_p (1 - d) + G_p: G expected purchases; d what all places together lost of their new-energy cars,
    sold on less bought used included, over those they had. `cars` (P, 5, 12) stand after the month. One rate
    for all places keeps the luck of single cars out of E, and where luck parts E from the cars in use, they
    meet again.
    """
    had = lost = 0.0
    for p in range(nev.size):
        for k in range(3):
            recent[p, k] = 0.0
        for g in range(sales.expected.shape[1]):
            for j in range(OPTIONS):
                recent[p, j // CLASS_COUNT] += sales.expected[p, g, j]
                if j >= CLASS_COUNT:
                    gone = sales.scrapped[p, g, j] + sales.left[p, g, j] + sales.traded[p, g, j]
                    lost += gone - sales.used[p, g, j]
                    had += cars[p, g, j] - sales.drawn[p, g, j] + gone - sales.used[p, g, j]
    rate = lost / had if had > 0.0 else 0.0
    for p in range(nev.size):
        nev[p] = nev[p] * (1.0 - rate) + recent[p, 1] + recent[p, 2]


@kernel
def for_1000_cars(points: Floats, cars: Ints, fleet_cars: Ints, made: Floats) -> None:
    """Write public points for 1000 cars in use (P,), those of households (P, 5, 12) and of fleets (P, 12)."""
    for p in range(points.size):
        number = fleet_cars[p].sum() + cars[p].sum()
        made[p] = 1000.0 * points[p] / max(number, 1)
