"""Tell two scenarios apart: the plan's levels, the changes by lever and place, and what is assumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from model.data.months import month_text
from scenarios.places import GROUP_NAMES
from scenarios.scenario import Assumption, Change, Scenario
from scenarios.writing import show

POLICY, WORLD = "policy", "world"
TERMS = ("cap", "price_ceiling", "requires", "budget")


@dataclass(frozen=True)
class Difference:
    """One thing in which two scenarios differ: policy or world, what, and how each has it.

    `what`: a lever, an assumed series or parameter, or `without`, `calendar`; `where`: the places, groups
    and options of a change, empty for a level of the base.
    """

    part: str
    what: str
    first: str
    second: str
    where: tuple[str, ...] = ()


def diff(first: Scenario, second: Scenario) -> tuple[Difference, ...]:
    """Return in what two scenarios differ: articles left out, calendar, levers of the base and changes, then
    the world."""
    found: list[Difference] = []
    if first.without_articles != second.without_articles:
        one, two = (",".join(map(str, s.without_articles)) for s in (first, second))
        found.append(Difference(POLICY, "without", one, two))
    if first.calendar != second.calendar:
        found.append(Difference(POLICY, "calendar", first.calendar, second.calendar))
    for left, right in zip(show(first), show(second), strict=True):
        if left.path != right.path:
            found.append(Difference(POLICY, left.lever, left.path, right.path))
        found += _changes(left.lever, first, second)
    worlds = [_world(scenario.assumptions) for scenario in (first, second)]
    for key in sorted({*worlds[0], *worlds[1]}):
        if worlds[0].get(key) != worlds[1].get(key):
            found.append(Difference(WORLD, key, worlds[0].get(key, ""), worlds[1].get(key, "")))
    return tuple(found)


def _changes(lever: str, first: Scenario, second: Scenario) -> Iterator[Difference]:
    """Yield the cells of a lever whose changes differ, each cell once."""
    told: list[dict[tuple[str, ...], str]] = [{}, {}]
    for cells, scenario in zip(told, (first, second), strict=True):
        for change in sorted((c for c in scenario.changes if c.lever == lever), key=lambda c: c.layer):
            key, text = _where(change), _levels(change)
            cells[key] = f"{cells[key]}; {text}" if key in cells else text
    for where in dict.fromkeys((*told[0], *told[1])):
        if told[0].get(where) != told[1].get(where):
            yield Difference(POLICY, lever, told[0].get(where, ""), told[1].get(where, ""), where)


def _where(change: Change) -> tuple[str, ...]:
    """Return places, then groups and options where they are not all."""
    groups = () if change.groups == GROUP_NAMES else change.groups
    return (*change.places, *groups, *(change.options or ()))


def _levels(change: Change) -> str:
    """Return the levels of a change, until when it holds, and its terms, as one text."""
    points = ", ".join(f"{month_text(month)} {value:.15g}" for month, value in change.path)
    terms = [f"{key} {getattr(change, key)}" for key in TERMS if getattr(change, key) is not None]
    return " ".join((f"{points} ..{month_text(change.until)}", *terms))


def _world(assumptions: Sequence[Assumption]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for one in assumptions:
        texts[one.key] = f"{texts[one.key]}; {one.text}" if one.key in texts else one.text
    return texts
