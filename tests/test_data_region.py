"""A region pack adds up: places to the region, months to year ends, shares to one."""

from __future__ import annotations

import numpy as np
import pytest

from model.data.load import load_region, region_names
from model.data.margins import largest_remainder
from model.data.months import MONTHS, YEARS, december, month_index
from model.data.paths import by_key, yearly
from model.data.region import SERIES, Region
from model.data.tables import REGIONS, read_table
from model.errors import InputError

NAMES = ("shanxi", "china")


@pytest.fixture(params=NAMES)
def region(request: pytest.FixtureRequest) -> Region:
    return load_region(request.param)


def published(name: str, key: str, first: int = 2015) -> np.ndarray:
    return yearly(by_key(read_table(REGIONS / name / "series.csv"))[key], first)


def test_an_unknown_region_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(InputError) as caught:
        load_region("shanxii")
    assert caught.value.code == "region"
    assert caught.value.near == "shanxi"
    assert set(region_names()) == set(NAMES)


def test_shanxi_has_eleven_cities_urban_before_rural_by_code() -> None:
    codes = [place.code for place in load_region("shanxi").places]
    cities = sorted({code.split(".")[0] for code in codes})
    assert len(cities) == 11
    assert codes == [f"{city}.{part}" for city in cities for part in ("urban", "rural")]
    assert [place.code for place in load_region("china").places] == [
        "100000.quota",
        "100000.urban",
        "100000.rural",
    ]


def test_arrays_have_the_promised_shapes_and_are_closed_to_writing(region: Region) -> None:
    p = len(region.places)
    shapes = {
        "households": (MONTHS, p),
        "household_size": (YEARS, p),
        "income": (YEARS, p),
        "heating": (p, 4),
        "size_shares": (p, 5),
        "cars_2015": (p,),
        "chargers_2015": (p,),
        "january": (p,),
        "transfer_weight": (p,),
        "parking_core": (p,),
        "fleet_rules": (p,),
    }
    for name, shape in shapes.items():
        array = getattr(region, name)
        assert array.shape == shape, name
        assert np.isfinite(array).all(), name
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert region.households.dtype == np.int64
    assert load_region(region.name) is region


def test_households_add_up_to_the_regions_series_each_december(region: Region) -> None:
    decembers = region.households[[december(year) for year in range(2015, 2031)]].sum(axis=1)
    if region.name == "china":
        expected = published("china", "households")
    else:
        people = published("shanxi", "population") * published("shanxi", "family_share")
        expected = people / published("shanxi", "household_size")
    assert np.array_equal(decembers, np.round(expected).astype(int))


def test_persons_in_families_add_up(region: Region) -> None:
    homes = region.households[[december(year) for year in range(2015, 2031)]]
    people = published(region.name, "population") * published(region.name, "family_share")
    assert (homes * region.household_size).sum(axis=1) == pytest.approx(people, rel=1e-5)


def test_households_of_a_place_never_zigzag_within_a_year(region: Region) -> None:
    steps = np.diff(region.households, axis=0)
    for year in range(1, YEARS):
        inside = steps[12 * year - 1 : 12 * year + 11]
        assert ((inside >= 0).all(axis=0) | (inside <= 0).all(axis=0)).all()
    assert (region.households > 0).all()


def test_census_counts_are_met() -> None:
    shanxi = load_region("shanxi")
    homes = shanxi.households[december(2020)]
    assert homes.sum() == pytest.approx(12_746_142, rel=0.002)
    by_city = {
        place.city: homes[[k for k, p in enumerate(shanxi.places) if p.city == place.city]].sum()
        for place in shanxi.places
    }
    bulletins = {
        "140100": 1_851_328,
        "140200": 1_280_068,
        "140500": 795_887,
        "140800": 1_581_263,
        "141000": 1_402_579,
        "141100": 1_317_045,
    }
    for city, count in bulletins.items():
        assert by_city[city] == pytest.approx(count, rel=0.02), city


def test_urban_shares_add_up_to_the_published_ones(region: Region) -> None:
    people = region.households[[december(year) for year in range(2015, 2031)]] * region.household_size
    urban = np.array([place.urban for place in region.places])
    share = people[:, urban].sum(axis=1) / people.sum(axis=1)
    assert share == pytest.approx(published(region.name, "urbanisation"), abs=0.003)


def test_mean_incomes_are_the_published_ones(region: Region) -> None:
    people = region.households[[december(year) for year in range(2015, 2031)]] * region.household_size
    for part, key in ((True, "income_urban"), (False, "income_rural")):
        of_part = np.array([place.urban is part for place in region.places])
        mean = (region.income * people)[:, of_part].sum(axis=1) / people[:, of_part].sum(axis=1)
        assert mean == pytest.approx(published(region.name, key), rel=1e-4)


def test_incomes_known_for_jincheng_are_met() -> None:
    shanxi = load_region("shanxi")
    jincheng = [place.code for place in shanxi.places].index("140500.urban")
    assert shanxi.income[2022 - 2015, jincheng] == pytest.approx(41_669, rel=0.01)
    assert shanxi.income[2021 - 2015, jincheng] == pytest.approx(39_089, rel=0.01)


def test_shares_are_shares(region: Region) -> None:
    assert region.heating.sum(axis=1) == pytest.approx(1)
    assert region.size_shares.sum(axis=1) == pytest.approx(1)
    for array in (region.home_charger, region.parking, region.heating, region.size_shares):
        assert ((array >= 0) & (array <= 1)).all()
    mean = region.size_shares @ np.array([1, 2, 3, 4, 5.6])
    assert mean == pytest.approx(region.household_size[0], abs=1e-6)


