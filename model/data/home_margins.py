"""Turn a region's margins of homes into values by place: how hot its months are, what homes own in 2015."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.margins import Margins
from model.data.months import MONTHS_A_YEAR

Floats = NDArray[np.float64]
WARM_MONTHS = (5, 6, 7, 8, 9)
OWNED = ("fridge", "washer", "heater", "tv")


def cooling(margins: Margins) -> Floats:
    """Return the cooling of each calendar month (P, 12): degrees above `cooling_from` of its mean temperature
    over `cooling_reference`, the sum of a year in which cooling is 1."""
    made = np.zeros((len(margins.places), MONTHS_A_YEAR))
    for number in WARM_MONTHS:
        made[:, number - 1] = margins.get(f"temperature_{number:02d}")
    warm = np.maximum(made - margins.single("cooling_from"), 0.0)
    return np.asarray(warm / margins.single("cooling_reference"))


def things_2015(margins: Margins) -> Floats:
    """Return the share of homes that own a thing for each slot (P, 7), January 2015.

    Air conditioners, s a household, stand as if set up at random (Poisson): 1 - exp(-s) of homes have one,
    the others are further ones. Every home is lit.
    """
    sets = margins.get("ac_per_household")
    one = 1.0 - np.exp(-sets)
    rest = [margins.get(f"{kind}_per_household") for kind in OWNED]
    return np.stack([one, sets - one, *rest, np.ones_like(one)], axis=1)
