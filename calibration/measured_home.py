"""Effects on homes: what steps of the tariff and the national rebate on appliances move.

Each is a pair of runs of the province with the same luck, that differ in one price or one rebate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from calibration.paired import Setting, lived, relevelled
from model.data.appliance_market import label_kwh
from model.data.months import MONTHS, MONTHS_A_YEAR, december, month_index
from model.data.tariffs import Tariffs
from model.domains.appliances import GRADES, KIND_OF, ThingsSold
from model.indicators.ledger import G
from model.institutions.policy import Policy
from model.province import Province

Floats = NDArray[np.float64]
Months = tuple[int, int]
STEP = "residential_block_step"
FROM, ASKED = month_index("2022-01"), december(2023)
"""Prices differ from here on; what homes use is read in the year that ends there."""
DEARER = 1.1
NEAR, ELSEWHERE = 0.05, 150.0 / 170.0
"""Share of a ceiling that counts as near it, and a place without a ceiling, over the first one."""
REBATE: Months = (month_index("2024-08"), month_index("2025-07"))
TERMS_OF_2025 = month_index("2025-12")
AFTER = 24


def _from_then(path: Floats, changed: Floats) -> Floats:
    return np.where(np.arange(MONTHS) < FROM, path, changed)


def _under(setting: Setting, tariffs: Tariffs | None = None, policy: Policy | None = None) -> Province:
    """Return the province at the end of the asked year under another tariff or policy."""
    province = setting.province(policy)
    if tariffs is not None:
        province.homes.metering.tariffs = tariffs
    return lived(province, ASKED + 1)


def _restepped(setting: Setting, step: float, times: float = 1.0) -> Policy:
    """Return the policy with the third block `step` yuan dearer, or `times` as much, from then on."""
    levels = setting.policy.delivered[STEP].copy()
    levels[FROM:] = levels[FROM:] * times if times != 1.0 else step
    return relevelled(setting.policy, STEP, levels)


def _whole_year(*provinces: Province) -> NDArray[np.bool_]:
    """Return the homes that lived the whole year in every run (N,)."""
    return np.all([p.homes.metering.meters.months == MONTHS_A_YEAR for p in provinces], axis=0)


def _change(treated: Province, base: Province, where: NDArray[np.bool_]) -> float:
    """Return the relative change of what some homes used in the year."""
    weight = base.society.c.weight[where].astype(np.float64)
    one, other = (float(weight @ p.homes.metering.meters.year[where]) for p in (treated, base))
    return one / other - 1.0 if other > 0.0 else float("nan")


def _ceilings(province: Province) -> tuple[Floats, Floats]:
    """Return both ceilings of a year in the place of each home, kWh (N,)."""
    tariffs, place = province.homes.metering.tariffs, province.society.c.place
    of_place = np.ones(len(province.region.places))
    first, second = (
        MONTHS_A_YEAR * float(path[ASKED]) * of_place
        for path in (tariffs.first_ceiling, tariffs.second_ceiling)
    )
    return first[place], second[place]


def tariff_effects(setting: Setting) -> Mapping[str, float]:
    """Return what steps and levels of the tariff move in 2023, see calibration/effects.csv row by row."""
    base = _under(setting)
    tariffs = base.homes.metering.tariffs
    flat = replace(tariffs, second_step=_from_then(tariffs.second_step, np.zeros(MONTHS)))
    dear = replace(
        tariffs,
        first_price=_from_then(tariffs.first_price, tariffs.first_price * DEARER),
        second_step=_from_then(tariffs.second_step, tariffs.second_step * DEARER),
    )
    small = _under(setting, flat)
    big = _under(setting, policy=_restepped(setting, float(tariffs.second_step[ASKED])))
    dearer = _under(setting, dear, _restepped(setting, 0.0, DEARER))
    first, second = _ceilings(base)
    above, below = (p.homes.metering.meters.year for p in (big, small))
    urban = np.array([place.urban for place in base.region.places])[base.society.c.place]
    everyone = _whole_year(base, dearer) & urban
    return {
        "small_kink": _change(base, small, _whole_year(base, small) & (below > first) & (below <= second)),
        "big_kink": _change(base, big, _whole_year(base, big) & (above > second)),
        "price_elasticity": float(np.log1p(_change(dearer, base, everyone)) / np.log(DEARER)),
        "bunching": _bunching(base, first),
        **_shares(base),
        "rebound": _rebound(base),
    }


def _bunching(province: Province, ceiling: Floats) -> float:
    """Return homes just below over just above the first ceiling, over the same ratio away from it."""
    year, whole = province.homes.metering.meters.year, _whole_year(province)
    ratio = []
    for at in (ceiling, ceiling * ELSEWHERE):
        low, high = (
            whole & (year > at * (1 - NEAR)) & (year <= at),
            whole & (year > at) & (year <= at * (1 + NEAR)),
        )
        ratio.append(float(np.sum(low)) / max(float(np.sum(high)), 1.0))
    return ratio[0] / ratio[1] if ratio[1] else float("nan")


def _shares(province: Province) -> dict[str, float]:
    """Return the shares of homes in the upper blocks and with peak-valley prices."""
    made = {}
    for name, column in (("tier2", "block2"), ("tier3", "block3"), ("tou_share", "peak_valley")):
        for year in (2015, 2023):
            row = province.ledger.grouped[december(year)].sum(axis=(0, 1))
            made[f"{name}_{year}"] = float(row[G[column]] / row[G["home_closed"]])
    made.pop("tou_share_2015")
    return made


def _rebound(province: Province) -> float:
    """Return the part of the saving of grade 1 by the label that is used up again, for all things owned."""
    stock = province.homes.stock[:, :, :, 1:].sum(axis=(0, 1)).astype(np.float64)
    label = label_kwh(province.parameters)[list(KIND_OF)]
    used = province.homes.metering.kwh[:, 1:]
    saved, promised = (float((stock * (kwh - kwh[:, :1])).sum()) for kwh in (used, label))
    return 1.0 - saved / promised


def _rebated(setting: Setting, paid: Months | None) -> tuple[Province, Floats]:
    """Return a province in which the national rebate on appliances is paid in some months only, and the
    units bought with it by month and grade (M, 5), counted as it lives."""
    province, units = setting.province(), np.zeros((MONTHS, GRADES))
    homes = province.homes
    rebate = homes.incentives.shop.rebate.copy()
    keep = np.zeros(MONTHS, np.bool_)
    if paid is not None:
        keep[paid[0] : paid[1] + 1] = True
    rebate[~keep] = 0.0
    homes.incentives.shop = replace(homes.incentives.shop, rebate=rebate)
    usual = homes.use

    def use(
        month: int, factor: Floats, levers: Mapping[str, Floats], sold: ThingsSold, ledger: object
    ) -> None:
        units[month] = sold.rebated.sum(axis=(0, 1))
        usual(month, factor, levers, sold, ledger)  # type: ignore[arg-type]

    homes.use = use  # type: ignore[method-assign]
    return province, units


def rebate_effects(setting: Setting) -> Mapping[str, float]:
    """Return what a year of the national rebate added, what it took back later, and which grade it bought."""
    first, last = REBATE
    end = last + AFTER + 1
    treated, units = _rebated(setting, REBATE)
    base, _ = _rebated(setting, None)
    columns = [G[f"sold_grade{grade + 1}"] for grade in range(GRADES)]
    sold = [lived(p, end).ledger.grouped[:, :, :, columns].sum(axis=(1, 2, 3)) for p in (treated, base)]
    more = sold[0] - sold[1]
    during, after = float(more[first : last + 1].sum()), more[last + 1 : end]
    rebated = float(units.sum())
    shown, graded = _rebated(setting, (first, TERMS_OF_2025))
    lived(shown, TERMS_OF_2025 + 1)
    return {
        "rebate_additionality": during / rebated,
        "rebate_after_24": (during + float(after.sum())) / rebated,
        "rebate_pullforward": -float(after[:MONTHS_A_YEAR].sum()) / during if during > 0.0 else float("nan"),
        "rebate_grade1": float(graded[:, 0].sum() / graded.sum()),
    }


HOMES = (tariff_effects, rebate_effects)
