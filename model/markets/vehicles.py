"""The national car market as the province meets it: prices, quality, money and running costs of each option.

The province takes prices and models as given (they do not answer to its demand). Everything is laid out
once a run, by month or year; `quote` only adds what policies and chargers change.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.behaviour.attitudes import real_willingness
from model.behaviour.choice import CLOSED
from model.data.car_terms import CarTerms, car_terms
from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR, YEARS
from model.data.parameters import Parameters
from model.data.region import CLASSES, Region
from model.domains.car_choice import BEV, ICE, PHEV, Tastes
from model.domains.garage import CLASS_COUNT, OPTIONS

Floats = NDArray[np.float64]
USUAL_PETROL_YEARS = 11
"""Years from 2015 whose mean the parameter `veh_petrol_price` is."""
UTILITY_FACTOR_KM = 50.0
"""Electric range that the parameter `veh_phev_uf_50km` is measured at."""


@dataclass(frozen=True)
class CarMarket:
    """What all buyers of a place share. `base` (Y, P, 12) utils; `cost` (M, 12), `scrap` (M, 12) yuan of
    2022;
    `run_home`, `run_away` (M, 12) yuan of 2022 per (km a year), present value; `upkeep` (M, 12) present
    value;
    `insurance` (M,) present value of a petrol car's premium; `energy`, `fuel` (2, Y, 12) kWh and L per
    100 km without and with a charger at home;
    `petrol` (M,) yuan a litre of 2022, `usual_petrol` its usual price; `price` (Y, 3, 4) CNY; `terms`
    the national money by month."""

    base: Floats
    cost: Floats
    scrap: Floats
    swap: Floats
    loan: Floats
    run_home: Floats
    run_away: Floats
    upkeep: Floats
    insurance: Floats
    energy: Floats
    fuel: Floats
    petrol: Floats
    usual_petrol: float
    cpi: Floats
    price: Floats
    terms: CarTerms
    per_car: Floats
    paid: NDArray[np.bool_]
    charging: tuple[float, float, float]
    rights: Floats


def drawn_prices(region: Region, parameters: Parameters) -> Floats:
    """Return prices (Y, 3, 4) with the continuation at the draw's position between its low and high."""
    market = region.market
    prices = market.price.copy()
    for k, key in ((ICE, "world_ice_price"), (PHEV, "world_phev_price"), (BEV, "world_bev_price")):
        z = parameters[key]
        edge = market.price_high if z > 0 else market.price_low
        for y in np.flatnonzero(market.projected):
            prices[y, k] += abs(z) * (edge[y, k] - market.price[y, k])
    return prices


def tastes_of(parameters: Parameters) -> Tastes:
    """Return the numbers of a buyer; b = |elasticity| lambda / reference price (feeds the observed
    own-price response)."""
    nest = parameters["veh_nest_lambda"]
    plug = real_willingness(parameters["veh_wtp_home_charger"], parameters)
    return Tastes(
        price=-parameters["veh_price_elasticity_own"] * nest / parameters["car_price_reference"],
        nest=nest,
        income_power=parameters["car_price_income_exponent"],
        log_floor=math.log(parameters["car_relative_income_floor"]),
        sd_bev=parameters["car_taste_sd_bev"],
        sd_phev=parameters["car_taste_sd_bev"] * parameters["car_taste_sd_phev_ratio"],
        r_attitude=parameters["soc_att_beh_r_cn"],
        r_phev=parameters["car_taste_correlation"],
        norm=parameters["soc_norm_weight"],
        plug=plug,
        plug_phev=plug * parameters["car_charging_phev_weight"],
        used_odds=math.log(parameters["car_used_share"] / (1.0 - parameters["car_used_share"])),
        used_fall=parameters["car_used_fall"],
        used_income=parameters["car_used_income_slope"],
        borrows=parameters["car_loan_share"],
    )


def shocks(parameters: Parameters, kind: str) -> Floats:
    """Return the yearly quality shock (Y,) in utils: fitted to `car_fit_last_year`, then xi <- phi xi + e."""
    made = np.zeros(YEARS)
    last = round(parameters["car_fit_last_year"])
    for y in range(YEARS):
        year = FIRST_YEAR + y
        if year <= last:
            made[y] = parameters.get(f"fit_xi_{kind}_{year}", 0.0)
        else:
            step = parameters["car_shock_sd"] * parameters.get(f"shock_{kind}_{year}", 0.0)
            made[y] = parameters["car_shock_persistence"] * made[y - 1] + step
    return made


