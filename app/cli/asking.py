"""What a running command was asked: options shared by `run` and `compare`, and the request they make."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from app.cli.page_of_run import HtmlOption
from app.cli.session import LARGEST, JsonOption, LangOption, spelt_plainly, whole_number
from app.wording import mark
from model.data.months import month_index
from model.errors import InputError

if TYPE_CHECKING:
    from scenarios import Scenario

ALL_HOUSEHOLDS = "all"
MOST_HOUSEHOLDS = 20_000_000
WHOLE = "<number>"
USUAL_REPLICATES = 40
LEAST_COMPARED = 2

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

    def options(self, chosen: tuple[Scenario, ...]) -> dict[str, Any]:
        """Return the options that results depend on; threads do not change a byte and are left out."""
        names = ("region", "households", "replicates", "seed", "until", "compared")
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
    households: HouseholdsOption = "20000"
    replicates: ReplicatesOption = None
    seed: SeedOption = "1"
    until: UntilOption = "2030-12"
    out: OutOption = "runs"
    threads: ThreadsOption = None
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
            until=_month(self.until),
            compared=compared,
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


def threads_asked(text: str | None) -> int:
    """Return the number of threads, as typed or all cores."""
    return (os.cpu_count() or 1) if text is None else whole_number(text, "--threads", 1)


def replicates_asked(text: str) -> int:
    """Return the number of replicates; raise InputError if there are fewer fitted draws than that."""
    from model.data.parameters import fitted_draw_count

    return whole_number(text, "--replicates", 1, fitted_draw_count() or LARGEST)


def households_asked(text: str, region: str) -> int:
    """Return the number of simulated households; `all` is one for each of the region's at its largest.

    Raise InputError for anything else and for more than a machine of 24 GB holds.
    """
    from model.data.load import load_region

    try:
        known = load_region(region)
    except InputError as fault:
        raise replace(fault, field="--region") from None
    most = int(known.households.max(axis=0).sum())
    allowed = f"1..{min(most, MOST_HOUSEHOLDS)}" + (f", {ALL_HOUSEHOLDS}" if most <= MOST_HOUSEHOLDS else "")
    if text == ALL_HOUSEHOLDS and most <= MOST_HOUSEHOLDS:
        return most
    try:
        number = whole_number(text, "--households", 1)
    except InputError:
        number = 0
    if 1 <= number <= min(most, MOST_HOUSEHOLDS):
        return number
    near = spelt_plainly(text, 1, min(most, MOST_HOUSEHOLDS))
    raise InputError("households", field="--households", allowed=allowed, near=near, values=(text,))


def load_scenarios(request: Request) -> tuple[Scenario, ...]:
    """Return the scenarios of a request in its order, then the changed copy of the last one and, of that,
    one copy for each level of the lever that is varied.

    One that is typed twice, or under two paths, is taken once. Raise InputError if two bear one name, or if
    nothing is left to compare.
    """
    import scenarios

    typed = [(text, scenarios.load(text, folder=Path())) for text in request.scenarios]
    if request.changes:
        with _typed_at("--set"):
            typed.append(("--set", typed[-1][1].with_settings(request.changes)))
    if request.variation:
        with _typed_at("--vary"):
            typed += [("--vary", one) for one in _varied(typed[-1][1], request.variation)]
    first: dict[str, tuple[str, Scenario]] = {}
    for text, one in typed:
        before, same = first.setdefault(one.name, (text, one))
        if same != one:
            raise InputError("name_twice", field="SCENARIO", values=(before, text, one.name))
    if request.compared and len(first) < LEAST_COMPARED:
        raise InputError("two_scenarios", field="SCENARIO")
    with _typed_at("--assume"):
        return tuple(_assumed(one, request.assumptions) for _, one in first.values())


def _varied(parent: Scenario, text: str) -> tuple[Scenario, ...]:
    """Return the copies of a scenario at the levels of a lever that were typed."""
    from experiments.vary import varied
    from scenarios.settings import read_variation

    return varied(parent, read_variation(text, parent.next_layer))


@contextmanager
def _typed_at(option: str) -> Iterator[None]:
    """Name the option in a fault of what was typed after it."""
    try:
        yield
    except InputError as fault:
        field = fault.field if fault.field not in ("lever", "key", "value", "assume") else ""
        raise replace(fault, field=f"{option} {field}".strip()) from None


def _assumed(one: Scenario, texts: tuple[str, ...]) -> Scenario:
    """Return a scenario under assumptions about the world, which all share; it keeps its name."""
    return one.with_assumptions(texts).renamed(one.name, one.label) if texts else one


def _month(text: str) -> str:
    """Return a month of the run; raise InputError if it is none."""
    try:
        month_index(text)
    except ValueError:
        raise InputError(
            "month", field="--until", allowed="2015-01..2030-12", near=_month_meant(text), values=(text,)
        ) from None
    return text


def _month_meant(text: str) -> str:
    """Return the month that a year (its December) or a month of one digit stands for, else empty."""
    found = re.fullmatch(r"([0-9]{4})(?:[-/.]?([0-9]{1,2}))?", text)
    if not found:
        return ""
    guess = f"{found[1]}-{found[2] or '12':0>2}"
    try:
        month_index(guess)
    except ValueError:
        return ""
    return guess
