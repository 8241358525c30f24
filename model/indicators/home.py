"""Indicators of homes (articles 6, 8, 17, 21, 22): electricity, bills, appliances and what comes back."""

from __future__ import annotations

from model.indicators.formula import Formula

_GRADES = {f"sold_grade{grade}": 1.0 for grade in range(1, 6)}
_HOMES = {"households": 1.0}
_BILLED = {"home_closed": 1.0}
_KINDS = ("ac", "fridge", "washer", "heater", "tv")


def _of_sales(*grades: int) -> Formula:
    """Return the share of some grades in what is sold, lamps left out."""
    return Formula({f"sold_grade{grade}": 1.0 for grade in grades}, _GRADES)


FORMULAS = {
    "green_appliance_share": _of_sales(1, 2),
    "low_efficiency_sales_share": _of_sales(4, 5),
    "trade_in_return_rate": Formula({"returned": 1.0}, {"replaced": 1.0}),
    "home_electricity": Formula({"meter_kwh": 1.0}, by_group=False),
    "home_car_charging": Formula({"meter_kwh_car": 1.0}, by_group=False),
    "electricity_per_household": Formula({"home_kwh": 1.0}, _HOMES, yearly=True),
    "electricity_per_head": Formula({"home_kwh": 1.0}, {"persons": 1.0}, yearly=True),
    "electricity_bill": Formula({"home_bill": 1.0}, _HOMES, yearly=True),
    "electricity_price_paid": Formula({"home_bill": 1.0}, {"home_kwh": 1.0}, yearly=True),
    "tier2_share": Formula({"block2": 1.0}, _BILLED, yearly=True),
    "tier3_share": Formula({"block3": 1.0}, _BILLED, yearly=True),
    "peak_valley_households": Formula({"peak_valley": 1.0}, _BILLED, yearly=True),
    "peak_hours_share": Formula({"home_peak_kwh": 1.0}, {"home_kwh": 1.0}, yearly=True),
    **{f"{kind}_per_100_households": Formula({f"units_{kind}": 1.0}, _HOMES, scale=100.0) for kind in _KINDS},
    "appliance_sales": Formula(_GRADES),
    "efficient_appliance_sales": Formula({f"sold_grade{grade}": 1.0 for grade in (1, 2)}),
    "grade1_share": _of_sales(1),
    "rebated_sales_share": Formula({"rebated": 1.0}, _GRADES),
}
"""Indicator -> formula; keys as in the indicator and auxiliary tables."""
