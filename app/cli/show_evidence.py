"""The model beside what was observed, on a terminal, and the words for what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.wording import mark

Row = Mapping[str, Any]

QUALITY_WORDS = {
    "retrieved": mark("retrieved"),
    "recalled": mark("recalled"),
    "derived": mark("derived"),
    "assumed": mark("assumed"),
}
COUNTED = {
    "registered vehicles": mark(
        "Observed are all registered motor vehicles, trucks and vehicles of organisations too, over"
        " households: an upper bound. The model counts cars of households, at most one each, as household"
        " surveys do more nearly; the two figures have different bases and are not to be matched."
    ),
}
"""Observed figures that count something else than the model does: word in `counted` -> footnote."""
OTHER_COUNTS = {
    "registered vehicles": mark("all registered vehicles"),
    "trips not said": mark("which trips are counted is not said"),
    "electric heating included": mark("electric heating is counted, too"),
    "second refrigerators included": mark("second refrigerators are counted, too"),
    "second machines included": mark("second machines are counted, too"),
    "several a household": mark("several a household are counted"),
    "farm households": mark("farm households only"),
}
"""The same in a few words."""


def show_evidence(session: Session, summary: Row, labels: Labels) -> None:
    """Print the model beside what was observed; years that served the fit are named."""
    from model.data.indicators import indicators

    if not summary["evidence"]:
        return
    say = session.say
    heads = (
        mark("Indicator"),
        mark("Year"),
        mark("Observed"),
        mark("Model"),
        mark("Data"),
        mark("Used in the fit"),
    )
    table = session.table(mark("Model beside observed series"), *heads)
    for row in summary["evidence"]:
        unit = row["unit"]
        model = f"{figures.level(row['model_median'], unit)} "
        model += figures.interval(row["model_low"], row["model_high"], unit)
        place = "" if row.get("place", "all") == "all" else f" ({labels[row['place']]})"
        known = indicators().get(row["indicator"])
        parts = [labels[row["indicator"]] + place]
        if known is not None and not figures.is_share(unit):
            parts.append(session.text(known.unit))
        if row.get("counted") in OTHER_COUNTS and row["counted"] not in COUNTED:
            parts.append(say(OTHER_COUNTS[row["counted"]]))
        cells = (
            session.listed(*parts),
            str(row["year"]),
            figures.level(row["observed"], unit) + (" §" if row.get("counted") in COUNTED else ""),
            model.rstrip(),
            say(QUALITY_WORDS.get(str(row["quality"]), str(row["quality"]))),
            say("yes") if row["fitted"] else say("no"),
        )
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    for counted in sorted({str(row.get("counted")) for row in summary["evidence"]} & set(COUNTED)):
        session.line(session.marked("§", say(COUNTED[counted])))
