"""A coupon lowers the price of a new-energy car for those who claim one, while the year's budget lasts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import scenarios
from app.cli.plan_article import ACTS, NO_LEVER, WAITS, standing
from calibration.asking import after_sales, chances, watch
from calibration.paired import Setting, grant, lived, shanxi
from model.data.load import load_region
from model.data.months import MONTHS, PLAN_ISSUED, month_index
from model.data.parameters import Parameters
from model.domains.sales import Sales
from model.errors import InputError
from model.institutions.policy import Grant, Policy
from model.institutions.treasury import Treasury
from model.province import Province
from scenarios.grant_rules import grant_rules
from scenarios.paths import paths
from scenarios.registry import measures

LEVER, TAKE_UP = "green_coupon_value", "car_coupon_take_up"
BOOK = (LEVER, "province")
START, END = month_index("2026-01"), month_index("2026-12")
NEV = slice(4, 12)
CHOICE_ONLY = {"car_timing_share": 0.0, "veh_scrap_subsidy_hazard": 1.0}


@pytest.fixture(scope="module")
def here() -> Setting:
    """Return the province without any coupon of its own, where nobody plans around dates."""
    made = shanxi(6_000, parameters=Parameters.central().replace(CHOICE_ONLY))
    return replace(made, policy=replace(made.policy, grants=()))


def coupon(setting: Setting, value: float = 0.05, **terms: object) -> Policy:
    own = {"lever": LEVER, "instrument": LEVER, "article": 22, "of_price": True, "take_up": TAKE_UP}
    return grant(setting, value, START, END, **{"cap": 6_000.0, **own, **terms})  # type: ignore[arg-type]


def share(province: Province) -> float:
    sold = province.ledger.expected_options[START : END + 1].sum(axis=(0, 1))
    return float(sold[NEV].sum() / sold.sum())


def same_run(one: Province, other: Province) -> bool:
    names = ("grouped", "placed", "options", "expected_options")
    return all(np.array_equal(getattr(one.ledger, n), getattr(other.ledger, n)) for n in names)


def asked(setting: Setting, policy: Policy | None, cheaper: float = 0.0, cap: float = 0.0):  # type: ignore[no-untyped-def]
    """Return who decides in the first month and with what chances; `cheaper` takes a share off the price."""
    found = []
    province = setting.province(policy)

    def look(month, offers, again):  # type: ignore[no-untyped-def]
        if month == START:
            market = province.traffic.market
            price = market.price[month // 12].reshape(12)
            less = np.where(np.arange(12) >= 4, np.minimum(cheaper * price, cap), 0.0) / market.cpi[month]
            rows, made = chances(province, month, offers._replace(cost=offers.cost - less))
            found.append((province.society.c.considers[rows] == 1, made))

    lived(watch(province, look), START + 1)
    return found[0]


def claims_of(setting: Setting, policy: Policy) -> tuple[Province, np.ndarray]:
    """Return a run to the end of the coupon's year and the cars claimed by month."""
    claimed = np.zeros(MONTHS)

    def look(month: int, sales: Sales) -> None:
        claimed[month] = sales.grant_claims.sum()

    return lived(after_sales(setting.province(policy), look), END + 1), claimed


def test_who_claims_meets_a_price_lower_by_the_coupon_and_nobody_else_does(here: Setting) -> None:
    larger = shanxi(15_000, parameters=here.parameters)
    larger = replace(larger, policy=here.policy)
    considers, before = asked(larger, None)
    _, after = asked(larger, coupon(larger))
    _, cheaper = asked(larger, None, cheaper=0.05, cap=6_000.0)
    moved = (after != before).any(axis=1)
    assert not moved[~considers].any()
    np.testing.assert_allclose(after[moved], cheaper[moved], rtol=1e-9, atol=1e-12)
    assert ((after - before)[moved, 4:].sum(axis=1) > 0).all()
    n, p = int(considers.sum()), here.parameters[TAKE_UP]
    assert n > 50 and abs(moved[considers].mean() - p) < 4 * (p * (1 - p) / n) ** 0.5


