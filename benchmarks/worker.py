"""One measurement in a process of its own: reads what to do as JSON, prints figures as JSON.

Nothing heavy is imported before the clock starts, so that imports can be timed; a first run of a handful of
households compiles or loads every kernel before anything else is timed.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.population.synthesis import Population
    from model.result import RunResult

BYTES_A_MEGABYTE = 1e6
PARALLEL = 2
Task = dict[str, Any]
Figures = dict[str, Any]


def peak_megabytes() -> float:
    """Return the largest resident memory of this process so far, MB.

    The kernel's own high-water mark is preferred: getrusage counts a large parent in.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / BYTES_A_MEGABYTE
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / BYTES_A_MEGABYTE


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds a piece of work takes, and what it returns."""
    began = time.perf_counter()
    made = work()
    return time.perf_counter() - began, made


def import_all() -> float:
    """Import everything needed to simulate; return the seconds."""

    return timed(lambda: [import_module(name) for name in ("scenarios", "model.run")])[0]


def run(households: int, threads: int = 1, seed: int = 1) -> RunResult:
    """Return a run of the plan carried out in full."""
    from model.run import simulate
    from scenarios import load

    return simulate(load("plan"), households=households, threads=threads, seed=seed)


def places() -> int:
    """Return the number of places of the region."""
    from model.data.load import load_region

    return len(load_region("shanxi").places)


def everybody() -> int:
    """Return the number of households of a one to one run: the most each place ever has."""
    from model.data.load import load_region

    return int(load_region("shanxi").households.max(axis=0).sum())


def living_household_months(people: Population) -> float:
    """Return how many household-months the living rows of a run make (rows in reserve not counted)."""
    import numpy as np

    real = people.region.households.astype(float)
    most = np.maximum(real.max(axis=0), 1.0)
    return float((real / most * np.diff(people.starts)).sum())


def digest(result: RunResult) -> str:
    """Return a short hash of the bytes of a result."""
    return hashlib.sha256(result.values.tobytes()).hexdigest()[:16]


def first_run(task: Task) -> Figures:
    """Time the first runs of a process: imports, a handful of households on one thread, then on two."""
    imports = import_all()
    few = places()
    first, _ = timed(lambda: run(few))
    second, _ = timed(lambda: run(few))
    parallel, _ = timed(lambda: run(few, PARALLEL))
    return {
        "import_seconds": imports,
        "compile_seconds": first - second,
        "compile_parallel_seconds": parallel - second,
        "kernels_compiled": compiled(),
    }


def start(task: Task) -> Figures:
    """Time what a user waits for: imports, people, run; the caller times the whole process."""
    imports = import_all()
    seconds, result = timed(lambda: run(task["households"]))
    return {
        "import_seconds": imports,
        "run_seconds": seconds,
        "digest": digest(result),
        "kernels_compiled": compiled(),
    }


def compiled() -> int:
    """Return how many kernels this process had to compile instead of loading them."""
    import gc

    from numba.core.dispatcher import Dispatcher

    kernels = [thing for thing in gc.get_objects() if isinstance(thing, Dispatcher)]
    ours = [kernel for kernel in kernels if kernel.__module__.split(".")[0] == "model"]
    return sum(sum(kernel.stats.cache_misses.values()) for kernel in ours)


def size(task: Task) -> Figures:
    """Time runs of one size: people once, then the median of several runs."""
    from model.population.synthesis import synthesise

    import_all()
    run(places(), task["threads"])
    households = everybody() if task["households"] == "all" else int(task["households"])
    before = peak_megabytes()
    people_seconds, people = timed(lambda: synthesise("shanxi", households))
    seconds, processor, digests = [], [], set()
    for _ in range(task["repeats"]):
        began = time.process_time()
        took, result = timed(lambda: run(households, task["threads"]))
        processor.append(time.process_time() - began)
        seconds.append(took)
        digests.add(digest(result))
        del result
    median, months = statistics.median(seconds), living_household_months(people)
    return {
        "households": people.rows,
        "threads": task["threads"],
        "repeats": task["repeats"],
        "people_seconds": people_seconds,
        "run_seconds": median,
        "run_seconds_all": seconds,
        "processor_seconds": statistics.median(processor),
        "processor_ns": 1e9 * statistics.median(processor) / months,
        "wall_seconds": people_seconds + median,
        "ns_per_household_month": 1e9 * median / months,
        "peak_megabytes": peak_megabytes(),
        "megabytes_before": before,
        "digests": sorted(digests),
    }


def parts(task: Task) -> Figures:
    """Time the parts of a run of one size, ns a household-month each."""
    from benchmarks.parts import shares_of_time
    from model.population.synthesis import synthesise

    import_all()
    run(places())
    people = synthesise("shanxi", task["households"])
    run(task["households"])
    seconds = shares_of_time(lambda: run(task["households"]), task["repeats"])
    months = living_household_months(people)
    return {"households": people.rows, "ns": {part: 1e9 * took / months for part, took in seconds.items()}}


def python_cost(task: Task) -> Figures:
    """Time runs with as few households as there are places: what is left is Python."""
    import_all()
    few = places()
    run(few)
    seconds = [timed(lambda: run(few))[0] for _ in range(task["repeats"])]
    return {"households": few, "repeats": task["repeats"], "seconds": statistics.median(seconds)}


def ensemble(task: Task) -> Figures:
    """Time an ensemble of one scenario on one thread, on two, and in two processes, in turns."""
    import_all()
    from experiments.ensemble import LUCK_SEEDS, run_ensemble
    from model.population.synthesis import synthesise
    from scenarios import load

    run(places())
    synthesise("shanxi", task["households"])
    plan = load("plan")
    ways = {"1_thread": (1, False), "2_threads": (PARALLEL, False), "2_processes": (PARALLEL, True)}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    digests = set()
    for _ in range(task["repeats"]):
        for name, (workers, processes) in ways.items():
            began = time.perf_counter()
            made = run_ensemble(
                [plan], households=task["households"], replicates=task["replicates"], threads=workers,
                processes=processes,
            )  # fmt: skip
            seconds[name].append(time.perf_counter() - began)
            digests.add(hashlib.sha256(made.values.tobytes()).hexdigest()[:16])
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    return {
        "households": task["households"],
        "runs": task["replicates"] + (LUCK_SEEDS if task["replicates"] > 1 else 0),
        "repeats": task["repeats"],
        **{f"seconds_{name}": taken for name, taken in medians.items()},
        "speed_up_threads": medians["1_thread"] / medians["2_threads"],
        "speed_up": medians["1_thread"] / medians["2_processes"],
        "peak_megabytes": peak_megabytes(),
        "digests": sorted(digests),
    }


def mesa(task: Task) -> Figures:
    """Time the reference."""
    from benchmarks.mesa_reference import measure

    return measure(task["households"], task["months"], task["repeats"])


TASKS: dict[str, Callable[[Task], Figures]] = {
    "first_run": first_run,
    "start": start,
    "size": size,
    "parts": parts,
    "python_cost": python_cost,
    "ensemble": ensemble,
    "mesa": mesa,
}


def main() -> None:
    """Do the task named in the first argument and print its figures."""
    task: Task = json.loads(sys.argv[1])
    print(json.dumps(TASKS[task["task"]](task)), flush=True)


if __name__ == "__main__":
    main()
