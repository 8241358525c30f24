"""`jinlv scenario new`: write a scenario file that extends another and changes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark
from model.errors import InputError

HELP = mark("Write a scenario file NAME.toml that extends another scenario.")
TYPED = frozenset({"lever", "key", "value", "assume", "scenario"})
"""Fields of a fault that the option already says."""


def new(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=mark("Name of the new scenario."))],
    extends: Annotated[str, typer.Option("--extends", help=mark("Scenario that the file extends."))] = "plan",
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help=mark("Set LEVER=VALUE[@FROM..TO][@PLACES][@GROUPS]; repeatable.")),
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option("--assume", help=mark("Assume KEY=VALUE[@FROM..TO] of the world; repeatable.")),
    ] = None,
    zh: Annotated[str | None, typer.Option("--zh", help=mark("Label in Chinese."))] = None,
    en: Annotated[str | None, typer.Option("--en", help=mark("Label in English."))] = None,
    out: Annotated[str, typer.Option("--out", help=mark("Folder of the file; it must be there."))] = ".",
    force: Annotated[
        bool, typer.Option("--force", help=mark("Replace a file that is there already."))
    ] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    from app.wording.tables import texts
    from scenarios.new import draft, parent_in, write

    session, folder = session_of(ctx), Path(out)
    if not folder.is_dir():
        raise InputError("folder_missing", field="--out", values=(out,))
    try:
        parent, extended = parent_in(folder, extends)
    except InputError as fault:
        raise _at("--extends", fault) from None
    _try("--set", parent.with_settings, change)
    _try("--assume", parent.with_assumptions, assume)
    units = {text: words[session.lang] for text, words in texts().items()}
    text = draft(
        name, parent, change or (), assume or (), (zh, en), extends=extended, lang=session.lang, units=units
    )
    path = write(folder, name, text, force=force)
    if as_json:
        session.emit({"file": str(path), "name": name, "extends": extended})
        return
    typer.echo(session.told(session.say("written"), str(path)))
    typer.echo(session.told(session.say("Next"), f"jinlv run {name if folder == Path() else path}"))


def _try(option: str, read: object, texts: list[str] | None) -> None:
    """Read what was typed after an option, so that a fault names it."""
    try:
        read(texts or ())  # type: ignore[operator]
    except InputError as fault:
        raise _at(option, fault) from None


def _at(option: str, fault: InputError) -> InputError:
    """Return a fault of what was typed after an option; one of a file stays where it is."""
    if fault.file:
        return fault
    field = "" if fault.field in TYPED else fault.field
    return replace(fault, field=f"{option} {field}".strip())
