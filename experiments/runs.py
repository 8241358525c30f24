"""The runs of an ensemble, side by side: each a scenario under one replicate, finished ones not again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.parts import Parts
from experiments.workers import Failure, Processes, Threads, guarded
from model.data.parameters import Parameters
from model.institutions.policy import Policy
from model.result import outlays_of
from model.run import Cancelled, Resolvable, simulate

Progress = Callable[[int, int], bool | None]
Result = tuple[NDArray[np.float64], pd.DataFrame]
MOST_TOGETHER = 2_000_000
"""Larger populations run one after the other, each on all threads, so that one copy is in memory."""
WORTH_PROCESSES = 400_000
"""Simulated households in all runs from which processes repay the seconds that they take to start."""


@dataclass(frozen=True)
class Task:
    """One run. `scenario` as asked for and its `policy` in the region; `draw` None: the central numbers."""

    scenario: Resolvable
    policy: Policy
    draw: Parameters | None
    seed: int


@dataclass(frozen=True)
class Size:
    """What all runs have in common; `detail` asks for place and group at once."""

    region: str
    households: int
    until: str
    detail: bool = False


@dataclass(frozen=True)
class Running:
    """What a worker does with a scenario, a draw and a seed; `stop` ends it within a run."""

    size: Size
    threads: int | None = None
    stop: Callable[[], bool] = bool

    def __call__(self, task: tuple[Resolvable | Policy, Parameters | None, int]) -> Result:
        """Return the indicators (I, C), place and group at once behind them if asked for, and outlays."""
        (scenario, draw, seed), size = task, self.size
        run = simulate(
            scenario, region=size.region, households=size.households, seed=seed, parameters=draw,
            until=size.until, threads=self.threads, progress=lambda _month, _last: self.stop(),
        )  # fmt: skip
        values = np.concatenate([run.values, run.detail_values], axis=1) if size.detail else run.values
        return values, outlays_of(run.treasury, run.region)


def run_all(
    tasks: Sequence[Task],
    size: Size,
    cores: int,
    progress: Progress | None,
    parts: Parts | None,
    processes: bool,
) -> list[Result]:
    """Run the tasks that `parts` does not have, in threads (kernels release the lock) or `processes`.

    The order of results is that of the tasks. The first failure of a task stops the others and is raised.
    Processes are taken where the work repays their start.
    """
    found = [parts.read(one.policy, one.draw, one.seed) if parts else None for one in tasks]
    todo = [k for k, result in enumerate(found) if result is None]
    stop = threading.Event()
    alone = size.households > MOST_TOGETHER
    here = Running(size, cores if alone else None, stop.is_set)
    if processes and cores > 1 and not alone and len(todo) * size.households >= WORTH_PROCESSES:
        coming = _first_here(here, size, cores, [tasks[k] for k in todo])
    else:
        asked = [(tasks[k].policy, tasks[k].draw, tasks[k].seed) for k in todo]
        coming = Threads(1 if alone else cores).each(here, asked)
    try:
        for done, (n, result) in enumerate(coming, len(tasks) - len(todo) + 1):
            one = tasks[todo[n]]
            if isinstance(result, Failure):
                stop.set()
                Running(size)((one.policy, one.draw, one.seed))  # fails again, here, as what it is
                raise RuntimeError(f"{result.kind}: {result.text}")
            if parts:
                parts.keep(one.policy, one.draw, one.seed, result)
            found[todo[n]] = result
            if progress is not None and progress(done, len(tasks)):
                raise Cancelled(size.until)
    finally:
        stop.set()
        coming.close()  # type: ignore[attr-defined]
    return [result for result in found if result is not None]


def _first_here(
    here: Running, size: Size, cores: int, tasks: Sequence[Task]
) -> Iterator[tuple[int, Result | Failure]]:
    """Yield results of tasks as they come from processes, after the first of them, which is run here: it may
    compile, and what is compiled serves all processes."""
    first, *others = tasks
    yield 0, guarded(here, (first.policy, first.draw, first.seed))
    asked = [(one.scenario, one.draw, one.seed) for one in others]
    coming = Processes(cores).each(Running(size), asked)
    try:
        for n, result in coming:
            yield n + 1, result
    finally:
        coming.close()  # type: ignore[attr-defined]
