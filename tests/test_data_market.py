"""The car market table is coherent: shares, bands, ranges and the closing gap between BEV and petrol cars."""

from __future__ import annotations

import datetime
from itertools import pairwise

import numpy as np
import pytest

from model.data.market import POWERTRAINS, vehicle_market
from model.data.region import CLASSES
from model.data.tables import REGIONS, TABLES, read_table

ICE, PHEV, BEV = range(3)
MARKET = vehicle_market()


def test_sales_shares_of_a_powertrain_add_up_to_one() -> None:
    assert MARKET.mix.shape == (16, len(POWERTRAINS), len(CLASSES))
    assert MARKET.mix.sum(axis=2) == pytest.approx(1)


def test_what_is_not_offered_has_neither_price_nor_sales() -> None:
    assert not MARKET.offered[:, PHEV, 0].any()
    assert MARKET.offered[:, [ICE, BEV]].all()
    closed = ~MARKET.offered
    assert (MARKET.price[closed] == 0).all() and (MARKET.mix[closed] == 0).all()


def test_prices_lie_inside_their_bands_and_are_plausible() -> None:
    on = MARKET.offered
    assert (MARKET.price_low[on] < MARKET.price[on]).all() and (
        MARKET.price[on] < MARKET.price_high[on]
    ).all()
    assert ((MARKET.price[on] > 25_000) & (MARKET.price[on] < 400_000)).all()
    assert (MARKET.models[on] >= 1).all()


def test_real_range_is_label_range_times_its_ratio() -> None:
    rows = read_table(TABLES / "vehicle_market.csv")
    for row in rows:
        if row["offered"] == "1" and row["powertrain"] != "ICE":
            ratio = row.number("range_real_ratio")
            assert row.number("range_label_km") * ratio == pytest.approx(row.number("real_range_km"), abs=1)
            assert 5 < row.number("battery_kwh") < 130
    on = MARKET.offered[:, PHEV]
    assert ((MARKET.fuel_cs[:, PHEV][on] > 3) & (MARKET.fuel_cs[:, PHEV][on] < 13)).all()


@pytest.mark.parametrize("name", CLASSES)
def test_the_price_gap_between_bev_and_petrol_closes(name: str) -> None:
    k = CLASSES.index(name)
    gap = (MARKET.price[:, BEV, k] - MARKET.price[:, ICE, k])[:11]
    early, later, last = gap[:3].mean(), gap[3:6].mean(), gap[8:11].mean()
    assert early > later > last
    assert np.polyfit(np.arange(11), gap, 1)[0] < 0


def test_mean_prices_agree_with_list_prices_less_discounts() -> None:
    mean = {p: (MARKET.price[:, p] * MARKET.mix[:, p]).sum(axis=1) for p in (ICE, PHEV, BEV)}
    ice = {2023: 183_000 * 0.83, 2025: 182_000 * 0.77}
    for year, expected in ice.items():
        assert mean[ICE][year - 2015] == pytest.approx(expected, rel=0.12)


def test_yearly_bands_of_the_calendar_neither_gap_nor_overlap() -> None:
    rows = read_table(TABLES / "calendar.csv")
    for lever, names in (("nev_central_subsidy", ("BEV", "PHEV")), ("purchase_tax_nev", ("BEV", "PHEV"))):
        for name in names:
            mine = [
                row for row in rows if row["lever"] == lever and name in row["eligible_powertrain"].split("|")
            ]
            periods = sorted({(row["from"], row["to"] or "2030-12-31") for row in mine})
            for (_, end), (start, _) in pairwise(periods):
                day = datetime.timedelta(days=1)
                assert datetime.date.fromisoformat(end) + day == datetime.date.fromisoformat(start)


def test_nothing_is_announced_after_its_start_unless_it_says_so() -> None:
    for row in read_table(TABLES / "calendar.csv"):
        late = row["announced"] and row["announced"] > row["from"]
        assert not late or "retroactive" in row["note"], f"line {row.line}"


def test_the_region_packs_name_their_places_once() -> None:
    for path in REGIONS.glob("*/places.csv"):
        assert len(read_table(path, keys=("code",))) >= 3