def winter_range(region: Region, parameters: Parameters) -> Floats:
    """Return the range in January (Y, P, 4) km: the label times a share falling from 0 to -20 deg C."""
    at_0, at_20 = parameters["veh_cold_range_0C"], parameters["veh_cold_range_m20C"]
    share = at_0 + (at_0 - at_20) / 20.0 * np.minimum(region.january, 20.0)
    label = region.market.label_range[:, BEV]
    real = np.divide(region.market.real_range[:, BEV], label, out=np.ones_like(label), where=label > 0)
    share_of_label = np.minimum(share[None, :, None], real[:, None, :])
    return np.asarray(np.maximum(label[:, None, :] * share_of_label, 1.0))


def _base(region: Region, parameters: Parameters, tastes: Tastes) -> Floats:
    """Return the utils all buyers of a place share, chargers and road rights aside (Y, P, 12)."""
    market, b, last = region.market, tastes.price, round(parameters["car_fit_last_year"])
    variety = tastes.nest * parameters["car_variety_ratio"]
    years = np.arange(YEARS, dtype=np.float64)
    base = np.zeros((YEARS, len(region.places), 3, CLASS_COUNT))
    base += (variety * np.log(np.maximum(market.models, 1.0)))[:, None]
    for c, name in enumerate(CLASSES):
        for y in range(YEARS):
            base[y, :, :, c] += parameters.get(f"fit_class_{name}_{min(FIRST_YEAR + y, last)}", 0.0)
    ranges = np.log(winter_range(region, parameters) / parameters["car_range_reference"])
    worth = np.full(CLASS_COUNT, parameters["car_range_value"])
    worth[0] *= parameters["car_range_value_mini_ratio"]
    bev = b * (parameters["car_asc_bev"] + parameters["car_drift_bev"] * years) + shocks(parameters, "bev")
    phev = b * (parameters["car_asc_phev"] + parameters["car_drift_phev"] * years) + shocks(
        parameters, "phev"
    )
    base[:, :, BEV] += bev[:, None, None] + b * worth * ranges
    base[:, :, BEV, 0] += b * parameters["car_asc_bev_mini"]
    base[:, :, PHEV] += phev[:, None, None]
    quota = b * real_willingness(parameters["veh_wtp_free_plate"], parameters)
    base[:, region.quota, ICE] -= quota
    base[~np.broadcast_to(market.offered[:, None], base.shape)] = CLOSED
    return base.reshape(YEARS, len(region.places), OPTIONS)


def electric_share(region: Region, parameters: Parameters) -> Floats:
    """Return the share of a PHEV's km driven on electricity (Y, 4): 1 - exp(-range / L), L from the
    50-km factor."""
    scale = -UTILITY_FACTOR_KM / math.log(1.0 - parameters["veh_phev_uf_50km"])
    return np.asarray(1.0 - np.exp(-region.market.real_range[:, PHEV] / scale))


def _per_km(
    region: Region, parameters: Parameters, home: Floats, public: Floats, petrol: Floats
) -> tuple[Floats, Floats]:
    """Return yuan of 2022 a km with and without a charger at home (M, 12)."""
    year = np.arange(MONTHS) // MONTHS_A_YEAR
    market = region.market
    uf = electric_share(region, parameters)[year]
    made = []
    for price, ratio in ((home, 1.0), (public, parameters["car_phev_away_ratio"])):
        cost = np.zeros((MONTHS, 3, CLASS_COUNT))
        cost[:, ICE] = petrol[:, None] * market.energy[year, ICE] / 100.0
        cost[:, BEV] = price[:, None] * market.energy[year, BEV] / 100.0
        cost[:, PHEV] = uf * ratio * price[:, None] * market.energy[year, PHEV] / 100.0
        cost[:, PHEV] += (1.0 - uf * ratio) * petrol[:, None] * market.fuel_cs[year, PHEV] / 100.0
        made.append(cost.reshape(MONTHS, OPTIONS))
    return made[0], made[1]


