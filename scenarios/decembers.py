"""The levels a scenario orders each December, where and for whom they are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.data.months import FIRST_YEAR, LAST_YEAR, MONTHS_A_YEAR, PLAN_ISSUED, december
from model.institutions.fold import GRANTED, levels_along, spread
from model.institutions.policy import GROUPS, POWERTRAINS, Levels
from scenarios.levels import base_levels
from scenarios.paths import LeverPath, paths
from scenarios.places import place_mask
from scenarios.scenario import Scenario

if TYPE_CHECKING:
    from model.data.region import Region

YEARS = tuple(range(FIRST_YEAR + PLAN_ISSUED // MONTHS_A_YEAR, LAST_YEAR + 1))
DIGITS = 9
"""Decimals by which levels are alike."""


@dataclass(frozen=True)
class Decembers:
    """Levels of a lever in December of YEARS, alike in `cells` (place, group) and for `options`.

    `options` is empty for a lever that is not money on a purchase.
    """

    lever: str
    levels: tuple[float, ...]
    cells: tuple[tuple[str, str], ...]
    options: tuple[str, ...]


def decembers(
    scenario: Scenario, region: Region, levers: Sequence[str] | None = None
) -> tuple[Decembers, ...]:
    """Return the levels ordered of `levers` (default: those a scenario changes), cells of one path together.

    Ordered, not delivered: capacity and delay of the places come after.
    """
    chosen = dict.fromkeys(change.lever for change in scenario.changes) if levers is None else levers
    return tuple(row for lever in chosen for row in _of_lever(scenario, lever, region))


def _of_lever(scenario: Scenario, lever: str, region: Region) -> list[Decembers]:
    path, months = paths()[lever], [december(year) for year in YEARS]
    found: dict[tuple[float, ...], dict[tuple[str, str], list[str]]] = {}
    for option in (path.options or POWERTRAINS) if lever in GRANTED else ("",):
        levels = _ordered(scenario, path, region, option)
        for p, place in enumerate(region.places):
            for g, group in enumerate(GROUPS):
                series = tuple(float(level) for level in np.round(levels[months, p, g], DIGITS))
                found.setdefault(series, {}).setdefault((place.code, group), []).append(option)
    rows: list[Decembers] = []
    for series, cells in found.items():
        kinds: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for cell, options in cells.items():
            kinds.setdefault(tuple(filter(None, options)), []).append(cell)
        rows += [Decembers(lever, series, tuple(mine), options) for options, mine in kinds.items()]
    return rows


def _ordered(scenario: Scenario, path: LeverPath, region: Region, option: str) -> Levels:
    """Return the base's level and the changes of a lever over it, (months, places, groups)."""
    base = base_levels(path.lever, scenario.base, scenario.without_articles).ordered
    where = np.array(place_mask((path.places,), region), dtype=bool)
    levels = spread(base, where, path.elsewhere).copy()
    mine = (c for c in scenario.changes if c.lever == path.lever)
    for change in sorted(mine, key=lambda change: change.layer):
        if not option or option in (change.options or (option,)):
            places = place_mask(change.places, region)
            groups = [group in change.groups for group in GROUPS]
            holds = np.ix_(
                range(change.first, change.until + 1), np.flatnonzero(places), np.flatnonzero(groups)
            )
            levels[holds] = levels_along(change.path)[change.first : change.until + 1, None, None]
    return levels
