"""`jinlv compare`: what scenarios change against the first one, under the same luck, by place and group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.asking import Options, with_options
from app.cli.asking_numbers import threads_asked
from app.cli.run_scenarios import EVERYTHING, answer
from app.cli.session import session_of
from app.wording import mark

HELP = mark("Compare scenarios with the first one: paired effects, cost, who gains, by place and group.")


@with_options
def compare(
    ctx: typer.Context,
    scenario: Annotated[
        list[str], typer.Argument(help=mark("The base, then one or more scenarios: names or files."))
    ],
    everything: Annotated[bool, typer.Option("--all", help=EVERYTHING)] = False,
    options: Options = Options(),  # noqa: B008 (the value is frozen)
) -> None:
    request = options.request(tuple(scenario), compared=True)
    answer(
        session_of(ctx),
        request,
        Path(options.out),
        threads_asked(options.threads),
        options,
        "all" if everything else "compared",
    )
