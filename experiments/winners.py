"""Winners and losers: money received and bills paid a household, by income fifth, town and country."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.books import HOUSEHOLDS, Books
from experiments.ensemble import Ensemble
from experiments.paired import interval, triple
from experiments.windows import Window
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, december, month_text
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cell_index
from model.institutions.policy import GROUPS

Floats = NDArray[np.float64]
PARTS = ("all", *GROUPS, "all.urban", "all.rural")
SIDES = ("all.urban", "all.rural")
SPENT = {"energy": "car_energy_spending", "power": "electricity_bill"}
"""What a household spends a year, as results name it -> the indicator."""
SPENT_IN_ALL = {"fares": "fares_paid", "parking": "parking_paid"}
"""What all households of a part spend a year."""


def winners(
    ensemble: Ensemble, at: tuple[int, int], difference: Books, window: Window, prices: Floats
) -> list[dict[str, Any]]:
    """Return one row for all households, for each fifth, for the towns and for the country.

    Over the years of the window, a household, in CNY of 2022, treated less base: `received` public money and
    tax relief that reach households; spending on car `energy` away from the home's meter, on `power`
    through it, on `fares` after discount and on `parking`; `share` of the money that goes to the part (of
    fifths, or of town and country), None where the sum is not positive.
    """
    years = range(window.first // MONTHS_A_YEAR, window.last // MONTHS_A_YEAR + 1)
    whole = [y for y in years if december(FIRST_YEAR + y) <= window.last]
    if not whole:
        return []
    paid = difference.money[..., :HOUSEHOLDS].sum(axis=(1, 2))
    real = prices[whole]
    total = (paid.sum(axis=(2, 3))[:, whole] / real).sum(axis=1)
    made = []
    for part in PARTS:
        mine = _of_part(paid, part)
        homes = decembers(ensemble, at, "households", part, whole)
        spent = {
            name: _spent(decembers(ensemble, at, indicator, part, whole), homes, name in SPENT_IN_ALL, real)
            for name, indicator in {**SPENT, **SPENT_IN_ALL}.items()
        }
        lived_in = np.where(homes[1] > 0.0, homes[1], np.nan)  # a part without a household has no mean
        received = (mine[:, whole] / real / lived_in).sum(axis=1)
        own = (mine[:, whole] / real).sum(axis=1)
        share = own / np.where(total > 0.0, total, np.nan)
        made.append(
            {
                "part": part,
                "received": triple(received),
                **{name: triple(each) for name, each in spent.items()},
                "share": triple(share) if interval(total)[1] > 0.0 else None,
            }
        )
    return made


def _spent(paid: tuple[Floats, Floats], homes: tuple[Floats, Floats], in_all: bool, prices: Floats) -> Floats:
    """Return what a household spends more over some years (R,), from yearly sums `in_all` or a household."""
    each = [
        one / np.where(lived_in > 0.0, lived_in, np.nan) if in_all else one
        for one, lived_in in zip(paid, homes, strict=True)
    ]
    return np.asarray(((each[0] - each[1]) / prices).sum(axis=1))


def _of_part(paid: Floats, part: str) -> Floats:
    """Return the money of a part (R, Y) out of (R, Y, 2, 5)."""
    if part in GROUPS:
        return np.asarray(paid[..., GROUPS.index(part)].sum(axis=2))
    return np.asarray((paid[:, :, SIDES.index(part)] if part in SIDES else paid.sum(axis=2)).sum(axis=2))


def decembers(
    ensemble: Ensemble, at: tuple[int, int], indicator: str, part: str, years: list[int]
) -> tuple[Floats, Floats]:
    """Return an indicator of a part in the Decembers of `years` (R, years), of the treated and of the
    base."""
    key = ("all", part) if part in GROUPS else (part, "all")
    index = cell_index(ensemble.region)
    chosen = [index[month_text(december(FIRST_YEAR + y)), *key] for y in years]
    values = ensemble.values[:, :, list(FORMULAS).index(indicator)]
    return values[at[0]][:, chosen], values[at[1]][:, chosen]
