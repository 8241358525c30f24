"""Sensitivity indices of one outcome with bootstrap intervals: Sobol's first, total and pairs; Morris's."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.sampling import LEVELS, problem_of
from experiments.study import MORRIS, Study

Floats = NDArray[np.float64]
RESAMPLES = 1000
BOOTSTRAP = 1
"""Seed of the bootstrap."""
INTERVAL = 0.90
ENDS = (0.5 - INTERVAL / 2, 0.5 + INTERVAL / 2)
CONVERGENCE = (4, 2, 1)
"""Parts of the sample at which indices are told: a quarter, a half, all."""
LEAST_BLOCKS = 4
"""Fewer whole blocks than this say nothing."""
TOO_FEW, UNMOVED = "too_few", "unmoved"
"""Why there are no indices: fewer whole blocks than that; no factor moves the outcome."""
SOBOL_COLUMNS = ("first", "first_low", "first_high", "total", "total_low", "total_high")
MORRIS_COLUMNS = ("mu", "mu_star", "mu_star_low", "mu_star_high", "sigma")


@dataclass(frozen=True)
class Indices:
    """Indices of one outcome. `factors`: one row a factor (factor and SOBOL_COLUMNS or MORRIS_COLUMNS);
    `convergence`: samples, factor, first, total or mu_star at parts of the sample; `pairs`: factor, other,
    second, second_low, second_high (empty unless asked for). `blocks`: whole blocks or trajectories behind
    them; `mean`, `sd` of the outcome over the ranges, in its unit; `error`: what two independent halves of
    the sample share by chance, the error of a first-order index that is not a difference (nan for Morris).
    """

    factors: pd.DataFrame
    convergence: pd.DataFrame
    pairs: pd.DataFrame
    blocks: int
    mean: float
    sd: float
    error: float


def indices_of(study: Study, points: Floats, values: Floats) -> Indices | str:
    """Return the indices of one outcome from `values` (runs,) at `points` (runs, factors).

    A block with a value that is not known is left out. Without indices return why: TOO_FEW or UNMOVED.
    """
    size = block_size(study)
    blocks = values.reshape(-1, size)
    whole = ~np.isnan(blocks).any(axis=1)
    kept = blocks[whole]
    if len(kept) < LEAST_BLOCKS:
        return TOO_FEW
    if np.ptp(kept) <= np.finfo(float).eps * max(1.0, float(np.abs(kept).max())):
        return UNMOVED
    at = points.reshape(-1, size, points.shape[1])[whole]
    one = _morris if study.method == MORRIS else _sobol
    steps = [max(LEAST_BLOCKS, len(kept) // part) for part in CONVERGENCE]
    tables = {count: one(study, at[:count], kept[:count]) for count in dict.fromkeys(steps)}
    headline = ["mu_star"] if study.method == MORRIS else ["first", "total"]
    told = [table[0][["factor", *headline]].assign(samples=count) for count, table in tables.items()]
    factors, pairs = tables[len(kept)]
    return Indices(
        factors=factors,
        convergence=pd.concat(told, ignore_index=True)[["samples", "factor", *headline]],
        pairs=pairs,
        blocks=len(kept),
        mean=float(_free(study, kept).mean()),
        sd=float(_free(study, kept).std()),
        error=np.nan if study.method == MORRIS else _shared(kept),
    )


def block_size(study: Study) -> int:
    """Return the points of a block of Saltelli's or of a trajectory."""
    count = len(study.factors)
    if study.method == MORRIS:
        return count + 1
    return 2 * count + 2 if study.second_order else count + 2


def _free(study: Study, blocks: Floats) -> Floats:
    """Return the values at points that are drawn independently of each other; all of them for Morris."""
    return blocks if study.method == MORRIS else blocks[:, [0, -1]]


def _shared(blocks: Floats) -> float:
    """Return the correlation of the values at the two independent points of each block."""
    return float(abs(np.corrcoef(blocks[:, 0], blocks[:, -1])[0, 1]))


def _sobol(study: Study, _: Floats, blocks: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return first and total indices, and those of pairs, with the ends of their bootstrap intervals."""
    found = _analysed(study, blocks)
    names = [factor.name for factor in study.factors]
    table = pd.DataFrame({"factor": names})
    for column, key in (("first", "S1"), ("total", "ST")):
        table[column] = found[key]
        table[f"{column}_low"], table[f"{column}_high"] = np.quantile(found[f"{key}_conf_all"], ENDS, axis=0)
    return table, _pairs(names, found) if study.second_order else pd.DataFrame()


def _analysed(study: Study, blocks: Floats) -> Any:
    """Return what SALib finds, every resample of the bootstrap with it."""
    from SALib.analyze import sobol

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a resample without spread says so; its indices are nil
        return sobol.analyze(
            problem_of(study),
            blocks.reshape(-1),
            calc_second_order=study.second_order,
            num_resamples=RESAMPLES,
            conf_level=INTERVAL,
            keep_resamples=True,
            seed=BOOTSTRAP,
        )


def _pairs(names: list[str], found: Any) -> pd.DataFrame:
    """Return the second-order index of every pair of factors; its interval is that of a normal."""
    rows = [
        (one, other, found["S2"][j, k], found["S2_conf"][j, k])
        for j, one in enumerate(names)
        for k, other in enumerate(names)
        if j < k
    ]
    table = pd.DataFrame(rows, columns=["factor", "other", "second", "half"])
    table["second_low"], table["second_high"] = (
        table["second"] - table["half"],
        table["second"] + table["half"],
    )
    return table.drop(columns="half")


def _morris(study: Study, points: Floats, blocks: Floats) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the mean elementary effect, that of its size, and its spread, per range of each factor."""
    from SALib.analyze import morris

    found = morris.analyze(
        problem_of(study),
        points.reshape(-1, points.shape[2]),
        blocks.reshape(-1),
        num_resamples=RESAMPLES,
        conf_level=INTERVAL,
        num_levels=LEVELS,
        seed=BOOTSTRAP,
    )
    table = pd.DataFrame({"factor": [factor.name for factor in study.factors]})
    star, half = np.asarray(found["mu_star"], float), np.asarray(found["mu_star_conf"], float)
    table["mu"], table["mu_star"] = np.asarray(found["mu"], float), star
    table["mu_star_low"], table["mu_star_high"] = np.maximum(star - half, 0.0), star + half
    table["sigma"] = np.asarray(found["sigma"], float)
    return table, pd.DataFrame()
