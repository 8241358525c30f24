"""What the money bought, and who gained: additional cars, leakage, cost per car and per tonne, by fifth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.books import PAYERS, Books, books_of, constants
from experiments.compare import interval, triple
from experiments.ensemble import Ensemble
from experiments.winners import winners
from experiments.windows import POINTS, Months, Window, months_that_differ, window_of
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, YEARS, month_index, month_text
from model.data.parameters import Parameters
from model.indicators.mobility import FORMULAS
from model.start import car_life

Floats = NDArray[np.float64]
NO_EFFECT, FEWER, NO_COST = "no_detectable_effect", "fewer_cars", "no_cost"
LONGEST_LIFE = 50 * MONTHS_A_YEAR


def flows(rolling: Floats) -> Floats:
    """Return monthly flows (R, M) from sums over the last twelve months: f(m) = S(m) - S(m-1) + f(m-12)."""
    made = np.diff(rolling, axis=1, prepend=0.0)
    for month in range(MONTHS_A_YEAR, made.shape[1]):
        made[:, month] += made[:, month - MONTHS_A_YEAR]
    return made


def remaining_life(parameters: Parameters, bought: Floats, rate: float) -> float:
    """Return the years that cars bought in past months still run, on average, discounted at `rate` a year.

    L = sum_a w_a int_0 S(a + t) e^(-rate t) dt / sum_a w_a S(a), S Weibull survival of the parameter set;
    w_a = `bought` (months,) additional cars by month of purchase, the last one newest; fewer cars weigh
    nothing. 0 if none were bought.
    """
    life = car_life(parameters)
    weight = np.maximum(bought[::-1], 0.0)
    age = np.arange(weight.size + LONGEST_LIFE)
    survival = np.exp(-((age / life.scale) ** life.shape))
    fade = (1.0 + rate) ** (-np.arange(LONGEST_LIFE) / MONTHS_A_YEAR)
    alive = float(weight @ survival[: weight.size])
    left = sum(w * float(survival[a : a + LONGEST_LIFE] @ fade) for a, w in enumerate(weight) if w > 0.0)
    return left / alive / MONTHS_A_YEAR if alive > 0.0 else 0.0


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

    def saved(self, indicator: str) -> Floats:
        """Return the monthly difference of a flow, treated less base, for the region (R, months)."""
        k = list(FORMULAS).index(indicator)
        treated, base = (self.ensemble.values[s, :, k, : self.lived] for s in self.at)
        return flows(treated - base)

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


def effects_of(ensemble: Ensemble, treated: str, base: str) -> dict[str, Any]:
    """Return what `treated` brings and costs over `base`, as plain values; see the functions below."""
    pair = Pair(ensemble, treated, base)
    window = pair.window
    made: dict[str, Any] = {"treated": treated, "base": base, "window": None}
    if window is None:
        return made
    difference = pair.books[0].difference(pair.books[1])
    additional = pair.saved("nev_sales")[:, window.first : window.last + 1].sum(axis=1)
    middle, low, high = interval(additional)
    reason = FEWER if high < 0.0 else NO_EFFECT if low <= 0.0 or middle <= 0.0 else ""
    subsidised = _subsidised(pair)
    leakage = None
    if not reason and interval(subsidised)[1] > 0.0:
        leakage = triple(1.0 - additional / np.where(subsidised > 0.0, subsidised, np.nan))
    made["window"] = {
        "first": month_text(window.first),
        "last": month_text(window.last),
        "cut": window.cut,
        "paying": window.paying,
    }
    made |= {
        "additional": triple(additional),
        "subsidised": triple(subsidised) if subsidised.any() else None,
        "leakage": leakage,
        "reason": reason,
        "instruments": _by_instrument(pair, difference),
        "groups": winners(ensemble, pair.at, difference, window, pair.prices),
    }
    return made | _costs(pair, difference, additional, reason)


def _subsidised(pair: Pair) -> Floats:
    """Return cars that drew on money which `treated` offers beyond `base` (R,): its claims in those years.

    A car that draws on several instruments counts once: of instruments, the one with most claims in a cell
    of place type, receiver and year.
    """
    treated = pair.books[0]
    cells = np.zeros((treated.units.shape[0], YEARS, 2, treated.units.shape[-1]))
    for instrument, (_, more) in pair.differing.items():
        if instrument == POINTS or instrument not in treated.instruments:
            continue
        years = more.reshape(YEARS, MONTHS_A_YEAR).any(axis=1)
        claims = treated.units[:, treated.instruments.index(instrument)].sum(axis=1)
        cells = np.maximum(cells, claims * years[None, :, None, None])
    return np.asarray(cells.sum(axis=(1, 2, 3)))


def _costs(pair: Pair, difference: Books, additional: Floats, reason: str) -> dict[str, Any]:
    """Return cost, cost per additional car, tonnes and cost per tonne.

    Cost: outlays and taxes forgone to the end of the run, treated less base, of all payers and of the province;
    current CNY, CNY of 2022, and these discounted. Tonnes: CO2 of households' cars, petrol from the tank and
    grid electricity, saved to the end of the run, and over the goods' life: the saving of the last twelve
    months goes on for the remaining life of the additional cars.
    """
    yearly = difference.money.sum(axis=(1, 4, 5))
    years = FIRST_YEAR + np.arange(YEARS, dtype=np.float64)
    weights = {"current": np.ones(YEARS), "real": 1.0 / pair.prices, "discounted": discount(years) / pair.prices}
    payers = {"all": yearly.sum(axis=1), "province": yearly[:, PAYERS.index("province")]}
    cost = {who: {kind: paid @ w for kind, w in weights.items()} for who, paid in payers.items()}
    tonnes = _tonnes(pair)
    per_tonne: dict[str, Any] = {}
    for who, paid in cost.items():
        per_tonne[who] = {
            span: ratio(paid["discounted" if span.endswith("discounted") else "real"], saved)
            for span, saved in tonnes.items()
        }
    defined = {
        who: {kind: None if reason else ratio(paid[kind], additional) for kind in ("current", "real")}
        for who, paid in cost.items()
    }
    return {
        "cost": {who: {kind: triple(value) for kind, value in paid.items()} for who, paid in cost.items()},
        "cost_per_additional": defined,
        "tonnes": {span: triple(saved) for span, saved in tonnes.items()},
        "cost_per_tonne": per_tonne,
    }


def _tonnes(pair: Pair) -> dict[str, Floats]:
    """Return tonnes saved (R,): to the end of the run and over life, plain and discounted."""
    saved, bought = -pair.saved("car_co2"), pair.saved("nev_sales")
    year = FIRST_YEAR + np.arange(pair.lived) // MONTHS_A_YEAR
    weight = discount(year.astype(np.float64))
    last = saved[:, -MONTHS_A_YEAR:].sum(axis=1)
    rate = constants()["discount_rate"]
    sets = pair.ensemble.parameters
    plain = np.array([remaining_life(one, row, 0.0) for one, row in zip(sets, bought, strict=True)])
    faded = np.array([remaining_life(one, row, rate) for one, row in zip(sets, bought, strict=True)])
    to_end, to_end_faded = saved.sum(axis=1), saved @ weight
    return {
        "to_end": to_end,
        "life": to_end + last * plain,
        "to_end_discounted": to_end_faded,
        "life_discounted": to_end_faded + last * faded * weight[-1],
    }


def _by_instrument(pair: Pair, difference: Books) -> list[dict[str, Any]]:
    """Return money and units of every instrument and payer, treated less base, where there is a difference."""
    made = []
    for k, instrument in enumerate(difference.instruments):
        for p, payer in enumerate(PAYERS):
            money = difference.money[:, k, p].sum(axis=(2, 3))
            if not money.any():
                continue
            row: dict[str, Any] = {"instrument": instrument, "payer": payer, "set": instrument in pair.differing}
            row["money"] = triple(money.sum(axis=1))
            row["real"] = triple(money @ (1.0 / pair.prices))
            row["units"] = triple(difference.units[:, k, p].sum(axis=(1, 2, 3)))
            made.append(row)
    return made


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

