"""Everyday trips (articles 7, 21, 25): the mode a household takes for each kind of trip, and its diary.

Once a year, in a month of its own, a household chooses anew how it makes four kinds of trips and writes down
the trips of its whole year. The sums of twelve months then hold every lasting household once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import TRAVEL, bits
from model.data.months import MONTHS_A_YEAR, QUARTER
from model.domains.mode_choice import CAR, KINDS, MODES, STATUSES, TRANSIT, Table, status_of
from model.kernels import inlined, kernel, spliced
from model.population.columns import I32, U8

Rows = NDArray[np.int64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WAYS = ("walk", "cycle", "transit", "car", "hire")
"""Modes as they are counted: a car trip is one in the household's own car or in a hired one."""

WRITTEN = (
    *(f"trips_{way}" for way in WAYS),
    *(f"expected_trips_{way}" for way in WAYS),
    *("transfers", "fares", "fare_discount", "parking_paid", "hire_paid", "diaries"),
)
"""What the diaries of a month add up to, by place and fifth: persons' trips a year and what was expected of
them, boardings by transfer, CNY, and how many simulated households wrote."""

_OWN, _HIRED = 3, 4
_EXPECTED, _TRANSFERS, _FARES, _DISCOUNT, _PARKING, _HIRE, _WRITERS = 5, 10, 11, 12, 13, 14, 15
_BITS, _LOW, _TO_UNIT = np.uint64(16), np.uint64(0xFFFF), 1.0 / 65536.0


class Diary(NamedTuple):
    """What the households that wrote in a month did in their year: `sums` (P, 5, 16) by WRITTEN, and views of
    it: `trips`, `expected` (P, 5, 5) persons' trips by WAYS; `transfers` boardings; `fares`, `discount`,
    `parking`, `hire` CNY; `writers` simulated households, each (P, 5)."""

    sums: Floats
    trips: Floats
    expected: Floats
    transfers: Floats
    fares: Floats
    discount: Floats
    parking: Floats
    hire: Floats
    writers: Floats


class KindMoney(NamedTuple):
    """Trips and prices of a quarter: `trips` (P, 4) a person a year, `transfers` (P, 4) a transit trip,
    `fare` CNY a boarding, `off` (P, 5) share of a transfer's fare that is let off, `parking` (P, 4) and
    `hire` (4,) CNY a person's trip by car."""

    trips: Floats
    transfers: Floats
    fare: float
    off: Floats
    parking: Floats
    hire: Floats


def empty_diary(places: int) -> Diary:
    """Return a diary in which nobody has written yet."""
    sums = np.zeros((places, 5, len(WRITTEN)))
    single = (sums[:, :, k] for k in range(_TRANSFERS, len(WRITTEN)))
    return Diary(sums, sums[:, :, :_EXPECTED], sums[:, :, _EXPECTED:_TRANSFERS], *single)


@spliced
def _part(drawn: np.uint64, k: int) -> float:
    """Return the number in (0, 1) that the `k`-th sixteen bits of a draw stand for: one draw serves the four
    kinds of trips."""
    return (float((drawn >> (_BITS * np.uint64(k))) & _LOW) + 0.5) * _TO_UNIT


@inlined
def _draw_modes(drawn: np.uint64, q: Floats) -> int:
    """Return modes drawn from expected shares `q` (4, 4) by kind: two bits each."""
    made = 0
    for k in range(KINDS):
        u = _part(drawn, k)
        pick, so_far = 0, q[k, 0]
        while pick < MODES - 1 and u >= so_far:
            pick += 1
            so_far += q[k, pick]
        made |= pick << (2 * k)
    return made


@kernel
def first_modes(
    first: int, last: int, modes: U8, quintile: U8, car: U8, starts: Rows, q: Floats, seed: np.uint64
) -> None:
    """Give everyone in the places `first`..`last` - 1 modes drawn from the expected shares `q`
    (4, P, 5, 3, 4, 4) of those who choose in the same quarter of the year."""
    for p in range(first, last):
        for i in range(starts[p], starts[p + 1]):
            n = i % MONTHS_A_YEAR // QUARTER
            expected = q[n, p, quintile[i], status_of(car[i])]
            modes[i] = np.uint8(_draw_modes(bits(seed, TRAVEL, i, -1), expected))


