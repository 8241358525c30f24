"""`jinlv levers`: list the policy levers, or explain one."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark

HELP = mark("List the policy levers, or explain one.")
COLUMNS = {
    "kind": mark("Kind"),
    "unit": mark("Unit"),
    "min": mark("Least"),
    "max": mark("Most"),
    "articles": mark("Articles"),
    "acts": mark("Acts yet"),
}


def levers(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help=mark("A name of the list, a label or a part of one."))
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    from app.cli.lever_page import more
    from app.cli.listing import as_record, show
    from model.data.levers import levers as known
    from model.institutions.fold import ACTING

    rows = {key: {**as_record(row), "acts": key in ACTING} for key, row in known().items()}
    show(
        session_of(ctx),
        rows,
        COLUMNS,
        title=mark("Levers"),
        kind="lever",
        name=name,
        as_json=as_json,
        more=more,
    )
