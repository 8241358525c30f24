"""Tonnes that cars save: cleaner cars are what money bought; what driving less saves stands apart."""

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from experiments.effects import effects_of
from experiments.ensemble import run_ensemble
from experiments.pairs import Pair
from experiments.tonnes import remaining_life, split, tonnes_of
from model.data.months import MONTHS
from model.data.parameters import Parameters
from tests.ensembles import found


def test_tonnes_to_2030_are_summed_and_discounted_by_year():
    made = found()["tonnes"]
    assert made["to_end"]["value"] == pytest.approx(2.0 * 60)
    assert made["to_end_discounted"]["value"] == pytest.approx(
        sum(24.0 * 1.03 ** -(y - 2022) for y in range(2026, 2031))
    )
    assert made["life"]["value"] > made["to_end"]["value"]


def test_what_is_saved_by_driving_less_is_told_apart_and_is_bought_by_no_money_for_cars():
    made = found(saved=5.0, km=100.0)  # a tenth of the way and of the CO2: the cars are no cleaner
    assert made["tonnes"]["to_end"]["value"] == pytest.approx(0.0, abs=1e-9)
    assert made["tonnes_driving_less"]["to_end"]["value"] == pytest.approx(5.0 * 60)
    assert made["tonnes_driving_less"]["to_end_discounted"]["value"] == pytest.approx(
        sum(60.0 * 1.03 ** -(y - 2022) for y in range(2026, 2031))
    )
    assert made["cost_per_tonne"]["all"]["to_end"] is None
    both = found(saved=7.0, km=100.0)
    cleaner = both["tonnes"]["to_end"]["value"]
    assert cleaner + both["tonnes_driving_less"]["to_end"]["value"] == pytest.approx(7.0 * 60)
    assert cleaner == pytest.approx(60 * 950.0 * (50.0 / 1000.0 - 43.0 / 900.0))
    cost = both["cost"]["all"]["real"]["value"]
    assert both["cost_per_tonne"]["all"]["to_end"]["value"] == pytest.approx(cost / cleaner)


def test_more_kilometres_count_against_cleaner_cars():
    made = found(saved=2.0, km=-50.0)  # cheaper kilometres are driven more
    assert made["tonnes"]["to_end"]["value"] == pytest.approx(2.0 * 60)
    assert made["tonnes_driving_less"]["to_end"]["value"] == 0.0


def test_where_nobody_drives_nothing_is_saved():
    nobody, some = np.zeros((1, 2)), np.full((1, 2), 10.0)
    assert not np.any(split((nobody, nobody), (nobody, nobody)))
    cleaner, less = split((nobody, some), (nobody, 2.0 * some))
    assert (cleaner + less) == pytest.approx(2.0 * some)


def test_over_life_the_last_years_saving_goes_on_for_the_remaining_life_of_the_cars():
    bought = np.zeros(MONTHS)
    bought[-1] = 5.0
    central = Parameters.central()
    assert remaining_life(central, bought, 0.0) == pytest.approx(central["veh_weibull_mean_life"], abs=0.1)
    assert remaining_life(central, bought, 0.03) < remaining_life(central, bought, 0.0)
    older = np.zeros(MONTHS)
    older[-60] = 5.0
    assert remaining_life(central, older, 0.0) < central["veh_weibull_mean_life"] - 3.0
    assert remaining_life(central, -bought, 0.0) == 0.0


GRANT = "nev_purchase_subsidy=30000@2023-01..2030-12"
FEES = "parking_fee=10@2026-01..2030-12@*.urban"
NAMES = {"grant": [GRANT], "fees": [FEES], "both": [GRANT, FEES]}


@pytest.fixture(scope="module")
def simulated():
    base = scenarios.load("no_plan")
    chosen = [replace(base.with_settings(texts), name=name) for name, texts in NAMES.items()]
    return run_ensemble([base, *chosen], households=8000, replicates=4, threads=2)


@pytest.mark.parametrize("name", NAMES)
def test_of_a_run_the_two_parts_make_the_whole(simulated, name):
    pair = Pair(simulated, name, "no_plan")
    made, whole = tonnes_of(pair), -pair.saved("car_co2").sum(axis=1)
    assert (whole > 10_000.0).all()
    assert made.cleaner["to_end"] + made.driving_less["to_end"] == pytest.approx(whole, rel=1e-9)


def test_a_parking_fee_saves_by_driving_less_and_cleans_hardly_a_car(simulated):
    made = effects_of(simulated, "fees", "no_plan")
    less, cleaner = made["tonnes_driving_less"]["to_end"], made["tonnes"]["to_end"]
    assert less["low"] > 0.0 and max(abs(cleaner["low"]), abs(cleaner["high"])) < 0.05 * less["low"]


def test_a_grant_buys_cleaner_cars_and_answers_for_what_is_driven_more(simulated):
    pair = Pair(simulated, "grant", "no_plan")
    (km, km_before), (tonnes, tonnes_before) = pair.levels("car_km"), pair.levels("car_co2")
    cleaner, less = split((km, km_before), (tonnes, tonnes_before))
    made = effects_of(simulated, "grant", "no_plan")
    assert np.median(less.sum(axis=1)) < 0.0 < made["tonnes"]["to_end"]["low"]
    assert made["tonnes"]["to_end"]["value"] < np.median(cleaner.sum(axis=1))
    assert made["tonnes_driving_less"]["to_end"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_a_parking_fee_beside_a_grant_does_not_make_its_tonnes_cheap(simulated):
    alone, both = (effects_of(simulated, name, "no_plan") for name in ("grant", "both"))
    price, beside = (one["cost_per_tonne"]["all"]["to_end"]["value"] for one in (alone, both))
    assert 0.75 * price < beside < price, "a rebound lowers what driving less saves"
    whole = both["tonnes"]["to_end"]["value"] + both["tonnes_driving_less"]["to_end"]["value"]
    assert both["cost"]["all"]["real"]["value"] / whole < 0.75 * price, "all tonnes would have"
