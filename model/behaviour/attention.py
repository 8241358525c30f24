"""Attention to green consumption: raised by publicity and by talk, forgotten when both stop (article 26).

dA/dt = (g_i ln(1 + e) + w f_i)(1 - A) - d A, with e exposures a person and month, g_i the receptivity,
f_i the share
of contacts who consider a new-energy car, d = ln 2 / half-life. The logarithm is the saturating response to
exposure and the decay that of campaign effects (Nerlove and Arrow 1962; Allcott and Rogers 2014).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(inline="always")
def receptivity(attitude: float, spread: float) -> float:
    """Return a household's response to publicity relative to the mean, lognormal in its attitude."""
    return math.exp(spread * attitude - 0.5 * spread * spread)


@njit(inline="always")
def attention_next(awareness: float, pull: float, decay: float) -> float:
    """Return awareness after one month under `pull` and `decay` (1/month): the exact solution of the
    equation above."""
    rate = pull + decay
    if rate <= 0.0:
        return awareness
    goal = pull / rate
    return goal + (awareness - goal) * math.exp(-rate)


@njit(cache=True)
def steady(exposures: float, gain: float, decay: float) -> float:
    """Return the awareness at which a mean household rests under constant `exposures`, without talk."""
    pull = gain * math.log1p(max(exposures, 0.0))
    return pull / (pull + decay) if pull + decay > 0.0 else 0.0


def monthly_decay(half_life: float) -> float:
    """Return the decay a month of a half-life in months."""
    return float(np.log(2.0) / half_life)
