"""What a visitor takes along: tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings by which a spreadsheet takes a cell for a formula."""
NUMBER = re.compile(r"[+-]?\d[\d.]*(e[+-]?\d+)?", re.IGNORECASE)


def csv_of(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, which spreadsheets need for Chinese.

    A text that would be read as a formula gets an apostrophe before it; numbers stay numbers.
    """
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow([safe(one) for one in heads])
    writer.writerows([[safe(one) for one in row] for row in rows])
    return sink.getvalue().encode("utf-8-sig")


def safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.fullmatch(text) else text
