"""`jinlv parameters`: list the parameters with range, source and quality, or explain one."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark

HELP = mark("List the parameters with range, source and quality, or explain one.")
COLUMNS = {
    "unit": mark("Unit"),
    "low": mark("Low"),
    "central": mark("Central"),
    "high": mark("High"),
    "role": mark("Role"),
    "quality": mark("Quality"),
}


def parameters(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help=mark("A name of the list, a label or a part of one."))
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    from app.cli.listing import show
    from model.data.parameters import catalogue

    rows = {row["key"]: row for row in catalogue()}
    show(
        session_of(ctx), rows, COLUMNS, title=mark("Parameters"), kind="parameter", name=name, as_json=as_json
    )
