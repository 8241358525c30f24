"""The indicators with their goals, and the auxiliary series that stand beside observed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from model.data.tables import TABLES, Row, read_table

NATURES = ("outcome", "compliance", "paired", "input", "auxiliary")
"""Result of decisions; rule kept; read by comparing runs; a checklist; a series without a goal."""

BASES = ("document", "national plan", "proposed")
"""Where a target comes from: the plan's own text, another national plan, or a reading proposed here."""

GOAL_YEARS = (2022, 2025, 2030)


@dataclass(frozen=True)
class Indicator:
    """An indicator in `unit`. `direction`: higher or lower is the goal, empty where neither is.

    `target_YYYY` with `basis_YYYY` (one of BASES); `basis`: the firmest of them. `goal`: words of the plan.
    """

    key: str
    label: Mapping[str, str]
    unit: str
    domain: str
    nature: str
    article: int | None
    goal: str
    target_2022: float | None
    target_2025: float | None
    target_2030: float | None
    basis_2022: str
    basis_2025: str
    basis_2030: str
    basis: str
    direction: str
    definition: str
    source: str
    quality: str
    note: str

    @property
    def targets(self) -> Mapping[int, float]:
        """Return year -> target."""
        values = zip(GOAL_YEARS, (self.target_2022, self.target_2025, self.target_2030), strict=True)
        return {year: value for year, value in values if value is not None}

    def basis_of(self, year: int) -> str:
        """Return the basis of a year's target, empty where there is none."""
        return dict(zip(GOAL_YEARS, (self.basis_2022, self.basis_2025, self.basis_2030), strict=True)).get(
            year, ""
        )


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return the goals' indicators and then the auxiliary series, by key."""
    targets = tuple(f"target_{year}" for year in GOAL_YEARS)
    goals = read_table(TABLES / "indicators.csv", keys=("key",), numbers=targets)
    others = read_table(TABLES / "auxiliary.csv", keys=("key",))
    found = {row["key"]: _indicator(row, row.one_of("nature", NATURES)) for row in goals}
    for row in others:
        if row["key"] in found:
            raise row.fault("key", "duplicate")
        found[row["key"]] = _indicator(row, "auxiliary")
    return MappingProxyType(found)


def _indicator(row: Row, nature: str) -> Indicator:
    targets, bases = [], []
    for year in GOAL_YEARS:
        target = row.number(f"target_{year}") if row.get(f"target_{year}") else None
        targets.append(target)
        bases.append("" if target is None else row.one_of(f"basis_{year}", BASES))
    if not row["label_zh"] or not row["label_en"]:
        raise row.fault("label_zh", "empty")
    allowed = ("higher", "lower") if any(bases) else ("higher", "lower", "")
    return Indicator(
        key=row["key"],
        label=MappingProxyType({"zh": row["label_zh"], "en": row["label_en"]}),
        unit=row["unit"],
        domain=row["domain"],
        nature=nature,
        article=int(row.number("article")) if row.get("article") else None,
        goal=row.get("goal", ""),
        target_2022=targets[0],
        target_2025=targets[1],
        target_2030=targets[2],
        basis_2022=bases[0],
        basis_2025=bases[1],
        basis_2030=bases[2],
        basis=min((basis for basis in bases if basis), key=BASES.index, default=""),
        direction=row.one_of("direction", allowed),
        definition=row["definition"],
        source=row["source"],
        quality=row["quality"],
        note=row.get("note", ""),
    )
