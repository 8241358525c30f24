"""Electricity of homes (article 21): what they use by the month, and what a year of it costs."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.domains.appliances import COOLERS, Meters

Floats = NDArray[np.float64]


@njit(forceinline=True)
def change_use(meters: Meters, i: int, slot: int, old: int, new: int, kwh: Floats) -> None:
    """Let the thing in a slot of home `i` change from grade `old` to `new` (0: none); `kwh` (7, 6) a year."""
    more = meters.use[i] * np.float32(kwh[slot, new] - kwh[slot, old])
    if slot < COOLERS:
        meters.cool[i] += more
    else:
        meters.flat[i] += more / np.float32(MONTHS_A_YEAR)
