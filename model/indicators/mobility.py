"""Indicators of cars, charging and awareness (articles 3, 7, 20, 26): each a ratio of sums of the ledger."""

from __future__ import annotations

from model.indicators.formula import Formula

_NEV = {"sales_phev": 1.0, "sales_bev": 1.0, "fleet_sales_phev": 1.0, "fleet_sales_bev": 1.0}
_ALL = {"sales_ice": 1.0, "fleet_sales_ice": 1.0, **_NEV}
_NEV_STOCK = {"cars_phev": 1.0, "cars_bev": 1.0, "fleet_cars_phev": 1.0, "fleet_cars_bev": 1.0}
_CARS = {"cars_ice": 1.0, "cars_phev": 1.0, "cars_bev": 1.0}

FORMULAS = {
    "nev_new_sales_share": Formula(_NEV, _ALL, choosers=True),
    "rural_nev_new_sales_share": Formula(_NEV, _ALL, rural=True, choosers=True),
    "bev_sales_share": Formula({"sales_bev": 1.0, "fleet_sales_bev": 1.0}, _ALL, choosers=True),
    "phev_sales_share": Formula({"sales_phev": 1.0, "fleet_sales_phev": 1.0}, _ALL, choosers=True),
    "household_nev_share": Formula(
        {"sales_phev": 1.0, "sales_bev": 1.0},
        {"sales_ice": 1.0, "sales_phev": 1.0, "sales_bev": 1.0},
        choosers=True,
    ),
    "chargers_per_100_nev": Formula({"points": 1.0}, _NEV_STOCK, scale=100.0, by_group=False),
    "public_chargers": Formula({"points": 1.0}, by_group=False),
    "nev_stock": Formula(_NEV_STOCK),
    "car_sales": Formula(_ALL),
    "nev_sales": Formula(_NEV),
    "cars_per_100_households": Formula(_CARS, {"households": 1.0}, scale=100.0),
    "nev_consideration": Formula({"considering": 1.0}, {"households": 1.0}),
    "green_awareness": Formula({"aware_persons": 1.0}, {"persons": 1.0}),
    "car_petrol": Formula({"litres": 1.0}),
    "car_electricity": Formula({"kwh": 1.0}),
    "car_co2": Formula({"co2": 1e-3}),
    "car_energy_spending": Formula({"energy_spending": 1.0}, {"households": 1.0}),
    "households": Formula({"households": 1.0}),
    "population": Formula({"persons": 1.0}),
}
"""Indicator -> formula; keys as in the indicator and auxiliary tables."""
