"""What a run leaves behind: indicators, goals and outlays as tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.data.indicators import indicators as indicator_table
from model.data.months import FIRST_YEAR, december, month_text
from model.data.region import Region
from model.indicators.detail import detail_cells, read_detail
from model.indicators.formulas import FORMULAS
from model.indicators.ledger import Ledger
from model.indicators.reading import Cells, cells
from model.institutions.policy import GROUPS
from model.institutions.treasury import ORGANISATIONS, Treasury

if TYPE_CHECKING:
    from model.state import State

GOAL_YEARS = (2025, 2030)


def frame_of(values: NDArray[np.float64], region: Region, where: Cells | None = None) -> pd.DataFrame:
    """Return indicators (I, C) as a table: month, place, group, indicator, value; empty cells are left
    out. `where`: the cells, if they are others than those of every result."""
    where = where or cells(region)
    size, names = len(where.month), list(FORMULAS)
    table = pd.DataFrame(
        {
            "month": np.tile(np.array(where.month, dtype=object), len(names)),
            "place": np.tile(np.array(where.place, dtype=object), len(names)),
            "group": np.tile(np.array(where.group, dtype=object), len(names)),
            "indicator": np.repeat(np.array(names, dtype=object), size),
            "value": values.reshape(-1),
        }
    )
    return table[table["value"].notna()].reset_index(drop=True)


def goals_of(values: NDArray[np.float64]) -> pd.DataFrame:
    """Return the goals that the values (I, C) can be held against: indicator, year, basis, target,
    value, met."""
    table, rows = indicator_table(), []
    for k, name in enumerate(FORMULAS):
        known = table.get(name)
        if known is None:
            continue
        for year in GOAL_YEARS:
            target = known.targets.get(year)
            if target is None:
                continue
            value = float(values[k, december(year)])
            met = value >= target if known.direction == "higher" else value <= target
            rows.append((name, year, known.basis_of(year), known.direction, target, value, met))
    columns = ["indicator", "year", "basis", "direction", "target", "value", "met"]
    return pd.DataFrame(rows, columns=columns)


def outlays_of(treasury: Treasury, region: Region) -> pd.DataFrame:
    """Return the money by instrument, payer, place, group and year, CNY, and the units paid for."""
    rows = []
    for (instrument, payer), money in treasury.books.items():
        units = treasury.units[instrument, payer]
        for y, p, g in zip(*np.nonzero(money), strict=True):
            group = "organisations" if g == ORGANISATIONS else GROUPS[g]
            place = region.places[p].code
            rows.append(
                (instrument, payer, place, group, FIRST_YEAR + int(y), money[y, p, g], units[y, p, g])
            )
    return pd.DataFrame(rows, columns=["instrument", "payer", "place", "group", "year", "value", "units"])


@dataclass(frozen=True)
class RunResult:
    """One run of one scenario. `values` (I, C) indicators in the order of FORMULAS and `cells(region)`.

    `central` tells that the central parameters were used: a central run, not a forecast. `state`: where a run
    that ended before 2030-12 can be taken up again. `households`: how many were simulated. `trace`: why the
    households that were named took the cars they took, in the columns of `model.reasons`.
    """

    scenario: str
    region: Region
    seed: int
    central: bool
    lived: int
    values: NDArray[np.float64]
    ledger: Ledger
    treasury: Treasury
    households: int
    state: State | None = field(default=None, repr=False, compare=False)
    trace: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators: month, place, group, indicator, value."""
        return frame_of(self.values, self.region)

    @cached_property
    def detail_values(self) -> NDArray[np.float64]:
        """Indicators by place and group at once (I, D), in the order of `detail_cells`."""
        return read_detail(self.ledger, self.region, FORMULAS, self.households, self.lived)

    @cached_property
    def detail(self) -> pd.DataFrame:
        """Indicators by place and group at once, each December: month, place, group, indicator, value."""
        return frame_of(self.detail_values, self.region, detail_cells(self.region))

    @cached_property
    def goals(self) -> pd.DataFrame:
        """Goals of 2025 and 2030 that the run reached in time: indicator, year, basis, direction,
        target, value, met."""
        goals = goals_of(self.values)
        return goals[goals["value"].notna()].reset_index(drop=True)

    @cached_property
    def outlays(self) -> pd.DataFrame:
        """Public money: instrument, payer, place, group, year, value (CNY), units."""
        return outlays_of(self.treasury, self.region)

    @property
    def until(self) -> str:
        """The last month lived."""
        return month_text(self.lived - 1)