def test_coupons_of_six_thousand_yuan_for_all_move_the_share_by_one_to_three_points(here: Setting) -> None:
    base = lived(here.province(), END + 1)
    paid = lived(here.province(coupon(here, 0.3, take_up="")), END + 1)
    assert 0.01 < share(paid) - share(base) < 0.03


def test_a_higher_share_of_the_price_pays_more_until_the_cap(here: Setting) -> None:
    each = []
    for value, cap in ((0.01, 1e9), (0.05, 1e9), (0.2, 1_000.0), (0.3, 1_000.0)):
        run = lived(here.province(coupon(here, value, cap=cap)), END + 1)
        each.append(run.treasury.books[BOOK].sum() / run.treasury.units[BOOK].sum())
    assert 4.5 * each[0] < each[1] < 5.5 * each[0]  # 5 % and 1 % of much the same cars
    assert each[2] == pytest.approx(1_000.0) and each[3] == pytest.approx(1_000.0)


def test_a_coupon_that_cannot_be_had_changes_nothing(here: Setting) -> None:
    base = lived(here.province(), END + 1)
    none_claim = {TAKE_UP: 0.0}
    for policy, changes in (
        (coupon(here, budget=0.0), {}),
        (coupon(here, cap=0.0), {}),
        (coupon(here, options=()), {}),
        (coupon(here, price_ceiling=1.0), {}),
        (coupon(here), none_claim),
    ):
        assert same_run(base, lived(here.province(policy, changes), END + 1))


def test_coupons_stay_in_the_drawer_where_nobody_considers_a_new_energy_car(here: Setting) -> None:
    closed = {"car_consideration_2015": 0.0, "car_contagion_p": 0.0, "car_contagion_q": 0.0}
    base = lived(here.province(changes=closed), END + 1)
    paid = lived(here.province(coupon(here, 0.3), closed), END + 1)
    assert share(base) == 0.0 and same_run(base, paid)
    assert not paid.treasury.units[BOOK].any()


def test_when_the_budget_of_the_year_is_spent_claims_stop(here: Setting) -> None:
    free, wanted = claims_of(here, coupon(here))
    budget = float(free.treasury.books[BOOK].sum()) / 4.0
    tight, served = claims_of(here, coupon(here, budget=budget))
    spent = tight.treasury.books[BOOK].sum()
    assert 0.9 * budget < spent <= budget * (1 + 1e-12)
    assert served[START] == wanted[START] > 0
    # a quarter of the money lasts a quarter of the year
    assert served[START + 6 : END + 1].sum() < 0.05 * wanted[START + 6 : END + 1].sum()
    later = slice(START + 6, END + 1)
    runs = (free, tight, lived(here.province(), END + 1))
    free_nev, tight_nev, no_nev = (run.ledger.expected_options[later][..., NEV].sum() for run in runs)
    assert free_nev > tight_nev and abs(tight_nev - no_nev) < 0.2 * (free_nev - no_nev)


def test_coupons_under_different_terms_share_the_budget_of_one_pot(tmp_path: Path) -> None:
    path = tmp_path / "split.toml"
    path.write_text(
        'schema = 1\nname = "split"\nextends = "no_plan"\n[[change]]\nlever = "green_coupon_value"\n'
        'options = ["bev"]\npath = { 2023-01 = 0.1 }\n',
        encoding="utf-8",
    )
    setting = shanxi(3_000)
    policy = scenarios.load(path).resolve(setting.people.region)
    offered = [g for g in policy.grants if g.instrument == LEVER]
    assert {g.options for g in offered if g.amount[START].any()} == {("bev",), ("phev",)}
    assert {g.budget for g in offered} == {144e6}
    books = lived(setting.province(policy), START).treasury.books[BOOK].sum(axis=(1, 2))
    assert (books[8:11] > 0.8 * 144e6).all() and books.max() <= 144e6 * (1 + 1e-12)


