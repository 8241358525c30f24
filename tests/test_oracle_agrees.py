"""The compiled model does what a slow restatement in plain Python does, household by household."""

from __future__ import annotations

import statistics
from dataclasses import replace

import numpy as np
import pytest

import scenarios
from model.behaviour.draws import standard_normal
from model.data.appliance_market import APPLIANCES
from model.data.parameters import Parameters
from model.domains.appliances import FAR
from model.indicators.ledger import GROUPED, PLACED
from model.population.columns import NO_CAR
from model.population.synthesis import synthesise
from model.province import Province
from tests.oracle import Oracle
from tests.oracle_people import normal

EXACT = (
    *("active", "size", "quintile", "dissolve_due", "considers", "car", "car_due", "car_bought"),
    *("buy_due", "buy_from", "modes"),
)
ROUNDED = (
    *("income_z", "log_income", "awareness", "receptivity", "consider_left", "openness"),
    *("car_energy", "car_fuel", "car_km", "buy_left", "buy_rate"),
)
COUNTED = (
    *("households", "persons", "aware_persons", "considering", "buyers", "claims", "mini_bev_sales"),
    *("diaries", "home_closed", "block2", "block3", "peak_valley", "replaced", "returned", "rebated"),
    *(f"{flow}_{kind}" for flow in ("sold", "first", "discarded", "left", "units") for kind in APPLIANCES),
    *("home_claims", *(f"sold_grade{grade}" for grade in range(1, 6))),
    *(f"{flow}_{kind}" for flow in ("sales", "scrapped", "left", "traded", "used", "cars") for kind in
      ("ice", "phev", "bev")),
)  # fmt: skip
RELATIVE = 1e-12

FAST = {"car_contagion_sales": 0.3, "car_timing_share": 1.0, "aw_word_of_mouth": 0.6, "car_used_wait": 1.0}
MONEY = ("nev_purchase_subsidy=30000@2023-01..2027-12", "green_credit_discount=2@2024-01..2030-12")
EAGER = {"car_timing_share": 1.0, "car_coupon_take_up": 0.9}
COUPONS = (
    "green_coupon_value=0.3@2024-01..2025-06@*.urban",
    "green_coupon_value=0.01@2026-03..2026-05@*.rural",
)
AT_HOME = (
    "green_goods_subsidy_rate=0.25@2024-06..2026-03@*.rural@q1,q2", "green_points_value=0.1@2025-01..2027-12",
    "trade_in_bonus=600@2023-02..2025-07@*.urban", "min_efficiency_cutoff=3@2024-04..2030-12@140100.urban",
    "peak_valley_ratio=6@2023-05..2030-12", "residential_block_step=0.6@2024-07..2030-12@*.rural",
    "residential_block_threshold=110@2025-01..2030-12@140100.urban",
)  # fmt: skip
WORN = {"car_scrap_within": 1.0, "car_used_wait": 24.0, "car_trade_rate": 0.4, "car_trade_hold": 12.0}
CASES = {
    "the plan": ("shanxi", "plan", 300, 1, {}, ()),
    "no plan": ("shanxi", "no_plan", 400, 5, {}, ()),
    "current": ("shanxi", "current", 500, 11, {}, ()),
    "the nation": ("china", "current", 300, 2, {}, ()),
    "the nation, where talk is fast and all plan ahead": ("china", "plan", 400, 3, FAST, ()),
    "much money, a tight budget": ("shanxi", "plan", 300, 7, {}, MONEY),
    "coupons on cars, all levers on homes": ("shanxi", "plan", 300, 9, EAGER, (*COUPONS, *AT_HOME)),
    "used cars at their end": ("shanxi", "no_plan", 400, 4, WORN, ()),
    "money for an old car": ("shanxi", "plan", 300, 8, {"veh_scrap_subsidy_hazard": 2.0}, MONEY),
}  # fmt: skip


def the_pair(case: str) -> tuple[Province, Oracle]:
    region, name, households, seed, numbers, settings = CASES[case]
    people = synthesise(region, households)
    policy = scenarios.load(name).with_settings(settings).resolve(people.region)
    if case == "money for an old car":
        terms = {"requires": "trade_in", "cap": 20_000.0, "price_ceiling": 150_000.0, "budget": 5e8}
        policy = replace(policy, grants=tuple(replace(grant, **terms) for grant in policy.grants))
    parameters = Parameters.central().replace(numbers)
    return Province(people, policy, parameters, seed), Oracle(people, policy, parameters, seed)


def differences(province: Province, oracle: Oracle) -> list[str]:
    """Return the columns that differ: integers at all, float32 by more than one unit in the last place."""
    found = []
    for name in (*EXACT, *ROUNDED):
        theirs = np.asarray(getattr(province.society.c, name))
        plain = [getattr(h, name) for h in oracle.rows]
        mine = np.array([NO_CAR if value is None else value for value in plain])
        with np.errstate(invalid="ignore"):  # those who consider have no hazard left: infinite on both sides
            gap = np.where(theirs == mine, 0.0, np.abs(theirs.astype(np.float64) - mine))
        allowed = 0.0 if name in EXACT else np.spacing(np.abs(theirs)).astype(np.float64)
        if name in (*ROUNDED, "quintile", "modes"):  # a row in reserve is written anew when it comes to life
            gap = np.where(province.society.c.active, gap, 0.0)
        if name == "openness":  # kept up for those only who do not consider yet
            gap = np.where(province.society.c.considers, 0.0, gap)
        if (gap > allowed).any():
            found.append(f"{name} of rows {np.nonzero(gap > allowed)[0][:5]}")
    return found


