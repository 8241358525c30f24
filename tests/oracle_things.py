"""Things of homes in plain Python: what they are, when they fail, which grade is bought, what money moves.

Written from the equations in the docstrings of `model.domains.goods`, `renewal`, `thing_plans` and
`model.markets`, not from their code. Prices, lives and money on offer are tables of the model.
"""

from __future__ import annotations

import math
from typing import Any

from model.data.appliance_market import appliance_market, label_kwh, sold_shares
from model.home_incentives import HomeIncentives
from model.markets.appliances import open_shop
from model.markets.lives import lives_under_way
from tests.oracle_people import Household, bits, exponential, uniform

FIRST, BUY, SERVED, RETURN, START = 23, 24, 25, 26, 27
KINDS = ("ac", "fridge", "washer", "heater", "tv", "lamps")
KIND_OF = (0, 0, 1, 2, 3, 4, 5)
SLOTS, GRADES, FAR, LAMPS = range(7), range(5), 4095, 6
Money = Any


def split(drawn: int) -> tuple[float, int, float]:
    """Return a draw as a number of its upper 32 bits, the byte below, and a number of its lowest 24."""
    return ((drawn >> 32) + 0.5) / 2.0**32, (drawn >> 24) & 255, ((drawn & 0xFFFFFF) + 0.5) / 2.0**24


def soft(values: list[float]) -> list[float]:
    """Return logit chances."""
    raised = [math.exp(v - max(values)) for v in values]
    return [x / sum(raised) for x in raised]


def within(shares: list[float], u: float) -> int:
    """Return the entry in whose share the number `u` falls."""
    below = [sum(shares[: j + 1]) for j in range(len(shares))]
    return sum(u >= b for b in below[:-1])


