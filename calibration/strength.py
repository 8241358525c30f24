"""Write how strongly each lever of the plan moves its indicators when it comes alone.

`python -m calibration.strength --households 20000 --replicates 40` rewrites scenarios/plan/strength.csv: the
plan's path of one lever, all other levers as without the plan, minus no_plan under the same luck.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from importlib.metadata import version

import scenarios
from experiments import compare, run_ensemble
from model.data.levers import levers
from model.data.months import LAST_YEAR
from model.indicators.formulas import FORMULAS
from model.institutions.fold import ACTING
from scenarios.registry import measures
from scenarios.scenario import Base, Scenario
from scenarios.strength import TABLE, Strength

HEADLINE = "nev_new_sales_share"
"""Read for a lever none of whose own indicators the model computes."""
INSTEAD = {
    "household_electricity_per_capita": "electricity_per_head",
    "evening_peak_ratio": "peak_hours_share",
    "points_participation_rate": "green_appliance_share",
}
"""Indicator that a measure is for -> what the model computes in its place."""
TARGET_YEARS = (2025, LAST_YEAR)
SPAN = ("effect", "low", "high")
PLACES = ("all", "all.rural")
"""Where an indicator of the whole province stands: one of the country is not known for `all`."""
DIGITS = 6
BASE = "no_plan"


def own_indicators(lever: str) -> tuple[str, ...]:
    """Return the computed indicators that the plan's measures of a lever are for, else the headline."""
    own = [one.indicator for one in measures() if one.lever == lever]
    named = dict.fromkeys(INSTEAD.get(name, name) for name in own)
    return tuple(name for name in named if name in FORMULAS) or (HEADLINE,)


def alone(lever: str) -> Scenario:
    """Return the scenario in which only one lever follows the plan."""
    return Scenario(lever, levers()[lever].label, Base("plan", levers=(lever,)))


def measured(households: int, replicates: int, threads: int | None) -> list[Strength]:
    """Return the strength of every acting lever on its own indicators."""
    chosen = [scenarios.load(BASE), *(alone(lever) for lever in ACTING)]
    ensemble = run_ensemble(chosen, households=households, replicates=replicates, threads=threads)
    size = (households, replicates, version("jinlv"))
    rows = []
    for lever in ACTING:
        found = compare(ensemble, lever, BASE)
        found = found[found["place"].isin(PLACES) & (found["group"] == "all")]
        for name in own_indicators(lever):
            for year in TARGET_YEARS:
                mine = found[(found["indicator"] == name) & (found["month"] == f"{year}-12")]
                if not mine.empty:
                    effect, low, high = (round(float(mine.iloc[0][key]), DIGITS) + 0.0 for key in SPAN)
                    rows.append(Strength(lever, name, year, effect, low, high, *size))
    return rows


def write(rows: Iterable[Strength]) -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(field.name for field in fields(Strength))
        table.writerows(astuple(row) for row in rows)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=20_000)
    parser.add_argument("--replicates", type=int, default=40)
    parser.add_argument("--threads", type=int, default=None)
    asked = parser.parse_args()
    write(measured(asked.households, asked.replicates, asked.threads))


if __name__ == "__main__":
    main()
