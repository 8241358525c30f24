"""The electricity of a run's homes (article 21): meters, tariff, bills, the optional peak-valley price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import label_kwh
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, YEARS, month_index
from model.data.parameters import Parameters
from model.data.region import Region
from model.domains.appliances import GRADES, KIND_OF, KINDS, SLOT_COUNT, Things, empty_meters
from model.domains.bills import KWH, SUMS, TERMS, bill_month, close_gone, close_year, enrol
from model.domains.electricity import BLOCK, Answers, first_meters, new_levels, new_meters, read_meters
from model.held import hold
from model.markets.power import STEP, lived_terms, month_terms, perceived
from model.society import Changed, Society
from model.start import mean_household, real_income

Floats = NDArray[np.float64]
PRICE_YEAR = month_index("2022-01")
"""Month whose first-block price is the one that use is measured from."""
LAST_FIT = 2021
"""Last year to which the growth of other uses is fitted."""
ALWAYS_ON = KINDS.index("fridge")
"""Kind that runs no longer for being cheaper to run."""
SIZES = 256
"""Persons in a home are a byte."""
_STEP, _CEILING, _RATIO = "residential_block_step", "residential_block_threshold", "peak_valley_ratio"


def kwh_in_use(parameters: Parameters) -> Floats:
    """Return kWh a year by slot and grade in use (7, 6), 0 of what is not owned: kWh_1 rho^(1 - R).

    rho use over that of grade 1 by the label, R the direct rebound: a more efficient thing runs longer.
    """
    label = label_kwh(parameters)
    rebound = np.full((len(KINDS), 1), parameters["el_rebound_sr"])
    rebound[ALWAYS_ON] = 0.0
    used = label[:, :1] * (label / label[:, :1]) ** (1.0 - rebound)
    made = np.zeros((SLOT_COUNT, GRADES + 1))
    made[:, 1:] = used[list(KIND_OF)]
    return made


def other_uses(parameters: Parameters) -> Floats:
    """Return kWh of other uses of one person by year (Y,): a trend to 2021, fading from then on."""
    ahead = np.maximum(np.arange(YEARS) + FIRST_YEAR - LAST_FIT, 0)
    steps = np.where(ahead > 0, parameters["el_base_fade"] ** ahead, 1.0)
    steps[0] = 0.0
    return np.asarray(parameters["el_base_2015"] * np.exp(parameters["el_base_trend"] * np.cumsum(steps)))


def income_level(region: Region, parameters: Parameters, series: Mapping[str, Floats]) -> Floats:
    """Return the log answer of use to income of a home of n persons with the mean household income (Y, 256):
    eta ln(Y_t / Y_ref n_t / n), Y_t real income a person of the region, Y_ref that of the nation in 2015,
    n_t persons in the mean household. With eta x, x log relative household income, it is eta ln of the
    home's own income a person: more persons on one income live on less each."""
    eta = parameters["el_use_income_elasticity"]
    mean = real_income(region, series, parameters["home_income_reference"]) * mean_household(region)
    persons = np.maximum(np.arange(SIZES), 1.0)
    return np.asarray(eta * (np.log(mean)[:, None] - np.log(persons)))