def _vintages(region: Region, parameters: Parameters) -> tuple[Floats, Floats]:
    """Return kWh and L per 100 km without and with a charger at home, by year of make and option (2, Y, 12).

    Away from a charger at home a PHEV's electric share is `car_phev_away_ratio` of that with one.
    """
    market = region.market
    energy, fuel = np.zeros((2, *market.energy.shape)), np.zeros((2, *market.energy.shape))
    energy[:, :, BEV], fuel[:, :, ICE] = market.energy[:, BEV], market.energy[:, ICE]
    for home, ratio in enumerate((parameters["car_phev_away_ratio"], 1.0)):
        uf = ratio * electric_share(region, parameters)
        energy[home, :, PHEV] = uf * market.energy[:, PHEV]
        fuel[home, :, PHEV] = (1.0 - uf) * market.fuel_cs[:, PHEV]
    return energy.reshape(2, YEARS, OPTIONS), fuel.reshape(2, YEARS, OPTIONS)


def open_market(
    region: Region, parameters: Parameters, series: Mapping[str, Floats], renewed: bool = False
) -> CarMarket:
    """Lay out the market of a run for `region` under a parameter set and exogenous `series` (each (M,)).

    `renewed`: national money and tax relief go on to the end of 2030.
    """
    tastes = tastes_of(parameters)
    prices = drawn_prices(region, parameters)
    terms = car_terms(region, price=prices, range_sd=parameters["subsidy_range_sd"], renewed=renewed)
    cpi = series["cpi"]
    year = np.arange(MONTHS) // MONTHS_A_YEAR
    r, n = parameters["mc_discount_purchase"], parameters["car_running_years"]
    annuity = (1.0 - (1.0 + r) ** -n) / r
    money = parameters["veh_subsidy_passthrough"] * (terms.central_subsidy + terms.local_match)
    cost = (prices[year] + terms.purchase_tax - money) / cpi[:, None, None]
    petrol = series["petrol_price"] / cpi
    home, away = _per_km(
        region, parameters, series["charging_price_home"] / cpi, series["charging_price_public"] / cpi, petrol
    )
    upkeep = np.zeros((MONTHS, 3, CLASS_COUNT))
    upkeep[:, BEV], upkeep[:, ICE] = parameters["veh_maint_bev"], parameters["veh_maint_ice"]
    upkeep[:, PHEV] = parameters["veh_maint_ice"]
    energy, fuel = _vintages(region, parameters)
    per_car = np.stack([terms.central_subsidy, terms.local_match, terms.tax_forgone]).reshape(
        3, MONTHS, OPTIONS
    )
    return CarMarket(
        base=_base(region, parameters, tastes),
        cost=cost.reshape(MONTHS, OPTIONS),
        scrap=(terms.scrappage_bonus / cpi[:, None, None]).reshape(MONTHS, OPTIONS),
        swap=(terms.replacement_bonus / cpi[:, None, None]).reshape(MONTHS, OPTIONS),
        loan=(saved_per_point(parameters) * prices[year] / cpi[:, None, None]).reshape(MONTHS, OPTIONS),
        run_home=annuity * home,
        run_away=annuity * away,
        upkeep=(annuity * upkeep / cpi[:, None, None]).reshape(MONTHS, OPTIONS),
        insurance=annuity * series["insurance_ice"] / cpi,
        energy=energy,
        fuel=fuel,
        petrol=petrol,
        usual_petrol=parameters["veh_petrol_price"] / float(cpi[: USUAL_PETROL_YEARS * MONTHS_A_YEAR].mean()),
        cpi=cpi,
        price=prices,
        terms=terms,
        per_car=per_car,
        paid=per_car.any(axis=2),
        charging=(
            3.0 * parameters["car_charging_strength"],
            parameters["car_charging_saturation"],
            parameters["car_charging_phev_weight"],
        ),
        rights=tastes.price * parameters["car_road_right_value"] * region.road_rights.astype(np.float64),
    )


def saved_per_point(parameters: Parameters) -> float:
    """Return the share of a car's price that one percentage point off the loan rate saves over the loan.

    Loan to value x years / 2 / 100: the debt falls in a straight line.
    """
    return parameters["car_loan_to_value"] * parameters["car_loan_years"] / 2.0 / 100.0
