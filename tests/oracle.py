"""A slow run in plain Python beside the compiled model: same people, scenario, numbers and seed.

Households are objects, sums are loops. Shared with the model are tables (region, prices, public money, known
dates) and the synthetic people; everything that households and firms do is stated again.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from model.data.months import PLAN_ISSUED
from model.data.parameters import Parameters
from model.domains.transport import Offers
from model.institutions.policy import Policy
from model.markets.foresight import foresight
from model.markets.vehicles import loan_money, open_market, quote
from model.population.synthesis import Population
from model.start import exogenous
from tests.oracle_cars import BEV, CLASSES, KINDS, OPTIONS, CityFleet, Dealers, Investor, Sales
from tests.oracle_people import (
    CONSIDER,
    INITIAL,
    LEAVE_HOME,
    TIMING,
    Household,
    befriend,
    exponential,
    f32,
    form,
    grow_older,
    lifetime,
    uniform,
)

Row = dict[tuple[Any, ...], float]


class Oracle:
    """A run. `people` by place, `book` month -> (measure, place[, fifth or option]) -> sum."""

    def __init__(self, population: Population, policy: Policy, parameters: Parameters, seed: int) -> None:
        """Give everyone a state for January 2015."""
        self.region, self.policy, self.seed, self.month = population.region, policy, seed, 0
        self.q = q = parameters.replace(policy.parameters) if policy.parameters else parameters
        self.series = exogenous(self.region, q, policy)
        self.starts = [int(s) for s in population.starts]
        self.places = len(self.region.places)
        self._read(population)
        befriend(self.rows, self.starts, population.rewire, population.same_place)
        self._numbers()
        self.dealers = Dealers(q, seed, len(self.rows) // 4 + 64)
        self.book: list[Row] = []
        self.spent, self.claimed = [0.0] * len(policy.grants), [0.0] * len(policy.grants)
        self.paid: dict[tuple[int, int, int], float] = {}
        self.reserve: list[list[Household]] = []
        self._settle([int(x) for x in population.order])
        self._january(0)
        self._first_minds()
        self._open_traffic()

    def _read(self, population: Population) -> None:
        c = population.columns
        self.rows = [
            Household(
                row=i, weight=int(c.weight[i]), place=int(c.place[i]), attitude=float(c.attitude[i]),
                taste_a=float(c.taste_a[i]), taste_b=float(c.taste_b[i]), km_z=float(c.km_z[i]),
                home_charger=int(c.home_charger[i]), car=0 if c.car[i] == 0 else None, size=int(c.size[i]),
                income_z=float(c.income_z[i]),
            )
            for i in range(len(c.weight))
        ]  # fmt: skip
        self.people = [self.rows[self.starts[p] : self.starts[p + 1]] for p in range(self.places)]

    def _numbers(self) -> None:
        """Attention and influence: rates a month, pull such that the reference publicity rests at its
        level."""
        q = self.q
        self.hazard = q["hh_dissolution"] / 12
        self.forget = 2.0 ** (1.0 / q["soc_publicity_halflife"]) - 1.0
        level = q["aw_reference_level"]
        pull = self.forget * level / (1.0 - level)
        self.gain = pull / math.log1p(q["aw_reference_exposures"])
        self.talk = q["aw_word_of_mouth"] * pull
        told = self.policy.delivered["publicity_intensity"][PLAN_ISSUED - 1].tolist()
        told_2022 = sum(map(sum, told)) / (len(told) * 5)
        rest = self.gain * math.log1p(max(told_2022, 0.0))
        self.attention_2022 = rest / (rest + self.forget)
        r = q["soc_intention_behaviour"] * q["soc_intention_causal"]
        self.slope = 2.0 * r / math.sqrt(1.0 - r * r)
        self.norm = self.slope * q["soc_tpb_sn"] / q["soc_norm_sd"]
        self.scrap_shift = self.nev_share = 0.0
        self.recent: list[list[list[float]]] = []

    def _settle(self, order: list[int]) -> None:
        """Wake rows in their order while the target lies more than half a row away; the rest is reserve."""
        self.alive = [0] * self.places
        for p in range(self.places):
            queue = [self.rows[i] for i in order[self.starts[p] : self.starts[p + 1]]]
            while queue and self.alive[p] + queue[0].weight // 2 < int(self.region.households[0, p]):
                h = queue.pop(0)
                h.active, h.dissolve_due = True, lifetime(self.seed, h.row, 0, self.hazard)
                self.alive[p] += h.weight
            self.reserve.append(queue[::-1])

    def _january(self, year: int) -> None:
        q, region = self.q, self.region
        factor = float(self.series["income"][year * 12])
        grow_older(
            self.people, year, region.household_size[year].tolist(),
            [float(x) * factor for x in region.income[year]], region.income_log_sd.tolist(),
            q["hh_income_persistence"], self.seed,
        )  # fmt: skip
        homes = region.households[0].tolist()
        mean = sum(a * b for a, b in zip(region.home_charger.tolist(), homes, strict=True)) / sum(homes)
        sd = math.sqrt(mean * (1.0 - mean))
        a, c = q["soc_tpb_att"], q["soc_tpb_pbc"]
        spread = self.slope * math.sqrt(a * a + c * c)
        for h in self._living():
            control = (h.home_charger - mean) / sd if sd > 0 else 0.0
            lift = self.slope * (a * h.attitude + c * control) - 0.5 * spread * spread
            relative = min(max(h.relative_income, 0.05), 20.0)
            openness = math.exp(lift + math.log(q["car_consideration_income_or"]) * math.log(relative))
            urban = region.places[h.place].urban
            h.openness = f32(openness if urban else openness * q["car_consideration_rural_or"])

    def _living(self) -> list[Household]:
        return [h for h in self.rows if h.active]

    def _first_minds(self) -> None:
        told, sd = self.policy.delivered["publicity_intensity"][0], self.q["aw_receptivity_sd"]
        for h in self.rows:
            r = math.exp(sd * h.attitude - 0.5 * sd * sd)
            pull = self.gain * r * math.log1p(float(told[h.place, h.quintile]))
            h.receptivity, h.awareness = f32(r), f32(pull / (pull + self.forget))
            h.consider_threshold = f32(exponential(self.seed, CONSIDER, h.row, 0))
        living, share, total = self._living(), self.q["car_consideration_2015"], 0.0
        for h in living:
            total += h.weight * h.openness
        mean = total / sum(h.weight for h in living) if living else 1.0
        for h in living:
            chance = 1.0 - math.exp(math.log(1.0 - share) * h.openness / mean)
            h.considers = uniform(self.seed, INITIAL, h.row, 1) < chance

    def _open_traffic(self) -> None:
        """First cars: class by the mix of petrol cars of 2015, age by the survivors of growing sales."""
        places, q, region, dealers = self.places, self.q, self.region, self.dealers
        self.market = open_market(region, q, self.series, self.policy.renewed)
        self.known = foresight(region.name, self.policy.renewed)
        zero = np.zeros(places)
        offers = quote(
            self.market, 0, zero, zero, np.zeros((places, 5)), np.zeros((places, 5, OPTIONS)),
            np.zeros((0, places, 5, OPTIONS)), np.zeros((0, places)), np.zeros(0, dtype=np.bool_),
        )  # fmt: skip
        self._wishes(0)
        growth = q["car_stock_growth_2015"]
        left = [math.exp(-((a / dealers.scale) ** dealers.shape) - growth * a / 12) for a in range(300)]
        mix = [float(x) for x in region.market.mix[0, 0]]
        for h in self.rows:
            dealers.wait(h, -1)
            if not h.active or h.car is None:
                h.car = None
                continue
            u = uniform(self.seed, INITIAL, h.row, 3)
            kind = min(sum(u >= sum(mix[: k + 1]) for k in range(CLASSES)), CLASSES - 1)
            nev = uniform(self.seed, INITIAL, h.row, 4) < region.nev_share_2015
            part, age = uniform(self.seed, INITIAL, h.row, 5) * sum(left), 0
            while part > sum(left[: age + 1]):
                age += 1
            age = min(age, 11) if nev else age
            dealers.register(h, kind + (BEV * CLASSES if nev else 0), -age, 0, offers)
        cars = self._stock()
        everyone = [
            sum(cars.get((p, g, j), 0) for g in range(5) for j in range(OPTIONS)) for p in range(places)
        ]
        plug_in = [
            sum(cars.get((p, g, j), 0) for g in range(5) for j in range(CLASSES, OPTIONS))
            for p in range(places)
        ]
        self.expected_nev = [max(plug_in[p], region.nev_share_2015 * everyone[p]) for p in range(places)]
        self.investors = [
            Investor(float(region.chargers_2015[p]), self.expected_nev[p], q) for p in range(places)
        ]
        towns = [p for p in range(places) if region.places[p].urban]
        self.fleets = [CityFleet(p, q) for p in towns]
        last_town = {region.places[p].city: p for p in towns}
        self.town = [p if x.urban else last_town[x.city] for p, x in enumerate(region.places)]

    def _stock(self) -> dict[tuple[int, int, int], int]:
        cars: dict[tuple[int, int, int], int] = {}
        for h in self._living():
            if h.car is not None:
                cell = (h.place, h.quintile, h.car)
                cars[cell] = cars.get(cell, 0) + h.weight
        return cars

    def _wishes(self, year: int) -> None:
        rate = self._first_car_rate(year)
        for h in self._living():
            self.dealers.yearly_wish(h, rate[h.place])

    def _first_car_rate(self, year: int) -> list[float]:
        """Hazard a month of a first car by place; its trend follows real income a person."""
        q, region = self.q, self.region

        def real(month: int, y: int) -> float:
            homes, sizes = region.households[month].tolist(), region.household_size[y].tolist()
            persons = [a * b for a, b in zip(homes, sizes, strict=True)]
            mean = sum(i * n for i, n in zip(region.income[y].tolist(), persons, strict=True)) / sum(persons)
            return mean / float(self.series["cpi"][month])

        growth = real(year * 12, year) / real(0, 0)
        rate = q["car_first_purchase_rate"] / 12 * growth ** q["car_first_purchase_trend"]
        return [rate if p.urban else rate * q["car_first_purchase_rural"] for p in region.places]

    def step(self) -> None:
        """Live a month."""
        month, sales, row = self.month, Sales(), {}
        self._turn_over(month, sales)
        if month > 0 and month % 12 == 0:
            self._january(month // 12)
            self._wishes(month // 12)
        deciders = self._change_minds(month, row)
        self._build_chargers(month)
        offers = self._quote(month)
        self.dealers.clear_out(month)
        for h in deciders:
            self.dealers.decide(h, month, offers, sales)
        self._follow_sales(sales)
        self._renew_fleets(month, offers, row)
        self._pay_grants(month, sales, offers)
        self._account(month, sales, row)
        self.book.append(row)
        self.month += 1

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
        worth = []
        for known in (self.known[month] / cpi).tolist():
            each = []
            for petrol, phev, bev in known:
                each += [petrol, (1.0 - odds) * petrol + odds * (phev + bev) / 2.0]
            worth.append(each)
        cost = q["car_timing_cost"]
        self.advance = [
            [min(max(worth[m][who] - worth[m + 1][who], 0.0) / cost, 12.0) for who in range(4)]
            for m in range(3)
        ]
        self.waits = [any(worth[m][who] - worth[0][who] > cost * m for m in (1, 2, 3)) for who in range(4)]
        extra = q["veh_scrap_subsidy_hazard"] - 1.0
        scrap = float(terms.scrappage_bonus[month].max()) / q["car_timing_reference"]
        swap = float(terms.replacement_bonus[month].max()) / q["car_timing_reference"]
        self.scrap_shift = self.scrap_shift + extra * scrap if scrap > 0.0 else 0.0
        self.trade_factor = 1.0 + extra * swap
        self.scrap_before = int(terms.scrappage_eligible_before[month])

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
            rate = h.trade_rate * self.trade_factor if held else 0.0
            wants = left <= (int(self.scrap_shift) if h.car_bought <= self.scrap_before else 0)
        hazard = h.buy_hazard + rate
        h.buy_hazard = f32(hazard)
        wants = wants or hazard >= h.buy_threshold
        if uniform(self.seed, TIMING, h.row, 0) >= self.q["car_timing_share"]:
            return wants
        who = 2 * (h.car is not None) + h.considers
        if wants:
            return not self.waits[who]
        lead = int(uniform(self.seed, TIMING, h.row, 1) * 3)
        ahead = self.advance[lead][who]
        return ahead > 0.0 and (h.buy_threshold - hazard <= rate * ahead or lead < left <= ahead)

    def _build_chargers(self, month: int) -> None:
        if month % 3 == 0:
            for p, investor in enumerate(self.investors):
                floor = float(self.policy.delivered["charging_density"][month, p, 0])
                investor.invest(month, float(self.expected_nev[p]), floor)

    def _quote(self, month: int) -> Offers:
        cars = [0.0] * self.places
        for (p, _, _), number in self._stock().items():
            cars[p] += number
        for fleet in self.fleets:
            cars[fleet.place] += sum(fleet.cars)
        density = [1000.0 * i.points / max(n, 1.0) for i, n in zip(self.investors, cars, strict=True)]
        levers = {name: path[month] for name, path in self.policy.delivered.items()}
        loans, _ = loan_money(self.market, month, levers["green_credit_discount"])
        grants, covered = self._grants(month)
        return quote(
            self.market, month, np.array(density), levers["nev_road_right_advantage"][:, 0],
            levers["green_insurance_discount"], loans, grants, covered,
            np.array([grant.requires == "trade_in" for grant in self.policy.grants], dtype=np.bool_),
        )  # fmt: skip

    def _grants(self, month: int) -> tuple[Any, Any]:
        """Return what grants pay on each option and the share of claims that they can serve."""
        if month % 12 == 0:
            self.spent = [0.0] * len(self.spent)
        price = self.market.price[month // 12]
        money = np.zeros((len(self.policy.grants), self.places, 5, OPTIONS))
        covered = np.zeros((len(self.policy.grants), self.places))
        for k, grant in enumerate(self.policy.grants):
            left = math.inf if grant.budget is None else max(grant.budget - self.spent[k], 0.0)
            share = min(1.0, left / self.claimed[k]) if self.claimed[k] > 0.0 else float(left > 0.0)
            for p in range(self.places):
                covered[k, p] = grant.coverage[month, p] * share
                for g in range(5):
                    most = math.inf if grant.cap is None else grant.cap
                    each = min(float(grant.amount[month, p, g]), most) / float(self.market.cpi[month])
                    for j in range(OPTIONS):
                        dear = grant.price_ceiling and price[j // 4, j % 4] > grant.price_ceiling
                        if KINDS[j // 4] in grant.options and not dear:
                            money[k, p, g, j] = each
        return money, covered

    def _pay_grants(self, month: int, sales: Sales, offers: Offers) -> None:
        cpi = float(self.series["cpi"][month])
        for k, grant in enumerate(self.policy.grants):
            claims = {key[1:]: money * cpi for key, money in sales.grant_money.items() if key[0] == k}
            total = sum(claims.values())
            share = sum(float(x) for x in offers.covered[k]) / self.places
            carried_out = sum(float(x) for x in grant.coverage[month]) / self.places
            if share > 0.0:
                self.claimed[k] = total * carried_out / share
            budget = math.inf if grant.budget is None else grant.budget
            paid = min(total, max(budget - self.spent[k], 0.0))
            self.spent[k] += paid
            for (p, g), money in claims.items():
                key = (month // 12, p, g)
                self.paid[key] = self.paid.get(key, 0.0) + money * paid / total

    def _follow_sales(self, sales: Sales) -> None:
        """Expected stock of plug-in cars by place and last year's share of expected sales."""
        sold = [[0.0] * 3 for _ in range(self.places)]
        for (p, _, j), number in sales.flow["expected"].items():
            sold[p][j // CLASSES] += number
            self.expected_nev[p] += number if j >= CLASSES else 0.0
        for name, sign in (("scrapped", -1), ("left", -1), ("traded", -1), ("used", 1)):
            for (p, _, j), number in sales.flow[name].items():
                self.expected_nev[p] += sign * number if j >= CLASSES else 0
        self.recent = [*self.recent, sold][-12:]
        total = sum(x for m in self.recent for p in m for x in p)
        self.nev_share = sum(p[1] + p[2] for m in self.recent for p in m) / total if total > 0 else 0.0

    def _renew_fleets(self, month: int, offers: Offers, row: Row) -> None:
        share = float(self.series["fleet_share_of_car_sales"][month])
        for fleet in self.fleets:
            if month % 3 == 2:
                near = [p for p in range(self.places) if self.town[p] == fleet.place]
                number = sum(x for m in self.recent[-3:] for p in near for x in m[p]) * share / (1.0 - share)
                fleet.renew(month, number, offers, self.dealers.price, self.dealers.nest)
                self.expected_nev[fleet.place] += sum(fleet.bought[CLASSES:]) - sum(fleet.retired[CLASSES:])
                for j in range(OPTIONS):
                    _add(row, ("fleet_sales_" + KINDS[j // 4], fleet.place), fleet.bought[j])
            for j in range(OPTIONS):
                _add(row, ("fleet_cars_" + KINDS[j // 4], fleet.place), fleet.cars[j])

    def _account(self, month: int, sales: Sales, row: Row) -> None:
        """Enter flows, stocks and what is driven: km answer the petrol price, BEV have a rebound."""
        q, market, series = self.q, self.market, self.series
        for name, cells in sales.flow.items():
            for (p, g, j), number in cells.items():
                shown = "sales" if name == "drawn" else name
                _add(row, (f"{shown}_{KINDS[j // 4]}", p, g), number)
                if name in ("drawn", "expected"):
                    _add(row, ("options" if name == "drawn" else "expected_options", p, j), number)
                if name == "drawn" and j == BEV * CLASSES:
                    _add(row, ("mini_bev_sales", p, g), number)
        for (p, g), count in sales.buyers.items():
            _add(row, ("buyers", p, g), count)
        for (_, p, g), units in sales.grant_units.items():
            _add(row, ("claims", p, g), units)
        answer = float(market.petrol[month] / market.usual_petrol) ** q["veh_fuel_price_elasticity"]
        factor = (answer, answer, 1.0 + q["veh_km_rebound_ev"])
        petrol, grid = float(series["petrol_price"][month]), float(series["grid_factor"][month])
        for h in self._living():
            if h.car is None:
                continue
            p, g, kind = h.place, h.quintile, h.car // CLASSES
            km = h.weight * h.car_km * factor[kind] / 12
            litres, kwh = km * h.car_fuel / 100.0, km * h.car_energy / 100.0
            _add(row, (f"cars_{KINDS[kind]}", p, g), h.weight)
            _add(row, (f"km_{KINDS[kind]}", p, g), km)
            _add(row, ("litres", p, g), litres)
            _add(row, ("kwh", p, g), kwh)
            spending = litres * petrol + kwh * float(series["charging_price_home"][month])
            _add(row, ("energy_spending", p, g), spending)
            _add(row, ("co2", p, g), litres * q["ef_petrol_ttw"] + kwh * grid)
        for p, investor in enumerate(self.investors):
            _add(row, ("points", p), investor.points)
            _add(row, ("points_public", p), investor.public)


def _add(row: Row, key: tuple[Any, ...], amount: float) -> None:
    row[key] = row.get(key, 0.0) + amount
