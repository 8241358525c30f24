"""Load a region pack: its places, margins, monthly paths, market and observed series, all checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from model.data import home_margins
from model.data import margins as by_place
from model.data.margins import Margins
from model.data.market import vehicle_market
from model.data.months import FIRST_YEAR
from model.data.observed import observed_rows
from model.data.paths import by_key, index_to_one, monthly, yearly, yearly_to_table
from model.data.region import ACTIVITY, SERIES, Floats, Place, Region
from model.data.tables import REGIONS, TABLES, Row, read_table, worst
from model.data.tariffs import tariffs
from model.errors import InputError, nearest

_YEAR_ENDS = ("population", "urbanisation", "household_size", "households", "family_share")
_INDEX_YEAR = 2022
_SHARED = (
    "vehicle_market.csv",
    "appliance_market.csv",
    "calendar.csv",
    "trip_kinds.csv",
    "service_fleets.csv",
)


def region_names() -> tuple[str, ...]:
    """Return the names of the region packs."""
    return tuple(row["name"] for row in read_table(REGIONS / "regions.csv", keys=("name",)))


@cache
def load_region(name: str = "shanxi") -> Region:
    """Return a region pack; raise InputError(code "region") for an unknown name, "table" for a bad row."""
    known = {row["name"]: row for row in read_table(REGIONS / "regions.csv", keys=("name",))}
    if name not in known:
        allowed = ", ".join(known)
        raise InputError("region", allowed=allowed, near=nearest(name, known), values=(name[:80],))
    folder = REGIONS / name
    places = _places(folder)
    margin_rows = read_table(
        folder / "margins.csv", keys=("place", "variable"), numbers=("value", "low", "high")
    )
    margins = Margins({(row["place"], row["variable"]): row for row in margin_rows}, places)
    series_rows = read_table(folder / "series.csv", keys=("key", "time"), numbers=("value", "low", "high"))
    series = by_key(series_rows)
    homes, size = by_place.households(margins, yearly_to_table(series, _YEAR_ENDS))
    people = homes * size
    income = by_place.incomes(
        margins, people[1:], yearly(series["income_urban"]), yearly(series["income_rural"])
    )
    cars, chargers = _cars(margins, homes[0], income[0])
    central, low, high = _monthly_paths(series, (*SERIES, "income"))
    return Region(
        name=name,
        label={"zh": known[name]["zh"], "en": known[name]["en"]},
        places=places,
        households=_fixed(by_place.monthly_households(homes)),
        household_size=_fixed(size[1:]),
        income=_fixed(income),
        income_log_sd=_fixed(margins.get("income_log_sd")),
        city_capacity=_fixed(_capacity(margins, people)),
        january=_fixed(margins.get("january")),
        home_charger=_fixed(margins.get("home_charger")),
        parking=_fixed(margins.get("parking")),
        heating=_fixed(by_place.heating(margins)),
        size_shares=_fixed(by_place.size_shares(margins, size[1])),
        cars_2015=_fixed(cars),
        nev_share_2015=margins.single("nev_share_2015"),
        chargers_2015=_fixed(chargers),
        cooling=_fixed(home_margins.cooling(margins)),
        things_2015=_fixed(home_margins.things_2015(margins)),
        tariffs=tariffs(name),
        road_rights=margins.get("road_rights") > 0,
        quota=margins.get("quota") > 0,
        transfer_weight=_fixed(margins.get("transfer_weight")),
        parking_core=_fixed(margins.get("parking_core")),
        fleet_rules=_fixed(margins.get("fleet_rules")),
        series=central,
        series_low=low,
        series_high=high,
        activity=_monthly_paths(series, ACTIVITY)[0],
        market=vehicle_market(),
        observed=observed(name),
        quality=_quality(margin_rows, series_rows),
        fingerprint=_fingerprint(folder),
    )


def observed(name: str) -> pd.DataFrame:
    """Return what was observed of a region, a row a figure, with unit, source and quality.

    Columns: indicator, place, year, value, low, high, unit, source, url, quality, note, counted (what is
    counted where it is not what the model counts, else empty; a table may lack it). `indicator`
    and `unit` are those of the model's own indicators and series wherever one exists.
    """
    frame = pd.DataFrame([dict(row) for row in observed_rows(name)])
    if "counted" not in frame:
        frame["counted"] = ""
    frame["year"] = frame["year"].astype(int)
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    return frame.sort_values(["indicator", "place", "year"], ignore_index=True)


def _places(folder: Path) -> tuple[Place, ...]:
    rows = read_table(folder / "places.csv", keys=("code",))
    return tuple(
        Place(row["code"], row["city"], row.one_of("urban", ("0", "1")) == "1", row["zh"], row["en"])
        for row in rows
    )


def _cars(margins: Margins, homes: Floats, income: Floats) -> tuple[Floats, Floats]:
    """Return cars a household and public charging points by place at the end of 2014, both (P,).

    Points = NEVs / NEVs per point, spread over places by cars x `charger_weight`.
    """
    elasticity = margins.single("car_income_elasticity")
    cars = by_place.relative_by_income(margins, margins.get("cars_per_household"), homes, income, elasticity)
    points = margins.single("nev_share_2015") * float(cars @ homes) / margins.single("nev_per_charger")
    weight = cars * homes * margins.get("charger_weight")
    return cars, points * weight / weight.sum()


def _capacity(margins: Margins, people: Floats) -> Floats:
    """Return (GDP per head)^e by city, scaled to a mean of one over the residents of 2020, shape (P,)."""
    tilt = margins.get("gdp_per_head") ** margins.single("capacity_gdp_elasticity")
    weight = people[2020 - FIRST_YEAR + 1]
    return np.asarray(tilt * weight.sum() / (tilt @ weight))


def _monthly_paths(
    series: Mapping[str, Sequence[Row]], names: Sequence[str]
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Floats]]:
    central: dict[str, Floats] = {}
    low: dict[str, Floats] = {}
    high: dict[str, Floats] = {}
    for key in names:
        if key not in series:
            raise InputError("table", "series.csv", field=key, values=("missing series",))
        paths: tuple[Floats, ...] = monthly(series[key])
        if key == "cpi":
            paths = index_to_one(paths[0], _INDEX_YEAR, paths[1], paths[2])
        central[key], low[key], high[key] = (_fixed(path) for path in paths)
    return central, low, high


def _quality(margin_rows: Sequence[Row], series_rows: Sequence[Row]) -> dict[str, str]:
    """Return name of a margin, a series or `vehicle_market` -> worst quality among its rows."""
    found: dict[str, list[str]] = {}
    for row in margin_rows:
        found.setdefault(row["variable"], []).append(row["quality"])
    for row in series_rows:
        found.setdefault(row["key"], []).append(row["quality"])
    for row in read_table(TABLES / "vehicle_market.csv"):
        found.setdefault("vehicle_market", []).append(row["quality"])
    return {name: worst(qualities) for name, qualities in found.items()}


def _fingerprint(folder: Path) -> str:
    """Return the SHA-256 over the pack's tables and those that all packs share."""
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.csv")), *(TABLES / name for name in _SHARED)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _fixed[T: np.generic](
    array: np.ndarray[tuple[int, ...], np.dtype[T]],
) -> np.ndarray[tuple[int, ...], np.dtype[T]]:
    """Return the array closed to writing: a region is shared by all runs of a process."""
    array.setflags(write=False)
    return array
