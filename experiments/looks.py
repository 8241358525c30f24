"""Looks at one lever's levels under the same replicates, each run made once and kept."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.books import PAYERS
from experiments.bracket import SLACK, first_at
from experiments.common_past import Trunk, trunk_of
from experiments.readings import Asked, Reading, Readings, key_of, read_run
from experiments.runs import MOST_TOGETHER, WORTH_PROCESSES, Progress
from experiments.targets import Moved, Target
from experiments.workers import Failure, Processes, Threads
from model.data.load import load_region
from model.data.months import MONTHS_A_YEAR, YEARS
from model.data.parameters import Parameters
from model.institutions.policy import Policy
from model.run import Cancelled
from scenarios.scenario import Scenario

Floats = NDArray[np.float64]
Look = tuple[int | None, Parameters | None, int]
"""A level by its number (None: the scenario as it is), a parameter set (None: the central one), a seed."""


@dataclass(frozen=True)
class Way:
    """The way from a lever's weaker bound to the other, in `last` steps; `rising`: up to higher levels."""

    rising: bool
    last: int

    def at(self, k: int) -> int:
        """Return the number of the level k steps on."""
        return k if self.rising else self.last - k

    @property
    def most(self) -> int:
        """Return the most looks that finding one of the steps takes."""
        return math.ceil(math.log2(max(self.last, 2))) + SLACK


@dataclass(frozen=True)
class Question:
    """What is looked at: a scenario, the lever moved in it, the target. `kept` spares runs made before."""

    scenario: Scenario
    moved: Moved
    target: Target
    asked: Asked
    kept: Readings | None = None

    def policy(self, k: int | None) -> Policy:
        """Return what the scenario with the lever at level k means for the region."""
        region = load_region(self.asked.region)
        if k is None:
            return self.scenario.resolve(region)
        change = self.moved.at(k, self.scenario.next_layer)
        return replace(self.scenario, changes=(*self.scenario.changes, change)).resolve(region)

    @cached_property
    def trunk(self) -> Trunk | None:
        """Return the past that all levels share, if it is worth keeping."""
        return trunk_of(self.policy(None), (self.policy(k) for k in (0, self.moved.steps)))

    def above(self, reading: Reading) -> float:
        """Return by how much a run is on the right side of the target."""
        return float(self.target.above(np.array(reading.values[0])))


@dataclass(frozen=True)
class Looking:
    """What a worker does with a look; `stop` ends it within a run."""

    question: Question
    stop: Callable[[], bool] = bool

    def __call__(self, look: Look) -> Reading:
        """Return what the run says, made or kept."""
        (k, drawn, seed), question = look, self.question
        policy = question.policy(k)
        key = key_of(policy, drawn, seed)
        found = question.kept.read(key) if question.kept else None
        if found is None:
            stop = self.stop
            found = read_run(
                question.asked, policy, drawn, seed, lambda _month, _last: stop(), question.trunk
            )
            if question.kept:
                question.kept.keep(key, found)
        return found


@dataclass(frozen=True)
class Rooting:
    """What a worker does with a replicate that needs some of the steps up to `top` of a way."""

    looking: Looking
    way: Way
    top: int

    def __call__(
        self, replicate: tuple[Parameters | None, int, Mapping[int, Reading]]
    ) -> tuple[int, dict[int, Reading]]:
        """Return the steps that are enough, and what was seen at levels. `known`: what was seen before."""
        drawn, seed, known = replicate
        seen = dict(known)

        def above(k: int) -> float:
            level = self.way.at(k)
            if level not in seen:
                seen[level] = self.looking((level, drawn, seed))
            return self.looking.question.above(seen[level])

        return first_at(above, self.top), seen


