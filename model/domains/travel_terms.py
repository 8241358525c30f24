"""What a mode costs in minutes, comfort and money (articles 7, 21)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.domains.mode_choice import KINDS
from model.kernels import kernel

Floats = NDArray[np.float64]

CONSTANTS = ("cycle", "transit", "own car", "hired car")
"""Constants of the modes, in their order; walking has none."""


class Terms(NamedTuple):
    """Numbers of travel: `time` utils a minute, `money` utils a yuan of 2022 at the mean income, `habit`
    e^h - 1; weights and minutes of access; minutes a kilometre; CNY; `parked` paid hours of a trip to the
    core; `occupancy` persons a car."""

    time: float
    money: float
    habit: float
    out_of_vehicle: float
    access_poor: float
    access_good: float
    access_rural: float
    ride_discomfort: float
    walk_detour: float
    cycle_discomfort: float
    cycle_access: float
    car_access: float
    hire_wait: float
    walk_pace: float
    cycle_pace: float
    transit_pace: float
    car_pace: float
    fare: float
    hire_flag: float
    hire_km: float
    hire_flag_km: float
    parked: float
    occupancy: float


class Ground(NamedTuple):
    """Kinds of trips in places: `km` (4,) of a trip, `transfers` (P, 4) a transit trip, `core` (P, 4) 1 where
    parking is charged, `rural` (P,) 1 in rural places."""

    km: Floats
    transfers: Floats
    core: Floats
    rural: Floats


class Levels(NamedTuple):
    """Levers of a month: `service`, `slow` (P,) index 0-1, `fee` (P,) CNY an hour, `discount` (P, 5) share of
    a transfer's fare."""

    service: Floats
    slow: Floats
    fee: Floats
    discount: Floats


class Prices(NamedTuple):
    """Prices of a month: `energy` (2,) CNY of 2022 a kilometre in a petrol and in a plug-in car, `cpi`
    2022 = 1."""

    energy: Floats
    cpi: float


def terms_of(parameters: Parameters) -> Terms:
    """Return the numbers of travel; a yuan weighs 60 b_t / value of time."""
    q = parameters
    time = q["trv_time_weight"]
    same = ("out_of_vehicle", "access_poor", "access_good", "access_rural", "ride_discomfort", "walk_detour",
            "cycle_discomfort", "cycle_access", "car_access", "hire_wait", "fare", "hire_flag", "hire_km",
            "hire_flag_km", "occupancy")  # fmt: skip
    return Terms(
        time=time,
        money=60.0 * time / q["trv_vot"],
        habit=math.expm1(q["trv_habit"]),
        parked=q["trv_parking_hours"] * q["trv_parking_paid"],
        **{f"{mode}_pace": 60.0 / q[f"trv_speed_{mode}"] for mode in ("walk", "cycle", "transit", "car")},
        **{name: q[f"trv_{name}"] for name in same},
    )


@kernel
def weigh(
    terms: Terms,
    constants: Floats,
    ground: Ground,
    levels: Levels,
    worth: Floats,
    prices: Prices,
    weight: Floats,
) -> None:
    """Write the weights of the modes `weight` (P, 5, 3, 4, 4): e_m = exp(V_m).

    V_m = a_m - b_t T_m - b_c w_g C_m (McFadden 1974; Train 2009, ch. 3), T minutes weighted by comfort, C
    yuan of 2022. `constants` (4,) a_m by CONSTANTS (walking 0), `worth` (5,) w_g of a yuan by fifth.
    """
    a = np.exp(constants[0]), np.exp(constants[1]), np.exp(constants[2]), np.exp(constants[3])
    b, t = terms.money / prices.cpi, terms.time
    for p in range(weight.shape[0]):
        poor, rough = 1.0 - levels.service[p], 1.0 - levels.slow[p]
        walk = terms.walk_pace * (1.0 + terms.walk_detour * rough)
        cycle = terms.cycle_pace * (1.0 + (terms.cycle_discomfort - 1.0) * rough)
        ride = terms.transit_pace * (1.0 + (terms.ride_discomfort - 1.0) * poor)
        wait = terms.access_good + (terms.access_poor - terms.access_good) * poor
        wait = terms.out_of_vehicle * (wait + terms.access_rural * ground.rural[p])
        for k in range(KINDS):
            d = ground.km[k]
            on_foot, by_bike = np.exp(-t * walk * d), a[0] * np.exp(-t * (terms.cycle_access + cycle * d))
            riding = a[1] * np.exp(-t * (wait + ride * d))
            driving = a[2] * np.exp(-t * (terms.car_access + terms.car_pace * d))
            waiting = a[3] * np.exp(-t * (terms.hire_wait + terms.car_pace * d))
            parking = ground.core[p, k] * levels.fee[p] * terms.parked
            taxi = terms.hire_flag + terms.hire_km * max(d - terms.hire_flag_km, 0.0)
            for g in range(5):
                yuan = b * worth[g]
                fare = terms.fare * (1.0 + ground.transfers[p, k] * (1.0 - levels.discount[p, g]))
                by_transit = riding * np.exp(-yuan * fare)
                by_taxi = waiting * np.exp(-yuan * taxi / terms.occupancy)
                for o in range(weight.shape[2]):
                    e = weight[p, g, o, k]
                    e[0], e[1], e[2], e[3] = on_foot, by_bike, by_transit, by_taxi
                    if o > 0:
                        spent = (prices.energy[o - 1] * prices.cpi * d + parking) / terms.occupancy
                        e[3] = driving * np.exp(-yuan * spent)
