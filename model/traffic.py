"""Cars in the region (articles 7, 19, 20, 22): offers, buyers, fleets, chargers, and what is driven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR, QUARTER
from model.data.parameters import Parameters
from model.data.region import Region
from model.depots import Depots
from model.domains import car_owners, garage
from model.domains.car_choice import ICE, Offers
from model.domains.sales import Sales
from model.domains.timing import Timing
from model.domains.trading import for_1000_cars, trade
from model.domains.wishes import Wishes, first_waits, plan_anew
from model.held import hold
from model.incentives import Incentives
from model.indicators.ledger import L, Ledger
from model.institutions.policy import Grant
from model.markets.car_offers import loan_money, quote
from model.markets.charging import ChargingInvestor, PublicWorks
from model.markets.foresight import foresight
from model.markets.vehicles import open_market, tastes_of
from model.society import Changed, Society
from model.start import car_ages, car_life, grant_keys, trade_needed

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Traffic:
    """Everything with wheels. `stock` cars of households in use, `used` cars waiting for a second buyer,
    `depots` the fleets, `investors` the firms that build chargers, `points` (P,) that stand, `works` the
    public hand's chargers, `market` the national offers, `nev_share` last year's share that others see."""

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
        self.tastes, self.life = hold(tastes_of(parameters)), hold(car_life(parameters))
        self.stock = hold(garage.empty_fleet(places))
        self.used = hold(
            garage.empty_used(
                society.people.rows, parameters["car_used_room"], self.market.energy, self.market.fuel
            )
        )
        energy = ("petrol_price", "charging_price_home", "charging_price_public")
        self._energy_prices = list(zip(*(series[name].tolist() for name in energy), strict=True))
        carbon = parameters["ef_petrol_ttw"]
        self._carbon = [(carbon, grid) for grid in series["grid_factor"].tolist()]
        self._rebound = 1.0 + parameters["veh_km_rebound_ev"]
        self._patience = round(parameters["car_used_wait"])
        self._ages = car_ages(self.life, parameters)
        self.incentives = Incentives(
            grants, self.market, region.market.mix, foresight(region.name, renewed), parameters,
            self.life.scrap_within,
        )  # fmt: skip
        self.nev_share = 0.0
        self.scratch = np.zeros((3, max(garage.OPTIONS, len(grants))))
        self._told = np.zeros(society.people.rows, np.int64)
        self._recent = np.zeros((MONTHS_A_YEAR, places, 3))
        self._nev_odds = np.zeros(1)
        self._first_car_rates = self._rates()
        self.wishes = hold(self._wishes(places))
        self._give_first_cars(places)
        self._nev: Floats = region.nev_share_2015 * region.cars_2015 * region.households[0]
        self.depots = Depots(model, region, parameters, series, self.market, self._ages)
        self.investors = [
            ChargingInvestor(model, float(points), float(cars), parameters)
            for points, cars in zip(region.chargers_2015, self.expected_nev, strict=True)
        ]
        self.points, self._public_points = np.zeros((2, places))
        self.count_points()
        homes = region.households[0] * region.household_size[0]
        self.works = PublicWorks(float(homes.sum()), parameters)

    @property
    def expected_nev(self) -> Floats:
        """New-energy cars expected in use by place (P,): with households, and in fleets as they stand."""
        return np.asarray(self._nev + self.depots.car_counts[:, garage.CLASS_COUNT :].sum(axis=1))

    def _give_first_cars(self, places: int) -> None:
        zero = np.zeros(places)
        offers = quote(
            self.market, 0, zero, zero, np.zeros((places, 5)), np.zeros((places, 5, garage.OPTIONS)),
            np.zeros((0, places, 5, garage.OPTIONS)), np.zeros((0, places)), trade_needed(()), grant_keys(()),
        )  # fmt: skip
        people = self.society.people
        car_owners.first_cars(
            self.society.c, people.starts, offers, self.life, self.region.market.mix[0, ICE],
            self.region.nev_share_2015, round(self.parameters["car_nev_oldest_2015"]), self._ages,
            self.tastes.log_floor, self.seed, *self.society.network,
        )  # fmt: skip
        first_waits(self.society.c, self.wishes, self.seed)
        self.society.team.each(garage.count_cars, self.society.c, self.society.people.starts, self.stock)

    def _wishes(self, places: int) -> Wishes:
        """Return the hazards of a first car and of trading up in January 2015."""
        q = self.parameters
        return Wishes(
            first=self._first_car_rates[0].copy(),
            trade=q["car_trade_rate"] / MONTHS_A_YEAR,
            factor=np.ones((places, 5, 2)),
            first_income=q["car_first_purchase_income_elasticity"],
            trade_income=q["car_trade_income_elasticity"],
            hold=round(q["car_trade_hold"]),
            log_floor=self.tastes.log_floor,
        )

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What the market remembers from month to month, besides cars and firms."""
        return {
            "recent": self._recent,
            "nev": self._nev,
            "first": self.wishes.first,
            "factor": self.wishes.factor,
            "nev_odds": self._nev_odds,
        }

    def people_changed(self, month: int, changed: Changed, left: NDArray[np.int64]) -> None:
        """Let the cars of dissolved households leave; new households have none yet."""
        car_owners.replace_garages(
            self.society.c, self.society.people.starts, changed.gone, changed.fifths,
            changed.n_gone, changed.came, changed.n_came,
            month, self.seed, left, self.stock, self.wishes, *self.society.network,
        )  # fmt: skip

    def new_year(self, year: int) -> None:
        """Each January: wishes follow incomes, and cars are counted by the new fifths."""
        self.wishes.first[:] = self._first_car_rates[year]
        self._plan_anew(year * MONTHS_A_YEAR, True)
        self.society.team.each(garage.count_cars, self.society.c, self.society.people.starts, self.stock)

    def _plan_anew(self, month: int, everyone: bool) -> None:
        society = self.society
        society.team.each(plan_anew, society.c, society.people.starts, month, self.wishes, everyone)

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

    def timing(self, month: int, funded: Floats) -> Timing:
        """Return how known dates and bonuses move purchases of this month; owners plan trading up anew when
        the money for it changes. `funded` (K,) is the share of claims that the budget of each grant pays.

        The odds of a new-energy car, by which people weigh money, are those of last year.
        """
        if month % MONTHS_A_YEAR == 0:
            considering = self.society.considering
            self._nev_odds[0] = min(self.nev_share / considering, 1.0) if considering > 0.0 else 0.0
        timing, factor = self.incentives.timing(month, funded, float(self._nev_odds[0]))
        if (factor != self.wishes.factor).any():
            self.wishes.factor[:] = factor
            self._plan_anew(month, False)
        return timing

    def build_chargers(self, month: int, floor: Floats, ledger: Ledger) -> Floats:
        """Each quarter investors follow the cars and the public hand begins works towards `floor` (P,) points
        per 100 cars; returns the public points that came to stand this month (P,)."""
        built = self.works.finish(month, self.investors)
        if month % QUARTER == 0:
            cars = self.expected_nev
            for p, investor in enumerate(self.investors):
                investor.invest(month, float(cars[p]))
            self.works.begin(month, MONTHS_A_YEAR // QUARTER, cars, floor, self.investors)
        if month % QUARTER == 0 or built.any():
            self.count_points()
        ledger.placed[month, :, L["points"]] = self.points
        ledger.placed[month, :, L["points_public"]] = self._public_points
        return built

    def count_points(self) -> None:
        """Write how many points stand where, from what investors and works have built."""
        self.points[:] = [investor.points for investor in self.investors]
        self._public_points[:] = [investor.public for investor in self.investors]

    def quote(self, month: int, levers: Mapping[str, Floats], covered: Floats) -> Offers:
        """Return what buyers are offered this month under the levers and grants."""
        density = np.empty(self.points.size)
        for_1000_cars(self.points, self.stock.cars, self.depots.car_counts, density)
        loans, _ = loan_money(self.market, month, levers["green_credit_discount"])
        return quote(
            self.market, month, density, levers["nev_road_right_advantage"][:, 0],
            levers["green_insurance_discount"], loans, self.incentives.granted[month], covered,
            self.incentives.needs_old_car, self.incentives.keys, float(self.series["income"][month]),
        )  # fmt: skip

    def decide(self, month: int, offers: Offers, sales: Sales) -> None:
        """Let the month's deciders choose; keep the share of new-energy cars that others see."""
        society = self.society
        trade(
            society.c, society.people.starts, society.parts.rows, society.deciders, society.n_deciders,
            offers, self.tastes, self.life, self.wishes, month, self.seed, sales, self.stock, self.used,
            self._patience, *society.network, self.scratch, self._told,
            self._recent[month % MONTHS_A_YEAR], self._nev,
        )  # fmt: skip
        total = np.add.reduce(self._recent, axis=None)
        electric = np.add.reduce(self._recent[:, :, 1:], axis=None)
        self.nev_share = float(electric / total) if total > 0 else 0.0

    def renew_fleets(self, month: int, offers: Offers, levers: Mapping[str, Floats], ledger: Ledger) -> bool:
        """Each quarter fleets buy by the cars that households bought in it; tells whether they did."""
        return self.depots.renew(month, offers, self._recent, levers, ledger)

    def cpi(self, month: int) -> float:
        """Return the price level of a month, 2022 = 1."""
        return float(self.series["cpi"][month])

    def usual_use(self, month: int) -> Floats:
        """Return the use of a month over that of a year by powertrain (3,): kilometres answer the petrol
        price, and electric cars are driven more."""
        market = self.market
        answer = (market.petrol[month] / market.usual_petrol) ** self.parameters["veh_fuel_price_elasticity"]
        return np.array([answer, answer, self._rebound]) / MONTHS_A_YEAR

    def drive(self, month: int, ledger: Ledger, factor: Floats) -> None:
        """Drive the `factor` (P, 5, 3) of yearly use; energy, spending and emissions follow."""
        ledger.write_use(month, self.stock, factor, self._energy_prices[month], self._carbon[month])