def test_city_capacity_has_mean_one_over_residents(region: Region) -> None:
    people = region.households[december(2020)] * region.household_size[5]
    assert (region.city_capacity * people).sum() / people.sum() == pytest.approx(1, abs=1e-5)


def test_cars_and_points_of_2014_follow_their_rows() -> None:
    shanxi = load_region("shanxi")
    homes = shanxi.households[0]
    for part, known in ((True, 0.242), (False, 0.12)):
        of_part = np.array([place.urban is part for place in shanxi.places])
        assert shanxi.cars_2015[of_part] @ homes[of_part] / homes[of_part].sum() == pytest.approx(
            known, rel=0.005
        )
    nevs = shanxi.cars_2015 @ homes * shanxi.nev_share_2015
    assert shanxi.chargers_2015.sum() == pytest.approx(nevs / 9.9, rel=0.005)


def test_only_the_six_cities_have_quotas_and_only_taiyuan_a_driving_limit() -> None:
    china, shanxi = load_region("china"), load_region("shanxi")
    assert china.quota.tolist() == [True, False, False]
    assert not shanxi.quota.any()
    assert [place.code for place, limit in zip(shanxi.places, shanxi.road_rights, strict=True) if limit] == [
        "140100.urban"
    ]
    share = china.households[december(2020), 0] / china.households[december(2020)].sum()
    assert share == pytest.approx(0.0825, abs=1e-4)


def test_paths_cover_the_months_and_keep_their_range(region: Region) -> None:
    assert set(region.series) == {*SERIES, "income"}
    for name, path in region.series.items():
        low, high = region.series_low[name], region.series_high[name]
        assert path.shape == low.shape == high.shape == (MONTHS,)
        assert (low <= path + 1e-12).all() and (path <= high + 1e-12).all(), name
        known = month_index("2022-06")
        assert low[known] == path[known] == high[known], name
        assert low[-1] < high[-1], name
        assert name in region.quality


def test_paths_by_hand() -> None:
    shanxi = load_region("shanxi")
    petrol = shanxi.series["petrol_price"]
    assert petrol[month_index("2022-06")] == 9.084
    assert petrol[month_index("2018-03")] == 6.95
    assert petrol[: 12 * 7].reshape(7, 12).mean(axis=1)[6] == pytest.approx(6.85, abs=1e-4)
    assert petrol[-1] == pytest.approx(7.72 * 1.008**4, rel=1e-5)
    assert shanxi.series_high["petrol_price"][-1] == pytest.approx(1.2 * petrol[-1], rel=1e-5)
    assert shanxi.series["grid_factor"][december(2022)] == 0.7096
    assert shanxi.series["grid_factor"][-1] == 0.58
    cpi = shanxi.series["cpi"]
    assert cpi[12 * 7 : 12 * 8].mean() == pytest.approx(1)
    # joining yearly means by lines moves a mean by an eighth of the change in growth, here 0.3 %
    assert cpi[12 * 3 : 12 * 4].mean() == pytest.approx(1 / (1.027 * 1.029 * 1.010 * 1.021), rel=4e-3)


def test_the_largest_remainder_keeps_the_sum() -> None:
    generator = np.random.default_rng(1)
    for _ in range(50):
        values = generator.random(7) * 100
        whole = largest_remainder(values)
        assert whole.sum() == round(values.sum())
        assert (abs(whole - values) < 1).all()


def test_observed_rows_are_in_the_models_units(region: Region) -> None:
    shares = region.observed[region.observed["indicator"].str.endswith("_share")]
    assert len(shares) and shares["value"].between(0, 1).all()
    assert not region.observed.duplicated(["indicator", "place", "year"]).any()


def test_series_a_is_the_national_share_to_fit() -> None:
    observed = load_region("china").observed
    series = observed[observed["indicator"] == "nev_new_sales_share"].set_index("year")["value"]
    assert series[2021] == pytest.approx(0.1484)
    assert series[2025] == pytest.approx(0.5395)
    parts = observed[observed["indicator"].isin(["bev_sales_share", "phev_sales_share"])]
    assert parts.groupby("year")["value"].sum()[2021] == pytest.approx(0.1484, abs=1e-5)


def test_the_fingerprint_tells_regions_apart() -> None:
    assert len({load_region(name).fingerprint for name in NAMES}) == 2
    assert all(len(load_region(name).fingerprint) == 64 for name in NAMES)


def test_what_counts_something_else_is_marked() -> None:
    seen = load_region("shanxi").observed
    marked = seen[seen["counted"] != ""]
    assert list(zip(marked["indicator"], marked["place"], marked["year"], strict=True)) == [
        ("ac_per_100_households", "all.rural", 2016),
        ("cars_per_100_households", "all", 2020),
        ("home_electricity", "all", 2022),
        ("home_electricity", "all", 2023),
        ("transit_share", "all.urban", 2013),
        ("transit_share", "all.urban", 2014),
    ]
    nation = load_region("china").observed
    marked = nation[nation["counted"] != ""]
    assert set(marked["indicator"]) == {
        *("home_electricity", "winter_electricity_share", "summer_electricity_share"),
        *("fridge_per_100_households", "washer_per_100_households", "tv_per_100_households"),
        "water_heater_per_100_households",
    }
