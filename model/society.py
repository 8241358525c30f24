"""The people of a run: their columns, how they change, and how minds move (articles 3, 7, 26)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.abreast import Team
from model.behaviour import influence
from model.behaviour.attention import receptivity
from model.data.months import MONTHS_A_YEAR, QUARTER
from model.data.parameters import Parameters
from model.domains.counting import count_standing, hold_shares, share_considering, shares_of
from model.domains.electricity import name_meters
from model.domains.rounds import COUNTS, LANES, monthly_round, parts_of, room_for, survey
from model.domains.timing import Timing, name_planners
from model.held import hold
from model.kernels import kernel
from model.population import columns, turnover
from model.population.columns import Columns
from model.population.incomes import MINDED, Incomes, grow_older, no_incomes, rank, write_ranks
from model.population.synthesis import Population

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Changed(NamedTuple):
    """Rows that dissolved, with the fifth they were in, and that formed in a month, and how many of each."""

    gone: Rows
    fifths: NDArray[np.uint8]
    n_gone: int
    came: Rows
    n_came: int


@kernel
def first_minds(c: Columns, exposures: Floats, gain: float, decay: float, spread: float) -> None:
    """Write receptivity and the awareness at which each household rests under the `exposures` (P, 5) of the
    first month."""
    for i in range(c.active.size):
        r = receptivity(float(c.attitude[i]), spread)
        c.receptivity[i] = np.float32(r)
        pull = gain * r * np.log1p(exposures[c.place[i], c.quintile[i]])
        c.awareness[i] = np.float32(pull / (pull + decay))


@kernel
def turn_over_with_minds(
    c: Columns,
    starts: Rows,
    reserve: turnover.Reserve,
    target: Rows,
    month: int,
    mean_size: Floats,
    seed: np.uint64,
    hazard: float,
    gone: Rows,
    fifths: NDArray[np.uint8],
    came: Rows,
    standing: Floats,
    incomes: Incomes,
    bearings: influence.Bearings,
    rewire: float,
    same_place: float,
    seen: Floats,
) -> tuple[int, int]:
    """Let households dissolve and form (arguments as in `turnover.turn_over`) and minds with them; returns
    how many of each."""
    n_gone, n_came = turnover.turn_over(
        c, starts, reserve, target, month, mean_size, seed, hazard, gone, fifths, came, standing, incomes,
        seen,
    )  # fmt: skip
    influence.replace_minds(
        c, starts, gone, n_gone, came, n_came, standing, MINDED, bearings, month, seed, rewire,
        same_place,
    )  # fmt: skip
    return n_gone, n_came


class Society:
    """Households of a run. `c` their columns, `counts` (P, 5, COUNTS) of the last month, `parts` of the
    region, `team` the threads, `deciders` (N,) and `n_deciders` (S,) who decides about a car this month,
    `incomes` of the year."""

    def __init__(
        self,
        people: Population,
        parameters: Parameters,
        income_factor: Floats,
        exposures_2022: float,
        seed: np.uint64,
        threads: int,
    ) -> None:
        """Take the synthetic people over; `income_factor` (M,) moves their incomes from the region's path."""
        places = len(people.region.places)
        self.people, self.region, self.parameters, self.seed = people, people.region, parameters, seed
        self.income_factor = income_factor
        self.spread = hold(influence.spread_numbers(parameters, exposures_2022))
        self.c = hold(columns.copy(people.columns))
        idle = np.zeros(people.rows, np.int64)
        self.reserve = hold(turnover.Reserve(idle, np.zeros(places, np.int64), np.zeros(places, np.int64)))
        self.counts = np.zeros((places, 5, COUNTS))
        self.standing = np.zeros((places, 5, 3))
        self.surveyed = np.zeros((2, places, 5))
        self.team, self.parts = Team(people.starts, threads), hold(parts_of(people.starts))
        self.deciders = np.zeros(people.rows, np.int64)
        self.n_deciders = np.zeros(self.parts.place.size, np.int64)
        self._began = np.zeros(people.rows, np.int64)
        self._seen = np.zeros(1)
        self._n_began = np.zeros(self.parts.place.size, np.int64)
        self._scratch = hold(room_for(self.parts.place.size))
        self._sums = np.zeros((places, LANES, 2, 5))
        self.incomes = hold(no_incomes(people.region.income_log_sd))
        homes = float(np.average(people.region.home_charger, weights=people.region.households[0]))
        urban = np.array([place.urban for place in people.region.places])
        self._bearings = hold(influence.bearings_of(parameters, urban, homes))
        self._gone, self._came = np.zeros(people.rows, np.int64), np.zeros(people.rows, np.int64)
        self._fifths = np.zeros(people.rows, np.uint8)
        self._hazard = parameters["hh_dissolution"] / MONTHS_A_YEAR

    @property
    def network(self) -> tuple[float, float]:
        """Chance of a far link, and that it stays in the place."""
        return self.people.rewire, self.people.same_place

    def begin(self, exposures: Floats) -> None:
        """Bring the first households to life and give them minds; `exposures` (P, 5) of the first month."""
        people, q = self.people, self.parameters
        turnover.settle_in(
            self.c,
            people.starts,
            people.order,
            self.region.households[0],
            self.reserve,
            self.seed,
            self._hazard,
        )
        name_planners(self.c.planner, q["car_timing_share"], self.seed)
        urban = np.array([place.urban for place in self.region.places])
        on_meter = np.where(urban, q["el_car_on_meter_urban"], q["el_car_on_meter_rural"])
        name_meters(self.c.metered, self.c.place, on_meter, self.seed)
        self.new_year(0)
        first_minds(self.c, exposures, self.spread.gain, self.spread.decay, self.spread.receptivity_sd)
        influence.first_considerers(
            self.c, people.starts, q["car_consideration_2015"], self.seed,
            self.standing, MINDED, *self.network,
        )  # fmt: skip

    def turn_over(self, month: int) -> Changed:
        """Let households form and dissolve; new ones think like their place did last month."""
        people = self.people
        n_gone, n_came = turn_over_with_minds(
            self.c, people.starts, self.reserve, self.region.households[month], month,
            self.region.household_size[month // MONTHS_A_YEAR], self.seed, self._hazard, self._gone,
            self._fifths, self._came, self.standing, self.incomes, self._bearings, *self.network,
            self._seen,
        )  # fmt: skip
        return Changed(self._gone, self._fifths, n_gone, self._came, n_came)

    def new_year(self, year: int) -> None:
        """Each January: incomes, sizes and ranks follow the year, and with them openness to new-energy
        cars."""
        region, q = self.region, self.parameters
        income = region.income[year] * self.income_factor[year * MONTHS_A_YEAR]
        self.team.each(
            grow_older, self.c, self.people.starts, year, region.household_size[year], income,
            q["hh_income_persistence"], self.seed, self.incomes,
        )  # fmt: skip
        rank(self.incomes)
        self.team.each(write_ranks, self.c, self.people.starts, self.incomes, self.standing)
        self.team.each(influence.take_bearings, self.c, self.people.starts, self._bearings)

    def _ask(self, month: int) -> None:
        """Survey attention at the start and at quarter ends; in between the shares of each fifth hold."""
        counts = self.counts
        if month == 0 or month % QUARTER == QUARTER - 1:
            self.team.each(survey, self.c, self.people.starts, self.spread.aware_from, counts, self._sums)
            shares_of(counts, self.surveyed)
        else:
            hold_shares(self.surveyed, counts)

    @property
    def considering(self) -> float:
        """Share of households that considered a new-energy car at the end of last month."""
        return share_considering(self.counts, self.parameters["car_consideration_2015"])

    def change_minds(self, month: int, exposures: Floats, nev_share: float, timing: Timing) -> None:
        """Move attention and consideration by a month and find who decides; `exposures` (P, 5)."""
        considering = self.considering
        self.team.each(
            monthly_round, self.c, self.parts, month, exposures, considering, nev_share, self.spread, timing,
            self._began, self._n_began, self.deciders, self.n_deciders, self._scratch,
        )  # fmt: skip
        count_standing(self.standing, self.counts)
        self._ask(month)
        influence.begin_considering(
            self.c, self.people.starts, self.parts.rows, self._began, self._n_began,
            self.standing, MINDED, *self.network, self._seen,
        )  # fmt: skip
