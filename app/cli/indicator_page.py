"""What `jinlv indicators NAME` adds to the row of an indicator: every figure observed, and what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import PLACES
from app.cli.session import Session
from app.cli.show_evidence import OTHER_COUNTS, QUALITY_WORDS
from app.wording import mark
from app.wording.sources import source_text

SCORED = mark("Goals of it stand in every run")
NOT_COMPUTED = mark("No part of the model computes it yet: it stands in no run.")
NONE_OBSERVED = mark("No observed figure of it is in the tables of the regions.")


def more(session: Session, indicator: str, as_json: bool) -> Mapping[str, Any]:
    """Return what was observed of an indicator, by region; print it unless it is wanted as JSON."""
    from model.data.observed import observed_rows, region_labels

    rows = [
        {"region": region, **row}
        for region in region_labels()
        for row in observed_rows(region)
        if row["indicator"] == indicator
    ]
    found = [_record(row) for row in rows]
    if not as_json:
        _print(session, indicator, found, region_labels())
    return {"observed": found}


def _record(row: Mapping[str, str]) -> dict[str, Any]:
    """Return one observed figure as plain values; `low` and `high` are its own range, None without one."""
    from experiments.fitted import served

    numbers = {name: float(row[name]) if row[name] else None for name in ("value", "low", "high")}
    texts = {name: row.get(name, "") for name in ("unit", "quality", "source", "url", "note", "counted")}
    year = int(row["year"])
    fitted = served(row["region"], row["indicator"], year)
    return {
        "region": row["region"],
        "place": row["place"],
        "year": year,
        **numbers,
        **texts,
        "fitted": fitted,
    }


def _print(
    session: Session, indicator: str, found: list[dict[str, Any]], regions: Mapping[str, Mapping[str, str]]
) -> None:
    """Print the observed figures, or that there are none, and where the model's are to be had."""
    from model.data.indicators import indicators
    from model.indicators.formulas import FORMULAS

    say, known = session.say, indicators()[indicator]
    if found:
        heads = (
            mark("Place"),
            mark("Year"),
            mark("Observed"),
            mark("Data"),
            mark("Used in the fit"),
            mark("Source"),
        )
        table = session.table(mark("Observed"), *heads)
        for row in found:
            where = regions[row["region"]][session.lang]
            if row["place"] != "all":
                where = session.listed(where, say(PLACES[row["place"]]))
            cells = (
                where,
                str(row["year"]),
                _value(session, row, known.unit),
                say(QUALITY_WORDS.get(row["quality"], row["quality"])),
                say("yes") if row["fitted"] else say("no"),
                source_text(row["source"], session.lang),
            )
            table.add_row(*(Text(cell) for cell in cells))
        session.out.print(table)
    else:
        session.line(say(NONE_OBSERVED))
    if indicator not in FORMULAS:
        session.line(say(NOT_COMPUTED))
    elif known.targets:
        session.line(session.told(say(SCORED), "jinlv run"))


def _value(session: Session, row: Mapping[str, Any], unit: str) -> str:
    """Return an observed figure with its own range, and what else than the model's it counts."""
    shown = f"{figures.level(row['value'], unit)} {figures.interval(row['low'], row['high'], unit)}".rstrip()
    if not row["counted"]:
        return shown
    return f"{shown}\n{session.say(OTHER_COUNTS.get(row['counted'], row['counted']))}"
