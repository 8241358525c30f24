"""Trips by mode stand as surveys found them, chances are chances, and everyone writes one diary a year."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.paired import lived, shanxi
from model.data.parameters import Parameters
from model.data.region import Region
from model.data.trip_kinds import trip_kinds
from model.domains.mode_choice import CAR, MODES, Table, at_rest, choose_anew, empty_table, write_chances
from model.domains.travel_constants import surveyed
from model.domains.travel_terms import Ground, Levels, Prices, weigh
from model.errors import InputError
from model.indicators.ledger import G
from model.journeys import Journeys
from model.outset import PRICES, REFERENCE, SURVEYED, petrol_of
from model.province import Province

TRIPS = slice(G["trips_walk"], G["trips_hire"] + 1)
EXPECTED = slice(G["expected_trips_walk"], G["expected_trips_hire"] + 1)
LIVED = 30


@pytest.fixture(scope="module")
def province() -> Province:
    return lived(shanxi(6_000).province(), LIVED)


def table_of(weight: np.ndarray, habit: float) -> Table:
    table = empty_table(weight.shape[0])
    table.weight[:] = weight
    write_chances(table, habit)
    return table


def average_town(region: Region, journeys: Journeys) -> Table:
    """Return the table of the mean of towns by residents at the levers of May and prices of 2022."""
    urban = np.array([place.urban for place in region.places])
    people = (region.households[REFERENCE] * region.household_size[SURVEYED])[urban]

    def middle(values: np.ndarray) -> np.ndarray:
        return np.average(values[urban], axis=0, weights=people)[None]

    ground = Ground(
        journeys.ground.km, middle(journeys.ground.transfers), middle(journeys.ground.core), np.zeros(1)
    )
    levels = Levels(*(middle(level) for level in journeys.levels(REFERENCE)))
    petrol, _, _, cpi = (journeys._prices[name][12 * SURVEYED : 12 * SURVEYED + 12].mean() for name in PRICES)
    prices = Prices(np.full(2, petrol / cpi * petrol_of(region)), cpi)
    table = empty_table(1)
    weigh(journeys.terms, journeys.constants, ground, levels, journeys.worth[SURVEYED], prices, table.weight)
    write_chances(table, journeys.terms.habit)
    return table


def test_trips_of_the_average_town_stand_as_surveyed(province: Province) -> None:
    q, journeys = Parameters.central(), province.journeys
    table = average_town(province.region, journeys)
    share = np.full((1, 5, 3, 4, 4), 0.25)
    for _ in range(400):
        choose_anew(share, table, journeys.terms.habit)
    kinds = np.array([kind.urban_share for kind in trip_kinds()])
    trips = np.einsum("k,gokm->gom", kinds, share[0])
    a = q["trv_anchor_ownership"] + q["trv_ownership_slope"] * np.linspace(-0.5, 0.5, 5)
    got = (a[:, None] * trips[:, 1] + (1 - a)[:, None] * trips[:, 0]).mean(axis=0)
    want = np.array([q[f"trv_share_{mode}_urban"] for mode in ("walk", "bike", "pt", "car")])
    np.testing.assert_allclose(got, want / want.sum(), atol=1e-6)
    assert np.average(trips[:, 0, CAR], weights=1 - a) == pytest.approx(q["trv_hire_share"], abs=1e-6)


def test_shares_that_owners_cannot_make_are_refused_and_too_many_raise_the_anchor() -> None:
    q, kinds = Parameters.central(), np.full(4, 0.25)
    with pytest.raises(InputError, match="trip_shares"):
        surveyed(q.replace(trv_share_car_urban=0.02), kinds)
    more = surveyed(q.replace(trv_share_car_urban=0.9), kinds)
    assert more.owners.mean() > q["trv_anchor_ownership"]
    assert more.ways.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("habit", [0.0, 0.7, 8.0])
def test_chances_add_up_and_shares_at_rest_stay(habit: float) -> None:
    weight = np.exp(np.random.default_rng(3).normal(size=(2, 5, 3, 4, 4)))
    table = table_of(weight, habit)
    for last in range(MODES):
        stay = 1.0 + habit * (np.arange(MODES) == last)
        each = weight * stay / (weight * stay).sum(axis=-1, keepdims=True)
        np.testing.assert_allclose(
            table.cuts[..., last, :], each.cumsum(axis=-1)[..., :-1], rtol=1e-13, atol=0
        )
        pure = np.zeros_like(weight)
        pure[..., last] = 1.0
        choose_anew(pure, table, habit)
        np.testing.assert_allclose(pure, each, rtol=1e-13)
    rest = np.empty_like(weight)
    at_rest(rest, table, habit)
    again = rest.copy()
    choose_anew(again, table, habit)
    np.testing.assert_allclose(again, rest, rtol=1e-13)
    if habit == 0.0:
        np.testing.assert_allclose(rest, weight / weight.sum(axis=-1, keepdims=True), rtol=1e-13)


def test_drawn_trips_stay_near_what_is_expected(province: Province) -> None:
    year = province.ledger.grouped[12:24]
    c, journeys = province.society.c, province.journeys
    trips = (c.weight * np.float64(c.size) * c.active)[:, None] * journeys.trips[c.place]
    error = np.sqrt((trips**2).sum() / 4.0)
    gap = (year[..., TRIPS] - year[..., EXPECTED]).sum(axis=(0, 1, 2))
    assert (np.abs(gap) < 4.0 * error).all()
    # what all expect of a run is what households expect who remember their own mode
    persons = trips.sum()
    assert np.abs(year[..., TRIPS].sum() / persons - 1.0) < 0.05
    assert error / persons < 0.01


def test_every_household_writes_once_a_year_and_only_then_changes() -> None:
    province = shanxi(1_500).province()
    c, rows = province.society.c, np.arange(province.society.people.rows)
    for month in range(26):
        was, forms = c.modes.copy(), c.dissolve_due.copy()
        province.step()
        mine = (rows - month) % 12 == 0
        writers, came = mine & (c.active == 1), forms != c.dissolve_due
        assert not ((c.modes != was) & ~writers & ~came).any()
        book = province.ledger.grouped[month].sum(axis=(0, 1))
        assert book[G["diaries"]] == writers.sum()
        trips = (c.weight * np.float64(c.size))[:, None] * province.journeys.trips[c.place]
        for part in (TRIPS, EXPECTED):
            np.testing.assert_allclose(book[part].sum(), trips[writers].sum(), rtol=1e-12)


def test_fares_and_what_is_let_off_are_boardings_times_the_fare(province: Province) -> None:
    book = province.ledger.grouped[:LIVED]
    boardings = book[..., G["trips_transit"]] + book[..., G["transfers"]]
    paid = book[..., G["fares"]] + book[..., G["fare_discount"]]
    np.testing.assert_allclose(paid, boardings * province.journeys.terms.fare, rtol=1e-12)
    assert book[..., G["fare_discount"]].sum() > 0.0


@pytest.mark.parametrize("households", [1, 12])
def test_a_handful_of_households_travels(households: int) -> None:
    province = lived(shanxi(households, "plan").province(), 100)
    assert np.isfinite(province.ledger.grouped).all()
    assert province.ledger.grouped[..., G["diaries"]].sum() > 0.0
