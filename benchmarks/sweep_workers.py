"""Measure how a sweep gains from workers: `python -m benchmarks.sweep_workers [--runs N] [--dask]`.

Each sweep goes into an empty folder; what is timed is the whole of it, workers' start and results included.
The lever begins with the plan, so that every run is lived from its start; levels of a later one share a past
(`experiments.common_past`), which each worker lives once.
"""

from __future__ import annotations

import argparse
import json
import locale
import logging
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.speed import busy, code_hash, machine
from benchmarks.table import WORDS, goals

if TYPE_CHECKING:
    from experiments.study import Study
    from experiments.workers import Crew

HOUSEHOLDS, RUNS, REPEATS = 120_000, 40, 3
TWO = 2
STUDY = """schema = 1
name = "subsidies"
method = "grid"
scenarios = ["plan"]
outcomes = ["nev_new_sales_share@2030"]
[[factor]]
lever = "nev_purchase_subsidy"
from = "2022-06"
to = "2024-12"
values = [{values}]
"""


def study(runs: int, households: int) -> Study:
    """Return a sweep of so many runs of that size."""
    from experiments.study_reading import read_study

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text(STUDY.format(values=", ".join(str(100 * k) for k in range(runs))), encoding="utf-8")
        return replace(read_study(path), households=households)


def timed(one: Study, crew: Crew) -> tuple[float, str]:
    """Return the seconds that a sweep takes in an empty folder, and the hash of its manifest."""
    from experiments.store import MANIFEST
    from experiments.store_files import sha
    from experiments.sweeping import sweep

    with tempfile.TemporaryDirectory() as out:
        began = time.perf_counter()
        folder = sweep(one, Path(out), crew)
        seconds = time.perf_counter() - began
        assert folder is not None
        return seconds, sha((folder / MANIFEST).read_bytes())


def measure(runs: int, households: int, repeats: int, dask: bool) -> dict[str, Any]:
    """Return seconds of sweeps by one worker, two, and a cluster of two (if asked for), in turns."""
    from experiments.dask_workers import Dask
    from experiments.sweeping import time_of_a_run
    from experiments.workers import Processes

    one = study(runs, households)
    seconds_a_run = time_of_a_run(one)
    warm = study(2 * TWO, 1)  # the server of processes is up, and stays; workers of a cluster know the model
    timed(warm, Processes(1))
    taken: dict[str, list[float]] = {}
    digests = set()
    with _cluster() if dask else nullcontext() as cluster:
        crews: dict[str, Crew] = {"one": Processes(1), "two": Processes(TWO)}
        if cluster is not None:
            crews["dask"] = Dask(cluster.scheduler_address)
            timed(warm, crews["dask"])
        for _ in range(repeats):
            for name, crew in crews.items():
                seconds, digest = timed(one, crew)
                taken.setdefault(name, []).append(seconds)
                digests.add(digest)
    report: dict[str, Any] = {
        "machine": machine(), "code": code_hash(), "load_after": busy(), "runs": runs,
        "households": households, "seconds_a_run": seconds_a_run, "seconds": taken,
        "same_bytes": len(digests) == 1, "sweep_speed_up": _over(taken, "two"),
    }  # fmt: skip
    if "dask" in taken:
        report["dask_efficiency"] = _over(taken, "dask") / TWO
    return {
        **report,
        "figures": goals({key: report.get(key) for key in ("sweep_speed_up", "dask_efficiency")}),
    }


def _over(taken: dict[str, list[float]], name: str) -> float:
    """Return the median over repeats of the seconds of one worker over those of others next to it in time."""
    return statistics.median(one / other for one, other in zip(taken["one"], taken[name], strict=True))


def _cluster() -> Any:
    """Return a local Dask cluster of two workers of one thread; its profiler would slow the runs."""
    import dask
    from distributed import LocalCluster

    dask.config.set({"distributed.worker.profile.enabled": False})  # type: ignore[attr-defined]
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return LocalCluster(n_workers=TWO, threads_per_worker=1, host="127.0.0.1", dashboard_address=None)


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the figures and write the JSON."""
    language = (locale.getlocale()[0] or os.environ.get("LANG", "")).lower()
    ask = argparse.ArgumentParser(prog="python -m benchmarks.sweep_workers", description=__doc__)
    ask.add_argument("--runs", type=int, default=RUNS, help="runs of the sweep / 模拟次数")
    ask.add_argument("--households", type=int, default=HOUSEHOLDS, help="households a run / 每次的户数")
    ask.add_argument("--repeats", type=int, default=REPEATS, help="sweeps of each kind / 各做几遍")
    ask.add_argument("--dask", action="store_true", help="also a Dask cluster / 另测 Dask 集群")
    ask.add_argument("--json", type=Path, metavar="FILE", help="write the figures / 写出JSON")
    ask.add_argument("--lang", choices=("en", "zh"), default="zh" if language.startswith("zh") else "en")
    asked = ask.parse_args(argv)
    report = measure(asked.runs, asked.households, asked.repeats, asked.dask)
    say = WORDS[asked.lang]
    taken = {name: [round(one, 1) for one in seconds] for name, seconds in report["seconds"].items()}
    print(f"{report['runs']} x {report['seconds_a_run']:.2f} s: {taken}")
    print(f"{say['same']}: {say['yes' if report['same_bytes'] else 'no']}")
    for row in report["figures"]:
        met = say["yes" if row["met"] else "no"]
        print(f"{row[asked.lang]}: {row['value']:.2f} ({say[row['sense']]} {row['goal']:g}: {met})")
    if asked.json is not None:
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
