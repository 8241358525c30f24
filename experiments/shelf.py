"""Read the tables of a run folder again, and put a page beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.store import MANIFEST, WRITING, StoreError, self_hash, verify
from experiments.store_files import flush_folder, pretty, sha, write

if TYPE_CHECKING:
    import pandas as pd


def read_tables(folder: Path, names: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return tables of a run folder after checking hashes; raise StoreError naming the first fault."""
    import pandas as pd

    if faults := verify(folder):
        raise StoreError(f"{folder}: {faults[0]}")
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}


def read_scenarios(folder: Path) -> dict[str, str]:
    """Return the scenarios of a run folder in full, name -> file."""
    return {path.stem: path.read_text(encoding="utf-8") for path in (folder / "scenarios").glob("*.toml")}


def add(folder: Path, name: str, data: bytes) -> None:
    """Put a file into a whole run folder; raise StoreError, the folder still whole, if it cannot be.

    The file comes first and then the manifest that lists it: a kill in between leaves a file not of the run.
    """
    if faults := verify(folder):
        raise StoreError(f"{folder}: {faults[0]}")
    manifest = json.loads((folder / MANIFEST).read_bytes())
    files = {**manifest["files"], name: sha(data)}
    listed = {**manifest, "files": dict(sorted(files.items()))}
    whole = {**listed, "sha256": self_hash(listed)}
    try:
        for file, content in ((name, data), (MANIFEST, pretty(whole))):
            passing = folder / f"{WRITING}{os.getpid()}"
            try:
                write(passing, content)
                os.replace(passing, folder / file)
            finally:
                passing.unlink(missing_ok=True)
        flush_folder(folder)
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror or error}") from error
