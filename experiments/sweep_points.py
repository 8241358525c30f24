"""What a sweep ends with: every outcome at every point of the grid, median and interval over replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.paired import FULL_ENSEMBLE, triple
from experiments.results import DISCLAIMER
from experiments.sweep_parts import PAID

if TYPE_CHECKING:
    import pandas as pd

    from experiments.study import Study

CNY = "CNY"
MOST_TOLD = 2_000
"""Rows of the table of points up to which the summary holds them, too."""


def points_of(study: Study, runs: pd.DataFrame) -> pd.DataFrame:
    """Return one row a scenario, point and outcome: scenario, point, a column a factor, outcome, unit,
    median, low, high (5 and 95 % points from 40 replicates up, below that the range; empty for one),
    replicates that say something."""
    import pandas as pd

    names = [factor.name for factor in study.factors]
    units = {one.text: _unit(one.indicator) for one in study.outcomes} | dict.fromkeys(PAID, CNY)
    rows: list[dict[str, Any]] = []
    for (scenario, point), group in runs.groupby(["scenario", "point"], sort=False):
        levels = {name: float(group[name].iloc[0]) for name in names}
        for outcome, unit in units.items():
            values = group[outcome].to_numpy(np.float64)
            known = int((~np.isnan(values)).sum())
            told = triple(values)
            ends = (
                {"low": told["low"], "high": told["high"]} if known > 1 else {"low": np.nan, "high": np.nan}
            )
            about: dict[str, Any] = {
                "scenario": scenario,
                "point": point,
                **levels,
                "outcome": outcome,
                "unit": unit,
            }
            rows.append({**about, "median": told["value"], **ends, "replicates": known})
    return pd.DataFrame(rows)


def summary_of_sweep(
    study: Study, points: pd.DataFrame, id_: str, left_out: tuple[int, ...]
) -> dict[str, Any]:
    """Return the summary of a sweep: what was moved and run, and the points where they are not too many."""
    from experiments.summary import cleaned

    one = study.replicates == 1
    interval = "none" if one else "90 %" if study.replicates >= FULL_ENSEMBLE else "range"
    names = ("name", "region", "households", "until", "seed", "replicates", "runs")
    rows = points.to_dict("records") if len(points) <= MOST_TOLD else None
    return {
        **{name: getattr(study, name) for name in names},
        "kind": "sweep",
        "id": id_,
        "label": dict(study.label),
        "scenarios": [scenario.name for scenario in study.scenarios],
        "labels": {scenario.name: dict(scenario.label) for scenario in study.scenarios},
        "factors": [{**factor.document(), "label": dict(factor.label)} for factor in study.factors],
        "outcomes": [outcome.text for outcome in study.outcomes],
        "interval": interval,
        "calibrated": False,
        "disclaimer": DISCLAIMER,
        "left_out": list(left_out),
        "points": None if rows is None else [cleaned(row) for row in rows],
    }


def _unit(indicator: str) -> str:
    from model.data.indicators import indicators

    row = indicators().get(indicator)
    return row.unit if row is not None else ""
