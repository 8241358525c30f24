"""Published effects that no equation contains: computed by paired runs, held against their range.

A `gate` was used in no fit and stands in no equation; what is `fitted`, an `input` or a `proxy` is shown for
the record and counts for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from model.data.parameters import Parameters, catalogue
from model.data.tables import Row, read_table

if TYPE_CHECKING:
    from calibration.paired import Setting

TABLE = Path(__file__).with_name("effects.csv")
ROLES = ("gate", "fitted", "input", "proxy")
HOUSEHOLDS, SEEDS = 80_000, 4
MOST_TRAVELLERS = 20_000
"""Trips are asked of expected shares: more households would only tell better who owns a car."""
Progress = Callable[[int, int], object]
Measure = Callable[["Setting"], Mapping[str, float]]


@dataclass(frozen=True)
class Effect:
    """One effect: `value` of the model (mean over seeds, nan where it cannot be measured), `error` the
    standard error of that mean, the published range in `unit`; `met` None where there is no range;
    `role` one of ROLES; texts by language."""

    key: str
    value: float
    error: float
    low: float | None
    central: float | None
    high: float | None
    met: bool | None
    role: str
    unit: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    source: str
    quality: str
    note: str


def table() -> tuple[Row, ...]:
    """Return the rows of effects.csv; raise InputError for a role, a unit or a source that is missing."""
    rows = read_table(TABLE, keys=("key",), numbers=("low", "central", "high"))
    for row in rows:
        row.one_of("role", ROLES)
        if row["parameter"]:
            row.one_of("parameter", tuple(_published()))
    return tuple(rows)


def _published() -> dict[str, dict[str, str]]:
    return {entry["key"]: entry for entry in catalogue() if entry["role"] in ("check", "input")}


def effect(row: Row, values: Sequence[float]) -> Effect:
    """Return an effect measured under several seeds; its range is the parameter's where the row names one."""
    known = _published().get(row["parameter"], {})
    bounds = [known.get(name) or row[name] for name in ("low", "central", "high")]
    low, central, high = (float(text) if text else None for text in bounds)
    mean = math.fsum(values) / len(values)
    spread = math.fsum((value - mean) ** 2 for value in values)
    error = math.sqrt(spread / (len(values) - 1) / len(values)) if len(values) > 1 else math.nan
    met = None
    if low is not None and high is not None:
        met = math.isfinite(mean) and low <= mean <= high
    return Effect(
        row["key"], mean, error, low, central, high, met, row["role"], row["unit"],
        {"zh": row["zh"], "en": row["en"]},
        {"zh": row["definition_zh"], "en": row["definition_en"]},
        known.get("source") or row["source"],
        known.get("quality") or row["quality"],
        row["note"],
    )  # fmt: skip


def published_effects(
    households: int = HOUSEHOLDS,
    seeds: int = SEEDS,
    seed: int = 1,
    parameters: Parameters | None = None,
    progress: Progress | None = None,
    threads: int = 2,
) -> tuple[Effect, ...]:
    """Return every effect of the table, measured on `households` simulated ones under seeds `seed`,
    `seed` + 1, ...; those on cars in the nation, those on trips and homes in the province.

    `parameters` None takes the central set. `progress(done, total)` is called after each group of runs.
    """
    from calibration.measured_coupons import COUPONS
    from calibration.measured_demand import DEMAND
    from calibration.measured_home import HOMES
    from calibration.measured_timing import TIMING
    from calibration.measured_travel import TRAVEL
    from calibration.paired import nation, shanxi

    settings = [nation(households, parameters, seed + k) for k in range(seeds)]
    tasks: list[tuple[Measure, Setting]] = [(m, s) for m in (*DEMAND, *TIMING, *COUPONS) for s in settings]
    towns = [shanxi(min(households, MOST_TRAVELLERS), "no_plan", parameters, seed + k) for k in range(seeds)]
    tasks += [(measure, setting) for measure in (*TRAVEL, *HOMES) for setting in towns]
    found: dict[str, list[float]] = {}
    with ThreadPoolExecutor(threads) as pool:
        for done, values in enumerate(pool.map(lambda task: task[0](task[1]), tasks)):
            for key, value in values.items():
                found.setdefault(key, []).append(value)
            if progress is not None:
                progress(done + 1, len(tasks))
    return tuple(effect(row, found[row["key"]]) for row in table())
