"""The policy levers: what the public hand can do, in which unit and within which bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from model.data.tables import TABLES, Row, read_table

KINDS = ("money", "requirement", "offer", "effort", "market")
"""Paid or charged; asked by a rule; provided for the taking; inspections and exposures; set outside."""


@dataclass(frozen=True)
class Lever:
    """A policy lever. `min`, `max`: bounds in `unit`; `greener`: higher or lower; `whole`: integers only.

    `default_2022`: level before the plan. `articles`: articles of the plan that move it.
    """

    key: str
    label: Mapping[str, str]
    domain: str
    kind: str
    unit: str
    min: float
    max: float
    greener: str
    default_2022: float
    whole: bool
    articles: tuple[int, ...]
    source: str
    quality: str
    note: str


@cache
def levers() -> Mapping[str, Lever]:
    """Return all levers by key, in the order of the table."""
    rows = read_table(TABLES / "levers.csv", keys=("lever",), numbers=("min", "max", "default_2022"))
    return MappingProxyType({row["lever"]: _lever(row) for row in rows})


def _lever(row: Row) -> Lever:
    least, most, level = row.number("min"), row.number("max"), row.number("default_2022")
    if not least <= level <= most:
        raise row.fault("default_2022", "outside its range", f"{least:g} to {most:g}")
    if not row["label_zh"] or not row["label_en"]:
        raise row.fault("label_zh", "empty")
    return Lever(
        key=row["lever"],
        label=MappingProxyType({"zh": row["label_zh"], "en": row["label_en"]}),
        domain=row["domain"],
        kind=row.one_of("kind", KINDS),
        unit=row["unit"],
        min=least,
        max=most,
        greener=row.one_of("greener", ("higher", "lower")),
        default_2022=level,
        whole=row.one_of("whole", ("0", "1")) == "1",
        articles=tuple(int(part) for part in row["articles"].split(";")),
        source=row["source"],
        quality=row["quality"],
        note=row["note"],
    )
