"""Previews: the base scenario and a changed one under few replicates of few households, and what they say."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from app.front import stand_ins
from app.front.jobs import Call, Job
from app.front.pool import Pool
from app.front.sizes import sizes
from app.front.work import drawn, simulated

if TYPE_CHECKING:
    from app.page.results import Results
    from experiments.ensemble import Ensemble
    from scenarios import Scenario

REGION, UNTIL, SEED = "shanxi", "2030-12", 1
OF_MEDIAN = 1.2533
"""Standard error of a median over that of a mean: the root of half pi."""
_made: OrderedDict[tuple[str, str], Preview] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Preview:
    """What a preview says: its ensemble of base and changed scenario, and the summary of both."""

    ensemble: Ensemble
    summary: Mapping[str, Any]

    def results(self, indicator: str) -> Results:
        """Return the results of one indicator for charts."""
        from app.page.results import Results
        from experiments.bands import bands, paired_bands

        rows = _rows(self.ensemble, indicator)
        treated = paired_bands(rows, self.ensemble.names[1], self.ensemble.names[0])
        return Results(self.summary, {"bands": bands(rows), "paired": treated})

    def error(self, indicator: str, month: str) -> float:
        """Return about how far the median effect may be off: twice its standard error, normal replicates.

        The standard error of a median of n is 1.25 s / sqrt(n). How far levels are off is measured
        (`stand_ins.gap`): replicates of previews are chosen for their medians, not drawn.
        """
        import numpy as np

        from model.indicators.formulas import FORMULAS
        from model.indicators.reading import cell_index

        cell = cell_index(self.ensemble.region)[month, "all", "all"]
        both = self.ensemble.values[:, :, list(FORMULAS).index(indicator), cell]
        paired = both[1] - both[0]
        return float(2.0 * OF_MEDIAN * np.std(paired, ddof=1) / np.sqrt(paired.size))


def ask(
    pool: Pool, scenario: Scenario, visitor: str, *, base: Scenario | None = None, urgent: bool = True
) -> Job:
    """Return the job that simulates one scenario, changed from its `base`, at the size of a preview."""
    from experiments.store import packages_hash
    from experiments.store_files import canonical, sha
    from model.data.load import load_region

    households, chosen = sizes()["preview_households"], stand_ins.replicates()
    policy = scenario.resolve(load_region(REGION))
    key = sha(canonical(["preview", policy.fingerprint, households, chosen, packages_hash()]))
    calls: list[Call] = [
        (simulated, (scenario, base or scenario, r, SEED + r - 1, REGION, households, UNTIL)) for r in chosen
    ]
    return pool.ask(key, [calls], visitor, urgent=urgent)


def preview_of(base: Scenario, changed: Scenario, jobs: tuple[Job, Job]) -> Preview:
    """Return the preview of two finished jobs; raise what stopped them. It is shared by all visitors."""
    names = (f"{base.name}/{jobs[0].key}", f"{changed.name}/{jobs[1].key}")
    with _lock:
        if names in _made:
            _made.move_to_end(names)
            return _made[names]
    made = _preview(base, changed, jobs)
    with _lock:
        _made[names] = made
        while len(_made) > sizes()["kept_answers"]:
            _made.popitem(last=False)
    return made


def wait(jobs: tuple[Job, ...], seconds: float) -> bool:
    """Wait until jobs are finished, some seconds at most; tell whether they are."""
    until = time.monotonic() + seconds
    return all(job.finished.wait(max(until - time.monotonic(), 0.0)) for job in jobs)


def _preview(base: Scenario, changed: Scenario, jobs: tuple[Job, Job]) -> Preview:
    from experiments.results import summary_of

    ensemble = _ensemble((base, changed), jobs)
    options = {**ensemble.meta, "compared": False, "detail": False, "changed": True, "assumptions": []}
    summary = summary_of(ensemble, (base, changed), {**options, "vary": None}, jobs[1].key[:12])
    return Preview(ensemble, summary)


def _ensemble(chosen: tuple[Scenario, Scenario], jobs: tuple[Job, Job]) -> Ensemble:
    """Return the results of the jobs as an ensemble of both scenarios, without seeds for luck."""
    import numpy as np
    import pandas as pd

    from experiments.ensemble import Ensemble
    from model.data.load import load_region
    from model.indicators.formulas import FORMULAS

    region = load_region(REGION)
    policies = tuple(one.resolve(region) for one in chosen)
    households, chosen_replicates = sizes()["preview_households"], stand_ins.replicates()
    sets = (drawn(r) for r in chosen_replicates)
    money, values = [], []
    for policy, job in zip(policies, jobs, strict=True):
        values.append([result[0] for result in job.answer])
        for r, (_, outlays) in enumerate(job.answer):
            money.append(outlays.assign(scenario=policy.name, replicate=r + 1))
    every = np.array(values)
    return Ensemble(
        names=tuple(policy.name for policy in policies),
        labels={one.name: dict(one.label) for one in chosen},
        region=region,
        values=every,
        luck=np.zeros((0, len(FORMULAS), every.shape[-1])),
        outlays=pd.concat(money, ignore_index=True),
        policies=policies,
        parameters=tuple(one for one in sets if one is not None),
        meta={"region": REGION, "households": households, "replicates": len(chosen_replicates), "seed": SEED}
        | {"until": UNTIL, "calibrated": False, "central": False}
        | {"policies": {policy.name: policy.fingerprint for policy in policies}},
    )


def _rows(ensemble: Ensemble, indicator: str) -> Any:
    """Return one indicator of the region month by month: the columns of `Ensemble.indicators`."""
    import numpy as np
    import pandas as pd

    from model.indicators.formulas import FORMULAS
    from model.indicators.reading import cells

    where, k = cells(ensemble.region), list(FORMULAS).index(indicator)
    chosen = np.flatnonzero((np.array(where.place) == "all") & (np.array(where.group) == "all"))
    months = np.array(where.month)[chosen]
    parts = []
    for s, name in enumerate(ensemble.names):
        for r in range(ensemble.values.shape[1]):
            values = ensemble.values[s, r, k, chosen]
            parts.append(
                pd.DataFrame({"month": months, "value": values, "scenario": name, "replicate": r + 1})
            )
    rows = pd.concat(parts, ignore_index=True).assign(place="all", group="all", indicator=indicator)
    return rows[rows["value"].notna()]