class Metering:
    """`meters` of all homes; `kwh` (7, 6) kWh a year by slot and grade, rebound included; `year`
    (P, 5, SUMS) sums since January of homes billed, columns as in `domains.bills`; `month` (P, 2) kWh of the
    last month, in all and of cars among them; `perceived` (P, 5) CNY of 2022 a kWh, what buyers of things
    reckon with."""

    def __init__(self, society: Society, parameters: Parameters, series: Mapping[str, Floats]) -> None:
        """Read the tariff; `series` the exogenous paths."""
        region, q = society.region, parameters
        places = len(region.places)
        self.society, self.region, self.parameters = society, region, parameters
        self.tariffs = region.tariffs
        self.meters = hold(empty_meters(society.people.rows, self.tariffs.monthly))
        self.kwh = kwh_in_use(parameters)
        self.year, self.month = np.zeros((places, 5, SUMS)), np.zeros((places, 2))
        self.usual_price = float(self.tariffs.first_price[PRICE_YEAR])
        self.perceived = np.full((places, 5), self.usual_price)
        self._cpi, self._base = series["cpi"], other_uses(q)
        self._level = income_level(society.region, q, series)
        urban = np.array([place.urban for place in region.places])
        self._elasticity = np.where(urban, q["el_price_elast_urban"], q["el_price_elast_rural"])
        self._size = np.arange(float(SIZES)) ** q["el_use_size_exponent"]
        self._hot = np.ascontiguousarray(region.cooling.sum(axis=1))
        self._cooling = np.ascontiguousarray(region.cooling.T)
        self._plain = (q["el_peak_share"], q["el_car_peak_share_plain"])
        self._terms = np.zeros((MONTHS_A_YEAR, TERMS, places))
        self._seen, self._room = np.zeros((places, 1)), np.zeros((places, BLOCK))
        self._answers: tuple[int, Answers] | None = None

    def set_terms(self, month: int, levers: Mapping[str, Floats]) -> None:
        """Take the tariff of a month; the first of a year is the one that its levels of use answer to."""
        step, ceiling, ratio = (levers[name][:, 0] for name in (_STEP, _CEILING, _RATIO))
        terms = month_terms(self.tariffs, step, ceiling, ratio, month, self.parameters)
        self._terms[month % MONTHS_A_YEAR] = terms

    def answers(self, year: int) -> Answers:
        """Return what levels of use rest on in a year, worked out once."""
        if self._answers is None or self._answers[0] != year:
            self._answers = year, self._work_out(year)
        return self._answers[1]

    def _work_out(self, year: int) -> Answers:
        logs = perceived(self._terms[0], self.parameters["el_perceived_price_mix"])
        self._seen = logs - np.log(self._cpi[year * MONTHS_A_YEAR])
        return hold(Answers(
            price=self._elasticity[:, None] * (self._seen - np.log(self.usual_price)),
            step=STEP,
            income=self.parameters["el_use_income_elasticity"],
            level=self._level[year],
            saving=self.parameters["el_idle_saving"],
            base=float(self._base[year]),
            size=self._size,
            kwh=self.kwh,
        ))  # fmt: skip

    def _perceive(self, kwh: Floats, homes: Floats) -> None:
        """Write the price that the mean home of each place and fifth perceives."""
        mean = kwh / np.maximum(homes, 1.0) / STEP
        at = np.minimum(mean.astype(np.int64), self._seen.shape[1] - 1)
        self.perceived[:] = np.exp(np.take_along_axis(self._seen, at, axis=1))

    def begin(self, things: Things, levers: Mapping[str, Floats]) -> None:
        """Give everyone a meter in January 2015, after the first things."""
        society, expected = self.society, np.zeros((*self.perceived.shape, 2))
        self.set_terms(0, levers)
        society.team.each(
            first_meters, society.c, things, self.meters, society.people.starts, self._hot,
            self.parameters["el_use_log_sd"], society.seed, self.answers(0), expected,
        )  # fmt: skip
        self._perceive(expected[:, :, 1], expected[:, :, 0])

    def people_changed(self, month: int, changed: Changed, things: Things) -> None:
        """Bill the homes that dissolved and give new ones a meter; their things are in place already.

        In January new ones answer to last year's prices, until `new_year` follows.
        """
        society, lived = self.society, month % MONTHS_A_YEAR
        if changed.n_gone > 0:
            close_gone(
                society.c, self.meters, changed.gone, changed.fifths, changed.n_gone, lived == 0,
                lived_terms(self._terms[:lived]), self._plain, self.year,
            )  # fmt: skip
        if changed.n_came > 0:
            new_meters(
                society.c, things, self.meters, changed.came, changed.n_came, month, self._hot,
                self.parameters["el_use_log_sd"], society.seed,
                self.answers(max(month - 1, 0) // MONTHS_A_YEAR),
            )  # fmt: skip

    def new_year(self, month: int, things: Things, levers: Mapping[str, Floats]) -> None:
        """Each January but the first: weigh the peak-valley price, take the year's level of use, and forget
        last year."""
        society, q = self.society, self.parameters
        self.set_terms(month, levers)
        if self.tariffs.offered[month]:
            society.team.each(
                enrol, society.c, self.meters, society.people.starts, month, society.seed,
                np.ascontiguousarray(self._terms[0][:, :, None]), 1.0 / float(self._cpi[month]),
                q["el_tou_attention"] / q["aw_reference_level"], q["el_tou_hurdle"],
                q["el_tou_hurdle_log_sd"],
            )  # fmt: skip
        society.team.each(
            new_levels,
            society.c,
            things,
            self.meters,
            society.people.starts,
            self._hot,
            self.answers(month // MONTHS_A_YEAR),
        )
        self._perceive(self.year[:, :, KWH], self.year[:, :, KWH + 2])
        self.year[:] = 0.0

    def read(self, month: int, factor: Floats, levers: Mapping[str, Floats]) -> None:
        """Use a month's electricity; `factor` (P, 5, 3) a month's driving over the year's, by powertrain."""
        society, cooling = self.society, self._cooling[month % MONTHS_A_YEAR]
        self.set_terms(month, levers)
        starts = society.people.starts
        society.team.each(
            read_meters, society.c, self.meters, starts, cooling, factor, self.month, self._room
        )
        if self.tariffs.monthly:
            terms = np.ascontiguousarray(self._terms[month % MONTHS_A_YEAR][:, :, None])
            society.team.each(bill_month, society.c, self.meters, starts, cooling, factor, terms)
        if month % MONTHS_A_YEAR == MONTHS_A_YEAR - 1:
            terms = lived_terms(self._terms)
            society.team.each(close_year, society.c, self.meters, starts, terms, self._plain, self.year)

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What meters remember from month to month, besides the meters of homes."""
        return {"year": self.year, "terms": self._terms, "perceived": self.perceived}
