"""The replicates of previews, and how far their medians lie from those of all (`experiments.stand_ins`)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from app.front.sizes import sizes


@cache
def _table() -> tuple[tuple[str, str, str], ...]:
    with Path(__file__).with_name("stand_ins.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["what"], row["name"], row["value"]) for row in csv.DictReader(file))


def replicates() -> tuple[int, ...]:
    """Return the numbers, from 1, of a preview's replicates: those that stand for all, then the others."""
    chosen = [int(value) for what, _, value in _table() if what == "replicate"]
    others = (one for one in range(1, sizes()["full_replicates"] + 1) if one not in chosen)
    return (*chosen, *others)[: sizes()["preview_replicates"]]


def gap(indicator: str) -> float | None:
    """Return by how much the median of an indicator at the end differs from that of all replicates."""
    found = (value for what, name, value in _table() if (what, name) == ("gap", indicator))
    return next(map(float, found), None)
