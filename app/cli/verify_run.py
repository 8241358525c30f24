"""`jinlv verify`: check the hashes of a run folder and name the file that differs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark
from app.wording.errors import printable
from app.wording.faults import fault_text
from model.errors import InputError

HELP = mark("Check the files of a run folder against their hashes.")


def verify(
    ctx: typer.Context,
    run: Annotated[list[str], typer.Argument(help=mark("Run folders."))],
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    from experiments import store

    session = session_of(ctx)
    say = session.say
    for folder in run:
        if not Path(folder).exists():
            raise InputError("run_missing", field="RUN", values=(folder,))
        if not any((Path(folder) / name).is_file() for name in (store.MANIFEST, store.SUMMARY)):
            raise InputError("not_a_run", field="RUN", values=(folder,))
    found = {name: (*store.verify(Path(name)), *store.unlisted(Path(name))) for name in run}
    if as_json:
        session.emit(
            [{"run": folder, "whole": not faults, "faults": faults} for folder, faults in found.items()]
        )
    for folder, faults in found.items():
        if faults:
            told = printable(session.listed(*(fault_text(fault, session.lang) for fault in faults)))
            line = f"jinlv: {session.told(session.told(printable(folder), say('damaged')), told)}"
            typer.echo(line, err=True)
        elif not as_json:
            typer.echo(f"{folder}: {say('whole')}")
    return 1 if any(found.values()) else 0
