"""How strongly the levers move what they are for: one lever of the plan alone, over a province without it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "plan" / "strength.csv"


@dataclass(frozen=True)
class Strength:
    """Effect of one lever of the plan alone on an indicator in December of `year`: median and 90 % of the
    paired differences of `replicates` runs of `households`, by version `version` of the software."""

    lever: str
    indicator: str
    year: int
    effect: float
    low: float
    high: float
    households: int
    replicates: int
    version: str


@cache
def strengths() -> Mapping[str, tuple[Strength, ...]]:
    """Return lever -> what it alone moves; a lever that was not measured is not there."""
    found: dict[str, tuple[Strength, ...]] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one = Strength(
                lever=row["lever"],
                indicator=row["indicator"],
                year=int(row["year"]),
                effect=float(row["effect"]),
                low=float(row["low"]),
                high=float(row["high"]),
                households=int(row["households"]),
                replicates=int(row["replicates"]),
                version=row["version"],
            )
            found[one.lever] = (*found.get(one.lever, ()), one)
    return found
