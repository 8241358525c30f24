"""`jinlv compare`: what scenarios change against the first one, under the same luck, by place and group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.asking import (
    AssumeOption,
    HouseholdsOption,
    OutOption,
    RegionOption,
    ReplicatesOption,
    SeedOption,
    ThreadsOption,
    UntilOption,
    request_of,
    threads_asked,
)
from app.cli.run_scenarios import answer
from app.cli.session import JsonOption, LangOption, session_of
from app.wording import mark
from model.errors import InputError

HELP = mark("Compare scenarios with the first one: paired effects, cost, who gains, by place and group.")


def compare(
    ctx: typer.Context,
    scenario: Annotated[
        list[str], typer.Argument(help=mark("The base, then one or more scenarios: names or files."))
    ],
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
    names = tuple(dict.fromkeys(scenario))
    if len(names) < 2:
        raise InputError("two_scenarios", field="SCENARIO")
    request = request_of(
        names, None, assume, region=region, households=households, replicates=replicates, seed=seed,
        until=until, compared=True,
    )  # fmt: skip
    answer(session_of(ctx), request, Path(out), threads_asked(threads), as_json)
