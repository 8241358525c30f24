"""Public chargers cost money and time, and investors count them: a floor is an offer, not an outcome."""

from __future__ import annotations

from dataclasses import replace

import mesa
import numpy as np
import pandas as pd
import pytest

import scenarios
from calibration.paired import Setting, lived, relevelled, shanxi
from model import simulate
from model.data.months import MONTHS_A_YEAR, month_index
from model.data.parameters import Parameters
from model.indicators.ledger import L
from model.institutions.policy import Policy
from model.markets.charging import ChargingInvestor, PublicWorks
from model.province import Province

START, END = month_index("2022-06"), month_index("2026-12")
FLOOR = "charging_density"
NUMBERS = Parameters.central()
AMPLE = {"charger_budget": 1e6}


@pytest.fixture(scope="module")
def here() -> Setting:
    return shanxi(6_000)


def floor(setting: Setting, level: float) -> Policy:
    levels = setting.policy.delivered[FLOOR].copy()
    levels[START:] = level
    return relevelled(setting.policy, FLOOR, levels)


def placed(province: Province, name: str) -> np.ndarray:
    return province.ledger.placed[: END + 1, :, L[name]]


def investors(*points: float, cars: float = 1000.0) -> list[ChargingInvestor]:
    model = mesa.Model()
    return [ChargingInvestor(model, n, cars, NUMBERS.replace(car_investor_rollout=0.0)) for n in points]


def works(points_a_year: float, months: int = 6) -> PublicWorks:
    money = points_a_year * NUMBERS["charger_cost"]
    return PublicWorks(1.0, NUMBERS.replace(charger_budget=money, charger_build_months=months))


# --- money and time ---------------------------------------------------------------------------------------


def test_without_money_no_floor_moves_anything(here: Setting) -> None:
    runs = [
        lived(here.province(floor(here, level), {"charger_budget": 0.0}), END + 1) for level in (0.0, 40.0)
    ]
    for name in ("grouped", "placed", "options", "expected_options"):
        assert np.array_equal(getattr(runs[0].ledger, name), getattr(runs[1].ledger, name)), name
    assert not placed(runs[1], "points_public").any()
    assert not any(instrument == FLOOR for instrument, _ in runs[1].treasury.books)


def test_with_usual_money_a_high_floor_is_not_reached_and_a_year_builds_what_it_pays(here: Setting) -> None:
    province = lived(here.province(floor(here, 40.0)), END + 1)
    density = 100.0 * placed(province, "points")[-1].sum() / province.traffic.expected_nev.sum()
    assert 5.0 < density < 20.0
    q, region = province.parameters, province.region
    residents = float(region.households[0] @ region.household_size[0])
    a_year = residents * q["charger_budget"] / q["charger_cost"]
    public = placed(province, "points_public").sum(axis=1)
    built = np.diff(public[MONTHS_A_YEAR - 1 :: MONTHS_A_YEAR])
    np.testing.assert_allclose(built[-3:], a_year, rtol=1e-9)


def test_with_ample_money_the_floor_is_reached_but_for_the_time_of_building(here: Setting) -> None:
    province = lived(here.province(floor(here, 40.0), AMPLE), END + 1)
    density = 100.0 * placed(province, "points")[-1].sum() / province.traffic.expected_nev.sum()
    assert 30.0 < density < 40.0


def test_points_stand_and_are_paid_when_their_works_end(here: Setting) -> None:
    lag = round(here.parameters["charger_build_months"])
    base, dense = (lived(here.province(floor(here, x), AMPLE), END + 1) for x in (0.0, 40.0))
    more = (placed(dense, "points_public") - placed(base, "points_public")).sum(axis=1)
    first = START + (-START) % 3
    assert not more[: first + lag].any() and more[first + lag] > 0.0
    units = dense.treasury.units[FLOOR, "province"].sum(axis=(1, 2))
    at_ends = placed(dense, "points_public").sum(axis=1)[MONTHS_A_YEAR - 1 :: MONTHS_A_YEAR]
    np.testing.assert_allclose(np.cumsum(units)[: at_ends.size], at_ends, rtol=1e-9, atol=1e-9)


def test_what_a_quarter_leaves_serves_its_year_and_no_longer() -> None:
    builder, place = works(80.0), investors(100.0)
    cars, none, much = np.array([1000.0]), np.array([0.0]), np.array([90.0])
    builder.begin(0, 4, cars, none, place)
    builder.begin(3, 4, cars, much, place)
    assert place[0].begun == pytest.approx(40.0)
    builder.begin(6, 4, cars, none, place)
    builder.begin(12, 4, cars, much, place)
    assert place[0].begun == pytest.approx(60.0)


