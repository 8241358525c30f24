"""Scoreboard and paired effects: what the plan adds, what has been achieved, what is still to gain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.ensemble import Ensemble
from model.data.indicators import Indicator
from model.data.indicators import indicators as indicator_table
from model.data.months import FIRST_YEAR, YEARS, december
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cells

Floats = NDArray[np.float64]
FULL_ENSEMBLE = 40
BASES = ("document", "national plan", "proposed")
HEADLINES = (
    *("nev_new_sales_share", "nev_stock", "public_chargers", "car_co2", "car_energy_spending"),
    *("electricity_per_household", "electricity_bill"),
)
"""Indicators whose paired effects are told by place and group."""
PAIRED = {"household_electricity_per_capita": "electricity_per_head"}
"""Goals that are read by comparing with the run without the measures -> indicator compared."""
EFFECTS = {
    "effect_of_plan": ("plan", "no_plan"),
    "achieved_so_far": ("current", "no_plan"),
    "still_to_gain": ("plan", "current"),
}


def interval(values: Floats) -> tuple[float, float, float]:
    """Return median, low and high: 5 and 95 % points from 40 replicates up, below that the whole range."""
    known = sorted(value for value in values.tolist() if not math.isnan(value))
    if not known:
        return math.nan, math.nan, math.nan
    low, high = (0.05, 0.95) if len(known) >= FULL_ENSEMBLE else (0.0, 1.0)
    return _point(known, 0.5), _point(known, low), _point(known, high)


def _point(known: Sequence[float], share: float) -> float:
    """Return the point below which a share of sorted numbers lies, between two of them on a straight line.

    The bits of `numpy.percentile`, which takes ten times as long on a few numbers; a summary has a thousand.
    """
    place = (len(known) - 1) * share
    k = int(place)
    part, low, high = place - k, known[k], known[min(k + 1, len(known) - 1)]
    return low + (high - low) * part if part < 0.5 else high - (high - low) * (1.0 - part)


def triple(values: Floats) -> dict[str, float]:
    """Return median, low and high of replicates by name."""
    value, low, high = interval(values)
    return {"value": value, "low": low, "high": high}


def wilson(hits: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval of a share of `hits` in `trials` (Wilson 1927)."""
    if trials == 0:
        return math.nan, math.nan
    p, n = hits / trials, float(trials)
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def scoreboard(ensemble: Ensemble) -> pd.DataFrame:
    """Return one row a goal and year: target and, for each scenario, median, low, high and probability
    with its
    Wilson interval; then paired effects with intervals where the scenarios are there. Sorted by basis."""
    table, rows = indicator_table(), []
    for name, every in goal_values(ensemble):
        known = table.get(name)
        if known is None:
            continue
        for year, target in sorted(known.targets.items()):
            if year not in (2025, 2030) or target is None:
                continue
            if np.isnan(every[:, :, december(year)]).all():
                continue
            rows.append(_row(ensemble, name, year, known, float(target), every))
    board = pd.DataFrame(rows)
    if board.empty:
        return pd.DataFrame(columns=["indicator", "year", "basis"])
    order = board["basis"].map({basis: n for n, basis in enumerate(BASES)})
    return (
        board.assign(_order=order)
        .sort_values(["_order", "indicator", "year"])
        .drop(columns="_order")
        .reset_index(drop=True)
    )


def goal_values(ensemble: Ensemble) -> Iterator[tuple[str, Floats]]:
    """Yield each indicator with its values (S, R, C), those read by comparing runs last."""
    for k, name in enumerate(FORMULAS):
        yield name, ensemble.values[:, :, k]
    for name, compared in PAIRED.items():
        yield name, paired_index(ensemble, compared)


