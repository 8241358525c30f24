"""Hold the model against what was observed, as it is; nothing here changes the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.fitted import served
from model.data.region import Region
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cell_index

COLUMNS = [
    "indicator",
    "place",
    "year",
    "observed",
    "model_median",
    "model_low",
    "model_high",
    "unit",
    "quality",
    "fitted",
    "counted",
]


def evidence_of(values: NDArray[np.float64], region: Region) -> pd.DataFrame:
    """Return observed figures beside the model's median and 90 % range (below 40 replicates: full range).

    `values` (R, I, C) of one scenario; observed series bear the names of indicators.
    """
    at = cell_index(region)
    names = {name: k for k, name in enumerate(FORMULAS)}
    tails = (5.0, 95.0) if values.shape[0] >= 40 else (0.0, 100.0)
    rows = []
    for seen in region.observed.itertuples():
        indicator, place, year = str(seen.indicator), str(seen.place), str(seen.year)
        cell = at.get((f"{year}-12", place, "all"))
        if indicator not in names or cell is None:
            continue
        drawn = values[:, names[indicator], cell]
        if np.isnan(drawn).all():
            continue
        low, middle, high = np.nanpercentile(drawn, [tails[0], 50.0, tails[1]])
        fitted = served(region.name, indicator, int(year))
        value = float(str(seen.value))
        provenance = (str(seen.unit), str(seen.quality), fitted, str(seen.counted))
        rows.append((indicator, place, int(year), value, middle, low, high, *provenance))
    made = pd.DataFrame(rows, columns=COLUMNS)
    return made.sort_values(["indicator", "place", "year"], kind="stable").reset_index(drop=True)
