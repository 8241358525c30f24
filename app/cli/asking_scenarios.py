"""The scenarios of a request: those that were named, and the copies that --set, --vary and --assume make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import InputError

if TYPE_CHECKING:
    from app.cli.asking import Request
    from scenarios import Scenario

LEAST_COMPARED = 2


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
