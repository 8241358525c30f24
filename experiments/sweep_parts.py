"""What is kept of a sweep that is not whole yet: readings of single runs, and finished parts as Parquet."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments import store
from experiments.books import PAYERS
from experiments.parts import UNFINISHED
from experiments.readings import Reading, Readings
from experiments.store import Inputs, StoreError
from experiments.store_files import flush_folder, pretty, write
from experiments.summary import FIRST_PAYING_YEAR
from experiments.sweep_runs import SweepRuns, key_of, numbers
from experiments.workers import Failure
from model.data.months import FIRST_YEAR

if TYPE_CHECKING:
    import pandas as pd

ABOUT = "sweep.json"
HEX = 16
OUTLAYS, PROVINCE_OUTLAYS, FAILURE = "outlays", "outlays_province", "failure"
PAID = (OUTLAYS, PROVINCE_OUTLAYS)
"""CNY paid and forgone from the year of the plan on, current prices: by all payers, by the province."""
_RESULT = re.compile(r"part-(\d{6})\.parquet")
_PART = re.compile(rf"part-(\d{{6}})-([0-9a-f]{{{HEX}}})\.parquet")


@dataclass(frozen=True)
class Unfinished:
    """The folder of an unfinished sweep in a store.

    `runs/` holds the readings of single runs, `parts/` those of whole parts, `failed/` what failed. A part
    bears the first digits of its SHA-256 in its name and is read only if they are its own: one that is
    damaged is made again. Whatever is written gets its name by one rename, flushed before.
    """

    folder: Path
    runs: SweepRuns

    @classmethod
    def of(cls, out: Path, inputs: Inputs, runs: SweepRuns) -> Unfinished:
        """Return that of some inputs in the store `out`."""
        return cls(out.resolve() / f"{UNFINISHED}{inputs.id}", runs)

    @property
    def readings(self) -> Readings:
        """Return the readings of single runs."""
        return Readings(self.folder / "runs")

    @cached_property
    def _parts(self) -> Path:
        return self.folder / "parts"

    def begin(self) -> None:
        """Make the folder and say in it what it is of."""
        study = self.runs.study
        about: dict[str, Any] = {"name": study.name, "label": dict(study.label), "runs": self.runs.total}
        about["part_size"] = self.runs.part_size
        _put(self.folder / ABOUT, pretty(about))

    def whole(self) -> dict[int, Path]:
        """Return part -> its file, of those that are whole; a damaged one is removed."""
        found = {}
        for path in sorted(self._parts.glob("part-*.parquet")):
            name = _PART.fullmatch(path.name)
            if name is None:
                continue
            if _digest(path.read_bytes()) == name[2]:
                found[int(name[1])] = path
            else:
                path.unlink(missing_ok=True)
        return found

    def take_over(self, results: Path) -> int:
        """Take the whole parts of a damaged folder of results; return how many."""
        whole = whole_parts(results)
        for part, content in whole.items():
            _put(self._parts / f"part-{part:06d}-{_digest(content)}.parquet", content)
        return len(whole)

    def finish(self, part: int) -> bool:
        """Write a part whose runs are all kept and drop their readings; tell whether they were."""
        path = self._written(part, {}, self._parts)
        if path is not None:
            self.readings.drop([key_of(n) for n in self.runs.of_part(part)])
        return path is not None

    def gaps(self, failures: Mapping[int, Failure]) -> dict[int, Path]:
        """Return part -> a file of it without the runs that failed, of parts else whole."""
        parts = sorted({number // self.runs.part_size for number in failures})
        made = {part: self._written(part, failures, self.folder / "gaps") for part in parts}
        return {part: path for part, path in made.items() if path is not None}

    def _written(self, part: int, failures: Mapping[int, Failure], folder: Path) -> Path | None:
        """Write a part and return its file, None if a run that has not failed is missing."""
        mine = self.runs.of_part(part)
        readings = {n: self.readings.read(key_of(n)) for n in mine if n not in failures}
        if any(reading is None for reading in readings.values()):
            return None
        content = _parquet(frame(self.runs, mine, readings, failures))
        path = folder / f"part-{part:06d}-{_digest(content)}.parquet"
        _put(path, content)
        return path

    def todo(self, parts: Sequence[int]) -> list[int]:
        """Return the runs of parts that are in no whole part and not kept by themselves."""
        whole = self.whole()
        wanted = numbers(self.runs, [part for part in parts if part not in whole])
        return [n for n in wanted if self.readings.read(key_of(n)) is None]

    def fail(self, number: int, failure: Failure) -> None:
        """Record a run that failed."""
        told = {**self.runs.told(number), "run": number, "kind": failure.kind, "text": failure.text}
        _put(self.folder / "failed" / f"{key_of(number)}.json", pretty(told))

    def failed(self) -> list[dict[str, Any]]:
        """Return the runs that have failed and have not succeeded since, in their order."""
        return [json.loads(path.read_bytes()) for path in sorted((self.folder / "failed").glob("*.json"))]

    def forget(self, number: int) -> None:
        """Forget that a run failed: it has succeeded."""
        (self.folder / "failed" / f"{key_of(number)}.json").unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the folder: the results are whole."""
        shutil.rmtree(self.folder, ignore_errors=True)


