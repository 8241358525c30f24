"""`jinlv scenarios`: list the shipped scenarios."""

from __future__ import annotations

import typer

from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark

HELP = mark("List the shipped scenarios.")


def scenarios(ctx: typer.Context, lang: LangOption = None, as_json: JsonOption = False) -> None:
    from rich.text import Text

    from scenarios import load, names

    session = session_of(ctx)
    shipped = [load(name) for name in names()]
    if as_json:
        session.emit([{"name": one.name, "label": dict(one.label)} for one in shipped])
        return
    table = session.table(mark("Scenarios"), mark("Name"), mark("Label"))
    for one in shipped:
        table.add_row(Text(one.name), Text(one.label[session.lang]))
    session.out.print(table)
