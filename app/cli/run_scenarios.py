"""`jinlv run`: simulate scenarios side by side, print the scoreboard and keep the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import Options, Request, with_options
from app.cli.asking_numbers import threads_asked
from app.cli.asking_scenarios import load_scenarios
from app.cli.page_of_run import page_of, wanted
from app.cli.session import Session, session_of
from app.wording import mark

if TYPE_CHECKING:
    from experiments.parts import Parts
    from experiments.store import Inputs
    from scenarios import Scenario

HELP = mark("Simulate scenarios side by side; without names: no_plan, current and plan.")
EVERYTHING = mark("Print everything, not only what is asked first.")
DEFAULT_SCENARIOS = ("no_plan", "current", "plan")
VARIED = ("plan",)
"""What is run without names: the three side by side, or the plan at several levels of a lever."""


@with_options
def run(
    ctx: typer.Context,
    scenario: Annotated[list[str] | None, typer.Argument(help=mark("Scenario names or files."))] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help=mark(
                "Add a copy of the last scenario with LEVER=VALUE[@FROM..TO][@PLACES][@GROUPS]; repeatable."
            ),
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="<LEVER=VALUE,VALUE>",
            help=mark(
                "Add copies of the last scenario (without names: of plan) with a lever at several levels;"
                " [@FROM..TO][@PLACES][@GROUPS] may follow."
            ),
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=EVERYTHING)] = False,
    options: Options = Options(),  # noqa: B008 (the value is frozen)
) -> None:
    request = options.request(tuple(scenario or (VARIED if vary else DEFAULT_SCENARIOS)), change, vary)
    extent = "all" if everything else "changed" if change else "scoreboard"
    answer(session_of(ctx), request, Path(options.out), threads_asked(options.threads), options, extent)


def answer(
    session: Session, request: Request, out: Path, threads: int, options: Options, extent: str
) -> None:
    """Carry a request out, or find its results, and print them to an `extent` of `show_summary.Extent`."""
    chosen = load_scenarios(request)
    summary, folder = fetch_or_run(session, request, chosen, out, threads)
    if options.as_json:
        session.emit({**summary, "folder": str(folder)})
        if wanted(options.html):
            page_of(folder)
        return
    from app.cli.labels import labels_for
    from app.cli.show_summary import Extent, show_summary

    labels = labels_for(session, chosen, request.region)
    show_summary(session, summary, folder, labels, extent=Extent(extent))
    if wanted(options.html):
        told = session.told(session.say("Page of this run, to read offline"), str(page_of(folder)))
        session.out.print(told, markup=False, soft_wrap=True)


def fetch_or_run(
    session: Session, request: Request, chosen: tuple[Scenario, ...], out: Path, threads: int
) -> tuple[dict[str, Any], Path]:
    """Return summary and run folder: those kept from an equal run, else of a new one."""
    from experiments import store
    from experiments.parts import Parts

    inputs = store.Inputs(tuple((one.name, one.to_toml()) for one in chosen), request.options(chosen))
    store.check_writable(out)
    parts = Parts.of(out, inputs)
    kept = store.find(out, inputs)
    if kept is not None:
        parts.clear()
        session.err.print(
            session.say("The same run is already there and whole: its results are shown again.")
        )
        return store.read_summary(kept), kept
    if finished := parts.count():
        text = session.say("Going on with an interrupted run: {finished} finished simulations are used.")
        session.err.print(text.format(finished=finished))
    try:
        folder = _simulate(session, request, chosen, inputs, out, parts, threads)
    except BaseException as error:
        if finished := parts.count():
            text = session.say("{finished} finished simulations are kept")
            error.add_note(text.format(finished=finished))
        raise
    parts.clear()
    return store.read_summary(folder), folder


def _simulate(
    session: Session, request: Request, chosen: tuple[Scenario, ...], inputs: Inputs, out: Path, parts: Parts,
    threads: int,
) -> Path:  # fmt: skip
    """Run the ensemble with a progress bar, save it and return the run folder."""
    from app.cli.progress import ProgressBar

    with ProgressBar(session) as progress:
        from experiments import store
        from experiments.ensemble import run_ensemble
        from experiments.results import summary_of, tables_of

        ensemble = run_ensemble(
            chosen,
            region=request.region,
            households=request.households,
            replicates=request.replicates,
            seed=request.seed,
            until=request.until,
            threads=threads,
            progress=progress,
            parts=parts,
            detail=request.detail,
            processes=True,
        )
        summary = summary_of(ensemble, chosen, inputs.options, inputs.id)
        return store.save(out, inputs, tables_of(ensemble), summary)