class Things:
    """Things of an oracle's run: `h.things` slot -> [due month, grade], grade 0 for none."""

    def __init__(self, oracle: Any, usual_price: float) -> None:
        """Give the homes of January 2015 their things."""
        self.o, self.q, self.seed, self.region = oracle, oracle.q, oracle.seed, oracle.region
        q, region, series = self.q, self.region, oracle.series
        self.hot = [float(sum(row)) for row in region.cooling.tolist()]
        shop = open_shop(region, q, series, region.cooling.sum(axis=1), usual_price, oracle.policy.renewed)
        self.price, self.life = shop.price.tolist(), shop.life.tolist()
        self.grants = [grant for grant in oracle.policy.grants if grant.goods == "appliances"]
        self.incentives = HomeIncentives(self.grants, shop, series["cpi"], q)
        self.kwh, (self.early, self.late) = label_kwh(q).tolist(), (x.tolist() for x in sold_shares(q))
        self.rebated = appliance_market().rebated.tolist()
        self.table = appliance_market().price.tolist()
        self._tastes(usual_price)
        income, total, self.path = oracle.real_income(), 0.0, []
        for month in range(192):
            total += income[month // 12] ** q["ap_first_income"] / 12
            self.path.append(total)
        self.cells = [(p, g) for p in range(oracle.places) for g in range(5)]
        self.power = {cell: usual_price for cell in self.cells}
        self.attention = {cell: q["aw_reference_level"] for cell in self.cells}
        self.fifths = self._fifth_incomes()
        self.settled = region.things_2015.tolist()
        self.on_sale = [self._admitted(p, 0) for p in range(oracle.places)]
        self.shift = {(s, *cell): 0 for s in SLOTS for cell in self.cells}
        self.eager = {(s, *cell): 1.0 for s in SLOTS for cell in self.cells}
        self.given_back: dict[Any, int] | None = None
        self.growing = False
        self.money: Money = None
        self._begin(lives_under_way(q).tolist())

    def _tastes(self, usual_price: float) -> None:
        """Solve the constants of grades: shares of 2022 at the mean household, grade 1 rising from 2015."""
        q, homes = self.q, self.region.households[84].tolist()
        hot = sum(a * n for a, n in zip(self.hot, homes, strict=True)) / sum(homes)
        self.years = [q[f"ap_life_{kind}"] for kind in KINDS]
        self.scale, self.liking = [], []
        for k in range(6):
            scale = -q["ap_grade_price_elast"] / (self.table[k][0] * (1.0 - self.late[k][0]))
            self.scale.append(scale if self.rebated[k] else 0.0)
            worth = usual_price * q["ap_label_trust"] * self._counted(q["ap_idr_ac"], k)
            running = [x * (hot if k == 0 else 1.0) * worth for x in self.kwh[k]]
            self.liking.append(
                [math.log(self.late[k][j]) + self.scale[k] * (self.table[k][j] + running[j]) for j in GRADES]
            )

    def _counted(self, rate: float, k: int) -> float:
        return float((1.0 - (1.0 + rate) ** -self.years[k]) / rate)

    def _fifth_incomes(self) -> list[float]:
        """Return the mean income a person of fifths over that of all, from the middles of income steps."""
        persons, total = self.o.incomes.persons, sum(self.o.incomes.persons.values())
        earned, heads, below = [0.0] * 5, [0] * 5, 0
        for step in sorted(persons):
            g = min(4, int(5.0 * (below + 0.5 * persons[step]) / total))
            earned[g] += persons[step] * math.exp(4.0 + (step + 0.5) * 14.0 / 8192)
            heads[g] += persons[step]
            below += persons[step]
        return [e / max(n, 1) / (sum(earned) / total) for e, n in zip(earned, heads, strict=True)]

    def _admitted(self, p: int, month: int) -> list[float]:
        """Return the share of sellers who keep each grade in the end."""
        cutoff = float(self.o.policy.delivered["min_efficiency_cutoff"][month, p, 0])
        left = 1.0 - self.q["ap_below_standard"]
        return [1.0 - min(max(j + 1 - cutoff, 0.0), 1.0) * left for j in GRADES]

    def _rate(self, h: Household, s: int, eager: float) -> float:
        """Return the yearly hazard of a first purchase at the level of income of 2015."""
        q, kind = self.q, KINDS[KIND_OF[s]]
        rate = q[f"ap_first_rate_{kind}"] if s != LAMPS else 0.0
        if not self.region.places[h.place].urban:
            rate *= q["ap_first_rural"]
        if kind == "ac":
            rate *= self.hot[h.place] ** q["ap_first_cooling"]
        relative = max(h.log_income, math.log(q["car_relative_income_floor"]))
        return rate * eager * math.exp(q["ap_first_income"] * relative)

    def _month_of(self, level: float) -> int:
        if level > self.path[-1]:
            slope = self.path[-1] - self.path[-2]
            return int(min(191 + math.ceil((level - self.path[-1]) / slope), FAR))
        return next(m for m, reached in enumerate(self.path) if reached >= level)

    def first_purchase(self, h: Household, s: int, month: int) -> int:
        """Return when a home that lacks a thing buys one, later than `month` (-1: before the start)."""
        rate = self._rate(h, s, self.eager[s, h.place, h.quintile])
        if not rate > 0.0:
            return FAR
        begun = self.path[month] if month >= 0 else 0.0
        drawn = exponential(self.seed, FIRST, h.row, s * 1024 + (month if month >= 0 else 1023))
        return self._month_of(begun + drawn / rate)

    def _begin(self, left: list[list[int]]) -> None:
        for h in self.o.rows:
            h.things = [[FAR, 0] for _ in SLOTS]
            for s in SLOTS if h.active else ():
                u, byte, v = split(bits(self.seed, START, h.row, s))
                begun = h.things[0][1] > 0
                if u < self._chance(h.place, s, begun):
                    h.things[s] = [left[s][byte], 1 + within(self.early[KIND_OF[s]], v)]
                elif s != 1 or begun:
                    h.things[s] = [self.first_purchase(h, s, -1), 0]

    def _chance(self, p: int, s: int, begun: bool) -> float:
        share = self.settled[p]
        if s != 1:
            return float(share[s])
        return float(share[1] / share[0]) if begun and share[0] > 0.0 else 0.0

    def leave(self, h: Household, note: Any) -> None:
        """Let the things of a home that dissolves go."""
        for s in SLOTS:
            if h.things[s][1]:
                note("left", h, s, h.weight)
        h.things = [[FAR, 0] for _ in SLOTS]

    def come(self, h: Household, month: int) -> None:
        """Let a home that forms buy at once what its place owns, and wait for the rest."""
        begun = False
        for s in SLOTS:
            u, _, _ = split(bits(self.seed, START, h.row, s * 1024 + 1024 + month))
            due = FAR
            if u < self._chance(h.place, s, begun):
                due = month - 1
            elif s != 1:
                due = self.first_purchase(h, s, month)
            begun = begun or (s == 0 and due < month)
            h.things[s] = [due, 0]

    def plans(self, h: Household) -> bool:
        """Tell whether a home plans its purchases ahead."""
        return uniform(self.seed, 14, h.row, 0) < self.q["car_timing_share"]

    def before_january(self, month: int) -> None:
        """Give back what money moved, where fifths differ in it."""
        if all(
            self.shift[s, p, g] == self.shift[s, p, 0] and self.eager[s, p, g] == self.eager[s, p, 0]
            for s in SLOTS
            for p, g in self.cells
        ):
            return
        self.given_back, self.money = dict(self.shift), None
        self._move(month, dict.fromkeys(self.shift, 0), dict.fromkeys(self.eager, 1.0))

    def january(self, power: dict[tuple[int, int], float]) -> None:
        """Learn the price of use, attention, incomes, and what homes of a place own."""
        last = self.o.book[-1]
        homes, owning = [0] * self.o.places, [[0] * 7 for _ in range(self.o.places)]
        for h in self.o._living():
            homes[h.place] += h.weight
            for s in SLOTS:
                owning[h.place][s] += h.weight if h.things[s][1] else 0
        self.settled = [[n / max(homes[p], 1) for n in owning[p]] for p in range(self.o.places)]
        self.power, self.fifths = dict(power), self._fifth_incomes()
        for p, g in self.cells:
            heads = max(last.get(("households", p, g), 0.0), 1.0)
            self.attention[p, g] = last.get(("attention", p, g), 0.0) / heads

    def _utilities(self, p: int, g: int, s: int, month: int) -> list[float]:
        q, k = self.q, KIND_OF[s]
        keen = 1.0 + q["ap_attention_weight"] * (self.attention[p, g] / q["aw_reference_level"] - 1.0)
        trust = min(max(q["ap_label_trust"] * keen, 0.0), 1.0)
        rate = q["ap_idr_ac"] * self.fifths[g] ** -q["ap_idr_income"]
        worth = trust * self.power[p, g] * self._counted(rate, k) * (self.hot[p] if k == 0 else 1.0)
        made = []
        behind = min(max((84 - month // 12 * 12) / 84, 0.0), 1.0)
        rise = math.log(
            self.early[k][0] / (1.0 - self.early[k][0]) / self.late[k][0] * (1.0 - self.late[k][0])
        )
        for j in GRADES:
            liking = self.liking[k][j] + (behind * rise if j == 0 else 0.0)
            spent = self.price[month // 12][k][j] + self.kwh[k][j] * worth
            made.append(liking - self.scale[k] * spent + math.log(self.on_sale[p][j]))
        return made

    def shop(self, month: int, covered: Any) -> None:
        """See what is on sale and what money there is, and move plans with the money."""
        q, fade = self.q, math.exp(-1.0 / self.q["ap_clearing_months"])
        sale = []
        for p in range(self.o.places):
            aim = self._admitted(p, month)
            sale.append(
                [a + (b - a) * fade if a < b else a for a, b in zip(aim, self.on_sale[p], strict=True)]
            )
        moved = max(
            abs(a - b) for x, y in zip(sale, self.on_sale, strict=True) for a, b in zip(x, y, strict=True)
        )
        if moved > 1e-6:
            self.on_sale = sale
        levers = {name: path[month] for name, path in self.o.policy.delivered.items()}
        money = self.incentives.money(month, levers, covered)
        money = type(money)(*(part.copy() for part in money))  # next month writes into the same arrays
        same = self.money is not None and all((a == b).all() for a, b in zip(money, self.money, strict=True))
        anew = month % 12 == 0 or moved > 1e-6
        if same and not anew and not self.growing:
            return
        if anew:
            self.value = {(s, p, g): self._utilities(p, g, s, month) for s in SLOTS for p, g in self.cells}
            self.usual = {cell: soft(value) for cell, value in self.value.items()}
        was, shift, eager = self.shift if self.given_back is None else self.given_back, {}, {}
        for s in SLOTS:
            top = self.price[month // 12][KIND_OF[s]][0]
            cost = q["ap_timing_cost"] * top
            for p, g in self.cells:
                mean = [sum(self.usual[s, p, other][j] for other in range(5)) / 5 for j in GRADES]
                first, again = self._expected(money, mean, s, p, g)
                full = int(min(math.floor(again / cost), math.floor(q["ap_timing_most"])))
                shift[s, p, g] = min(full, was[s, p, g] + math.ceil(full / 3))
                left = max(1.0 - min(first / top, 1.0), 0.01)
                eager[s, p, g] = round(left ** q["ap_price_elast"], 2)
        self.money, self.on_offer = money, [x.tolist() for x in (money.rebate, money.grants)]
        self.growing, self.given_back = shift != was, None
        self._move(month, shift, eager)

    def _expected(self, money: Money, usual: list[float], s: int, p: int, g: int) -> tuple[float, float]:
        """Return the money that a first buyer and one who replaces expect."""
        q, k = self.q, KIND_OF[s]
        served = q["ap_rebate_take_up"] * q["ap_rebate_passthrough"]
        first = served * sum(usual[j] * float(money.rebate[k, j]) for j in GRADES)
        bonus = float(money.bonus[p, g])
        again = first + (self.handed_in(bonus) * bonus if s != LAMPS else 0.0)
        for n in range(len(self.grants)):
            each = float(money.worth[n]) * float(money.covered[n, p])
            each *= sum(usual[j] * float(money.grants[n, p, g, k, j]) for j in GRADES)
            again += each
            first += 0.0 if money.needs_old[n] else each
        return first, again

    def handed_in(self, bonus: float) -> float:
        """Return the chance that an old thing is handed in."""
        base = self.q["ap_return_base"]
        odds = math.log(base / (1.0 - base)) + self.q["ap_return_slope"] * (
            bonus - self.q["ap_return_reference"]
        )
        return 1.0 / (1.0 + math.exp(-odds))

    def _move(self, month: int, shift: dict[Any, int], eager: dict[Any, float]) -> None:
        if shift == self.shift and eager == self.eager:
            return
        for h in self.o._living():
            for s in SLOTS:
                due, grade = h.things[s]
                cell = (s, h.place, h.quintile)
                if grade > 0 and self.plans(h):
                    h.things[s][0] = due + self.shift[cell] - shift[cell]
                elif grade == 0 and month <= due < FAR and self.eager[cell] != eager[cell]:
                    h.things[s][0] = self._moved(h, s, due, month, self.eager[cell] / eager[cell])
        self.shift, self.eager = shift, eager

    def _moved(self, h: Household, s: int, due: int, month: int, ratio: float) -> int:
        """Return when a first purchase comes whose hazard is 1 / `ratio` of what it was from `month` on."""

        def reached(m: int) -> float:
            if m < 0:
                return 0.0
            return self.path[m] if m <= 191 else self.path[-1] + (m - 191) * (self.path[-1] - self.path[-2])

        part = uniform(self.seed, FIRST, h.row, 8 * 1024 + s * 1024 + month)
        lies = reached(due - 1) + part * (reached(due) - reached(due - 1))
        return self._month_of(reached(month - 1) + ratio * (lies - reached(month - 1)))

    def renew(self, h: Household, month: int, note: Any, switch: Any) -> None:
        """Let a home renew what is due."""
        for s in SLOTS:
            due, grade = h.things[s]
            if due > month:
                continue
            h.things[s] = self._renewed(h, s, grade, month, note)
            new = h.things[s][1]
            if new != grade:
                switch(h, s, grade, new)
            if s == 0 and (new == 0) != (grade == 0) and h.things[1][1] == 0:
                if new == 0:
                    h.things[1] = [FAR, 0]
                elif h.things[1][0] == FAR:
                    h.things[1] = [self.first_purchase(h, 1, month), 0]

    def _renewed(self, h: Household, s: int, grade: int, month: int, note: Any) -> list[int]:
        if grade == 0:
            return self._bought(h, s, False, False, month, note)
        note("discarded", h, s, h.weight)
        u, _, v = split(bits(self.seed, RETURN, h.row, s * 1024 + month))
        if v >= self.q[f"ap_again_{KINDS[KIND_OF[s]]}"]:
            return [self.first_purchase(h, s, month), 0]
        bonus = float(self.money.bonus[h.place, h.quintile])
        return self._bought(h, s, True, s != LAMPS and u < self.handed_in(bonus), month, note)

    def _bought(self, h: Household, s: int, old: bool, handed: bool, month: int, note: Any) -> list[int]:
        p, g, k, money = h.place, h.quintile, KIND_OF[s], self.money
        u, byte, v = split(bits(self.seed, BUY, h.row, s * 1024 + month))
        rebate = self.on_offer[0][k]
        gets = rebate[0] > 0.0 and v < self.q["ap_rebate_take_up"]
        served = [
            n
            for n in range(len(self.grants))
            if money.covered[n, p] > 0.0
            and (old or not money.needs_old[n])
            and any(x > 0.0 for x in self.on_offer[1][n][p][g][k])
            and uniform(self.seed, SERVED, h.row * 7 + s, int(money.keys[n]) + month) < money.covered[n, p]
        ]
        paid = [self._paid(month, p, g, k, j, gets, served) for j in GRADES]
        chances = self.usual[s, p, g]
        if gets or served:
            worth = [sum(w * x for _, w, x in each) for each in paid]
            chances = soft([self.value[s, p, g][j] + self.scale[k] * worth[j] for j in GRADES])
        j = within(chances, u)
        for n, _, x in paid[j]:
            if x > 0.0:
                note("rebated" if n < 0 else "claimed", h, s, x, n)
        note("sold", h, s, h.weight, j)
        if not old:
            note("first", h, s, h.weight)
        if old and (handed or any(money.needs_old[n] for n in served)):
            note("returned", h, s, h.weight)
        if s != LAMPS:
            for grade in GRADES:
                note("expected", h, grade, h.weight * chances[grade])
        due = month + self.life[s][byte]
        if self.plans(h):
            due = max(due - self.shift[s, p, g], month + 1)
        return [due, j + 1]

    def _paid(
        self, month: int, p: int, g: int, k: int, j: int, gets: bool, served: list[int]
    ) -> list[tuple[int, float, float]]:
        """Return (grant or -1, its worth, what is paid) of all money on a grade, cut at the price."""
        room, made = self.price[month // 12][k][j], []
        if gets:
            made.append((-1, self.q["ap_rebate_passthrough"], min(self.on_offer[0][k][j], room)))
            room -= made[-1][2]
        for n in served:
            made.append((n, float(self.money.worth[n]), min(self.on_offer[1][n][p][g][k][j], room)))
            room -= made[-1][2]
        return made
