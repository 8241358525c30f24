"""The columns of a household: one array an attribute, one writer a column.

A simulated household stands for `weight` real households, an integer fixed for its life. Rows are
numbered by place, so that a place is one contiguous block and neighbours lie near in memory.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.kernels import inlined

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]

NEVER = 32_000
"""A due month that is never reached."""

NO_CAR = 255
FIXED = frozenset(
    (
        "weight",
        "place",
        "attitude",
        "taste_a",
        "taste_b",
        "km_z",
        "home_charger",
        "parking",
        "heating",
        "contacts",
    )
)
"""Columns that synthesis writes and no run changes."""


class Columns(NamedTuple):
    """Households as columns, each (N,).

    Written by synthesis and fixed: `weight` households; `place` index; `attitude`, `taste_a`, `taste_b`,
    `km_z` standard normal; `home_charger`, `parking` 0/1; `heating` index; `contacts` number of listeners'
    links that end here. By turnover: `active` 0/1; `size` persons; `income_z`; `log_income` of the
    household relative to the region's mean household; `quintile` 0-4; `dissolve_due` month. By attention:
    `awareness` 0-1, `receptivity` ratio. By influence: `considers` 0/1, `consider_left` hazard until it
    begins to (infinite once it does), `openness` ratio, `planner` 0 or 1 + months before a date in which it
    acts, `considering_contacts`, `nev_contacts` counts.
    By transport: `car` option index or NO_CAR; `car_due`, `car_bought` months; `car_energy` L or kWh per
    100 km; `car_fuel` L per 100 km of a PHEV on petrol; `car_km` km a year; `buy_left` hazard until the next
    decision about a car as of month `buy_from`, `buy_rate` the hazard a month from then on, `buy_due` the
    month in which it is used up; `meter_load` kWh a year that its car charges on the meter of the home,
    `metered` 0/1 whether a charger there hangs on that meter. By travel: `modes` habitual modes of the four
    kinds of trips, two bits each (the first kind lowest).
    """

    weight: I32
    place: U8
    attitude: F32
    taste_a: F32
    taste_b: F32
    km_z: F32
    home_charger: U8
    parking: U8
    heating: U8
    contacts: U8
    active: U8
    size: U8
    income_z: F32
    log_income: F32
    quintile: U8
    dissolve_due: I16
    awareness: F32
    receptivity: F32
    considers: U8
    consider_left: F32
    openness: F32
    planner: U8
    considering_contacts: U8
    nev_contacts: U8
    car: U8
    car_due: I16
    car_bought: I16
    car_energy: F32
    car_fuel: F32
    car_km: F32
    buy_left: F32
    buy_rate: F32
    buy_from: I16
    buy_due: I16
    meter_load: F32
    metered: U8
    modes: U8


_SHORT = ("dissolve_due", "car_due", "car_bought", "buy_from", "buy_due")
_BYTES = (
    "place",
    "home_charger",
    "parking",
    "heating",
    "contacts",
    "active",
    "size",
    "quintile",
    "considers",
    "considering_contacts",
    "planner",
    "nev_contacts",
    "car",
    "metered",
    "modes",
)
_TYPES: dict[str, type[np.generic]] = {
    "weight": np.int32,
    **dict.fromkeys(_SHORT, np.int16),
    **dict.fromkeys(_BYTES, np.uint8),
}


def allocate(rows: int) -> Columns:
    """Return zeroed columns for `rows` households."""
    made = {name: np.zeros(rows, dtype=_TYPES.get(name, np.float32)) for name in Columns._fields}
    made["car"][:] = NO_CAR
    made["car_due"][:] = NEVER
    made["dissolve_due"][:] = NEVER
    made["buy_due"][:] = NEVER
    made["consider_left"][:] = np.inf
    return Columns(**made)


def copy(columns: Columns) -> Columns:
    """Return a copy that a run may write, sharing what synthesis fixed for ever."""
    return Columns(*(a if name in FIXED else a.copy() for name, a in columns._asdict().items()))


@inlined
def stretch(c: Columns, first: int, last: int) -> Columns:
    """Return the rows `first`..`last` - 1 as columns of their own.

    A loop over them from 0 compiles to half the time of one over all columns: no row number can be negative,
    and every column has one address.
    """
    return Columns(
        c.weight[first:last], c.place[first:last], c.attitude[first:last], c.taste_a[first:last],
        c.taste_b[first:last], c.km_z[first:last], c.home_charger[first:last], c.parking[first:last],
        c.heating[first:last], c.contacts[first:last], c.active[first:last], c.size[first:last],
        c.income_z[first:last], c.log_income[first:last], c.quintile[first:last],
        c.dissolve_due[first:last], c.awareness[first:last], c.receptivity[first:last],
        c.considers[first:last], c.consider_left[first:last], c.openness[first:last],
        c.planner[first:last], c.considering_contacts[first:last], c.nev_contacts[first:last],
        c.car[first:last], c.car_due[first:last], c.car_bought[first:last], c.car_energy[first:last],
        c.car_fuel[first:last], c.car_km[first:last], c.buy_left[first:last], c.buy_rate[first:last],
        c.buy_from[first:last], c.buy_due[first:last], c.meter_load[first:last], c.metered[first:last],
        c.modes[first:last],
    )  # fmt: skip
