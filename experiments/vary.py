"""One lever at several levels, all else alike: the scenarios, and what each level reaches and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scenarios import Scenario
from scenarios.scenario import short_hash
from scenarios.settings import Variation

if TYPE_CHECKING:
    from experiments.ensemble import Ensemble

GOAL = ("indicator", "year", "unit", "basis", "direction", "target")
BOUGHT = ("additional", "leakage", "cost", "cost_per_additional", "reason", "window")


def varied(parent: Scenario, variation: Variation) -> tuple[Scenario, ...]:
    """Return one child of `parent` for each level of the lever, in the order of the levels."""
    mark = short_hash(repr(variation.changes))
    return tuple(
        parent.child(
            f"vary-{mark}-{number}",
            change.label["zh"],
            change.label["en"],
            changes=(*parent.changes, change),
        )
        for number, change in enumerate(variation.changes, start=1)
    )


def curve(
    ensemble: Ensemble, vary: Mapping[str, Any], goals: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return one point a level: its goals, their paired differences to the parent, and what the money bought.

    `vary`: lever, parent, values and names; `goals`: as in the summary. A level that is the parent's own buys
    nothing and differs by exactly nothing: replicates are paired.
    """
    from experiments.effects import effects_of

    points = []
    for value, name in zip(vary["values"], vary["names"], strict=True):
        effect = effects_of(ensemble, name, vary["parent"])
        points.append(
            {
                "level": value,
                "scenario": name,
                "goals": [_goal(ensemble, goal, name, vary["parent"]) for goal in goals],
                **{part: effect.get(part) for part in BOUGHT},
            }
        )
    return points


def _goal(ensemble: Ensemble, goal: Mapping[str, Any], name: str, parent: str) -> dict[str, Any]:
    """Return a goal as one level of the lever reaches it, and by how much that is not the parent's."""
    from experiments.paired import goal_values, triple
    from model.data.months import december

    every, month = dict(goal_values(ensemble))[str(goal["indicator"])], december(int(goal["year"]))
    treated, base = (every[ensemble.names.index(one), :, month] for one in (name, parent))
    return {
        **{part: goal[part] for part in GOAL},
        **goal["scenarios"][name],
        "difference": triple(treated - base),
    }
