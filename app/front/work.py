"""What the processes of the pool do: one simulation, the making of a run folder, the digest of one."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.front.sizes import sizes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from experiments.parts import Parts
    from experiments.store import Inputs
    from experiments.study import Study
    from model.data.parameters import Parameters
    from scenarios import Scenario

    Result = tuple[NDArray[np.float64], pd.DataFrame]


@dataclass(frozen=True)
class Digest:
    """What pages show of a run folder: its summary, and bands in place of the values of replicates."""

    folder: str
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    scenarios: dict[str, str]


def prepare() -> None:
    """Load the model with its kernels; end with the process that asked for it, however that ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    import scenarios
    from model import simulate

    simulate(scenarios.load("plan"), households=sizes()["warm_households"])


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def ready() -> int:
    """Return the number of the process, which holds the model by now."""
    return os.getpid()


def simulated(
    scenario: Scenario, base: Scenario, replicate: int, seed: int, region: str, households: int, until: str
) -> Result:
    """Return the values of one simulation and its outlays with places summed to town and country.

    It goes on from the past that it has in common with its `base`, which the next change asks for, too.
    """
    from experiments.common_past import simulate_from, trunk_of
    from model.data.load import load_region
    from model.result import outlays_of

    here = load_region(region)
    policy = scenario.resolve(here)
    run = simulate_from(
        trunk_of(base.resolve(here), (policy,)), policy, region=region, households=households, seed=seed,
        parameters=drawn(replicate), until=until,
    )  # fmt: skip
    sides: dict[bool, str] = {}
    for place in run.region.places:
        sides.setdefault(place.urban, place.code)
    urban = {place.code: sides[place.urban] for place in run.region.places}
    outlays = outlays_of(run.treasury, run.region)
    outlays["place"] = [urban[code] for code in outlays["place"]]
    keys = ["instrument", "payer", "place", "group", "year"]
    return run.values, outlays.groupby(keys, sort=False, as_index=False)[["value", "units"]].sum()


@cache
def drawn(replicate: int) -> Parameters | None:
    """Return the parameters of a replicate, the first of which is 1; None, the central ones, for 0."""
    from model.data.parameters import draws

    return draws(replicate)[replicate - 1] if replicate else None


def kept(parts: Parts, scenario: Scenario, replicate: int, seed: int, options: dict[str, Any]) -> None:
    """Keep the result of one simulation of a run folder that is being made."""
    from model import simulate
    from model.data.load import load_region
    from model.result import outlays_of

    policy, draw = scenario.resolve(load_region(options["region"])), drawn(replicate)
    if parts.read(policy, draw, seed) is not None:
        return
    size = {name: options[name] for name in ("region", "households", "until")}
    run = simulate(policy, seed=seed, parameters=draw, threads=1, **size)
    parts.keep(policy, draw, seed, (run.values, outlays_of(run.treasury, run.region)))


def folder_of(out: Path, inputs: Inputs, chosen: Sequence[Scenario], parts: Parts) -> str:
    """Make the run folder from simulations that are kept, as `jinlv run` does, and return its path."""
    from experiments import store
    from experiments.ensemble import run_ensemble
    from experiments.results import summary_of, tables_of

    names = ("region", "households", "replicates", "seed", "until", "detail")
    size = {name: inputs.options[name] for name in names}
    ensemble = run_ensemble(chosen, **size, threads=1, parts=parts)
    summary = summary_of(ensemble, chosen, inputs.options, inputs.id)
    folder = store.save(out, inputs, tables_of(ensemble), summary)
    parts.clear()
    return str(folder)


def digest(folder: str) -> Digest:
    """Return what pages show of a whole run folder; raise StoreError if it is damaged."""
    from app.page.results import Results
    from experiments import shelf, store
    from experiments.bands import bands, paired_bands

    path = Path(folder)
    summary = store.read_summary(path)
    tables = shelf.read_tables(path, ("indicators",))
    results = Results(summary, tables)
    made = {"bands": bands(results.values), "paired": results.values.iloc[:0]}
    if results.pairs:
        made["paired"] = paired_bands(results.values, *results.pairs[0])
    return Digest(folder, summary, made, shelf.read_scenarios(path))


def studied(study: Study, out: Path, signs: str) -> dict[str, Any]:
    """Run a study on one thread and return its summary; it tells how far it is, and stops when it is told to.

    `signs` with `.done` holds done and total; as soon as `signs` with `.stop` exists, the study stops.
    """
    from experiments import store
    from experiments.kept_points import KeptPoints
    from experiments.sampled_study import sensitivity
    from experiments.study_results import add_sheet, inputs_of, save_study

    told, stop = Path(f"{signs}.done"), Path(f"{signs}.stop")

    def progress(done: int, total: int) -> bool:
        passing = Path(f"{signs}.writing")
        passing.write_text(f"{done} {total}", encoding="utf-8")
        os.replace(passing, told)
        return stop.exists()

    stop.unlink(missing_ok=True)
    inputs = inputs_of(study)
    kept = KeptPoints.of(out, inputs)
    try:
        found = sensitivity(study, threads=1, progress=progress, kept=kept)
        folder = save_study(out, inputs, found)
        kept.clear()
        add_sheet(folder)
        return store.read_summary(folder)
    finally:
        for path in (told, stop):
            path.unlink(missing_ok=True)
