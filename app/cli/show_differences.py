"""Paired effects by place and group on a terminal: the region, town and country, fifths, and some cities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import PLACES, Labels
from app.cli.session import Session
from app.wording import mark
from experiments.results import HEADLINE

Row = Mapping[str, Any]


def show_differences(session: Session, summary: Row, labels: Labels) -> None:
    """Print paired effects on the headline indicators by place and group (`jinlv compare`)."""
    from model.data.indicators import indicators

    rows = summary.get("differences", ())
    if not rows:
        return
    say, shown = session.say, _shown(rows)
    title = session.listed(say("Paired effects by place and group"), str(rows[0]["month"]))
    heads = (mark("Scenario"), mark("Indicator"), mark("Place"), mark("Households"), mark("Difference"))
    table = session.table(title, *heads)
    for row in shown:
        unit = indicators()[row["indicator"]].unit
        words = figures.difference(row["effect"], unit, say)
        span = figures.interval(row["low"], row["high"], unit)
        cells = (labels[row[key]] for key in ("indicator", "place", "group"))
        table.add_row(
            *(Text(cell) for cell in (labels.scenario(row["treated"]), *cells, f"{words} {span}".rstrip()))
        )
    session.out.print(table)
    if len(shown) < len(rows):
        text = say("{count} more rows by place: `--json` shows them.")
        session.out.print(Text(text.format(count=len(rows) - len(shown))))


def _shown(rows: list[Row]) -> list[Row]:
    """Return the rows of the region, of town and country, of fifths, and of one indicator by city."""
    return [
        row
        for row in rows
        if row["place"] in PLACES or (row["indicator"] == HEADLINE and "." not in row["place"])
    ]
