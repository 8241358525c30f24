"""Cars as things: in use at a household, given up, sold on, bought used; counted by place, fifth and option.

A car sold on waits for a buyer of the region; one that finds none in time, or whose end comes first, leaves
it. Buyers take the car that has waited longest among petrol cars or, if they consider them, among new-energy
ones.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import USED_CAR, uniform
from model.data.months import MONTHS_A_YEAR
from model.kernels import inlined, kernel, spliced
from model.population.columns import NEVER, NO_CAR, Columns, stretch

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
OPTIONS = 12
CLASS_COUNT = 4


class Fleet(NamedTuple):
    """Cars in use by place, fifth and option: `cars` (P, 5, 12) real cars, `km` km a year; `kwh_home`,
    `kwh_away` charged a year by households with and without a charger at home, `litres` a year; `kwh_meter`
    the part of `kwh_home` on the meter of the home."""

    cars: Ints
    km: Floats
    kwh_home: Floats
    kwh_away: Floats
    litres: Floats
    kwh_meter: Floats


class UsedCars(NamedTuple):
    """Cars waiting for a second buyer, two queues (petrol, new-energy) as rings of Q places.

    `head`, `tail` (2,) counts out and in; `option`, `bought`, `due`, `since` (2, Q); `energy`, `fuel`
    (2, Y, 12) kWh and L per 100 km without and with a charger at home, by year of make and option.
    """

    head: Rows
    tail: Rows
    option: NDArray[np.uint8]
    bought: NDArray[np.int16]
    due: NDArray[np.int16]
    since: NDArray[np.int16]
    energy: Floats
    fuel: Floats


def empty_fleet(places: int) -> Fleet:
    """Return an empty stock of cars."""
    shape = (places, 5, OPTIONS)
    return Fleet(np.zeros(shape, np.int64), *(np.zeros(shape) for _ in range(5)))


def empty_used(rows: int, share: float, energy: Floats, fuel: Floats) -> UsedCars:
    """Return empty queues for a region of `rows` simulated households, with room for `share` cars a row."""
    room = (2, max(1, math.ceil(rows * share)))
    return UsedCars(
        np.zeros(2, np.int64),
        np.zeros(2, np.int64),
        np.zeros(room, np.uint8),
        np.zeros(room, np.int16),
        np.zeros(room, np.int16),
        np.zeros(room, np.int16),
        energy,
        fuel,
    )


@spliced
def _load_meter(c: Columns, i: int, fleet: Fleet, sign: int, kwh: float) -> None:
    """Let the car of household `i` charge on the meter of the home, `kwh` a year of all it stands for, or
    take it off."""
    if sign > 0:
        c.meter_load[i] = np.float32(kwh / float(c.weight[i]) if c.metered[i] else 0.0)
    if c.meter_load[i] > 0.0:
        fleet.kwh_meter[c.place[i], c.quintile[i], c.car[i]] += kwh
    if sign < 0:
        c.meter_load[i] = np.float32(0.0)


@spliced
def add_car(c: Columns, i: int, fleet: Fleet, sign: int) -> None:
    """Add the car of household `i` to the cars in use, or take it off."""
    p, g, j = c.place[i], c.quintile[i], c.car[i]
    km = sign * c.weight[i] * float(c.car_km[i])
    fleet.cars[p, g, j] += sign * c.weight[i]
    fleet.km[p, g, j] += km
    kwh = km * c.car_energy[i] / 100.0
    if c.home_charger[i] == 1:
        fleet.kwh_home[p, g, j] += kwh
        _load_meter(c, i, fleet, sign, kwh)
    else:
        fleet.kwh_away[p, g, j] += kwh
    fleet.litres[p, g, j] += km * c.car_fuel[i] / 100.0


@kernel
def count_cars(first: int, last: int, c: Columns, starts: Rows, fleet: Fleet) -> None:
    """Count the cars in use in some places anew (each January, when income fifths change)."""
    for p in range(first, last):
        fleet.cars[p] = 0
        fleet.km[p] = 0.0
        fleet.kwh_home[p] = 0.0
        fleet.kwh_away[p] = 0.0
        fleet.litres[p] = 0.0
        fleet.kwh_meter[p] = 0.0
    for p in range(first, last):
        d = stretch(c, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            if d.active[i] and d.car[i] != NO_CAR:
                add_car(d, i, fleet, 1)


@spliced
def drives_nev(c: Columns, i: int) -> bool:
    """Tell whether household `i` has a new-energy car."""
    return bool((c.car[i] >= CLASS_COUNT) & (c.car[i] != NO_CAR))


@inlined
def give_up_car(c: Columns, i: int, where: Ints, fleet: Fleet) -> None:
    """Take the car of household `i` out of its use, counting it in `where` (P, 5, 12)."""
    where[c.place[i], c.quintile[i], c.car[i]] += c.weight[i]
    add_car(c, i, fleet, -1)
    c.car[i] = np.uint8(NO_CAR)
    c.car_due[i] = np.int16(NEVER)


@inlined
def sell_on(c: Columns, i: int, month: int, used: UsedCars) -> None:
    """Put the car of household `i` among the used cars, if there is room (else it leaves the region)."""
    queue = 1 if c.car[i] >= CLASS_COUNT else 0
    room = used.option.shape[1]
    if used.tail[queue] - used.head[queue] >= room:
        return
    k = used.tail[queue] % room
    used.option[queue, k] = c.car[i]
    used.bought[queue, k] = c.car_bought[i]
    used.due[queue, k] = c.car_due[i]
    used.since[queue, k] = month
    used.tail[queue] += 1


@kernel
def clear_out(used: UsedCars, month: int, patience: int) -> None:
    """Let the cars that waited longer than `patience` months, or whose end has come, leave the region; those
    behind them move up."""
    room = used.option.shape[1]
    for queue in range(2):
        stay = used.head[queue]
        for at in range(used.head[queue], used.tail[queue]):
            k = at % room
            if month - used.since[queue, k] <= patience and used.due[queue, k] > month:
                _move_up(used, queue, k, stay % room)
                stay += 1
        used.tail[queue] = stay


@inlined
def _move_up(used: UsedCars, queue: int, k: int, to: int) -> None:
    """Let the car at place `k` of a queue stand at place `to`."""
    used.option[queue, to] = used.option[queue, k]
    used.bought[queue, to] = used.bought[queue, k]
    used.due[queue, to] = used.due[queue, k]
    used.since[queue, to] = used.since[queue, k]


@inlined
def take_used(
    c: Columns,
    i: int,
    month: int,
    seed: np.uint64,
    odds: float,
    fall: float,
    income_slope: float,
    log_floor: float,
    used: UsedCars,
    bought: Ints,
    fleet: Fleet,
) -> bool:
    """Let household `i` take a used car with a chance falling in income; tell whether it did.

    P = 1 / (1 + exp(-(odds + fall m - slope ln(y_i/y)))), m the months that the longest waiting car of a kind
    it considers has waited, for its price falls meanwhile; 0 where none is waiting. A plug-in hybrid is
    charged as its new home allows.
    """
    queue = 0
    if c.considers[i]:
        petrol, nev = used.tail[0] - used.head[0], used.tail[1] - used.head[1]
        queue = 1 if uniform(seed, USED_CAR, i, 10_000 + month) * (petrol + nev) < nev else 0
    if used.tail[queue] <= used.head[queue]:
        return False
    k = used.head[queue] % used.option.shape[1]
    relative = max(float(c.log_income[i]), log_floor)
    cheaper = fall * (month - used.since[queue, k])
    chance = 1.0 / (1.0 + math.exp(-(odds + cheaper - income_slope * relative)))
    if uniform(seed, USED_CAR, i, month) >= chance:
        return False
    used.head[queue] += 1
    c.car[i] = used.option[queue, k]
    c.car_bought[i] = used.bought[queue, k]
    c.car_due[i] = used.due[queue, k]
    make = max(c.car_bought[i], 0) // MONTHS_A_YEAR
    c.car_energy[i] = np.float32(used.energy[c.home_charger[i], make, c.car[i]])
    c.car_fuel[i] = np.float32(used.fuel[c.home_charger[i], make, c.car[i]])
    bought[c.place[i], c.quintile[i], c.car[i]] += c.weight[i]
    add_car(c, i, fleet, 1)
    return True
