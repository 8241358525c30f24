"""What stands in the model's tables (units, definitions, notes, sources, kinds), in the reader's language."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache

from app.wording.catalogue import CATALOGUES


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Return text of a table -> language -> text, from tables.csv; an empty column means: as it stands.

    Raise ValueError if a text comes twice.
    """
    found: dict[str, Mapping[str, str]] = {}
    with (CATALOGUES / "tables.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["text"] in found:
                raise ValueError(f"tables.csv: {row['text']!r} is written twice")
            found[row["text"]] = {"en": row["en"] or row["text"], "zh": row["zh"] or row["text"]}
    return found


def table_text(text: str, lang: str) -> str:
    """Return a text of a table in a language; symbols, names and references stay as they are written."""
    known = texts().get(text)
    return known[lang] if known else text
