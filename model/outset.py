"""What a run lays out once for everyday trips: kinds, incomes, levers and the constants of the modes
(articles 7, 21)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from model.data.levers import levers as levers_table
from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED, YEARS
from model.data.parameters import Parameters
from model.data.region import Region
from model.data.trip_kinds import trip_kinds
from model.domains.travel_constants import solve_constants, surveyed
from model.domains.travel_terms import Ground, Levels, Prices, Terms
from model.population.fifths import fifth_means

Floats = NDArray[np.float64]
LEVERS = ("transit_service_level", "slow_mobility_provision", "parking_fee", "transit_fare_discount")
PRICES = ("petrol_price", "charging_price_home", "charging_price_public", "cpi")
REFERENCE = PLAN_ISSUED - 1
"""Month whose levers car use is compared with, and for which the constants are solved."""

SURVEYED = REFERENCE // MONTHS_A_YEAR
"""Year whose prices and incomes the constants belong to."""

_DAYS = 365.0


def lever_paths(delivered: Mapping[str, Floats], places: int) -> tuple[Floats, ...]:
    """Return the levers in the order of LEVERS, three by month and place and the discount by group as well.

    One that a policy does not name stays at its level of 2022.
    """
    table, shape = levers_table(), (MONTHS, places, 5)
    paths = [delivered.get(name, np.full(shape, table[name].default_2022)) for name in LEVERS]
    return (*(np.ascontiguousarray(path[:, :, 0]) for path in paths[:-1]), np.ascontiguousarray(paths[-1]))


def ground_of(region: Region) -> Ground:
    """Return the kinds of trips in the places of a region."""
    kinds = trip_kinds()
    return Ground(
        km=np.array([kind.km for kind in kinds]),
        transfers=np.outer(region.transfer_weight, [kind.transfer for kind in kinds]),
        core=np.outer(region.parking_core, [kind.core for kind in kinds]),
        rural=np.array([float(not place.urban) for place in region.places]),
    )


def trips_of(region: Region, a_day: float) -> Floats:
    """Return the trips of a person a year by place and kind (P, 4)."""
    kinds = trip_kinds()
    shares = [
        [kind.urban_share if place.urban else kind.rural_share for kind in kinds] for place in region.places
    ]
    return np.array(shares) * (a_day * _DAYS)


def taxi_of(terms: Terms, ground: Ground) -> Floats:
    """Return the yuan of a person's trip in a hired car by kind (4,)."""
    beyond = np.maximum(ground.km - terms.hire_flag_km, 0.0)
    return np.asarray((terms.hire_flag + terms.hire_km * beyond) / terms.occupancy)


def worth_of(region: Region, factor: Floats, cpi: Floats, power: float) -> Floats:
    """Return the weight of a yuan by year and fifth (Y, 5): (real income / the region's of 2022)^-e.

    `factor` (M,) moves the region's incomes, `cpi` (M,).
    """
    income = region.income * factor[::MONTHS_A_YEAR, None]
    persons = region.households[::MONTHS_A_YEAR] * region.household_size
    real = fifth_means(income, persons, region.income_log_sd)
    real /= cpi.reshape(YEARS, MONTHS_A_YEAR).mean(axis=1)[:, None]
    return np.asarray((real / real[SURVEYED].mean()) ** -power)


def petrol_of(region: Region) -> float:
    """Return the litres a kilometre of petrol cars sold in 2015."""
    market = region.market
    return float((market.energy[0, 0] * market.mix[0, 0]).sum()) / 100.0


def constants_of(
    region: Region,
    parameters: Parameters,
    terms: Terms,
    ground: Ground,
    levels: Levels,
    worth: Floats,
    prices: Mapping[str, Floats],
) -> Floats:
    """Return the constants of the modes (4,): the average town has the four shares of the survey.

    The average town is the mean of urban places by residents, with the `levels` of May 2022, `worth` (Y, 5)
    and `prices` (M,) of 2022.
    """
    urban = np.array([float(place.urban) for place in region.places])
    people = region.households[REFERENCE] * region.household_size[SURVEYED]
    mine = people * urban if (people * urban).any() else people
    mine = mine / mine.sum()
    town = Ground(ground.km, (mine @ ground.transfers)[None], (mine @ ground.core)[None], np.zeros(1))
    middle = Levels(*(np.array([mine @ level]) for level in levels))
    year = slice(SURVEYED * MONTHS_A_YEAR, (SURVEYED + 1) * MONTHS_A_YEAR)
    cpi, petrol = float(prices["cpi"][year].mean()), float(prices["petrol_price"][year].mean())
    energy = np.full(2, petrol / cpi * petrol_of(region))
    kinds = np.array([kind.urban_share for kind in trip_kinds()])
    return solve_constants(
        terms, town, middle, worth[SURVEYED], Prices(energy, cpi), surveyed(parameters, kinds)
    )
