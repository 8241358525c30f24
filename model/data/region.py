"""A region as the model needs it: places, people's margins, prices and what was observed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.data.tariffs import Tariffs

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = ("mini", "compact", "midsize", "suv")
HEATING = ("district", "gas", "electric", "coal")
SIZES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Place:
    """A city's urban or rural part. `code` is e.g. 140100.urban; `city` 140100."""

    code: str
    city: str
    urban: bool
    zh: str
    en: str


@dataclass(frozen=True)
class VehicleMarket:
    """What the national market offers; arrays are (years, 3 powertrains, 4 classes), ice/phev/bev x CLASSES.

    `price`, `price_low`, `price_high`: current CNY incl. VAT, before public money. `label_range`,
    `real_range`: km. `energy`: per 100 km real use, L (ice) or kWh (phev in charge-depleting mode, bev).
    `fuel_cs`: L per 100 km of a phev on petrol. `models`: number of models. `offered`: bool. `mix`:
    share of the powertrain's national sales by class (used by the fit to 2015-2021 only). `battery`: kWh.
    `projected` (Y,): years that are a continuation, not an observation.
    """

    price: Floats
    price_low: Floats
    price_high: Floats
    label_range: Floats
    real_range: Floats
    energy: Floats
    fuel_cs: Floats
    models: Floats
    offered: NDArray[np.bool_]
    mix: Floats
    battery: Floats
    projected: NDArray[np.bool_]


@dataclass(frozen=True)
class Region:
    """One region pack, checked on load. M = 192 months, Y = 16 years, P = places.

    `households` (M, P): households at the end of each month (integers). `household_size` (Y, P): persons.
    `income` (Y, P): mean disposable income a person, current CNY. `income_log_sd` (P,).
    `city_capacity` (P,): capacity factor of the place's city, mean 1. `january` (P,): deg C.
    `home_charger` (P,): share of homes whose parking has room for a charger; `parking` (P,): share with a
    parking space at all. `heating` (P, 4): shares by HEATING. `size_shares` (P, 5): 2015 households by size.
    `cars_2015` (P,): cars a household at the end of 2014. `nev_share_2015`: NEVs among them.
    `chargers_2015` (P,): public charging points at the end of 2014.
    `cooling` (P, 12): cooling of each calendar month over that of a reference year; `things_2015` (P, 7):
    share of homes with a thing in each slot at the end of 2014; `tariffs`: the price of electricity.
    `road_rights` (P,): a driving limit exists. `quota` (P,): a plate quota exists.
    `transfer_weight` (P,): how much of the stated share of trips with a transfer exists there.
    `parking_core` (P,): a core where parking is charged exists. `fleet_rules` (P,): rules on fleets act.
    `series`: name -> (M,) central path; `series_low`, `series_high`: its range (equal to central where
    observed). `activity`: name -> (M,) central path that fleets follow.
    `observed`: the observed series for printing beside the model: indicator, year, value, unit, source,
    quality.
    `quality`: name of a margin or series -> worst quality of its rows.
    """

    name: str
    label: Mapping[str, str]
    places: tuple[Place, ...]
    households: Ints
    household_size: Floats
    income: Floats
    income_log_sd: Floats
    city_capacity: Floats
    january: Floats
    home_charger: Floats
    parking: Floats
    heating: Floats
    size_shares: Floats
    cars_2015: Floats
    nev_share_2015: float
    chargers_2015: Floats
    cooling: Floats
    things_2015: Floats
    tariffs: Tariffs
    road_rights: NDArray[np.bool_]
    quota: NDArray[np.bool_]
    transfer_weight: Floats
    parking_core: Floats
    fleet_rules: Floats
    series: Mapping[str, Floats]
    series_low: Mapping[str, Floats]
    series_high: Mapping[str, Floats]
    activity: Mapping[str, Floats]
    market: VehicleMarket
    observed: pd.DataFrame
    quality: Mapping[str, str]
    fingerprint: str


SERIES = (
    "petrol_price",  # CNY/L
    "charging_price_home",  # CNY/kWh
    "charging_price_public",  # CNY/kWh
    "insurance_ice",  # CNY/year
    "insurance_phev",
    "insurance_bev",
    "cpi",  # 2022 mean = 1
    "grid_factor",  # kgCO2/kWh
    "fleet_share_of_car_sales",  # share of all new cars not bought by persons
)

ACTIVITY = (
    "hire_share_of_car_sales",  # share of all new cars registered for hire
    "express_parcels",  # million a year
)
"""Paths that fleets follow; constant within a year."""
