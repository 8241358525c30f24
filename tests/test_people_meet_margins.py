"""Promise: the synthetic people meet every margin of their places, and households keep to the census path."""

import numpy as np
import pytest

import scenarios
from model.data.load import load_region
from model.data.months import MONTHS
from model.data.parameters import Parameters
from model.data.region import HEATING, SIZES
from model.errors import InputError
from model.population.columns import NO_CAR
from model.population.synthesis import Population, synthesise
from model.province import Province

ROWS = 20_000
LARGEST = 0.005


@pytest.fixture(scope="module", params=["shanxi", "china"])
def people(request: pytest.FixtureRequest) -> Population:
    return synthesise(request.param, ROWS)


def places(people: Population) -> list[tuple[int, slice]]:
    starts = people.starts
    return [(p, slice(int(starts[p]), int(starts[p + 1]))) for p in range(starts.size - 1)]


def test_weights_are_integers_that_add_up_to_the_most_households_of_each_place(people: Population) -> None:
    most = people.region.households.max(axis=0)
    for p, here in places(people):
        weights = people.columns.weight[here]
        assert int(weights.sum()) == int(most[p])
        assert int(weights.max()) - int(weights.min()) <= 1


def test_shares_of_size_heating_parking_and_cars_are_met_in_every_place(people: Population) -> None:
    c, region = people.columns, people.region
    for p, here in places(people):
        n = here.stop - here.start
        slack = max(LARGEST, 1.0 / n) + 1e-9
        for k, size in enumerate(SIZES):
            assert abs(np.mean(c.size[here] == size) - region.size_shares[p, k]) <= slack
        for k in range(len(HEATING)):
            assert abs(np.mean(c.heating[here] == k) - region.heating[p, k]) <= slack
        assert abs(np.mean(c.home_charger[here]) - region.home_charger[p]) <= slack
        wanted = max(region.parking[p], region.home_charger[p])
        assert abs(np.mean(c.parking[here]) - wanted) <= slack
        assert abs(np.mean(c.car[here] != NO_CAR) - region.cars_2015[p]) <= slack


def test_a_home_charger_needs_a_parking_space(people: Population) -> None:
    assert not np.any((people.columns.home_charger == 1) & (people.columns.parking == 0))


def test_owners_of_the_start_are_richer_than_others(people: Population) -> None:
    c = people.columns
    for _, here in places(people):
        owns = c.car[here] != NO_CAR
        if 30 < owns.sum() < owns.size - 30:
            assert c.income_z[here][owns].mean() > c.income_z[here][~owns].mean() + 0.3


def test_people_do_not_depend_on_the_seed_and_are_shared(people: Population) -> None:
    assert synthesise(people.region.name, ROWS) is people


@pytest.mark.parametrize("wanted", [0, -5])
def test_no_households_are_refused(wanted: int) -> None:
    with pytest.raises(InputError) as caught:
        synthesise("shanxi", wanted)
    assert caught.value.code == "households"


def test_households_persons_and_incomes_follow_the_path_of_the_region() -> None:
    people = synthesise("shanxi", 10_000)
    region = people.region
    province = Province(people, scenarios.load("current").resolve(region), Parameters.central(), 1)
    for month in range(MONTHS):
        province.step()
        c = province.society.c
        alive = np.bincount(c.place, weights=c.weight * (c.active == 1), minlength=len(region.places))
        half_a_row = np.array([people.columns.weight[here].max() for _, here in places(people)]) / 2
        assert np.all(np.abs(alive - region.households[month]) <= half_a_row + 1)
        if month % 12 == 0 and month % 48 == 0:
            year = month // 12
            live = c.active == 1
            persons = c.weight * c.size
            for p, here in places(people):
                mask = live[here]
                if mask.sum() < 300:
                    continue
                size = np.average(c.size[here][mask], weights=c.weight[here][mask])
                assert abs(size - region.household_size[year, p]) < 0.15
            of_household = np.exp(c.log_income + province.society.incomes.log_mean[0])
            mean = np.average(of_household[live] / c.size[live], weights=persons[live])
            wanted = np.average(
                region.income[year], weights=region.households[month] * region.household_size[year]
            )
            assert mean == pytest.approx(wanted, rel=0.02)
            fifths = np.bincount(c.quintile[live], weights=persons[live]) / persons[live].sum()
            assert np.all(np.abs(fifths - 0.2) < 0.01)


def test_one_household_and_one_to_one_are_legal_sizes() -> None:
    assert synthesise("shanxi", 1).rows == 1
    region = load_region("shanxi")
    most = int(region.households.max(axis=0).sum())
    assert 11_000_000 < most < 20_000_000
