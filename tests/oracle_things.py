"""Things of homes in plain Python: what they are, when they fail, which grade is bought, what money moves.

Written from the equations in the docstrings of `model.domains.goods`, `renewal`, `thing_plans` and
`model.markets`, not from their code. Prices, lives and money on offer are tables of the model.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from model.data.appliance_market import appliance_market, label_kwh, sold_shares
from model.home_incentives import HomeIncentives
from model.markets.appliances import open_shop
from model.markets.lives import lives_under_way
from tests.oracle_people import Household, bits, exponential, uniform

FIRST, BUY, SERVED, RETURN, START = 23, 24, 25, 26, 27
KINDS = ("ac", "fridge", "washer", "heater", "tv", "lamps")
KIND_OF = (0, 0, 1, 2, 3, 4, 5)
SLOTS, GRADES, LAMPS = range(7), range(5), 6
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
    """Things of an oracle's run: `h.things` slot -> [due month, grade], or for none [level of the clock at
    which one is bought, 0]."""

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
        self.excess = {(s, *cell): 0.0 for s in SLOTS for cell in self.cells}
        self.given_back: dict[Any, int] | None = None
        self.growing, self.waits = False, set[tuple[int, int, int]]()
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

    def _rate(self, h: Household, s: int) -> float:
        """Return the yearly hazard of a first purchase at the level of income of 2015, without money."""
        q, kind = self.q, KINDS[KIND_OF[s]]
        rate = q[f"ap_first_rate_{kind}"] if s != LAMPS else 0.0
        if not self.region.places[h.place].urban:
            rate *= q["ap_first_rural"]
        if kind == "ac":
            rate *= self.hot[h.place] ** q["ap_first_cooling"]
        relative = max(h.log_income, math.log(q["car_relative_income_floor"]))
        return rate * math.exp(q["ap_first_income"] * relative)

    def first_purchase(self, h: Household, s: int, key: int, begun: float) -> float:
        """Return the level of the clock at which a home that lacks a thing buys one; `begun` is not
        counted."""
        rate = self._rate(h, s)
        if not rate > 0.0:
            return math.inf
        drawn = exponential(self.seed, FIRST, h.row, s * 1024 + key)
        return float(np.float32(begun + self.excess[s, h.place, h.quintile] + drawn / rate))

    def run_clocks(self, month: int) -> None:
        """Let every clock run for a month: the path, and what eagerness adds to it."""
        added = self.path[month] - (self.path[month - 1] if month else 0.0)
        for cell, eager in self.eager.items():
            self.excess[cell] += (eager - 1.0) * added

    def _begin(self, left: list[list[int]]) -> None:
        for h in self.o.rows:
            h.things = [[math.inf, 0] for _ in SLOTS]
            for s in SLOTS if h.active else ():
                u, byte, v = split(bits(self.seed, START, h.row, s))
                begun = h.things[0][1] > 0
                if u < self._chance(h.place, s, begun):
                    h.things[s] = [left[s][byte], 1 + within(self.early[KIND_OF[s]], v)]
                elif s != 1 or begun:
                    h.things[s] = [self.first_purchase(h, s, 1023, 0.0), 0]

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
        h.things = [[math.inf, 0] for _ in SLOTS]

    def come(self, h: Household, month: int) -> None:
        """Let a home that forms buy at once what its place owns, and wait for the rest."""
        begun = False
        for s in SLOTS:
            u, _, _ = split(bits(self.seed, START, h.row, s * 1024 + 1024 + month))
            level = math.inf
            if u < self._chance(h.place, s, begun):
                level = -math.inf
            elif s != 1:
                level = self.first_purchase(h, s, month, self.path[month - 1] if month else 0.0)
            begun = begun or (s == 0 and level == -math.inf)
            h.things[s] = [level, 0]

    def plans(self, h: Household) -> bool:
        """Tell whether a home plans its purchases ahead."""
        return uniform(self.seed, 14, h.row, 0) < self.q["car_timing_share"]

    def before_january(self, month: int) -> None:
        """Give back what money moved, where fifths differ in it."""
        for s in SLOTS:
            for p in range(self.o.places):
                if any(self.excess[s, p, g] != self.excess[s, p, 0] for g in range(5)):
                    self._share_clock(s, p)
        if any(self.shift[s, p, g] != self.shift[s, p, 0] for s in SLOTS for p, g in self.cells):
            self.given_back, self.money = dict(self.shift), None
            self._move(dict.fromkeys(self.shift, 0))

    def _share_clock(self, s: int, p: int) -> None:
        """Let the fifths of a place start from one clock again."""
        for h in self.o._living():
            if h.place == p and h.things[s][1] == 0:
                h.things[s][0] = float(np.float32(h.things[s][0]) - np.float32(self.excess[s, p, h.quintile]))
        for g in range(5):
            self.excess[s, p, g] = 0.0

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
        fade = math.exp(-1.0 / self.q["ap_clearing_months"])
        sale = []
        for p in range(self.o.places):
            aim = self._admitted(p, month)
            sale.append(
                [a + (b - a) * fade if a < b else a for a, b in zip(aim, self.on_sale[p], strict=True)]
            )
        moved = max(
            abs(a - b) for x, y in zip(sale, self.on_sale, strict=True) for a, b in zip(x, y, strict=True)
        )
        self.moved = moved
        if moved > 1e-6:
            self.on_sale = sale
        levers = {name: path[month] for name, path in self.o.policy.delivered.items()}
        money = self.incentives.money(month, levers, covered)
        money = type(money)(*(part.copy() for part in money))  # next month writes into the same arrays
        before, self.money = self.money, money
        self._see(month, before)
        self._wait(month)

    def _wait(self, month: int) -> None:
        """Find who puts a replacement off for money that is known to come."""
        self.waits, ahead = set(), self.incentives.ahead(month)
        for s in SLOTS[:LAMPS] if ahead is not None else ():
            k = KIND_OF[s]
            for p, g in self.cells:
                mean = [sum(self.usual[s, p, other][j] for other in range(5)) / 5 for j in GRADES]
                worth = [self._known(ahead, mean, k, p, g, h) for h in range(7)]
                cost = self.q["ap_timing_cost"] * self.price[month // 12][k][0]
                if any(worth[h] - worth[0] > h * cost for h in range(1, 7)):
                    self.waits.add((s, p, g))

    def _known(self, ahead: Any, mean: list[float], k: int, p: int, g: int, h: int) -> float:
        """Return the money that one who replaces expects `h` months from now."""
        served, made = self.q["ap_rebate_take_up"] * self.q["ap_rebate_passthrough"], 0.0
        month = self.o.month
        for j in GRADES:
            made += mean[j] * served * float(ahead.known[h, k, j])
            for n, one in enumerate(self.grants):
                listed = self.price[month // 12][k][j] * ahead.cpi
                if KINDS[k] not in one.options or j > 1 or listed > (one.price_ceiling or math.inf):
                    continue
                given = float(ahead.amount[h, n, p, g]) * (listed if one.of_price else 1.0)
                paid = min(given, math.inf if one.cap is None else one.cap) / ahead.cpi
                made += mean[j] * float(self.money.worth[n]) * float(self.money.covered[n, p]) * paid
        return made

    def _see(self, month: int, before: Money) -> None:
        """Weigh grades and move plans where anything has changed since the month of the money `before`."""
        q, money = self.q, self.money
        moved = self.moved
        same = before is not None and all((a == b).all() for a, b in zip(money, before, strict=True))
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
        self.on_offer = [x.tolist() for x in (money.rebate, money.grants)]
        self.growing, self.given_back = shift != was, None
        self._move(shift)
        self.eager = eager

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

    def _move(self, shift: dict[Any, int]) -> None:
        if shift == self.shift:
            return
        for h in self.o._living():
            for s in SLOTS:
                if h.things[s][1] > 0 and self.plans(h):
                    cell = (s, h.place, h.quintile)
                    h.things[s][0] += self.shift[cell] - shift[cell]
        self.shift = shift

    def renew(self, h: Household, month: int, note: Any, switch: Any) -> None:
        """Let a home renew what is due, and buy what it lacks when its clock stands at the level."""
        for s in SLOTS:
            at, grade = h.things[s]
            clock = self.path[month] + self.excess[s, h.place, h.quintile]
            if (at > month) if grade else (at > clock):
                continue
            if grade and (s, h.place, h.quintile) in self.waits and self.plans(h):
                h.things[s][0] = month + 1
                continue
            h.things[s] = self._renewed(h, s, grade, month, note)
            new = h.things[s][1]
            if new != grade:
                switch(h, s, grade, new)
            if s == 0 and (new == 0) != (grade == 0) and h.things[1][1] == 0:
                if new == 0:
                    h.things[1] = [math.inf, 0]
                elif h.things[1][0] == math.inf:
                    h.things[1] = [self.first_purchase(h, 1, month, self.path[month]), 0]

    def _renewed(self, h: Household, s: int, grade: int, month: int, note: Any) -> list[int]:
        if grade == 0:
            return self._bought(h, s, False, False, month, note)
        note("discarded", h, s, h.weight)
        u, _, v = split(bits(self.seed, RETURN, h.row, s * 1024 + month))
        if v >= self.q[f"ap_again_{KINDS[KIND_OF[s]]}"]:
            return [self.first_purchase(h, s, month, self.path[month]), 0]
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
