"""What is kept of one run of a study: the outcomes asked for and who paid how much each year, a few lines."""

from __future__ import annotations

import hashlib
import json
import math
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.outcomes import Outcome
from experiments.store import LIBRARIES, StoreError, packages_hash
from experiments.store_files import canonical, cpu, flush_folder, library_version, sha, write
from model.data.months import YEARS

if TYPE_CHECKING:
    from experiments.common_past import Trunk
    from model.data.parameters import Parameters
    from model.institutions.policy import Policy
    from model.institutions.treasury import Treasury
    from model.run import Progress

SUFFIX = ".run"
DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Asked:
    """What is asked of every run: its size, its last month and the outcomes that are read off.

    `expected`: from sums of choice probabilities in place of drawn counts, where indicators have them.
    """

    region: str
    households: int
    until: str
    outcomes: tuple[Outcome, ...]
    expected: bool = False

    def document(self) -> dict[str, object]:
        """Return the same as JSON values."""
        outcomes = [outcome.text for outcome in self.outcomes]
        return {
            "size": [self.region, self.households, self.until],
            "outcomes": outcomes,
            "expected": self.expected,
        }


@dataclass(frozen=True)
class Reading:
    """What one run says: `values` one an outcome, nan where it says nothing; `outlays` payer -> CNY of each
    year (Y,), all that was paid or forgone."""

    values: tuple[float, ...]
    outlays: Mapping[str, tuple[float, ...]]

    def packed(self) -> bytes:
        """Return the reading as JSON, every figure to its last bit."""
        values = [None if math.isnan(value) else value for value in self.values]
        return canonical({"values": values, "outlays": {who: list(row) for who, row in self.outlays.items()}})

    @classmethod
    def unpacked(cls, content: bytes) -> Reading:
        """Return the reading of packed bytes."""
        found = json.loads(content)
        values = tuple(math.nan if value is None else float(value) for value in found["values"])
        return cls(values, {who: tuple(row) for who, row in found["outlays"].items()})


def read_run(
    asked: Asked,
    policy: Policy,
    parameters: Parameters | None,
    seed: int,
    progress: Progress | None = None,
    trunk: Trunk | None = None,
) -> Reading:
    """Simulate, from the past of `trunk` if there is one, and return what was asked for; `parameters` None:
    the central set."""
    from experiments.common_past import simulate_from
    from experiments.figures_of import values_of

    run = simulate_from(
        trunk, policy, region=asked.region, households=asked.households, seed=seed, parameters=parameters,
        until=asked.until, progress=progress,
    )  # fmt: skip
    return Reading(
        tuple(values_of(run, asked.outcomes, expected=asked.expected).tolist()), _paid(run.treasury)
    )


def _paid(treasury: Treasury) -> dict[str, tuple[float, ...]]:
    """Return payer -> CNY of each year, over all instruments, places and receivers."""
    found: dict[str, list[float]] = {}
    for (_, payer), money in sorted(treasury.books.items()):
        yearly = found.setdefault(payer, [0.0] * YEARS)
        for year, paid in enumerate(money.sum(axis=(1, 2)).tolist()):
            yearly[year] += paid
    return {payer: tuple(yearly) for payer, yearly in found.items()}


@dataclass(frozen=True)
class Readings:
    """Kept readings, one file each in `folder`: SHA-256 of what follows, then the reading.

    A file is written under a temporary name, flushed to the disk and renamed, so that a kill or a full disk
    leaves it whole or absent; a damaged one is not read.
    """

    folder: Path

    @classmethod
    def of(cls, out: Path, asked: Asked) -> Readings:
        """Return those in the store `out` of runs of this size, code, tables, libraries and processor."""
        versions = {name: library_version(name) for name in LIBRARIES}
        base = {"asked": asked.document(), "code": packages_hash(), "versions": versions, "cpu": cpu()}
        return cls(out / f".readings-{sha(canonical(base))[:12]}")

    def read(self, key: str) -> Reading | None:
        """Return the reading of a key, or None if there is none or it is damaged."""
        try:
            data = self._path(key).read_bytes()
        except OSError:
            return None
        digest, content = data[:DIGEST], data[DIGEST:]
        return Reading.unpacked(content) if hashlib.sha256(content).digest() == digest else None

    def keep(self, key: str, reading: Reading) -> None:
        """Write a reading; raise StoreError, nothing half-written, if it cannot be."""
        content, path = reading.packed(), self._path(key)
        passing = path.with_suffix(f".writing-{os.getpid()}-{threading.get_ident()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write(passing, hashlib.sha256(content).digest() + content)
            os.replace(passing, path)
            flush_folder(self.folder)
        except OSError as error:
            passing.unlink(missing_ok=True)
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error

    def drop(self, keys: Sequence[str]) -> None:
        """Remove readings that are kept elsewhere now."""
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def count(self) -> int:
        """Return how many readings are kept."""
        return sum(1 for _ in self.folder.glob(f"*{SUFFIX}"))

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"


def key_of(policy: Policy, parameters: Parameters | None, seed: int) -> str:
    """Return the key of a run by all that tells it from others of its size."""
    drawn = "central" if parameters is None else parameters.fingerprint
    return sha(canonical([policy.fingerprint, drawn, seed]))
