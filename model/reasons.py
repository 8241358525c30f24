"""Why a household took the car it took: choices told part by part (articles 7, 19-22).

Written in plain Python from the equation of `domains.car_choice`, V = sum of PARTS, and the nested logit;
what was decided is read off the household afterwards. Telling changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.behaviour.choice import CLOSED, nested_logit
from model.behaviour.draws import COVERED, LOAN, uniform
from model.data.months import MONTHS_A_YEAR, month_text
from model.data.region import CLASSES
from model.domains.car_choice import Offers
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.trading import for_1000_cars
from model.institutions.policy import GROUPS, POWERTRAINS
from model.kernels import plain
from model.markets.car_offers import charging_utility
from model.population.columns import NO_CAR
from model.traffic import Traffic

Floats = NDArray[np.float64]
CARS = tuple(f"{kind}_{size}" for kind in POWERTRAINS for size in CLASSES)
PARTS = (
    "car", "chargers", "road_rights", "taste", "plug_at_home", "norm", "price", "money", "upkeep", "running",
)  # fmt: skip
"""Parts of the utility of an option: what all buyers of a place share in a car (quality, winter range,
models, quota), public chargers, road rights; own taste, a charger at home, contacts who drive one; price with
tax, public money, insurance and upkeep, energy."""
NEW, USED, NONE = "new", "used", "none"
COLUMNS = (
    "month", "household", "place", "group", "occasion", "decision", "utils_a_yuan", "option", *PARTS,
    "utility", "chance", "taken",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A household about to decide: its `row`, the `occasion`, utils a yuan (`scale`), the `parts` (12, PARTS)
    of its options in utils and the `chance` (12,) of each, 0 if it is not open to the household."""

    row: int
    occasion: str
    scale: float
    parts: Floats
    chance: Floats


