"""How large previews and full runs of the front end are, from their table."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SIZES = "JINLV_APP_SIZES"
"""Variable with other sizes, KEY=VALUE,..., for a small machine or a test."""


@cache
def sizes() -> Mapping[str, int]:
    """Return the sizes by key, whole numbers; raise ValueError for a size that is not in the table."""
    with Path(__file__).with_name("sizes.csv").open(encoding="utf-8", newline="") as file:
        found = {row["key"]: int(row["value"]) for row in csv.DictReader(file)}
    for one in filter(None, os.environ.get(SIZES, "").split(",")):
        key, _, value = one.partition("=")
        if key not in found:
            raise ValueError(f"{SIZES}: {key} is none of {', '.join(found)}")
        found[key] = int(value)
    return found
