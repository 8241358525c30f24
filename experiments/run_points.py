"""Run the points of a sampled study side by side; each different point once, finished ones not again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.design_points import levels_of, task_at
from experiments.figures_of import values_of
from experiments.kept_points import KeptPoints
from experiments.study import DUMMY, Study
from experiments.workers import Crew, Threads, guarded
from experiments.workers import Failure as Failed
from model.data.load import load_region
from model.run import Cancelled, simulate

Levels = tuple[float, ...]
Evaluate = Callable[[Levels], Sequence[float] | NDArray[np.float64]]
Progress = Callable[[int, int], bool | None]


class RunsFailed(Exception):
    """Not one run of a study succeeded."""


@dataclass(frozen=True)
class ModelRuns:
    """What the model says at a point: the study's outcomes, as a function of the levels of its factors.

    `stop` ends it within a run.
    """

    study: Study
    stop: Callable[[], bool] = bool

    def __call__(self, levels: Levels) -> NDArray[np.float64]:
        """Return the outcomes (outcomes,) of one run."""
        study = self.study
        policy, parameters, seed = task_at(study, study.scenarios[0], levels, load_region(study.region))
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
    crew: Crew | None = None,
    progress: Progress | None = None,
    kept: KeptPoints | None = None,
) -> Figures:
    """Return the outcomes at `points` (runs, factors), each from 0 to 1.

    Points that differ in a dummy only are one run. `evaluate`: what stands in for the model. `crew`: who does
    the work (default: a thread a core). `progress(done, total)` is called after each run and cancels by
    returning True (raises Cancelled). `kept` spares the runs that it has. A run that fails leaves nan and is
    told; raise RunsFailed if none succeeds.
    """
    entering = [k for k, factor in enumerate(study.factors) if factor.kind != DUMMY]
    levels = [levels_of(study, point) for point in points]
    names = [tuple(one[k] for k in entering) for one in levels]
    runs = dict(zip(reversed(names), reversed(levels), strict=True))
    order = list(dict.fromkeys(names))
    keys = {name: kept.key(name) for name in order} if kept else {}
    before = kept.read() if kept else {}
    found = {name: before[key] for name, key in keys.items() if key in before}
    todo = [name for name in order if name not in found]
    failed: dict[Levels, str] = {}
    coming = _coming(study, [runs[name] for name in todo], evaluate, crew or Threads(os.cpu_count() or 1))
    try:
        for number, made in coming:
            name = todo[number]
            if isinstance(made, Failed):
                failed[name] = f"{made.kind}: {made.text}"
                found[name] = (float("nan"),) * len(study.outcomes)
            else:
                found[name] = tuple(float(figure) for figure in made)
                if kept:
                    kept.keep(keys[name], found[name])
            if progress is not None and progress(len(found), len(order)):
                raise Cancelled(study.until)
    finally:
        coming.close()
    if len(failed) == len(order):
        raise RunsFailed(next(iter(failed.values())))
    values = np.array([found[name] for name in names], dtype=np.float64)
    return Figures(
        values, len(order), tuple(Failure(runs[one], failed[one]) for one in order if one in failed)
    )


def _coming(
    study: Study, todo: Sequence[Levels], evaluate: Evaluate | None, crew: Crew
) -> Generator[tuple[int, Sequence[float] | NDArray[np.float64] | Failed]]:
    """Yield the outcomes of runs as they come; the first is run here: it may compile, for all workers."""
    stop = threading.Event()
    here: Evaluate = evaluate or ModelRuns(study, stop.is_set)
    work = here if isinstance(crew, Threads) or evaluate else ModelRuns(study)
    for first in todo[:1]:
        yield 0, guarded(here, first)
    coming = crew.each(work, todo[1:])
    try:
        for number, made in coming:
            yield number + 1, made
    finally:
        stop.set()
        coming.close()  # type: ignore[attr-defined]