def begun(out: Path) -> list[dict[str, Any]]:
    """Return the unfinished sweeps of a store: name, label, runs, finished, failed, folder."""
    found = []
    for about in sorted(out.glob(f"{UNFINISHED}*/{ABOUT}")):
        told, folder = json.loads(about.read_bytes()), about.parent
        parts = {path.name.split("-")[1] for path in (folder / "parts").glob("part-*.parquet")}
        runs = min(len(parts) * told["part_size"] + Readings(folder / "runs").count(), told["runs"])
        failed = sum(1 for _ in (folder / "failed").glob("*.json"))
        names = {name: told[name] for name in ("name", "label", "runs")}
        found.append({**names, "finished": runs, "failed": failed, "folder": str(folder)})
    return found


def whole_parts(results: Path) -> dict[int, bytes]:
    """Return part -> content, of those in a folder of results that are as its manifest says."""
    faults = store.verify(results)
    if any(fault.startswith(store.MANIFEST) for fault in faults):
        return {}
    damaged = {fault.partition(":")[0] for fault in faults}
    paths = [path for path in results.glob("runs/part-*.parquet") if f"runs/{path.name}" not in damaged]
    listed = json.loads((results / store.MANIFEST).read_bytes())["files"]
    found = {path: _RESULT.fullmatch(path.name) for path in paths if f"runs/{path.name}" in listed}
    return {int(name[1]): path.read_bytes() for path, name in found.items() if name is not None}


def frame(
    runs: SweepRuns,
    mine: Sequence[int],
    readings: Mapping[int, Reading | None],
    failures: Mapping[int, Failure],
) -> pd.DataFrame:
    """Return runs as a table: run, scenario, point, a column a factor, replicate, seed, a column an outcome,
    money, failure (empty where it succeeded)."""
    import pandas as pd

    rows = []
    for n in mine:
        told, reading = runs.told(n), readings.get(n)
        row = {"run": n, "scenario": told["scenario"], "point": runs.spot(n).point + 1, **told["levels"]}
        row |= {"replicate": told["replicate"], "seed": told["seed"]}
        values = reading.values if reading else (np.nan,) * len(runs.study.outcomes)
        row |= {one.text: value for one, value in zip(runs.study.outcomes, values, strict=True)}
        row |= dict(zip(PAID, _paid(reading) if reading else (np.nan, np.nan), strict=True))
        failure = failures.get(n)
        rows.append({**row, FAILURE: f"{failure.kind}: {failure.text}" if failure else ""})
    return pd.DataFrame(rows)


def _paid(reading: Reading) -> tuple[float, float]:
    """Return what all payers and what the province paid from the year of the plan on, CNY of the years."""
    since = FIRST_PAYING_YEAR - FIRST_YEAR
    by_payer = {payer: sum(reading.outlays.get(payer, ())[since:]) for payer in PAYERS}
    return sum(by_payer.values()), by_payer["province"]


def _parquet(table: pd.DataFrame) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, sink, write_page_checksum=True, compression="zstd")
    return sink.getvalue()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:HEX]


def _put(path: Path, content: bytes) -> None:
    """Write a file under a temporary name and rename it; raise StoreError, nothing half-written, else."""
    passing = path.with_name(f".writing-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(passing, content)
        os.replace(passing, path)
        flush_folder(path.parent)
    except OSError as error:
        raise StoreError(f"{path.parent}: {error.strerror or error}") from error
    finally:
        passing.unlink(missing_ok=True)
