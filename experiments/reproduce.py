"""Run again what a run folder holds, from its own scenarios and options, and compare every figure."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from experiments import store
from experiments.results import summary_of, tables_of
from experiments.unlike import Difference, summary_difference, table_difference

MISSING = "-"


@dataclass(frozen=True)
class Reproduction:
    """`same`: every figure is the same; `bytes_same`: so is every byte of the files with results."""

    differing: tuple[Difference, ...]
    bytes_same: bool
    environment: tuple[tuple[str, str, str], ...]

    @property
    def same(self) -> bool:
        """Return whether every figure came out as it was."""
        return not self.differing


def environment(folder: Path) -> tuple[tuple[str, str, str], ...]:
    """Return what is other than when a run was made: (what, then, now); it may move the last digits."""
    manifest = json.loads((folder / store.MANIFEST).read_bytes())
    then = {**manifest["versions"], **manifest["machine"], "packages": manifest["inputs"]["packages"]}
    now = {**store.versions(), **store.machine(), "packages": store.packages_hash()}
    return tuple(
        (what, str(then.get(what, MISSING)), str(now.get(what, MISSING)))
        for what in sorted({*then, *now})
        if then.get(what) != now.get(what)
    )


def reproduce(
    folder: Path,
    *,
    threads: int | None = None,
    progress: Callable[[int, int], bool | None] | None = None,
    processes: bool = False,
) -> Reproduction:
    """Run a whole run folder again and compare; raise StoreError naming the first damaged file.

    `threads` and `processes` are those of `run_ensemble`. The folder is only read;
    what comes out anew goes into a temporary folder and is removed.
    """
    import pandas as pd

    from experiments.ensemble import run_ensemble
    from scenarios.loading import restore

    if faults := store.verify(folder):
        raise store.StoreError(f"{folder}: {faults[0]}")
    inputs = json.loads((folder / store.MANIFEST).read_bytes())["inputs"]
    options = inputs["options"]
    files = [folder / "scenarios" / f"{one['name']}.toml" for one in inputs["scenarios"]]
    chosen = [restore(file) for file in files]
    asked = {name: options[name] for name in ("region", "households", "replicates", "seed", "until")}
    detail = bool(options.get("detail"))
    ensemble = run_ensemble(
        chosen, **asked, threads=threads, progress=progress, detail=detail, processes=processes
    )
    tables = tables_of(ensemble)
    texts = tuple(
        (one.name, file.read_text(encoding="utf-8")) for one, file in zip(chosen, files, strict=True)
    )
    with tempfile.TemporaryDirectory() as passing:
        summary = summary_of(ensemble, chosen, options, folder_id(folder))
        again = store.save(Path(passing), store.Inputs(texts, options), tables, summary)
        found = []
        for name in tables:
            before, after = (pd.read_parquet(one / f"{name}.parquet") for one in (folder, again))
            found += table_difference(name, before, after)
        documents = [json.loads((one / store.SUMMARY).read_bytes()) for one in (folder, again)]
        found += summary_difference(*documents)
        names = (store.SUMMARY, *(f"{name}.parquet" for name in tables))
        same = all((folder / name).read_bytes() == (again / name).read_bytes() for name in names)
    return Reproduction(tuple(found), same, environment(folder))


def folder_id(folder: Path) -> str:
    """Return the id under which a run was kept."""
    return str(json.loads((folder / store.MANIFEST).read_bytes())["id"])
