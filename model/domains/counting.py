"""What is known of people from month to month: who stands in the running counts, and what surveys found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.domains.rounds import ATTENTION, AWARE, CONSIDERING, HOUSEHOLDS, PERSONS
from model.kernels import kernel
from model.population.incomes import MINDED

Floats = NDArray[np.float64]


@kernel
def share_considering(counts: Floats, first: float) -> float:
    """Return the share of households in `counts` (P, 5, COUNTS) who consider a new-energy car; `first` before
    anybody is counted."""
    heads = considering = 0.0
    for p in range(counts.shape[0]):
        for g in range(counts.shape[1]):
            heads += counts[p, g, HOUSEHOLDS]
            considering += counts[p, g, CONSIDERING]
    return considering / heads if heads > 0.0 else first


@kernel
def count_standing(standing: Floats, counts: Floats) -> None:
    """Write households, persons and those who consider into `counts` from the running counts `standing`
    (P, 5, 3)."""
    for p in range(counts.shape[0]):
        for g in range(counts.shape[1]):
            for k in range(MINDED):
                counts[p, g, HOUSEHOLDS + k] = standing[p, g, k]
            counts[p, g, CONSIDERING] = standing[p, g, MINDED]


@kernel
def shares_of(counts: Floats, surveyed: Floats) -> None:
    """Write the share of aware persons and the mean attention of a survey, `surveyed` (2, P, 5)."""
    for p in range(counts.shape[0]):
        for g in range(counts.shape[1]):
            surveyed[0, p, g] = counts[p, g, AWARE] / max(counts[p, g, PERSONS], 1.0)
            surveyed[1, p, g] = counts[p, g, ATTENTION] / max(counts[p, g, HOUSEHOLDS], 1.0)


@kernel
def hold_shares(surveyed: Floats, counts: Floats) -> None:
    """Count aware persons and attention by the shares of the last survey, `surveyed` (2, P, 5)."""
    for p in range(counts.shape[0]):
        for g in range(counts.shape[1]):
            counts[p, g, AWARE] = np.rint(surveyed[0, p, g] * counts[p, g, PERSONS])
            counts[p, g, ATTENTION] = surveyed[1, p, g] * counts[p, g, HOUSEHOLDS]