def paired_index(ensemble: Ensemble, indicator: str, base: str = "no_plan") -> Floats:
    """Return an indicator over itself in the run of `base` with the same luck (S, R, C); nan without it, and
    nan everywhere where no other scenario was run."""
    values = ensemble.values[:, :, list(FORMULAS).index(indicator)]
    if base not in ensemble.names or len(ensemble.names) == 1:
        return np.full(values.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(values / values[ensemble.names.index(base)])


def goal_effects(ensemble: Ensemble, treated: str, base: str) -> pd.DataFrame:
    """Return indicator, month, place, group, effect, low and high of every goal for the region, each
    December."""
    at, rows = [ensemble.names.index(name) for name in (treated, base)], []
    for name, every in goal_values(ensemble):
        for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
            month = december(year)
            paired = interval(every[at[0], :, month] - every[at[1], :, month])
            rows.append((name, f"{year}-12", "all", "all", *paired))
    return pd.DataFrame(rows, columns=["indicator", "month", "place", "group", "effect", "low", "high"])


def _row(
    ensemble: Ensemble, name: str, year: int, known: Indicator, target: float, every: Floats
) -> dict[str, object]:
    """Return the row of a goal; `every` (S, R, C) values of its indicator."""
    higher, values = known.direction == "higher", every[:, :, december(year)]
    row: dict[str, object] = {
        "indicator": name,
        "year": year,
        "basis": known.basis_of(year),
        "target": target,
        "direction": "higher" if higher else "lower",
        "passed_in_2022": _passed(every, target, higher),
    }
    for s, scenario in enumerate(ensemble.names):
        middle, low, high = interval(values[s])
        known_values = values[s][~np.isnan(values[s])]
        hits = int(np.sum(known_values >= target if higher else known_values <= target))
        p_low, p_high = wilson(hits, known_values.size)
        row |= {
            f"value:{scenario}": middle,
            f"low:{scenario}": low,
            f"high:{scenario}": high,
            f"probability:{scenario}": hits / known_values.size if known_values.size else math.nan,
            f"probability_low:{scenario}": p_low,
            f"probability_high:{scenario}": p_high,
            f"met:{scenario}": bool(middle >= target if higher else middle <= target),
        }
        if s:
            paired = triple(values[s] - values[0])
            row |= {f"difference:{scenario}": paired["value"]}
            row |= {f"difference_{end}:{scenario}": paired[end] for end in ("low", "high")}
    for effect, (treated, base) in EFFECTS.items():
        if treated in ensemble.names and base in ensemble.names:
            paired = values[ensemble.names.index(treated)] - values[ensemble.names.index(base)]
            row[effect], row[f"{effect}_low"], row[f"{effect}_high"] = interval(paired)
    row["stretch"] = _stretch(row, ensemble.names, target, higher)
    return row


def _stretch(row: Mapping[str, object], names: Sequence[str], target: float, higher: bool) -> float:
    """Return a value to strive for beside a target that is passed already, else nan.

    Passed: met before the plan, or by the median without it. The value is the median of `plan` where that
    goes beyond the target; nan where `plan` was not run.
    """
    if "plan" not in names:
        return math.nan
    passed = row["passed_in_2022"] or bool(row.get("met:no_plan", False))
    ambition = float(str(row["value:plan"]))
    beyond = ambition > target if higher else ambition < target
    return ambition if passed and beyond else math.nan


def _passed(every: Floats, target: float, higher: bool) -> bool:
    """Tell whether the target was passed already in May 2022, before the plan (median of the first
    scenario)."""
    before = interval(every[0, :, december(2022) - 7])[0]
    return bool(before >= target if higher else before <= target)


def luck_share(ensemble: Ensemble, indicator: str, year: int) -> float:
    """Return the share of an outcome's variance that is luck: other seeds on central parameters over all
    replicates."""
    k, cell = list(FORMULAS).index(indicator), december(year)
    total, own = _variance(ensemble.values[-1, :, k, cell]), _variance(ensemble.luck[:, k, cell])
    return min(own / total, 1.0) if total > 0 and not math.isnan(own) else math.nan


def _variance(values: Floats) -> float:
    """Return the variance of the known values, nan if there are fewer than two."""
    known = values[~np.isnan(values)]
    return float(np.var(known, ddof=1)) if known.size > 1 else math.nan


def compare(ensemble: Ensemble, treated: str, base: str) -> pd.DataFrame:
    """Return paired effects of `treated` over `base` (same luck): indicator, month, place, group,
    effect, low, high."""
    where = cells(ensemble.region)
    paired = ensemble.values[ensemble.names.index(treated)] - ensemble.values[ensemble.names.index(base)]
    rows = []
    for k, name in enumerate(FORMULAS):
        for cell in range(len(where.month)):
            if where.month[cell].endswith("-12") and not np.isnan(paired[:, k, cell]).all():
                rows.append(
                    (
                        name,
                        where.month[cell],
                        where.place[cell],
                        where.group[cell],
                        *interval(paired[:, k, cell]),
                    )
                )
    return pd.DataFrame(rows, columns=["indicator", "month", "place", "group", "effect", "low", "high"])


def headline_differences(ensemble: Ensemble, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return paired effects on HEADLINES in the last December of the run: treated, base and the columns of
    `compare`."""
    until = str(ensemble.meta["until"])
    last = until if until.endswith("-12") else f"{int(until[:4]) - 1}-12"
    parts = []
    for treated, base in pairs:
        whole = compare(ensemble, treated, base)
        part = whole[(whole["month"] == last) & whole["indicator"].isin(HEADLINES)]
        parts.append(part.assign(treated=treated, base=base))
    return pd.concat(parts, ignore_index=True)
