"""Indicators of trips and fleets are the ratios their definitions name, read where and when they say."""

import numpy as np
import pytest

from model.data.indicators import indicators
from model.data.load import load_region
from model.data.months import MONTHS, december
from model.data.service_fleets import SERVICES, service_fleets
from model.data.trip_kinds import trip_kinds
from model.indicators.formula import WAYS
from model.indicators.formulas import FORMULAS
from model.indicators.ledger import G, L, Ledger
from model.indicators.reading import LEAST_BUYERS, cells, read
from model.indicators.travel import FORMULAS as TRAVEL

REGION = load_region("shanxi")
WHERE = cells(REGION)
URBAN = np.array([place.urban for place in REGION.places])
AT = {cell: k for k, cell in enumerate(zip(WHERE.month, WHERE.place, WHERE.group, strict=True))}


def written(writers=LEAST_BUYERS):
    """Return a ledger in which each month's diaries hold the same trips, more by bike from 2026 on; a place
    has `writers` diaries a year."""
    ledger = Ledger(len(REGION.places))
    for number, way in enumerate(WAYS):
        ledger.grouped[:, URBAN, :, G[f"trips_{way}"]] = number + 1.0
        ledger.grouped[:, ~URBAN, :, G[f"trips_{way}"]] = 1000.0 * (number == 4)
    ledger.grouped[december(2025) + 1 :, :, :, G["trips_cycle"]] *= 2.0
    ledger.grouped[:, :, :, G["diaries"]] = writers / 60.0
    return ledger


def value(ledger, name, cell, lived=MONTHS):
    return read(ledger, REGION, FORMULAS, lived)[list(FORMULAS).index(name), AT[cell]]


def test_shares_are_of_the_trips_of_townspeople():
    ledger = written()
    assert value(ledger, "green_travel_share", ("2022-12", "all", "all")) == pytest.approx(6 / 15)
    assert value(ledger, "transit_share", ("2022-12", "all", "q3")) == pytest.approx(3 / 15)
    assert value(ledger, "car_trip_share", ("2022-12", "140100", "all")) == pytest.approx(9 / 15)
    assert np.isnan(value(ledger, "car_trip_share", ("2022-12", "all.rural", "all")))


def test_the_index_of_slow_modes_is_one_in_december_2022_and_moves_with_the_share():
    ledger = written()
    for place, group in (("all", "all"), ("140200.urban", "all"), ("all", "q1")):
        assert value(ledger, "slow_mode_share", ("2022-12", place, group)) == 1.0
        later = value(ledger, "slow_mode_share", ("2027-12", place, group))
        assert later == pytest.approx((5 / 17) / (3 / 15))
    assert np.isnan(value(ledger, "slow_mode_share", ("2020-12", "all", "all"), december(2021) + 1))


def test_too_few_diaries_say_nothing():
    few = written(LEAST_BUYERS * 0.99)
    assert np.isnan(value(few, "transit_share", ("2022-12", "140100.urban", "all")))


def test_fleet_shares_count_vehicles_bought_in_a_year_and_vehicles_in_use():
    ledger = Ledger(len(REGION.places))
    for fleet, clean in (("bus", 3.0), ("hire", 1.0), ("sanitation", 1.0), ("express", 1.0), ("public", 2.0)):
        for what in ("bought", "stock"):
            ledger.placed[:, :, L[f"{fleet}_{what}_clean"]] = clean
            ledger.placed[:, :, L[f"{fleet}_{what}_other"]] = 1.0
    ledger.placed[:, :, L["bus_bought_other"]] = 0.0
    cell = ("2025-12", "all", "all")
    assert value(ledger, "bus_taxi_clean_addition_rate", cell) == pytest.approx(4 / 5)
    assert value(ledger, "bus_taxi_clean_stock_share", cell) == pytest.approx(4 / 6)
    assert value(ledger, "bus_clean_stock_share", cell) == pytest.approx(3 / 4)
    assert value(ledger, "new_energy_buses", cell) == 3.0 * len(REGION.places)
    assert value(ledger, "service_fleet_nev_addition_rate", cell) == pytest.approx(1 / 2)
    assert value(ledger, "gov_nev_addition_share", cell) == pytest.approx(2 / 3)
    assert np.isnan(value(ledger, "gov_nev_addition_share", ("2025-12", "all", "q1")))


def test_every_indicator_of_travel_has_its_row():
    assert set(TRAVEL) <= set(indicators())


def test_tables_of_kinds_and_fleets_are_whole():
    kinds = trip_kinds()
    assert [kind.core for kind in kinds] == [0, 0, 0, 1]
    assert sum(kind.urban_share for kind in kinds) == pytest.approx(1)
    fleets = service_fleets()
    assert tuple(fleets) == SERVICES
    for fleet in fleets.values():
        assert (np.diff(fleet.extra_price) < 0).all() and fleet.life > 1 and fleet.km > 0
    assert fleets["bus"].extra_price[[0, 15]].tolist() == [420_000, 120_000]


def test_parcels_and_cars_for_hire_lie_along_the_months():
    for name in ("shanxi", "china"):
        region = load_region(name)
        share, fleet = region.activity["hire_share_of_car_sales"], region.series["fleet_share_of_car_sales"]
        assert share.shape == (MONTHS,) and (share > 0).all() and (share < fleet).all()
        yearly = region.activity["express_parcels"].reshape(-1, 12)
        assert (yearly == yearly[:, :1]).all() and (yearly[-1] > 2 * yearly[3]).all()
    assert load_region("shanxi").activity["express_parcels"][25] == 243.6
