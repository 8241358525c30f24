"""The province: its people, its markets and its government, and what happens in a month."""

from __future__ import annotations

from collections.abc import Mapping

import mesa
import numpy as np
from numpy.typing import NDArray

from model.behaviour import influence
from model.behaviour.attitudes import intention_slope
from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.domains import transport
from model.domains.rounds import COUNTS, monthly_round, monthly_round_parallel
from model.indicators.ledger import L, Ledger, by_powertrain
from model.institutions.policy import Policy
from model.institutions.treasury import Treasury
from model.markets.charging import ChargingInvestor
from model.markets.fleets import FleetBuyer, fleet_constants
from model.markets.vehicles import open_market, quote, tastes_of
from model.population import columns, turnover
from model.population.synthesis import Population
from model.start import (
    car_ages,
    car_life,
    car_money,
    exogenous,
    exposures_before,
    first_minds,
    granted,
    trade_needed,
)

Floats = NDArray[np.float64]
QUARTER = 3


class Province(mesa.Model):  # type: ignore[misc]
    """Columns of households, a few hundred agents that are not households, and the clock.

    `people` the synthetic population, `policy` the scenario for its region, `parameters` one set of numbers,
    `seed` of the draws. `parallel` moves places side by side (same bits).
    """

    def __init__(
        self, people: Population, policy: Policy, parameters: Parameters, seed: int, parallel: bool = False
    ) -> None:
        """Lay out the markets, open the books and give everyone a state for January 2015."""
        super().__init__(rng=seed)
        self.people, self.policy, self.region = people, policy, people.region
        self.parameters = parameters.replace(**policy.parameters) if policy.parameters else parameters
        self.seed = np.uint64(seed)
        self.month = 0
        self.series: Mapping[str, Floats] = exogenous(self.region, self.parameters, policy)
        self.market = open_market(self.region, self.parameters, self.series)
        self.tastes = tastes_of(self.parameters)
        self.life = car_life(self.parameters)
        self.spread = influence.spread_numbers(self.parameters, exposures_before(policy, PLAN_ISSUED - 1))
        self.c = columns.copy(people.columns)
        places = len(self.region.places)
        self.reserve = turnover.Reserve(
            np.zeros(people.rows, np.int64), np.zeros(places, np.int64), np.zeros(places, np.int64)
        )
        self.stock = transport.empty_fleet(places)
        self.treasury = Treasury(places, policy.grants)
        self.ledger = Ledger(places)
        self.round = monthly_round_parallel if parallel else monthly_round
        self._rows = [np.zeros(people.rows, np.int64) for _ in range(4)]
        self._counts = [np.zeros(places, np.int64) for _ in range(2)]
        self.nev_share = 0.0
        self.expected_nev = np.zeros(places)
        self._recent = np.zeros((MONTHS_A_YEAR, places, 3))
        self._begin()
        self._open_firms()

    def _begin(self) -> None:
        """Bring the first households to life and give them minds and cars."""
        c, people, q, places = self.c, self.people, self.parameters, len(self.region.places)
        turnover.settle_in(
            c, people.starts, people.order, self.region.households[0], self.reserve, self.seed,
            q["hh_dissolution"] / MONTHS_A_YEAR,
        )  # fmt: skip
        self.new_year(0)
        exposures = self.policy.delivered["publicity_intensity"][0]
        first_minds(c, exposures, self.spread.gain, self.spread.decay, self.spread.receptivity_sd)
        influence.first_considerers(
            c, people.starts, q["car_consideration_2015"], self.seed, people.rewire, people.same_place
        )
        offers = self._quote_bare(places)
        transport.first_cars(
            c, people.starts, offers, self.life, self.region.market.mix[0, transport.ICE],
            self.region.nev_share_2015,
            car_ages(self.life, q["car_stock_growth_2015"]), self.seed, people.rewire, people.same_place,
        )  # fmt: skip
        transport.count_cars(c, self.stock)

    def _quote_bare(self, places: int) -> transport.Offers:
        """Return the offers of the first month without chargers or policy, for the cars already owned."""
        grants = len(self.treasury.grants)
        zero = np.zeros(places)
        return quote(
            self.market, 0, zero, zero, np.zeros((places, 5)), np.zeros((grants, places, 5,
            transport.OPTIONS)), np.zeros((grants, places)), trade_needed(self.treasury.grants),
        )  # fmt: skip

    def _open_firms(self) -> None:
        """Set up investors and fleet buyers with the stock of January 2015."""
        nev = by_powertrain(self.stock.cars)[:, :, 1:].sum(axis=(1, 2))
        self.expected_nev = np.maximum(nev, self.region.nev_share_2015 * self.stock.cars.sum(axis=(1, 2)))
        self.investors = [
            ChargingInvestor(self, float(points), float(cars), self.parameters)
            for points, cars in zip(self.region.chargers_2015, self.expected_nev, strict=True)
        ]
        constants = fleet_constants(self.parameters)
        self.fleets = [
            FleetBuyer(self, p, self.parameters, constants)
            for p, place in enumerate(self.region.places)
            if place.urban
        ]
        self.city_of = np.array(
            [
                next(
                    q
                    for q, other in enumerate(self.region.places)
                    if other.urban and other.city == place.city
                )
                for place in self.region.places
            ]
        )

    def step(self) -> None:
        """Live one month: turnover, policy, minds, markets, choice, fleets, use, account."""
        month = self.month
        self._turn_over(month)
        levers = {name: path[month] for name, path in self.policy.delivered.items()}
        counts, deciders, n_deciders = self._change_minds(month, levers["publicity_intensity"])
        self._build_chargers(month, levers["charging_density"])
        offers = self._quote(month, levers)
        sales = transport.empty_sales(len(self.region.places), len(self.treasury.grants))
        self._decide(month, offers, deciders, n_deciders, sales)
        self._renew_fleets(month, offers, sales)
        self._use(month)
        self._pay(month, offers, sales)
        self.ledger.write_people(month, counts)
        self.ledger.write_cars(month, sales, self.stock)
        self.month += 1

    def _turn_over(self, month: int) -> None:
        """Households form and dissolve; in January they age, earn and are ranked anew."""
        people, year = self.people, month // MONTHS_A_YEAR
        gone, came = self._rows[0], self._rows[1]
        self._left = np.zeros((len(self.region.places), 5, transport.OPTIONS), np.int64)
        n_gone, n_came = turnover.turn_over(
            self.c, people.starts, self.reserve, self.region.households[month], month,
            self.region.household_size[year],
            self.seed, self.parameters["hh_dissolution"] / MONTHS_A_YEAR, gone, came,
        )  # fmt: skip
        last = (
            self.ledger.grouped[month - 1].sum(axis=1)
            if month
            else np.zeros((len(self.region.places), COUNTS))
        )
        heads = np.maximum(last[:, 0], 1.0)
        influence.replace_minds(
            self.c, people.starts, gone, n_gone, came, n_came, last[:, 3] / heads, last[:, 4] / heads,
            month, self.seed, people.rewire, people.same_place,
        )  # fmt: skip
        transport.replace_garages(
            self.c, people.starts, gone, n_gone, came, n_came, month, self.seed, self._left, self.stock,
            self.life, self.first_car_rate(year), people.rewire, people.same_place,
        )  # fmt: skip
        if month % MONTHS_A_YEAR == 0 and month > 0:
            self.new_year(year)

    def new_year(self, year: int) -> None:
        """Let incomes, sizes, ranks, openness and wishes follow the year."""
        q = self.parameters
        turnover.grow_older(
            self.c, self.people.starts, year, self.region.household_size[year],
            self.region.income[year] * self.series["income"][year * MONTHS_A_YEAR], self.region.income_log_sd,
            q["hh_income_persistence"], self.seed,
        )  # fmt: skip
        self.take_bearings()
        transport.yearly_wishes(
            self.c, self.life, self.first_car_rate(year), q["car_first_purchase_income_elasticity"],
            q["car_relative_income_floor"],
        )  # fmt: skip
        transport.count_cars(self.c, self.stock)

    def take_bearings(self) -> None:
        """Write the openness of households to new-energy cars."""
        q = self.parameters
        share = float(np.average(self.region.home_charger, weights=self.region.households[0]))
        influence.take_bearings(
            self.c, np.array([p.urban for p in self.region.places]), q["car_consideration_income_or"],
            q["car_consideration_rural_or"], intention_slope(q), q["soc_tpb_att"], q["soc_tpb_pbc"], share,
            float(np.sqrt(share * (1.0 - share))),
        )  # fmt: skip

    def first_car_rate(self, year: int) -> Floats:
        """Return the hazard a month of a first car by place, at the region's mean income."""
        q = self.parameters
        weights = self.region.households[year * MONTHS_A_YEAR] * self.region.household_size[year]
        real = (
            np.average(self.region.income[year], weights=weights) / self.series["cpi"][year * MONTHS_A_YEAR]
        )
        start = (
            np.average(
                self.region.income[0], weights=self.region.households[0] * self.region.household_size[0]
            )
            / self.series["cpi"][0]
        )
        rate = q["car_first_purchase_rate"] / MONTHS_A_YEAR * (real / start) ** q["car_first_purchase_trend"]
        return np.array(
            [rate if p.urban else rate * q["car_first_purchase_rural"] for p in self.region.places]
        )

    def _change_minds(
        self, month: int, exposures: Floats
    ) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
        """Move attention and consideration by a month; find who decides about a car."""
        people = self.people
        began, deciders = self._rows[2], self._rows[3]
        n_began, n_deciders = self._counts
        counts = np.zeros((len(self.region.places), 5, COUNTS))
        self.round(
            self.c, people.starts, month, exposures, self.considering, self.nev_share, self.spread,
            began, n_began, deciders, n_deciders, counts,
        )  # fmt: skip
        influence.begin_considering(self.c, people.starts, began, n_began, people.rewire, people.same_place)
        return counts, deciders, n_deciders

    @property
    def considering(self) -> float:
        """Share of households that considered a new-energy car at the end of last month."""
        if self.month == 0:
            return self.parameters["car_consideration_2015"]
        row = self.ledger.grouped[self.month - 1].sum(axis=(0, 1))
        return float(row[3] / row[0]) if row[0] > 0 else 0.0

    def _build_chargers(self, month: int, floor: Floats) -> None:
        """Each quarter investors follow the cars; the public hand fills up to the floor."""
        if month % QUARTER == 0:
            cost = self.parameters["charger_cost"] * self.series["cpi"][month]
            built = np.array(
                [
                    investor.invest(month, float(cars), float(level))
                    for investor, cars, level in zip(
                        self.investors, self.expected_nev, floor[:, 0], strict=True
                    )
                ]
            )
            if built.any():
                self.treasury.book(month, "charging_density", "province", built * cost, built)
        self.ledger.placed[month, :, L["points"]] = [i.points for i in self.investors]
        self.ledger.placed[month, :, L["points_public"]] = [i.public for i in self.investors]

    def _quote(self, month: int, levers: Mapping[str, Floats]) -> transport.Offers:
        """Return what the market offers this month under the levers."""
        cars = self.stock.cars.sum(axis=(1, 2)).astype(np.float64)
        for fleet in self.fleets:
            cars[fleet.place] += fleet.cars.sum()
        density = 1000.0 * self.ledger.placed[month, :, L["points"]] / np.maximum(cars, 1.0)
        return quote(
            self.market, month, density, levers["nev_road_right_advantage"][:, 0],
            levers["green_insurance_discount"],
            granted(self.treasury.grants, month, self.market), self.treasury.covered(month),
            trade_needed(self.treasury.grants),
        )  # fmt: skip

    def _decide(
        self,
        month: int,
        offers: transport.Offers,
        deciders: NDArray[np.int64],
        n_deciders: NDArray[np.int64],
        sales: transport.Sales,
    ) -> None:
        """Let the month's deciders choose; keep the share of new-energy cars that others see."""
        people = self.people
        sales.left[:] = self._left
        transport.choose(
            self.c, people.starts, deciders, n_deciders, offers, self.tastes, self.life, month,
            self.seed, sales, self.stock, people.rewire, people.same_place,
        )  # fmt: skip
        expected = by_powertrain(sales.expected).sum(axis=1)
        retired = by_powertrain(sales.scrapped + sales.left).sum(axis=1)
        self.expected_nev += expected[:, 1:].sum(axis=1) - retired[:, 1:].sum(axis=1)
        self._recent = np.roll(self._recent, -1, axis=0)
        self._recent[-1] = expected
        total = self._recent.sum()
        self.nev_share = float(self._recent[:, :, 1:].sum() / total) if total > 0 else 0.0

    def _renew_fleets(self, month: int, offers: transport.Offers, sales: transport.Sales) -> None:
        """Each quarter fleets buy in proportion to the car market of their city."""
        row = self.ledger.placed[month]
        if month % QUARTER == QUARTER - 1:
            share = self.series["fleet_share_of_car_sales"][month]
            market = self._recent[-QUARTER:].sum(axis=(0, 2))
            number = np.bincount(self.city_of, weights=market, minlength=market.size) * share / (1.0 - share)
            for fleet in self.fleets:
                fleet.renew(month, float(number[fleet.place]), offers, self.tastes)
                row[fleet.place, L["fleet_sales_ice"] : L["fleet_sales_ice"] + 3] = by_powertrain(
                    fleet.bought
                )
                self.expected_nev[fleet.place] += (fleet.bought - fleet.retired)[
                    transport.CLASS_COUNT :
                ].sum()
                self._fleet_purchases(month, fleet)
        for fleet in self.fleets:
            row[fleet.place, L["fleet_cars_ice"] : L["fleet_cars_ice"] + 3] = by_powertrain(fleet.cars)

    def _fleet_purchases(self, month: int, fleet: FleetBuyer) -> None:
        """Book the national money that came with a fleet's new cars."""
        sold = np.zeros((len(self.region.places), transport.OPTIONS))
        sold[fleet.place] = fleet.bought
        for instrument, payer, each in car_money(self.market, month):
            self.treasury.book(month, instrument, payer, sold @ each, sold @ (each > 0.0).astype(float))

    def _use(self, month: int) -> None:
        """Drive: kilometres answer the petrol price; spending and energy follow."""
        q, market = self.parameters, self.market
        usual = q["veh_petrol_price"] / self.series["cpi"][:132].mean()
        answer = (market.petrol[month] / usual) ** q["veh_fuel_price_elasticity"]
        factor = np.array([answer, answer, 1.0]) / MONTHS_A_YEAR
        factor[transport.BEV] *= 1.0 + q["veh_km_rebound_ev"]
        km = by_powertrain(self.stock.km) * factor
        litres = (by_powertrain(self.stock.litres) * factor).sum(axis=2)
        kwh = (by_powertrain(self.stock.kwh) * factor).sum(axis=2)
        spending = (
            litres * self.series["petrol_price"][month] + kwh * self.series["charging_price_home"][month]
        )
        co2 = litres * q["ef_petrol_ttw"] + kwh * self.series["grid_factor"][month]
        self.ledger.write_use(month, km, litres, kwh, spending, co2)

    def _pay(self, month: int, offers: transport.Offers, sales: transport.Sales) -> None:
        """Enter what the public hand paid or forwent, for whom."""
        sold = sales.drawn.astype(np.float64)
        for instrument, payer, each in car_money(self.market, month):
            if each.any():
                self.treasury.book(month, instrument, payer, sold @ each, sold @ (each > 0.0).astype(float))
        claims = sales.scrap_claims.astype(np.float64)
        if claims.any():
            part = float(self.market.terms.province_share["scrappage_bonus"][month])
            money = claims @ self.market.terms.scrappage_paid[month].reshape(transport.OPTIONS)
            self.treasury.book(
                month, "car_scrappage_bonus", "centre", money * (1.0 - part), claims.sum(axis=2)
            )
            self.treasury.book(month, "car_scrappage_bonus", "province", money * part, claims.sum(axis=2))
        if self.treasury.grants:
            money = sales.grant_money * self.series["cpi"][month]
            self.treasury.pay_grants(month, money, sales.grant_claims, offers.covered)

    def live(self, until: int = MONTHS) -> None:
        """Live to the end of month `until` - 1."""
        while self.month < until:
            self.step()
