"""Finished points of a study that is not whole yet: a line each in a log, so that a killed study goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from experiments.parts import UNFINISHED
from experiments.store import Inputs, StoreError, machine, versions
from experiments.store_files import canonical, sha

LOG = "points.log"
CHECK = 16
"""Hexadecimal digits that guard a line."""


@dataclass
class KeptPoints:
    """The log of the study of some inputs in a store; `base` is what all of its figures depend on.

    A line is a check of what follows, the key of a point and its figures as exact hexadecimal floats. A line
    that a kill tore, or with a flipped bit, fails its check and its point is run again. Other code, tables,
    libraries or another processor have other keys. Several processes may add lines: each is written at once.
    """

    folder: Path
    base: str
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, out: Path, inputs: Inputs) -> KeptPoints:
        """Return the kept points of the study of `inputs` in the store `out`."""
        document = {"inputs": inputs.document(), "versions": versions(), "machine": machine()}
        return cls(out / f"{UNFINISHED}{inputs.id}", sha(canonical(document)))

    def key(self, levels: Sequence[float]) -> str:
        """Return the name of a point in the log."""
        return sha(canonical([self.base, [level.hex() for level in levels]]))

    def read(self) -> dict[str, tuple[float, ...]]:
        """Return key -> figures of every whole line; damaged lines are passed over."""
        try:
            lines = (self.folder / LOG).read_bytes().split(b"\n")
        except OSError:
            return {}
        found = {}
        for line in lines:
            check, _, content = line.partition(b" ")
            if content and check.decode(errors="replace") == _check(content):
                key, figures = json.loads(content)
                found[key] = tuple(float.fromhex(figure) for figure in figures)
        return found

    def keep(self, key: str, figures: Sequence[float]) -> None:
        """Add a finished point to the log; raise StoreError if it cannot be."""
        content = json.dumps([key, [float(figure).hex() for figure in figures]]).encode()
        line = b"\n" + _check(content).encode() + b" " + content + b"\n"  # a torn line before ends here
        try:
            with self._lock:
                self.folder.mkdir(parents=True, exist_ok=True)
                with (self.folder / LOG).open("ab") as file:
                    file.write(line)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise StoreError(f"{self.folder}: {error.strerror or error}") from error

    def clear(self) -> None:
        """Remove the log: the results are whole."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _check(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:CHECK]
