"""A rule on fleets lifts only those who would not have bought clean, as far as they obey and can bear it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from calibration.paired import Setting, nation, shanxi
from model.data.months import MONTHS, MONTHS_A_YEAR, QUARTER, month_index
from model.domains.garage import CLASS_COUNT
from model.indicators.formula import RULED
from model.indicators.ledger import G, L
from model.institutions.policy import Policy
from model.markets.fleet_choice import by_stricter_rule, voluntary
from model.province import Province
from model.state import State, give, take

Floats = NDArray[np.float64]
RULES = ("bus_taxi_clean_share", "service_fleet_nev_share", "gov_nev_min_share")
FIRST = month_index("2024-01")
HOUSEHOLDS = 1_000


def ordered(policy: Policy, levels: dict[str, float], first: int) -> Policy:
    """Return a policy whose levers stand at `levels` from `first` on, everywhere, as delivered."""
    delivered = dict(policy.delivered)
    for lever, level in levels.items():
        path = delivered.get(lever, np.zeros_like(delivered["charging_density"])).copy()
        path[first:] = level
        delivered[lever] = path
    return replace(policy, delivered=delivered)


@pytest.fixture(scope="module")
def setting() -> Setting:
    return shanxi(HOUSEHOLDS, "plan")


@pytest.fixture(scope="module")
def then(setting: Setting) -> State:
    """The province at the end of 2023."""
    province = setting.province()
    province.live(FIRST)
    return take(province)


def quarter(setting: Setting, then: State, levels: dict[str, float]) -> Province:
    """Return the province after the first quarter of 2024 under other levels."""
    province = setting.province(ordered(setting.policy, levels, FIRST))
    give(province, then)
    province.live(FIRST + QUARTER)
    return province


def bought(province: Province, name: str, kind: str = "clean", year: int | None = None) -> Floats:
    """Return what a fleet bought by place, in the last month or in a year."""
    column = province.ledger.placed[:, :, L[f"{name}_bought_{kind}"]]
    if year is None:
        return column[province.month - 1]
    first = month_index(f"{year}-01")
    return column[first : first + MONTHS_A_YEAR].sum(axis=0)


def rates(province: Province, name: str, year: int) -> float:
    clean, other = (bought(province, name, kind, year).sum() for kind in ("clean", "other"))
    return float(clean / (clean + other))


def test_a_higher_share_for_buses_and_taxis_adds_what_one_computes_by_hand(
    setting: Setting, then: State
) -> None:
    low, high = (quarter(setting, then, {"bus_taxi_clean_share": level}) for level in (0.5, 0.8))
    q, depots = low.parameters, low.traffic.depots
    n = (FIRST + QUARTER) // QUARTER - 1
    v, bear = (float(x[n]) for x in depots.choices["bus"])
    lift = (max(0.8 - v, 0.0) - max(0.5 - v, 0.0)) * q["fleet_comply_bus"] * bear
    number = bought(low, "bus") + bought(low, "bus", "other")
    np.testing.assert_array_equal(number, bought(high, "bus") + bought(high, "bus", "other"))
    gap = bought(high, "bus") - bought(low, "bus")
    assert np.abs(gap - number * lift).max() <= 1.0 and lift > 0.0
    for f, shares in enumerate(depots.shares):
        s, hire = shares[CLASS_COUNT:].sum(), depots.weights[FIRST + QUARTER - 1, 0]
        own, _ = voluntary(s, hire, q["fleet_public_share"], q["fleet_hire_odds"])
        lift = (max(0.8 - own, 0.0) - max(0.5 - own, 0.0)) * q["fleet_comply_hire"]
        cars = depots.wanted[0, f].sum()
        got = (high.traffic.depots.wanted - depots.wanted)[0, f, CLASS_COUNT:].sum()
        assert got == pytest.approx(cars * lift, rel=1e-9, abs=1e-9)
    same = ("public", "sanitation", "express")
    for name in same:
        np.testing.assert_array_equal(bought(low, name), bought(high, name))


@pytest.mark.parametrize("lever", RULES)
def test_each_rule_lifts_its_own_fleets_where_they_lag(setting: Setting, then: State, lever: str) -> None:
    low, high = (quarter(setting, then, {lever: level}) for level in (0.0, 1.0))
    bound = {
        "bus_taxi_clean_share": {"bus", "hire"},
        "service_fleet_nev_share": {"sanitation", "express"},
        "gov_nev_min_share": {"public"},
    }[lever]
    moved = {name for name in RULED if (bought(low, name) != bought(high, name)).any()}
    assert moved == bound
    for name in bound:
        assert bought(high, name).sum() > bought(low, name).sum()
    sales = [G[f"sales_{kind}"] for kind in ("ice", "phev", "bev")]
    np.testing.assert_array_equal(
        low.ledger.grouped[:FIRST + QUARTER, :, :, sales], high.ledger.grouped[:FIRST + QUARTER, :, :, sales]
    )  # fmt: skip


def test_nobody_moves_where_nobody_obeys() -> None:
    nobody = dict.fromkeys(
        ("fleet_comply_bus", "fleet_comply_hire", "fleet_comply_express", "pi_compliance_county"), 0.0
    )
    base = shanxi(200)
    low, high = (
        base.province(ordered(base.policy, dict.fromkeys(RULES, level), 0), nobody) for level in (0.0, 1.0)
    )
    for province in (low, high):
        province.live(2 * MONTHS_A_YEAR)
    np.testing.assert_array_equal(low.ledger.placed, high.ledger.placed)


def test_a_rule_that_nobody_can_pay_for_buys_next_to_nothing() -> None:
    base = shanxi(200)
    province = base.province(ordered(base.policy, {"service_fleet_nev_share": 0.3}, 0))
    province.live(5 * MONTHS_A_YEAR)
    assert rates(province, "sanitation", 2019) < 0.05
    broke = base.province(
        ordered(base.policy, {"service_fleet_nev_share": 1.0}, 0), {"fleet_rule_premium": -9.0}
    )
    free = base.province(ordered(base.policy, {"service_fleet_nev_share": 0.0}, 0))
    for other in (broke, free):
        other.live(2 * MONTHS_A_YEAR)
    for name in ("sanitation", "express"):
        column = L[f"{name}_bought_clean"]
        np.testing.assert_array_equal(broke.ledger.placed[..., column], free.ledger.placed[..., column])


def test_a_floor_below_what_institutions_buy_anyway_moves_nothing(setting: Setting, then: State) -> None:
    low, high = (quarter(setting, then, {"gov_nev_min_share": level}) for level in (0.0, 0.35))
    shares = low.traffic.depots.shares[:, CLASS_COUNT:].sum(axis=1)
    assert shares.min() > 0.35
    np.testing.assert_array_equal(low.ledger.placed, high.ledger.placed)


def test_the_nation_holds_its_cities_rules_already() -> None:
    base = nation(200)
    plain = base.province()
    ruled = base.province(ordered(base.policy, dict.fromkeys(RULES, 1.0), 0))
    for province in (plain, ruled):
        province.live(2 * MONTHS_A_YEAR)
    np.testing.assert_array_equal(plain.ledger.placed, ruled.ledger.placed)


def test_all_buses_are_clean_a_life_after_a_rule_that_all_obey() -> None:
    base = shanxi(200)
    obeyed = {"fleet_comply_bus": 1.0, "fleet_rule_premium": 99.0}
    province = base.province(ordered(base.policy, {"bus_taxi_clean_share": 1.0}, 0), obeyed)
    life = province.traffic.depots.fleets["bus"].quarters * QUARTER
    province.live(life)
    stock = province.ledger.placed[:life, :, L["bus_stock_other"]].sum(axis=1)
    bought_other = province.ledger.placed[:life, :, L["bus_bought_other"]].sum()
    assert bought_other == 0.0 and life < MONTHS
    assert stock[life - 1] == 0.0 and stock[life - 2] > 0.0


@pytest.mark.parametrize("s", [0.0, 0.2, 0.5, 0.95])
def test_a_rule_of_the_fitted_years_is_not_counted_twice(s: float) -> None:
    assert by_stricter_rule(s, 0.9, 0.9, 0.8) == s
    assert by_stricter_rule(s, 1.0, 0.9, 0.8) == pytest.approx(s + (1.0 - max(s, 0.9)) * 0.8)
    assert by_stricter_rule(s, 0.0, 0.9, 0.8) == pytest.approx(max(s - max(0.9 - s, 0.0) * 0.8, 0.0))


def test_history_of_car_fleets_is_that_without_rules(setting: Setting) -> None:
    lived = setting.province()
    lived.live(FIRST)
    columns = [L[f"fleet_sales_{kind}"] for kind in ("ice", "phev", "bev")]
    free = ordered(setting.policy, dict.fromkeys(RULES, 0.0), 0)
    loose = setting.province(free)
    loose.live(FIRST)
    before = slice(0, month_index("2022-06"))
    bought, freely = (made.ledger.placed[before][:, :, columns] for made in (lived, loose))
    assert bought.sum() > 0
    np.testing.assert_array_equal(bought, freely)
