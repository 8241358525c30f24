"""Two scenarios of an ensemble under the same luck: what is needed to tell one's effects over the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.books import Books, books_of, constants
from experiments.ensemble import Ensemble
from experiments.paired import interval
from experiments.windows import RIDES, Months, Window, months_that_differ, window_of
from model.data.months import MONTHS_A_YEAR, YEARS, month_index
from model.indicators.formulas import FORMULAS

Floats = NDArray[np.float64]


def flows(rolling: Floats) -> Floats:
    """Return monthly flows (R, M) from sums over the last twelve months: f(m) = S(m) - S(m-1) + f(m-12)."""
    made = np.diff(rolling, axis=1, prepend=0.0)
    for month in range(MONTHS_A_YEAR, made.shape[1]):
        made[:, month] += made[:, month - MONTHS_A_YEAR]
    return made


def ratio(top: Floats, bottom: Floats) -> dict[str, float] | None:
    """Return top a unit of bottom over replicates; None unless both are positive over their interval.

    Read through bottom a unit of top, which stays finite where few units are bought.
    """
    if interval(bottom)[1] <= 0.0 or interval(top)[1] <= 0.0:
        return None
    value, low, high = interval(np.divide(bottom, top, out=np.full_like(top, np.nan), where=top > 0.0))
    return {"value": 1.0 / value, "low": 1.0 / high, "high": 1.0 / low} if low > 0.0 else None


@dataclass(frozen=True)
class Pair:
    """Two scenarios of an ensemble under the same replicates."""

    ensemble: Ensemble
    treated: str
    base: str

    @property
    def at(self) -> tuple[int, int]:
        """Where the two stand in the ensemble."""
        return self.ensemble.names.index(self.treated), self.ensemble.names.index(self.base)

    @cached_property
    def lived(self) -> int:
        """Months of the run."""
        return month_index(str(self.ensemble.meta["until"])) + 1

    @cached_property
    def books(self) -> tuple[Books, Books]:
        """Books of the treated and of the base scenario."""
        ensemble = self.ensemble
        made = books_of(
            ensemble.outlays, (self.treated, self.base), ensemble.region, ensemble.values.shape[1]
        )
        return made[0], made[1]

    @cached_property
    def differing(self) -> dict[str, tuple[Months, Months]]:
        """Instrument -> months in which it pays differently, and in which the treated offers more."""
        treated, base = (self.ensemble.policies[k] for k in self.at)
        return months_that_differ(treated, base, self.ensemble.region)

    @cached_property
    def window(self) -> Window | None:
        """Months in which additional units are counted."""
        treated, base = (self.ensemble.policies[k] for k in self.at)
        return window_of(treated, base, self.differing, self.lived)

    def is_set(self, instrument: str) -> bool:
        """Tell whether the two rule an instrument differently, so that its money does not only follow."""
        treated, base = (self.ensemble.policies[k] for k in self.at)
        if instrument in RIDES:
            return not np.array_equal(treated.delivered[instrument], base.delivered[instrument])
        return instrument in self.differing

    def subsidised(self, instruments: Sequence[str]) -> Floats:
        """Return purchases that drew on money which `treated` offers beyond `base` (R,): its claims on some
        instruments in those years.

        A purchase that draws on several counts once: of instruments, the one with most claims in a cell of
        place type, receiver and year.
        """
        treated = self.books[0]
        most = np.zeros((treated.units.shape[0], YEARS, 2, treated.units.shape[-1]))
        for name in instruments:
            if name not in self.differing or name not in treated.instruments:
                continue
            years = self.differing[name][1].reshape(YEARS, MONTHS_A_YEAR).any(axis=1)
            claims = treated.units[:, treated.instruments.index(name)].sum(axis=1)
            most = np.maximum(most, claims * years[None, :, None, None])
        return np.asarray(most.sum(axis=(1, 2, 3)))

    def saved(self, indicator: str) -> Floats:
        """Return the monthly difference of a flow, treated less base, for the region (R, months)."""
        treated, base = self._rolling(indicator)
        return flows(treated - base)

    def levels(self, indicator: str) -> tuple[Floats, Floats]:
        """Return a monthly flow of the region in the treated and in the base scenario (R, months)."""
        treated, base = self._rolling(indicator)
        return flows(treated), flows(base)

    def _rolling(self, indicator: str) -> tuple[Floats, Floats]:
        """Return the sums over twelve months of the region, as indicators give them (R, months)."""
        k = list(FORMULAS).index(indicator)
        treated, base = (self.ensemble.values[s, :, k, : self.lived] for s in self.at)
        return treated, base

    @cached_property
    def prices(self) -> Floats:
        """Return the CPI of the years (Y,), base year = 1."""
        world = self.ensemble.policies[self.at[0]].world
        cpi = np.asarray(world.get("cpi", self.ensemble.region.series["cpi"]), dtype=np.float64)
        return cpi.reshape(YEARS, MONTHS_A_YEAR).mean(axis=1)


def discount(years: Floats) -> Floats:
    """Return the weight of what happens in `years`: (1 + rate)^-(year - base year)."""
    known = constants()
    return np.asarray((1.0 + known["discount_rate"]) ** (known["base_year"] - years))


def pairs_of(names: Sequence[str], changed: bool) -> list[tuple[str, str]]:
    """Return which scenarios of a run are compared as (treated, base).

    The changed copy over its parent; the plan, or else each other one, over no_plan; without no_plan and
    change, the others over the first.
    """
    made = [(names[-1], names[-2])] if changed else []
    others = [name for name in names if name != "no_plan"]
    if changed:
        others = others[:-1]
    if "no_plan" in names:
        made += [(name, "no_plan") for name in (["plan"] if "plan" in others else others)]
    elif not changed:
        made += [(name, names[0]) for name in names[1:]]
    return made
