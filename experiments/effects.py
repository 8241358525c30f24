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
from experiments.tonnes import tonnes_of
from experiments.windows import HOMES, POINTS, RIDES
from experiments.winners import winners
from model.data.months import FIRST_YEAR, YEARS, month_text

Floats = NDArray[np.float64]
NO_EFFECT, FEWER = "no_detectable_effect", "fewer_cars"


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
    2022, and these discounted. Tonnes: those of cleaner cars, which the money buys; `tonnes_driving_less`
    apart. See `experiments.tonnes`.
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
    tonnes = tonnes_of(pair)
    per_tonne: dict[str, Any] = {}
    for who, paid in cost.items():
        per_tonne[who] = {
            span: ratio(paid["discounted" if span.endswith("discounted") else "real"], saved)
            for span, saved in tonnes.cleaner.items()
        }
    defined = {
        who: {kind: None if reason else ratio(paid[kind], additional) for kind in ("current", "real")}
        for who, paid in cost.items()
    }
    return {
        "cost": {who: {kind: triple(value) for kind, value in paid.items()} for who, paid in cost.items()},
        "cost_per_additional": defined,
        "tonnes": {span: triple(saved) for span, saved in tonnes.cleaner.items()},
        "tonnes_driving_less": {span: triple(saved) for span, saved in tonnes.driving_less.items()},
        "cost_per_tonne": per_tonne,
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
