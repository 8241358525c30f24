"""`jinlv run`: simulate scenarios side by side, print the scoreboard and keep the run folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import Options, Request, load_scenarios, threads_asked, with_options
from app.cli.page_of_run import page_of, wanted
from app.cli.session import Session, session_of
from app.wording import mark

if TYPE_CHECKING:
    from experiments.parts import Parts
    from experiments.store import Inputs
    from scenarios import Scenario

HELP = mark("Simulate scenarios side by side; without names: no_plan, current and plan.")
DEFAULT_SCENARIOS = ("no_plan", "current", "plan")
LEAST_FOR_LUCK = 10
"""Replicates from which on a variance says something; as many seeds tell what of it is luck."""
HEADLINE = "nev_new_sales_share"
"""The indicator whose variance is told apart into luck and parameters."""


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
    options: Options = Options(),  # noqa: B008 (the value is frozen)
) -> None:
    request = options.request(tuple(scenario or DEFAULT_SCENARIOS), change)
    answer(session_of(ctx), request, Path(options.out), threads_asked(options.threads), options)


def answer(session: Session, request: Request, out: Path, threads: int, options: Options) -> None:
    """Carry a request out, or find its results, and print them."""
    chosen = load_scenarios(request)
    summary, folder = fetch_or_run(session, request, chosen, out, threads)
    if options.as_json:
        session.emit({**summary, "folder": str(folder)})
        if wanted(options.html):
            page_of(folder)
        return
    from app.cli.labels import labels_for
    from app.cli.show_summary import show_summary

    show_summary(session, summary, folder, labels_for(session, chosen, request.region))
    if wanted(options.html):
        told = session.told(session.say("Page of this run, to read offline"), str(page_of(folder)))
        session.out.print(told, markup=False, soft_wrap=True)


def fetch_or_run(
    session: Session, request: Request, chosen: tuple[Scenario, ...], out: Path, threads: int
) -> tuple[dict[str, Any], Path]:
    """Return summary and run folder: those kept from an equal run, else of a new one."""
    from experiments import store
    from experiments.parts import Parts

    inputs = store.Inputs(tuple((one.name, one.to_toml()) for one in chosen), request.options())
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
        )
        tables: Mapping[str, Any] = {
            name: getattr(ensemble, name) for name in ("indicators", "goals", "outlays", "evidence")
        }
        names = tuple(one.name for one in chosen)
        summary = _summary(ensemble, request, names, inputs.id)
        summary["labels"] = {one.name: dict(one.label) for one in chosen}
        summary["assumptions"] = list(request.assumptions)
        return store.save(out, inputs, tables, summary)


def _summary(ensemble: Any, request: Request, names: tuple[str, ...], id_: str) -> dict[str, Any]:
    """Return the summary of an ensemble with the effects of its pairs of scenarios."""
    from experiments.effects import effects_of
    from experiments.paired import compare, headline_differences, luck_share, scoreboard
    from experiments.pairs import pairs_of
    from experiments.summary import add_effect, cleaned, summarise

    changed = bool(request.changes)
    pairs = [(name, names[0]) for name in names[1:]] if request.compared else pairs_of(names, changed)
    board = scoreboard(ensemble)
    if changed and not board.empty:
        board = add_effect(board, compare(ensemble, names[-1], names[-2]), "effect_of_change")
    year = int(request.until[:4]) - (0 if request.until.endswith("-12") else 1)
    share = (
        luck_share(ensemble, HEADLINE, year)
        if request.replicates >= LEAST_FOR_LUCK and year >= 2015
        else None
    )
    header = {**ensemble.meta, **request.options(), "id": id_}
    header["luck"] = cleaned({"indicator": HEADLINE, "year": year, "share": share})
    return summarise(
        board,
        ensemble.evidence,
        ensemble.outlays,
        header=header,
        scenarios=names,
        effects=[effects_of(ensemble, treated, base) for treated, base in pairs],
        differences=headline_differences(ensemble, pairs) if request.compared else None,
    )
