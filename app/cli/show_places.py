"""Paired effects by place and group, a row an indicator: the region, town, country, poorest and richest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.wording import mark

Row = Mapping[str, Any]
CELLS = (("all", "all"), ("all.urban", "all"), ("all.rural", "all"), ("all", "q1"), ("all", "q5"))
"""Place and group of each column."""


def show_places(session: Session, summary: Row, labels: Labels) -> None:
    """Print the paired effects of each pair on the headline indicators, by place and group."""
    rows = {
        (row["treated"], row["indicator"], row["place"], row["group"]): row
        for row in summary.get("differences", ())
    }
    if not rows:
        return
    month = next(iter(rows.values()))["month"]
    for treated in dict.fromkeys(name for name, *_ in rows):
        names = f"{labels.scenario(treated)} − {labels.scenario(summary['scenarios'][0])}"
        _one(session, treated, session.listed(names, str(month)), rows, labels)


def _one(
    session: Session, treated: str, names: str, rows: Mapping[tuple[str, str, str, str], Row], labels: Labels
) -> None:
    """Print the effects of one scenario over the first one."""
    title = session.told(session.say("Who gains, by place and group"), names)
    table = session.table(title, mark("Indicator"))
    for place, group in CELLS:
        table.add_column(Text(labels[place] if group == "all" else labels[group]), overflow="fold")
    for indicator in dict.fromkeys(one for name, one, *_ in rows if name == treated):
        cells = [rows.get((treated, indicator, *cell)) for cell in CELLS]
        if any(cells):
            told = (_effect(session, indicator, row) for row in cells)
            table.add_row(Text(labels[indicator]), *(Text(cell) for cell in told))
    if table.row_count:
        session.out.print(table)


def _effect(session: Session, indicator: str, row: Row | None) -> str:
    """Return an effect and its interval on two lines."""
    from model.data.indicators import indicators

    if row is None:
        return figures.MISSING
    unit = indicators()[indicator].unit
    lines = (
        figures.difference(row["effect"], unit, session.say),
        figures.interval(row["low"], row["high"], unit),
    )
    return "\n".join(line for line in lines if line)
