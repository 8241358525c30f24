"""A few replicates that stand for many: `python -m experiments.stand_ins FILE` chooses those of previews.

Of all sets of a few replicates that one is taken whose medians lie nearest to the medians of all: root mean
square over goals in two scenarios, every indicator at the end, and the effects between the scenarios, each in
standard deviations of its replicates. It is a scenario reduction (idea: Dupacova, Groewe-Kuska and Roemisch
2003), with medians in place of a distance of distributions, since medians are what pages show. What is left,
the gap, is measured for every indicator and written beside the choice.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.ensemble import Ensemble

Floats = NDArray[np.float64]
HEADS = ("what", "name", "value")
SCENARIOS = ("no_plan", "plan")
HOUSEHOLDS, REPLICATES, CHOSEN = 10_000, 40, 4
LAST = "2030-12"
GOAL = 3.0
"""A goal weighs as much as three other indicators."""


def nearest(features: Floats, weights: Floats, count: int) -> tuple[int, ...]:
    """Return the numbers, from 0, of the `count` replicates that stand best for all of `features` (F, R).

    `weights` (F,) of their squared distances. Features that are the same in all replicates or unknown in
    one do not count.
    """
    spread = features.std(axis=1, ddof=1)
    told = np.isfinite(spread) & (spread > 0.0)
    features, weights = features[told] / spread[told, None], weights[told]
    middle = np.median(features, axis=1)
    sets = np.array(list(combinations(range(features.shape[1]), count)))
    far = np.zeros(len(sets))
    for feature, median, weight in zip(features, middle, weights, strict=True):
        far += weight * (np.median(feature[sets], axis=1) - median) ** 2
    return tuple(int(one) for one in sets[np.argmin(far)])


def features_of(ensemble: Ensemble) -> tuple[Floats, Floats]:
    """Return goals in the first scenario, and in the second goals and every indicator at the end, with the
    effects on these (F, R), and their weights (F,)."""
    from model.data.indicators import indicators
    from model.indicators.formulas import FORMULAS
    from model.indicators.reading import cell_index
    from model.result import GOAL_YEARS

    where, names, known = cell_index(ensemble.region), list(FORMULAS), indicators()
    goals = [
        (names.index(name), where[f"{year}-12", "all", "all"])
        for name in names
        if name in known
        for year in GOAL_YEARS
        if known[name].targets.get(year) is not None
    ]
    ends = [(k, where[LAST, "all", "all"]) for k in range(len(names))]
    (base, plan), (few, many) = ensemble.values, (goals, [*goals, *ends])
    before = np.array([base[:, k, cell] for k, cell in many])
    after = np.array([plan[:, k, cell] for k, cell in many])
    heavy, light = np.full(len(few), GOAL), np.ones(len(ends))
    features = np.concatenate([before[: len(few)], after, after - before])
    return features, np.concatenate([heavy, heavy, light, heavy, light])


def gaps(ensemble: Ensemble, chosen: Sequence[int]) -> dict[str, float]:
    """Return by how much medians of `chosen` differ from those of all at the end, at most in a scenario."""
    from model.indicators.formulas import FORMULAS
    from model.indicators.reading import cell_index

    last = ensemble.values[:, :, :, cell_index(ensemble.region)[LAST, "all", "all"]]
    apart = np.abs(np.median(last[:, list(chosen)], axis=1) - np.median(last, axis=1)).max(axis=0)
    return {name: float(gap) for name, gap in zip(FORMULAS, apart, strict=True) if np.isfinite(gap)}


def main(path: Path) -> None:
    """Run the replicates, choose, and write the table."""
    import scenarios
    from experiments.ensemble import run_ensemble

    ensemble = run_ensemble(
        [scenarios.load(name) for name in SCENARIOS],
        households=HOUSEHOLDS,
        replicates=REPLICATES,
        processes=True,
    )
    chosen = nearest(*features_of(ensemble), CHOSEN)
    rows = [("replicate", str(k), str(one + 1)) for k, one in enumerate(chosen, 1)]
    rows += [("gap", name, f"{gap:.3g}") for name, gap in gaps(ensemble, chosen).items()]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADS, *rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
