"""`jinlv sensitivity`: which parameters, levers and how much luck an outcome hangs on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import WHOLE, OutOption, ThreadsOption
from app.cli.asking_numbers import threads_asked
from app.cli.page_of_run import PAGE, HtmlOption, wanted
from app.cli.session import KEY, LABEL, JsonOption, LangOption, Session, session_of, whole_number
from app.wording import mark
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.study import Study
    from experiments.workers import Crew

MOST_WORKERS = 1000
HELP = mark(
    "Tell what an outcome hangs on: Sobol indices or Morris screening of a study; without one, list them."
)


def sensitivity(
    ctx: typer.Context,
    study: Annotated[
        str | None, typer.Argument(help=mark("Study file, or the name of a shipped study."))
    ] = None,
    samples: Annotated[
        str | None,
        typer.Option("--samples", metavar=WHOLE, help=mark("Size of the sample in place of the file's.")),
    ] = None,
    households: Annotated[
        str | None,
        typer.Option(
            "--households", metavar=WHOLE, help=mark("Households simulated in place of the file's.")
        ),
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs", help=mark("Tell pairs of factors, too (Sobol)."))] = False,
    out: OutOption = "runs",
    threads: ThreadsOption = None,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar=WHOLE, help=mark("Worker processes, however small the study is.")),
    ] = None,
    html: HtmlOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    session = session_of(ctx)
    if study is None:
        _list(session, as_json)
        return
    cores = threads_asked(threads)
    processes = None if workers is None else whole_number(workers, "--workers", 1, MOST_WORKERS)
    asked = _asked(study, samples, households, pairs)
    summary, folder = fetch_or_run(session, asked, Path(out), _crew(asked, cores, processes))
    if wanted(html):
        page_of_study(folder)
    if as_json:
        session.emit({**summary, "folder": str(folder)})
        return
    from app.cli.show_sensitivity import show_sensitivity

    show_sensitivity(session, summary, folder)
    if wanted(html):
        told = session.told(session.say("Page of this run, to read offline"), str(folder / PAGE))
        session.out.print(told, markup=False, soft_wrap=True)


def _asked(name: str, samples: str | None, households: str | None, pairs: bool) -> Study:
    """Return the study that was asked for; raise InputError for a faulty file or size."""
    from app.cli.asking_numbers import households_asked
    from experiments.sampling import with_dummy
    from experiments.study import MORRIS, SOBOL
    from experiments.study_reading import MOST_SAMPLES, read_samples, read_study
    from scenarios.faults import Spot

    one = with_dummy(read_study(name, methods=(SOBOL, MORRIS)))
    if samples is not None:
        number = whole_number(samples, "--samples", 1, MOST_SAMPLES)
        try:
            one = replace(one, samples=read_samples(number, one.method, Spot()))
        except InputError as fault:
            raise replace(fault, field="--samples") from None
    if households is not None:
        one = replace(one, households=households_asked(households, one.region))
    if pairs and one.method != SOBOL:
        raise InputError("key_not_of_method", field="--pairs", values=("--pairs", one.method))
    return replace(one, second_order=one.second_order or pairs)


def fetch_or_run(session: Session, study: Study, out: Path, crew: Crew) -> tuple[dict[str, Any], Path]:
    """Return summary and folder of a study: those kept from an equal one, else of a new one."""
    from experiments import store
    from experiments.kept_points import KeptPoints
    from experiments.study_results import add_sheet, inputs_of

    inputs = inputs_of(study)
    store.check_writable(out)
    kept = KeptPoints.of(out, inputs)
    folder = store.find(out, inputs)
    if folder is not None:
        session.err.print(
            session.say("The same study is already there and whole: its results are shown again.")
        )
    else:
        _say_size(session, study, len(kept.read()))
        try:
            folder = _run(session, study, inputs, out, crew, kept)
        except BaseException as error:
            if finished := len(kept.read()):
                text = session.say("{finished} finished simulations are kept")
                error.add_note(text.format(finished=finished))
            raise
    kept.clear()
    add_sheet(folder)
    return store.read_summary(folder), folder


def _say_size(session: Session, study: Study, finished: int) -> None:
    """Tell on standard error how many runs there are to do, and how many are there already."""
    text = session.say("{factors} factors, {runs} points, {households} households a run")
    told = text.format(factors=len(study.factors), runs=f"{study.runs:,}", households=f"{study.households:,}")
    session.err.print(told)
    if finished:
        text = session.say("Going on with an interrupted study: {finished} finished simulations are used.")
        session.err.print(text.format(finished=finished))


def _run(session: Session, study: Study, inputs: Any, out: Path, crew: Crew, kept: Any) -> Path:
    """Run a study under a progress bar and save it."""
    from app.cli.progress import ProgressBar

    with ProgressBar(session) as progress:
        from experiments.sampled_study import sensitivity as run_study
        from experiments.study_results import save_study

        found = run_study(study, crew=crew, progress=progress, kept=kept)
        return save_study(out, inputs, found)


def _crew(study: Study, count: int, processes: int | None) -> Crew:
    """Return who does the work: processes where they were asked for or repay their start, else threads."""
    from experiments.runs import MOST_TOGETHER, WORTH_PROCESSES
    from experiments.workers import Processes, Threads

    if processes is not None:
        return Processes(processes)
    if study.households > MOST_TOGETHER:
        return Threads(1)
    worth = count > 1 and study.runs * study.households >= WORTH_PROCESSES
    return Processes(count) if worth else Threads(count)


def page_of_study(folder: Path) -> Path:
    """Return the page of a study's whole folder, made from its files if it has none yet."""
    from experiments import shelf, store

    path = folder / PAGE
    if not path.is_file() or f"{PAGE}: not in the manifest" in store.unlisted(folder):
        from app.page.study_page import study_page

        shelf.add(folder, PAGE, study_page(store.read_summary(folder)))
    return path


def _list(session: Session, as_json: bool) -> None:
    """List the shipped studies."""
    from rich.text import Text

    from experiments.study_reading import read_study, study_names

    shipped = [read_study(name) for name in study_names()]
    if as_json:
        session.emit([{"name": one.name, "label": dict(one.label), "runs": one.runs} for one in shipped])
        return
    table = session.table(mark("Studies"), KEY, LABEL, mark("Method"), mark("Factors"), mark("Points"))
    for one in shipped:
        cells = (one.name, one.label[session.lang], one.method, str(len(one.factors)), f"{one.runs:,}")
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    session.line(
        session.say("`jinlv sensitivity NAME` runs one; with `--samples 16 --households 1000` it is quick.")
    )
