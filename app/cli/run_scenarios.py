"""`jinlv run`: simulate scenarios side by side, print the scoreboard and keep the run folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.session import JsonOption, LangOption, Session, session_of, whole_number
from app.wording import mark
from model.data.months import month_index
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.store import Inputs
    from scenarios import Scenario

HELP = mark("Simulate scenarios side by side; without names: no_plan, current and plan.")
DEFAULT_SCENARIOS = ("no_plan", "current", "plan")
ALL_HOUSEHOLDS = "all"
MOST_HOUSEHOLDS = 20_000_000
WHOLE = "<number>"


@dataclass(frozen=True)
class Request:
    """What was asked: scenarios by name, changes and assumptions as typed, and the size of the ensemble."""

    scenarios: tuple[str, ...]
    changes: tuple[str, ...]
    assumptions: tuple[str, ...]
    region: str
    households: int
    replicates: int
    seed: int
    until: str

    def options(self) -> dict[str, Any]:
        """Return the options that results depend on; threads do not change a byte and are left out."""
        names = ("region", "households", "replicates", "seed", "until")
        return {name: getattr(self, name) for name in names}


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
    assume: Annotated[
        list[str] | None,
        typer.Option(
            "--assume", help=mark("Assume KEY=VALUE[@FROM..TO] of the world in all scenarios; repeatable.")
        ),
    ] = None,
    region: Annotated[str, typer.Option("--region", help=mark("Region: shanxi or china."))] = "shanxi",
    households: Annotated[
        str, typer.Option("--households", help=mark("Households simulated, or all (one to one)."))
    ] = "20000",
    replicates: Annotated[
        str,
        typer.Option("--replicates", metavar=WHOLE, help=mark("Replicates: draws of parameters and seed.")),
    ] = "40",
    seed: Annotated[
        str, typer.Option("--seed", metavar=WHOLE, help=mark("Seed of the first replicate."))
    ] = "1",
    until: Annotated[str, typer.Option("--until", help=mark("Last month, YYYY-MM."))] = "2030-12",
    out: Annotated[str, typer.Option("--out", help=mark("Folder that keeps the run folders."))] = "runs",
    threads: Annotated[
        str | None, typer.Option("--threads", metavar=WHOLE, help=mark("Threads; default all cores."))
    ] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    session = session_of(ctx)
    request = Request(
        scenarios=tuple(scenario or DEFAULT_SCENARIOS),
        changes=tuple(change or ()),
        assumptions=tuple(assume or ()),
        region=region,
        households=households_asked(households, region),
        replicates=whole_number(replicates, "--replicates", 1),
        seed=whole_number(seed, "--seed", 0),
        until=_month(until),
    )
    workers = (os.cpu_count() or 1) if threads is None else whole_number(threads, "--threads", 1)
    chosen = load_scenarios(request)
    summary, folder = fetch_or_run(session, request, chosen, Path(out), workers)
    if as_json:
        session.emit({**summary, "folder": str(folder)})
        return
    from app.cli.labels import labels_for
    from app.cli.show_summary import show_summary

    show_summary(session, summary, folder, labels_for(session, chosen))


def households_asked(text: str, region: str) -> int:
    """Return the number of simulated households; `all` is one for each of the region's at its largest.

    Raise InputError for anything else and for more than a machine of 24 GB holds.
    """
    from model.data.load import load_region

    most = int(load_region(region).households.max(axis=0).sum())
    allowed = f"1..{min(most, MOST_HOUSEHOLDS)}" + (f", {ALL_HOUSEHOLDS}" if most <= MOST_HOUSEHOLDS else "")
    if text == ALL_HOUSEHOLDS and most <= MOST_HOUSEHOLDS:
        return most
    try:
        number = whole_number(text, "--households", 1)
    except InputError:
        number = 0
    if 1 <= number <= min(most, MOST_HOUSEHOLDS):
        return number
    raise InputError("households", field="--households", allowed=allowed, values=(text,))


def load_scenarios(request: Request) -> tuple[Scenario, ...]:
    """Return the scenarios of a request, the changed copy of the last one at the end."""
    import scenarios

    chosen = [scenarios.load(name) for name in dict.fromkeys(request.scenarios)]
    if request.changes:
        chosen.append(chosen[-1].with_settings(request.changes))
    return tuple(_assumed(one, request.assumptions) for one in chosen)


def _assumed(one: Scenario, texts: tuple[str, ...]) -> Scenario:
    """Return a scenario under assumptions about the world, which all share; it keeps its name."""
    return one.with_assumptions(texts).renamed(one.name, one.label) if texts else one


def fetch_or_run(
    session: Session, request: Request, chosen: tuple[Scenario, ...], out: Path, threads: int
) -> tuple[dict[str, Any], Path]:
    """Return summary and run folder: those kept from an equal run, else of a new one."""
    from experiments import store

    inputs = store.Inputs({one.name: one.to_toml() for one in chosen}, request.options())
    store.check_writable(out)
    kept = store.find(out, inputs)
    if kept is not None:
        session.err.print(
            session.say("The same run is already there and whole: its results are shown again.")
        )
        return store.read_summary(kept), kept
    return _simulate(session, request, chosen, inputs, out, threads)


def _simulate(
    session: Session, request: Request, chosen: tuple[Scenario, ...], inputs: Inputs, out: Path, threads: int
) -> tuple[dict[str, Any], Path]:
    """Run the ensemble with a progress bar, save it and return summary and run folder."""
    from app.cli.progress import ProgressBar

    with ProgressBar(session) as progress:
        from experiments import store
        from experiments.compare import compare, scoreboard
        from experiments.ensemble import run_ensemble
        from experiments.summary import add_effect, summarise

        ensemble = run_ensemble(
            chosen,
            region=request.region,
            households=request.households,
            replicates=request.replicates,
            seed=request.seed,
            until=request.until,
            threads=threads,
            progress=progress,
        )
        tables: Mapping[str, Any] = {
            name: getattr(ensemble, name) for name in ("indicators", "goals", "outlays", "evidence")
        }
        header = {**ensemble.meta, **request.options(), "id": inputs.id}
        names = [one.name for one in chosen]
        board = scoreboard(ensemble)
        if request.changes and not board.empty:
            board = add_effect(board, compare(ensemble, names[-1], names[-2]), "effect_of_change")
        summary = summarise(board, ensemble.evidence, ensemble.outlays, header=header, scenarios=names)
        folder = store.save(out, inputs, tables, summary)
    return store.read_summary(folder), folder


def _month(text: str) -> str:
    """Return a month of the run; raise InputError if it is none."""
    try:
        month_index(text)
    except ValueError:
        raise InputError("month", field="--until", allowed="2015-01..2030-12", values=(text,)) from None
    return text
