"""`jinlv reproduce`: run what a run folder holds once more and tell every table that comes out otherwise."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ThreadsOption
from app.cli.asking_numbers import threads_asked
from app.cli.session import JsonOption, LangOption, Session, session_of
from app.wording import mark
from app.wording.errors import printable
from app.wording.faults import fault_text
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.reproduce import Reproduction
    from experiments.unlike import Difference

HELP = mark("Run what a run folder holds once more and compare every figure; exit 1 if one differs.")
MANY = 12
"""Digits of a hash that are shown."""
WORDS = {
    "packages": mark("code and tables"),
    "cpu": mark("processor"),
    "system": mark("system"),
    "architecture": mark("architecture"),
}


def reproduce(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(help=mark("Run folder."))],
    threads: ThreadsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    from experiments import store

    session, folder = session_of(ctx), Path(run)
    cores = threads_asked(threads)
    if not folder.exists():
        raise InputError("run_missing", field="RUN", values=(run,))
    if not any((folder / name).is_file() for name in (store.MANIFEST, store.SUMMARY)):
        raise InputError("not_a_run", field="RUN", values=(run,))
    if faults := store.verify(folder):
        told = printable(session.listed(*(fault_text(fault, session.lang) for fault in faults)))
        head = session.told(printable(run), session.say("damaged"))
        typer.echo(f"jinlv: {session.told(head, told)}", err=True)
        return 1
    if "kind" in json.loads((folder / store.MANIFEST).read_bytes())["inputs"]["options"]:
        raise InputError("study_folder", field="RUN", values=(run,))
    found = _again(session, folder, cores)
    if as_json:
        told_json = {"run": run, "same": found.same, **asdict(found)}
        session.emit({**told_json, "differing": [asdict(one) for one in found.differing]})
    else:
        typer.echo(f"{printable(run)}: {session.say(_verdict(found))}")
        for one in found.differing:
            typer.echo(f"  {_line(session, one)}")
    return 0 if found.same else 1


def _again(session: Session, folder: Path, cores: int) -> Reproduction:
    """Say what is other than it was, then run again under a progress bar."""
    from app.cli.progress import ProgressBar
    from experiments.reproduce import environment
    from experiments.reproduce import reproduce as run_again

    for what, then, now in environment(folder):
        name = session.say(WORDS[what]) if what in WORDS else what
        line = session.told(
            session.say("other than when the run was made"), f"{name} {then[:MANY]} → {now[:MANY]}"
        )
        session.err.print(printable(line), markup=False, soft_wrap=True)
    with ProgressBar(session) as progress:
        return run_again(folder, threads=cores, progress=progress, processes=True)


def _verdict(found: Reproduction) -> str:
    """Return whether the run came out as it was."""
    if not found.same:
        return mark("comes out otherwise")
    if found.bytes_same:
        return mark("reproduced: every figure and every byte of the results is the same")
    return mark("reproduced: every figure is the same; the files hold other bytes")


def _line(session: Session, one: Difference) -> str:
    """Return a table that differs: how many figures, the worst of them, what it was and what it is."""
    counted = session.say("{count} figures differ; the farthest off:").format(count=one.count)
    where = " ".join(f"{key}={value}" for key, value in one.where.items())
    return printable(f"{session.told(one.table, counted)} {where} {one.kept} → {one.again}")
