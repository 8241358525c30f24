"""Things with a plug in a home (articles 8, 21, 22): what is kept of them, and what a month did to them.

Types: `goods` writes things, `electricity` writes meters.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import APPLIANCES
from model.data.appliance_market import GRADES as GRADES
from model.kernels import kernel
from model.population.columns import F32, I16, U8

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KINDS = APPLIANCES
SLOTS = ("ac1", "ac2", "fridge", "washer", "heater", "tv", "lamps")
"""Places for a thing in a home; `ac2` stands for further air conditioners and opens once `ac1` is owned."""

KIND_OF = (0, 0, 1, 2, 3, 4, 5)
"""Index in KINDS of each slot."""

COOLERS = 2
"""The first slots, whose use follows the heat of the month."""

SLOT_COUNT = 7
LAMPS = SLOT_COUNT - 1
"""Slot whose things have no money and are not counted among grades sold."""

FAR = 4095
"""A due month that is never reached."""

LIVES = 256
"""Quantiles of which a life is drawn."""


class Things(NamedTuple):
    """Things by household. `slots` (N, 8): due month x 8 + grade (0: none owned, then the due month is that
    in which to look at a first purchase), the last column unused; `due` (N,) earliest due month of the row;
    `levels` (N, 8) of the clock at which a first purchase comes. Written by `goods`."""

    slots: I16
    due: I16
    levels: F32


class Meters(NamedTuple):
    """Electricity by household, each (N,). `own` its own level of use; `use` the level u of this year; `flat`
    kWh a month of all that does not cool; `cool` kWh a year of cooling where the cooling of a year is 1;
    `year` kWh since January, `charged` those of a car among them; `months` lived this year; `peak_valley` 0/1
    enrolled; `power` CNY since January (empty unless bills are monthly). Written by `electricity`."""

    own: F32
    use: F32
    flat: F32
    cool: F32
    year: Floats
    charged: F32
    months: U8
    peak_valley: U8
    power: Floats


class Shelf(NamedTuple):
    """What a buyer meets in a month; K grants, slots x places x fifths x grades, money in CNY of 2022.

    `shares` (7, P, 5, 5) cumulated chances of grades without money; `price` (6, 5); `money_scale` (6,)
    utils a yuan; `rebate` (6, 5) of the nation, of which the share `passthrough` reaches the buyer, and
    `take_up` its share of buyers; `grants` (K, P, 5, 6, 5) paid, `offered` (K, P, 5, 6) whether on any
    grade, `worth` (K,) to the buyer of a yuan of them, `covered` (K, P) chance, `needs_old` (K,) only
    against the old thing, `keys` (K,) of their draws; `waits` (7, P, 5) whether planners put replacements
    off; `life` (7, 256) months; `again` (7,) chance of replacing; `returned` (P, 5) chance of handing the
    old thing in; `shift` (7, P, 5) months that planners replace earlier; `path` (M,) cumulated hazard of
    a first purchase at the end of each month, times `first_rate` (7, P), times `eager` (7, P, 5) for
    money, which so far added `excess` (7, P, 5) to the path and stood at `record` (7, P) at most; `near`
    months near each part of the path (`thing_plans.months_near`); `income` elasticity of that hazard,
    `log_floor` of relative income; `settled` (P, 7) chance that a new home begins with a thing. Every
    array stands for the whole run; what changes is written into it.
    """

    shares: Floats
    price: Floats
    money_scale: Floats
    rebate: Floats
    passthrough: float
    take_up: float
    grants: Floats
    offered: NDArray[np.bool_]
    worth: Floats
    covered: Floats
    needs_old: NDArray[np.bool_]
    keys: Ints
    waits: NDArray[np.bool_]
    life: I16
    again: Floats
    returned: Floats
    shift: Ints
    path: Floats
    near: I16
    first_rate: Floats
    eager: Floats
    excess: Floats
    record: Floats
    income: float
    log_floor: float
    settled: Floats


class Plans(NamedTuple):
    """What money does to plans: `shift` and `eager` as on the shelf (7, P, 5)."""

    shift: Ints
    eager: Floats


class ThingsSold(NamedTuple):
    """What happened to things in a month, in real homes (P places, K grants).

    `sold` (P, 5, 7, 5) by slot and grade; `first` bought for an empty slot, `discarded` replaced or given up,
    `left` with dissolved households, `returned` handed in, all (P, 5, 7); `expected` (P, 5, 5) sums of choice
    probabilities by grade without lamps; `claims` (K, P, 5) and `money` (K, P, 5) CNY of 2022 of grants;
    `rebated` (P, 5, 5) units by grade and `rebate` (P, 5) CNY of 2022 of the national rebate.
    """

    sold: Ints
    first: Ints
    discarded: Ints
    left: Ints
    returned: Ints
    expected: Floats
    claims: Ints
    money: Floats
    rebated: Ints
    rebate: Floats


def nothing_sold(places: int, grants: int) -> ThingsSold:
    """Return the record of a month in which nothing has happened yet."""
    by_slot = (places, 5, SLOT_COUNT)
    first, discarded, left, returned = np.zeros((4, *by_slot), np.int64)
    return ThingsSold(
        sold=np.zeros((*by_slot, GRADES), np.int64),
        first=first,
        discarded=discarded,
        left=left,
        returned=returned,
        expected=np.zeros((places, 5, GRADES)),
        claims=np.zeros((grants, places, 5), np.int64),
        money=np.zeros((grants, places, 5)),
        rebated=np.zeros((places, 5, GRADES), np.int64),
        rebate=np.zeros((places, 5)),
    )


@kernel
def forget_things(sold: ThingsSold) -> None:
    """Zero the record for a new month."""
    for p in range(sold.rebate.shape[0]):
        for g in range(sold.rebate.shape[1]):
            sold.rebate[p, g] = 0.0
            for s in range(SLOT_COUNT):
                sold.first[p, g, s] = sold.discarded[p, g, s] = 0
                sold.left[p, g, s] = sold.returned[p, g, s] = 0
                for d in range(GRADES):
                    sold.sold[p, g, s, d] = 0
            for d in range(GRADES):
                sold.expected[p, g, d] = 0.0
                sold.rebated[p, g, d] = 0
            for q in range(sold.claims.shape[0]):
                sold.claims[q, p, g] = 0
                sold.money[q, p, g] = 0.0


def empty_things(rows: int) -> Things:
    """Return homes that own nothing and will buy nothing."""
    return Things(
        slots=np.full((rows, 8), FAR * 8, np.int16),
        due=np.full(rows, FAR, np.int16),
        levels=np.zeros((rows, 8), np.float32),
    )


def empty_meters(rows: int, monthly: bool) -> Meters:
    """Return meters at zero; with room for money where bills are `monthly`."""
    own, use, flat, cool, charged = np.zeros((5, rows), np.float32)
    months, enrolled = np.zeros((2, rows), np.uint8)
    return Meters(
        own=own,
        use=use,
        flat=flat,
        cool=cool,
        year=np.zeros(rows),
        charged=charged,
        months=months,
        peak_valley=enrolled,
        power=np.zeros(rows if monthly else 0),
    )
