"""What people of each fifth of income earn, from the incomes of places alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]

_HALVINGS = 28
_TAIL = 6.0


def fifth_means(income: Floats, persons: Floats, log_sd: Floats) -> Floats:
    """Return the mean income of each fifth of a region's people by year, (Y, 5).

    Incomes of place p are lognormal with mean `income` (Y, P) and spread `log_sd` (P,); edges between fifths
    are those of the mixture over `persons` (Y, P). Mean below an edge x: sum_p n_p y_p Phi(z_p - sd_p) with
    z_p = (ln x - mu_p) / sd_p.
    """
    part = (persons / persons.sum(axis=1, keepdims=True))[:, None, :]
    middle = (np.log(np.maximum(income, 1.0)) - log_sd**2 / 2.0)[:, None, :]
    want = np.arange(1, 5) / 5.0
    low = np.repeat((middle - _TAIL * log_sd).min(axis=2), want.size, axis=1)
    high = np.repeat((middle + _TAIL * log_sd).max(axis=2), want.size, axis=1)
    for _ in range(_HALVINGS):
        edge = (low + high) / 2.0
        below = (part * ndtr((edge[..., None] - middle) / log_sd)).sum(axis=2) < want
        low, high = np.where(below, edge, low), np.where(below, high, edge)
    z = (high[..., None] - middle) / log_sd
    earned = part * income[:, None, :]
    under = (earned * ndtr(z - log_sd)).sum(axis=2)
    # what the edge is off the exact one by, to first order: the people between them earn the edge
    under -= np.exp(high) * ((part * ndtr(z)).sum(axis=2) - want)
    total = earned.sum(axis=(1, 2))[:, None]
    return np.asarray(np.diff(under, prepend=0.0, append=total, axis=1) * 5.0)