def homes_that_differ(province: Province, oracle: Oracle) -> list[str]:
    """Return what of homes differs: months, grades and choices at all, use by more than float32 rounding."""
    homes, found = province.homes, []
    meters, alive = homes.metering.meters, province.society.c.active > 0
    at, grade = np.array([h.things for h in oracle.rows]).transpose(2, 0, 1)
    mine = {"months": "lived", "peak_valley": "enrolled", "own": "own", "use": "use", "flat": "flat",
            "cool": "cool", "charged": "charged", "year": "year"}  # fmt: skip
    slots, levels = homes.things.slots[:, :7], homes.things.levels[:, :7]
    due = np.where(grade > 0, at, np.where(np.isinf(at), FAR, slots >> 3))
    gaps = {"slots": ((slots >> 3 != due) | (slots & 7 != grade)).any(axis=1)}
    told = np.where((grade == 0) & np.isfinite(at), at, levels)
    with np.errstate(invalid="ignore"):  # what is never bought has no level: infinite on both sides
        gaps["levels"] = (np.abs(levels - told) > np.spacing(np.abs(levels))).any(axis=1)
    for name, plain in mine.items():
        theirs = np.asarray(getattr(meters, name), dtype=np.float64)
        other = np.array([getattr(h, plain) for h in oracle.rows], dtype=np.float64)
        gaps[name] = np.abs(theirs - other) > (0.0 if plain in ("lived", "enrolled") else 1e-6) * np.abs(
            other
        )
    load = np.array([oracle.homes.load(h) for h in oracle.rows])
    gaps["load"] = np.abs(province.society.c.meter_load - load) > 1e-6 * load
    for name, gap in gaps.items():
        if (gap & alive).any():
            found.append(f"{name} of rows {np.nonzero(gap & alive)[0][:5]}")
    return found


def ledger_of(oracle: Oracle) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the oracle's books in the shape of the ledger."""
    months, places = len(oracle.book), oracle.places
    grouped = np.zeros((months, places, 5, len(GROUPED)))
    placed = np.zeros((months, places, len(PLACED)))
    options, expected = np.zeros((2, months, places, 12))
    for month, row in enumerate(oracle.book):
        for (name, place, *rest), amount in row.items():
            if name in ("options", "expected_options"):
                (options if name == "options" else expected)[month, place, rest[0]] = amount
            elif rest:
                grouped[month, place, rest[0], GROUPED.index(name)] = amount
            else:
                placed[month, place, PLACED.index(name)] = amount
    return grouped, placed, options, expected


@pytest.mark.parametrize("case", CASES)
def test_every_household_and_every_sum_agrees_over_sixteen_years(case: str) -> None:
    province, oracle = the_pair(case)
    assert not differences(province, oracle) and not homes_that_differ(province, oracle)
    while province.month < 192:
        province.step()
        oracle.step()
        if province.month % 12 == 0:
            told = f"by month {province.month}; near ties so far: {oracle.dealers.near_ties}"
            assert not differences(province, oracle), told
            assert not homes_that_differ(province, oracle), told
    assert oracle.dealers.choices > 100
    grouped, placed, options, expected = ledger_of(oracle)
    ledger = province.ledger
    for k, name in enumerate(GROUPED):
        if name in COUNTED:
            np.testing.assert_array_equal(ledger.grouped[..., k], grouped[..., k], err_msg=name)
        else:
            most = np.abs(grouped[..., k]).max()
            np.testing.assert_allclose(
                ledger.grouped[..., k], grouped[..., k], rtol=RELATIVE, atol=RELATIVE * most, err_msg=name
            )
    np.testing.assert_allclose(ledger.placed, placed, rtol=RELATIVE)
    np.testing.assert_array_equal(ledger.options, options)
    np.testing.assert_allclose(ledger.expected_options, expected, rtol=RELATIVE, atol=RELATIVE)


@pytest.mark.slow
def test_ten_seeds_in_both_regions_agree_choice_by_choice() -> None:
    choices = near_ties = 0
    for region in ("shanxi", "china"):
        people = synthesise(region, 500)
        policy = scenarios.load("plan").resolve(people.region)
        for seed in range(21, 31):
            province = Province(people, policy, Parameters.central(), seed)
            oracle = Oracle(people, policy, Parameters.central(), seed)
            while province.month < 192:
                province.step()
                oracle.step()
            assert not differences(province, oracle), (region, seed)
            np.testing.assert_array_equal(province.ledger.options, ledger_of(oracle)[2])
            choices += oracle.dealers.choices
            near_ties += oracle.dealers.near_ties
    assert choices > 5_000 and near_ties <= choices / 1e6


def test_grants_paid_agree_where_the_budget_binds() -> None:
    province, oracle = the_pair("much money, a tight budget")
    while province.month < 120:
        province.step()
        oracle.step()
    grants = province.policy.grants
    books = sum(province.treasury.books[key][:, :, :5] for key in {(g.instrument, g.payer) for g in grants})
    mine = np.zeros_like(books)
    for key, money in oracle.paid.items():
        mine[key] = money
    budget = max(grant.budget or 0.0 for grant in grants)
    assert mine.sum(axis=(1, 2)).max() >= budget > 0.0
    np.testing.assert_allclose(books, mine, rtol=RELATIVE, atol=1e-6)


def test_the_normal_quantile_is_that_of_a_normal() -> None:
    exact = statistics.NormalDist()
    for u in (1e-12, 1e-4, 0.02, 0.3, 0.5, 0.9, 0.9999, 1 - 1e-12):
        assert normal(u) == standard_normal(u)
        assert normal(u) == pytest.approx(exact.inv_cdf(u), rel=1e-6, abs=1e-9)
