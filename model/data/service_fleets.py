"""Fleets that serve a city (buses, sanitation, express vans): how many, how they are used, what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from model.data.months import FIRST_YEAR, YEARS
from model.data.region import Floats
from model.data.tables import TABLES, Row, read_table

SERVICES = ("bus", "sanitation", "express")


@dataclass(frozen=True)
class ServiceFleet:
    """A fleet's figures; money in CNY of 2022.

    `units`: vehicles per 10,000 urban residents (bus, sanitation) or per million parcels a year
    (express). `life`: years. `km`: a year. `fuel`: L/100 km of the usual vehicle (diesel; express:
    petrol). `kwh`: kWh/100 km of the clean one. `price`: of the usual vehicle. `burden`: of the clean
    one's range and charging. `extra_price` (Y,): clean over usual vehicle, net of national money.
    """

    name: str
    units: float
    life: float
    km: float
    fuel: float
    kwh: float
    price: float
    burden: float
    extra_price: Floats


@cache
def service_fleets() -> Mapping[str, ServiceFleet]:
    """Return the fleets by name, in the order of SERVICES; raise InputError for a bad or missing row."""
    numbers = ("year", "value", "low", "high")
    rows = read_table(TABLES / "service_fleets.csv", keys=("fleet", "key", "year"), numbers=numbers)
    for row in rows:
        row.one_of("fleet", SERVICES)
    return MappingProxyType(
        {name: _fleet(name, [r for r in rows if r["fleet"] == name]) for name in SERVICES}
    )


def _fleet(name: str, rows: list[Row]) -> ServiceFleet:
    single = {row["key"]: row.number("value") for row in rows if not row["year"]}
    prices = sorted((row.number("year"), row.number("value")) for row in rows if row["key"] == "extra_price")
    for key in ("units", "life", "km", "fuel", "kwh", "price", "burden"):
        if key not in single:
            raise rows[0].fault("key", f"missing {key}")
    known = np.array(prices)
    extra = np.interp(np.arange(FIRST_YEAR, FIRST_YEAR + YEARS), known[:, 0], known[:, 1])
    extra.setflags(write=False)
    return ServiceFleet(name=name, extra_price=extra, **single)
