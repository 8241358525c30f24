"""Intention from attitude, norm and control (Ajzen 1991), and how much of it becomes behaviour.

I = b_A A + b_N N + b_C C in standard deviations. Of the correlation r between intention and behaviour
about half is
causal (Webb and Sheeran 2006); a correlation r becomes a log-odds slope of 2 r / sqrt(1 - r^2) a
standard deviation (Cohen 1988; linear discriminant identity).
"""

from __future__ import annotations

import math

from model.data.parameters import Parameters
from model.kernels import spliced

CAUSAL_PART = "soc_intention_causal"


def intention_slope(parameters: Parameters) -> float:
    """Return the change of log-odds of acting a standard deviation of intention, causal part only."""
    r = parameters["soc_intention_behaviour"] * parameters[CAUSAL_PART]
    return 2.0 * r / math.sqrt(1.0 - r * r)


@spliced
def correlated(attitude: float, own: float, r: float) -> float:
    """Return a standard normal taste that correlates with `attitude` by `r`; `own` is standard normal."""
    return r * attitude + math.sqrt(1.0 - r * r) * own


def real_willingness(stated: float, parameters: Parameters) -> float:
    """Return what people would really pay: the stated amount over the hypothetical bias (spreads are
    left alone)."""
    return stated / parameters["fd_hypothetical_bias"]
