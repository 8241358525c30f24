"""Outcomes that pages offer first: one or two of every domain, in the order of the plan's articles."""

from __future__ import annotations

OUTCOMES = (
    *("nev_new_sales_share", "nev_stock", "rural_nev_sales_share", "public_chargers", "car_co2"),
    *("efficient_appliance_share", "green_travel_share", "electricity_per_head", "electricity_bill"),
)


def usual() -> list[str]:
    """Return those that the model tells."""
    from model.indicators.formulas import FORMULAS

    return [one for one in OUTCOMES if one in FORMULAS]
