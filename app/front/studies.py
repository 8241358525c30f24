"""Sensitivity studies of the front end: those that are stored, and those run in the pool."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.front.jobs import Job
from app.front.pool import Pool
from app.front.sizes import sizes
from app.front.work import studied

if TYPE_CHECKING:
    from experiments.study import Study


def shipped(name: str) -> Study:
    """Return a shipped study as `jinlv sensitivity NAME` runs it."""
    from experiments.sampling import with_dummy
    from experiments.study_reading import read_study

    return with_dummy(read_study(name))


def small(study: Study) -> Study:
    """Return a study at the size at which a page runs it."""
    return replace(study, samples=sizes()["study_samples"], households=sizes()["study_households"])


def stored(name: str, out: Path) -> dict[str, Any] | None:
    """Return the summary of a shipped study at full size: of its run folder, else as it is shipped."""
    from experiments import stored as results

    if (found := folder_summary(shipped(name), out)) is not None:
        return found
    return results.stored(name) if name in results.stored_names() else None


def doubted(pool: Pool, summary: dict[str, Any], visitor: str) -> Job | None:
    """Return the job that tells whether the model still says what a stored result says; None if that is known
    without, since the model is the one that made it."""
    from experiments.store import packages_hash
    from experiments.stored import MODEL, still_holds

    made_by = summary.get("fingerprint")
    if made_by is None or made_by == packages_hash(MODEL):
        return None
    return pool.ask(f"holds {made_by} {summary['name']}", [[(still_holds, (summary["name"],))]], visitor)


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
