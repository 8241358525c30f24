"""`jinlv indicators`: list the indicators and goals, or explain one."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark

HELP = mark("List the indicators and goals, or explain one.")
COLUMNS = {
    "unit": mark("Unit"),
    "nature": mark("Nature"),
    "target_2025": mark("Target 2025"),
    "target_2030": mark("Target 2030"),
    "computed": mark("Computed yet"),
}


def indicators(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help=mark("A name of the list, a label or a part of one."))
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    from app.cli.indicator_page import more
    from app.cli.listing import as_record, show
    from model.data.indicators import indicators as known
    from model.indicators.formulas import FORMULAS

    rows = {key: {**as_record(row), "computed": key in FORMULAS} for key, row in known().items()}
    show(
        session_of(ctx),
        rows,
        COLUMNS,
        title=mark("Indicators"),
        kind="indicator",
        name=name,
        as_json=as_json,
        more=more,
    )
