"""A point of a study's design as a run: levels of its factors become policy, parameters and seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from experiments.study import DRAW, LEVER, LUCK, PARAMETER, Study

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from model.data.parameters import Parameters
    from model.data.region import Region
    from model.institutions.policy import Policy
    from scenarios.scenario import Scenario

    Task = tuple[Policy, Parameters | None, int]


def levels_of(study: Study, shares: Sequence[float] | NDArray[np.float64]) -> tuple[float, ...]:
    """Return the levels of a point of the unit cube, one a factor, each in its factor's unit."""
    return tuple(factor.at(float(share)) for factor, share in zip(study.factors, shares, strict=True))


def grid(study: Study) -> tuple[tuple[float, ...], ...]:
    """Return every point of a grid, one level a factor; the last factor moves fastest."""
    return tuple(product(*(factor.values for factor in study.factors)))


def scenario_at(study: Study, scenario: Scenario, levels: Sequence[float]) -> Scenario:
    """Return a scenario with the study's levers at their levels; it keeps its name."""
    layer = scenario.next_layer
    changes = [
        factor.changed(level, layer)
        for factor, level in zip(study.factors, levels, strict=True)
        if factor.kind == LEVER
    ]
    return replace(scenario, changes=(*scenario.changes, *changes)) if changes else scenario


def parameters_at(study: Study, levels: Sequence[float], drawn: Parameters | None) -> Parameters | None:
    """Return a draw (None: the central set) with the study's parameters at their levels.

    Where the draw is a factor itself, its level says which.
    """
    from model.data.parameters import Parameters

    chosen = _level(study, levels, DRAW)
    if chosen is not None:
        drawn = _fitted()[int(chosen) - 1]
    moved = {
        factor.name: level
        for factor, level in zip(study.factors, levels, strict=True)
        if factor.kind == PARAMETER
    }
    return (drawn or Parameters.central()).replace(moved) if moved else drawn


def task_at(
    study: Study,
    scenario: Scenario,
    levels: Sequence[float],
    region: Region,
    *,
    drawn: Parameters | None = None,
    replicate: int = 1,
) -> Task:
    """Return the run of a point in one scenario: policy, parameters and seed.

    `drawn`: the draw of the replicate, None for the central set. The seed is the study's, moved on by the
    replicate and by luck, if that is a factor. An assumption of the scenario on a parameter that the study
    moves gives way.
    """
    policy = scenario_at(study, scenario, levels).resolve(region)
    moved = {factor.name for factor in study.factors if factor.kind == PARAMETER}
    if moved & policy.parameters.keys():
        kept = {key: value for key, value in policy.parameters.items() if key not in moved}
        policy = replace(policy, parameters=kept)
    seed = study.seed + replicate - 1 + int(_level(study, levels, LUCK) or 0)
    return policy, parameters_at(study, levels, drawn), seed


@cache
def _fitted() -> tuple[Parameters, ...]:
    """Return every fitted draw."""
    from model.data.parameters import draws, fitted_draw_count

    return draws(fitted_draw_count())


def _level(study: Study, levels: Sequence[float], kind: str) -> float | None:
    """Return the level of the only factor of a kind, None where there is none."""
    found = (level for factor, level in zip(study.factors, levels, strict=True) if factor.kind == kind)
    return next(found, None)
