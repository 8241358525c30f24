"""Promise: a run tells what a rebate or a tariff brings to homes; its parts are those of the indicators."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from app import effect_rows
from experiments.effects import effects_of
from experiments.ensemble import Ensemble, run_ensemble
from experiments.moved import moved
from experiments.pairs import Pair
from model.data.months import FIRST_YEAR, december, month_text
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cell_index

REBATE = "green_goods_subsidy_rate=0.1@2026-01..2026-12"
STEP = "residential_block_step=0.6@2026-01..2030-12"
FEES = "parking_fee=10@2026-01..2030-12@*.urban"
NAMES = {"rebate": REBATE, "step": STEP, "fees": FEES}


@pytest.fixture(scope="module")
def world() -> Ensemble:
    base = scenarios.load("no_plan")
    changed = [replace(base.with_settings([text]), name=name) for name, text in NAMES.items()]
    chosen = [base, *changed]
    return run_ensemble(chosen, households=3_000, replicates=4, threads=2)


def values(ensemble: Ensemble, scenario: str, indicator: str, year: int, part: str = "all") -> np.ndarray:
    cell = cell_index(ensemble.region)[month_text(december(year)), "all", part]
    return ensemble.values[ensemble.names.index(scenario), :, list(FORMULAS).index(indicator), cell]


def test_units_bought_for_a_rebate_are_those_of_the_years_it_reaches(world: Ensemble) -> None:
    told = effects_of(world, "rebate", "no_plan")["appliances"]
    for name, indicator in (
        ("additional", "appliance_sales"),
        ("efficient", "efficient_appliance_sales"),
    ):
        more = sum(
            values(world, "rebate", indicator, year) - values(world, "no_plan", indicator, year)
            for year in (2026, 2027, 2028)  # the year of the money and two after it
        )
        assert told[name]["value"] == pytest.approx(float(np.median(more)), rel=1e-9)
    assert told["efficient"]["low"] > 0.0 and told["set"] and not told["reason"]
    assert told["subsidised"]["low"] > told["efficient"]["high"], "most would have bought one anyway"
    assert 0.5 < told["leakage"]["value"] < 1.0
    each = told["cost_per_additional"]["all"]
    assert each["low"] <= told["cost"]["all"]["value"] / told["efficient"]["value"] <= each["high"]


def test_who_pays_for_a_dearer_block_is_told_by_fifth_and_adds_up(world: Ensemble) -> None:
    made = effects_of(world, "step", "no_plan")
    assert made["appliances"] is None or not made["appliances"]["set"]
    power, groups = made["electricity"], {row["part"]: row["power"]["value"] for row in made["groups"]}
    assert power["kwh"]["low"] > 0.0 and power["tonnes"]["low"] > 0.0 and power["bills"]["low"] > 0.0
    assert 0.0 <= groups["q1"] < groups["q3"] < groups["q5"]
    prices = Pair(world, "step", "no_plan").prices
    paid = sum(
        (values(world, "step", "electricity_bill", year, part) * homes(world, "step", year, part))
        - (values(world, "no_plan", "electricity_bill", year, part) * homes(world, "no_plan", year, part))
        for year in range(2026, 2031)
        for part in ("q1", "q2", "q3", "q4", "q5")
    )
    in_current = float(np.median(paid))
    assert prices[2026 - FIRST_YEAR] < in_current / power["bills"]["value"] < prices[2030 - FIRST_YEAR]


def homes(ensemble: Ensemble, scenario: str, year: int, part: str) -> np.ndarray:
    return values(ensemble, scenario, "households", year, part)


def test_a_parking_fee_is_paid_by_those_with_cars(world: Ensemble) -> None:
    made = effects_of(world, "fees", "no_plan")
    paid = {row["part"]: row["parking"]["value"] for row in made["groups"]}
    assert paid["q5"] > paid["q1"] and paid["all.urban"] > 0.0 and paid["all.rural"] == 0.0
    told = {row["indicator"]: row["effect"] for row in made["moved"]["rows"]}
    assert told["car_trip_share"]["high"] < 0.0 < told["green_travel_share"]["low"]
    assert "car_sales" not in told


def test_only_what_can_be_told_from_zero_is_told_to_move(world: Ensemble) -> None:
    for name in NAMES:
        told = moved(Pair(world, name, "no_plan"))
        assert told is not None and told["month"] == ("2026-12" if name == "rebate" else "2030-12")
        assert told["rows"] and told["still"] > 0
        for row in told["rows"]:
            assert row["effect"]["low"] > 0.0 or row["effect"]["high"] < 0.0


def test_the_same_policy_under_two_names_brings_nothing(world: Ensemble) -> None:
    made = effects_of(world, "step", "step")
    assert made["window"] is None and moved(Pair(world, "step", "step")) is None


def test_cars_are_told_only_where_money_or_use_of_them_differs(world: Ensemble) -> None:
    told = {name: effect_rows.for_cars(effects_of(world, name, "no_plan")) for name in NAMES}
    assert told["fees"], "trips given up save petrol"
    assert not told["step"]
    assert effect_rows.home_rows(effects_of(world, "rebate", "no_plan"))
