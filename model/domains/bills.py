"""Bills of homes (article 21): the year's, those of homes that dissolve, and who takes the peak-valley price.

Terms of a month or a year are one array (TERMS, P, K), rows in the order of the names below, K months lived.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.behaviour.draws import NEWCOMER, PEAK_VALLEY, standard_normal, uniform
from model.data.months import MONTHS_A_YEAR
from model.domains.appliances import Meters
from model.domains.electricity import meters_of
from model.domains.garage import CLASS_COUNT
from model.kernels import inlined, kernel
from model.population.columns import U8, Columns, stretch

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
PRICE, SECOND, THIRD, FIRST_LIMIT, SECOND_LIMIT, HOME_EXTRA, CAR_EXTRA, HOME_PEAK, CAR_PEAK = range(9)
"""Price of the first block, what the second and the third add to it (CNY a kWh), ceilings (kWh), what a kWh
of the home and of a car costs more under peak-valley prices (negative: less), and the share of it then used
in peak hours."""
TERMS = 9
KWH, PAID, CLOSED, BLOCK2, BLOCK3, ENROLLED, PEAK = range(7)
"""Columns of a year's sums: kWh, CNY, homes billed, of these in the second and third block and with
peak-valley prices, kWh in peak hours."""
SUMS = 7


@inlined
def bill(kwh: float, terms: Floats, p: Any, k: Any) -> float:
    """Return what `kwh` cost in blocks, CNY.

    T(q) = p1 q + s2 max(q - L1, 0) + (s3 - s2) max(q - L2, 0): the first L1 kWh at p1, those to L2 at
    p1 + s2, the rest at p1 + s3. `terms` (TERMS, P, K), `p` the place, `k` months lived (0 for a
    month's own terms).
    """
    second, third = terms[SECOND, p, k], terms[THIRD, p, k]
    cost = terms[PRICE, p, k] * kwh + second * max(kwh - terms[FIRST_LIMIT, p, k], 0.0)
    return float(cost + (third - second) * max(kwh - terms[SECOND_LIMIT, p, k], 0.0))


@inlined
def extra(kwh: float, charged: float, terms: Floats, p: Any, k: Any) -> float:
    """Return what peak-valley prices add to the bill of `kwh`, `charged` by a car among them (CNY)."""
    return float((kwh - charged) * terms[HOME_EXTRA, p, k] + charged * terms[CAR_EXTRA, p, k])


@inlined
def _close(
    m: Meters, i: int, p: Any, g: Any, w: float, terms: Floats, plain: tuple[float, float], year: Floats
) -> None:
    """Bill home `i` for what it used since January and count it among its place and fifth."""
    k, kwh, charged, enrolled = m.months[i], m.year[i], float(m.charged[i]), m.peak_valley[i] > 0
    if m.power.size > 0:
        paid = m.power[i]
    else:
        paid = bill(kwh, terms, p, k)
        if enrolled:
            paid += extra(kwh, charged, terms, p, k)
    home, car = plain
    if enrolled:
        home, car = terms[HOME_PEAK, p, k], terms[CAR_PEAK, p, k]
    year[p, g, KWH] += w * kwh
    year[p, g, PAID] += w * paid
    year[p, g, CLOSED] += w
    third = kwh > terms[SECOND_LIMIT, p, k]
    year[p, g, BLOCK3] += w * third
    year[p, g, BLOCK2] += w * (kwh > terms[FIRST_LIMIT, p, k] and not third)
    year[p, g, ENROLLED] += w * enrolled
    year[p, g, PEAK] += w * ((kwh - charged) * home + charged * car)


@kernel
def close_year(
    first: int,
    last: int,
    c: Columns,
    meters: Meters,
    starts: Rows,
    terms: Floats,
    plain: tuple[float, float],
    year: Floats,
) -> None:
    """Each December: bill everyone; adds to the sums `year` (P, 5, SUMS). `plain` shares of peak hours of
    home and car without peak-valley prices."""
    for p in range(first, last):
        d, m = stretch(c, starts[p], starts[p + 1]), meters_of(meters, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            if d.active[i] and m.months[i] > 0:
                _close(m, i, p, d.quintile[i], float(d.weight[i]), terms, plain, year)


@kernel
def close_gone(
    c: Columns,
    meters: Meters,
    gone: Rows,
    fifths: U8,
    n_gone: int,
    billed: bool,
    terms: Floats,
    plain: tuple[float, float],
    year: Floats,
) -> None:
    """Bill homes that dissolved, in the `fifths` that they were in, unless the year is `billed` already, and
    take their meters off."""
    for n in range(n_gone):
        i = max(gone[n], 0)
        if not billed and meters.months[i] > 0:
            _close(meters, i, c.place[i], fifths[n], float(c.weight[i]), terms, plain, year)
        meters.own[i] = meters.use[i] = meters.flat[i] = meters.cool[i] = np.float32(0.0)
        meters.charged[i], meters.year[i] = np.float32(0.0), 0.0
        meters.months[i] = meters.peak_valley[i] = np.uint8(0)
        if meters.power.size > 0:
            meters.power[i] = 0.0


@kernel
def bill_month(
    first: int,
    last: int,
    c: Columns,
    meters: Meters,
    starts: Rows,
    cooling: Floats,
    factor: Floats,
    terms: Floats,
) -> None:
    """Bill a month where blocks are counted by the month (arguments as in `read_meters`); `terms`
    (TERMS, P, 1)."""
    for p in range(first, last):
        d, m = stretch(c, starts[p], starts[p + 1]), meters_of(meters, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            kwh, charged = float(m.flat[i]) + cooling[p] * float(m.cool[i]), 0.0
            if d.meter_load[i] > 0.0:
                charged = float(d.meter_load[i]) * factor[p, d.quintile[i], d.car[i] // CLASS_COUNT]
            kwh += charged
            m.power[i] += bill(kwh, terms, p, 0)
            if m.peak_valley[i] > 0:
                m.power[i] += extra(kwh, charged, terms, p, 0)


@kernel
def enrol(
    first: int,
    last: int,
    c: Columns,
    meters: Meters,
    starts: Rows,
    month: int,
    seed: np.uint64,
    terms: Floats,
    worth: float,
    attention: float,
    hurdle: float,
    hurdle_log_sd: float,
) -> None:
    """Each January: some weigh the peak-valley price on last year's use.

    A home reconsiders with chance `attention` A_i. It enrols if the saving of a year (CNY x `worth`) exceeds
    its hurdle, lognormal around `hurdle`, and leaves if it would lose. `terms` (TERMS, P, 1) of the month.
    """
    for p in range(first, last):
        d, m = stretch(c, starts[p], starts[p + 1]), meters_of(meters, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            if d.active[i] == 0 or m.months[i] == 0:
                continue
            who = starts[p] + i
            if uniform(seed, PEAK_VALLEY, who, month) >= attention * float(d.awareness[i]):
                continue
            full = float(MONTHS_A_YEAR) / m.months[i]
            saving = -worth * full * extra(m.year[i], float(m.charged[i]), terms, p, 0)
            z = standard_normal(uniform(seed, PEAK_VALLEY, who, NEWCOMER))
            if saving > hurdle * math.exp(hurdle_log_sd * z):
                m.peak_valley[i] = np.uint8(1)
            elif saving < 0.0:
                m.peak_valley[i] = np.uint8(0)
