"""Sensitivity studies of the front end: those that are stored, and those run in the pool."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.front.jobs import Job
from app.front.pool import Pool
from app.front.sizes import sizes
from app.front.work import studied

if TYPE_CHECKING:
    from experiments.study import Study

STORED = "results"
"""Folder beside the shipped studies in which summaries of finished ones lie."""


def shipped(name: str) -> Study:
    """Return a shipped study as `jinlv sensitivity NAME` runs it."""
    from experiments.sampling import with_dummy
    from experiments.study_reading import read_study

    return with_dummy(read_study(name))


def small(name: str) -> Study:
    """Return a shipped study at the size at which a page runs it."""
    return replace(shipped(name), samples=sizes()["study_samples"], households=sizes()["study_households"])


def stored(name: str, out: Path) -> dict[str, Any] | None:
    """Return the summary of a shipped study at full size: of its run folder, else as it is shipped."""
    from experiments import study_reading

    if (found := folder_summary(shipped(name), out)) is not None:
        return found
    path = study_reading.STUDIES / STORED / f"{name}.json"
    if not path.is_file():
        return None
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return made


def folder_summary(study: Study, out: Path) -> dict[str, Any] | None:
    """Return the summary of the run folder of a study, None if there is none or it is damaged."""
    from experiments import store
    from experiments.study_results import inputs_of

    folder = out / inputs_of(study).id
    if not folder.is_dir():
        return None
    try:
        return store.read_summary(folder)
    except store.StoreError:
        return None


def ask(pool: Pool, study: Study, out: Path, visitor: str) -> Job:
    """Return the job that runs a study and ends with its summary; raise StoreError if nothing can be kept."""
    from experiments import store
    from experiments.study_results import inputs_of

    inputs = inputs_of(study)
    store.check_writable(out)
    signs = (out / f".study-{inputs.id}").resolve()
    return pool.ask(
        f"study {out.resolve()} {inputs.id}", [[(studied, (study, out, str(signs)))]], visitor, signs=signs
    )
