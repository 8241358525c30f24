"""The nested logit, once: what a chooser's utilities mean in probabilities.

P(j) = P(j | class) P(class), P(j | class) = exp(V_j / lambda) / sum, P(class) = exp(lambda IV) / sum, where
IV = log sum exp(V_j / lambda) over the options of the class (McFadden 1978; Train 2009, ch. 4). With
lambda = 1 this is the multinomial logit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from model.kernels import inlined

CLOSED = -1e30
"""Utility of an option that is not on offer."""


@inlined
def nested_logit(
    v: NDArray[np.float64], options: int, classes: int, nest: float, p: NDArray[np.float64]
) -> None:
    """Write into `p` the probabilities of options whose utilities are `v`.

    `v`, `p` (options,) with option j in class j % classes; `nest` the dissimilarity parameter in (0, 1]. At
    least one option must be open. Where `options` and `classes` are constants the loops compile without
    branches.
    """
    top, sharper = CLOSED, 1.0 / nest
    for j in range(options):
        top = max(top, v[j])
    total = 0.0
    for k in range(classes):
        best = CLOSED
        for j in range(k, options, classes):
            best = max(best, v[j])
        if best <= CLOSED:
            for j in range(k, options, classes):
                p[j] = 0.0
            continue
        inside = 0.0
        for j in range(k, options, classes):
            p[j] = math.exp((v[j] - best) * sharper) if v[j] > CLOSED else 0.0
            inside += p[j]
        weight = math.exp(best - top + nest * math.log(inside))
        each = weight / inside
        for j in range(k, options, classes):
            p[j] *= each
        total += weight
    each = 1.0 / total
    for j in range(options):
        p[j] *= each


@inlined
def pick(p: NDArray[np.float64], u: float) -> int:
    """Return the option in whose share of [0, 1) the number `u` falls."""
    below = 0.0
    last = 0
    for j in range(p.size):
        if p[j] > 0.0:
            last = j
            below += p[j]
            if u < below:
                return j
    return last