@pytest.fixture(scope="module")
def by_month() -> dict[str, np.ndarray]:
    """Return cars bought by month without a coupon, with one that all may have, and with a pot soon empty."""
    setting = shanxi(40_000)
    setting = replace(setting, policy=replace(setting.policy, grants=()))
    rich = {"value": 0.3, "cap": 30_000.0, "take_up": ""}
    policies = {"none": None, "free": coupon(setting, **rich), "empty": coupon(setting, **rich, budget=1e8)}
    runs = {name: lived(setting.province(policy), END + 9) for name, policy in policies.items()}
    return {name: run.ledger.expected_options.sum(axis=(1, 2)) for name, run in runs.items()}


def test_buyers_wait_for_coupons_come_before_the_last_and_are_missing_after(
    by_month: dict[str, np.ndarray],
) -> None:
    gain = by_month["free"] / np.maximum(by_month["none"], 1.0) - 1.0
    assert np.array_equal(by_month["free"][: START - 6], by_month["none"][: START - 6])
    assert gain[START - 2 : START].mean() < -0.005
    assert gain[END - 1 : END + 1].mean() > 0.01
    assert gain[END + 1 : END + 9].mean() < -0.005


def test_nobody_hurries_for_a_pot_that_is_empty(by_month: dict[str, np.ndarray]) -> None:
    rush = {name: sales[END - 1 : END + 1].sum() for name, sales in by_month.items()}
    assert rush["free"] > 1.01 * rush["none"]
    assert abs(rush["empty"] - rush["none"]) < 0.3 * (rush["free"] - rush["none"])


def test_the_treasury_adds_up_over_grants_and_levers(here: Setting) -> None:
    count = len(here.people.region.places)
    where = np.arange(count) < count // 2
    both = coupon(here, 0.3, places=where, cap=2_000.0)
    other = coupon(here, 0.3, places=~where, cap=2_000.0)
    split = replace(both, grants=(*both.grants, *other.grants))
    one = lived(here.province(coupon(here, 0.3, cap=2_000.0)), END + 1).treasury
    two = lived(here.province(split), END + 1).treasury
    np.testing.assert_allclose(one.books[BOOK], two.books[BOOK], rtol=1e-12)
    np.testing.assert_allclose(one.books[BOOK], 2_000.0 * one.units[BOOK], rtol=1e-9)

    subsidy = grant(here, 5_000.0, START, END)
    run = lived(here.province(replace(subsidy, grants=(*subsidy.grants, *both.grants))), END + 1)
    claimed, money = np.zeros(2), np.zeros(2)
    for k, name in enumerate(("nev_purchase_subsidy", LEVER)):
        claimed[k] = run.treasury.units[name, "province"].sum()
        money[k] = run.treasury.books[name, "province"].sum()
    np.testing.assert_allclose(money, claimed * (5_000.0, 2_000.0), rtol=1e-9)
    assert 0 < claimed[1] < claimed[0]


def test_the_level_of_the_parent_again_changes_no_bit() -> None:
    for name in ("no_plan", "current"):
        parent = scenarios.load(name)
        child = parent.with_levers(green_coupon_value="0.02@2025-01..2026-12")
        region = load_region()
        assert child.resolve(region).fingerprint == parent.resolve(region).fingerprint


def test_the_scenarios_pay_what_their_paths_say_on_cars_since_june_2022() -> None:
    region = load_region()
    levels = {"no_plan": (0.02, 0.02), "current": (0.05, 0.02), "plan": (0.05, 0.05)}
    assert grant_rules()[LEVER][0].first == PLAN_ISSUED == month_index("2022-06")
    assert paths()[LEVER].budget * grant_rules()[LEVER][0].share == pytest.approx(144e6)  # 24 of 50 parts
    for name, (first, last) in levels.items():
        (paid,) = (g for g in scenarios.load(name).resolve(region).grants if g.instrument == LEVER)
        assert (paid.amount[PLAN_ISSUED] == first).all() and (paid.amount[-1] == last).all()
        assert not paid.amount[:PLAN_ISSUED].any()
        assert (paid.budget, paid.cap, paid.options, paid.article) == (144e6, 6e3, ("phev", "bev"), 22)
        served = paid.coverage[-1]
        if name == "plan":  # what stands without the plan is served in full, the increment by capacity
            covered = np.minimum(1.0, region.city_capacity)
            np.testing.assert_allclose(served, (0.02 + 0.03 * covered) / 0.05)
        else:
            assert (served == 1.0).all()


