"""Electricity of homes (article 21): what they use by the month, what a year of it costs, peak and valley.

Use in month m: q = f + k c_m + e; f = u (b o n^s + kWh of things) / 12, k = u kWh of cooling, c_m the cooling
of the month, e what a car charges. b kWh a year of one person, o the home's own level, n persons, u the
level of the year: (y / Y_ref)^eta (p / p_0)^eps (1 - saving A), y real income a person of the home, Y_ref the
mean of the nation in 2015, p the price as perceived (`markets.power`), A attention (form: Lin, Rizov and
Wong 2014; Ito 2014).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import HOME_LEVEL, METER, NEWCOMER, standard_normal, uniform
from model.data.months import MONTHS_A_YEAR
from model.domains.appliances import COOLERS, SLOT_COUNT, Meters, Things
from model.domains.garage import CLASS_COUNT
from model.kernels import inlined, kernel
from model.population.columns import U8, Columns, stretch

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
LANES, BLOCK = 4, 128


class Answers(NamedTuple):
    """What the use of a year rests on: `price` (P, S) log answer to the perceived price at 0, `step`, .. kWh
    of last year; `income` elasticity; `level` (256,) log answer to real income of a home of n persons with
    the mean household income; `saving` share at full attention; `base` kWh of one person, `size` (256,)
    factor by persons; `kwh` (7, 6) by slot and grade."""

    price: Floats
    step: float
    income: float
    level: Floats
    saving: float
    base: float
    size: Floats
    kwh: Floats


@inlined
def change_use(meters: Meters, i: Any, slot: Any, old: Any, new: Any, kwh: Floats) -> None:
    """Let the thing in a slot of home `i` change from grade `old` to `new` (0: none); `kwh` (7, 6) a year."""
    more = meters.use[i] * np.float32(kwh[slot, new] - kwh[slot, old])
    cools = slot < COOLERS
    meters.cool[i] += more if cools else np.float32(0.0)
    meters.flat[i] += np.float32(0.0) if cools else more / np.float32(MONTHS_A_YEAR)


@kernel
def name_meters(metered: U8, place: U8, shares: Floats, seed: np.uint64) -> None:
    """Write whose charger would hang on the meter of the home, a share (P,) of homes in each place."""
    for i in range(metered.size):
        metered[i] = np.uint8(uniform(seed, METER, i, 0) < shares[place[i]])


@inlined
def _load(c: Columns, things: Things, own: float, i: int, answers: Answers) -> tuple[float, float]:
    """Return kWh a year at the level u = 1: of all that does not cool, and of cooling."""
    cool, flat = 0.0, answers.base * own * answers.size[c.size[i]]
    for s in range(SLOT_COUNT):
        kwh = answers.kwh[s, things.slots[i, s] & 7]
        if s < COOLERS:
            cool += kwh
        else:
            flat += kwh
    return flat, cool


@inlined
def _take_level(
    c: Columns, meters: Meters, i: int, p: Any, flat: float, cool: float, last: float, answers: Answers
) -> None:
    """Write the level of use and the load of home `i`, `last` kWh of a year its view of prices."""
    x = min(max(last / answers.step, 0.0), float(answers.price.shape[1] - 1))
    k = min(int(x), answers.price.shape[1] - 2)
    seen = answers.price[p, k] + (x - k) * (answers.price[p, k + 1] - answers.price[p, k])
    level = math.exp(answers.income * float(c.log_income[i]) + answers.level[c.size[i]] + seen)
    use = np.float32(level * (1.0 - answers.saving * float(c.awareness[i])))
    meters.use[i] = use
    meters.flat[i] = np.float32(float(use) * flat / MONTHS_A_YEAR)
    meters.cool[i] = np.float32(float(use) * cool)


@inlined
def own_level(seed: np.uint64, i: int, month: int, log_sd: float) -> float:
    """Return the own level of the home that forms in row `i`: lognormal, mean 1."""
    z = standard_normal(uniform(seed, HOME_LEVEL, i, month))
    return math.exp(log_sd * z - 0.5 * log_sd * log_sd)


@kernel
def first_meters(
    first: int,
    last: int,
    c: Columns,
    things: Things,
    meters: Meters,
    starts: Rows,
    hot: Floats,
    log_sd: float,
    seed: np.uint64,
    answers: Answers,
    expected: Floats,
) -> None:
    """Give the homes of January 2015 a meter; they see the price of what they would use at u = 1 in a year of
    cooling `hot` (P,). Writes homes and that use into `expected` (P, 5, 2)."""
    for p in range(first, last):
        expected[p] = 0.0
        for i in range(starts[p], starts[p + 1]):
            if c.active[i]:
                meters.own[i] = np.float32(own_level(seed, i, NEWCOMER, log_sd))
                flat, cool = _load(c, things, float(meters.own[i]), i, answers)
                _take_level(c, meters, i, p, flat, cool, flat + hot[p] * cool, answers)
                g, w = c.quintile[i], float(c.weight[i])
                expected[p, g, 0] += w
                expected[p, g, 1] += w * (flat + hot[p] * cool)


@kernel
def new_meters(
    c: Columns,
    things: Things,
    meters: Meters,
    came: Rows,
    n_came: int,
    month: int,
    hot: Floats,
    log_sd: float,
    seed: np.uint64,
    answers: Answers,
) -> None:
    """Give homes that form a meter; they see prices like those of 2015 did."""
    for n in range(n_came):
        i = max(came[n], 0)
        p = c.place[i]
        meters.own[i] = np.float32(own_level(seed, i, month, log_sd))
        flat, cool = _load(c, things, float(meters.own[i]), i, answers)
        _take_level(c, meters, i, p, flat, cool, flat + hot[p] * cool, answers)


@kernel
def new_levels(
    first: int,
    last: int,
    c: Columns,
    things: Things,
    meters: Meters,
    starts: Rows,
    hot: Floats,
    answers: Answers,
) -> None:
    """Each January: everyone takes the level of the new year, seeing last year's use, and meters begin
    anew."""
    for p in range(first, last):
        d = stretch(c, starts[p], starts[p + 1])
        t, m = things_of(things, starts[p], starts[p + 1]), meters_of(meters, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            if d.active[i]:
                flat, cool = _load(d, t, float(m.own[i]), i, answers)
                seen = flat + hot[p] * cool
                if m.months[i] > 0:
                    seen = m.year[i] * MONTHS_A_YEAR / m.months[i]
                _take_level(d, m, i, p, flat, cool, seen, answers)
            m.year[i] = 0.0
            m.charged[i] = np.float32(0.0)
            m.months[i] = np.uint8(0)
        if meters.power.size > 0:
            meters.power[starts[p] : starts[p + 1]] = 0.0


@inlined
def things_of(things: Things, first: int, last: int) -> Things:
    """Return the things of the rows `first`..`last` - 1."""
    return Things(things.slots[first:last], things.due[first:last], things.levels[first:last])


@inlined
def meters_of(m: Meters, first: int, last: int) -> Meters:
    """Return the meters of the rows `first`..`last` - 1."""
    return Meters(
        m.own[first:last], m.use[first:last], m.flat[first:last], m.cool[first:last], m.year[first:last],
        m.charged[first:last], m.months[first:last], m.peak_valley[first:last], m.power[first:last],
    )  # fmt: skip


@kernel
def read_meters(
    first: int,
    last: int,
    c: Columns,
    meters: Meters,
    starts: Rows,
    cooling: Floats,
    factor: Floats,
    used: Floats,
    room: Floats,
) -> None:
    """Use a month's electricity: `cooling` (P,) of the month, `factor` (P, 5, 3) a month's driving over
    that of a year by powertrain; writes kWh of the place and those of cars among them into `used` (P, 2);
    `room` (P, BLOCK) to work in."""
    for p in range(first, last):
        d, m = stretch(c, starts[p], starts[p + 1]), meters_of(meters, starts[p], starts[p + 1])
        home, cars = _use_at_home(d, m, cooling[p], room[p]), 0.0
        for i in range(starts[p + 1] - starts[p]):
            if d.meter_load[i] > 0.0:
                charged = float(d.meter_load[i]) * factor[p, d.quintile[i], d.car[i] // CLASS_COUNT]
                m.charged[i] += np.float32(charged)
                m.year[i] += charged
                cars += d.weight[i] * charged
        used[p, 0], used[p, 1] = home + cars, cars


@inlined
def _use_at_home(d: Columns, m: Meters, hot: float, room: Floats) -> float:
    """Use a month's electricity in a place but for cars; returns kWh of real homes.

    Block by block: first each home by itself, `room` (BLOCK,) kWh of those it stands for, then LANES sums
    side by side, for an addition has to wait for the one before.
    """
    a = b = e = f = 0.0
    for first in range(0, d.weight.size, BLOCK):
        last = min(first + BLOCK, d.weight.size)
        flat, cool, year = m.flat[first:last], m.cool[first:last], m.year[first:last]
        weight, months, active = d.weight[first:last], m.months[first:last], d.active[first:last]
        for i in range(weight.size):
            kwh = float(flat[i]) + hot * float(cool[i])
            year[i] += kwh
            room[i] = weight[i] * kwh
        for i in range(weight.size):
            months[i] += active[i]
        for i in range(weight.size, BLOCK):
            room[i] = 0.0
        for k in range(BLOCK // LANES):
            a += room[LANES * k]
            b += room[LANES * k + 1]
            e += room[LANES * k + 2]
            f += room[LANES * k + 3]
    return (a + b) + (e + f)
