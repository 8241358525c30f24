"""Homes in plain Python: what their meters read, what a year is billed, who takes peak-valley prices.

Written from the equations in the docstrings of `model.domains.electricity`, `bills` and
`model.markets.power`, not from their code. The tariff's own table is shared with the model.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from model.data.appliance_market import label_kwh
from model.data.levers import levers as lever_table
from tests.oracle_people import NEWCOMER, Household, f32, normal, uniform
from tests.oracle_things import KIND_OF, KINDS, SLOTS, Things

LEVEL, METER, PEAK_VALLEY = 20, 21, 22
YEARLY = ("home_kwh", "home_bill", "home_closed", "block2", "block3", "peak_valley", "home_peak_kwh")
Terms = dict[str, float]


class Homes:
    """Meters of an oracle's run and the things behind them: `h.use`, `h.flat`, `h.cool`, `h.year`,
    `h.charged`, `h.lived` months, `h.enrolled`."""

    def __init__(self, oracle: Any) -> None:
        """Give everyone things and a meter."""
        self.o, self.q, self.seed, self.region = oracle, oracle.q, oracle.seed, oracle.region
        self.tariffs, self.levers = self.region.tariffs, oracle.policy.delivered
        self.usual = float(self.tariffs.first_price[84])
        self.things = Things(oracle, self.usual)
        self.kwh, self.income = self._kwh(), oracle.real_income()
        self.year: dict[Any, float] = {}
        self.terms = [[self._month_terms(0, p) for p in range(oracle.places)]]
        self.cool = self.region.cooling.tolist()
        expected: dict[Any, list[float]] = {}
        for h in oracle.rows:
            urban = self.region.places[h.place].urban
            share = self.q[f"el_car_on_meter_{'urban' if urban else 'rural'}"]
            h.metered = uniform(self.seed, METER, h.row, 0) < share
            self._take_off(h)
            if h.active:
                load = self._begin(h, NEWCOMER, 0)
                sums = expected.setdefault((h.place, h.quintile), [0.0, 0.0])
                sums[0] += h.weight * load
                sums[1] += h.weight
        self.power = self._perceived(expected, 0)

    def _kwh(self) -> list[list[float]]:
        """Return kWh a year in use by slot and grade; a more efficient thing runs longer, a fridge not."""
        made = []
        for s in SLOTS:
            label = label_kwh(self.q).tolist()[KIND_OF[s]]
            r = 0.0 if KINDS[KIND_OF[s]] == "fridge" else self.q["el_rebound_sr"]
            made.append([0.0, *(label[0] * (x / label[0]) ** (1.0 - r) for x in label)])
        return made

    def _month_terms(self, month: int, p: int) -> Terms:
        t, q = self.tariffs, self.q
        step, limit, ratio = (
            float(self.levers[name][month, p, 0])
            for name in ("residential_block_step", "residential_block_threshold", "peak_valley_ratio")
        )
        made = {"price": float(t.first_price[month]), "third": step, "home": 0.0, "car": 0.0}
        made["second"] = min(float(t.second_step[month]), step)
        higher = limit / lever_table()["residential_block_threshold"].default_2022
        made["limit1"] = higher * float(t.first_ceiling[month])
        made["limit2"] = higher * float(t.second_ceiling[month])
        s0 = made["home_peak"] = q["el_peak_share"]
        made["car_peak"] = q["el_car_peak_share_plain"]
        if t.offered[month]:
            peak, valley = float(t.peak[month]), float(t.valley[month])
            rho = max(peak / valley * ratio / lever_table()["peak_valley_ratio"].default_2022, 1.0)
            dear = (peak * s0 + valley * (1.0 - s0)) / (s0 + (1.0 - s0) / rho)
            odds = s0 / (1.0 - s0) * rho ** -q["el_tou_subst"]
            made["home_peak"], made["car_peak"] = odds / (1.0 + odds), 1.0 - q["el_car_valley_share"]
            for what in ("home", "car"):
                s = made[f"{what}_peak"]
                made[what] = s * dear + (1.0 - s) * dear / rho - made["price"]
        return made

    def _lived(self, p: int, months: int) -> Terms:
        """Return the terms of the last `months` of the year: limits add up, all else is their mean."""
        mine = [terms[p] for terms in self.terms[-months:]]
        return {k: sum(t[k] for t in mine) / (1 if "limit" in k else months) for k in mine[0]}

    def _seen(self, p: int, k: int, month: int) -> float:
        """Return the log of the perceived price at 20 k kWh a year, CNY of 2022."""
        t, kwh, w = self.terms[0][p], 20.0 * k, self.q["el_perceived_price_mix"]
        over1, over2 = max(kwh - 12 * t["limit1"], 0.0), max(kwh - 12 * t["limit2"], 0.0)
        cost = t["price"] * kwh + t["second"] * over1 + (t["third"] - t["second"]) * over2
        average = cost / kwh if k else t["price"]
        marginal = t["price"] + t["second"] * (over1 > 0) + (t["third"] - t["second"]) * (over2 > 0)
        cpi = float(self.o.series["cpi"][month // 12 * 12])
        return w * math.log(average) + (1.0 - w) * math.log(marginal) - math.log(cpi)

    def _perceived(self, sums: dict[Any, list[float]], month: int) -> dict[Any, float]:
        made = {}
        for p, g in self.things.cells:
            kwh, homes = sums.get((p, g), [0.0, 0.0])
            made[p, g] = math.exp(self._seen(p, min(int(kwh / max(homes, 1.0) / 20.0), 511), month))
        return made

    def _base(self, year: int) -> float:
        q, total = self.q, 0.0
        for y in range(1, year + 1):
            total += q["el_base_fade"] ** max(y - 6, 0)
        return float(q["el_base_2015"] * math.exp(q["el_base_trend"] * total))

    def _load(self, h: Household, year: int) -> tuple[float, float]:
        flat = self._base(year) * h.own * h.size ** self.q["el_use_size_exponent"]
        each = [self.kwh[s][h.things[s][1]] for s in SLOTS]
        return flat + sum(each[2:]), sum(each[:2])

    def _begin(self, h: Household, drawn: int, month: int) -> float:
        """Give a home a meter; returns what it would use at u = 1."""
        sd = self.q["el_use_log_sd"]
        h.own = f32(math.exp(sd * normal(uniform(self.seed, LEVEL, h.row, drawn)) - 0.5 * sd * sd))
        flat, cool = self._load(h, month // 12)
        kwh = flat + sum(self.cool[h.place]) * cool
        self._take_level(h, kwh, month)
        return kwh

    def _take_level(self, h: Household, kwh: float, month: int) -> None:
        q, year = self.q, month // 12
        flat, cool = self._load(h, year)
        x = min(max(kwh / 20.0, 0.0), 511.0)
        k = min(int(x), 510)
        low, high = self._seen(h.place, k, month), self._seen(h.place, k + 1, month)
        urban = self.region.places[h.place].urban
        eps = q["el_price_elast_urban" if urban else "el_price_elast_rural"]
        seen = eps * (low + (x - k) * (high - low) - math.log(self.usual))
        eta = q["el_use_income_elasticity"]
        mean = math.log(self.income[year] * self.o.mean_household(year))
        level = math.exp(eta * h.log_income + eta * (mean - math.log(h.size)) + seen)
        h.use = f32(level * (1.0 - q["el_idle_saving"] * h.awareness))
        h.flat, h.cool = f32(h.use * flat / 12), f32(h.use * cool)

    def _take_off(self, h: Household) -> None:
        h.own = h.use = h.flat = h.cool = h.charged = h.year = 0.0
        h.lived = h.enrolled = 0

    def _switch(self, h: Household, s: int, old: int, new: int) -> None:
        more = np.float32(h.use) * np.float32(self.kwh[s][new] - self.kwh[s][old])
        if s < 2:
            h.cool = float(np.float32(h.cool) + more)
        else:
            h.flat = float(np.float32(h.flat) + more / np.float32(12))

    def leave(self, h: Household, month: int) -> None:
        """Bill a home that dissolves and take its things and meter."""
        self.things.leave(h, self.note)
        if month % 12 and h.lived:
            self._close(h)
        self._take_off(h)

    def come(self, h: Household, month: int) -> None:
        """Let a home that forms begin."""
        self.things.come(h, month)
        self._begin(h, month, month)

    def _close(self, h: Household) -> None:
        t, q = self._lived(h.place, h.lived), self.q
        over1, over2 = max(h.year - t["limit1"], 0.0), max(h.year - t["limit2"], 0.0)
        paid = t["price"] * h.year + t["second"] * over1 + (t["third"] - t["second"]) * over2
        home, car = q["el_peak_share"], q["el_car_peak_share_plain"]
        if h.enrolled:
            home, car = t["home_peak"], t["car_peak"]
            paid += (h.year - h.charged) * t["home"] + h.charged * t["car"]
        block3 = over2 > 0.0
        peak = (h.year - h.charged) * home + h.charged * car
        each = (h.year, paid, 1.0, over1 > 0.0 and not block3, block3, h.enrolled, peak)
        for name, amount in zip(YEARLY, each, strict=True):
            cell = (name, h.place, h.quintile)
            self.year[cell] = self.year.get(cell, 0.0) + h.weight * amount

    def january(self, month: int) -> None:
        """Weigh the peak-valley price, take the year's level of use, learn what electricity costs."""
        self.terms = [[self._month_terms(month, p) for p in range(self.o.places)]]
        for h in self.o._living():
            if self.tariffs.offered[month] and h.lived:
                self._weigh(h, month)
        for h in self.o._living():
            flat, cool = self._load(h, month // 12)
            seen = h.year * 12 / h.lived if h.lived else flat + sum(self.cool[h.place]) * cool
            self._take_level(h, seen, month)
            h.year, h.charged, h.lived = 0.0, 0.0, 0
        sums = {
            cell: [self.year.get(("home_kwh", *cell), 0.0), self.year.get(("home_closed", *cell), 0.0)]
            for cell in self.things.cells
        }
        self.power, self.year = self._perceived(sums, month), {}
        self.things.january(self.power)

    def _weigh(self, h: Household, month: int) -> None:
        q, t = self.q, self.terms[0][h.place]
        keen = q["el_tou_attention"] / q["aw_reference_level"] * h.awareness
        if uniform(self.seed, PEAK_VALLEY, h.row, month) >= keen:
            return
        saving = -((h.year - h.charged) * t["home"] + h.charged * t["car"]) * 12 / h.lived
        saving /= float(self.o.series["cpi"][month])
        z = normal(uniform(self.seed, PEAK_VALLEY, h.row, NEWCOMER))
        if saving > q["el_tou_hurdle"] * math.exp(q["el_tou_hurdle_log_sd"] * z):
            h.enrolled = 1
        elif saving < 0.0:
            h.enrolled = 0

    def begin_month(self) -> None:
        """Open the books of a month."""
        self.row: dict[Any, float] = {}
        self.claims: dict[Any, int] = {}
        self.money: dict[Any, float] = {}

    def note(self, what: str, h: Household, s: int, amount: float, more: int = 0) -> None:
        """Enter what happened to a thing (or, of `expected`, to a grade)."""
        p, g, kind = h.place, h.quintile, KINDS[KIND_OF[s]]
        if what == "claimed":
            self.claims[more, p, g] = self.claims.get((more, p, g), 0) + h.weight
            self.money[more, p, g] = self.money.get((more, p, g), 0.0) + h.weight * amount
            self._add("home_claims", p, g, h.weight)
        elif what == "expected":
            self._add(f"expected_grade{s + 1}", p, g, amount)
        elif what in ("rebated", "returned"):
            self._add(what, p, g, h.weight)
        else:
            self._add(f"{what}_{kind}", p, g, amount)
        if what == "sold" and kind != "lamps":
            self._add(f"sold_grade{more + 1}", p, g, amount)
            self._add("replaced", p, g, amount)
        if what == "first" and kind != "lamps":
            self._add("replaced", p, g, -amount)

    def _add(self, name: str, p: int, g: int, amount: float) -> None:
        self.row[name, p, g] = self.row.get((name, p, g), 0.0) + amount

    def buy(self, month: int, covered: Any) -> None:
        """Let everyone renew what is due."""
        self.things.shop(month, covered)
        self.things.run_clocks(month)
        for h in self.o._living():
            self.things.renew(h, month, self.note, self._switch)

    def load(self, h: Household) -> float:
        """Return kWh a year that the car of a home charges on its meter."""
        if h.car is None or not h.home_charger or not h.metered:
            return 0.0
        return f32(h.weight * h.car_km * h.car_energy / 100.0 / h.weight)

    def use(self, month: int, factor: Any) -> dict[Any, float]:
        """Use a month's electricity; returns what is entered of the month."""
        if month % 12:
            self.terms.append([self._month_terms(month, p) for p in range(self.o.places)])
        for h in self.o._living():
            kwh = h.flat + self.cool[h.place][month % 12] * h.cool
            load = self.load(h)
            charged = load * factor[h.place, h.quintile, h.car // 4] / 12 if load > 0.0 else 0.0
            h.charged = float(np.float32(h.charged) + np.float32(charged))
            h.year += kwh + charged
            h.lived += 1
            for name, amount in (("meter_kwh", kwh + charged), ("meter_kwh_car", charged)):
                self.row[name, h.place] = self.row.get((name, h.place), 0.0) + h.weight * amount
            for s in SLOTS:
                if h.things[s][1]:
                    self._add(f"units_{KINDS[KIND_OF[s]]}", h.place, h.quintile, h.weight)
        if month % 12 == 11:
            for h in self.o._living():
                self._close(h)
            self.row |= self.year
        return self.row
