"""`jinlv scenario`: check scenario files, show a scenario with all it inherits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.scenario_diff import HELP as DIFF_HELP
from app.cli.scenario_diff import diff
from app.cli.scenario_new import HELP as NEW_HELP
from app.cli.scenario_new import new
from app.cli.session import JsonOption, LangOption, Session, deferred, session_of
from app.wording import mark, word_error
from model.errors import InputError

if TYPE_CHECKING:
    from scenarios import Scenario

HELP = mark("Write, check, show and compare scenario files.")
COMMENTS = (
    mark("Levels of the base as ordered, before changes, at the months in which they bend:"),
    mark("{lever} ({acts}; basis: {basis}): {path}"),
    mark("acts"),
    mark("waits"),
    mark("document"),
    mark("national plan"),
    mark("assumption"),
)
"""Sentences and words of the comments that `scenarios` writes into a file."""
REGION = "shanxi"

app = typer.Typer(rich_markup_mode=None)
app.command("new", help=mark(NEW_HELP))(deferred(new))


@app.callback(invoke_without_command=True)
def group(ctx: typer.Context, lang: LangOption = None) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


@app.command("check", help=mark("Check scenario files: one line a fault; exit 2 if there is any."))
@deferred
def check(
    ctx: typer.Context,
    file: Annotated[list[str], typer.Argument(help=mark("Scenario files."))],
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    import scenarios

    session = session_of(ctx)
    faults: dict[str, list[InputError]] = {name: list(scenarios.check(name, folder=Path())) for name in file}
    if as_json:
        worded = {name: [word_error(one, session.lang) for one in found] for name, found in faults.items()}
        session.emit([{"file": name, "ok": not lines, "faults": lines} for name, lines in worded.items()])
    for name, found in faults.items():
        for one in found:
            typer.echo(word_error(one, session.lang), err=True)
        if not found and not as_json:
            typer.echo(f"{name}: {session.say('good')}")
    return 2 if any(faults.values()) else 0


@app.command("show", help=mark("Show a scenario with everything it inherits, as TOML."))
@deferred
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=mark("Scenario name or file."))],
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    import scenarios

    session, chosen = session_of(ctx), scenarios.load(name, folder=Path())
    toml = chosen.to_toml(session.say)
    rows = _decembers(session, chosen)
    if as_json:
        told = {"name": chosen.name, "label": dict(chosen.label), "toml": toml}
        session.emit({**told, "decembers": [row for row, _ in rows]})
        return
    typer.echo(toml, nl=False)
    if rows:
        head = session.say("Levels ordered each December, {first} to {last}, with the changes ({region}):")
        years = rows[0][0]["years"]
        typer.echo(f"# {head.format(first=years[0], last=years[-1], region=REGION)}")
        for _, line in rows:
            typer.echo(f"#   {line}")


def _decembers(session: Session, chosen: Scenario) -> list[tuple[dict[str, list[object]], str]]:
    """Return what the changed levers are each December, as a record and as a line."""
    if not chosen.changes:
        return []
    from app.cli.cells import cells_text, options_text
    from model.data.load import load_region
    from scenarios.decembers import YEARS, decembers

    region = load_region(REGION)
    try:
        found = decembers(chosen, region)
    except InputError:  # a scenario of another region: its places are not here
        return []
    rows = []
    for one in found:
        where = cells_text(session, one.cells, region)
        options = f" ({options_text(session, one.options)})" if one.options else ""
        levels = " ".join(f"{level:g}" for level in one.levels)
        record = {
            "lever": one.lever,
            "years": list(YEARS),
            "levels": list(one.levels),
            "cells": [list(cell) for cell in one.cells],
            "options": list(one.options),
        }
        rows.append((record, f"{session.told(one.lever + options, where)}: {levels}"))
    return rows  # type: ignore[return-value]


app.command("diff", help=mark(DIFF_HELP))(deferred(diff))
