"""The answer to which level of a lever reaches a target: the level, what it brings and costs, or why none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.books import PAYERS
from experiments.looks import Looks
from experiments.paired import FULL_ENSEMBLE, triple, wilson
from experiments.summary import FIRST_PAYING_YEAR, LOW
from experiments.targets import Moved, Target
from model.data.months import FIRST_YEAR

Floats = NDArray[np.float64]
REACHED, ANY_LEVEL, NOT_REACHABLE, OVER_BUDGET = "reached", "any_level", "not_reachable", "over_budget"
STATUSES = (REACHED, ANY_LEVEL, NOT_REACHABLE, OVER_BUDGET)
TAIL = LOW
"""Outside each end of a 90 % interval."""
MEDIAN = 0.5
ROUNDING = 1e-9
PROVINCE = PAYERS.index("province")
FIRST_PAYING = FIRST_PAYING_YEAR - FIRST_YEAR


@dataclass(frozen=True)
class Standing:
    """How the target stands at one level (None: the scenario as it is): `values` of the outcome (R,).

    `outlays` (R, payers, Y): what is paid beyond the scenario, CNY of the year; `prices` the CPI (Y,).
    """

    level: float | None
    values: Floats
    outlays: Floats
    prices: Floats

    def yearly(self) -> Floats:
        """Return what the province pays beyond the scenario each year (R, Y), CNY of the year."""
        return np.asarray(self.outlays[:, PROVINCE])

    def dearest(self) -> Floats:
        """Return the most that the province pays beyond the scenario in a calendar year (R,)."""
        return np.asarray(self.yearly().max(axis=1))

    @property
    def dearest_median(self) -> float:
        """Return the median of that over the replicates."""
        return float(np.median(self.dearest()))

    def document(self, target: Target, probability: float | None) -> dict[str, Any]:
        """Return the standing as JSON values: level, value, probability, cost."""
        reached = target.reached(self.values)
        low, high = wilson(int(reached.sum()), reached.size)
        alone = reached.size == 1
        made: dict[str, Any] = {"level": self.level, **_told(self.values)}
        made["probability"] = None if alone else float(reached.mean())
        made |= {"probability_low": None if alone else low, "probability_high": None if alone else high}
        made["reached"] = score(target, self.values, probability) >= 0.0
        if self.level is None:
            return made
        payers = {"all": self.outlays.sum(axis=1), "province": self.yearly()}
        weights = {"current": np.ones_like(self.prices), "real": 1.0 / self.prices}
        cost = {
            who: {kind: _told(paid @ weight) for kind, weight in weights.items()}
            for who, paid in payers.items()
        }
        return made | {"cost": cost, "dearest_year": _told(self.dearest())}


@dataclass(frozen=True)
class Solution:
    """The smallest level of a lever that reaches a target, or why there is none.

    `status`: reached; any_level (the weakest level reaches it, too); not_reachable; over_budget. `rising`:
    more of the lever brings the target nearer, so that the smallest level is looked for, else the largest.
    `probability`: share of replicates that are to reach it; None: the median is to. `without`: the scenario
    as it is; `there`: the answer, or where the lever comes nearest; `within`: the furthest level inside the
    budget. `roots` (R,) the level that each replicate needs by itself, in the lever's unit; nan where no
    level is enough, and everywhere where there was nothing to look for. `looks`: runs that were looked at.
    """

    status: str
    target: Target
    moved: Moved
    scenario: str
    probability: float | None
    budget: float | None
    rising: bool
    already: bool
    without: Standing
    there: Standing
    within: Standing | None
    roots: Floats
    looks: int

    @property
    def level(self) -> float | None:
        """Return the level that reaches the target, None if none does."""
        return None if self.status == NOT_REACHABLE else self.there.level

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Return the 90 % interval of the level, from the order of the replicates' roots.

        None at an end means that the replicates do not bound it. Distribution-free: the number of roots
        below the level is binomial (Conover 1999, Practical Nonparametric Statistics, 3.2).
        """
        if np.isnan(self.roots).all() or self.roots.size == 1:
            return None, None
        from scipy.stats import binom

        low, high = (int(binom.ppf(p, self.roots.size, self.probability or MEDIAN)) for p in (TAIL, 1 - TAIL))
        return self._ordered(self._ranked(low), self._ranked(high + 1))

    @property
    def spread(self) -> tuple[float | None, float | None]:
        """Return between which levels the needs of 90 % of the replicates lie, below 40 of all of them."""
        size = self.roots.size
        if size == 1:
            return None, None
        cut = math.floor(TAIL * size) if size >= FULL_ENSEMBLE else 0
        return self._ordered(self._ranked(1 + cut), self._ranked(size - cut))

    def _ranked(self, rank: int) -> float | None:
        """Return root number `rank` (1 up) of those in order of strength; None outside, or if it is none."""
        sign = 1.0 if self.rising else -1.0
        in_order = np.sort(np.where(np.isnan(self.roots), np.inf, sign * self.roots))
        if not 1 <= rank <= in_order.size or math.isinf(in_order[rank - 1]):
            return None
        return float(sign * in_order[rank - 1])

    def _ordered(self, weak: float | None, strong: float | None) -> tuple[float | None, float | None]:
        """Return two ends with the lower level first."""
        return (weak, strong) if self.rising else (strong, weak)

    def document(self) -> dict[str, Any]:
        """Return the answer as a JSON document."""
        low, high = self.interval
        least, most = self.spread
        missed = -score(self.target, self.there.values, self.probability)
        none = self.status == NOT_REACHABLE
        looked_for = not np.isnan(self.roots).all()
        needs = {"low": least, "high": most, "none": int(np.isnan(self.roots).sum())}
        return {
            "status": self.status,
            "target": {"text": self.target.text, **_outcome(self.target), "unit": self.target.unit},
            "by": {"text": self.moved.text, "lever": self.moved.lever, "unit": self.moved.unit},
            "bounds": {"low": self.moved.low, "high": self.moved.high, "step": self.moved.step},
            "scenario": self.scenario,
            "probability": self.probability,
            "budget": self.budget,
            "smallest": self.rising,
            "already_met": self.already,
            "by_every_level": not none and not looked_for,
            "level": None if none else {"value": self.there.level, "low": low, "high": high},
            "needs": needs if looked_for else None,
            "without": self.without.document(self.target, self.probability),
            "there": self.there.document(self.target, self.probability),
            "difference": _told(self.there.values - self.without.values),
            "missed_by": missed if none else None,
            "within_budget": self.within.document(self.target, self.probability) if self.within else None,
            "replicates": int(self.roots.size),
            "looks": self.looks,
        }


def score(target: Target, values: Floats, probability: float | None) -> float:
    """Return by how much the median of the values (R,), or all of a share of them, are beyond the target."""
    above = np.sort(target.above(values))
    return float(
        np.median(above) if probability is None else above[above.size - needed(above.size, probability)]
    )


def needed(replicates: int, probability: float) -> int:
    """Return how many replicates make up a share."""
    return math.ceil(probability * replicates - ROUNDING)


def standing(looks: Looks, k: int | None) -> Standing:
    """Return how the target stands at level k of the lever."""
    more = looks.outlays(k) - looks.outlays(None)
    more[:, :, :FIRST_PAYING] = 0.0
    level = None if k is None else looks.question.moved.level(k)
    return Standing(level, looks.values(k), more, looks.prices())


def _outcome(target: Target) -> dict[str, Any]:
    one = target.outcome
    return {
        "indicator": one.indicator, "month": one.month, "place": one.place, "group": one.group,
        "sign": target.sign, "value": target.value,
    }  # fmt: skip


def _told(values: Floats) -> dict[str, float | None]:
    """Return median, low and high; without an interval where there is one value."""
    made: dict[str, float | None] = {**triple(values)}
    return made if values.size > 1 else {**made, "low": None, "high": None}
