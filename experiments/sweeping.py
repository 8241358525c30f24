"""Carry a sweep out: share its runs out among workers, keep what is finished, put the results together."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from experiments import store
from experiments.design_points import task_at
from experiments.readings import read_run
from experiments.store import Inputs, StoreError, packages_hash
from experiments.study import Study
from experiments.sweep_parts import Unfinished, whole_parts
from experiments.sweep_points import points_of, summary_of_sweep
from experiments.sweep_runs import OTHER_CODE, RunOfSweep, SweepRuns, key_of, numbers
from experiments.workers import Crew, Failure, WorkersError
from model.data.load import load_region
from model.population.synthesis import synthesise
from model.run import Cancelled

Progress = Callable[[int, int], bool | None]
KIND = "sweep"
"""What the options of such a folder say it is."""
WHOLE = (1, 1)
"""All parts: the first shard of one."""
RUNS = "runs"


class RunsFailed(Exception):
    """Runs of a sweep failed: `failed` says which and how; the others are kept."""

    def __init__(self, failed: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(failed)}")
        self.failed = failed


@dataclass(frozen=True)
class Standing:
    """How far a sweep is: runs in all, finished, failed; `folder` of its results once it is whole."""

    total: int
    finished: int
    failed: int
    folder: Path | None


def inputs_of(study: Study, left_out: tuple[int, ...] = ()) -> Inputs:
    """Return all that the results of a sweep depend on; `left_out`: runs that failed and are left out."""
    texts = tuple((one.name, one.to_toml()) for one in study.scenarios)
    said = {"kind": KIND, "label": dict(study.label), "about": dict(study.about), **study.options()}
    return Inputs(texts, {**said, "left_out": list(left_out)} if left_out else said)


def sweep(
    study: Study,
    out: Path,
    crew: Crew,
    *,
    shard: tuple[int, int] = WHOLE,
    progress: Progress | None = None,
    leave_out_failed: bool = False,
) -> Path | None:
    """Carry out a shard (number from 1, of how many) of a sweep; return the folder of its results, or None
    as long as other shards are missing.

    What is finished is kept in the store `out` and not run again; results are the same bytes whoever does the
    work, in any order, stopped and gone on with or not. `progress(done, total)` is called after each run of
    the shard and cancels by returning True. Raise RunsFailed if runs failed, once all others are done, unless
    these are to be left out.
    """
    inputs, runs = inputs_of(study), SweepRuns(study)
    work = Unfinished.of(out, inputs, runs)
    if damage(study, out):
        work.take_over(out / inputs.id)
    if (kept := store.find(out, inputs)) is not None:
        work.clear()
        return kept
    crew.check()
    store.check_writable(out)
    work.begin()
    mine = runs.of_shard(*shard)
    _run(work, mine, crew, progress)
    failed = work.failed()
    if failed and not leave_out_failed:
        raise RunsFailed(failed)
    failures = {one["run"]: Failure(one["kind"], one["text"]) for one in failed}
    return _together(out, study, work, failures)


def _run(work: Unfinished, mine: range, crew: Crew, progress: Progress | None) -> None:
    """Run what is not kept of the parts of a shard, and write each part as soon as its runs are done."""
    runs = work.runs
    todo, total = work.todo(mine), sum(1 for _ in numbers(runs, mine))
    missing = {part: 0 for part in mine}
    for number in todo:
        missing[number // runs.part_size] += 1
    whole = work.whole()
    for part in (part for part, count in missing.items() if count == 0 and part not in whole):
        work.finish(part)
    coming = crew.each(RunOfSweep(runs, work.readings, packages_hash()), todo)
    try:
        for done, (k, result) in enumerate(coming, total - len(todo) + 1):
            _take(work, todo[k], result)
            part = todo[k] // runs.part_size
            missing[part] -= 1
            if missing[part] == 0:
                work.finish(part)
            if progress is not None and progress(done, total):
                raise Cancelled(runs.study.until)
    finally:
        coming.close()  # type: ignore[attr-defined]


def _take(work: Unfinished, number: int, result: int | Failure) -> None:
    """Record how a run ended; raise WorkersError or StoreError where all will end so."""
    if not isinstance(result, Failure):
        if work.readings.read(key_of(number)) is None:
            raise StoreError(f"{work.readings.folder}: the workers do not write here")
        work.forget(number)
    elif result.kind == OTHER_CODE:
        raise WorkersError("the workers run another version of this software")
    elif result.kind == StoreError.__name__:
        raise StoreError(result.text)
    else:
        work.fail(number, result)


def _together(out: Path, study: Study, work: Unfinished, failures: Mapping[int, Failure]) -> Path | None:
    """Return the folder of results put together from all parts, None as long as one is missing.

    What is kept goes only when no run is left out: those can be tried again.
    """
    import pandas as pd

    left_out = tuple(sorted(failures))
    inputs, parts = inputs_of(study, left_out), {**work.whole(), **work.gaps(failures)}
    if len(parts) < work.runs.parts:
        return _by_others(store.find(out, inputs), work)
    tables = [pd.read_parquet(path) for _, path in sorted(parts.items())]
    points = points_of(study, pd.concat(tables, ignore_index=True))
    summary = summary_of_sweep(study, points, inputs.id, left_out)
    copied = {f"{RUNS}/part-{part:06d}.parquet": path for part, path in sorted(parts.items())}
    folder = store.save(out, inputs, {"points": points}, summary, copied)
    if not left_out:
        work.clear()
    return folder


def _by_others(folder: Path | None, work: Unfinished) -> Path | None:
    """Return results that another shard, or the same sweep, has put together; clear what is left."""
    if folder is not None:
        work.clear()
    return folder


def damage(study: Study, out: Path) -> tuple[str, ...]:
    """Return what is wrong with the results of a sweep, one text a file; empty if whole or not there.

    Parts that are whole are kept when the sweep is carried out again.
    """
    folder = out / inputs_of(study).id
    return store.verify(folder) if folder.is_dir() else ()


def standing(study: Study, out: Path) -> Standing:
    """Return how far a sweep is, from what is kept of it."""
    inputs, runs = inputs_of(study), SweepRuns(study)
    folder = out / inputs.id
    if folder.is_dir() and not store.verify(folder):
        return Standing(runs.total, runs.total, 0, folder)
    work = Unfinished.of(out, inputs, runs)
    whole = {*work.whole(), *(whole_parts(folder) if folder.is_dir() else ())}
    finished = sum(len(runs.of_part(part)) for part in whole) + work.readings.count()
    return Standing(runs.total, min(finished, runs.total), len(work.failed()), None)


def time_of_a_run(study: Study) -> float:
    """Return the seconds that the first run of a sweep takes here, everything loaded; nothing is kept."""
    runs = SweepRuns(study)
    spot, region = runs.spot(0), load_region(study.region)
    policy, parameters, seed = task_at(study, study.scenarios[spot.scenario], runs.points[0], region)
    read_run(replace(runs.asked(), households=1), policy, parameters, seed)
    synthesise(study.region, study.households)
    began = time.perf_counter()
    read_run(runs.asked(), policy, parameters, seed)
    return time.perf_counter() - began
