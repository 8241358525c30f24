"""The summary of a run: goals, comparison with observed series, money, as numbers without wording."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from model.data.months import PLAN_ISSUED, month_text

if TYPE_CHECKING:
    import pandas as pd

BASES = ("document", "national plan", "proposed")
EFFECTS = ("effect_of_change", "effect_of_plan", "achieved_so_far", "still_to_gain")
PER_SCENARIO = (
    *("value", "low", "high", "met", "probability", "probability_low", "probability_high"),
    *("difference", "difference_low", "difference_high"),
)
FIRST_PAYING_YEAR = int(month_text(PLAN_ISSUED)[:4])
PERCENTILES_FROM = 40
LOW, HIGH = 0.05, 0.95


def summarise(
    scoreboard: pd.DataFrame,
    evidence: pd.DataFrame,
    outlays: pd.DataFrame,
    *,
    header: Mapping[str, Any],
    scenarios: Sequence[str],
    effects: Sequence[Mapping[str, Any]] = (),
    differences: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Return the summary as a JSON document: header, goals, evidence, money, effects, differences.

    `scoreboard` (one row a goal): indicator, year, basis, direction, target, passed_in_2022; for each S
    of the scenarios value:S, low:S, high:S, met:S, probability:S, probability_low:S, probability_high:S and
    difference:S, difference_low:S, difference_high:S (paired, against the first scenario); for
    each E of EFFECTS the columns E, E_low, E_high; what is absent (not run) becomes null.
    `evidence`: indicator, year, observed, model_median, model_low, model_high, unit, quality, fitted,
    counted.
    `outlays`: scenario, replicate, instrument, payer, place, group, year, value (CNY, current).
    `effects`: what the money bought, one document a pair of scenarios; `differences`: paired effects.
    """
    goals = [_goal(row, scenarios) for row in _records(scoreboard)]
    for goal in goals:
        goal["unit"] = goal["unit"] or _unit(goal["indicator"])
        goal["marks"] = goal["marks"] or assumed_levers()
    goals.sort(key=lambda goal: (_rank(goal["basis"]), str(goal["indicator"]), goal["year"] or 0))
    return {
        **header,
        "scenarios": list(scenarios),
        "goals": goals,
        "assumed": {"parameters": assumed_parameters(), "levers": assumed_levers()},
        "evidence": _records(evidence),
        "money": money(outlays, scenarios),
        "effects": [cleaned(effect) for effect in effects],
        "differences": [] if differences is None else _records(differences),
    }


def add_effect(scoreboard: pd.DataFrame, paired: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the scoreboard with the paired effect of its goals as columns `name`, `name`_low, `name`_high.

    `paired`: indicator, month, place, group, effect, low, high; the region's Decembers are taken.
    """
    whole = paired[(paired["place"] == "all") & (paired["group"] == "all")]
    at = {(row["indicator"], row["month"]): row for row in whole.to_dict("records")}
    found = [
        at.get((indicator, f"{year}-12"), {})
        for indicator, year in zip(scoreboard["indicator"], scoreboard["year"], strict=True)
    ]
    made = scoreboard.copy()
    for column, part in ((name, "effect"), (f"{name}_low", "low"), (f"{name}_high", "high")):
        made[column] = [row.get(part) for row in found]
    return made


def money(outlays: pd.DataFrame, scenarios: Sequence[str]) -> list[dict[str, Any]]:
    """Return outlays by scenario, instrument and payer: CNY from the year of the plan on, and by year.

    `value` is the median over replicates, `low` and `high` their 5 and 95 % points, or their range when there
    are fewer than 40 replicates. A replicate without a row paid nothing.
    """
    if outlays.empty:
        return []
    replicates = outlays["replicate"].nunique()
    paid = outlays[outlays["year"] >= FIRST_PAYING_YEAR]
    keys = ["scenario", "instrument", "payer"]
    made = []
    for (scenario, instrument, payer), rows in paid.groupby(keys, observed=True, sort=True):
        totals = rows.groupby("replicate")["value"].sum().tolist()
        years = rows.groupby("year")["value"].sum() / replicates
        value, low, high = spread([*totals, *[0.0] * (replicates - len(totals))])
        by_year = {str(year): float(amount) for year, amount in years.items()}
        made.append(
            {"scenario": scenario, "instrument": instrument, "payer": payer, "value": value, "low": low}
            | {"high": high, "mean_by_year": by_year}
        )
    order = {name: rank for rank, name in enumerate(scenarios)}
    return sorted(
        made, key=lambda row: (order.get(row["scenario"], len(order)), row["instrument"], row["payer"])
    )


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Return median, low and high of replicates: 5 and 95 % points from 40 on, below that the range."""
    import numpy as np

    if len(values) < PERCENTILES_FROM:
        return float(np.median(values)), float(min(values)), float(max(values))
    low, middle, high = np.quantile(values, [LOW, 0.5, HIGH])
    return float(middle), float(low), float(high)


def assumed_levers() -> list[str]:
    """Return the acting levers whose path in `plan` is an assumption; the goals move with them."""
    from model.institutions.fold import ACTING
    from scenarios.paths import paths

    return [lever for lever in ACTING if paths()[lever].basis.startswith("assum")]


def assumed_parameters() -> list[int]:
    """Return how many of the parameters that a run reads are assumed, and how many there are."""
    from model.data.parameters import catalogue
    from scenarios.settings import parameter_ranges

    read = parameter_ranges()
    rows = [row["quality"] for row in catalogue() if row["key"] in read]
    return [rows.count("assumed"), len(rows)]


def _unit(indicator: object) -> str:
    """Return the unit of an indicator."""
    from model.data.indicators import indicators

    known = indicators().get(str(indicator))
    return known.unit if known else ""


def _goal(row: Mapping[str, Any], scenarios: Sequence[str]) -> dict[str, Any]:
    """Return one goal of the scoreboard, nested by scenario and by effect."""
    plain = (
        "indicator",
        "year",
        "basis",
        "direction",
        "unit",
        "target",
        "stretch",
        "passed_in_2022",
        "marks",
    )
    goal: dict[str, Any] = {name: row.get(name) for name in plain}
    goal["scenarios"] = {
        name: {part: row.get(f"{part}:{name}") for part in PER_SCENARIO} for name in scenarios
    }
    goal["effects"] = {
        effect: {"value": row.get(effect), "low": row.get(f"{effect}_low"), "high": row.get(f"{effect}_high")}
        for effect in EFFECTS
    }
    return goal


def _rank(basis: object) -> int:
    """Return the place of a basis in the order document, national plan, proposed."""
    return next((rank for rank, name in enumerate(BASES) if str(basis).startswith(name)), len(BASES))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as plain values; what is not a finite number becomes None."""
    return [{str(key): _plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def cleaned(value: Any) -> Any:
    """Return a nested document whose numbers are plain and finite, else None."""
    if isinstance(value, Mapping):
        return {str(key): cleaned(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(part) for part in value]
    return _plain(value)


def _plain(value: Any) -> Any:
    """Return a value that JSON can hold."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
