"""What the money bought, and who gained: additional cars, leakage, cost per car and per tonne, by fifth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.books import PAYERS, Books, constants
from experiments.ensemble import Ensemble
from experiments.homes import appliances, electricity
from experiments.moved import moved
from experiments.paired import interval, triple
from experiments.pairs import Pair, discount, ratio
from experiments.windows import HOMES, POINTS, RIDES
from experiments.winners import winners
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, YEARS, month_text
from model.data.parameters import Parameters
from model.start import car_life

Floats = NDArray[np.float64]
NO_EFFECT, FEWER = "no_detectable_effect", "fewer_cars"
LONGEST_LIFE = 50 * MONTHS_A_YEAR


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
    subsidised = pair.subsidised([name for name in pair.differing if name not in (POINTS, *HOMES)])
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
        "discount_rate": constants()["discount_rate"],
        "instruments": _by_instrument(pair, difference),
        "groups": winners(ensemble, pair.at, difference, window, pair.prices),
        "appliances": appliances(pair, difference),
        "electricity": electricity(pair),
        "moved": moved(pair),
    }
    return made | _costs(pair, difference, additional, reason)


def _costs(pair: Pair, difference: Books, additional: Floats, reason: str) -> dict[str, Any]:
    """Return cost, cost per additional car, tonnes and cost per tonne.

    Cost: outlays and taxes forgone for cars and charging points to the end of the run, treated less base, of
    all payers and of the province; money for rides and for things of homes is none; current CNY, CNY of
    2022, and these discounted. Tonnes: CO2 of households' cars, petrol from the tank and grid electricity,
    saved to the end of the run, and over the goods' life: the saving of the last twelve months goes on for
    the remaining life of the additional cars.
    """
    for_cars = [instrument not in (*RIDES, *HOMES) for instrument in difference.instruments]
    yearly = difference.money[:, for_cars].sum(axis=(1, 4, 5))
    years = FIRST_YEAR + np.arange(YEARS, dtype=np.float64)
    weights = {
        "current": np.ones(YEARS),
        "real": 1.0 / pair.prices,
        "discounted": discount(years) / pair.prices,
    }
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
    """Return money and units of every instrument and payer, treated less base, where there is a
    difference."""
    made = []
    for k, instrument in enumerate(difference.instruments):
        for p, payer in enumerate(PAYERS):
            money = difference.money[:, k, p].sum(axis=(2, 3))
            if not money.any():
                continue
            row: dict[str, Any] = {
                "instrument": instrument,
                "payer": payer,
                "set": pair.is_set(instrument),
            }
            row["money"] = triple(money.sum(axis=1))
            row["real"] = triple(money @ (1.0 / pair.prices))
            row["units"] = triple(difference.units[:, k, p].sum(axis=(1, 2, 3)))
            made.append(row)
    return made
