"""Everyday trips in plain Python: what modes cost, who chooses what, and what is written down.

Written from the equations in the docstrings of `model.domains.travel*` and `mode_choice`, not from their
code: tables are numpy arrays over all cells at once, households choose one by one.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np

from model.data.levers import levers as lever_table
from model.data.trip_kinds import trip_kinds
from tests.oracle_people import Household, bits

TRAVEL, MAY_2022, IN_2022 = 17, 88, slice(84, 96)
LEVERS = ("transit_service_level", "slow_mobility_provision", "parking_fee", "transit_fare_discount")
WAYS = ("walk", "cycle", "transit", "car", "hire")
OWN, HIRED = 3, 4


def fifths(income: Any, persons: Any, sd: Any) -> list[float]:
    """Return the mean income of each fifth of a mixture of lognormals, edges by halving."""
    places = [
        (math.log(y) - s * s / 2, s, y, n / sum(persons))
        for y, n, s in zip(income, persons, sd, strict=True)
        if n > 0
    ]
    phi = NormalDist().cdf
    earned = [0.0]
    for k in range(1, 5):
        low, high = min(m - 6 * s for m, s, _, _ in places), max(m + 6 * s for m, s, _, _ in places)
        for _ in range(50):
            edge = (low + high) / 2
            under = sum(n * phi((edge - m) / s) for m, s, _, n in places)
            low, high = (edge, high) if under < k / 5 else (low, edge)
        earned.append(sum(n * y * phi((high - m) / s - s) for m, s, y, n in places))
    earned.append(sum(n * y for _, _, y, n in places))
    return [5 * (b - a) for a, b in pairwise(earned)]


class Trips:
    """Trips of an oracle's run. `q` and `q0` (4, P, 5, 3, 4, 4) what is expected, under the levers as they
    are and as they were in May 2022; `e` (P, 5, 3, 4, 4) weights of the quarter."""

    def __init__(self, oracle: Any) -> None:
        """Solve the constants and give everyone modes."""
        self.region, self.par, self.seed, self.series = oracle.region, oracle.q, oracle.seed, oracle.series
        self.kinds, given = trip_kinds(), oracle.policy.delivered
        self.km = np.array([kind.km for kind in self.kinds])
        self.urban = np.array([place.urban for place in self.region.places])
        shape = (192, len(self.urban), 5)
        self.levers = {
            name: given.get(name, np.full(shape, lever_table()[name].default_2022)) for name in LEVERS
        }
        part = [[k.urban_share if u else k.rural_share for k in self.kinds] for u in self.urban]
        self.n = np.array(part) * self.par["trv_trips_a_day"] * 365.0
        self.transfers = np.outer(self.region.transfer_weight, [k.transfer for k in self.kinds])
        self.core = np.outer(self.region.parking_core, [k.core for k in self.kinds])
        self.worth = self._worth()
        market = self.region.market
        petrol = sum(a * b for a, b in zip(market.energy[0, 0], market.mix[0, 0], strict=True)) / 100
        self.use_a_km = [petrol, petrol, 0.0, 0.0]
        self.stay = math.exp(self.par["trv_habit"]) - 1.0
        self.a = self._constants(petrol)
        self._see(oracle._living())
        self.parted, self.e = False, self._weights(0, 0, self.a)
        total = self.e.sum(axis=-1, keepdims=True)
        rest = self.e * (total + self.stay * self.e)
        self.q = np.stack([rest / rest.sum(axis=-1, keepdims=True)] * 4)
        self.q0 = self.q
        for h in oracle.rows:
            self.draw(h, -1)

    def _worth(self) -> Any:
        """Weight of a yuan by year and fifth."""
        region, made = self.region, []
        for y in range(16):
            income = region.income[y] * self.series["income"][12 * y]
            persons = region.households[12 * y] * region.household_size[y]
            cpi = float(np.mean(self.series["cpi"][12 * y : 12 * y + 12]))
            made.append([x / cpi for x in fifths(income, persons, region.income_log_sd)])
        middle = sum(made[7]) / 5
        return np.array([[(x / middle) ** -self.par["trv_cost_income_power"] for x in row] for row in made])

    def _weights(self, month: int, levers_of: int, a: Any) -> Any:
        """Return e_m of all cells at the prices of a month and the levers of another."""
        service, slow, fee = (self.levers[name][levers_of, :, 0] for name in LEVERS[:3])
        price = {name: float(path[month]) for name, path in self.series.items() if "price" in name}
        cpi, use = float(self.series["cpi"][month]), self.use_a_km
        plug_in = use[1] * price["petrol_price"] + use[2] * price["charging_price_home"]
        plug_in += use[3] * price["charging_price_public"]
        energy = [0.0, use[0] * price["petrol_price"], plug_in]
        off = self.levers[LEVERS[3]][levers_of]
        ground = (self.transfers, self.core, (~self.urban).astype(float))
        return self._utilities(a, service, slow, fee, off, energy, cpi, self.worth[month // 12], *ground)

    def _utilities(
        self, a: Any, service: Any, slow: Any, fee: Any, off: Any, energy: Any, cpi: float, worth: Any,
        transfers: Any, core: Any, rural: Any,
    ) -> Any:  # fmt: skip
        q, d = {k.removeprefix("trv_"): v for k, v in self.par.items() if k.startswith("trv_")}, self.km
        b, money = q["time_weight"], 60 * q["time_weight"] / q["vot"] / cpi
        minutes = {mode: 60 * d / q[f"speed_{mode}"] for mode in ("walk", "cycle", "transit", "car")}
        poor, rough = (1 - service)[:, None], (1 - slow)[:, None]
        walk = minutes["walk"] * (1 + q["walk_detour"] * rough)
        cycle = q["cycle_access"] + minutes["cycle"] * (1 + (q["cycle_discomfort"] - 1) * rough)
        wait = q["access_good"] + (q["access_poor"] - q["access_good"]) * poor
        wait = wait + q["access_rural"] * rural[:, None]
        ride = q["out_of_vehicle"] * wait + minutes["transit"] * (1 + (q["ride_discomfort"] - 1) * poor)
        fare = q["fare"] * (1 + transfers[:, None, :] * (1 - off[:, :, None]))
        parking = core * fee[:, None] * q["parking_hours"] * q["parking_paid"]
        taxi = q["hire_flag"] + q["hire_km"] * np.maximum(d - q["hire_flag_km"], 0)
        v = np.zeros((len(service), 5, 3, 4, 4))
        v[..., 0] = -b * walk[:, None, None]
        v[..., 1] = a[0] - b * cycle[:, None, None]
        v[..., 2] = a[1] - (b * ride[:, None] + money * worth[:, None] * fare)[:, :, None]
        driving, waiting = q["car_access"] + minutes["car"], q["hire_wait"] + minutes["car"]
        v[:, :, 0, :, 3] = a[3] - b * waiting - money * worth[:, None] * taxi / q["occupancy"]
        for o in (1, 2):
            spent = ((energy[o] * d + parking) / q["occupancy"])[:, None]
            v[:, :, o, :, 3] = a[2] - b * driving - money * worth[:, None] * spent
        return np.exp(v)

    def _constants(self, petrol: float) -> Any:
        """Solve the constants in the average town of 2022: shares of ways at rest as surveyed."""
        q, people = self.par, self.region.households[MAY_2022] * self.region.household_size[7]
        mine = people * self.urban if (people * self.urban).any() else people
        mine = mine / mine.sum()
        levels = {name: mine @ path[MAY_2022] for name, path in self.levers.items()}
        cpi = float(np.mean(self.series["cpi"][IN_2022]))
        per_km = petrol * float(np.mean(self.series["petrol_price"][IN_2022]))
        shares = np.array([q[f"trv_share_{mode}_urban"] for mode in ("walk", "bike", "pt", "car")])
        shares = shares / shares.sum()
        taxi = q["trv_hire_share"]
        anchor = max(q["trv_anchor_ownership"], (shares[3] - taxi) / (0.95 - taxi))
        owners = np.clip(anchor + q["trv_ownership_slope"] * np.array([-0.5, -0.25, 0.0, 0.25, 0.5]), 0, 1)
        hired = (1 - owners.mean()) * taxi
        want = np.array([*shares[:3], shares[3] - hired, hired])
        part = np.stack([1 - owners, owners], axis=1)[:, :, None] / 5
        part = part * np.array([kind.urban_share for kind in self.kinds])
        single = [levels[name][:1] for name in LEVERS[:3]]
        ground = ((mine @ self.transfers)[None], (mine @ self.core)[None], np.zeros(1))
        plain = self._utilities(
            np.zeros(4), *single, levels[LEVERS[3]][None], [0.0, per_km, per_km], cpi, self.worth[7], *ground
        )[0, :, :2]
        a = np.zeros(4)
        for _ in range(200):
            e = plain * np.exp(np.array([[0, a[0], a[1], a[3]], [0, a[0], a[1], a[2]]]))[None, :, None]
            rest = e * (e.sum(axis=-1, keepdims=True) + self.stay * e)
            trips = part[..., None] * rest / rest.sum(axis=-1, keepdims=True)
            got = np.array([*trips.sum(axis=(0, 1, 2))[:3], trips[:, 1, :, 3].sum(), trips[:, 0, :, 3].sum()])
            gap = np.log(want / got)
            a = a + 0.4 * (gap[1:] - gap[0])
        return a

    def _see(self, living: list[Household]) -> None:
        """Note what cars use on a kilometre: petrol cars in litres, plug-in cars in litres and kWh."""
        km, litres, home, away = [0.0, 0.0], [0.0, 0.0], 0.0, 0.0
        for h in living:
            if h.car is not None:
                plug_in, far = int(h.drives_nev), h.weight * h.car_km
                km[plug_in] += far
                litres[plug_in] += far * h.car_fuel / 100
                if plug_in:
                    home += far * h.car_energy / 100 * h.home_charger
                    away += far * h.car_energy / 100 * (1 - h.home_charger)
        if km[0] > 0:
            self.use_a_km[0] = litres[0] / km[0]
        if km[1] > 0:
            self.use_a_km[1:] = [litres[1] / km[1], home / km[1], away / km[1]]

    def draw(self, h: Household, when: int) -> None:
        """Give a household the modes that its like expect."""
        drawn, h.modes = bits(self.seed, TRAVEL, h.row, when), 0
        for k in range(4):
            chances = self.q[h.row % 12 // 3, h.place, h.quintile, _status(h), k]
            h.modes |= _pick(drawn, k, chances) << (2 * k)

    def _chances(self, e: Any, last: int) -> list[float]:
        total = sum(e) + self.stay * e[last]
        return [x * (1 + self.stay * (m == last)) / total for m, x in enumerate(e.tolist())]

    def travel(self, month: int, living: list[Household], row: Any) -> None:
        """Let a twelfth of the households choose anew and write their year down."""
        if month % 3 == 0:
            self._turn_the_quarter(month, living)
        for h in living:
            if (month - h.row) % 12 == 0:
                self._write(h, month, row)

    def _turn_the_quarter(self, month: int, living: list[Household]) -> None:
        self._see(living)
        self.first, cohort = month, month % 12 // 3
        moved = any((path[month] != path[MAY_2022]).any() for path in self.levers.values())
        self.parted = self.parted or (month > MAY_2022 and moved)
        self.e = self._weights(month, month, self.a)
        was = self._weights(month, min(month, MAY_2022), self.a)
        before, self.q = self.q0, self._expect(self.q, self.e, cohort)
        self.q0 = self._expect(before, was, cohort) if self.parted else self.q

    def _expect(self, q: Any, e: Any, cohort: int) -> Any:
        made, total = q.copy(), e.sum(axis=-1, keepdims=True)
        flow = q[cohort][..., :, None] / (total + self.stay * e)[..., :, None]  # by last year's mode
        flow = flow * e[..., None, :] * (1 + self.stay * np.eye(4))
        made[cohort] = flow.sum(axis=-2)
        return made

    def _write(self, h: Household, month: int, row: Any) -> None:
        q, p, g, o = self.par, h.place, h.quintile, _status(h)
        drawn, new = bits(self.seed, TRAVEL, h.row, month), 0

        def add(name: str, amount: float) -> None:
            row[name, p, g] = row.get((name, p, g), 0.0) + amount

        for k, kind in enumerate(self.kinds):
            last = (h.modes >> (2 * k)) & 3
            chances = self._chances(self.e[p, g, o, k], last)
            mode, trips = _pick(drawn, k, chances), h.weight * h.size * float(self.n[p, k])
            new |= mode << (2 * k)
            for m, chance in enumerate(chances):
                add("expected_trips_" + WAYS[HIRED if m == OWN and o == 0 else m], trips * chance)
            way = WAYS[HIRED if mode == OWN and o == 0 else mode]
            add("trips_" + way, trips)
            if way == "transit":
                change, off = float(self.transfers[p, k]), float(self.levers[LEVERS[3]][self.first, p, g])
                add("transfers", trips * change)
                add("fares", trips * q["trv_fare"] * (1 + change * (1 - off)))
                add("fare_discount", trips * q["trv_fare"] * change * off)
            elif way == "car":
                hours = q["trv_parking_hours"] * q["trv_parking_paid"] * float(self.core[p, k])
                fee = float(self.levers[LEVERS[2]][self.first, p, 0])
                add("parking_paid", trips * hours * fee / q["trv_occupancy"])
            elif way == "hire":
                taxi = q["trv_hire_flag"] + q["trv_hire_km"] * max(kind.km - q["trv_hire_flag_km"], 0.0)
                add("hire_paid", trips * taxi / q["trv_occupancy"])
        h.modes = new
        add("diaries", 1)

    def use(self, living: list[Household], usual: tuple[float, float, float]) -> Any:
        """Return what is driven over what is usual, by place, fifth and powertrain."""
        made = np.tile(np.array(usual), (len(self.urban), 5, 1))
        if not self.parted:
            return made
        factor: Any = {}
        for h in living:
            cell = (h.place, h.quintile)
            heads = factor.setdefault(cell, [0.0, 0.0, [0.0] * 3, [0.0] * 3])
            heads[0] += h.weight
            heads[1] += h.weight * h.size
            if h.car is not None:
                heads[2][h.car // 4] += h.weight
                heads[3][h.car // 4] += h.weight * h.car_km
        change = ((self.q - self.q0).mean(axis=0)[..., OWN] * (self.n * self.km)[:, None, None]).sum(axis=-1)
        change = change / self.par["trv_occupancy"]
        for (p, g), (homes, persons, cars, km) in factor.items():
            for k in range(3):
                if km[k] > 0:
                    a_year = km[k] * usual[k] / cars[k]
                    lost = change[p, g, 1 if k == 0 else 2] * persons / homes
                    made[p, g, k] *= max(0.0, 1 + lost / a_year)
        return made


def _status(h: Household) -> int:
    return 0 if h.car is None else 1 + int(h.drives_nev)


def _pick(drawn: int, k: int, chances: Any) -> int:
    u = (((drawn >> (16 * k)) & 0xFFFF) + 0.5) / 65536
    return min(sum(u >= sum(chances[: m + 1]) for m in range(4)), 3)
