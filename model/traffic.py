"""Cars in the region (articles 7, 19, 20, 22): offers, buyers, fleets, chargers, and what is driven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.data.region import Region
from model.domains import garage, transport
from model.domains.timing import KNOWN_AHEAD, Timing, timing_of
from model.indicators.ledger import L, Ledger, by_powertrain
from model.institutions.policy import Grant
from model.markets.charging import ChargingInvestor
from model.markets.fleets import FleetBuyer, fleet_constants, fleet_shares
from model.markets.foresight import foresight
from model.markets.vehicles import loan_money, open_market, quote, tastes_of
from model.society import Changed, Society
from model.start import car_ages, car_life, grant_keys, granted, promised_money, trade_needed

Floats = NDArray[np.float64]
QUARTER = 3


@njit(nogil=True, cache=True)
def gained_and_lost(sales: transport.Sales, recent: Floats, nev: Floats) -> None:
    """Write the expected purchases of the month into `recent` (P, 3) and move the expected new-energy
    cars `nev` (P,)."""
    for p in range(nev.size):
        for k in range(3):
            recent[p, k] = 0.0
        for g in range(sales.expected.shape[1]):
            for j in range(garage.OPTIONS):
                recent[p, j // garage.CLASS_COUNT] += sales.expected[p, g, j]
                if j >= garage.CLASS_COUNT:
                    lost = sales.scrapped[p, g, j] + sales.left[p, g, j] + sales.traded[p, g, j]
                    nev[p] += sales.expected[p, g, j] - lost + sales.used[p, g, j]


class Traffic:
    """Everything with wheels. `stock` cars of households in use, `used` cars waiting for a second buyer,
    `investors` and `fleets` the firms, `market` the national offers, `nev_share` last year's share that
    others see."""

    def __init__(
        self,
        model: Any,
        society: Society,
        parameters: Parameters,
        series: Mapping[str, Floats],
        seed: np.uint64,
        grants: Sequence[Grant] = (),
        renewed: bool = False,
    ) -> None:
        """Open the market and give the first owners their cars; `model` is the home of the firms, `renewed`
        tells that national money goes on to 2030."""
        region: Region = society.region
        places = len(region.places)
        self.society, self.region = society, region
        self.parameters, self.series, self.seed = parameters, series, seed
        self.market = open_market(region, parameters, series, renewed)
        self.tastes, self.life = tastes_of(parameters), car_life(parameters)
        self.stock, self.used = garage.empty_fleet(places), garage.empty_used(society.people.rows)
        self.known = foresight(region.name, renewed)
        self.promised = promised_money(grants, self.market, region.market.mix)
        self.nev_share, self._scrap_shift = 0.0, 0.0
        self._recent = np.zeros((MONTHS_A_YEAR, places, 3))
        self._first_car_rates = self._rates()
        self._give_first_cars(places)
        nev = by_powertrain(self.stock.cars)[:, :, 1:].sum(axis=(1, 2))
        self.expected_nev = np.maximum(nev, region.nev_share_2015 * self.stock.cars.sum(axis=(1, 2)))
        self.investors = [
            ChargingInvestor(model, float(points), float(cars), parameters)
            for points, cars in zip(region.chargers_2015, self.expected_nev, strict=True)
        ]
        self._fleet_constants = fleet_constants(parameters)
        towns = [p for p, place in enumerate(region.places) if place.urban]
        self.fleets = [FleetBuyer(model, p, parameters) for p in towns]
        self._fleet_places = np.array(towns, np.int64)
        town_of = {region.places[p].city: p for p in towns}
        self.town = np.array(
            [p if place.urban else town_of[place.city] for p, place in enumerate(region.places)]
        )

    def _give_first_cars(self, places: int) -> None:
        zero = np.zeros(places)
        offers = quote(
            self.market, 0, zero, zero, np.zeros((places, 5)), np.zeros((places, 5, garage.OPTIONS)),
            np.zeros((0, places, 5, garage.OPTIONS)), np.zeros((0, places)), trade_needed(()), grant_keys(()),
        )  # fmt: skip
        self.new_year(0)
        people = self.society.people
        transport.first_cars(
            self.society.c, people.starts, offers, self.life, self.region.market.mix[0, transport.ICE],
            self.region.nev_share_2015, car_ages(self.life, self.parameters["car_stock_growth_2015"]),
            self.seed, *self.society.network,
        )  # fmt: skip
        garage.count_cars(self.society.c, self.stock)

    def people_changed(self, month: int, changed: Changed, left: NDArray[np.int64]) -> None:
        """Let the cars of dissolved households leave; new households have none yet."""
        transport.replace_garages(
            self.society.c, self.society.people.starts, changed.gone, changed.n_gone, changed.came,
            changed.n_came,
            month, self.seed, left, self.stock, self.life, self.first_car_rate(month // MONTHS_A_YEAR),
            self.parameters["car_trade_rate"] / MONTHS_A_YEAR, *self.society.network,
        )  # fmt: skip

    def new_year(self, year: int) -> None:
        """Each January: wishes follow incomes, and cars are counted by the new fifths."""
        q = self.parameters
        transport.yearly_wishes(
            self.society.c, self.life, self.first_car_rate(year), q["car_first_purchase_income_elasticity"],
            q["car_trade_rate"] / MONTHS_A_YEAR, q["car_trade_income_elasticity"],
            q["car_relative_income_floor"],
        )  # fmt: skip
        garage.count_cars(self.society.c, self.stock)

    def first_car_rate(self, year: int) -> Floats:
        """Return the hazard a month of a first car by place (P,), at the region's mean income."""
        return np.asarray(self._first_car_rates[year])

    def _rates(self) -> Floats:
        """Return the hazards a month of a first car (Y, P): rate x (real income over that of 2015)^trend."""
        q, region = self.parameters, self.region
        persons = region.households[::MONTHS_A_YEAR] * region.household_size
        mean = (
            (region.income * persons).sum(axis=1)
            / persons.sum(axis=1)
            * self.series["income"][::MONTHS_A_YEAR]
        )
        real = mean / self.series["cpi"][::MONTHS_A_YEAR]
        rate = (
            q["car_first_purchase_rate"] / MONTHS_A_YEAR * (real / real[0]) ** q["car_first_purchase_trend"]
        )
        place = np.array([1.0 if p.urban else q["car_first_purchase_rural"] for p in region.places])
        return np.asarray(rate[:, None] * place)

    def timing(self, month: int) -> Timing:
        """Return how known dates and bonuses move purchases of this month.

        The province's own money is known half a year ahead from the month in which the plan was issued.
        """
        q, terms, cpi = self.parameters, self.market.terms, float(self.series["cpi"][month])
        considering = self.society.considering
        odds = min(self.nev_share / considering, 1.0) if considering > 0.0 else 0.0
        extra, reference = q["veh_scrap_subsidy_hazard"] - 1.0, q["car_timing_reference"]
        scrap = terms.scrappage_bonus[month].max() / reference
        self._scrap_shift = self._scrap_shift + extra * scrap if scrap > 0.0 else 0.0
        sooner = min(int(self._scrap_shift), self.life.scrap_within)
        swap = np.full((len(self.region.places), 5), terms.replacement_bonus[month].max())
        promised = None
        if self.promised is not None and month >= PLAN_ISSUED:
            ahead = np.minimum(np.arange(month, month + KNOWN_AHEAD + 1), MONTHS - 1)
            promised = self.promised[ahead]
            for_owners = self.promised[month, :, :, 1] - self.promised[month, :, :, 0]
            swap += for_owners.max(axis=2) * cpi
        return timing_of(
            self.known[month] / cpi, promised, odds, q["car_timing_cost"], round(q["car_trade_hold"]),
            1.0 + extra * swap / reference, (sooner, int(terms.scrappage_eligible_before[month])),
        )  # fmt: skip

    def build_chargers(self, month: int, floor: Floats, ledger: Ledger) -> Floats:
        """Each quarter investors follow the cars and the public hand fills up to `floor` (P,) points per
        100 cars; returns what it built (P,)."""
        built = np.zeros(floor.size)
        if month % QUARTER == 0:
            for p, investor in enumerate(self.investors):
                built[p] = investor.invest(month, float(self.expected_nev[p]), float(floor[p]))
        ledger.placed[month, :, L["points"]] = [i.points for i in self.investors]
        ledger.placed[month, :, L["points_public"]] = [i.public for i in self.investors]
        return built

    def quote(
        self, month: int, levers: Mapping[str, Floats], grants: Sequence[Grant], covered: Floats
    ) -> transport.Offers:
        """Return what buyers are offered this month under the levers and grants."""
        cars = self.stock.cars.sum(axis=(1, 2)).astype(np.float64)
        for fleet in self.fleets:
            cars[fleet.place] += fleet.cars.sum()
        points = np.array([investor.points for investor in self.investors])
        loans, _ = loan_money(self.market, month, levers["green_credit_discount"])
        return quote(
            self.market, month, 1000.0 * points / np.maximum(cars, 1.0),
            levers["nev_road_right_advantage"][:, 0],
            levers["green_insurance_discount"], loans, granted(grants, month, self.market), covered,
            trade_needed(grants), grant_keys(grants), float(self.series["income"][month]),
        )  # fmt: skip

    def decide(self, month: int, offers: transport.Offers, sales: transport.Sales) -> None:
        """Let the month's deciders choose; keep the share of new-energy cars that others see."""
        society = self.society
        garage.clear_out(self.used, month, round(self.parameters["car_used_wait"]))
        transport.choose(
            society.c, society.people.starts, society.deciders, society.n_deciders, offers, self.tastes,
            self.life, month, self.seed, sales, self.stock, self.used, *society.network,
        )  # fmt: skip
        slot = month % MONTHS_A_YEAR
        gained_and_lost(sales, self._recent[slot], self.expected_nev)
        total = self._recent.sum()
        self.nev_share = float(self._recent[:, :, 1:].sum() / total) if total > 0 else 0.0

    def renew_fleets(self, month: int, offers: transport.Offers, ledger: Ledger) -> bool:
        """Each quarter fleets buy in proportion to the car market of their city; tells whether they did."""
        row, due = ledger.placed[month], month % QUARTER == QUARTER - 1
        first, stock = L["fleet_sales_ice"], slice(L["fleet_cars_ice"], L["fleet_cars_ice"] + 3)
        if month > 0:
            row[:, stock] = ledger.placed[month - 1, :, stock]
        if due:
            share = self.series["fleet_share_of_car_sales"][month]
            quarter = [(month - k) % MONTHS_A_YEAR for k in range(QUARTER)]
            market = np.bincount(
                self.town, weights=self._recent[quarter].sum(axis=(0, 2)), minlength=self.town.size
            )
            shares = fleet_shares(
                offers, self._fleet_places, self._fleet_constants[month // MONTHS_A_YEAR], self.tastes.price,
                self.tastes.nest, self.parameters["fleet_km"], self.parameters["fleet_price_weight"],
            )  # fmt: skip
            for n, fleet in enumerate(self.fleets):
                fleet.renew(month, float(market[fleet.place]) * share / (1.0 - share) * shares[n])
                row[fleet.place, first : first + 3] = by_powertrain(fleet.bought)
                row[fleet.place, stock] = by_powertrain(fleet.cars)
                self.expected_nev[fleet.place] += (fleet.bought - fleet.retired)[garage.CLASS_COUNT :].sum()
        return due

    def drive(self, month: int, ledger: Ledger) -> None:
        """Drive: kilometres answer the petrol price; energy, spending and emissions follow."""
        q, market, series = self.parameters, self.market, self.series
        answer = (market.petrol[month] / market.usual_petrol) ** q["veh_fuel_price_elasticity"]
        factor = np.array([answer, answer, 1.0 + q["veh_km_rebound_ev"]]) / MONTHS_A_YEAR
        prices = float(series["petrol_price"][month]), float(series["charging_price_home"][month])
        carbon = q["ef_petrol_ttw"], float(series["grid_factor"][month])
        ledger.write_use(month, self.stock, factor, prices, carbon)
