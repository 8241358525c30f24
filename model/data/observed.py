"""What was observed of a region, as its table has it, and what the regions are called."""

from __future__ import annotations

from collections.abc import Mapping

from model.data.tables import REGIONS, Row, read_table


def region_labels() -> Mapping[str, Mapping[str, str]]:
    """Return the name of each region pack -> its label by language."""
    rows = read_table(REGIONS / "regions.csv", keys=("name",))
    return {row["name"]: {"zh": row["zh"], "en": row["en"]} for row in rows}


def observed_rows(region: str) -> tuple[Row, ...]:
    """Return what was observed of a region, a row a figure, by indicator, place and year.

    Columns: indicator, place, year, value, low, high, unit, source, url, quality, note, and in some tables
    counted: what is counted where it is not what the model counts, else empty.
    """
    rows = read_table(
        REGIONS / region / "observed.csv",
        keys=("indicator", "place", "year"),
        numbers=("year", "value", "low", "high"),
    )
    return tuple(sorted(rows, key=lambda row: (row["indicator"], row["place"], int(row["year"]))))
