"""Finished results of a run that is not whole yet: one file each, kept until the run folder is there."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store import LIBRARIES, Inputs, StoreError
from experiments.store_files import canonical, cpu, flush_folder, library_version, sha, write

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from model.data.parameters import Parameters
    from model.institutions.policy import Policy

    Result = tuple[NDArray[np.float64], pd.DataFrame]

UNFINISHED = ".unfinished-"
SUFFIX = ".part"
DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Parts:
    """The finished results in `folder` of the run of these inputs; `base` is what all of them depend on.

    A part is one simulation (scenario, draw of parameters, seed): SHA-256 of what follows, then its values
    and outlays. It is written under a temporary name, flushed to the disk and renamed, so that a kill or a
    full disk leaves it whole or absent; a damaged one is not read. Other code, tables, libraries or another
    processor have other names, so that a resumed run has the bytes of an undisturbed one.
    """

    folder: Path
    base: str

    @classmethod
    def of(cls, out: Path, inputs: Inputs) -> Parts:
        """Return the parts of the run of `inputs` in the store `out`."""
        versions = {name: library_version(name) for name in LIBRARIES}
        machine = [cpu(), platform.system(), platform.machine(), platform.python_version()]
        base = sha(canonical({"inputs": inputs.document(), "versions": versions, "machine": machine}))
        return cls(out / f"{UNFINISHED}{inputs.id}", base)

    def count(self) -> int:
        """Return how many results are kept."""
        return sum(1 for _ in self.folder.glob(f"*{SUFFIX}"))

    def read(self, policy: Policy, draw: Parameters | None, seed: int) -> Result | None:
        """Return the result of one finished simulation, or None if there is none or it is damaged."""
        try:
            data = self._path(policy, draw, seed).read_bytes()
        except OSError:
            return None
        digest, content = data[:DIGEST], data[DIGEST:]
        return _unpacked(content) if hashlib.sha256(content).digest() == digest else None

    def keep(self, policy: Policy, draw: Parameters | None, seed: int, result: Result) -> None:
        """Write the result of one simulation; raise StoreError, nothing half-written, if it cannot be.

        A folder that another process of the same run has cleared in between is made again.
        """
        content = _packed(result)
        path = self._path(policy, draw, seed)
        passing = path.with_suffix(f".writing-{os.getpid()}-{threading.get_ident()}")
        for last in (False, True):
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                write(passing, hashlib.sha256(content).digest() + content)
                os.replace(passing, path)
                flush_folder(self.folder)
                return
            except OSError as error:
                if last or not isinstance(error, FileNotFoundError):
                    raise StoreError(f"{self.folder}: {error.strerror or error}") from error
            finally:  # also where Ctrl-C falls in between
                passing.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove the parts: the run folder is whole."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, policy: Policy, draw: Parameters | None, seed: int) -> Path:
        """Return the file of one simulation."""
        drawn = "central" if draw is None else draw.fingerprint
        key = sha(canonical([self.base, policy.name, policy.fingerprint, drawn, seed]))
        return self.folder / f"{key}{SUFFIX}"


def _packed(result: Result) -> bytes:
    """Return values and outlays as the bytes of one NumPy archive; outlays in Arrow's form, types kept."""
    import numpy as np
    import pyarrow as pa

    values, outlays = result
    sink = io.BytesIO()
    table = pa.Table.from_pandas(outlays, preserve_index=False)
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    whole = io.BytesIO()
    np.savez(whole, values=values, outlays=np.frombuffer(sink.getvalue(), dtype=np.uint8))
    return whole.getvalue()


def _unpacked(content: bytes) -> Result:
    """Return the values and outlays of packed bytes."""
    import numpy as np
    import pyarrow as pa

    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        values, raw = archive["values"], archive["outlays"].tobytes()
    with pa.ipc.open_stream(raw) as stream:
        return values, stream.read_pandas()
