"""What the money bought: additional cars, leakage and cost are computed as their definitions say."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments.books import books_of
from experiments.effects import effects_of
from experiments.ensemble import run_ensemble
from experiments.paired import scoreboard
from experiments.pairs import Pair, flows, pairs_of, ratio
from experiments.windows import months_that_differ, window_of
from model.data.months import MONTHS, PLAN_ISSUED, december, month_index, month_text
from model.indicators.formulas import FORMULAS
from model.institutions.policy import GROUPS
from tests.ensembles import REGION, ROW, found, policy, rolling, world


def test_monthly_flows_come_back_from_sums_over_twelve_months():
    monthly = np.random.default_rng(1).integers(0, 1000, MONTHS).astype(float)
    assert flows(rolling(monthly)[None])[0] == pytest.approx(monthly)


def test_additional_cars_count_from_the_first_paying_month_to_24_months_after_the_last():
    made = found()
    assert (made["window"]["first"], made["window"]["last"], made["window"]["cut"]) == (
        "2026-01", "2030-12", False,
    )  # fmt: skip
    assert made["additional"] == {"value": 360.0, "low": 360.0, "high": 360.0}


def test_money_that_ends_late_is_counted_to_2030_and_flagged():
    treated, base = policy("nev_purchase_subsidy=6000@2026-01..2029-12"), policy()
    window = window_of(treated, base, months_that_differ(treated, base, REGION), MONTHS)
    assert (window.last, window.cut) == (MONTHS - 1, True)


def test_a_change_for_some_counts_from_its_own_first_month():
    plan = scenarios.load("plan")
    richer = plan.with_settings(["nev_purchase_subsidy=8000@2026-01..2026-12@*.rural@q1,q2"])
    treated, base = (one.resolve(REGION) for one in (richer, plan))
    differing = months_that_differ(treated, base, REGION)
    window = window_of(treated, base, differing, MONTHS)
    assert (month_text(window.first), month_text(window.last)) == ("2026-01", "2028-12")
    assert np.array_equal(*differing["nev_purchase_subsidy"])


def test_the_same_money_on_other_terms_differs_while_it_is_paid():
    head = 'schema = 1\nname = "x{n}"\nextends = "no_plan"\n[[change]]\nlever = "nev_purchase_subsidy"\n'
    path = 'path = {{ 2026-01 = 5000 }}\nuntil = "2026-12"\nbudget = {budget}\n'
    treated, base = (written_policy(head.format(n=n) + path.format(budget=n * 10**8)) for n in (2, 1))
    differ, more = months_that_differ(treated, base, REGION)["nev_purchase_subsidy"]
    assert [month_text(int(m)) for m in np.flatnonzero(differ)[[0, -1]]] == ["2026-01", "2026-12"]
    assert np.array_equal(differ, more)


def written_policy(text):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.toml"
        path.write_text(text, encoding="utf-8")
        return scenarios.load(path).resolve(REGION)


def test_leakage_is_the_share_of_subsidised_cars_that_would_have_been_bought_anyway():
    made = found()
    assert made["subsidised"]["value"] == 900.0
    assert made["leakage"]["value"] == pytest.approx(1 - 360 / 900)


def test_cost_per_additional_car_is_all_money_over_additional_cars():
    made = found()
    assert made["cost"]["all"]["current"]["value"] == 900 * 6000.0
    assert made["cost_per_additional"]["all"]["current"]["value"] == pytest.approx(15000.0)
    real = made["cost"]["all"]["real"]["value"]
    cpi = REGION.series["cpi"].reshape(-1, 12).mean(axis=1)[11:14]
    assert real == pytest.approx((300 * 6000.0 / cpi).sum())


def test_what_the_centre_pays_is_not_the_provinces():
    made = found(payer="centre")
    assert made["cost"]["province"]["current"]["value"] == 0.0
    assert made["cost"]["all"]["current"]["value"] == 900 * 6000.0
    assert made["cost_per_additional"]["province"]["current"] is None


def test_no_more_cars_means_no_detectable_effect_and_no_cost_per_car():
    made = found(extra=0.0)
    assert made["reason"] == "no_detectable_effect"
    assert made["leakage"] is None and made["cost_per_additional"]["all"]["current"] is None


def test_an_effect_whose_interval_spans_zero_is_not_defined():
    ensemble = world()
    ensemble.values[1, 0, ROW["nev_sales"]] = ensemble.values[0, 0, ROW["nev_sales"]] - 1.0
    made = effects_of(ensemble, "plan_like", "no_plan")
    assert made["additional"]["value"] > 0.0 and made["reason"] == "no_detectable_effect"
    assert made["cost_per_additional"]["all"]["real"] is None


def test_fewer_cars_are_told_as_such():
    assert found(extra=-10.0)["reason"] == "fewer_cars"


def test_a_scenario_compared_with_itself_bought_nothing():
    ensemble = world()
    assert effects_of(ensemble, "no_plan", "no_plan")["window"] is None


def test_a_ratio_is_defined_only_where_both_sides_are_surely_positive():
    assert ratio(np.array([2.0, 4.0]), np.array([1.0, 1.0])) == pytest.approx(
        {"value": 8 / 3, "low": 2.0, "high": 4.0}
    )
    assert ratio(np.array([2.0, 4.0]), np.array([1.0, -1.0])) is None
    assert ratio(np.array([0.0, 4.0]), np.array([1.0, 1.0])) is None


def test_money_goes_to_the_fifth_and_side_that_was_paid():
    rows = {row["part"]: row for row in found(group="q2")["groups"]}
    assert set(rows) == {"all", *GROUPS, "all.urban", "all.rural"}
    assert rows["q2"]["share"]["value"] == 1.0 and rows["q1"]["share"]["value"] == 0.0
    assert rows["all.rural"]["share"]["value"] == 1.0
    cpi = REGION.series["cpi"].reshape(-1, 12).mean(axis=1)
    assert rows["q2"]["received"]["value"] == pytest.approx((1800.0 / cpi[11:14]).sum())
    assert rows["q2"]["energy"]["value"] == pytest.approx((-10.0 / cpi[11:16]).sum())


def test_money_for_organisations_is_nobodys_gain():
    rows = {row["part"]: row for row in found(group="organisations")["groups"]}
    assert rows["all"]["received"]["value"] == 0.0 and rows["q1"]["share"] is None


def test_a_car_that_draws_on_two_instruments_counts_once():
    ensemble = world()
    twin = ensemble.outlays.assign(instrument="green_credit_discount", units=12 * 20.0)
    treated = scenarios.load("no_plan").with_settings(
        ["nev_purchase_subsidy=6000@2026-01..2028-12", "green_credit_discount=2@2026-01..2028-12"]
    ).resolve(REGION)  # fmt: skip
    both = replace(
        ensemble,
        outlays=pd.concat([ensemble.outlays, twin], ignore_index=True),
        policies=(ensemble.policies[0], treated),
    )
    assert effects_of(both, "plan_like", "no_plan")["subsidised"]["value"] == 900.0


def test_money_for_rides_is_told_but_is_no_cost_of_cars():
    ensemble = world(extra=0.0)
    rides = ensemble.outlays.assign(instrument="transit_fare_discount", payer="city", place="140100.urban")
    treated = policy("transit_fare_discount=1@2026-01..2028-12@*.urban")
    only = replace(ensemble, outlays=rides, policies=(ensemble.policies[0], treated))
    made = effects_of(only, "plan_like", "no_plan")
    assert made["cost"]["all"]["current"]["value"] == 0.0 and made["subsidised"] is None
    assert made["reason"] == "no_detectable_effect"
    told = [(row["instrument"], row["set"], row["money"]["value"]) for row in made["instruments"]]
    assert told == [("transit_fare_discount", True, rides["value"].sum() / 3)]
    with_cars = world()
    both = replace(with_cars, outlays=pd.concat([with_cars.outlays, rides], ignore_index=True))
    assert effects_of(both, "plan_like", "no_plan")["cost"] == found()["cost"]


@pytest.mark.parametrize(
    ("instrument", "setting"),
    [
        ("green_goods_subsidy_rate", "green_goods_subsidy_rate=0.1@2026-01..2028-12"),
        ("green_coupon_value_appliances", "green_coupon_value=0.2@2026-01..2028-12"),
        ("trade_in_bonus", "trade_in_bonus=300@2026-01..2028-12"),
    ],
)
def test_money_for_things_of_homes_is_told_but_is_no_cost_of_cars(instrument, setting):
    ensemble = world(extra=0.0)
    paid = ensemble.outlays.assign(instrument=instrument)
    only = replace(ensemble, outlays=paid, policies=(ensemble.policies[0], policy(setting)))
    made = effects_of(only, "plan_like", "no_plan")
    assert made["cost"]["all"]["current"]["value"] == 0.0 and made["subsidised"] is None
    told = [(row["instrument"], row["set"], row["money"]["value"]) for row in made["instruments"]]
    assert told == [(instrument, True, paid["value"].sum() / 3)]


def test_a_goal_read_by_comparing_runs_is_the_ratio_to_the_run_without_the_measures():
    ensemble = world(extra=0.0)
    k = list(FORMULAS).index("electricity_per_head")
    values = ensemble.values.copy()
    values[:, :, k] = 1000.0
    values[1, :, k, december(2030)] = [900.0, 930.0, 960.0]
    board = scoreboard(replace(ensemble, values=values)).set_index(["indicator", "year"])
    row = board.loc["household_electricity_per_capita", 2030]
    assert row["value:no_plan"] == 1.0 and row["value:plan_like"] == 0.93
    assert row["low:plan_like"] == 0.9 and not row["met:plan_like"]
    alone = replace(ensemble, values=values, names=("one", "other"))
    assert "household_electricity_per_capita" not in set(scoreboard(alone)["indicator"])


def test_books_hold_every_yuan_of_the_outlays():
    ensemble = world()
    books = books_of(ensemble.outlays, ("no_plan", "plan_like"), REGION, 3)
    assert books[0].money.sum() == 0.0
    assert books[1].money.sum() == pytest.approx(ensemble.outlays["value"].sum())


def test_which_pairs_are_told():
    assert pairs_of(("no_plan", "current", "plan"), False) == [("plan", "no_plan")]
    assert pairs_of(("plan", "plan-set"), True) == [("plan-set", "plan")]
    assert pairs_of(("no_plan", "plan", "plan-set"), True) == [("plan-set", "plan"), ("plan", "no_plan")]
    assert pairs_of(("current", "renewed"), False) == [("renewed", "current")]
    assert pairs_of(("plan",), False) == []


@pytest.fixture(scope="module")
def simulated():
    chosen = [scenarios.load(name) for name in ("no_plan", "current", "renewed")]
    chosen.append(chosen[0].with_settings(["nev_purchase_subsidy=20000@2026-01..2028-12"]))
    return run_ensemble(chosen, households=4000, replicates=2, threads=2)


def test_a_large_grant_buys_cars_leaks_and_is_paid_by_the_province(simulated):
    name = simulated.names[-1]
    made = effects_of(simulated, name, "no_plan")
    assert made["additional"]["low"] > 0.0
    assert 0.0 < made["leakage"]["value"] < 1.0
    assert made["cost_per_additional"]["province"]["current"]["value"] > 20000.0
    own = [row for row in made["instruments"] if row["set"]]
    assert [(row["instrument"], row["payer"]) for row in own] == [("nev_purchase_subsidy", "province")]
    shares = [row["share"]["value"] for row in made["groups"] if row["part"] in GROUPS]
    assert sum(shares) == pytest.approx(1.0, abs=0.02)


def test_additional_cars_of_a_run_are_those_of_its_ledgers_sales(simulated):
    pair = Pair(simulated, simulated.names[-1], "no_plan")
    yearly = pair.saved("nev_sales").reshape(2, -1, 12).sum(axis=2)
    decembers = simulated.values[:, :, ROW["nev_sales"], 11:MONTHS:12]
    assert yearly == pytest.approx(decembers[-1] - decembers[0])
    assert not yearly[:, : PLAN_ISSUED // 12].any()


def test_renewed_money_starts_in_2027_after_an_equal_history(simulated):
    values, at = simulated.values, [simulated.names.index(name) for name in ("renewed", "current")]
    known = month_index("2026-06")
    assert np.array_equal(values[at[0]][:, :, :known], values[at[1]][:, :, :known], equal_nan=True)
    made = effects_of(simulated, "renewed", "current")
    assert made["window"]["first"] == "2027-01" and made["window"]["cut"]
    paid = {row["instrument"] for row in made["instruments"] if row["set"]}
    assert paid == {
        "car_replacement_bonus", "car_scrappage_bonus", "consumer_loan_subsidy", "purchase_tax_relief",
        "appliance_rebate",
    }  # fmt: skip
    assert made["cost"]["all"]["current"]["low"] > 1e9
