"""Measure speed and memory: `python -m benchmarks.speed [--quick] [--one-to-one] [--json FILE]`."""

from __future__ import annotations

import argparse
import hashlib
import json
import locale
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.table import figures, same_bytes, show

ROOT = Path(__file__).resolve().parent.parent
LIBRARIES = ("numba", "numpy", "pandas", "mesa")
FULL: dict[str, Any] = {
    "sizes": [(10_000, 1, 9), (20_000, 1, 9), (100_000, 1, 5), (1_000_000, 1, 3), (1_000_000, 2, 3)],
    "start": {"households": 20_000, "starts": 3},
    "parts": {"households": 100_000, "repeats": 5},
    "python_cost": {"repeats": 9},
    "ensemble": {"households": 20_000, "replicates": 30, "repeats": 3},
    "mesa": {"households": 10_000, "months": 24, "repeats": 3},
}
QUICK: dict[str, Any] = {
    "sizes": [(10_000, 1, 3), (20_000, 1, 3), (100_000, 1, 3), (100_000, 2, 3)],
    "start": {"households": 20_000, "starts": 1},
    "parts": {"households": 100_000, "repeats": 3},
    "python_cost": {"repeats": 3},
    "ensemble": {"households": 20_000, "replicates": 6, "repeats": 1},
    "mesa": {"households": 2_000, "months": 12, "repeats": 1},
}


class Bench:
    """Runs measurements one after the other, each in a fresh process.

    Bytecode and, unless `warm`, kernels go to a new folder, so that the first process compiles everything and
    the later ones nothing; the user's own are left alone.
    """

    def __init__(self, folder: Path, warm: bool) -> None:
        """Lay out the environment of the measuring processes."""
        self.environment = dict(os.environ, PYTHONUTF8="1", PYTHONPYCACHEPREFIX=str(folder / "bytecode"))
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if not warm:
            self.environment["NUMBA_CACHE_DIR"] = str(folder / "kernels")

    def measure(self, task: str, **options: Any) -> dict[str, Any]:
        """Return the figures of a task, the load before and the seconds from start to its answer."""
        words = " ".join(f"{name}={value}" for name, value in options.items())
        print(f"{task} {words}", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "benchmarks.worker", json.dumps({"task": task, **options})]
        load = busy()
        began = time.perf_counter()
        with subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, encoding="utf-8"
        ) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            seconds = time.perf_counter() - began
        if process.returncode != 0:
            raise SystemExit(f"benchmarks: {task} ended with {process.returncode}")
        return {**json.loads(line), "first_result_seconds": seconds, "load_before": load}


def busy() -> float | None:
    """Return the load of the machine over the last minute, None where it is not told."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "load_before": busy(),
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def code_hash() -> str:
    """Return a short hash of the Python files of the model, the scenarios and the ensembles."""
    made = hashlib.sha256()
    for floor in ("model", "scenarios", "experiments"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            made.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return made.hexdigest()[:16]


def measure_all(bench: Bench, wanted: dict[str, Any], one_to_one: bool, warm: bool) -> dict[str, Any]:
    """Return the report: sizes, first and second start, Python, ensemble, reference, figures with goals."""
    report: dict[str, Any] = {"machine": machine(), "code": code_hash(), "wanted": wanted, "warm": warm}
    report["first_run"] = None if warm else bench.measure("first_run")
    spare = int(warm)  # without a first run, the first start still writes bytecode
    starts = [
        bench.measure("start", households=wanted["start"]["households"])
        for _ in range(wanted["start"]["starts"] + spare)
    ][spare:]
    starts.sort(key=lambda start: float(start["first_result_seconds"]))
    report["second_start"] = starts[len(starts) // 2]
    report["python_cost"] = bench.measure("python_cost", **wanted["python_cost"])
    report["sizes"] = [
        bench.measure("size", households=households, threads=threads, repeats=repeats)
        for households, threads, repeats in wanted["sizes"]
    ]
    report["parts"] = bench.measure("parts", **wanted["parts"])
    report["ensemble"] = bench.measure("ensemble", **wanted["ensemble"])
    report["mesa"] = bench.measure("mesa", **wanted["mesa"])
    report["one_to_one"] = None
    if one_to_one:
        report["one_to_one"] = bench.measure("size", households="all", threads=os.cpu_count(), repeats=1)
        report["sizes"].append(report["one_to_one"])
    report["same_bytes"] = same_bytes(report["sizes"])
    report["figures"] = figures(report)
    return report


def sized(wanted: dict[str, Any], households: Sequence[int]) -> dict[str, Any]:
    """Return the same measurements at other sizes, once each, the smallest size for all that has one."""
    least = min(households)
    return {
        "sizes": [(number, threads, 2) for number in households for threads in (1, 2)],
        "start": {"households": least, "starts": 1},
        "parts": {"households": least, "repeats": 2},
        "python_cost": {"repeats": 1},
        "ensemble": {"households": least, "replicates": 2, "repeats": 1},
        "mesa": {**wanted["mesa"], "households": least},
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, print the table and write the JSON."""
    language = (locale.getlocale()[0] or os.environ.get("LANG", "")).lower()
    ask = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    ask.add_argument("--quick", action="store_true", help="smaller sizes and fewer runs / 小规模、少次数")
    ask.add_argument("--one-to-one", action="store_true", help="also the whole province / 另作全省一比一")
    ask.add_argument("--json", type=Path, metavar="FILE", help="write the figures / 写出JSON")
    ask.add_argument("--households", type=int, nargs="+", metavar="N", help="other sizes / 其他规模")
    ask.add_argument("--warm", action="store_true", help="use compiled kernels / 沿用已编译的内核")
    ask.add_argument("--lang", choices=("en", "zh"), default="zh" if language.startswith("zh") else "en")
    asked = ask.parse_args(argv)
    wanted = QUICK if asked.quick else FULL
    if asked.households:
        wanted = sized(wanted, asked.households)
    with tempfile.TemporaryDirectory(prefix="jinlv-speed-") as folder:
        report = measure_all(Bench(Path(folder), asked.warm), wanted, asked.one_to_one, asked.warm)
    if asked.json is not None:
        asked.json.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(report, asked.lang)


if __name__ == "__main__":
    main()
