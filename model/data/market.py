"""Read what the national car market offers, by year, powertrain and class (article 7)."""

from __future__ import annotations

from functools import cache

import numpy as np

from model.data.months import FIRST_YEAR, YEARS
from model.data.region import CLASSES, VehicleMarket
from model.data.tables import TABLES, read_table
from model.errors import InputError

POWERTRAINS = ("ICE", "PHEV", "BEV")
"""Order of the powertrain axis everywhere in the model."""

_COLUMNS = {
    "price": "price_yuan",
    "price_low": "price_low",
    "price_high": "price_high",
    "label_range": "range_label_km",
    "real_range": "real_range_km",
    "energy": "energy_real_per_100km",
    "fuel_cs": "fuel_cs_real_l_100km",
    "models": "n_models",
    "mix": "share_of_powertrain_sales",
    "battery": "battery_kwh",
}


@cache
def vehicle_market() -> VehicleMarket:
    """Return the market as arrays (years, 3, 4); cells that are not offered hold 0."""
    path = TABLES / "vehicle_market.csv"
    rows = read_table(path, keys=("year", "powertrain", "class"), numbers=tuple(_COLUMNS.values()))
    arrays = {name: np.zeros((YEARS, len(POWERTRAINS), len(CLASSES))) for name in _COLUMNS}
    offered = np.zeros((YEARS, len(POWERTRAINS), len(CLASSES)), dtype=np.bool_)
    projected = np.zeros(YEARS, dtype=np.bool_)
    if len(rows) != offered.size:
        raise InputError("table", str(path), allowed=f"{offered.size} rows", values=("rows", str(len(rows))))
    for row in rows:
        cell = (
            int(row.number("year")) - FIRST_YEAR,
            POWERTRAINS.index(row.one_of("powertrain", POWERTRAINS)),
            CLASSES.index(row.one_of("class", CLASSES)),
        )
        offered[cell] = row.one_of("offered", ("0", "1")) == "1"
        projected[cell[0]] |= row.one_of("projected", ("0", "1")) == "1"
        for name, column in _COLUMNS.items():
            arrays[name][cell] = row.number(column, 0.0)
        if offered[cell] and not arrays["price"][cell] > 0:
            raise row.fault("price_yuan", "offered without price")
    for array in (*arrays.values(), offered, projected):
        array.setflags(write=False)
    return VehicleMarket(offered=offered, projected=projected, **arrays)
