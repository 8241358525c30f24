"""`jinlv sweep`: carry out a grid of levers and parameters, resumable, here or on a cluster."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import WHOLE, OutOption
from app.cli.session import KEY, LABEL, JsonOption, LangOption, Session, deferred, session_of, whole_number
from app.wording import mark
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.study import Study
    from experiments.workers import Crew

HELP = mark("Carry out a grid of levers and parameters, resumable, here or on a Dask cluster.")
COUNTS = ("runs", "finished", "failed")
MOST_WORKERS, MOST_SHARDS = 1024, 100_000
_SHARD = re.compile(r"([0-9]{1,6})/([0-9]{1,6})")
StudyArgument = Annotated[str, typer.Argument(help=mark("Study file of the method grid."))]
WorkersOption = Annotated[
    str | None, typer.Option("--workers", metavar=WHOLE, help=mark("Worker processes; default all cores."))
]

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def group(ctx: typer.Context, lang: LangOption = None) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


@app.command(
    "run", help=mark("Carry out a sweep; the same command goes on with one that was stopped or killed.")
)
@deferred
def run(
    ctx: typer.Context,
    study: StudyArgument,
    workers: WorkersOption = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask", metavar="<ADDRESS>", help=mark("Address of a Dask scheduler, tcp://host:port.")
        ),
    ] = None,
    shard: Annotated[
        str,
        typer.Option(
            "--shard", metavar="<i/n>", help=mark("Carry out part i of n; the last one puts all together.")
        ),
    ] = "1/1",
    resume: Annotated[
        bool, typer.Option("--resume", help=mark("Only go on with a sweep that was begun."))
    ] = False,
    leave_out_failed: Annotated[
        bool,
        typer.Option("--leave-out-failed", help=mark("Put the results together without runs that failed.")),
    ] = False,
    out: OutOption = "runs",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    session = session_of(ctx)
    crew, part = _crew(workers, dask), _shard(shard)
    asked = _asked(study)
    folder = _carried_out(session, asked, Path(out), crew, part, resume, leave_out_failed)
    if folder is None:
        _show_status(session, asked, Path(out), as_json)
        return
    from experiments import store

    summary = store.read_summary(folder)
    if as_json:
        session.emit({**summary, "folder": str(folder)})
        return
    from app.cli.show_sweep import show_sweep

    show_sweep(session, summary, asked, folder)


@app.command("estimate", help=mark("Tell how many runs a sweep takes and how long; runs one of them."))
@deferred
def estimate(
    ctx: typer.Context,
    study: StudyArgument,
    workers: WorkersOption = None,
    out: OutOption = "runs",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    session, asked = session_of(ctx), _asked(study)
    crews = _count(workers)
    from experiments.sweep_runs import SweepRuns
    from experiments.sweeping import standing, time_of_a_run

    there, seconds = standing(asked, Path(out)), time_of_a_run(asked)
    left = there.total - there.finished
    told = {
        "study": asked.name,
        "runs": there.total,
        "finished": there.finished,
        "parts": SweepRuns(asked).parts,
        "households": asked.households,
        "until": asked.until,
        "seconds_a_run": seconds,
        "workers": crews,
        "seconds": left * seconds / crews,
    }
    if as_json:
        session.emit(told)
        return
    from app.cli.show_sweep import show_estimate

    show_estimate(session, told)


@app.command("status", help=mark("Tell how far a sweep is; without a study, all unfinished ones."))
@deferred
def status(
    ctx: typer.Context,
    study: Annotated[str | None, typer.Argument(help=mark("Study file of the method grid."))] = None,
    out: OutOption = "runs",
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    session = session_of(ctx)
    if study is not None:
        _show_status(session, _asked(study), Path(out), as_json)
        return
    from experiments.sweep_parts import begun

    rows = begun(Path(out))
    if as_json:
        session.emit(rows)
        return
    if not rows:
        session.line(session.say("No sweep is unfinished here."))
        return
    table = session.table(
        mark("Unfinished sweeps"), KEY, LABEL, mark("Runs"), mark("Finished"), mark("Failed")
    )
    for row in rows:
        table.add_row(row["name"], row["label"][session.lang], *(f"{row[name]:,}" for name in COUNTS))
    session.out.print(table)


def _asked(name: str) -> Study:
    """Return the study; raise InputError for a faulty file and for one of another method."""
    from experiments.study import GRID
    from experiments.study_reading import read_study

    return read_study(name, methods=(GRID,))


def _count(workers: str | None) -> int:
    """Return the number of worker processes, as typed or all cores."""
    return (os.cpu_count() or 1) if workers is None else whole_number(workers, "--workers", 1, MOST_WORKERS)


def _crew(workers: str | None, dask: str | None) -> Crew:
    """Return the workers that were asked for."""
    from experiments.dask_workers import Dask
    from experiments.workers import Processes

    count = _count(workers)
    if dask is None:
        return Processes(count)
    if workers is not None:
        raise InputError("workers_or_dask", field="--workers")
    return Dask(dask)


def _shard(text: str) -> tuple[int, int]:
    """Return number and count of a shard typed as i/n."""
    found = _SHARD.fullmatch(text)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= count <= MOST_SHARDS:
        raise InputError("bad_shard", field="--shard", allowed="1/n..n/n", values=(text,))
    return number, count


def _carried_out(
    session: Session,
    study: Study,
    out: Path,
    crew: Crew,
    part: tuple[int, int],
    resume: bool,
    leave_out: bool,
) -> Path | None:
    """Carry a sweep out under a progress bar and return the folder of results, None if shards are missing."""
    from app.cli.progress import ProgressBar
    from experiments.sweeping import RunsFailed, damage, standing, sweep

    before = standing(study, out)
    for fault in damage(study, out):
        session.err.print(session.say("Damaged and made again: {fault}").format(fault=fault), markup=False)
    if before.folder is not None:
        text = session.say("The same sweep is already there and whole: its results are shown again.")
        session.err.print(text)
    elif before.finished:
        text = session.say("Going on with an interrupted sweep: {finished} of {total} runs are finished.")
        session.err.print(text.format(finished=before.finished, total=before.total))
    elif resume:
        raise InputError("nothing_begun", field="--resume", values=(study.name, str(out)))
    try:
        with ProgressBar(session) as progress:
            return sweep(study, out, crew, shard=part, progress=progress, leave_out_failed=leave_out)
    except BaseException as error:
        finished = standing(study, out).finished
        if isinstance(error, RunsFailed):
            error.args = (_failures(session, error.failed),)
        if finished:
            error.add_note(session.say("{finished} finished simulations are kept").format(finished=finished))
        raise


def _failures(session: Session, failed: list[dict[str, Any]]) -> str:
    """Return how many runs failed and which was the first, with what is needed to run it alone."""
    one = failed[0]
    levels = ", ".join(f"{name}={level:g}" for name, level in one["levels"].items())
    text = session.say(
        "{count} runs failed, the first: scenario {scenario}, {levels}, replicate {replicate}, seed {seed}:"
        " {kind} {text}; `--leave-out-failed` goes without them"
    )
    return text.format(
        count=len(failed), scenario=one["scenario"], levels=levels, replicate=one["replicate"],
        seed=one["seed"], kind=one["kind"], text=one["text"],
    )  # fmt: skip


def _show_status(session: Session, study: Study, out: Path, as_json: bool) -> None:
    """Print how far a sweep is."""
    from experiments.sweeping import standing

    there = standing(study, out)
    told = {
        "study": study.name, "runs": there.total, "finished": there.finished, "failed": there.failed,
        "folder": str(there.folder) if there.folder else None,
    }  # fmt: skip
    if as_json:
        session.emit(told)
        return
    text = session.say("{name}: {finished} of {total} runs are finished, {failed} failed")
    session.line(
        text.format(name=study.name, finished=there.finished, total=there.total, failed=there.failed)
    )
    if there.folder is not None:
        session.line(f"{session.say('Results in')} {there.folder}", "bold")
