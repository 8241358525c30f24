"""How long things last, as tables of quantiles (article 16): new ones, and those under way in 2015."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma

from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains.appliances import KIND_OF, KINDS, LIVES

Floats = NDArray[np.float64]
Months = NDArray[np.int16]
LONGEST = 3
"""Lives under way are followed to this many times the Weibull scale."""


def mean_lives(parameters: Parameters) -> Floats:
    """Return the mean life of each kind (6,), years."""
    return np.array([parameters[f"ap_life_{kind}"] for kind in KINDS])


def new_lives(parameters: Parameters) -> Months:
    """Return the quantiles of new lives by slot (7, 256), months: L = scale (-ln(1 - v))^(1/k)."""
    shape = parameters["ap_life_shape"]
    at = (np.arange(LIVES) + 0.5) / LIVES
    lives = _scales(parameters)[:, None] * (-np.log1p(-at)) ** (1.0 / shape)
    return np.maximum(np.rint(lives), 1.0).astype(np.int16)[list(KIND_OF)]


def lives_under_way(parameters: Parameters) -> Months:
    """Return the quantiles of the months left to a thing of the stock of 2015, by slot (7, 256).

    w(r) = sum over ages a of e^(-g a) (S(a + r) - S(a + r + 1)): S the Weibull survival, g the growth of
    sales, which had been steady before.
    """
    shape, growth = parameters["ap_life_shape"], parameters["ap_stock_growth_2015"] / MONTHS_A_YEAR
    made = []
    for scale in _scales(parameters):
        months = np.arange(round(LONGEST * scale))
        survival = np.exp(-((np.arange(2 * months.size + 1) / scale) ** shape))
        failing = survival[:-1] - survival[1:]
        weight = np.correlate(failing, np.exp(-growth * months))[: months.size]
        below = np.cumsum(weight) / weight.sum()
        made.append(np.searchsorted(below, (np.arange(LIVES) + 0.5) / LIVES))
    return np.array(made).astype(np.int16)[list(KIND_OF)]


def _scales(parameters: Parameters) -> Floats:
    """Return the Weibull scale of each kind (6,), months: T / Gamma(1 + 1/k)."""
    months = mean_lives(parameters) * MONTHS_A_YEAR
    return np.asarray(months / float(gamma(1.0 + 1.0 / parameters["ap_life_shape"])))
