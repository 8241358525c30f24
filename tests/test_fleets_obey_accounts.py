"""Vehicles of fleets balance to the unit: nothing from nothing, and all leave at the end of a life."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.paired import nation, shanxi
from model.data.months import MONTHS_A_YEAR, QUARTER
from model.data.service_fleets import SERVICES, service_fleets
from model.depots import CARS
from model.domains.garage import CLASS_COUNT
from model.indicators.formula import RULED
from model.indicators.ledger import G, L, by_powertrain
from model.markets.fleet_choice import voluntary
from model.markets.services import targets
from model.province import Province

Ints = NDArray[np.int64]
KINDS = ("ice", "phev", "bev")


@dataclass
class Seen:
    """What fleets had at the start and in each quarter, by fleet (quarters, F, K)."""

    province: Province
    first: dict[str, Ints]
    before: dict[str, Ints]
    cars: dict[str, Ints]
    bought: dict[str, Ints]
    retired: dict[str, Ints]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """A province that lives under the plan to 2030, looked at each quarter."""
    province = shanxi(1_000, "plan").province()
    fleets = province.traffic.depots.fleets
    first = {name: fleet.cars.copy() for name, fleet in fleets.items()}
    before = {name: fleet.ring.copy() for name, fleet in fleets.items()}
    looks: dict[str, list[dict[str, Ints]]] = {name: [] for name in fleets}
    while province.month < 192:
        province.live(province.month + QUARTER)
        for name, fleet in fleets.items():
            looks[name].append({key: array.copy() for key, array in fleet.counts.items()})
    parts = [
        {name: np.array([look[key] for look in all_looks]) for name, all_looks in looks.items()}
        for key in ("cars", "bought", "retired")
    ]
    return Seen(province, first, before, *parts)


@pytest.mark.parametrize("name", [*CARS, *SERVICES])
def test_a_fleet_changes_by_what_it_buys_and_retires(seen: Seen, name: str) -> None:
    cars, bought, retired = seen.cars[name], seen.bought[name], seen.retired[name]
    np.testing.assert_array_equal(np.diff(cars, axis=0, prepend=seen.first[name][None]), bought - retired)
    assert min(cars.min(), bought.min(), retired.min()) >= 0
    assert bought.sum() > 0 and retired.sum() > 0


@pytest.mark.parametrize("name", [*CARS, *SERVICES])
def test_a_vehicle_stays_for_its_life_and_no_longer(seen: Seen, name: str) -> None:
    life = seen.province.parameters["fleet_life"] if name in CARS else service_fleets()[name].life
    quarters = round(life * MONTHS_A_YEAR / QUARTER)
    all_bought = np.concatenate([seen.before[name], seen.bought[name]])
    assert seen.before[name].shape[0] == quarters
    np.testing.assert_array_equal(seen.retired[name], all_bought[:64])
    kept = np.array([all_bought[n + 1 : n + 1 + quarters].sum(axis=0) for n in range(64)])
    np.testing.assert_array_equal(seen.cars[name], kept)


@pytest.mark.parametrize("name", SERVICES)
def test_services_have_what_they_need_and_never_sell(seen: Seen, name: str) -> None:
    depots = seen.province.traffic.depots
    city = np.searchsorted(depots.towns, depots.town)
    wanted = targets(seen.province.region, depots.towns, city)[1:, SERVICES.index(name)]
    standing = (seen.cars[name] - seen.bought[name]).sum(axis=2)
    np.testing.assert_array_equal(seen.cars[name].sum(axis=2), np.maximum(wanted, standing))
    if name != "express":
        residents = (seen.province.region.households[-1] * seen.province.region.household_size[-1])[
            depots.towns
        ]
        share = service_fleets()[name].units / 10_000
        assert np.abs(wanted[-1] - share * residents).max() <= 0.5
        assert (wanted == seen.cars[name].sum(axis=2)).mean() > 0.9


def test_the_books_hold_the_fleets(seen: Seen) -> None:
    placed, depots = seen.province.ledger.placed, seen.province.traffic.depots
    due = slice(QUARTER - 1, None, QUARTER)
    for what, of in (("fleet_sales", seen.bought), ("fleet_cars", seen.cars)):
        total = by_powertrain(sum(of[name] for name in CARS))
        for k, kind in enumerate(KINDS):
            np.testing.assert_array_equal(placed[due, :, L[f"{what}_{kind}"]][:, depots.towns], total[..., k])
    for name in RULED:
        clean = CLASS_COUNT if name in CARS else 1
        for what, of in (("bought", seen.bought), ("stock", seen.cars)):
            for kind, part in (("other", slice(None, clean)), ("clean", slice(clean, None))):
                column = placed[:, :, L[f"{name}_{what}_{kind}"]]
                np.testing.assert_array_equal(column[due][:, depots.towns], of[name][..., part].sum(axis=2))
                rural = np.ones(column.shape[1], dtype=np.bool_)
                rural[depots.towns] = False
                assert not column[:, rural].any()
                if what == "bought":
                    assert column.sum() == column[due].sum()


def test_carbon_of_services_is_that_of_their_kilometres(seen: Seen) -> None:
    q, month = seen.province.parameters, 191
    grid, market = seen.province.traffic.series["grid_factor"][month], seen.province.traffic.market
    kg = 0.0
    for name, fleet in service_fleets().items():
        litre = q["ef_petrol_ttw" if name == "express" else "ef_diesel_ttw"]
        usual, clean = seen.cars[name][-1].sum(axis=0)
        kg += fleet.km / 12 / 100 * (usual * fleet.fuel * litre + clean * fleet.kwh * grid)
    hire = seen.cars["hire"][-1].sum(axis=0)
    for j, cars in enumerate(hire):
        per_100 = market.fuel[0, 15, j] * q["ef_petrol_ttw"] + market.energy[0, 15, j] * grid
        kg += cars * q["hire_km"] / 12 / 100 * per_100
    assert seen.province.ledger.placed[month, :, L["service_co2"]].sum() == pytest.approx(kg, rel=1e-12)


def test_what_riders_do_not_pay_is_what_the_city_books(seen: Seen) -> None:
    booked = seen.province.treasury.books["transit_fare_discount", "city"].sum(axis=1)[:, :5]
    written = seen.province.ledger.grouped[..., G["fare_discount"]].sum(axis=1)
    np.testing.assert_allclose(booked, written.reshape(16, 12, 5).sum(axis=1), rtol=1e-12)
    assert booked.sum() > 0.0


@pytest.mark.parametrize("s", [0.0, 1e-6, 0.2, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("hire", [0.0, 0.1, 0.6, 0.94])
@pytest.mark.parametrize("odds", [0.2, 1.0, 4.0, 1e6])
def test_without_a_rule_the_fitted_share_stands(s: float, hire: float, odds: float) -> None:
    public = 0.06
    mine, rest = voluntary(s, hire, public, odds)
    assert hire * mine + public * s + (1.0 - hire - public) * rest == pytest.approx(s, abs=1e-12)
    assert -1e-12 <= mine <= 1.0 + 1e-12 and -1e-12 <= rest <= 1.0 + 1e-12
    if 0.0 < s < 1.0 and 0.0 < hire < 0.5 and odds == 4.0 and s < 0.9:
        assert mine > s > rest


def test_the_nation_buys_what_was_fitted() -> None:
    province = nation(500).province()
    depots = province.traffic.depots
    fitted = np.zeros_like(depots.wanted[0])
    bought = np.zeros_like(fitted)
    while province.month < 7 * MONTHS_A_YEAR:
        province.live(province.month + QUARTER)
        number = depots.wanted.sum(axis=(0, 2))
        np.testing.assert_allclose(
            depots.wanted.sum(axis=0), number[:, None] * depots.shares, rtol=1e-9, atol=1e-9
        )
        fitted += number[:, None] * depots.shares
        bought += sum(depots.fleets[name].bought for name in CARS)
        assert np.abs(bought - fitted).max() < len(CARS)
    assert fitted.sum() > 1e6
