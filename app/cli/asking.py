"""What a running command was asked: options shared by `run` and `compare`, and the request they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Signature, signature
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from app.cli.asking_numbers import ALL_HOUSEHOLDS, households_asked, month_asked, replicates_asked
from app.cli.page_of_run import HtmlOption
from app.cli.session import JsonOption, LangOption, whole_number
from app.wording import mark
from model.errors import InputError

if TYPE_CHECKING:
    from scenarios import Scenario

WHOLE = "<number>"
USUAL_HOUSEHOLDS, USUAL_REPLICATES = 20_000, 40

AssumeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--assume", help=mark("Assume KEY=VALUE[@FROM..TO] of the world in all scenarios; repeatable.")
    ),
]
RegionOption = Annotated[str, typer.Option("--region", help=mark("Region: shanxi or china."))]
HouseholdsOption = Annotated[
    str,
    typer.Option(
        "--households", help=mark("Households simulated, or all (one to one, then one replicate is usual).")
    ),
]
ReplicatesOption = Annotated[
    str | None,
    typer.Option(
        "--replicates", metavar=WHOLE, help=mark("Replicates: draws of parameters and seed; default 40.")
    ),
]
SeedOption = Annotated[str, typer.Option("--seed", metavar=WHOLE, help=mark("Seed of the first replicate."))]
UntilOption = Annotated[str, typer.Option("--until", help=mark("Last month, YYYY-MM."))]
OutOption = Annotated[str, typer.Option("--out", help=mark("Folder that keeps the run folders."))]
ThreadsOption = Annotated[
    str | None, typer.Option("--threads", metavar=WHOLE, help=mark("Threads; default all cores."))
]

DetailOption = Annotated[
    bool,
    typer.Option(
        "--detail",
        help=mark("Keep the indicators by place and income group at once, too (200,000 households or more)."),
    ),
]


@dataclass(frozen=True)
class Request:
    """What was asked: scenarios by name, changes and assumptions as typed, and the size of the ensemble.

    `compared`: the first scenario is the base of all others (`jinlv compare`).
    """

    scenarios: tuple[str, ...]
    changes: tuple[str, ...]
    assumptions: tuple[str, ...]
    region: str
    households: int
    replicates: int
    seed: int
    until: str
    compared: bool = False
    variation: str = ""
    detail: bool = False

    def options(self, chosen: tuple[Scenario, ...]) -> dict[str, Any]:
        """Return the options that results depend on; threads do not change a byte and are left out."""
        names = ("region", "households", "replicates", "seed", "until", "compared", "detail")
        made = {**{name: getattr(self, name) for name in names}, "changed": bool(self.changes)}
        return {**made, "assumptions": list(self.assumptions), "vary": self._vary(chosen)}

    def _vary(self, chosen: tuple[Scenario, ...]) -> dict[str, Any] | None:
        """Return lever, unit, parent, values and scenarios of the variation that was asked for, else None."""
        if not self.variation:
            return None
        from model.data.levers import levers
        from scenarios.settings import read_variation

        variation = read_variation(self.variation)
        parent, *copies = (one.name for one in chosen[-1 - len(variation.values) :])
        unit = levers()[variation.lever].unit
        values = list(variation.values)
        return {"lever": variation.lever, "unit": unit, "parent": parent, "values": values, "names": copies}


@dataclass(frozen=True)
class Options:
    """Options of every command that simulates, as typed; their fields are what the command line offers."""

    assume: AssumeOption = None
    region: RegionOption = "shanxi"
    households: HouseholdsOption = str(USUAL_HOUSEHOLDS)
    replicates: ReplicatesOption = None
    seed: SeedOption = "1"
    until: UntilOption = "2030-12"
    out: OutOption = "runs"
    threads: ThreadsOption = None
    detail: DetailOption = False
    html: HtmlOption = None
    lang: LangOption = None
    as_json: JsonOption = False

    def request(
        self,
        scenarios: tuple[str, ...],
        changes: list[str] | None = None,
        variations: list[str] | None = None,
        *,
        compared: bool = False,
    ) -> Request:
        """Return the request that was typed; raise InputError for the first text that is wrong.

        One household for one is simulated once unless more replicates are asked for.
        """
        if len(variations or ()) > 1:
            raise InputError("one_variation", field="--vary")
        usual = 1 if self.households == ALL_HOUSEHOLDS else USUAL_REPLICATES
        typed = self.replicates
        return Request(
            scenarios=scenarios,
            changes=tuple(changes or ()),
            assumptions=tuple(self.assume or ()),
            region=self.region,
            households=households_asked(self.households, self.region),
            replicates=usual if typed is None else replicates_asked(typed),
            seed=whole_number(self.seed, "--seed", 0),
            until=month_asked(self.until),
            compared=compared,
            detail=self.detail,
            variation=variations[0] if variations else "",
        )


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that takes the fields of Options one by one in place of its argument `options`."""
    shared = signature(Options)
    own = [one for one in signature(command).parameters.values() if one.name != "options"]
    types = {**get_type_hints(command, include_extras=True), **get_type_hints(Options, include_extras=True)}
    typed = [one.replace(annotation=types[one.name]) for one in (*own, *shared.parameters.values())]

    def taken(**given: Any) -> None:
        options = Options(**{name: given.pop(name) for name in shared.parameters})
        command(**given, options=options)

    for name, value in (
        ("__name__", command.__name__),
        ("__doc__", command.__doc__),
        ("__annotations__", {one.name: one.annotation for one in typed}),
        ("__signature__", Signature(typed, return_annotation=None)),
    ):
        setattr(taken, name, value)
    return taken
