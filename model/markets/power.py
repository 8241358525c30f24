"""The price of electricity at home (article 21): blocks, the optional peak-valley price, and what people see.

Terms are one array (TERMS, P, ..), rows as in `domains.bills`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.levers import levers
from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.data.tariffs import Tariffs
from model.domains.bills import (
    CAR_EXTRA,
    CAR_PEAK,
    FIRST_LIMIT,
    HOME_EXTRA,
    HOME_PEAK,
    PRICE,
    SECOND,
    SECOND_LIMIT,
    TERMS,
    THIRD,
)

Floats = NDArray[np.float64]
STEP = 20.0
"""kWh a year between two entries of the table of perceived prices."""
STEPS = 512


def month_terms(tariffs: Tariffs, step: Floats, ceiling: Floats, ratio: Floats, month: int,
                q: Parameters) -> Floats:  # fmt: skip
    """Return the terms of a month (TERMS, P).

    `step` (P,) CNY a kWh that the third block costs more, `ceiling` (P,) kWh a month of the first block
    where it is the province's (both ceilings move in proportion),
    `ratio` (P,) peak over valley price of business. The second block never costs more than the third.
    """
    made = np.zeros((TERMS, step.size))
    made[PRICE] = tariffs.first_price[month]
    made[THIRD] = step
    made[SECOND] = np.minimum(tariffs.second_step[month], step)
    usual = levers()["residential_block_threshold"].default_2022
    made[FIRST_LIMIT] = ceiling * tariffs.first_ceiling[month] / usual
    made[SECOND_LIMIT] = ceiling * tariffs.second_ceiling[month] / usual
    home, car = q["el_peak_share"], 1.0 - q["el_car_valley_share"]
    made[HOME_PEAK], made[CAR_PEAK] = home, q["el_car_peak_share_plain"]
    if tariffs.offered[month]:
        rho = home_ratio(tariffs, month, ratio)
        peak, valley = peak_valley(tariffs, month, rho, home)
        shifted = shifted_share(home, rho, q["el_tou_subst"])
        for extra, share, what in ((HOME_EXTRA, HOME_PEAK, shifted), (CAR_EXTRA, CAR_PEAK, car)):
            made[share] = what
            made[extra] = what * peak + (1.0 - what) * valley - made[PRICE]
    return made


def home_ratio(tariffs: Tariffs, month: int, ratio: Floats) -> Floats:
    """Return the homes' peak over valley price: today's, moving in proportion to that of business."""
    usual = levers()["peak_valley_ratio"].default_2022
    return np.asarray(tariffs.peak[month] / tariffs.valley[month] * ratio / usual)


def peak_valley(tariffs: Tariffs, month: int, rho: Floats, share: float) -> tuple[Floats, Floats]:
    """Return peak and valley price, CNY a kWh, at a ratio of `rho`.

    p_p = M / (s0 + (1 - s0) / rho), p_v = p_p / rho, M the mean price at the usual share s0 of peak hours: a
    wider ratio takes no money from those who do not shift.
    """
    mean = tariffs.peak[month] * share + tariffs.valley[month] * (1.0 - share)
    peak = mean / (share + (1.0 - share) / rho)
    return peak, peak / rho


def shifted_share(share: float, rho: Floats, substitution: float) -> Floats:
    """Return the share of peak hours under a price ratio `rho` (constant elasticity of substitution; Faruqui
    and Sergici 2010): logit(s) = logit(s0) - sigma ln rho."""
    odds = share / (1.0 - share) * rho**-substitution
    return np.asarray(odds / (1.0 + odds))


def lived_terms(months: Floats) -> Floats:
    """Return the terms of a year for those who lived its last k months (TERMS, P, 13).

    `months` (m, TERMS, P), the year's months so far. Ceilings are the sum of the months', prices, steps and
    shares their mean: a change inside a year counts by its months.
    """
    made = np.zeros((*months.shape[1:], MONTHS_A_YEAR + 1))
    total = np.cumsum(months[::-1], axis=0)
    for k in range(1, months.shape[0] + 1):
        made[:, :, k] = total[k - 1] / k
        for limit in (FIRST_LIMIT, SECOND_LIMIT):
            made[limit, :, k] = total[k - 1, limit]
    return made


def perceived(terms: Floats, weight: float) -> Floats:
    """Return the log of the perceived price, CNY a kWh, of 0, 20, 40 .. kWh a year (P, STEPS).

    ln p = w ln AP + (1 - w) ln MP, AP the average and MP the marginal price of a year of twelve months like
    the one of `terms` (TERMS, P) (Ito 2014: most people answer the average).
    """
    kwh = np.arange(STEPS) * STEP
    price, second, third = (terms[row][:, None] for row in (PRICE, SECOND, THIRD))
    above = [
        np.maximum(kwh - MONTHS_A_YEAR * terms[row][:, None], 0.0) for row in (FIRST_LIMIT, SECOND_LIMIT)
    ]
    cost = price * kwh + second * above[0] + (third - second) * above[1]
    average = np.broadcast_to(price, cost.shape).copy()
    average[:, 1:] = cost[:, 1:] / kwh[1:]
    marginal = price + second * (above[0] > 0.0) + (third - second) * (above[1] > 0.0)
    return np.asarray(weight * np.log(average) + (1.0 - weight) * np.log(marginal))
