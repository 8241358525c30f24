"""Buses, sanitation trucks and express vans: how many a town needs, and whether clean ones pay (article 7).

Whoever runs them compares what a vehicle costs over its life, at the prices of the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from model.data.months import MONTHS, MONTHS_A_YEAR, QUARTER
from model.data.parameters import Parameters
from model.data.region import Region
from model.data.service_fleets import SERVICES, ServiceFleet, service_fleets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PETROL = ("express",)
"""Fleets whose usual vehicle burns petrol; the others burn diesel."""
_HEADS = 1e4  # the units of a fleet are per 10,000 residents


class Choice(NamedTuple):
    """What those who run a fleet would do, by quarter (Q,): `clean` share of purchases without a rule,
    `bear` share of them who can pay for a clean vehicle when a rule asks for it."""

    clean: Floats
    bear: Floats


def choices(parameters: Parameters, series: Mapping[str, Floats]) -> dict[str, Choice]:
    """Return the choices of the fleets by name.

    v = 1 / (1 + exp(x / w)), a = 1 / (1 + exp((x - f) / w)): x extra cost over a life, as a share of that of
    the usual vehicle; w its spread between operators; f what those under a rule bear.
    """
    spread, premium = parameters["fleet_cost_spread"], parameters["fleet_rule_premium"]
    made = {}
    for name, fleet in service_fleets().items():
        x = extra_cost(fleet, parameters, series)
        made[name] = Choice(expit(-x / spread), expit((premium - x) / spread))
    return made


def extra_cost(fleet: ServiceFleet, parameters: Parameters, series: Mapping[str, Floats]) -> Floats:
    """Return the extra cost of a clean vehicle over its life by quarter (Q,), as a share of the usual cost.

    x = [extra price + burden - A km (fuel p_fuel - kwh p_charge)] / [price + A km fuel p_fuel],
    A = (1 - (1 + r)^-life) / r; yuan of 2022.
    """
    months = np.arange(QUARTER - 1, MONTHS, QUARTER)
    rate = parameters["fleet_discount"]
    years = (1.0 - (1.0 + rate) ** -fleet.life) / rate if rate > 0.0 else fleet.life
    real = series["cpi"][months]
    ratio = 1.0 if fleet.name in PETROL else parameters["diesel_price_ratio"]
    fuel = years * fleet.km * fleet.fuel / 100.0 * series["petrol_price"][months] * ratio / real
    power = years * fleet.km * fleet.kwh / 100.0 * series["charging_price_public"][months] / real
    more = fleet.extra_price[months // MONTHS_A_YEAR] + fleet.burden
    return np.asarray((more + power - fuel) / (fleet.price + fuel))


def carbon(parameters: Parameters, grid: Floats) -> Floats:
    """Return the kg of CO2 of a vehicle in a month (M, 3, 2), usual and clean, by SERVICES."""
    made = np.empty((MONTHS, len(SERVICES), 2))
    for k, (name, fleet) in enumerate(service_fleets().items()):
        litre = parameters["ef_petrol_ttw" if name in PETROL else "ef_diesel_ttw"]
        made[:, k, 0] = fleet.km * fleet.fuel / 100.0 * litre / MONTHS_A_YEAR
        made[:, k, 1] = fleet.km * fleet.kwh / 100.0 * grid / MONTHS_A_YEAR
    return made


def targets(region: Region, towns: Ints, city: Ints) -> Ints:
    """Return the vehicles that each of the `towns` (F,) needs before 2015 and by quarter (1 + Q, 3, F), by
    SERVICES.

    Buses and sanitation go with the residents of the town, express vans with the parcels of the last twelve
    months, which are spread as the residents of each `city` (P,) (numbered as `towns`).
    """
    months = np.concatenate([[0], np.arange(QUARTER - 1, MONTHS, QUARTER)])
    ends = np.concatenate([[0], np.arange(MONTHS_A_YEAR - 1, MONTHS, MONTHS_A_YEAR)])
    years = np.concatenate([[0], np.arange(MONTHS // MONTHS_A_YEAR)])
    counted = region.households[ends] * region.household_size[years]
    persons = np.array([np.interp(months, ends, path) for path in counted.T]).T
    cities = np.array([np.bincount(city, weights=row, minlength=towns.size) for row in persons])
    sent = region.activity["express_parcels"]
    parcels = np.array([sent[max(m - MONTHS_A_YEAR + 1, 0) : m + 1].mean() for m in months])
    urban = persons[:, towns] / _HEADS
    spread = parcels[:, None] * cities / cities.sum(axis=1, keepdims=True)
    by_fleet = {"bus": urban, "sanitation": urban, "express": spread}
    fleets = service_fleets()
    return np.stack([np.rint(by_fleet[name] * fleets[name].units) for name in SERVICES], axis=1).astype(
        np.int64
    )
