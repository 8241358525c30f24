"""Who forms and dissolves, attends and considers, and who decides about a car: in plain Python."""

from __future__ import annotations

import math
from typing import Any

from model.data.months import PLAN_ISSUED
from tests.oracle_cars import Sales
from tests.oracle_people import (
    CONSIDER,
    INITIAL,
    LEAVE_HOME,
    NEVER,
    NEWCOMER,
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
        for h in [h for h in self.rows if h.dissolve_due == month]:
            self._leave(h, sales)
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
                self._leave(h, sales)
            while self.reserve[p] and target - self.alive[p] > self.reserve[p][-1].weight // 2:
                h = self.reserve[p].pop()
                self.alive[p] += h.weight
                size = float(self.region.household_size[month // 12, p])
                form(h, month, size, self.seed, self.hazard, self.incomes)
                came.append(h)
        self.came = came
        for h in came:
            assert h.first_contact is not None
            h.awareness, h.openness = h.first_contact.awareness, self._openness(h)
            here = [other for other in self.people[h.place] if other.active]
            heads = sum(other.weight for other in here)
            minded = sum(other.weight for other in here if other.considers)
            h.considers = uniform(self.seed, INITIAL, h.row, 2 + month) * heads < minded
            left = exponential(self.seed, CONSIDER, h.row, month + 1)
            h.consider_left = math.inf if h.considers else f32(left)
            self.dealers.wait(h, NEWCOMER + month, month)

    def _leave(self, h: Household, sales: Sales) -> None:
        if h.car is not None:
            self.dealers.give_up(h, "left", sales)
        h.active, h.dissolve_due, h.buy_due = False, NEVER, NEVER
        h.considers, h.consider_left = False, math.inf
        self.reserve[h.place].append(h)
        self.alive[h.place] -= h.weight

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
        if month % 12 == 0:
            considering = self._considering()
            self.nev_odds = min(self.nev_share / considering, 1.0) if considering > 0 else 0.0
        odds = self.nev_odds
        cost, most = q["car_timing_cost"], float(round(q["car_timing_most"]))
        self.advance, self.waits, factor = {}, {}, {}
        raised = (q["veh_scrap_subsidy_hazard"] - 1.0) / q["car_timing_reference"]
        swap, scrap = self._bonus(terms.replacement_bonus, month), self._bonus(terms.scrappage_bonus, month)
        for p in range(self.places):
            for g in range(5):
                worth = []
                for h in range(7):
                    money = (self.known[month][h] / cpi).tolist()
                    each = []
                    for owner in range(2):
                        mine = self._expected(min(month + h, 191), month, p, g, owner)
                        mine = [each_kind / cpi for each_kind in mine]
                        parts = [self._mixed(money[owner], odds), self._mixed(mine, odds)]
                        each += [parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]]
                    worth.append(each)
                self.advance[p, g] = [
                    [min(max(worth[m][who] - worth[m + 1][who], 0.0) / cost, most) for who in range(4)]
                    for m in range(3)
                ]
                self.waits[p, g] = [
                    any(worth[m][who] - worth[0][who] > cost * m for m in range(1, 7)) for who in range(4)
                ]
                without, with_old = (self._expected(month, month, p, g, owner) for owner in range(2))
                for considers in range(2):
                    own = self._mixed(with_old, odds)[considers] - self._mixed(without, odds)[considers]
                    factor[p, g, considers] = 1.0 + raised * (own + self._mixed(swap, odds)[considers])
                    both = own, own + self._mixed(scrap, odds)[considers]
                    for old in range(2):
                        nearer = raised * both[old]
                        was = self.scrap_shift[old][p][g][considers]
                        self.scrap_shift[old][p][g][considers] = was + nearer if nearer > 0.0 else 0.0
        self.scrap_before = int(terms.scrappage_eligible_before[month])
        self._follow_money(month, factor)

    def _bonus(self, paid: Any, month: int) -> list[float]:
        """Return a national bonus of a month by powertrain: the mean over classes by those sold, CNY."""
        mix = self.region.market.mix[month // 12]
        return [sum(float(paid[month, k, c] * mix[k, c]) for c in range(4)) for k in range(3)]

    def _follow_money(self, month: int, factor: dict[tuple[int, int, int], float]) -> None:
        """Let owners plan anew when trade-in money moves the hazard of trading up."""
        known = self.dealers.trade_factor
        if any(abs(x - known.get(cell, 1.0)) > 1e-9 * x for cell, x in factor.items()):
            self.dealers.trade_factor = factor
            for h in self._living():
                if h.car is not None:
                    self.dealers.plan_anew(h, month)

    @staticmethod
    def _mixed(money: list[float], odds: float) -> tuple[float, float]:
        """What one expects who considers petrol cars only, and who considers all."""
        petrol, phev, bev = money
        return petrol, (1.0 - odds) * petrol + odds * ((phev + bev) / 2.0)

    def _promised(self, month: int) -> list[list[list[list[list[float]]]]]:
        """Money of each grant by place, fifth, with an old car or without, and powertrain (mean over
        classes), CNY to the fen."""
        if month in self._promises:
            return self._promises[month]
        made = []
        mix = self.region.market.mix[month // 12].tolist()
        price = self.market.price[month // 12].tolist()
        for grant in self.car_grants:
            mine = [[[[0.0] * 3 for _ in range(2)] for _ in range(5)] for _ in range(self.places)]
            most = math.inf if grant.cap is None else grant.cap
            for p in range(self.places if grant.budget != 0.0 else 0):
                for g in range(5):
                    level = float(grant.amount[month, p, g])
                    for k, name in enumerate(("ice", "phev", "bev")):
                        share = 0.0
                        for c in range(4):
                            dearest = grant.price_ceiling or math.inf
                            if name in grant.options and price[k][c] <= dearest:
                                each = min(level * price[k][c] if grant.of_price else level, most)
                                share += each * mix[k][c]
                        covered = float(grant.coverage[month, p]) * self.claiming(grant)
                        money = round(share * covered * 100.0) / 100.0
                        mine[p][g][1][k] = money
                        if grant.requires != "trade_in":
                            mine[p][g][0][k] = money
            made.append(mine)
        self._promises[month] = made
        return made

    def _expected(self, month: int, now: int, p: int, g: int, owner: int) -> list[float]:
        """Provincial money of `month` by powertrain as people expect it in month `now`, CNY."""
        grants = self.car_grants if now >= PLAN_ISSUED else ()
        made = [0.0] * 3
        for k, grant in enumerate(grants):
            for kind in range(3):
                made[kind] += self.funded(grant, now) * self._promised(month)[k][p][g][owner][kind]
        return made

    def _change_minds(self, month: int, row: Row) -> list[Household]:
        """Attention, consideration and who decides; contacts are those of the end of last month.

        Rows in reserve listen too, so that whoever talks to one finds the attention of its surroundings.
        """
        self._timing(month)
        q, told = self.q, self.policy.delivered["publicity_intensity"][month]
        began, deciders = [], []
        for h in self.rows:
            f = h.heard("considers")
            pull = self.gain * math.log1p(max(float(told[h.place, h.quintile]), 0.0)) * h.receptivity
            pull += self.talk * f
            a = (h.awareness + pull) / (1.0 + pull + self.forget)
            h.awareness = f32(a)
            if not h.active:
                continue
            if not h.considers:
                push = q["car_contagion_p"] / 12.0 * a / self.attention_2022
                push += q["car_contagion_q"] / 12.0 * f + q["car_contagion_sales"] / 12.0 * self.nev_share
                lift = 1.0 + self.norm * h.heard("drives_nev")
                h.consider_left = f32(h.consider_left - h.openness * push * lift)
                if h.consider_left <= 0.0:
                    began.append(h)
            if self._wants(h, month):
                deciders.append(h)
        self._count_minds(month, row)
        for h in began:
            h.considers, h.consider_left = True, math.inf
        return deciders

    def _count_minds(self, month: int, row: Row) -> None:
        """Count households and who considers; attention is asked for at the start and quarter ends.

        In between hold the shares in the persons and households of a fifth.
        """
        asked: Row = {}
        for h in self._living():
            g, w, aware = h.quintile, h.weight, h.awareness >= self.q["aw_threshold"]
            counted = ("households", w), ("persons", w * h.size), ("considering", w * h.considers)
            for what, amount in counted:
                row[what, h.place, g] = row.get((what, h.place, g), 0.0) + amount
            for what, amount in (("attention", w * h.awareness), ("aware_persons", w * h.size * aware)):
                asked[what, h.place, g] = asked.get((what, h.place, g), 0.0) + amount
        whole = {"attention": "households", "aware_persons": "persons"}
        if month == 0 or month % 3 == 2:
            self.surveyed = {(what, p, g): x / row[whole[what], p, g] for (what, p, g), x in asked.items()}
        for (what, p, g), share in self.surveyed.items():
            here = share * row.get((whole[what], p, g), 0.0)
            row[what, p, g] = round(here) if what == "aware_persons" else here

    def _wants(self, h: Household, month: int) -> bool:
        """Tell whether a household decides about a car: end of life, trading up, first car, known dates."""
        owner = h.car is not None
        old = int(h.car_bought <= self.scrap_before)
        sooner = min(int(self.scrap_shift[old][h.place][h.quintile][h.considers]), self.dealers.scrap_within)
        wants = h.buy_due <= month or (owner and h.car_due <= month + sooner)
        if uniform(self.seed, TIMING, h.row, 0) >= self.q["car_timing_share"]:
            return wants
        who = 2 * owner + h.considers
        if wants:
            return not self.waits[h.place, h.quintile][who]
        lead = int(uniform(self.seed, TIMING, h.row, 1) * 3)
        ahead = self.advance[h.place, h.quintile][lead][who]
        dates = [(h.buy_due, h.buy_due)] + ([(h.car_due - sooner, h.car_due)] if owner else [])
        with_money, without = (min(each) - month for each in zip(*dates, strict=True))
        return with_money > lead and without <= ahead
