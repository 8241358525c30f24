"""What national surveys and totals of 2015-2021 say of homes: the only figures that shape their constants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.targets import FIRST, LAST, YEARS
from model.data.region import Region
from model.domains.appliances import SLOTS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NEARLY_ALL = 0.95
"""Sets a household up to which a survey counts first sets: above, second ones, which homes here lack."""
LEVEL = ("ac", "fridge", "washer")
"""Kinds whose sets are met. Of water heaters the survey counts all kinds, so only its growth is."""
TELEVISION = SLOTS.index("tv")


@dataclass(frozen=True)
class Stock:
    """Sets a household at the ends of some `years` (index from 2015): `sets`, or where `growth` is told, over
    those of the first of these years."""

    years: Ints
    sets: Floats
    growth: bool

    def gaps(self, owned: Floats) -> Floats:
        """Return what `owned` (7,) sets a household miss of the survey in each of its years."""
        wanted = self.sets * (owned[self.years[0]] if self.growth else 1.0)
        return np.asarray(wanted - owned[self.years])


@dataclass(frozen=True)
class HomeTargets:
    """`kwh` (7,) of homes in the nation without what winter adds; `stock` by kind of appliance."""

    kwh: Floats
    stock: dict[str, Stock]


def _seen(observed: pd.DataFrame, indicator: str) -> dict[int, float]:
    rows = observed[(observed["indicator"] == indicator) & (observed["place"] == "all")]
    return {
        int(str(r.year)): float(str(r.value)) for r in rows.itertuples() if FIRST <= int(str(r.year)) <= LAST
    }


def _survey(observed: pd.DataFrame, name: str, growth: bool) -> Stock:
    sets = {year: value / 100.0 for year, value in _seen(observed, f"{name}_per_100_households").items()}
    if growth:
        first = sets[min(sets)]
        sets = {year: value / first for year, value in sets.items()}
    elif name != "ac":
        sets = {year: value for year, value in sets.items() if value < NEARLY_ALL}
    years = np.array(sorted(sets), np.int64)
    return Stock(years - FIRST, np.array([sets[int(year)] for year in years]), growth)


def _kept(china: Region, survey: Stock) -> Stock:
    """Return the share of homes with a television in January 2015, held in the years of the survey: several a
    home were counted, and they stayed as many within 2 %."""
    share = float(np.average(china.things_2015[:, TELEVISION], weights=china.households[0]))
    return Stock(survey.years, np.full(survey.years.size, share), False)


def home_targets(china: Region) -> HomeTargets:
    """Return the targets from the observed series of the national pack.

    What winter adds to residential use is taken off, as the model leaves heating out; the share of 2021
    stands for all years.
    """
    total = _seen(china.observed, "home_electricity")
    kwh = np.array([total[FIRST + year] for year in range(YEARS)])
    winter = _seen(china.observed, "winter_electricity_share")[LAST]
    stock = {kind: _survey(china.observed, kind, False) for kind in LEVEL}
    stock["heater"] = _survey(china.observed, "water_heater", True)
    stock["tv"] = _kept(china, _survey(china.observed, "tv", True))
    return HomeTargets(kwh * (1.0 - winter), stock)
