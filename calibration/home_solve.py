"""Solve the free constants of homes on the model itself: live in the nation, compare, move, live again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from calibration.home_targets import HomeTargets
from calibration.national import LIVED
from calibration.paired import Setting
from calibration.targets import YEARS
from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.indicators.ledger import G
from model.province import Province

Floats = NDArray[np.float64]
KINDS = ("ac", "fridge", "washer", "heater", "tv")
RATES = tuple(f"ap_first_rate_{kind}" for kind in KINDS)
FREE = (*RATES, "el_base_2015", "el_base_trend")
MOST_SETS = (2, 1, 1, 1, 1)
LEAST, MOST = 0.003, 1.0
"""Least that a share more of a rate may be found to add to the stock; longest step of a rate, in logs."""
RATE = (0.002, 6.0)
"""Bounds of a rate, 1/year: nobody, and everyone within two months."""
BASE, TREND = (50.0, 700.0), (-0.06, 0.08)
"""Bounds of other uses in 2015 (kWh of one person) and of their trend (1/year)."""
TIME = np.arange(YEARS) - 0.5 * (YEARS - 1)


@dataclass(frozen=True)
class Seen:
    """What a run did: `owned` (5, 7) sets a household and `bought` (5, 7) first purchases a household so far
    at the ends of years, `kwh` (7,) of the year and `other` (7,) share of other uses in it."""

    owned: Floats
    bought: Floats
    kwh: Floats
    other: Floats


@dataclass(frozen=True)
class HomeFit:
    """`values` the constants by key; `electricity` largest gap of a year, a share; `stock` largest gap of a
    kind in a year of its survey, sets a household; `left` largest mean gap of a kind; `rounds` runs taken."""

    values: dict[str, float]
    electricity: float
    stock: float
    left: float
    rounds: int

    def __str__(self) -> str:
        return (
            f"electricity within {100 * self.electricity:.2f} %, sets per 100 homes within "
            f"{100 * self.stock:.2f} a year and {100 * self.left:.2f} on the mean, {self.rounds} rounds"
        )


def look(setting: Setting, parameters: Parameters) -> Seen:
    """Live in the nation to the end of 2021 under `parameters`."""
    province = Province(setting.people, setting.policy, parameters, setting.seed)
    other = np.zeros(YEARS)
    for year in range(YEARS):
        province.live((year + 1) * MONTHS_A_YEAR)
        other[year] = _other_uses(province)
    sums = province.ledger.grouped[:LIVED].sum(axis=(1, 2))
    ends = sums[MONTHS_A_YEAR - 1 :: MONTHS_A_YEAR]
    homes, kwh = ends[:, G["households"]], ends[:, G["home_kwh"]]
    first = np.stack(
        [np.cumsum(sums[:, G[f"first_{kind}"]])[MONTHS_A_YEAR - 1 :: MONTHS_A_YEAR] for kind in KINDS]
    )
    owned = np.stack([ends[:, G[f"units_{kind}"]] for kind in KINDS])
    return Seen(owned / homes, first / homes, kwh, other)


def _other_uses(province: Province) -> float:
    """Return the share of other uses in what homes used in the year that ends."""
    metering, c = province.homes.metering, province.society.c
    answers, weight = metering.answers(province.month // MONTHS_A_YEAR - 1), c.weight * c.active
    other = answers.base * metering.meters.use * metering.meters.own * answers.size[c.size]
    lived = np.minimum(metering.meters.months, MONTHS_A_YEAR) / MONTHS_A_YEAR
    return float((weight * lived * other).sum() / (weight * metering.meters.year).sum())


def base_step(seen: Seen, wanted: Floats) -> tuple[float, float]:
    """Return what level and trend (logs) of other uses must move by, so that the gaps ln(wanted / kwh) have
    neither mean nor trend, all else of the year's use staying: Newton's method."""
    level = slope = 0.0
    for _ in range(8):
        moved = seen.other * np.exp(level + slope * (TIME - TIME[0]))
        share = moved / (1.0 - seen.other + moved)
        gap = np.log(wanted / (seen.kwh * (1.0 - seen.other + moved)))
        matrix = np.array(
            [[(share * t).sum(), (share * t * (TIME - TIME[0])).sum()] for t in (np.ones(YEARS), TIME)]
        )
        one, other = np.linalg.solve(matrix, np.array([gap.sum(), (gap * TIME).sum()]))
        level, slope = level + float(np.clip(one, -1.0, 1.0)), slope + float(np.clip(other, -0.1, 0.1))
    return level, slope


def solve(
    setting: Setting, given: Parameters, targets: HomeTargets, rounds: int = 6, tolerance: float = 0.001
) -> HomeFit:
    """Return the constants under which the nation's run meets the targets, all other parameters `given`:
    secants of each rate, Newton steps of other uses."""
    log_rates = np.log([given[key] for key in RATES])
    base, trend = given["el_base_2015"], given["el_base_trend"]
    found: dict[str, float] = {}
    before: tuple[Floats, Floats] | None = None
    for n in range(rounds):
        rates = dict(zip(RATES, np.exp(log_rates).tolist(), strict=True))
        found = {**rates, "el_base_2015": base, "el_base_trend": trend}
        found = {key: float(f"{value:.6g}") for key, value in found.items()}
        seen = look(setting, given.replace(found))
        gaps = [targets.stock[kind].gaps(seen.owned[k]) for k, kind in enumerate(KINDS)]
        left = np.array([gap.mean() for gap in gaps])
        miss = np.log(targets.kwh / seen.kwh)
        trended = abs(float((miss * TIME).sum() / (TIME**2).sum())) * YEARS
        if n == rounds - 1 or max(np.abs(left).max(), abs(miss.mean()), trended) < tolerance:
            break
        adds = _added(seen, targets)
        if before is not None:
            moved = log_rates - before[0]
            secant = np.divide(before[1] - left, moved, out=adds.copy(), where=np.abs(moved) > 1e-3)
            adds = np.where(secant > 0.1 * adds, secant, adds)
        before = log_rates, left
        moves = np.clip(left / np.maximum(adds, LEAST), -MOST, MOST)
        log_rates = np.clip(log_rates + moves, *np.log(RATE))
        level, slope = base_step(seen, targets.kwh)
        base = float(np.clip(base * np.exp(level), *BASE))
        trend = float(np.clip(trend + slope, *TREND))
    largest = max(float(np.abs(gap).max()) for gap in gaps)
    return HomeFit(found, float(np.abs(miss).max()), largest, float(np.abs(left).max()), n + 1)


def _added(seen: Seen, targets: HomeTargets) -> Floats:
    """Return a first guess at what a share more of each rate adds to the stock (5,): not more than first
    purchases so far, nor than what is lacking."""
    at = [targets.stock[kind].years for kind in KINDS]
    bought = np.array([seen.bought[k][years].mean() for k, years in enumerate(at)])
    lacking = np.array([MOST_SETS[k] - seen.owned[k][years].mean() for k, years in enumerate(at)])
    return np.asarray(bought * lacking / (bought + lacking))
