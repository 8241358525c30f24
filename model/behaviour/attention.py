"""Attention to green consumption: raised by publicity and by talk, forgotten when both stop (article 26).

dA/dt = (g_i ln(1 + e) + w f_i)(1 - A) - d A, with e exposures a person and month, g_i the receptivity,
f_i the share of contacts who consider a new-energy car. A month is one implicit step,
A' = (A + pull) / (1 + pull + d), which stays between 0 and 1 under any pull; d = 2^(1 / half-life) - 1
leaves exactly half after the half-life. The logarithm is the saturating response to exposure and the
decay that of campaign effects (Nerlove and Arrow 1962; Allcott and Rogers 2014).
"""

from __future__ import annotations

import math

from model.kernels import kernel, spliced


@spliced
def receptivity(attitude: float, spread: float) -> float:
    """Return a household's response to publicity relative to the mean, lognormal in its attitude."""
    return math.exp(spread * attitude - 0.5 * spread * spread)


@spliced
def attention_next(awareness: float, pull: float, decay: float) -> float:
    """Return awareness after one month under `pull` and `decay` (1/month): the implicit step above."""
    return (awareness + pull) / (1.0 + pull + decay)


@kernel
def steady(exposures: float, gain: float, decay: float) -> float:
    """Return the awareness at which a mean household rests under constant `exposures`, without talk."""
    pull = gain * math.log1p(max(exposures, 0.0))
    return pull / (pull + decay) if pull + decay > 0.0 else 0.0


def monthly_decay(half_life: float) -> float:
    """Return the decay a month of the implicit step that leaves half after `half_life` months."""
    return float(2.0 ** (1.0 / half_life) - 1.0)
