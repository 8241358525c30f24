"""January 2015: the first state of households, and what a run lays out once from region, parameters and
policy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma

from model.data.months import MONTHS, MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.data.region import Region
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.transport import CarLife
from model.institutions.policy import GROUPS, Grant, Policy
from model.markets.vehicles import CarMarket

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
        rebound=parameters["veh_km_rebound_ev"],
        scrap_within=round(parameters["car_scrap_within"]),
    )


def car_ages(life: CarLife, growth: float) -> Floats:
    """Return the cumulated ages in months of a stock whose sales grew by `growth` a year (survivors only)."""
    months = np.arange(25 * MONTHS_A_YEAR)
    weight = np.exp(-((months / life.scale) ** life.shape) - growth * months / MONTHS_A_YEAR)
    return np.asarray(np.cumsum(weight) / weight.sum())


def granted(grants: Sequence[Grant], month: int, market: CarMarket) -> Floats:
    """Return what the grants pay on each option (K, P, 5, 12), yuan of 2022: capped, and nothing above a
    price ceiling."""
    places = market.base.shape[1]
    made = np.zeros((len(grants), places, len(GROUPS), OPTIONS))
    price = market.price[month // MONTHS_A_YEAR]
    for k, grant in enumerate(grants):
        kinds = np.repeat([name in grant.options for name in ("ice", "phev", "bev")], CLASS_COUNT)
        eligible = kinds & (price.reshape(OPTIONS) <= (grant.price_ceiling or np.inf))
        amount = np.minimum(grant.amount[month], np.inf if grant.cap is None else grant.cap)
        made[k] = amount[:, :, None] * eligible / market.cpi[month]
    return made


def promised_money(grants: Sequence[Grant], market: CarMarket, mix: Floats) -> Floats | None:
    """Return what the grants promise to a buyer (M, P, 5, 2, 3), yuan of 2022, without and with an old
    car, by powertrain.

    Mean over classes by the class mix of each powertrain's sales, `mix` (Y, 3, 4), times the share of
    claims that a place can serve. A grant without a budget promises nothing.
    None where there are no grants.
    """
    if not any(grant.amount.any() for grant in grants):
        return None
    places = market.base.shape[1]
    made = np.zeros((MONTHS, places, len(GROUPS), 2, 3))
    for month in range(MONTHS):
        paid = granted(grants, month, market).reshape(len(grants), places, len(GROUPS), 3, CLASS_COUNT)
        if not paid.any():
            continue
        each = (paid * mix[month // MONTHS_A_YEAR]).sum(axis=4)
        for k, grant in enumerate(grants):
            if grant.budget == 0.0:
                continue
            money = each[k] * grant.coverage[month][:, None, None]
            made[month, :, :, 1] += money
            if grant.requires != "trade_in":
                made[month, :, :, 0] += money
    return made


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
