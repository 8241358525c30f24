"""Who forms and dissolves, attends and considers, and who decides about a car: in plain Python."""

from __future__ import annotations

import math

from model.data.months import PLAN_ISSUED
from tests.oracle_cars import Sales
from tests.oracle_people import (
    CONSIDER,
    INITIAL,
    LEAVE_HOME,
    TIMING,
    Household,
    exponential,
    f32,
    form,
    uniform,
)
from tests.oracle_start import Row, Start


class Minds(Start):
    """Households that turn over, attend, talk, and come to decide."""

    def _turn_over(self, month: int, sales: Sales) -> None:
        """Dissolve, then let go or wake rows until each place is within half a row of its target."""
        gone = [h for h in self.rows if h.dissolve_due == month]
        for h in gone:
            self._leave(h)
        came: list[Household] = []
        for p in range(self.places):
            target, attempt, here = int(self.region.households[month, p]), 0, self.people[p]
            while here and self.alive[p] > target:
                h = here[int(uniform(self.seed, LEAVE_HOME, p * 1_000_003 + attempt, month) * len(here))]
                attempt += 1
                if not h.active:
                    continue
                if self.alive[p] - target <= h.weight // 2:
                    break
                self._leave(h)
                gone.append(h)
            while self.reserve[p] and target - self.alive[p] > self.reserve[p][-1].weight // 2:
                h = self.reserve[p].pop()
                self.alive[p] += h.weight
                form(h, month, float(self.region.household_size[month // 12, p]), self.seed, self.hazard)
                came.append(h)
        for h in gone:
            h.considers = False
            if h.car is not None:
                self.dealers.give_up(h, "left", sales)
        share, attention = self._last_minds()
        rate = self._first_car_rate(month // 12) if came else []
        for h in came:
            h.awareness, h.openness, h.consider_hazard = f32(attention[h.place]), 1.0, 0.0
            h.consider_threshold = f32(exponential(self.seed, CONSIDER, h.row, month + 1))
            h.considers = uniform(self.seed, INITIAL, h.row, 2 + month) < share[h.place]
            self.dealers.wait(h, month)
            h.first_car_rate, h.trade_rate = f32(rate[h.place]), f32(self.q["car_trade_rate"] / 12)
            h.car_km = f32(self.q["veh_km_private_2025"])

    def _leave(self, h: Household) -> None:
        h.active, h.dissolve_due = False, 32_000
        self.reserve[h.place].append(h)
        self.alive[h.place] -= h.weight

    def _last_minds(self) -> tuple[list[float], list[float]]:
        """Share that considered and mean attention by place at the end of last month."""
        made: list[list[float]] = []
        for what in ("considering", "attention"):
            made.append(
                [self._last(what, p) / max(self._last("households", p), 1.0) for p in range(self.places)]
            )
        return made[0], made[1]

    def _last(self, what: str, place: int) -> float:
        return sum(self.book[-1].get((what, place, g), 0.0) for g in range(5)) if self.book else 0.0

    def _considering(self) -> float:
        heads = sum(self._last("households", p) for p in range(self.places))
        if heads <= 0:
            return self.q["car_consideration_2015"]
        return sum(self._last("considering", p) for p in range(self.places)) / heads

    def _timing(self, month: int) -> None:
        """What announced dates and bonuses do to this month's purchases."""
        q, terms, cpi = self.q, self.market.terms, float(self.series["cpi"][month])
        considering = self._considering()
        odds = min(self.nev_share / considering, 1.0) if considering > 0 else 0.0
        cost = q["car_timing_cost"]
        self.advance, self.waits, self.trade_factor = {}, {}, {}
        extra, reference = q["veh_scrap_subsidy_hazard"] - 1.0, q["car_timing_reference"]
        promised = [self._promised(min(month + h, 191)) if month >= PLAN_ISSUED else None for h in range(4)]
        for p in range(self.places):
            for g in range(5):
                worth = []
                for h in range(4):
                    money = (self.known[month][h] / cpi).tolist()
                    each = []
                    for owner in range(2):
                        mine = [0.0] * 3 if promised[h] is None else promised[h][p][g][owner]
                        parts = [self._mixed(money[owner], odds), self._mixed(mine, odds)]
                        each += [parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]]
                    worth.append(each)
                self.advance[p, g] = [
                    [min(max(worth[m][who] - worth[m + 1][who], 0.0) / cost, 12.0) for who in range(4)]
                    for m in range(3)
                ]
                self.waits[p, g] = [
                    any(worth[m][who] - worth[0][who] > cost * m for m in (1, 2, 3)) for who in range(4)
                ]
                swap = float(terms.replacement_bonus[month].max())
                if promised[0] is not None:
                    without, with_old = promised[0][p][g]
                    swap += max(b - a for a, b in zip(without, with_old, strict=True)) * cpi
                self.trade_factor[p, g] = 1.0 + extra * swap / reference
        scrap = float(terms.scrappage_bonus[month].max()) / reference
        self.scrap_shift = self.scrap_shift + extra * scrap if scrap > 0.0 else 0.0
        self.scrap_before = int(terms.scrappage_eligible_before[month])

    @staticmethod
    def _mixed(money: list[float], odds: float) -> tuple[float, float]:
        """What one expects who considers petrol cars only, and who considers all."""
        petrol, phev, bev = money
        return petrol, (1.0 - odds) * petrol + odds * ((phev + bev) / 2.0)

    def _promised(self, month: int) -> list[list[list[list[float]]]]:
        """Provincial money by place, fifth, with an old car or without, and powertrain (mean over
        classes)."""
        if month in self._promises:
            return self._promises[month]
        made = [[[[0.0] * 3 for _ in range(2)] for _ in range(5)] for _ in range(self.places)]
        mix = self.region.market.mix[month // 12].tolist()
        price = self.market.price[month // 12].tolist()
        for grant in self.policy.grants:
            for p in range(self.places if grant.budget != 0.0 else 0):
                for g in range(5):
                    amount = min(
                        float(grant.amount[month, p, g]), math.inf if grant.cap is None else grant.cap
                    )
                    for k, name in enumerate(("ice", "phev", "bev")):
                        share = 0.0
                        for c in range(4):
                            eligible = name in grant.options and price[k][c] <= (
                                grant.price_ceiling or math.inf
                            )
                            paid = amount * float(eligible) / float(self.series["cpi"][month])
                            share += paid * mix[k][c]
                        money = share * float(grant.coverage[month, p])
                        made[p][g][1][k] += money
                        if grant.requires != "trade_in":
                            made[p][g][0][k] += money
        self._promises[month] = made
        return made

    def _change_minds(self, month: int, row: Row) -> list[Household]:
        """Attention, consideration and who decides; contacts are those of the end of last month."""
        self._timing(month)
        q, told = self.q, self.policy.delivered["publicity_intensity"][month]
        began, deciders = [], []
        for h in self._living():
            f = h.heard("considers")
            a = h.awareness
            pull = self.gain * math.log1p(max(float(told[h.place, h.quintile]), 0.0)) * h.receptivity
            pull += self.talk * f
            a = (a + pull) / (1.0 + pull + self.forget)
            h.awareness = f32(a)
            if not h.considers:
                push = q["car_contagion_p"] / 12.0 * a / self.attention_2022
                push += q["car_contagion_q"] / 12.0 * f + q["car_contagion_sales"] / 12.0 * self.nev_share
                hazard = h.consider_hazard + h.openness * push * (1.0 + self.norm * h.heard("drives_nev"))
                h.consider_hazard = f32(hazard)
                if hazard >= h.consider_threshold:
                    began.append(h)
            if self._wants(h, month):
                deciders.append(h)
            g, w = h.quintile, h.weight
            for what, amount in (
                ("households", w), ("persons", w * h.size), ("attention", w * a),
                ("aware_persons", w * h.size if a >= q["aw_threshold"] else 0),
                ("considering", w if h.considers else 0),
            ):  # fmt: skip
                row[what, h.place, g] = row.get((what, h.place, g), 0.0) + amount
        for h in began:
            h.considers = True
        return deciders

    def _wants(self, h: Household, month: int) -> bool:
        """Tell whether a household decides about a car: end of life, trading up, first car, known dates."""
        rate, left, wants = h.first_car_rate, 0, False
        if h.car is not None:
            left = h.car_due - month
            held = month - h.car_bought >= round(self.q["car_trade_hold"])
            rate = h.trade_rate * self.trade_factor[h.place, h.quintile] if held else 0.0
            sooner = min(int(self.scrap_shift), self.dealers.scrap_within)
            wants = left <= (sooner if h.car_bought <= self.scrap_before else 0)
        hazard = h.buy_hazard + rate
        h.buy_hazard = f32(hazard)
        wants = wants or hazard >= h.buy_threshold
        if uniform(self.seed, TIMING, h.row, 0) >= self.q["car_timing_share"]:
            return wants
        who = 2 * (h.car is not None) + h.considers
        if wants:
            return not self.waits[h.place, h.quintile][who]
        lead = int(uniform(self.seed, TIMING, h.row, 1) * 3)
        ahead = self.advance[h.place, h.quintile][lead][who]
        return ahead > 0.0 and (h.buy_threshold - hazard <= rate * ahead or lead < left <= ahead)
