"""`jinlv scenario`: check scenario files, show a scenario with all it inherits."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.session import JsonOption, LangOption, deferred, session_of
from app.wording import mark, word_error
from model.errors import InputError

HELP = mark("Check or show scenario files.")
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

app = typer.Typer(rich_markup_mode=None)


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
    faults: dict[str, list[InputError]] = {name: list(scenarios.check(name)) for name in file}
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

    session, chosen = session_of(ctx), scenarios.load(name)
    toml = chosen.to_toml(session.say)
    if as_json:
        session.emit({"name": chosen.name, "label": dict(chosen.label), "toml": toml})
    else:
        typer.echo(toml, nl=False)
