"""What cars in use burn, charge and cost follows the home of their owner; fleets own cars from the start."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.paired import lived, shanxi
from model.data.months import MONTHS_A_YEAR, QUARTER, month_index
from model.depots import CARS
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.sales import empty_sales
from model.domains.trading import gained_and_lost
from model.indicators.ledger import G, L, Ledger
from model.population.columns import NO_CAR
from model.province import Province
from model.start import car_ages, car_life, earlier_sales

ICE, PHEV, BEV = slice(0, 4), slice(4, 8), slice(8, 12)


@pytest.fixture(scope="module")
def province() -> Province:
    return lived(shanxi(12_000).province(), 192)


# --- where cars are charged -------------------------------------------------------------------------------


def test_away_from_a_charger_at_home_a_hybrid_drives_less_on_electricity(province: Province) -> None:
    market, ratio = province.traffic.market, province.parameters["car_phev_away_ratio"]
    cars, away, home = province.region.market, 0, 1
    np.testing.assert_allclose(market.energy[away, :, PHEV], ratio * market.energy[home, :, PHEV])
    sold = cars.offered[-1, 1]
    assert sold.sum() == 3
    assert (market.fuel[away, -1, PHEV] > market.fuel[home, -1, PHEV])[sold].all()
    for place in (away, home):  # km on electricity and km on petrol are all km
        electric = market.energy[place, -1, PHEV][sold] / cars.energy[-1, 1][sold]
        petrol = market.fuel[place, -1, PHEV][sold] / cars.fuel_cs[-1, 1][sold]
        np.testing.assert_allclose(electric + petrol, 1.0)
    np.testing.assert_array_equal(market.energy[away, :, BEV], market.energy[home, :, BEV])
    np.testing.assert_array_equal(market.fuel[away, :, ICE], market.fuel[home, :, ICE])


def test_every_car_new_or_used_uses_what_its_home_allows(province: Province) -> None:
    c, market = province.society.c, province.traffic.market
    owners = np.nonzero((np.asarray(c.active) == 1) & (np.asarray(c.car) != NO_CAR))[0]
    make = np.maximum(np.asarray(c.car_bought)[owners], 0) // MONTHS_A_YEAR
    home, option = np.asarray(c.home_charger)[owners], np.asarray(c.car)[owners]
    np.testing.assert_array_equal(
        np.asarray(c.car_energy)[owners], market.energy[home, make, option].astype(np.float32)
    )
    np.testing.assert_array_equal(
        np.asarray(c.car_fuel)[owners], market.fuel[home, make, option].astype(np.float32)
    )
    hybrids = (option >= 4) & (option < 8)
    assert set(home[hybrids]) == {0, 1}
    assert province.ledger.grouped[..., G["used_phev"]].sum() > 0


def test_electricity_is_charged_where_the_owner_can(province: Province) -> None:
    c, stock = province.society.c, province.traffic.stock
    owners = (np.asarray(c.active) == 1) & (np.asarray(c.car) != NO_CAR)
    kwh = np.asarray(c.weight) * c.car_km.astype(float) * c.car_energy.astype(float) / 100.0
    at_home = np.asarray(c.home_charger) == 1
    assert stock.kwh_home.sum() == pytest.approx(kwh[owners & at_home].sum(), rel=1e-9)
    assert stock.kwh_away.sum() == pytest.approx(kwh[owners & ~at_home].sum(), rel=1e-9)
    assert 0.05 < stock.kwh_away.sum() / kwh[owners].sum() < 0.95


def test_spending_prices_each_kwh_where_it_is_charged(province: Province) -> None:
    month, series = month_index("2028-07"), province.traffic.series
    row = province.ledger.grouped[month].sum(axis=(0, 1))
    names = ("petrol_price", "charging_price_home", "charging_price_public")
    petrol, home, public = (float(series[name][month]) for name in names)
    litres, kwh, away = (row[G[name]] for name in ("litres", "kwh", "kwh_away"))
    billed = float(province.ledger.placed[month, :, L["meter_kwh_car"]].sum())
    spent = litres * petrol + (kwh - away - billed) * home + away * public
    assert billed > 0.0
    assert row[G["energy_spending"]] == pytest.approx(spent, rel=1e-7)  # meters hold 32 bits
    at_one_tariff = litres * petrol + kwh * home
    assert 1.005 < row[G["energy_spending"]] / at_one_tariff < 1.3


def test_a_dearer_public_kwh_costs_those_without_a_charger_at_home_and_emits_nothing(
    province: Province,
) -> None:
    factor, carbon = np.full((len(province.region.places), 5, 3), 1.0 / MONTHS_A_YEAR), (2.3, 0.6)
    books = []
    for prices in ((8.0, 0.5, 1.0), (8.0, 0.5, 1.5)):
        ledger = Ledger(len(province.region.places))
        ledger.write_use(0, province.traffic.stock, factor, prices, carbon)
        books.append(ledger.grouped[0])
    rise = books[1] - books[0]
    np.testing.assert_allclose(rise[..., G["energy_spending"]], 0.5 * books[0][..., G["kwh_away"]], rtol=1e-6)
    np.testing.assert_array_equal(rise[..., G["co2"]], 0.0)
    litres, kwh = (books[0][..., G[name]] for name in ("litres", "kwh"))
    np.testing.assert_allclose(books[0][..., G["co2"]], 2.3 * litres + 0.6 * kwh, rtol=1e-12)


# --- fleets -----------------------------------------------------------------------------------------------


def test_the_sales_behind_a_stock_survive_to_its_ages() -> None:
    q = shanxi(100).parameters
    life = car_life(q)
    ages = car_ages(life, q)
    sold = earlier_sales(ages, q["car_stock_growth_2015"], ages.size)
    months = np.arange(ages.size)
    np.testing.assert_allclose(
        sold * np.exp(-((months / life.scale) ** life.shape)), np.diff(ages, prepend=0.0), atol=1e-12
    )


def test_fleets_begin_with_the_cars_of_buying_their_share_for_a_life() -> None:
    province = shanxi(6_000).province()
    q, traffic, region = province.parameters, province.traffic, province.region
    share, life = float(traffic.series["fleet_share_of_car_sales"][0]), round(q["fleet_life"] * MONTHS_A_YEAR)
    sold = earlier_sales(car_ages(traffic.life, q), q["car_stock_growth_2015"], life).sum()
    owned = region.cars_2015 * region.households[0]
    assert traffic.stock.cars.sum() == pytest.approx(owned.sum(), rel=0.03)
    hire = float(region.activity["hire_share_of_car_sales"][0]) / share
    public = q["fleet_public_share"]
    for name, part in zip(CARS, (hire, public, 1.0 - hire - public), strict=True):
        fleet = traffic.depots.fleets[name]
        for f, town in enumerate(traffic.depots.towns):
            wanted = owned[traffic.depots.town == town].sum() * sold * share / (1.0 - share) * part
            assert abs(fleet.cars[f].sum() - wanted) <= OPTIONS
            assert abs(fleet.cars[f, CLASS_COUNT:].sum() - region.nev_share_2015 * wanted) <= CLASS_COUNT
        assert (fleet.ring.sum(axis=0) == fleet.cars).all() and fleet.quarters == life // QUARTER
        back = [fleet.ring[-1 - k] for k in range(fleet.quarters)]
        assert not any(cars[:, CLASS_COUNT:].any() for cars in back[MONTHS_A_YEAR // QUARTER :])
    assert traffic.depots.car_counts.sum() > 0.03 * owned.sum()


# --- new-energy cars that builders of chargers reckon with ------------------------------------------------


def test_expected_cars_lose_what_the_cars_in_use_lose() -> None:
    sales = empty_sales(2, 0)
    sales.expected[0, 1, 9] = 7.0
    sales.expected[1, 2, 0] = 4.0
    sales.scrapped[0, 0, 5], sales.left[1, 0, 9], sales.traded[0, 3, 10], sales.used[1, 1, 10] = 6, 5, 4, 5
    sales.drawn[0, 1, 9] = 20
    cars = np.zeros((2, 5, OPTIONS), np.int64)
    cars[0, 0, 9], cars[1, 0, 9], cars[1, 0, 0] = 80, 30, 999
    # before the month 110 - 20 - 5 + 15 = 100 cars; 15 lost less 5 bought used again: a tenth
    nev, recent = np.array([50.0, 10.0]), np.ones((2, 3))
    gained_and_lost(sales, cars, recent, nev)
    assert nev.tolist() == pytest.approx([52.0, 9.0])
    assert recent.tolist() == [[0.0, 0.0, 7.0], [4.0, 0.0, 0.0]]


def test_expected_cars_follow_the_cars_in_use_with_less_noise_across_seeds() -> None:
    december = [month_index(f"{year}-12") for year in (2017, 2022)]
    seeds = 24
    drawn, expected = np.zeros((2, seeds)), np.zeros((2, seeds))
    for n in range(seeds):
        province = shanxi(4_000, seed=n + 1).province()
        for k, month in enumerate(december):
            province.live(month + 1)
            fleets = province.traffic.depots.car_counts[:, CLASS_COUNT:].sum()
            drawn[k, n] = province.traffic.stock.cars[:, :, CLASS_COUNT:].sum()
            expected[k, n] = province.traffic.expected_nev.sum() - fleets
    assert (expected.std(axis=1) < 0.8 * drawn.std(axis=1)).all()
    assert expected[1].mean() == pytest.approx(drawn[1].mean(), rel=0.08)
