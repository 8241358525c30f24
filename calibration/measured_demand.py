"""Effects on which car is bought: prices, chargers, subsidies, plates; paired runs of the nation.

Expected purchases (sums of choice probabilities) are read, so that luck of single choices does not enter.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from calibration.asking import ask, purchases, watch
from calibration.paired import (
    Setting,
    chargers_as_in,
    lived,
    relevelled,
    shanxi,
    without_subsidy,
)
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, december
from model.domains.car_choice import BEV, Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.indicators.ledger import G, L
from model.province import Province

Floats = NDArray[np.float64]
STEP = 0.01
"""Relative change of a price or a density by which an elasticity is taken."""
YEARS_ASKED = (2018, 2021, 2025)
ONE = BEV * CLASS_COUNT + 1
"""The alternative whose own price is moved: the compact BEV."""
REBATE = 10_000.0
SUBSIDISED = (0, 3)
"""2015-2018, counted from the first year."""
GRADIENT_YEARS = slice(3 * MONTHS_A_YEAR, 7 * MONTHS_A_YEAR)
"""2018-2021, the years of the fitted gradients."""
TOWN_YEARS = (3, 6)
NO_DATES = {"car_timing_share": 0.0}


def elasticities(setting: Setting) -> dict[str, float]:
    """Return price and charger elasticities by year, and what 10,000 yuan off do to the new-energy share.

    The buyers of each month of a year are asked again under the other offer; nothing follows from it.
    """
    sums: dict[tuple[int, str], Floats] = {}
    province = setting.province()

    def look(month: int, offers: Offers, again: Callable[[], Offers]) -> None:
        year = FIRST_YEAR + month // MONTHS_A_YEAR
        if year in YEARS_ASKED:
            for name, other in _other_offers(province, month, offers, again).items():
                chosen = ask(province, month, other).expected.sum(axis=(0, 1))
                sums[year, name] = sums.get((year, name), np.zeros(OPTIONS)) + chosen

    lived(watch(province, look), december(YEARS_ASKED[-1]) + 1)
    made: dict[str, float] = {}
    for year in YEARS_ASKED:
        base = sums[year, "base"]
        made[f"own_price_{year}"] = _elasticity(sums[year, "one"][ONE], base[ONE])
        bev = slice(BEV * CLASS_COUNT, OPTIONS)
        made[f"all_bev_price_{year}"] = _elasticity(sums[year, "bev"][bev].sum(), base[bev].sum())
        nev = slice(CLASS_COUNT, OPTIONS)
        made[f"charger_{year}"] = _elasticity(sums[year, "chargers"][nev].sum(), base[nev].sum())
        gained = sums[year, "rebate"][nev].sum() - base[nev].sum()
        made[f"rebate_{year}"] = 100.0 * float(gained / base.sum())
    return made


def _elasticity(after: float, before: float) -> float:
    return math.log(after / before) / math.log1p(STEP)


def _other_offers(
    province: Province, month: int, offers: Offers, again: Callable[[], Offers]
) -> dict[str, Offers]:
    """Return the offers of a month as they are and changed in one thing."""
    market, investors = province.traffic.market, province.traffic.investors
    real = market.price[month // MONTHS_A_YEAR].reshape(OPTIONS) / market.cpi[month]
    one, bev = np.zeros(OPTIONS), np.zeros(OPTIONS)
    one[ONE] = STEP * real[ONE]
    bev[BEV * CLASS_COUNT :] = STEP * real[BEV * CLASS_COUNT :]
    rebate = np.where(np.arange(OPTIONS) >= CLASS_COUNT, REBATE / market.cpi[month], 0.0)
    kept = [investor.private for investor in investors]
    for investor in investors:
        investor.private += STEP * investor.points
    province.traffic.count_points()
    denser = again()
    for investor, points in zip(investors, kept, strict=True):
        investor.private = points
    province.traffic.count_points()
    return {
        "base": offers,
        "one": offers._replace(cost=offers.cost + one),
        "bev": offers._replace(cost=offers.cost + bev),
        "rebate": offers._replace(cost=offers.cost - rebate),
        "chargers": denser,
    }


def subsidy(setting: Setting) -> dict[str, float]:
    """Return the share of 2015-2018 sales owed to purchase subsidies and the part of it through chargers.

    share = 1 - N_without / N; loop = 1 - (N_frozen - N_without) / (N - N_without), N_frozen with the subsidy
    but the chargers of the run without. Nobody plans around dates in these runs (car_timing_share = 0).
    """
    until = (SUBSIDISED[1] + 1) * MONTHS_A_YEAR
    full = lived(setting.province(changes=NO_DATES), until)
    none = lived(without_subsidy(setting.province(changes=NO_DATES)), until)
    path = none.ledger.placed[:, :, L["points"]]
    frozen = lived(chargers_as_in(setting.province(changes=NO_DATES), path), until)
    sold, bare, cut = (purchases(p, *SUBSIDISED)[..., 1:].sum() for p in (full, none, frozen))
    return {
        "subsidy_share": 1.0 - float(bare / sold),
        "feedback_share": 1.0 - float((cut - bare) / (sold - bare)),
    }


def plates(setting: Setting) -> dict[str, float]:
    """Return the share of persons' new-energy purchases in quota cities owed to the quota, 2015-2018."""
    until = (SUBSIDISED[1] + 1) * MONTHS_A_YEAR
    towns = setting.people.region.quota
    with_quota, without = (
        purchases(lived(setting.province(changes=changes), until), *SUBSIDISED)[0, towns, 1:].sum()
        for changes in (None, {"veh_wtp_free_plate": 0.0})
    )
    return {"plate_quota": 1.0 - float(without / with_quota)}


def gradients(setting: Setting) -> dict[str, float]:
    """Return rural over urban new-energy share and odds of the highest over the lowest fifth, 2018-2021."""
    province = lived(setting.province(), GRADIENT_YEARS.stop)
    bought = province.ledger.grouped[GRADIENT_YEARS, :, :, G["expected_ice"] : G["expected_ice"] + 3].sum(
        axis=0
    )
    urban = np.array([place.urban for place in setting.people.region.places])
    share = [bought[side][..., 1:].sum() / bought[side].sum() for side in (~urban, urban)]
    fifths = bought.sum(axis=0)
    odds = fifths[:, 1:].sum(axis=1) / fifths[:, 0]
    return {"rural_ratio": float(share[0] / share[1]), "income_odds": float(odds[4] / odds[0])}


def driving_limit(setting: Setting) -> dict[str, float]:
    """Return by how much road rights lift new-energy purchases where a driving limit exists, 2018-2021.

    Shanxi as it was (level of the lever 0.5 from 2017) against no exemption at all.
    """
    here = shanxi(setting.people.rows, parameters=setting.parameters, seed=setting.seed)
    rights = here.people.region.road_rights
    lever = "nev_road_right_advantage"
    nowhere = relevelled(here.policy, lever, np.zeros_like(here.policy.delivered[lever]))
    until = (TOWN_YEARS[1] + 1) * MONTHS_A_YEAR
    exempt, bound = (
        purchases(lived(here.province(policy), until), *TOWN_YEARS)[0, rights, 1:].sum()
        for policy in (here.policy, nowhere)
    )
    return {"driving_limit": float(exempt / bound) - 1.0}


DEMAND = (elasticities, subsidy, plates, gradients, driving_limit)
