"""The results of one run as the page reads them: bands, differences and observed figures by series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from app.cli.figures import is_share
from app.page.words import Words, labels_of_scenarios
from experiments.bands import bands, observed_points, paired_bands
from experiments.summary import PERCENTILES_FROM
from model.data.indicators import indicators
from model.data.load import load_region
from model.data.months import FIRST_YEAR
from model.data.region import Region
from model.indicators.formulas import FORMULAS

NATION = "china"
WHOLE = "all"
DECEMBER = "-12"


@dataclass(frozen=True)
class Results:
    """One run: its `summary` and its `tables` (indicators; or bands and paired, made of them before)."""

    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def words(self) -> Words:
        """What the page says."""
        return Words(str(self.summary["region"]), labels_of_scenarios(self.summary))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The scenarios, in the order in which they were asked for."""
        return tuple(self.summary["scenarios"])

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Which scenarios are compared as (treated, base), the one that was asked for first."""
        known = [(effect["treated"], effect["base"]) for effect in self.summary.get("effects", ())]
        return known or [(name, self.lines[0]) for name in self.lines[1:]]

    @cached_property
    def vary(self) -> Mapping[str, Any] | None:
        """One lever at several levels, if that was asked for: lever, values and names of the scenarios."""
        return self.summary.get("vary") or None

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The scenarios that charts over the months show: not the levels of a lever that is varied."""
        varied = set(self.vary["names"]) if self.vary else set()
        return tuple(name for name in self.names if name not in varied) or self.names

    @cached_property
    def focus(self) -> str:
        """The scenario whose bands are shown: the treated one of the first pair, else the last."""
        first = self.pairs[0][0] if self.pairs else self.names[-1]
        return first if first in self.lines else self.lines[-1]

    @cached_property
    def full(self) -> bool:
        """Whether there are replicates enough for 90 % intervals instead of ranges."""
        return int(self.summary["replicates"]) >= PERCENTILES_FROM

    @cached_property
    def many(self) -> bool:
        """Whether there is more than one replicate, so that there is a range."""
        return int(self.summary["replicates"]) > 1

    @cached_property
    def region(self) -> Region:
        """The region of the run."""
        return load_region(str(self.summary["region"]))

    @cached_property
    def observed(self) -> pd.DataFrame:
        """Every observed figure of the region."""
        return observed_points(self.region)

    @cached_property
    def national(self) -> pd.DataFrame:
        """Observed shares of the nation, beside those of a province."""
        if self.region.name == NATION:
            return self.observed.iloc[:0]
        seen = observed_points(load_region(NATION))
        shares = {name for name in FORMULAS if is_share(indicators()[name].unit)}
        return seen[seen["indicator"].isin(shares)]

    @cached_property
    def values(self) -> pd.DataFrame:
        """Values of all households, and of the places for which something was observed."""
        table = self.tables["indicators"]
        places = {WHOLE, *self.observed["place"]}
        return table[(table["group"] == WHOLE) & table["place"].isin(places)]

    @cached_property
    def _bands(self) -> pd.DataFrame:
        made = self.tables.get("bands")
        return bands(self.values) if made is None else made

    @cached_property
    def _paired_bands(self) -> pd.DataFrame:
        made = self.tables.get("paired")
        return paired_bands(self.values, *self.pairs[0]) if made is None else made

    @cached_property
    def series(self) -> dict[tuple[str, str, str], pd.DataFrame]:
        """Bands by month: (scenario, indicator, place) -> month and BAND."""
        return _by(self._bands, ["scenario", "indicator", "place"])

    @cached_property
    def paired(self) -> dict[tuple[str, str], pd.DataFrame]:
        """Bands of the first pair's difference: (indicator, place) -> month and BAND."""
        if not self.pairs:
            return {}
        return _by(self._paired_bands, ["indicator", "place"])

    @cached_property
    def last(self) -> str:
        """The last December of the run, empty if it has none."""
        until = str(self.summary["until"])
        year = int(until[:4]) - (0 if until.endswith(DECEMBER) else 1)
        return f"{year}{DECEMBER}" if year >= FIRST_YEAR else ""

    @cached_property
    def shown(self) -> list[tuple[str, str]]:
        """Which series (indicator, place) are shown: those with goals, then observed ones, then others.

        What was observed is shown even where too few people were simulated for a result.
        """
        goals = [goal["indicator"] for goal in self.summary["goals"]]
        first = [(name, WHOLE) for name in dict.fromkeys(goals)]
        seen = [(str(name), str(place)) for name, place in self.observed[["indicator", "place"]].to_numpy()]
        rest = [(name, WHOLE) for name in FORMULAS]
        have = {key[1:] for key in self.series}
        return [key for key in dict.fromkeys([*first, *seen, *rest]) if key in have or key in seen]

    def telling(self, indicator: str, place: str) -> bool:
        """Whether the first pair's difference is worth a chart: goals, and series in which it can be told."""
        part = self.paired.get((indicator, place))
        if part is None or not (part[["low90", "high90"]].to_numpy() != 0.0).any():
            return False
        if self.targets(indicator):
            return True
        end = part.iloc[-1]
        return bool(float(end["low90"]) > 0.0 or float(end["high90"]) < 0.0)

    def points(self, indicator: str, place: str) -> pd.DataFrame:
        """Return what was observed of a series."""
        return self.observed[(self.observed["indicator"] == indicator) & (self.observed["place"] == place)]

    def nation(self, indicator: str, place: str) -> pd.DataFrame:
        """Return what was observed of the nation's share."""
        return self.national[(self.national["indicator"] == indicator) & (self.national["place"] == place)]

    def targets(self, indicator: str) -> list[tuple[int, float, str]]:
        """Return the goals of an indicator: year, target, direction."""
        return [
            (int(goal["year"]), float(goal["target"]), str(goal["direction"]))
            for goal in self.summary["goals"]
            if goal["indicator"] == indicator
        ]

    @cached_property
    def _cities(self) -> dict[str, pd.DataFrame]:
        """Bands of the first pair's difference in the cities at the last December, by indicator."""
        table = self.tables["indicators"]
        cities = {place.city for place in self.region.places}
        wanted = table[(table["month"] == self.last) & table["place"].isin(cities)]
        made = paired_bands(wanted[wanted["group"] == WHOLE], *self.pairs[0])
        return {str(name): rows for name, rows in made.groupby("indicator", sort=False)}

    def cities(self, indicator: str) -> pd.DataFrame:
        """Return the bands of the first pair's difference, a row a city; none if all are zero."""
        made = self._cities.get(indicator)
        if made is None:
            return self.observed.iloc[:0]
        told = len(made) > 1 and bool((made[["low90", "high90"]].to_numpy() != 0.0).any())
        return made if told else made.iloc[:0]


def _by(table: pd.DataFrame, keys: list[str]) -> dict[Any, pd.DataFrame]:
    """Return the rows of each series by month."""
    return {
        key: part.sort_values("month", kind="stable").reset_index(drop=True)
        for key, part in table.groupby(keys, sort=False)
    }
