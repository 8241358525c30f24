"""Published effects that no equation contains: computed by paired runs, held against their range.

What is a `gate` was not used in any fit and stands in no equation; `fitted`, `input` and `proxy` are shown
for the record and count for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from calibration.paired import Setting
from model.data.parameters import Parameters, catalogue
from model.data.tables import Row, read_table

TABLE = Path(__file__).with_name("effects.csv")
ROLES = ("gate", "fitted", "input", "proxy")
Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Effect:
    """One effect: `value` of the model (nan where it cannot be measured) and the published range, in `unit`;
    `met` None where there is no range; `role` gate, fitted, input or proxy; texts by language."""

    key: str
    value: float
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


def table() -> tuple[Row, ...]:
    """Return the rows of effects.csv; raise InputError for a row without range, words or a known role."""
    rows = read_table(TABLE, keys=("key",), numbers=("low", "central", "high"))
    for row in rows:
        row.one_of("role", ROLES)
    return tuple(rows)


def effect(row: Row, value: float) -> Effect:
    """Return a measured effect; the range is the parameter's where the row names one."""
    known = {entry["key"]: entry for entry in catalogue()}.get(row["parameter"], {})
    bounds = {name: known.get(name) or row[name] for name in ("low", "central", "high")}
    low, central, high = (float(text) if text else None for text in bounds.values())
    met = None
    if low is not None and high is not None:
        met = math.isfinite(value) and low <= value <= high
    return Effect(
        key=row["key"],
        value=value,
        low=low,
        central=central,
        high=high,
        met=met,
        role=row["role"],
        unit=row["unit"],
        label={"zh": row["zh"], "en": row["en"]},
        definition={"zh": row["definition_zh"], "en": row["definition_en"]},
        source=known.get("source") or row["source"],
        quality=known.get("quality") or row["quality"],
    )


def published_effects(
    households: int = 60_000,
    seed: int = 1,
    parameters: Parameters | None = None,
    progress: Progress | None = None,
) -> tuple[Effect, ...]:
    """Return every effect of the table, measured on `households` simulated ones under one parameter set.

    `progress(done, total)` is called after each group of runs.
    """
    from calibration import measured
    from calibration.paired import nation

    setting: Setting = nation(households, parameters, seed)
    values: dict[str, float] = {}
    for done, measure in enumerate(measured.MEASURES):
        values |= measure(setting)
        if progress is not None:
            progress(done + 1, len(measured.MEASURES))
    return tuple(effect(row, values[row["key"]]) for row in table())