@dataclass
class Looks:
    """Runs of a question under R replicates: `sets` (R), replicate r with seed `seed` + r.

    `cores` runs side by side, in `processes` where there are many. `progress(done, total)` is told of looks
    and stops all by returning True; `total` is what they may come to.
    """

    question: Question
    sets: Sequence[Parameters | None]
    seed: int
    cores: int
    processes: bool = False
    progress: Progress | None = None
    total: int = 0
    done: int = 0
    known: dict[tuple[int | None, int], Reading] = field(default_factory=dict)

    def see(self, levels: Sequence[int | None]) -> None:
        """Look at levels in all replicates, where they have not been seen.

        A level that is the scenario's own is not run beside it.
        """
        pairs = [(k, r) for k in levels for r in range(len(self.sets)) if (k, r) not in self.known]
        own = {k for k in {k for k, _ in pairs} if k is not None and self._is_own(k)}
        todo = list(dict.fromkeys((None if k in own else k, r) for k, r in pairs))
        todo = [pair for pair in todo if pair not in self.known]
        looks = [(k, self.sets[r], self.seed + r) for k, r in todo]
        for n, reading in self._each(lambda one: one, looks, len(looks)):
            self.known[todo[n]] = reading
            self._tell(1)
        self.known |= {(k, r): self.known[None, r] for k, r in pairs if k in own}

    def steps(self, way: Way, top: int) -> list[float]:
        """Return the steps that each replicate needs by itself, inf if `top` is not enough; both ends of the
        way to it have been seen."""
        ends = {k: self.above(way.at(k)) for k in (0, top)}
        found = np.where(ends[0] >= 0, 0.0, np.where(ends[top] >= 0, math.nan, math.inf))
        todo = [r for r in range(len(self.sets)) if math.isnan(found[r])]
        self._tell((len(self.sets) - len(todo)) * way.most)
        asked = [(self.sets[r], self.seed + r, self._seen(r)) for r in todo]
        for n, (steps, seen) in self._each(lambda one: Rooting(one, way, top), asked, len(asked) * way.most):
            found[todo[n]] = steps
            self.known |= {(k, todo[n]): reading for k, reading in seen.items()}
            self._tell(way.most)
        return [float(steps) for steps in found]

    def above(self, k: int | None) -> Floats:
        """Return by how much the replicates are on the right side of the target at level k (R,)."""
        return np.asarray(self.question.target.above(self.values(k)))

    def values(self, k: int | None) -> Floats:
        """Return the outcome at level k (R,)."""
        return np.array([reading.values[0] for reading in self._at(k)])

    def outlays(self, k: int | None) -> Floats:
        """Return the outlays at level k (R, payers, Y), CNY of the year, payers in the order of PAYERS."""
        none = (0.0,) * YEARS
        return np.array([[one.outlays.get(payer, none) for payer in PAYERS] for one in self._at(k)])

    def prices(self) -> Floats:
        """Return the CPI of the years (Y,), base year = 1."""
        region = load_region(self.question.asked.region)
        cpi = np.asarray(self.question.policy(None).world.get("cpi", region.series["cpi"]), dtype=np.float64)
        return np.asarray(cpi.reshape(YEARS, MONTHS_A_YEAR).mean(axis=1))

    def _is_own(self, k: int) -> bool:
        """Tell whether the scenario has the lever at level k as it is."""
        return self.question.policy(k).fingerprint == self.question.policy(None).fingerprint

    def _at(self, k: int | None) -> list[Reading]:
        self.see([k])
        return [self.known[k, r] for r in range(len(self.sets))]

    def _seen(self, r: int) -> dict[int, Reading]:
        return {k: reading for (k, one), reading in self.known.items() if one == r and k is not None}

    def _tell(self, looks: int) -> None:
        """Tell the caller of looks that were made or spared; raise Cancelled if that is to be all."""
        self.done = min(self.done + looks, self.total)
        if self.progress is not None and self.progress(self.done, self.total):
            raise Cancelled(self.question.asked.until)

    def _each[T, R](
        self, work: Callable[[Looking], Callable[[T], R]], tasks: Sequence[T], runs: int
    ) -> Iterator[tuple[int, R]]:
        """Yield results of tasks as they come; the first failure stops the others and is raised.

        Processes are taken where about `runs` runs repay their start.
        """
        stop = threading.Event()
        households = self.question.asked.households
        alone = households > MOST_TOGETHER
        here = work(Looking(self.question, stop.is_set))
        apart = self.processes and self.cores > 1 and not alone and runs * households >= WORTH_PROCESSES
        if apart:
            coming = Processes(self.cores).each(work(Looking(self.question)), tasks)
        else:
            coming = Threads(1 if alone else self.cores).each(here, tasks)
        try:
            for n, result in coming:
                if isinstance(result, Failure):
                    stop.set()
                    work(Looking(self.question))(tasks[n])  # fails again, here, as what it is
                    raise RuntimeError(f"{result.kind}: {result.text}")
                yield n, result
        finally:
            stop.set()
            coming.close()  # type: ignore[attr-defined]