class Reasons:
    """Choices about cars of the households `rows`; `table` what is told of them."""

    def __init__(self, rows: Iterable[int], traffic: Traffic) -> None:
        """Listen to nobody yet."""
        self.rows, self.traffic, self.society = frozenset(rows), traffic, traffic.society
        self._told: list[tuple[Any, ...]] = []

    @property
    def table(self) -> pd.DataFrame:
        """What was told, COLUMNS: a row an open option of each choice of a new car, in utils, and one row
        without utility for a decision without such a choice."""
        return pd.DataFrame(self._told, columns=list(COLUMNS))

    def ask(self, month: int, offers: Offers) -> list[Asked]:
        """Return what those of the households who decide this month weigh, before anybody decides."""
        if not self.rows:
            return []
        society, first = self.society, self.society.parts.rows
        deciders = [society.deciders[first[s] : first[s] + n] for s, n in enumerate(society.n_deciders)]
        rows = [int(i) for part in deciders for i in part if int(i) in self.rows]
        return [self._weigh(i, month, offers) for i in rows]

    def note(self, month: int, asked: Sequence[Asked]) -> None:
        """Tell what they decided."""
        c, places = self.society.c, self.society.region.places
        for one in asked:
            i, car = one.row, int(c.car[one.row])
            decision = NONE if car == NO_CAR else NEW if c.car_bought[i] == month else USED
            who = (month_text(month), i, places[int(c.place[i])].code, GROUPS[int(c.quintile[i])])
            self._tell((*who, one.occasion, decision, one.scale), one, car, decision)

    def _tell(self, about: tuple[Any, ...], one: Asked, car: int, decision: str) -> None:
        if decision != NEW:
            unsaid, taken = (math.nan for _ in (*PARTS, "utility", "chance")), decision == USED
            self._told.append((*about, CARS[car] if taken else "", *unsaid, taken))
            return
        for j in np.flatnonzero(one.chance > 0.0).tolist():
            parts = one.parts[j]
            said = (*parts.tolist(), float(parts.sum()), float(one.chance[j]))
            self._told.append((*about, CARS[j], *said, j == car))

    def _weigh(self, i: int, month: int, offers: Offers) -> Asked:
        """Return what household `i` weighs in `month`."""
        c, tastes = self.society.c, self.traffic.tastes
        owner = bool(c.car[i] != NO_CAR)
        ends = owner and bool(c.car_due[i] <= month + self.traffic.life.scrap_within)
        relative = max(float(c.log_income[i]), tastes.log_floor)
        scale = tastes.price * math.exp(-tastes.income_power * (relative + math.log(offers.income_level)))
        spent = self._spent(i, month, offers, owner, ends)
        parts = np.column_stack([self._shared(i, month, offers), self._liking(i), scale * spent])
        v = np.where(offers.base[c.place[i]] > CLOSED, parts.sum(axis=1), CLOSED)
        v[CLASS_COUNT if not c.considers[i] else OPTIONS :] = CLOSED
        chance = np.zeros(OPTIONS)
        plain(nested_logit)(v, OPTIONS, CLASS_COUNT, tastes.nest, chance)
        return Asked(i, "first" if not owner else "end" if ends else "trade", scale, parts, chance)

    def _shared(self, i: int, month: int, offers: Offers) -> Floats:
        """Return the utils (12, 3) that all buyers of a place share: car, chargers, road rights."""
        market, traffic, p = self.traffic.market, self.traffic, int(self.society.c.place[i])
        density = np.empty(traffic.points.size)
        for_1000_cars(traffic.points, traffic.stock.cars, traffic.depots.car_counts, density)
        weight = np.repeat([0.0, market.charging[2], 1.0], CLASS_COUNT)
        car = market.base[month // MONTHS_A_YEAR, p]
        chargers = weight * charging_utility(market, density)[p]
        return np.column_stack([car, chargers, np.where(weight > 0.0, offers.base[p] - car - chargers, 0.0)])

    def _liking(self, i: int) -> Floats:
        """Return the utils (12, 3) of own taste, a charger at home and contacts who drive a plug-in car."""
        c, tastes = self.society.c, self.traffic.tastes
        bev = tastes.r_attitude * float(c.attitude[i])
        bev += math.sqrt(1.0 - tastes.r_attitude**2) * float(c.taste_a[i])
        phev = tastes.r_phev * bev + math.sqrt(1.0 - tastes.r_phev**2) * float(c.taste_b[i])
        plugs, seen = int(c.home_charger[i] == 1), c.nev_contacts[i] / max(int(c.contacts[i]), 1)
        norm, b = tastes.norm * float(seen), tastes.price
        kinds = [
            [0.0, 0.0, 0.0],
            [b * tastes.sd_phev * phev, b * tastes.plug_phev * plugs, norm],
            [b * tastes.sd_bev * bev, b * tastes.plug * plugs, norm],
        ]
        return np.repeat(np.array(kinds), CLASS_COUNT, axis=0)

    def _spent(self, i: int, month: int, offers: Offers, owner: bool, ends: bool) -> Floats:
        """Return the yuan of 2022 (12, 4) of price, public money, upkeep and energy; what is paid is
        negative."""
        c, life = self.society.c, self.traffic.life
        p, g = int(c.place[i]), int(c.quintile[i])
        km = float(c.car_km[i])
        if not owner:
            z, relative = float(c.km_z[i]), max(float(c.log_income[i]), self.traffic.tastes.log_floor)
            spread = life.km_log_sd * z - 0.5 * life.km_log_sd**2
            km = float(np.float32(life.km * math.exp(spread + life.km_income * relative)))
        run = offers.run_home if c.home_charger[i] == 1 else offers.run_away
        money = self._money(i, month, offers, owner, ends)
        return np.column_stack([-offers.cost, money, -offers.fixed[p, g], -km * run])

    def _money(self, i: int, month: int, offers: Offers, owner: bool, ends: bool) -> Floats:
        """Return the public money (12,) on each option, yuan of 2022: never more than the car costs."""
        c, seed = self.society.c, self.society.seed
        p, g, most = int(c.place[i]), int(c.quintile[i]), np.maximum(offers.cost, 0.0)
        money = np.zeros(OPTIONS)
        if ends and c.car_bought[i] <= offers.scrap_before:
            money += offers.scrap_money
        if owner and not ends:
            money += offers.swap_money
        if uniform(seed, LOAN, i, month) < self.traffic.tastes.borrows:
            money += offers.loan_money[p, g]
        money = np.minimum(money, most)
        for k, share in enumerate(offers.covered[:, p].tolist()):
            if share <= 0.0 or (offers.needs_old_car[k] and not owner):
                continue
            if uniform(seed, COVERED, i, int(offers.grant_keys[k]) + month) < share:
                money = np.minimum(money + offers.grants[k, p, g], most)
        return money
