"""What a home that buys a thing meets: prices, the worth of use saved, and money (articles 8, 17, 22).

Utility of grade j of kind k for fifth g of place p: v = alpha_kjt - mu_k [p_kjt + w_pg kWh_kj P_pg A_kg] +
ln s_pj. A = (1 - (1 + r_g)^-T_k) / r_g the years of use that count, r_g = r (y_g/y)^-x the implicit rate
(Hausman 1979), P the perceived price of electricity, w = trust (1 + h (A_pg / A_ref - 1)) what of a promised
saving counts at attention A_pg, s the share of sellers who still have the grade. mu_k = |e| / (p_k1 (1 -
share_1)). alpha gives the shares of 2022 at the mean household without money; that of grade 1 rises in a
straight line from 2015. Lamps follow the table's shares: their mu is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import appliance_market, label_kwh, sold_shares
from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR, YEARS
from model.data.parameters import Parameters
from model.data.rebates import rebates
from model.data.region import Region
from model.domains.appliances import KIND_OF, KINDS
from model.markets.lives import mean_lives, new_lives
from model.population.incomes import Incomes, middle_of_step

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLOT_KIND = list(KIND_OF)
PRICED = 2022
"""Year of the table of prices and shares."""


@dataclass(frozen=True)
class Shop:
    """What stands for a run. By year, kind and grade (Y, 6, 5): `price` CNY of 2022, `liking` alpha; `scale`
    mu (6,); `kwh` (P, 6, 5) a year by label; `rebate` (M, 6, 5) CNY of 2022; `lives` (6,) years; `life`
    (7, 256) months; `again` (7,); `path` (M,) and `first_rate` (7, P) of first purchases."""

    price: Floats
    liking: Floats
    scale: Floats
    kwh: Floats
    rebate: Floats
    lives: Floats
    life: NDArray[np.int16]
    again: Floats
    path: Floats
    first_rate: Floats


def open_shop(
    region: Region,
    parameters: Parameters,
    series: Mapping[str, Floats],
    cooling: Floats,
    power_price: float,
    renewed: bool = False,
) -> Shop:
    """Lay out what appliances cost and promise.

    `cooling` (P,) of a year relative to Taiyuan, `power_price` CNY of 2022 a kWh at which the shares of 2022
    were chosen, `renewed` tells that the rebate goes on to 2030.
    """
    q, market, cpi = parameters, appliance_market(), series["cpi"]
    years = np.arange(YEARS) + FIRST_YEAR
    price = market.price * ((1.0 + q["ap_price_trend"]) ** (years - PRICED))[:, None, None]
    listed = price[np.arange(MONTHS) // MONTHS_A_YEAR] * cpi[:, None, None]
    early, late = sold_shares(q)
    scale = -q["ap_grade_price_elast"] / (market.price[:, 0] * (1.0 - late[:, 0])) * market.rebated
    kwh = np.repeat(label_kwh(q)[None], len(region.places), axis=0)
    kwh[:, 0] *= cooling[:, None]
    homes = region.households[(PRICED - FIRST_YEAR) * MONTHS_A_YEAR]
    running = np.average(kwh, axis=0, weights=homes) * power_price * q["ap_label_trust"]
    running *= annuity(np.full(1, q["ap_idr_ac"]), mean_lives(q))
    liking = np.log(late) + scale[:, None] * (market.price + running)
    rise = np.log(early[:, 0] / (1.0 - early[:, 0])) - np.log(late[:, 0] / (1.0 - late[:, 0]))
    behind = np.clip((PRICED - years) / (PRICED - FIRST_YEAR), 0.0, 1.0)
    by_year = np.repeat(liking[None], YEARS, axis=0)
    by_year[:, :, 0] += behind[:, None] * rise
    return Shop(
        price=price,
        liking=by_year,
        scale=scale,
        kwh=kwh,
        rebate=rebates(listed, renewed) / cpi[:, None, None],
        lives=mean_lives(q),
        life=new_lives(q),
        again=np.array([q[f"ap_again_{kind}"] for kind in KINDS])[SLOT_KIND],
        path=_first_path(region, q, series),
        first_rate=_first_rates(region, q, cooling),
    )


def annuity(rates: Floats, years: Floats) -> Floats:
    """Return the present years of use (K, R) of lives `years` (K,) at `rates` a year (R,)."""
    return np.asarray((1.0 - (1.0 + rates) ** -years[:, None]) / rates)


def _first_path(region: Region, parameters: Parameters, series: Mapping[str, Floats]) -> Floats:
    """Return the cumulated hazard of first purchases (M,) at a rate of 1 a year: real income a
    person over that of the nation in 2015, to the elasticity."""
    persons = region.households[::MONTHS_A_YEAR] * region.household_size
    mean = (region.income * persons).sum(axis=1) / persons.sum(axis=1)
    cpi = series["cpi"][::MONTHS_A_YEAR]
    real = mean * series["income"][::MONTHS_A_YEAR] / parameters["home_income_reference"] * cpi[0] / cpi
    grown = real ** parameters["ap_first_income"] / MONTHS_A_YEAR
    return np.cumsum(np.repeat(grown, MONTHS_A_YEAR))


def _first_rates(region: Region, parameters: Parameters, cooling: Floats) -> Floats:
    """Return the yearly hazard of a first purchase at the nation's mean income of 2015 (7, P); lamps: 0."""
    q = parameters
    rural = np.array([1.0 if place.urban else q["ap_first_rural"] for place in region.places])
    made = np.array([q.get(f"ap_first_rate_{kind}", 0.0) * rural for kind in KINDS])
    made[0] *= cooling ** q["ap_first_cooling"]
    return made[SLOT_KIND]


def fifth_incomes(incomes: Incomes) -> Floats:
    """Return the mean income a person of each fifth relative to the region's (5,); 1 where nobody is."""
    persons = incomes.persons.sum(axis=0).astype(np.float64)
    earned = persons * _income_of_steps(persons.size)
    by_fifth = np.bincount(incomes.fifths, weights=earned, minlength=5)
    heads = np.bincount(incomes.fifths, weights=persons, minlength=5)
    mean = earned.sum() / persons.sum()
    return np.where(heads > 0.0, by_fifth / np.maximum(heads, 1.0) / mean, 1.0)


@cache
def _income_of_steps(count: int) -> Floats:
    """Return the income a person in the middle of each step of log income."""
    return np.asarray(np.exp(middle_of_step(np.arange(count))))


def utilities(
    shop: Shop, parameters: Parameters, year: int, power: Floats, attention: Floats, incomes: Floats
) -> Floats:
    """Return utilities by kind (6, P, 5, 5), without money and if every seller still has every grade.

    `power` (P, 5) CNY of 2022 a kWh as perceived, `attention` (P, 5), `incomes` (5,) of fifths relative to
    the mean.
    """
    q = parameters
    keen = 1.0 + q["ap_attention_weight"] * (attention / q["aw_reference_level"] - 1.0)
    trust = np.clip(q["ap_label_trust"] * keen, 0.0, 1.0)
    counted = annuity(q["ap_idr_ac"] * incomes ** -q["ap_idr_income"], shop.lives)
    worth = counted[:, None, :] * (trust * power)
    running = shop.kwh.transpose(1, 0, 2)[:, :, None, :] * worth[:, :, :, None]
    spend = shop.price[year][:, None, None, :] + running
    return np.asarray(shop.liking[year][:, None, None, :] - shop.scale[:, None, None, None] * spend)


def shares_of(value: Floats) -> Floats:
    """Return the chances of the grades (..., 5) under utilities `value`."""
    raised = np.exp(value - value.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
