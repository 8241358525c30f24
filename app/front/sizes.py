"""How large previews and full runs of the front end are, from their table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def sizes() -> Mapping[str, int]:
    """Return the sizes by key, whole numbers."""
    with Path(__file__).with_name("sizes.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: int(row["value"]) for row in csv.DictReader(file)}
