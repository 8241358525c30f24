"""Read indicators off the ledger by place and income fifth at once, each December: on request only."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR, YEARS, december, month_text
from model.data.region import Region
from model.indicators.formula import Formula
from model.indicators.ledger import GROUPED, Ledger
from model.indicators.reading import (
    AT,
    MEASURES,
    Cells,
    Floats,
    evaluate,
    outward_places,
    over_year,
)
from model.institutions.policy import GROUPS

LEAST_HOUSEHOLDS = 30
"""A cell of fewer simulated households says nothing."""


@lru_cache(maxsize=8)
def _cells(names: tuple[str, ...]) -> Cells:
    found = [
        (month_text(december(FIRST_YEAR + y)), name, group)
        for y in range(YEARS)
        for name in names[1:]
        for group in GROUPS
    ]
    month, place, group = zip(*found, strict=True)
    return Cells(tuple(month), tuple(place), tuple(group))


def detail_cells(region: Region) -> Cells:
    """Return the cells of place and group: every December, every place but the region as a whole."""
    return _cells(outward_places(region)[0])


def read_detail(
    ledger: Ledger, region: Region, formulas: Mapping[str, Formula], households: int, lived: int = MONTHS
) -> Floats:
    """Return the indicators (I, D) in the order of `formulas` and of `detail_cells`; nan where nothing is
    said.

    `households`: how many were simulated. A cell of fewer than LEAST_HOUSEHOLDS of them, each standing for
    the region's mean number of real ones, is empty, as is what has no meaning by fifth.
    """
    of_part = {part: _sums(ledger, region, part) for part in ("", "rural", "urban")}
    made = evaluate(of_part, detail_cells(region), formulas, lived)
    real = of_part[""][:, AT["households"]]
    each = ledger.grouped[: max(lived, 1), :, :, AT["households"]].sum(axis=(1, 2)).max() / households
    made[:, real < LEAST_HOUSEHOLDS * each] = np.nan
    return made


def _sums(ledger: Ledger, region: Region, part: str) -> Floats:
    """Return every measure in every cell (D, K), of the `rural` or `urban` members of each place only."""
    _, members = outward_places(region)
    keep = np.array([part != ("rural" if p.urban else "urban") for p in region.places])
    months, places, fifths, _ = ledger.grouped.shape
    padded = np.zeros((months, places * fifths, len(MEASURES)))
    padded[:, :, : len(GROUPED)] = ledger.grouped.reshape(months, places * fifths, -1)
    ends = np.arange(MONTHS_A_YEAR - 1, MONTHS, MONTHS_A_YEAR)
    yearly = over_year(padded)[ends].reshape(len(ends), places, fifths, len(MEASURES))
    weights = (members & keep)[1:].astype(np.float64)
    return np.asarray(np.einsum("np,ypgk->yngk", weights, yearly).reshape(-1, len(MEASURES)))
