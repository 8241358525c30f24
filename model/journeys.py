"""How people get about in a run (articles 7, 21, 25): tables of the quarter, diaries, and how far cars are
driven."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED, QUARTER
from model.data.parameters import Parameters
from model.domains import travel
from model.domains.car_trips import adjust_use, everyday_km, use_a_km
from model.domains.garage import Fleet
from model.domains.mode_choice import (
    COHORTS,
    KINDS,
    MODES,
    STATUSES,
    Table,
    at_rest,
    choose_anew,
    empty_table,
    write_chances,
)
from model.domains.travel_terms import Levels, Prices, terms_of, weigh
from model.held import hold
from model.outset import (
    PRICES,
    REFERENCE,
    constants_of,
    ground_of,
    lever_paths,
    petrol_of,
    taxi_of,
    trips_of,
    worth_of,
)
from model.society import Changed, Society

Floats = NDArray[np.float64]
_PARTED = 4
"""Place behind the use of cars that tells whether levers ever stood off those of May 2022."""


class Journeys:
    """Everyday trips of a run.

    `q` (4, P, 5, 3, 4, 4) expected shares of the modes by cohort (quarter of the year in which a household
    chooses), place, fifth, status and kind of trip; `q0` the same had the levers stayed as in May 2022.
    `table` of the quarter; `terms`, `ground`, `constants` (4,), `worth` (Y, 5) what it is made of; `trips`
    (P, 4) a person a year; `everyday`, `everyday0` (P, 5, 2) kilometres a person a year by own car.
    """

    def __init__(
        self,
        society: Society,
        parameters: Parameters,
        series: Mapping[str, Floats],
        delivered: Mapping[str, Floats],
        seed: np.uint64,
    ) -> None:
        """Lay out trips, incomes, prices and levers, and solve the constants."""
        region, q = society.region, parameters
        places = len(region.places)
        self.society, self.seed = society, seed
        self.terms, self.ground = hold(terms_of(q)), hold(ground_of(region))
        self.trips = trips_of(region, q["trv_trips_a_day"])
        self._kinds = hold(
            travel.KindMoney(
                self.trips, self.ground.transfers, self.terms.fare, np.zeros((places, 5)),
                np.zeros((places, KINDS)), taxi_of(self.terms, self.ground),
            )
        )  # fmt: skip
        self._paths, self._prices = lever_paths(delivered, places), {name: series[name] for name in PRICES}
        self._moved = np.zeros(MONTHS, dtype=np.bool_)
        for path in self._paths:
            self._moved |= (path != path[REFERENCE]).reshape(MONTHS, -1).any(axis=1)
        self._moved[:PLAN_ISSUED] = False
        self.worth = worth_of(region, series["income"], series["cpi"], q["trv_cost_income_power"])
        # The shares were observed at the prices that were, whatever is assumed to have been paid.
        seen = {name: region.series[name] for name in PRICES}
        self.constants = constants_of(
            region, q, self.terms, self.ground, self.levels(REFERENCE), self.worth, seen
        )
        self._use = np.array([petrol_of(region), petrol_of(region), 0.0, 0.0, 0.0])
        shape = (COHORTS, places, 5, STATUSES, KINDS, MODES)
        self.q, self.q0 = np.zeros(shape), np.zeros(shape)
        self.table, self._table0, self._built = hold(empty_table(places)), hold(empty_table(places)), -1
        self.everyday, self.everyday0 = np.zeros((2, places, 5, STATUSES - 1))
        self._factor, self._diary = np.zeros((places, 5, 3)), travel.empty_diary(places)
        self._persons = np.zeros((places, 2, 5, STATUSES, KINDS, MODES), np.int64)

    def levels(self, month: int) -> Levels:
        """Return the levers of a month."""
        return Levels(*(path[month] for path in self._paths))

    def prices(self, month: int) -> Prices:
        """Return the prices of a month, and of a kilometre as the region's cars use energy."""
        petrol, home, public, cpi = (float(self._prices[name][month]) for name in PRICES)
        use = self._use
        plug_in = use[1] * petrol + use[2] * home + use[3] * public
        return Prices(np.array([use[0] * petrol / cpi, plug_in / cpi]), cpi)

    def tabulate(self, month: int, levels: Levels, table: Table) -> None:
        """Write a table at the prices and incomes of a month and some levels of the levers."""
        weigh(
            self.terms, self.constants, self.ground, levels, self.worth[month // MONTHS_A_YEAR],
            self.prices(month), table.weight,
        )  # fmt: skip
        write_chances(table, self.terms.habit)

    def begin(self, stock: Fleet) -> None:
        """Give the first households the modes at which trips rest in January 2015."""
        society, c = self.society, self.society.c
        self._look_at_cars(stock)
        self.tabulate(0, self.levels(0), self.table)
        for expected in self.q:
            at_rest(expected, self.table, self.terms.habit)
        society.team.each(
            travel.first_modes, c.modes, c.quintile, c.car, society.people.starts, self.q, self.seed
        )

    def people_changed(self, month: int, changed: Changed) -> None:
        """Give the households that formed this month modes of their own."""
        c = self.society.c
        travel.new_modes(c.modes, c.place, c.quintile, changed.came, changed.n_came, self.q, month, self.seed)

    def travel(self, month: int, stock: Fleet) -> travel.Diary:
        """Let the month's twelfth of households choose anew; returns what they wrote of their year."""
        self._turn_the_quarter(month, stock)
        society, c = self.society, self.society.c
        society.team.each(
            travel.reconsider, c.weight, c.active, c.size, c.quintile, c.car, c.modes, society.people.starts,
            self.table, self.terms.habit, self._kinds, month, self.seed, self._persons, self._diary.sums,
        )  # fmt: skip
        return self._diary

    def _turn_the_quarter(self, month: int, stock: Fleet) -> None:
        """In a quarter's first month look at prices and levers anew and let expectations of its cohort
        follow; they hold for the quarter."""
        first = month - month % QUARTER
        if month == first:
            self._look_at_cars(stock)
            if self._moved[month] and not self._use[_PARTED]:
                self._use[_PARTED] = 1.0
                self.q0[:] = self.q
        if self._built == first:
            return
        self.tabulate(first, self.levels(first), self.table)
        if self._use[_PARTED]:
            self.tabulate(first, self.levels(min(first, REFERENCE)), self._table0)
        if month == first:
            self._expect(first % MONTHS_A_YEAR // QUARTER)
        self._count_car_trips(first)

    def _expect(self, cohort: int) -> None:
        """Move the expected shares of the cohort that chooses in this quarter."""
        choose_anew(self.q[cohort], self.table, self.terms.habit)
        if self._use[_PARTED]:
            choose_anew(self.q0[cohort], self._table0, self.terms.habit)

    def _count_car_trips(self, first: int) -> None:
        """Write what trips cost in the quarter, and the kilometres by own car that are expected."""
        terms, levels = self.terms, self.levels(first)
        self._kinds.off[:] = levels.discount
        self._kinds.parking[:] = self.ground.core * (levels.fee * (terms.parked / terms.occupancy))[:, None]
        if self._use[_PARTED]:
            for q, made in ((self.q, self.everyday), (self.q0, self.everyday0)):
                everyday_km(q, self.trips, self.ground.km, terms.occupancy, made)
        self._built = first

    def _look_at_cars(self, stock: Fleet) -> None:
        use_a_km(stock.km, stock.litres, stock.kwh_home, stock.kwh_away, self._use)

    def car_km_factor(self, stock: Fleet, usual: Floats) -> Floats:
        """Return the use of a month over that of a year by place, fifth and powertrain (P, 5, 3): the `usual`
        one (3,), less the kilometres of car trips given up since May 2022."""
        if self._use[_PARTED]:
            adjust_use(
                self._factor, usual, self.everyday, self.everyday0, self.society.counts, stock.cars, stock.km
            )
        else:
            self._factor[:] = usual
        return self._factor

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What is remembered from month to month besides the modes of households."""
        return {"q": self.q, "q0": self.q0, "use": self._use}
