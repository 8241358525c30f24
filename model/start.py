"""January 2015: the first state of households, and what a run lays out once from region, parameters and
policy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma

from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.data.region import Region
from model.domains.sales import CarLife
from model.institutions.policy import Grant, Policy

Floats = NDArray[np.float64]
WORLD = {"petrol_price": "world_petrol", "grid_factor": "world_grid", "income": "world_income"}
"""Series whose continuation a draw places within its stated range, and the parameter that says where."""


def exogenous(region: Region, parameters: Parameters, policy: Policy) -> Mapping[str, Floats]:
    """Return the exogenous series (M,) of a run: central path moved to the draw's position, then
    assumptions."""
    made = {}
    for name, central in region.series.items():
        z = parameters[WORLD[name]] if name in WORLD else 0.0
        edge = region.series_high[name] if z > 0 else region.series_low[name]
        made[name] = central + abs(z) * (edge - central)
    made.update(policy.world)
    return made


def exposures_before(policy: Policy, month: int) -> float:
    """Return the mean exposures to publicity a person in `month`."""
    return float(policy.delivered["publicity_intensity"][month].mean())


def car_life(parameters: Parameters) -> CarLife:
    """Return the life and use of a car; the Weibull scale follows from the mean life (Hao et al. 2011)."""
    shape = parameters["veh_weibull_shape"]
    return CarLife(
        scale=parameters["veh_weibull_mean_life"] * MONTHS_A_YEAR / float(gamma(1.0 + 1.0 / shape)),
        shape=shape,
        again=parameters["car_replacement_probability"],
        km=parameters["veh_km_private_2025"],
        km_log_sd=parameters["car_km_log_sd"],
        km_income=parameters["car_km_income_elasticity"],
        scrap_within=round(parameters["car_scrap_within"]),
    )


def car_ages(life: CarLife, parameters: Parameters) -> Floats:
    """Return the cumulated ages in months of a stock whose sales grew at a steady rate (survivors only)."""
    months = np.arange(round(parameters["car_oldest_2015"] * MONTHS_A_YEAR))
    growth = parameters["car_stock_growth_2015"]
    weight = np.exp(-((months / life.scale) ** life.shape) - growth * months / MONTHS_A_YEAR)
    return np.asarray(np.cumsum(weight) / weight.sum())


def earlier_sales(ages: Floats, growth: float, months: int) -> Floats:
    """Return the new cars a month (months,) that a stock of one car implies, the latest month first.

    n(m) = w(0) exp(-g m / 12), w(0) the share of cars of the last month (no one has left it yet), g the
    growth a year: the sales behind the age structure of `car_ages`.
    """
    return np.asarray(ages[0] * np.exp(-growth * np.arange(months) / MONTHS_A_YEAR))


def as_claimed(grants: Sequence[Grant], parameters: Parameters) -> tuple[Grant, ...]:
    """Return the grants with the coverage that is claimed: what places can serve x chance of claiming."""
    return tuple(
        replace(grant, coverage=grant.coverage * parameters[grant.take_up]) if grant.take_up else grant
        for grant in grants
    )


def grants_on(goods: str, grants: Sequence[Grant]) -> tuple[Grant, ...]:
    """Return the grants that are for some goods."""
    return tuple(grant for grant in grants if grant.goods == goods)


def trade_needed(grants: Sequence[Grant]) -> NDArray[np.bool_]:
    """Tell which grants ask for an old car (K,)."""
    return np.array([grant.requires == "trade_in" for grant in grants], dtype=np.bool_)


def grant_keys(grants: Sequence[Grant]) -> NDArray[np.int64]:
    """Return the key of each grant's draws (K,): of the grant itself, so that another one beside it
    shifts nothing."""
    made = []
    for grant in grants:
        terms = (grant.instrument, grant.lever, grant.options, grant.cap, grant.price_ceiling, grant.requires)
        made.append(int.from_bytes(hashlib.sha256(repr(terms).encode()).digest()[:4], "big") * 1024)
    return np.array(made, dtype=np.int64)


def real_income(region: Region, series: Mapping[str, Floats], reference: float) -> Floats:
    """Return real income a person of the region over `reference`, CNY a person and year of 2015 (Y,)."""
    persons = region.households[::MONTHS_A_YEAR] * region.household_size
    mean = (region.income * persons).sum(axis=1) / persons.sum(axis=1) * series["income"][::MONTHS_A_YEAR]
    cpi = series["cpi"][::MONTHS_A_YEAR]
    return np.asarray(mean / reference * cpi[0] / cpi)


def mean_household(region: Region) -> Floats:
    """Return persons in the mean household of the region (Y,)."""
    homes = region.households[::MONTHS_A_YEAR]
    return np.asarray((homes * region.household_size).sum(axis=1) / homes.sum(axis=1))