# --- places -----------------------------------------------------------------------------------------------


def test_places_with_the_largest_gap_come_first() -> None:
    builder, three = works(4 * 70.0), investors(90.0, 10.0, 50.0)
    builder.begin(0, 4, np.full(3, 1000.0), np.full(3, 10.0), three)
    assert [i.begun for i in three] == pytest.approx([0.0, 70.0, 0.0])
    builder.begin(3, 4, np.full(3, 1000.0), np.full(3, 10.0), three)
    assert [i.begun for i in three] == pytest.approx([0.0, 90.0, 50.0])
    assert builder.finish(6, three).tolist() == pytest.approx([0.0, 70.0, 0.0])
    assert [i.public for i in three] == pytest.approx([0.0, 70.0, 0.0])
    assert [i.begun for i in three] == pytest.approx([0.0, 20.0, 50.0])


# --- investors --------------------------------------------------------------------------------------------


def test_investors_want_a_number_of_points_whoever_builds_them() -> None:
    alone, beside, late = investors(100.0, 100.0, 100.0)
    beside.public, late.begun = 30.0, 500.0
    for investor in (alone, beside, late):
        investor.invest(0, 4000.0)
    wanted = 100.0 * 4.0 ** NUMBERS["veh_ev_elasticity_chargers"]
    assert alone.points == pytest.approx(wanted)
    assert beside.points == pytest.approx(wanted) and beside.private == pytest.approx(wanted - 30.0)
    assert late.private == 100.0


def test_public_points_crowd_out_private_ones_but_not_all(here: Setting) -> None:
    base, dense = (lived(here.province(floor(here, x), AMPLE), END + 1) for x in (0.0, 20.0))
    private = [
        float((placed(run, "points") - placed(run, "points_public"))[-1].sum()) for run in (base, dense)
    ]
    assert 0.3 * private[0] < private[1] < private[0]
    assert placed(dense, "points")[-1].sum() > placed(base, "points")[-1].sum()


def test_the_plan_stays_below_its_floor_for_want_of_money_and_above_where_investors_lead() -> None:
    setting = shanxi(6_000, "plan")
    province = lived(setting.province(), END + 1)
    ordered = setting.policy.delivered[FLOOR][:, 0, 0]
    density = 100.0 * placed(province, "points").sum(axis=1)[-1] / province.traffic.expected_nev.sum()
    assert density < ordered[END] - 0.5
    early = month_index("2020-12")
    before = lived(setting.province(), early + 1)
    density = 100.0 * before.ledger.placed[early, :, L["points"]].sum() / before.traffic.expected_nev.sum()
    assert density > ordered[early] + 0.5


def test_points_built_for_a_while_are_made_up_for_by_investors_later(here: Setting) -> None:
    levels = here.policy.delivered[FLOOR].copy()
    levels[:] = 0.0
    none = replace(here, policy=relevelled(here.policy, FLOOR, levels))
    burst = levels.copy()
    burst[START : START + 4] = 40.0
    runs = [
        lived(none.province(relevelled(none.policy, FLOOR, x), {"charger_budget": 60.0}), 192)
        for x in (levels, burst)
    ]
    points = np.array([run.ledger.placed[:, :, L["points"]].sum(axis=1) for run in runs])
    gap = points[1] / points[0] - 1.0
    assert gap[START + 12] > 0.1
    assert abs(gap[-1]) < 0.02


@pytest.mark.parametrize("households", [1, 22, 100])
def test_a_handful_of_simulated_households_leaves_chargers_in_their_order_of_size(households: int) -> None:
    """Builders follow the cars of the tables at first, not of the few households simulated."""
    few = simulate(scenarios.load("no_plan"), households=households, seed=1).indicators
    many = simulate(scenarios.load("no_plan"), households=4_000, seed=1).indicators

    def points(table: pd.DataFrame, month: str) -> float:
        here = (
            (table["indicator"] == "public_chargers") & (table["month"] == month) & (table["place"] == "all")
        )
        return float(table[here & (table["group"] == "all")]["value"].iloc[0])

    # later on fleets follow what households buy, and few buy nothing
    assert points(few, "2015-06") == pytest.approx(points(many, "2015-06"), rel=0.5)
    assert points(few, "2025-12") < 20.0 * points(many, "2025-12")
