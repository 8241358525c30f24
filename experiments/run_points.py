"""Run the points of a sampled study side by side; each different point once, finished ones not again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.design_points import levels_of, task_at
from experiments.figures_of import values_of
from experiments.kept_points import KeptPoints
from experiments.study import DUMMY, Study
from model.data.load import load_region
from model.data.region import Region
from model.run import Cancelled, simulate

Levels = tuple[float, ...]
Evaluate = Callable[[Levels], Sequence[float] | NDArray[np.float64]]
Progress = Callable[[int, int], bool | None]


@dataclass(frozen=True)
class ModelRuns:
    """What the model says at a point: the study's outcomes, as a function of the levels of its factors.

    A run ends with Cancelled as soon as `stop` says so.
    """

    study: Study
    stop: Callable[[], bool] = bool

    @cached_property
    def _region(self) -> Region:
        return load_region(self.study.region)

    def __call__(self, levels: Levels) -> NDArray[np.float64]:
        """Return the outcomes (outcomes,) of one run."""
        study = self.study
        policy, parameters, seed = task_at(study, study.scenarios[0], levels, self._region)
        run = simulate(
            policy, region=study.region, households=study.households, seed=seed, parameters=parameters,
            until=study.until, progress=lambda _month, _last: self.stop(),
        )  # fmt: skip
        return values_of(run, study.outcomes, expected=study.expected)


@dataclass(frozen=True)
class Failure:
    """A point whose run failed: the levels of the factors in their order, and what went wrong."""

    levels: Levels
    error: str


@dataclass(frozen=True)
class Figures:
    """Outcomes at the points of a study, `values` (runs, outcomes), nan where a run failed or an outcome says
    nothing; `distinct`: how many different runs there were; `failures` in the order of the points."""

    values: NDArray[np.float64]
    distinct: int
    failures: tuple[Failure, ...]


def run_points(
    study: Study,
    points: NDArray[np.float64],
    *,
    evaluate: Evaluate | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    kept: KeptPoints | None = None,
) -> Figures:
    """Return the outcomes at `points` (runs, factors), each from 0 to 1.

    Points that differ in a dummy only are one run. `evaluate`: what stands in for the model. `progress(done,
    total)` is called after each run and cancels by returning True. `kept` spares the runs that it has. A run
    that fails leaves nan and is told; raise its error if no run succeeds.
    """
    entering = [k for k, factor in enumerate(study.factors) if factor.kind != DUMMY]
    levels = [levels_of(study, point) for point in points]
    names = [tuple(one[k] for k in entering) for one in levels]
    runs: dict[Levels, Levels] = {}
    for name, one in zip(names, levels, strict=True):
        runs.setdefault(name, one)
    work = _Work(study, runs, evaluate, kept, progress)
    work.carry_out(threads or os.cpu_count() or 1)
    values = np.array([work.found[name] for name in names], dtype=np.float64)
    failures = tuple(Failure(work.runs[name], str(error)) for name, error in work.failed.items())
    return Figures(values, len(runs), failures)


class _Work:
    """The runs of a study while they go on; shared by the threads that carry them out."""

    def __init__(
        self,
        study: Study,
        runs: dict[Levels, Levels],
        evaluate: Evaluate | None,
        kept: KeptPoints | None,
        progress: Progress | None,
    ) -> None:
        self.runs, self.failed = runs, dict[Levels, Exception]()
        self._study, self._kept, self._progress = study, kept, progress
        before = kept.read() if kept else {}
        named = {name: kept.key(name) for name in runs} if kept else {}
        self.found = {name: before[key] for name, key in named.items() if key in before}
        self._todo: Iterator[Levels] = iter([name for name in runs if name not in self.found])
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._evaluate = evaluate or ModelRuns(study, self._stop.is_set)
        self._fault: BaseException | None = None

    def carry_out(self, threads: int) -> None:
        """Run what is to do; raise what stopped it."""
        first = next(self._todo, None)
        if first is not None:
            self._one(first)  # alone: what is compiled or read on first use is there for the others
        workers = [threading.Thread(target=self._many, daemon=True) for _ in range(threads)]
        for worker in workers:
            worker.start()
        try:
            for worker in workers:
                worker.join()
        except BaseException:
            self._stop.set()
            for worker in workers:
                worker.join()
            raise
        if self._fault is not None:
            raise self._fault
        if self.failed and len(self.failed) == len(self.runs):
            raise next(iter(self.failed.values()))

    def _many(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                name = next(self._todo, None)
            if name is None:
                return
            try:
                self._one(name)
            except BaseException as error:
                with self._lock:
                    self._fault = self._fault or error
                self._stop.set()

    def _one(self, name: Levels) -> None:
        """Run one point, keep its figures and tell how far the work is."""
        try:
            figures = tuple(float(figure) for figure in self._evaluate(self.runs[name]))
        except Cancelled:
            return
        except Exception as error:
            self.failed[name] = error
            figures = (float("nan"),) * len(self._study.outcomes)
        else:
            if self._kept is not None:
                self._kept.keep(self._kept.key(name), figures)
        with self._lock:
            self.found[name] = figures
            if self._progress is not None and self._progress(len(self.found), len(self.runs)):
                self._fault = self._fault or Cancelled(self._study.until)
                self._stop.set()
