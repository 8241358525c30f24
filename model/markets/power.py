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
from model.kernels import inlined, kernel

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
    made, usual = np.zeros((TERMS, step.size)), levers()
    ceilings = usual["residential_block_threshold"].default_2022
    ratios = usual["peak_valley_ratio"].default_2022
    t, shares = tariffs, (q["el_peak_share"], q["el_car_peak_share_plain"], 1.0 - q["el_car_valley_share"])
    _write_terms(
        t.first_price, t.second_step, t.first_ceiling, t.second_ceiling, t.offered, t.peak, t.valley, month,
        step, ceiling, ceilings, ratio, ratios, shares, q["el_tou_subst"], made,
    )  # fmt: skip
    return made


@kernel
def _write_terms(
    first_price: Floats,
    second_step: Floats,
    first_ceiling: Floats,
    second_ceiling: Floats,
    offered: NDArray[np.bool_],
    peak: Floats,
    valley: Floats,
    month: int,
    step: Floats,
    ceiling: Floats,
    usual_ceiling: float,
    ratio: Floats,
    usual_ratio: float,
    shares: tuple[float, float, float],
    substitution: float,
    terms: Floats,
) -> None:
    """Write the `terms` (TERMS, P) of a month; `shares` of peak hours of homes, of cars at the plain price
    and of cars at that of two times. Today's ratio of homes moves in proportion to that of business; the
    peak never costs less than the valley."""
    home, plain, clever = shares
    for p in range(step.size):
        terms[PRICE, p], terms[THIRD, p] = first_price[month], step[p]
        terms[SECOND, p] = min(second_step[month], step[p])
        terms[FIRST_LIMIT, p] = ceiling[p] * first_ceiling[month] / usual_ceiling
        terms[SECOND_LIMIT, p] = ceiling[p] * second_ceiling[month] / usual_ceiling
        terms[HOME_PEAK, p], terms[CAR_PEAK, p] = home, plain
        if offered[month]:
            rho = max(peak[month] / valley[month] * ratio[p] / usual_ratio, 1.0)
            high, low = _peak_valley(peak[month], valley[month], rho, home)
            shifted = _shifted_share(home, rho, substitution)
            terms[HOME_PEAK, p], terms[CAR_PEAK, p] = shifted, clever
            terms[HOME_EXTRA, p] = shifted * high + (1.0 - shifted) * low - terms[PRICE, p]
            terms[CAR_EXTRA, p] = clever * high + (1.0 - clever) * low - terms[PRICE, p]


@inlined
def _peak_valley(peak: float, valley: float, rho: float, share: float) -> tuple[float, float]:
    """Return peak and valley price, CNY a kWh, at a ratio of `rho`.

    p_p = M / (s0 + (1 - s0) / rho), p_v = p_p / rho, M the mean price at the usual share s0 of peak hours: a
    wider ratio takes no money from those who do not shift.
    """
    mean = peak * share + valley * (1.0 - share)
    high = mean / (share + (1.0 - share) / rho)
    return high, high / rho


@inlined
def _shifted_share(share: float, rho: float, substitution: float) -> float:
    """Return the share of peak hours under a price ratio `rho` (constant elasticity of substitution; Faruqui
    and Sergici 2010): logit(s) = logit(s0) - sigma ln rho."""
    odds = share / (1.0 - share) * rho**-substitution
    return float(odds / (1.0 + odds))


def lived_terms(months: Floats) -> Floats:
    """Return the terms of a year for those who lived its last k months (TERMS, P, 13).

    `months` (m, TERMS, P), the year's months so far. Ceilings are the sum of the months', prices, steps and
    shares their mean: a change inside a year counts by its months.
    """
    made = np.zeros((*months.shape[1:], MONTHS_A_YEAR + 1))
    _add_up(months, made)
    return made


@kernel
def _add_up(months: Floats, made: Floats) -> None:
    """Write the terms of the last 1, 2 .. `months` (m, TERMS, P) into `made` (TERMS, P, 13)."""
    for row in range(months.shape[1]):
        for p in range(months.shape[2]):
            total = 0.0
            for k in range(1, months.shape[0] + 1):
                total += months[months.shape[0] - k, row, p]
                summed = row in (FIRST_LIMIT, SECOND_LIMIT)
                made[row, p, k] = total if summed else total / k


def perceived(terms: Floats, weight: float) -> Floats:
    """Return the log of the perceived price, CNY a kWh, of 0, 20, 40 .. kWh a year (P, STEPS).

    ln p = w ln AP + (1 - w) ln MP, AP the average and MP the marginal price of a year of twelve months like
    the one of `terms` (TERMS, P) (Ito 2014: most people answer the average).
    """
    if (terms == terms[:, :1]).all() and terms.shape[1] > 1:  # one tariff for all: most often
        return np.repeat(perceived(terms[:, :1], weight), terms.shape[1], axis=0)
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
