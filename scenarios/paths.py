"""The table of levers' paths: what each lever is before the plan and in no_plan, current and plan."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.data.levers import levers
from model.data.months import month_index

Points = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class LeverPath:
    """One lever's paths: points (month, level) before 2022-06 and in the three bases.

    `places`: where the paths apply; `elsewhere`: the level in other places, None where they apply to all.
    `basis`: where the path of `plan` comes from (document, national plan, assumption). `whole`: whole
    numbers only. `low`, `high`: the lever's range. `greener`: higher or lower. `cap` and `budget` (a
    calendar year), CNY, of `plan`.
    """

    lever: str
    domain: str
    kind: str
    unit: str
    semantics: str
    before: Points
    no_plan: Points
    current: Points
    plan: Points
    basis: str
    quality: str
    places: str
    elsewhere: float | None
    options: tuple[str, ...]
    cap: float | None
    budget: float | None
    whole: bool
    low: float
    high: float
    greener: str
    source: str
    note: Mapping[str, str]

    def level(self, name: str) -> Points:
        """Return the points of one of the three bases."""
        return {"no_plan": self.no_plan, "current": self.current, "plan": self.plan}[name]


def read_points(text: str) -> Points:
    """Return the points of a path written as month=value;month=value."""
    pairs = (pair.split("=") for pair in text.split(";"))
    return tuple((month_index(month), float(value)) for month, value in pairs)


def _number(text: str) -> float | None:
    return float(text) if text else None


@cache
def paths() -> Mapping[str, LeverPath]:
    """Return lever -> its paths, in the order of the table."""
    with Path(__file__).with_name("paths.csv").open(encoding="utf-8", newline="") as file:
        return {row["lever"]: _path(row) for row in csv.DictReader(file)}


def _path(row: Mapping[str, str]) -> LeverPath:
    lever = levers()[row["lever"]]
    return LeverPath(
        lever=lever.key,
        domain=lever.domain,
        kind=lever.kind,
        unit=lever.unit,
        semantics=row["semantics"],
        before=read_points(row["before"]),
        no_plan=read_points(row["no_plan"]),
        current=read_points(row["current"]),
        plan=read_points(row["plan"]),
        basis=row["plan_basis"],
        quality=row["quality"],
        places=row["places"],
        elsewhere=_number(row["elsewhere"]),
        options=tuple(sorted(filter(None, row["options"].split(";")), reverse=True)),
        cap=_number(row["cap"]),
        budget=_number(row["budget"]),
        whole=lever.whole,
        low=lever.min,
        high=lever.max,
        greener=lever.greener,
        source=row["source"],
        note={"en": row["note"], "zh": row["note_zh"]},
    )
