"""Bands of an ensemble for fan charts, of scenarios and of paired differences, and every observed figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.fitted import FIT_END, FITTED
from experiments.summary import HIGH, LOW, PERCENTILES_FROM
from model.data.region import Region
from model.indicators.formulas import FORMULAS

Floats = NDArray[np.float64]
CELL = ["indicator", "place", "group", "month"]
BAND = ["low90", "low50", "median", "high50", "high90"]
HALF = (0.25, 0.75)
"""Ends of the inner band, which holds half of the replicates."""
OBSERVED = [
    "indicator",
    "place",
    "year",
    "value",
    "low",
    "high",
    "unit",
    "quality",
    "source",
    "fitted",
    "counted",
]


def bands(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return median and bands over replicates: scenario, indicator, place, group, month and BAND.

    `indicators`: scenario, replicate, month, place, group, indicator, value. From 40 replicates on low90 and
    high90 are the 5 and 95 % points, below that the lowest and highest replicate; low50 and high50 are the
    quartiles. A replicate without a value in a cell does not count there.
    """
    parts = []
    for name in dict.fromkeys(indicators["scenario"]):
        table = _wide(indicators[indicators["scenario"] == name])
        parts.append(_summed(table).assign(scenario=name))
    if not parts:
        return pd.DataFrame(columns=["scenario", *CELL, *BAND])
    return pd.concat(parts, ignore_index=True)[["scenario", *CELL, *BAND]]


def paired_bands(indicators: pd.DataFrame, treated: str, base: str) -> pd.DataFrame:
    """Return the bands of treated less base, replicate by replicate; `scenario` is that of the treated.

    Cells that one of the two lacks are left out.
    """
    ours, theirs = (_wide(indicators[indicators["scenario"] == name]) for name in (treated, base))
    difference = (ours - theirs).dropna(how="all")
    return _summed(difference).assign(scenario=treated)[["scenario", *CELL, *BAND]]


def observed_points(region: Region) -> pd.DataFrame:
    """Return every observed figure of a region that an indicator of the model stands for, of whatever year.

    Columns: OBSERVED; `low` and `high` the range of what was observed, nan where none is given; `fitted`
    tells that constants of the model were fitted to it; `counted` what else than the model's it counts.
    """
    seen = region.observed[region.observed["indicator"].isin(list(FORMULAS))]
    served = seen["indicator"].isin(FITTED.get(region.name, ())) & (seen["year"] <= FIT_END)
    made = seen.assign(fitted=served.to_numpy(dtype=bool))
    return made.sort_values(["indicator", "place", "year"], kind="stable")[OBSERVED].reset_index(drop=True)


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the values of one scenario as a table of cells by replicates."""
    table = rows.set_index([*CELL, "replicate"])["value"].unstack("replicate")
    return table.astype(np.float64)


def _summed(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a cell with the columns BAND."""
    full = table.shape[1] >= PERCENTILES_FROM
    points = (LOW if full else 0.0, HALF[0], 0.5, HALF[1], HIGH if full else 1.0)
    values = np.sort(table.to_numpy(dtype=np.float64), axis=1)  # what is missing stands last
    counts = (~np.isnan(values)).sum(axis=1)
    made = table.index.to_frame(index=False)
    for name, point in zip(BAND, points, strict=True):
        made[name] = _quantile(values, counts, point)
    return made[counts > 0].reset_index(drop=True)


def _quantile(ordered: Floats, counts: NDArray[np.int64], point: float) -> Floats:
    """Return a quantile of each row of sorted values, of which the first `counts` are known (linear)."""
    if not ordered.size:
        return np.full(len(ordered), np.nan)
    place = point * np.maximum(counts - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    rows = np.arange(len(ordered))
    low, high = ordered[rows, below], ordered[rows, above]
    return np.asarray(low + (place - below) * (high - low))
