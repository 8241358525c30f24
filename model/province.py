"""The province: its people, its traffic and its government, and what happens in a month."""

from __future__ import annotations

from collections.abc import Iterable

import mesa
import numpy as np

from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED
from model.data.parameters import Parameters
from model.domains.appliances import forget_things, nothing_sold
from model.domains.sales import empty_sales, forget_sales
from model.held import hold
from model.homes import Homes
from model.indicators.ledger import Ledger
from model.institutions.policy import APPLIANCES, CARS, Policy
from model.institutions.treasury import Treasury
from model.journeys import Journeys
from model.payments import pay, pay_for_things
from model.population.synthesis import Population
from model.reasons import Reasons
from model.society import Society
from model.start import as_claimed, exogenous, exposures_before, grants_on
from model.traffic import Traffic


class Province(mesa.Model):  # type: ignore[misc]
    """Columns of households, a few hundred agents that are not households, and the clock.

    `people` the synthetic population, `policy` the scenario for its region, `parameters` one set of numbers,
    `seed` of the draws. `threads` move places side by side (same bits). `trace` rows whose choices of cars
    are told in `reasons`.
    """

    def __init__(
        self, people: Population, policy: Policy, parameters: Parameters, seed: int, threads: int = 1,
        trace: Iterable[int] = (),
    ) -> None:  # fmt: skip
        """Give everyone a state for January 2015 and open the books."""
        super().__init__(rng=seed)
        self.policy, self.region, self.month = policy, people.region, 0
        self.parameters = parameters.replace(policy.parameters) if policy.parameters else parameters
        series = exogenous(self.region, self.parameters, policy)
        key = np.uint64(seed)
        self.society = Society(
            people,
            self.parameters,
            series["income"],
            exposures_before(policy, PLAN_ISSUED - 1),
            key,
            threads,
        )
        self.society.begin(policy.delivered["publicity_intensity"][0])
        grants = as_claimed(policy.grants, self.parameters)
        self.grants, on_appliances = grants_on(CARS, grants), grants_on(APPLIANCES, grants)
        self.traffic = Traffic(self, self.society, self.parameters, series, key, self.grants, policy.renewed)
        self.journeys = Journeys(self.society, self.parameters, series, policy.delivered, key)
        self.journeys.begin(self.traffic.stock)
        first = {name: path[0] for name, path in policy.delivered.items()}
        self.homes = Homes(self.society, self.parameters, series, first, on_appliances, policy.renewed)
        self.reasons = Reasons(trace, self.traffic)
        places = len(self.region.places)
        self.sales = hold(empty_sales(places, len(self.grants)))
        self.sold = hold(nothing_sold(places, len(on_appliances)))
        self.treasury = Treasury(places, (*self.grants, *on_appliances))
        self.ledger = Ledger(places)

    def step(self) -> None:
        """One month: turnover, levers, minds, market, choice, things, fleets, trips, use, money, account."""
        month, society, traffic, homes, ledger = (
            self.month, self.society, self.traffic, self.homes, self.ledger,
        )  # fmt: skip
        levers = {name: path[month] for name, path in self.policy.delivered.items()}
        sales, sold, on_cars = self.sales, self.sold, len(self.grants)
        forget_sales(sales)
        forget_things(sold)
        changed = society.turn_over(month)
        traffic.people_changed(month, changed, sales.left)
        self.journeys.people_changed(month, changed)
        homes.people_changed(month, changed, sold)
        if month > 0 and month % MONTHS_A_YEAR == 0:
            homes.before_new_year(month)
            society.new_year(month // MONTHS_A_YEAR)
            traffic.new_year(month // MONTHS_A_YEAR)
            homes.new_year(month, levers)
        funded = self.treasury.funded(month)
        covered = self.treasury.covered(month, funded)
        timing = traffic.timing(month, funded[:on_cars])
        society.change_minds(month, levers["publicity_intensity"], traffic.nev_share, timing)
        built = traffic.build_chargers(month, levers["charging_density"][:, 0], ledger)
        offers = traffic.quote(month, levers, covered[:on_cars])
        asked = self.reasons.ask(month, offers)
        traffic.decide(month, offers, sales)
        self.reasons.note(month, asked)
        homes.buy(month, levers, covered[on_cars:], sold)
        renewed = traffic.renew_fleets(month, offers, levers, ledger)
        diary = self.journeys.travel(month, traffic.stock)
        driven = self.journeys.car_km_factor(traffic.stock, traffic.usual_use(month))
        traffic.drive(month, ledger, driven)
        homes.use(month, driven, levers, sold, ledger)
        pay(self.treasury, traffic, month, sales, sold, offers, covered, levers, built, renewed, diary)
        pay_for_things(self.treasury, month, sold, levers, traffic.cpi(month), self.policy.renewed)
        ledger.write_travel(month, diary.sums)
        ledger.write_people(month, society.counts)
        ledger.write_cars(month, sales, traffic.stock)
        self.month += 1

    def live(self, until: int = MONTHS) -> None:
        """Live to the end of month `until` - 1."""
        while self.month < until:
            self.step()
