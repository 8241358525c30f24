"""What a shipped base says about a lever, month by month: shares, delay, factors; no capacity, no places."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from model.data.months import LAST_YEAR, december
from model.institutions.fold import later, levels_along, share_increment, with_common_history
from model.institutions.policy import Levels
from scenarios.paths import LeverPath, Points, paths
from scenarios.registry import share_left
from scenarios.scenario import Base


@dataclass(frozen=True)
class BaseLevels:
    """One lever of a base: level without the plan and level ordered, both (months,)."""

    no_plan: Levels
    ordered: Levels


@cache
def base_levels(lever: str, base: Base, without: tuple[int, ...] = ()) -> BaseLevels:
    """Return no_plan + (shares kept) x (plan - no_plan), with the common history before the plan.

    For `current` the ordered level is its own path. Delay, choice of levers, `money_times` and
    `to_greener` act on the increment of plan, then the lever's range clips.
    """
    path = paths()[lever]
    before = levels_along(path.before)
    no_plan = with_common_history(before, levels_along(path.no_plan))
    if base.levels != "plan":
        return BaseLevels(no_plan, with_common_history(before, levels_along(path.level(base.levels))))
    if not _follows_plan(path, base):
        return BaseLevels(no_plan, no_plan)
    full = with_common_history(before, levels_along(plan_points(path, base)))
    if base.delay_months:
        full = no_plan + later(full - no_plan, base.delay_months)
    if base.money_times != 1 and path.kind == "money":
        full = no_plan + base.money_times * (full - no_plan)
    ordered = share_increment(no_plan, full, share_left(lever, without))
    return BaseLevels(no_plan, np.clip(ordered, path.low, path.high))


def _follows_plan(path: LeverPath, base: Base) -> bool:
    return (not base.kinds or path.kind in base.kinds) and (not base.levers or path.lever in base.levers)


def plan_points(path: LeverPath, base: Base) -> Points:
    """Return the points of plan, the last month moved by `to_greener` of the way to the greener bound.

    Money has a factor instead; market levers and whole numbers are not the province's to move.
    """
    if not base.to_greener or path.kind in ("money", "market") or path.whole:
        return path.plan
    last = december(LAST_YEAR)
    level = float(levels_along(path.plan)[last])
    bound = path.high if path.greener == "higher" else path.low
    earlier = tuple(point for point in path.plan if point[0] < last)
    return (*earlier, (last, level + base.to_greener * (bound - level)))


def base_budget(path: LeverPath, base: Base) -> float | None:
    """Return the yearly budget, CNY, of the money a base pays."""
    return None if path.budget is None else base.money_times * path.budget
