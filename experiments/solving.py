"""Find the smallest level of a lever that reaches a target, every level under the same replicates."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import scenarios as shipped
from experiments.books import constants
from experiments.bracket import first_at
from experiments.ensemble import replicate_sets
from experiments.looks import Looks, Question, Way
from experiments.readings import Asked, Readings
from experiments.runs import Progress
from experiments.solution import (
    ANY_LEVEL,
    NOT_REACHABLE,
    OVER_BUDGET,
    REACHED,
    ROUNDING,
    Solution,
    Standing,
    needed,
    score,
    standing,
)
from experiments.targets import read_moved, read_target
from model.data.load import load_region
from model.data.months import month_text
from model.errors import InputError
from scenarios.places import place_mask
from scenarios.scenario import Scenario

BETWEEN = (2, 1, 3)
"""Quarters of the way at which a lever is looked at, too, before a target is said to be out of its reach."""
MORE = 2
"""So many times the households are proposed where too few stood behind an outcome."""
ENDS = 3
"""Levels at which all replicates are looked at in any case: the scenario as it is and the lever's bounds."""


def solve(target: str, by: str, **options: Any) -> Solution:
    """Return the smallest level of a lever that reaches a target in the median or in a share of the
    replicates, or why none does; options and errors as of `search`."""
    return search(target, by, **options).answer()


def search(
    target: str,
    by: str,
    *,
    scenario: str | Scenario = "plan",
    probability: float | None = None,
    budget: float | None = None,
    region: str = "shanxi",
    households: int = 20_000,
    replicates: int = 40,
    seed: int = 1,
    until: str = "2030-12",
    threads: int | None = None,
    processes: bool = False,
    progress: Progress | None = None,
    out: Path | None = None,
) -> Search:
    """Return the search for the smallest level of a lever that reaches a target, before anything is run.

    `target`: INDICATOR@YEAR[@PLACE][@GROUP]>=VALUE, or <=. `by`: LEVER[@FROM..TO][@PLACES][@GROUPS], constant
    inside the period, `scenario` outside. `probability`: the share (0..1], None: the median is to reach it.
    `budget`: most that the province may pay beyond the scenario in a calendar year, CNY of that year, median.
    With one replicate the central parameters are used. `out`: folder that keeps finished runs for the next
    question. `processes`: in processes where there are many runs, for programs that guard their main module.
    `progress(done, total)` cancels by returning True. Raise InputError for a text or number that is wrong.
    """
    place = load_region(region)
    if probability is not None and not 0.0 < probability <= 1.0:
        raise InputError("probability", field="--probability", allowed="0..1", values=(f"{probability:g}",))
    if budget is not None and not 0.0 <= budget < math.inf:
        raise InputError("budget", field="--budget", allowed=">= 0 CNY", values=(f"{budget:g}",))
    wanted = read_target(target, place, until)
    moved = read_moved(by, constants()["solve_levels"])
    place_mask(moved.change.places, place)
    first, month = month_text(moved.change.first), wanted.outcome.month
    if first > month:
        raise InputError("moved_too_late", field="--by", allowed=f"<= {month}", values=(first,))
    asked = Asked(region, households, until, (wanted.outcome,))
    question = Question(
        scenario=shipped.load(scenario) if isinstance(scenario, str) else scenario,
        moved=moved,
        target=wanted,
        asked=asked,
        kept=Readings.of(out, asked) if out is not None else None,
    )
    cores = threads or os.cpu_count() or 1
    looks = Looks(question, replicate_sets(replicates), seed, cores, processes, progress)
    return Search(looks, probability, budget)


@dataclass(frozen=True)
class Search:
    """A search for the weakest level that is enough."""

    looks: Looks
    probability: float | None
    budget: float | None

    def answer(self) -> Solution:
        """Return the answer.

        Each replicate is searched by itself; the level is the smallest that is enough for the share asked
        for, and is then looked at in all of them, further levels where single ones fall back.
        """
        looks, last = self.looks, self.looks.question.moved.steps
        size, way = len(looks.sets), Way(True, last)
        looks.total = size * (ENDS + way.most + 1)
        looks.see([None, 0, last])
        already = self._enough(None)
        falling = self._enough(0) and self._score(last) < self._score(0)
        way = replace(way, rising=not falling)
        tried = dict.fromkeys([0, last, *(last * quarter // 4 for quarter in BETWEEN)])
        top = next((k for k in tried if self._enough(way.at(k))), None)
        if top is None:
            best = max(tried, key=lambda k: self._score(way.at(k)))
            return self._made(NOT_REACHABLE, way, best, [math.inf] * size, already)
        if top == 0:
            return self._made(ANY_LEVEL, way, 0, [math.inf] * size, already)
        found = looks.steps(way, top)
        k = int(sorted(found)[self._rank(size)])
        if not self._enough(way.at(k)):
            k += first_at(lambda more: self._score(way.at(k + more)), top - k)
        return self._made(REACHED, way, k, found, already)

    def _made(self, status: str, way: Way, k: int, needs: Sequence[float], already: bool) -> Solution:
        """Return the answer at step k, and what the budget allows where that is less."""
        looks, question = self.looks, self.looks.question
        there = standing(looks, way.at(k))
        within = None
        if status != NOT_REACHABLE and self.budget is not None and there.dearest_median > self.budget:
            status, within = OVER_BUDGET, self._affordable(way, k, self.budget)
        at = (None if math.isinf(steps) else way.at(int(steps)) for steps in needs)
        levels = [math.nan if number is None else question.moved.level(number) for number in at]
        return Solution(
            status=status, target=question.target, moved=question.moved, scenario=question.scenario.name,
            probability=self.probability, budget=self.budget, rising=way.rising, already=already,
            without=standing(looks, None), there=there, within=within, roots=np.array(levels),
            looks=len(looks.known),
        )  # fmt: skip

    def _affordable(self, way: Way, k: int, budget: float) -> Standing | None:
        """Return the furthest step before k whose dearest year the budget covers, None if there is none."""

        def over(step: int) -> float:
            beyond = standing(self.looks, way.at(step)).dearest_median - budget
            return beyond if beyond > 0.0 else min(beyond, -ROUNDING)

        return None if over(0) >= 0 else standing(self.looks, way.at(first_at(over, k) - 1))

    def _rank(self, size: int) -> int:
        """Return which of the replicates' roots in order, from 0, is the least that can be enough."""
        return (size - 1) // 2 if self.probability is None else needed(size, self.probability) - 1

    def _enough(self, k: int | None) -> bool:
        """Tell whether the median, or the share of replicates asked for, reaches the target at level k.

        Raise InputError if one says nothing, as too few simulated households stand behind the outcome.
        """
        if np.isnan(self.looks.values(k)).any():
            asked, text = self.looks.question.asked.households, self.looks.question.target.outcome.text
            raise InputError("outcome_empty", field="--target", values=(text, str(asked), str(MORE * asked)))
        return self._score(k) >= 0.0

    def _score(self, k: int | None) -> float:
        """Return how the target stands at level k in the median, or in the share of replicates asked for."""
        return score(self.looks.question.target, self.looks.values(k), self.probability)
