"""Outlays of an ensemble as arrays: who paid what, for whom, in which year, replicate by replicate."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.data.months import FIRST_YEAR, YEARS
from model.data.region import Region
from model.institutions.policy import GROUPS

Floats = NDArray[np.float64]
PAYERS = ("centre", "province", "city", "firms")
RECEIVERS = (*GROUPS, "organisations")
HOUSEHOLDS = len(GROUPS)
"""Receivers before this place are households by income fifth."""


@cache
def constants() -> Mapping[str, float]:
    """Return the constants of accounting (months after, rate a year, base year) from their table."""
    with Path(__file__).with_name("effects.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: float(row["value"]) for row in csv.DictReader(file)}


@dataclass(frozen=True)
class Books:
    """Money of one scenario: `money` and `units` (R, I, payers, Y, 2, 6): replicate, instrument, PAYERS,
    year, urban (0) or rural (1), RECEIVERS. CNY of the year; units are cars or charging points."""

    instruments: tuple[str, ...]
    money: Floats
    units: Floats

    def difference(self, base: Books) -> Books:
        """Return these books less those of `base`, which has the same instruments."""
        return Books(self.instruments, self.money - base.money, self.units - base.units)


def lever_of(instrument: str) -> str:
    """Return the lever of an instrument: a grant with terms of its own is written LEVER.MARK."""
    return instrument.partition(".")[0]


def books_of(outlays: pd.DataFrame, names: tuple[str, ...], region: Region, replicates: int) -> list[Books]:
    """Return the books of the scenarios `names`, all with the same instruments.

    `outlays`: scenario, replicate (from 1), instrument, payer, place, group, year, value, units.
    """
    mine = outlays[outlays["scenario"].isin(names)]
    levers = mine["instrument"].map(lever_of)
    instruments = tuple(sorted(set(levers)))
    rural = {place.code: int(not place.urban) for place in region.places}
    at = (
        mine["scenario"].map({name: k for k, name in enumerate(names)}).to_numpy(np.int64),
        mine["replicate"].to_numpy(np.int64) - 1,
        levers.map({name: k for k, name in enumerate(instruments)}).to_numpy(np.int64),
        mine["payer"].map({name: k for k, name in enumerate(PAYERS)}).to_numpy(np.int64),
        mine["year"].to_numpy(np.int64) - FIRST_YEAR,
        mine["place"].map(rural).to_numpy(np.int64),
        mine["group"].map({name: k for k, name in enumerate(RECEIVERS)}).to_numpy(np.int64),
    )
    shape = (len(names), replicates, len(instruments), len(PAYERS), YEARS, 2, len(RECEIVERS))
    money, units = np.zeros(shape), np.zeros(shape)
    np.add.at(money, at, mine["value"].to_numpy(np.float64))
    np.add.at(units, at, mine["units"].to_numpy(np.float64))
    return [Books(instruments, money[k], units[k]) for k in range(len(names))]
