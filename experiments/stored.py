"""Results of shipped studies that are shipped with them, and whether they are of the model as it is.

`python -m experiments.stored NAME [SAMPLES] [HOUSEHOLDS]` runs a study anew and stores its summary.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from experiments.study import Study
from experiments.study_reading import STUDIES, read_study

RESULTS = STUDIES / "results"
MODEL = ("model", "scenarios")
"""Packages whose code and tables the figures of a study come from."""
PROBES = 2
"""Points of a study that are run again to see whether the model still says the same."""
TOLERANCE = 1e-6
"""Relative: across processors the last bits of exp and log differ."""


def stored_names() -> tuple[str, ...]:
    """Return the names of the studies whose results are stored."""
    return tuple(sorted(path.stem for path in RESULTS.glob("*.json")))


def stored(name: str) -> dict[str, Any]:
    """Return the summary of a stored study, as `jinlv sensitivity --json` prints it, with `fingerprint` (of
    the model's code and tables) and `probes` (levels and figures of its first points)."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_bytes())
    return found


@cache
def still_holds(name: str) -> bool:
    """Return whether the model is the one that made a stored result, or still says the same at its probes."""
    import numpy as np

    from experiments.store import packages_hash

    document = stored(name)
    if document["fingerprint"] == packages_hash(MODEL):
        return True
    study = _as_run(name, document["samples"], document["households"])
    if [factor.document() for factor in study.factors] != [_plain(one) for one in document["factors"]]:
        return False
    then = [probe["figures"] for probe in document["probes"]]
    now = probes(study, [tuple(probe["levels"]) for probe in document["probes"]])
    return bool(np.allclose(np.array(now, float), np.array(then, float), rtol=TOLERANCE, equal_nan=True))


def probes(study: Study, levels: list[tuple[float, ...]]) -> list[list[float]]:
    """Return the outcomes of a study at some points, given as levels of its factors."""
    from experiments.run_points import ModelRuns

    return [[float(figure) for figure in ModelRuns(study)(one)] for one in levels]


def _plain(factor: dict[str, Any]) -> dict[str, Any]:
    """Return a factor of a summary without its label."""
    return {key: part for key, part in factor.items() if key != "label"}


def _as_run(name: str, samples: int, households: int) -> Study:
    """Return a shipped study at the size at which its result is stored."""
    from experiments.sampling import with_dummy

    return replace(with_dummy(read_study(name)), samples=samples, households=households)


def store_result(name: str, samples: int | None = None, households: int | None = None) -> Path:
    """Run a shipped study on one worker and store its summary.

    Finished points stay in `runs`: a larger sample goes on from a smaller one.
    """
    from experiments.kept_points import KeptPoints
    from experiments.sampled_study import sensitivity
    from experiments.sampling import points_of
    from experiments.store import packages_hash
    from experiments.store_files import pretty, write
    from experiments.study_results import inputs_of, summary_of_study
    from experiments.summary import cleaned

    shipped = read_study(name)
    study = _as_run(name, samples or shipped.samples, households or shipped.households)
    inputs, fingerprint = inputs_of(study), packages_hash(MODEL)
    kept = KeptPoints.of(Path("runs"), inputs_of(replace(study, samples=0)))
    found = sensitivity(study, threads=1, progress=_told, kept=kept)
    chosen = [
        tuple(factor.at(float(x)) for factor, x in zip(study.factors, point, strict=True))
        for point in points_of(study)[:: len(study.factors) + 2][:PROBES]
    ]
    told = [
        {"levels": list(one), "figures": figures}
        for one, figures in zip(chosen, probes(study, chosen), strict=True)
    ]
    summary = {**summary_of_study(found, inputs.id), "fingerprint": fingerprint, "probes": told}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    write(path, pretty(cleaned(summary)))
    return path


def _told(done: int, total: int) -> None:
    """Say on standard error how far the work is."""
    sys.stderr.write(f"\r{done}/{total}")


if __name__ == "__main__":
    sys.stdout.write(f"{store_result(sys.argv[1], *(int(word) for word in sys.argv[2:]))}\n")
