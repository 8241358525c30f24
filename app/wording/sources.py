"""Names in Chinese of the sources of observed figures."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from app.wording.catalogue import CATALOGUES


@cache
def sources() -> Mapping[str, str]:
    """Return the source of an observed figure -> its name in Chinese."""
    with (CATALOGUES / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source"]: row["zh"] for row in csv.DictReader(file)}


def source_text(source: str, lang: str) -> str:
    """Return the source of an observed figure in a language."""
    return sources().get(source, source) if lang == "zh" else source