def test_without_article_22_coupons_stay_as_they_were() -> None:
    region = load_region()
    (left,) = (g for g in scenarios.load("plan").without(22).resolve(region).grants if g.instrument == LEVER)
    (before,) = (g for g in scenarios.load("no_plan").resolve(region).grants if g.instrument == LEVER)
    np.testing.assert_array_equal(left.amount, before.amount)
    np.testing.assert_array_equal(left.coverage, before.coverage)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("path = { 2026-01 = 0.5 }", "out_of_range"),
        ('path = { 2026-01 = 0.1 }\noptions = ["ice"]', "bad_option"),
        ("path = { 2026-01 = 0.1 }\ncap = -1", "out_of_range"),
        ('path = { 2026-01 = 0.1 }\nbudget = "much"', "wrong_type"),
        ('path = { 2026-01 = 0.1 }\nunit = "CNY"', "wrong_unit"),
        ("path = { 2020-01 = 0.1 }", "before_plan"),
    ],
)
def test_terms_of_a_coupon_are_checked_at_the_door(tmp_path: Path, line: str, code: str) -> None:
    path = tmp_path / "mine.toml"
    head = 'schema = 1\nname = "mine"\nextends = "no_plan"\n[[change]]\nlever = "green_coupon_value"\n'
    path.write_text(head + line + "\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        scenarios.load(path)
    assert raised.value.code == code


def test_terms_of_a_coupon_arrive(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\nname = "mine"\nextends = "no_plan"\n[[change]]\nlever = "green_coupon_value"\n'
        'places = ["*.rural"]\ngroups = ["q1"]\noptions = ["bev"]\ncap = 4000\nbudget = 1e7\n'
        'price_ceiling = 150000\nrequires = "trade_in"\npath = { 2026-01 = 0.1 }\nuntil = "2026-06"\n',
        encoding="utf-8",
    )
    (own,) = (g for g in scenarios.load(path).resolve(load_region()).grants if g.budget == 1e7)
    assert (own.options, own.cap, own.price_ceiling, own.requires) == (("bev",), 4e3, 150e3, "trade_in")
    assert own.of_price and own.take_up == TAKE_UP
    rural = np.array([not place.urban for place in load_region().places])
    assert (own.amount[START][rural, 0] == 0.1).all() and not own.amount[START][rural, 1:].any()
    assert not own.amount[START][~rural].any() and not own.amount[month_index("2026-07")].any()


def test_a_month_that_serves_few_and_hears_of_none_does_not_reopen_the_pot() -> None:
    made = Grant(LEVER, LEVER, 22, np.full((MONTHS, 1, 5), 0.05), np.ones((MONTHS, 1)), budget=100.0)
    treasury = Treasury(1, (made,))
    for month, asked in ((0, 99.0), (1, 0.0)):
        covered = treasury.covered(month, treasury.funded(month))
        treasury.pay_grants(month, np.full((1, 1, 5), asked / 5), np.ones((1, 1, 5), np.int64), covered)
    assert treasury.funded(2)[0] == pytest.approx(1.0 / 99.0)
    assert treasury.funded(12)[0] == 1.0  # a new year, a new budget


def test_the_registry_says_what_acts_what_waits_and_what_moves_nothing() -> None:
    found = {one.id: standing(one) for one in measures()}
    assert (found["A22-03"], found["A22-10"]) == (ACTS, WAITS)
    assert (found["A24-02"], found["A18-01"]) == (ACTS, NO_LEVER)
