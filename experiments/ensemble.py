"""Run scenarios under the same replicates: replicate r is (parameter draw r, seed S + r - 1) in every
scenario."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.evidence import evidence_of
from experiments.parts import Parts
from experiments.runs import Progress, Size, Task, run_all
from model.data.load import load_region
from model.data.parameters import Parameters, draws, fitted_draw_count
from model.data.region import Region
from model.errors import InputError
from model.indicators.detail import detail_cells
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cells
from model.institutions.policy import Policy
from model.result import frame_of, goals_of
from model.run import Resolvable

LUCK_SEEDS = 10
"""Further seeds on the central parameters, to tell luck from parameters."""
LUCK_FROM = 1_000_000


@dataclass(frozen=True)
class Ensemble:
    """Results of S scenarios under R replicates: `values` (S, R, I, C); `luck` (L, I, C) of the last
    scenario's central parameters; `outlays` rows of money by scenario and replicate; `policies` (S) and
    `parameters` (R) that were run; `by_both` (S, R, I, D) the same by place and group at once, if asked for;
    `meta` what was asked for."""

    names: tuple[str, ...]
    labels: dict[str, dict[str, str]]
    region: Region
    values: NDArray[np.float64]
    luck: NDArray[np.float64]
    outlays: pd.DataFrame
    policies: tuple[Policy, ...] = ()
    parameters: tuple[Parameters, ...] = ()
    by_both: NDArray[np.float64] | None = None
    meta: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators: scenario, replicate, month, place, group, indicator, value."""
        return self._stack(lambda values: frame_of(values, self.region), self.values)

    @cached_property
    def detail(self) -> pd.DataFrame | None:
        """Indicators by place and group at once each December, columns as `indicators`; None if not asked."""
        where = detail_cells(self.region)
        if self.by_both is None:
            return None
        return self._stack(lambda values: frame_of(values, self.region, where), self.by_both)

    @cached_property
    def goals(self) -> pd.DataFrame:
        """Goals by replicate: scenario, replicate, indicator, year, basis, direction, target, value, met."""
        goals = self._stack(goals_of, self.values)
        return goals[goals["value"].notna()].reset_index(drop=True)

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """Observed figures beside the model: indicator, place, year, observed, model_median, model_low,
        model_high,
        unit, quality, fitted, counted. The first scenario named `current`, else the last, is compared."""
        chosen = self.names.index("current") if "current" in self.names else len(self.names) - 1
        return evidence_of(self.values[chosen], self.region)

    def _stack(
        self, table: Callable[[NDArray[np.float64]], pd.DataFrame], every: NDArray[np.float64]
    ) -> pd.DataFrame:
        parts = []
        for s, name in enumerate(self.names):
            for r in range(every.shape[1]):
                part = table(every[s, r])
                part.insert(0, "replicate", r + 1)
                part.insert(0, "scenario", name)
                parts.append(part)
        return pd.concat(parts, ignore_index=True)


def replicate_sets(count: int) -> Sequence[Parameters | None]:
    """Return the parameter sets of `count` replicates, each with a fitted draw of its own; one is central."""
    most = fitted_draw_count() if count > 1 else 0
    if count < 1 or count > most > 0:
        allowed = f"1..{most}" if most else ">= 1"
        raise InputError("replicates", field="replicates", allowed=allowed, values=(str(count),))
    return (None,) if count == 1 else draws(count)


def run_ensemble(
    scenarios: Sequence[Resolvable],
    *,
    region: str = "shanxi",
    households: int = 20_000,
    replicates: int = 40,
    seed: int = 1,
    until: str = "2030-12",
    threads: int | None = None,
    progress: Progress | None = None,
    parts: Parts | None = None,
    detail: bool = False,
    processes: bool = False,
) -> Ensemble:
    """Return the ensemble of `scenarios`; with one replicate the central parameters are used.

    `threads` runs side by side (default: the cores), in `processes` where there are many: nearly twice as
    fast on two cores, but the calling program must guard its main module (`if __name__ == "__main__":`).
    Results depend on neither. `progress(done, total)` is called after each run and cancels by returning
    True. `parts` keeps every finished run and spares those it has already. `detail` reads place and group at
    once, too. Raise InputError if two scenarios bear one name.
    """
    place = load_region(region)
    policies = [scenario.resolve(place) for scenario in scenarios]
    names = [policy.name for policy in policies]
    if again := [name for name in names if names.count(name) > 1]:
        raise InputError("names_repeated", field="scenarios", values=(again[0],))
    sets = replicate_sets(replicates)
    pairs = list(zip(scenarios, policies, strict=True))
    tasks = [Task(*pair, draw, seed + r) for pair in pairs for r, draw in enumerate(sets)]
    luck = LUCK_SEEDS if replicates > 1 else 0
    tasks += [Task(*pairs[-1], None, LUCK_FROM + seed + k) for k in range(luck)]
    size_of_each = Size(region, households, until, detail)
    results = run_all(tasks, size_of_each, threads or os.cpu_count() or 1, progress, parts, processes)
    main = results[: len(policies) * len(sets)]
    shape = (len(policies), len(sets), *main[0][0].shape)
    money = []
    for n, (_, outlays) in enumerate(main):
        outlays.insert(0, "replicate", n % len(sets) + 1)
        outlays.insert(0, "scenario", policies[n // len(sets)].name)
        money.append(outlays)
    size = len(cells(place).month)
    every = np.array([values for values, _ in main]).reshape(shape)
    extra = [values[:, :size] for values, _ in results[len(main) :]]
    return Ensemble(
        names=tuple(policy.name for policy in policies),
        labels={policy.name: dict(policy.label) for policy in policies},
        region=place,
        values=every[..., :size],
        luck=np.array(extra) if extra else np.zeros((0, len(FORMULAS), size)),
        outlays=pd.concat(money, ignore_index=True),
        policies=tuple(policies),
        by_both=every[..., size:] if detail else None,
        parameters=tuple(draw if draw is not None else Parameters.central() for draw in sets),
        meta={
            "region": region,
            "households": households,
            "replicates": replicates,
            "seed": seed,
            "until": until,
            "calibrated": False,
            "central": replicates == 1,
            "policies": {policy.name: policy.fingerprint for policy in policies},
        },
    )
