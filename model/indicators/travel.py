"""Indicators of everyday trips and of the fleets that rules bind (articles 7, 11, 21, 25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from model.indicators.formula import CLEAN, KINDS, WAYS, Formula

BASE_YEAR = 2022
"""The year in which the plan was issued; indices are one in its December."""


def _trips(*ways: str) -> Mapping[str, float]:
    return {f"trips_{way}": 1.0 for way in ways}


def _share(*ways: str, index: int | None = None) -> Formula:
    """Return the share of some ways among the trips of townspeople."""
    return Formula(_trips(*ways), _trips(*WAYS), urban=True, choosers=True, chose="diaries", index=index)


def _fleet(what: str, fleets: Iterable[str]) -> Formula:
    """Return the clean share of what fleets bought or of what they have."""
    fleets = tuple(fleets)
    clean = {f"{fleet}_{what}_clean": 1.0 for fleet in fleets}
    every = {f"{fleet}_{what}_{kind}": 1.0 for fleet in fleets for kind in CLEAN}
    return Formula(clean, every, by_group=False)


FORMULAS = {
    "green_travel_share": _share("walk", "cycle", "transit"),
    "slow_mode_share": _share("walk", "cycle", index=BASE_YEAR),
    "walk_share": _share("walk"),
    "cycle_share": _share("cycle"),
    "transit_share": _share("transit"),
    "car_trip_share": _share("car", "hire"),
    "fares_paid": Formula({"fares": 1.0}),
    "fare_discount_paid": Formula({"fare_discount": 1.0}),
    "parking_paid": Formula({"parking_paid": 1.0}),
    "car_km": Formula({f"km_{kind}": 1.0 for kind in KINDS}),
    "bus_taxi_clean_addition_rate": _fleet("bought", ("bus", "hire")),
    "service_fleet_nev_addition_rate": _fleet("bought", ("sanitation", "express")),
    "gov_nev_addition_share": _fleet("bought", ("public",)),
    "bus_taxi_clean_stock_share": _fleet("stock", ("bus", "hire")),
    "bus_clean_stock_share": _fleet("stock", ("bus",)),
    "new_energy_buses": Formula({"bus_stock_clean": 1.0}, by_group=False),
    "service_clean_stock_share": _fleet("stock", ("sanitation", "express")),
    "public_nev_stock_share": _fleet("stock", ("public",)),
    "service_fleet_co2": Formula({"service_co2": 1e-3}, by_group=False),
}
"""Indicator -> formula; keys as in the indicator and auxiliary tables."""