@kernel
def new_modes(
    modes: U8, place: U8, quintile: U8, came: Rows, n_came: int, q: Floats, month: int, seed: np.uint64
) -> None:
    """Give the `n_came` households that formed this month the modes that people without a car expect."""
    for n in range(n_came):
        i = came[n]
        expected = q[i % MONTHS_A_YEAR // QUARTER, place[i], quintile[i], 0]
        modes[i] = np.uint8(_draw_modes(bits(seed, TRAVEL, i, -2 - month), expected))


@kernel
def reconsider(
    first: int,
    last: int,
    weight: I32,
    active: U8,
    size: U8,
    quintile: U8,
    car: U8,
    modes: U8,
    starts: Rows,
    table: Table,
    habit: float,
    kinds: KindMoney,
    month: int,
    seed: np.uint64,
    persons: Ints,
    sums: Floats,
) -> None:
    """Let the twelfth of households whose month it is choose anew, in the places `first`..`last` - 1, and
    write their diaries into `sums` (P, 5, 16).

    Row i chooses in the months t with (t - i) mod 12 = 0: rows of a place lie in the order of incomes, so
    each month has its twelfth of every income. `persons` (P, 2, 5, 3, 4, 4) is scratch: by last year's
    mode, and by the one chosen.
    """
    for p in range(first, last):
        start, n = starts[p], starts[p + 1] - starts[p]
        persons[p] = 0
        sums[p] = 0.0
        had, chose, cuts = persons[p, 0], persons[p, 1], table.cuts[p]
        alive, w, heads = active[start:], weight[start:], size[start:]
        fifth, cars, mine = quintile[start:], car[start:], modes[start:]
        for i in range((month - start) % MONTHS_A_YEAR, n, MONTHS_A_YEAR):
            if alive[i] == 0:
                continue
            g, o, old, new = fifth[i], status_of(cars[i]), int(mine[i]), 0
            count, drawn = np.int64(w[i]) * np.int64(heads[i]), bits(seed, TRAVEL, start + i, month)
            for k in range(KINDS):
                before, u = (old >> (2 * k)) & 3, _part(drawn, k)
                cut = cuts[g, o, k, before]
                pick = int(u >= cut[0]) + int(u >= cut[1]) + int(u >= cut[2])
                had[g, o, k, before] += count
                chose[g, o, k, pick] += count
                new |= pick << (2 * k)
            mine[i] = np.uint8(new)
            sums[p, g, _WRITERS] += 1.0
        _write_place(p, table, habit, kinds, had, chose, sums[p])


@inlined
def _write_place(
    p: int, table: Table, habit: float, kinds: KindMoney, had: Ints, chose: Ints, sums: Floats
) -> None:
    """Write trips and money of a place from the persons by last year's mode and by the one chosen."""
    for g in range(5):
        if sums[g, _WRITERS] == 0.0:
            continue
        for o in range(STATUSES):
            for k in range(KINDS):
                trips, e = kinds.trips[p, k], table.weight[p, g, o, k]
                for m in range(MODES):
                    way = _HIRED if m == CAR and o == 0 else m
                    if chose[g, o, k, m] > 0:
                        n = chose[g, o, k, m] * trips
                        sums[g, way] += n
                        if m == TRANSIT:
                            _pay_fares(p, g, n * kinds.transfers[p, k], n, kinds, sums)
                        elif way == _OWN:
                            sums[g, _PARKING] += n * kinds.parking[p, k]
                        elif way == _HIRED:
                            sums[g, _HIRE] += n * kinds.hire[k]
                    if had[g, o, k, m] > 0:
                        each = had[g, o, k, m] * trips / (table.total[p, g, o, k] + habit * e[m])
                        sums[g, _EXPECTED + way] += habit * e[m] * each
                        for j in range(MODES):
                            to = _HIRED if j == CAR and o == 0 else j
                            sums[g, _EXPECTED + to] += e[j] * each


@inlined
def _pay_fares(p: int, g: int, transfers: float, trips: float, kinds: KindMoney, sums: Floats) -> None:
    """Write boardings by transfer and fares of the month's transit trips: fare (1 + tau (1 - D)) a trip."""
    sums[g, _TRANSFERS] += transfers
    sums[g, _FARES] += kinds.fare * (trips + transfers * (1.0 - kinds.off[p, g]))
    sums[g, _DISCOUNT] += kinds.fare * transfers * kinds.off[p, g]
