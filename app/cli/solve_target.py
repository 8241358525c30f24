"""`jinlv solve`: the smallest level of a lever that reaches a target, and what it costs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.asking import (
    USUAL_REPLICATES,
    WHOLE,
    AssumeOption,
    HouseholdsOption,
    OutOption,
    RegionOption,
    ReplicatesOption,
    SeedOption,
    ThreadsOption,
    UntilOption,
)
from app.cli.asking_numbers import households_asked, month_asked, replicates_asked, threads_asked
from app.cli.session import JsonOption, LangOption, Session, session_of, whole_number
from app.wording import mark
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.solution import Solution
    from experiments.solving import Search
    from scenarios import Scenario

HELP = mark("Find the smallest level of a lever that reaches a target, with interval and cost.")
PERCENT = 100.0
_SHARE = re.compile(r"(0|1)(\.[0-9]{1,9})?|\.[0-9]{1,9}")
_PERCENT = re.compile(r"([0-9]{1,3}(\.[0-9]{1,6})?)\s*[%％]")
_MONEY = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_GROUPED = re.compile(r"[0-9]{1,3}([,_ '，][0-9]{3})+")


def solve(
    ctx: typer.Context,
    target: Annotated[
        str,
        typer.Option(
            "--target", metavar="<INDICATOR@YEAR[@PLACE][@GROUP]>=VALUE>", help=mark("What is to be reached.")
        ),
    ],
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="<LEVER[@FROM..TO][@PLACES][@GROUPS]>",
            help=mark("The lever that is moved, when, where and for whom."),
        ),
    ],
    scenario: Annotated[
        str, typer.Option("--scenario", help=mark("Scenario in which the lever is moved: name or file."))
    ] = "plan",
    probability: Annotated[
        str | None,
        typer.Option(
            "--probability",
            metavar="<0..1>",
            help=mark("Share of replicates that are to reach the target; default: the median is to."),
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar=WHOLE,
            help=mark("Most that the province may pay for it in any year, CNY."),
        ),
    ] = None,
    assume: AssumeOption = None,
    region: RegionOption = "shanxi",
    households: HouseholdsOption = "20000",
    replicates: ReplicatesOption = None,
    seed: SeedOption = "1",
    until: UntilOption = "2030-12",
    out: OutOption = "runs",
    threads: ThreadsOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    session, cores = session_of(ctx), threads_asked(threads)
    number = USUAL_REPLICATES if replicates is None else replicates_asked(replicates)
    size: dict[str, Any] = {
        "region": region,
        "households": households_asked(households, region),
        "replicates": number,
        "seed": whole_number(seed, "--seed", 0),
        "until": month_asked(until),
    }
    share = None if probability is None else _share(probability)
    money = None if budget is None else _money(budget)
    chosen = _scenario(scenario, assume or [])
    from experiments import store
    from experiments.solving import search

    asked = search(
        target, by, scenario=chosen, probability=share, budget=money, threads=cores, processes=True,
        out=Path(out), **size,
    )  # fmt: skip
    store.check_writable(Path(out))
    found = _answer(session, asked)
    assumed = [{"key": one.key, "text": one.text} for one in chosen.assumptions]
    told = {"scenarios": [chosen.name], "assumed_in": {chosen.name: assumed}, "calibrated": False}
    document = {**found.document(), **size, **told}
    if as_json:
        session.emit(document)
        return
    from app.cli.labels import labels_for
    from app.cli.show_solution import show_solution

    show_solution(session, document, labels_for(session, [chosen], region), found.moved.change)


def _answer(session: Session, asked: Search) -> Solution:
    """Return the answer of a search under a progress bar; what an end in between keeps is told."""
    from app.cli.progress import ProgressBar

    try:
        with ProgressBar(session) as progress:
            asked.looks.progress = progress
            return asked.answer()
    except BaseException as error:
        kept = asked.looks.question.kept
        if finished := kept.count() if kept else 0:
            error.add_note(session.say("{finished} finished simulations are kept").format(finished=finished))
        raise


def _scenario(name: str, assumptions: list[str]) -> Scenario:
    """Return the scenario, under the assumptions that were typed; it keeps its name."""
    import scenarios

    one = scenarios.load(name, folder=Path())
    if not assumptions:
        return one
    try:
        return one.with_assumptions(assumptions).renamed(one.name, one.label)
    except InputError as fault:
        field = "" if fault.field in ("key", "value", "assume") else fault.field
        raise replace(fault, field=f"--assume {field}".strip()) from None


def _share(text: str) -> float:
    """Return a share typed as 0.8 or 80%; raise InputError for none and for what is outside 0..1."""
    percent = _PERCENT.fullmatch(text)
    value = float(percent[1]) / PERCENT if percent else float(text) if _SHARE.fullmatch(text) else 0.0
    if 0.0 < value <= 1.0:
        return value
    plain = float(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", text) else 0.0
    near = f"{plain / PERCENT:g}" if 1.0 < plain <= PERCENT else ""
    raise InputError("probability", field="--probability", allowed="0..1", near=near, values=(text,))


def _money(text: str) -> float:
    """Return CNY; raise InputError for anything but a plain number."""
    if _MONEY.fullmatch(text):
        return float(text)
    near = re.sub("[^0-9]", "", text) if _GROUPED.fullmatch(text) else ""
    raise InputError("budget", field="--budget", allowed=">= 0 CNY", near=near, values=(text,))
