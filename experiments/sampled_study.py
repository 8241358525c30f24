"""What moves an outcome: Sobol indices or Morris's elementary effects of a study, with intervals."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.indices import Indices, indices_of
from experiments.kept_points import KeptPoints
from experiments.run_points import Evaluate, Failure, Progress, run_points
from experiments.sampling import points_of, with_dummy
from experiments.study import MORRIS, SOBOL, Study
from experiments.study_reading import read_study
from experiments.workers import Crew, Threads


@dataclass(frozen=True)
class Sensitivity:
    """A finished study. `points` (runs, factors) from 0 to 1; `values` (runs, outcomes) in the units of the
    indicators; `found` one Indices an outcome, or why there are none;
    `distinct` different runs, `failures` those that failed."""

    study: Study
    points: NDArray[np.float64]
    values: NDArray[np.float64]
    found: tuple[Indices | str, ...]
    distinct: int
    failures: tuple[Failure, ...] = ()

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Indices: outcome, factor, then first, total and the ends of their intervals, or Morris's."""
        return self._stack("factors")

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """Indices at a quarter, a half and all of the sample: outcome, samples, factor, index."""
        return self._stack("convergence")

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Indices of pairs of factors, empty unless asked for: outcome, factor, other, second, interval."""
        return self._stack("pairs")

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Every point: the level of each factor, in its unit, and each outcome."""
        levels = [
            [factor.at(x) for factor, x in zip(self.study.factors, p, strict=True)] for p in self.points
        ]
        table = pd.DataFrame(levels, columns=[factor.name for factor in self.study.factors])
        for k, outcome in enumerate(self.study.outcomes):
            table[outcome.text] = self.values[:, k]
        return table

    def _stack(self, part: str) -> pd.DataFrame:
        """Return one table of all outcomes."""
        tables = []
        for outcome, one in zip(self.study.outcomes, self.found, strict=True):
            if isinstance(one, Indices) and len(table := getattr(one, part)):
                tables.append(table.assign(outcome=outcome.text)[["outcome", *table.columns]])
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def sensitivity(
    study: Study | str | os.PathLike[str],
    *,
    evaluate: Evaluate | None = None,
    threads: int | None = None,
    crew: Crew | None = None,
    progress: Progress | None = None,
    kept: KeptPoints | None = None,
) -> Sensitivity:
    """Return the sensitivity of a study's outcomes to its factors.

    `study`: a study by Sobol's or Morris's method, its file, or the name of a shipped one. A dummy factor is
    added if there is none. `evaluate(levels)` stands in for the model: the levels of the factors to the
    outcomes. `threads` runs side by side (default: the cores), or `crew` does the work; figures do not depend
    on it. `progress(done, total)` cancels by returning True. `kept` spares finished runs. Raise
    InputError for a faulty file.
    """
    one = study if isinstance(study, Study) else read_study(study, methods=(SOBOL, MORRIS))
    one = with_dummy(one)
    points = points_of(one)
    workers = crew or Threads(threads or os.cpu_count() or 1)
    figures = run_points(one, points, evaluate=evaluate, crew=workers, progress=progress, kept=kept)
    found = tuple(indices_of(one, points, figures.values[:, k]) for k in range(len(one.outcomes)))
    return Sensitivity(one, points, figures.values, found, figures.distinct, figures.failures)
