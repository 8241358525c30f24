"""Which observed figures shaped constants of the model, so that nearness to them proves nothing."""

from __future__ import annotations

FITTED = {
    "china": (
        *("nev_new_sales_share", "bev_sales_share", "phev_sales_share", "car_sales", "public_chargers"),
        *("home_electricity", "ac_per_100_households", "fridge_per_100_households"),
        "washer_per_100_households",
    )
}
"""Indicators whose national figures to 2021 shaped constants."""
FIT_END = 2021


def served(region: str, indicator: str, year: int) -> bool:
    """Return whether a figure observed in a region served the fit."""
    return indicator in FITTED.get(region, ()) and year <= FIT_END
