"""Scenarios obey the rules of paths, shares, capacity, lag and inheritance, month by month."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import scenarios
from model.data.levers import levers
from model.data.load import load_region
from model.data.months import MONTHS, PLAN_ISSUED, month_index, month_text
from model.data.region import SERIES, Region
from model.errors import InputError
from model.institutions.fold import ACTING, BY_GROUP, IN_TOWNS, delivery_constants, levels_along
from model.institutions.policy import GROUPS, Grant, Policy
from scenarios.levels import base_levels
from scenarios.paths import paths
from scenarios.registry import instruments
from scenarios.settings import world

SHANXI = load_region("shanxi")
HEAD = 'schema = 1\nname = "{name}"\nextends = "{parent}"\n'


def resolved(scenario: scenarios.Scenario | str, region: Region = SHANXI) -> Policy:
    return (scenarios.load(scenario) if isinstance(scenario, str) else scenario).resolve(region)


def same(one: Policy, two: Policy) -> bool:
    return one.fingerprint == two.fingerprint


def subsidies(policy: Policy) -> list[Grant]:
    """Return the grants of the purchase subsidy, without those of other levers."""
    return [grant for grant in policy.grants if grant.lever == "nev_purchase_subsidy"]


def place(code: str) -> int:
    return [p.code for p in SHANXI.places].index(code)


def written(tmp_path: Path, text: str, name: str = "mine", parent: str = "plan") -> scenarios.Scenario:
    path = tmp_path / f"{name}.toml"
    path.write_text(HEAD.format(name=name, parent=parent) + text, encoding="utf-8")
    return scenarios.load(path)


def test_the_shipped_scenarios_are_listed_main_three_first() -> None:
    assert scenarios.names()[:3] == ("no_plan", "current", "plan")
    for name in scenarios.names():
        scenario = scenarios.load(name)
        assert scenario.name == name
        assert set(scenario.label) == {"zh", "en"} == set(scenario.about)


def test_all_scenarios_share_one_history_before_june_2022() -> None:
    histories = {}
    for name in scenarios.names():
        policy = resolved(name)
        for part in (policy.ordered, policy.delivered):
            for lever, levels in part.items():
                before = histories.setdefault(lever, levels[:PLAN_ISSUED])
                np.testing.assert_array_equal(levels[:PLAN_ISSUED], before)
        assert all(not grant.amount[:PLAN_ISSUED].any() for grant in policy.grants)


KEPT_BY_THE_PLAN = {"residential_block_step", "residential_block_threshold"}


def test_the_plan_differs_from_no_plan_in_every_acting_lever_but_the_tiers_it_keeps() -> None:
    no_plan, plan = resolved("no_plan"), resolved("plan")
    for lever in plan.ordered:
        gap = plan.ordered[lever][PLAN_ISSUED:] - no_plan.ordered[lever][PLAN_ISSUED:]
        assert (np.abs(gap).max() > 0) == (lever not in KEPT_BY_THE_PLAN)
    assert not subsidies(no_plan) and len(subsidies(plan)) == 1


def test_paths_are_straight_between_points_and_flat_outside() -> None:
    levels = levels_along(((12, 1.0), (14, 3.0), (15, 10.0)))
    assert levels[0] == levels[12] == 1.0
    assert levels[13] == 2.0
    assert levels[14] == 3.0 and levels[15] == levels[-1] == 10.0


def test_the_plans_grant_is_rural_for_plug_in_cars_within_a_budget() -> None:
    (grant,) = subsidies(resolved("plan"))
    rural = np.array([not p.urban for p in SHANXI.places])
    month = month_index("2024-06")
    assert (grant.amount[month][rural] == 3000).all() and not grant.amount[:, ~rural].any()
    assert not grant.amount[month_index("2026-01")].any() and not grant.amount[month_index("2022-12")].any()
    assert (grant.options, grant.budget, grant.article) == (("phev", "bev"), 3e8, 7)


def test_capacity_discounts_the_increment_once_as_worked_out_by_hand() -> None:
    capacity = np.ones(len(SHANXI.places))
    capacity[place("140200.urban")] = 0.75
    region = replace(SHANXI, city_capacity=capacity)
    scenario = scenarios.load("plan")
    policy = resolved(scenario, region)
    month = month_index("2025-12")
    # ordered 12 chargers per 100 cars, 6 without the plan; capacity 0.8 of 0.8, in Datong three quarters
    assert policy.ordered["charging_density"][month, 0, 0] == 12
    assert policy.delivered["charging_density"][month, place("140100.urban"), 0] == pytest.approx(12)
    assert policy.delivered["charging_density"][month, place("140200.urban"), 0] == pytest.approx(
        6 + 6 * 0.75
    )
    assert policy.grants[0].coverage[month, place("140200.urban")] == pytest.approx(0.75)
    assert policy.grants[0].amount[month, place("140200.rural"), 0] == 3000
    less = resolved(scenario.without(24), region)
    left = base_levels("implementation_capacity", scenario.base, (24,)).ordered[month]
    assert less.delivered["charging_density"][month, 0, 0] == pytest.approx(6 + 6 * left / 0.8)
    assert left < 0.8


def test_what_is_in_force_is_believed_delivered() -> None:
    current = resolved("current")
    for lever in current.ordered:
        np.testing.assert_array_equal(current.ordered[lever], current.delivered[lever])


def test_leaving_out_articles_leaves_out_their_shares_and_they_add_up() -> None:
    base = scenarios.load("plan").base
    for lever in ACTING:
        whole = base_levels(lever, base)
        alone = [i for i in instruments() if i.lever == lever]
        lost = [whole.ordered - base_levels(lever, base, (i.article,)).ordered for i in alone]
        increment = whole.ordered - whole.no_plan
        np.testing.assert_allclose(sum(lost), increment, atol=1e-9)
        for instrument, loss in zip(alone, lost, strict=True):
            np.testing.assert_allclose(loss, float(instrument.share) * increment, atol=1e-9)
        nothing = base_levels(lever, base, tuple(range(4, 28)))
        np.testing.assert_array_equal(nothing.ordered, whole.no_plan)


def test_the_plan_without_any_article_is_no_plan() -> None:
    scenario = scenarios.load("plan")
    for article in range(4, 28):
        scenario = scenario.without(article)
    assert same(resolved(scenario), resolved("no_plan"))


@pytest.mark.parametrize("parent", ["no_plan", "current", "plan", "plan_late"])
def test_a_change_to_the_same_level_changes_nothing(parent: str, tmp_path: Path) -> None:
    scenario = scenarios.load(parent)
    text = ""
    for lever in ACTING:
        levels = base_levels(lever, scenario.base).ordered[PLAN_ISSUED:]
        if parent == "plan_late":
            points = ", ".join(f"{month_text(PLAN_ISSUED + i)} = {float(v)!r}" for i, v in enumerate(levels))
        else:
            table = paths()[lever].level(parent)
            points = ", ".join(f"{month_text(m)} = {v!r}" for m, v in table if m >= PLAN_ISSUED)
        places = {
            "*.rural": '["*.rural"]',
            "*.urban": '["*.urban"]',
            "all": '["all"]',
            "driving_limit": '["140100.urban"]',
        }
        text += f'[[change]]\nlever = "{lever}"\nplaces = {places[paths()[lever].places]}\n'
        text += f"path = {{ {points} }}\n"
    assert same(resolved(written(tmp_path, text, parent=parent)), resolved(parent))


def test_a_change_holds_inside_its_period_places_and_groups_only() -> None:
    plan = scenarios.load("plan")
    changed = resolved(plan.with_levers(publicity_intensity="9@2026-01..2026-12@taiyuan.urban,大同市@q1,q2"))
    own = resolved(plan)
    gap = changed.ordered["publicity_intensity"] != own.ordered["publicity_intensity"]
    months, places, groups = (sorted(set(axis.tolist())) for axis in np.nonzero(gap))
    assert months == list(range(month_index("2026-01"), month_index("2026-12") + 1))
    assert [SHANXI.places[i].code for i in places] == ["140100.urban", "140200.urban", "140200.rural"]
    assert [GROUPS[i] for i in groups] == ["q1", "q2"]


def test_a_users_change_comes_later_by_the_lag_of_its_kind_at_its_parents_capacity() -> None:
    no_plan = scenarios.load("no_plan")
    region = replace(SHANXI, city_capacity=np.ones(len(SHANXI.places)))
    policy = resolved(
        no_plan.with_levers(charging_density="14@2024-01..2027-12", publicity_intensity=6), region
    )
    start, lag = month_index("2024-01"), int(delivery_constants()["lag_offer"])
    chargers = policy.delivered["charging_density"][:, 0, 0]
    assert policy.ordered["charging_density"][start, 0, 0] == 14
    assert chargers[start + lag - 1] == 6
    assert chargers[start + lag] == pytest.approx(6 + 8 * 0.5 / 0.8)  # capacity without the plan: 0.5
    assert chargers[month_index("2028-12")] > 6 and chargers[month_index("2029-01")] == 6
    publicity = policy.delivered["publicity_intensity"][:, 0, 0]
    assert publicity[PLAN_ISSUED] == 2 and publicity[PLAN_ISSUED + 1] == pytest.approx(2 + 4 * 0.5 / 0.8)


def test_money_comes_at_once_and_capacity_shrinks_who_is_covered_not_the_amount() -> None:
    policy = resolved(scenarios.load("no_plan").with_levers(nev_purchase_subsidy="8000@2026-01..2028-12"))
    (grant,) = subsidies(policy)
    start = month_index("2026-01")
    assert (grant.amount[start] == 8000).all() and not grant.amount[start - 1].any()
    expected = np.minimum(1, 0.5 * SHANXI.city_capacity / 0.8)
    np.testing.assert_allclose(grant.coverage[start], expected)
    assert grant.budget is None


def test_the_order_of_changes_and_settings_does_not_matter(tmp_path: Path) -> None:
    blocks = [
        '[[change]]\nlever = "nev_purchase_subsidy"\nplaces = ["*.rural"]\noptions = ["bev"]\n'
        "path = { 2024-01 = 9000 }\n",
        '[[change]]\nlever = "nev_purchase_subsidy"\nplaces = ["*.urban"]\n'
        "path = { 2026-01 = 100, 2030-12 = 0 }\n",
        '[[change]]\nlever = "charging_density"\npath = { 2026-01 = 20 }\n',
    ]
    found = [
        resolved(written(tmp_path, "".join(order), name=f"n{i}"))
        for i, order in enumerate(permutations(blocks))
    ]
    assert all(same(found[0], other) for other in found)


def test_a_change_of_one_option_leaves_the_other_to_the_parent(tmp_path: Path) -> None:
    text = '[[change]]\nlever = "nev_purchase_subsidy"\nplaces = ["*.rural"]\noptions = ["bev"]\n'
    text += "path = { 2024-01 = 9000 }\nbudget = 1000\nprice_ceiling = 200000\n"
    policy = resolved(written(tmp_path, text))
    month, rural = month_index("2024-06"), place("140100.rural")
    paid = {
        option: [
            g.amount[month, rural, 0]
            for g in subsidies(policy)
            if option in g.options and g.amount[month].any()
        ]
        for option in ("ice", "phev", "bev")
    }
    assert paid == {"ice": [], "phev": [3000], "bev": [9000]}
    (own,) = (g for g in policy.grants if g.budget == 1000)
    assert own.price_ceiling == 200000 and own.options == ("bev",)


def test_new_money_draws_on_the_plans_pot_in_its_years_only() -> None:
    policy = resolved(
        scenarios.load("plan").with_levers(nev_purchase_subsidy="5000@2025-01..2026-12@*.rural")
    )
    pots = {grant.budget: grant for grant in subsidies(policy)}
    assert set(pots) == {3e8, None}
    early, late = month_index("2025-06"), month_index("2026-06")
    rural = place("140100.rural")
    assert pots[3e8].amount[early, rural, 0] == 5000 and not pots[3e8].amount[late].any()
    assert pots[None].amount[late, rural, 0] == 5000 and not pots[None].amount[early].any()


def test_the_child_wins_over_the_parent(tmp_path: Path) -> None:
    written(tmp_path, '[[change]]\nlever = "charging_density"\npath = { 2026-01 = 20 }\n', name="parent")
    child = written(
        tmp_path,
        '[[change]]\nlever = "charging_density"\nplaces = ["140200"]\npath = { 2027-01 = 30 }\n',
        name="child",
        parent="parent",
    )
    levels = resolved(child).ordered["charging_density"][month_index("2028-01"), :, 0]
    assert levels[place("140100.urban")] == 20 and levels[place("140200.rural")] == 30
    assert child.chain == ("plan", "parent")


def test_a_scenario_written_out_reads_back_as_itself(tmp_path: Path) -> None:
    plan = (
        scenarios.load("plan")
        .without(24)
        .with_levers(nev_purchase_subsidy="8000@2026-01..2028-12@*.rural@q1")
    )
    written_out = plan.with_levers(nev_purchase_subsidy=4000, charging_density=9)
    written_out = written_out.with_assumptions(["petrol_price=9.0@2026-01..2030-12", "income=+3%"])
    path = tmp_path / f"{written_out.name}.toml"
    path.write_text(written_out.to_toml(), encoding="utf-8")
    again = scenarios.load(path)
    assert (again.changes, again.assumptions) == (written_out.changes, written_out.assumptions)
    assert same(resolved(again), resolved(written_out))


def test_capacity_itself_can_be_changed_and_acts_on_delivery() -> None:
    weak = resolved(scenarios.load("plan").with_levers(implementation_capacity="0.4@2022-06..2030-12"))
    region_mean = np.minimum(1, 0.4 * SHANXI.city_capacity / 0.8)
    np.testing.assert_allclose(weak.grants[0].coverage[month_index("2025-01")], region_mean)
    month = month_index("2025-12")
    np.testing.assert_allclose(weak.delivered["charging_density"][month, :, 0], 6 + 6 * region_mean)


def test_the_variants_move_what_they_say() -> None:
    late, plan, no_plan = (resolved(name) for name in ("plan_late", "plan", "no_plan"))
    month = month_index("2025-12")
    gaps = [
        p.ordered["charging_density"][:, 0, 0] - no_plan.ordered["charging_density"][:, 0, 0]
        for p in (late, plan)
    ]
    assert gaps[0][month] == pytest.approx(gaps[1][month - 24])
    prices, campaigns = resolved("prices_only"), resolved("campaigns_only")
    np.testing.assert_array_equal(prices.ordered["charging_density"], no_plan.ordered["charging_density"])
    np.testing.assert_array_equal(prices.grants[0].amount, plan.grants[0].amount)
    np.testing.assert_array_equal(
        campaigns.ordered["publicity_intensity"], plan.ordered["publicity_intensity"]
    )
    assert not subsidies(campaigns)
    plus = resolved("plan_plus")
    assert plus.grants[0].amount.max() == 6000 and plus.grants[0].budget == 6e8
    assert plus.ordered["charging_density"][-1, 0, 0] == pytest.approx((12 + 50) / 2)


def test_a_waiting_lever_is_listed_and_its_path_is_kept() -> None:
    assert sorted((*scenarios.waiting(), *ACTING)) == sorted(paths())
    shown = {row.lever: row for row in scenarios.show(scenarios.load("plan"))}
    assert len(shown) == 60 and not shown["scenic_bus_coverage"].acts
    assert shown["parking_fee"].acts and "2030-12 8" in shown["parking_fee"].path


def test_differences_name_policy_and_world_apart() -> None:
    plan = scenarios.load("plan")
    other = plan.with_levers(charging_density=9).with_assumptions(["petrol_price=9"])
    assert [(d.part, d.what) for d in scenarios.diff(plan, other)] == [
        ("policy", "charging_density"),
        ("world", "petrol_price"),
    ]
    assert scenarios.diff(plan, plan) == ()


def test_the_world_is_assumed_for_months_and_in_percent() -> None:
    plan = scenarios.load("plan")
    texts = ["petrol_price=9.0@2026-01..2027-12", "income=+3%@2025-01..", "soc_publicity_halflife=high"]
    policy = resolved(plan.with_assumptions(texts))
    petrol, own = policy.world["petrol_price"], SHANXI.series["petrol_price"]
    inside = slice(month_index("2026-01"), month_index("2027-12") + 1)
    assert (petrol[inside] == 9).all()
    np.testing.assert_array_equal(np.delete(petrol, inside), np.delete(own, inside))
    assert policy.world["income"][month_index("2024-12")] == 1
    assert policy.world["income"][-1] == pytest.approx(1.03)
    assert policy.parameters == {"soc_publicity_halflife": 6.0}
    high = resolved(plan.with_assumptions(["petrol_price=high"])).world["petrol_price"]
    np.testing.assert_array_equal(high[PLAN_ISSUED:], SHANXI.series_high["petrol_price"][PLAN_ISSUED:])
    assert set(world()) == {*SERIES, "income"} - {
        "insurance_phev",
        "insurance_bev",
    }  # no choice reads those two


def test_assumptions_of_one_series_for_different_months_hold_together() -> None:
    plan = scenarios.load("plan")
    child = plan.with_assumptions(["petrol_price=9@2026-01..2026-12", "petrol_price=+50%@2027-01.."])
    petrol, own = resolved(child).world["petrol_price"], SHANXI.series["petrol_price"]
    first, second = month_index("2026-01"), month_index("2027-01")
    assert (petrol[first:second] == 9).all()
    np.testing.assert_allclose(petrol[second:], 1.5 * own[second:])
    np.testing.assert_array_equal(petrol[:first], own[:first])


def test_two_grants_are_the_same_however_they_are_layered() -> None:
    towns, country = "10000@2026-01..2028-12@*.urban", "3000@2026-01..2028-12@*.rural"
    for name in ("no_plan", "plan"):
        parent = scenarios.load(name)
        together = parent.with_levers(nev_purchase_subsidy=[towns, country])
        layered = parent.with_levers(nev_purchase_subsidy=towns).with_levers(nev_purchase_subsidy=country)
        turned = parent.with_levers(nev_purchase_subsidy=country).with_levers(nev_purchase_subsidy=towns)
        offered = resolved(together)
        assert [grant.budget for grant in subsidies(offered) if grant.amount[-36:].any()] == [None, None]
        assert offered.fingerprint == resolved(layered).fingerprint == resolved(turned).fingerprint


def test_places_have_chinese_parts_too() -> None:
    plan = scenarios.load("plan")
    for chinese, english in (("*.城镇", "*.urban"), ("*.农村", "*.rural"), ("太原.农村", "140100.rural")):
        change = plan.with_levers(charging_density=f"9@{chinese}").changes[-1]
        assert change.places == (english,)


def test_a_city_of_another_region_is_refused_on_resolving() -> None:
    scenario = scenarios.load("plan").with_levers(publicity_intensity="5@2026-01..2026-12@taiyuan")
    with pytest.raises(InputError) as raised:
        scenario.resolve(load_region("china"))
    assert raised.value.code == "place_not_in_region"


def test_importing_scenarios_is_light() -> None:
    code = "import sys, scenarios; scenarios.check('x.toml'); scenarios.show(scenarios.load('plan'));"
    code += "print(sorted({'numba', 'mesa', 'plotly', 'pandas'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


PLACES = st.sampled_from(
    ["all", "*.urban", "*.rural", "all.rural", "140100", "taiyuan.urban", "大同", "晋城市.rural"]
)
MONTH = st.integers(PLAN_ISSUED, MONTHS - 1)


@settings(max_examples=60, deadline=None)
@given(
    lever=st.sampled_from(ACTING),
    part=st.floats(0, 1),
    ends=st.tuples(MONTH, MONTH),
    where=PLACES,
    data=st.data(),
)
def test_any_accepted_setting_keeps_levels_in_range(
    lever: str, part: float, ends: tuple[int, int], where: str, data: st.DataObject
) -> None:
    assume(lever not in IN_TOWNS or not where.endswith("rural"))
    path = paths()[lever]
    value = round(path.low + part * (path.high - path.low), 6)
    text = f"{lever}={value:f}@{month_text(min(ends))}..{month_text(max(ends))}@{where}"
    if lever in BY_GROUP:
        text += "@" + ",".join(data.draw(st.lists(st.sampled_from(GROUPS), min_size=1, unique=True)))
    parent = scenarios.load(data.draw(st.sampled_from(scenarios.names())))
    policy = resolved(parent.with_settings([text]))
    for part_of in (policy.ordered, policy.delivered):
        for name, levels in part_of.items():
            low, high = min(paths()[name].low, paths()[name].elsewhere or 0), paths()[name].high
            assert levels.min() >= low and levels.max() <= high
    assert all(g.amount.min() >= 0 and g.amount.max() <= 30000 for g in policy.grants)
    assert all(g.coverage.min() >= 0 and g.coverage.max() <= 1 for g in policy.grants)


def test_what_was_set_or_assumed_is_named_by_its_label_in_both_languages():
    plan = scenarios.load("plan")
    changed = plan.with_levers(nev_purchase_subsidy=8000, charging_density=20)
    assert changed.label["zh"].startswith(f"{plan.label['zh']}（改动新能源汽车购置补贴 8000、公共充换电密度")
    named = ", ".join(
        f"{levers()[lever].label['en']} {value}"
        for lever, value in (("nev_purchase_subsidy", 8000), ("charging_density", 20))
    )
    assert changed.label["en"] == f"{plan.label['en']} (with {named})"
    here = plan.with_settings(["nev_purchase_subsidy=8000@2026-01..2028-12@农村,太原.城镇@q1,q2"])
    assert here.label["zh"].endswith("8000，2026-01..2028-12，农村，太原城镇，q1 q2）")
    assert {"2026-01..2028-12", "rural", "Taiyuan urban"} <= set(here.label["en"].split(", "))
    many = changed.with_levers(
        nev_purchase_subsidy=1, charging_density=20, publicity_intensity=1, nev_road_right_advantage=0.5
    )
    assert "等 4 项" in many.label["zh"] and "and 1 more" in many.label["en"]
    assumed = plan.with_assumptions(["petrol_price=9", "soc_publicity_halflife=low"])
    assert "petrol price" in assumed.label["en"] and "汽油价格" in assumed.label["zh"]
    assert "halflife" not in "".join(assumed.label.values())


@pytest.mark.parametrize(("typed", "part"), [("农村", "rural"), ("城镇", "urban"), ("rural", "rural")])
def test_town_and_country_may_be_named_as_results_name_them(typed: str, part: str) -> None:
    made = scenarios.load("plan").with_settings([f"nev_purchase_subsidy=8000@{typed}"])
    assert made.changes[-1].places == (f"*.{part}",)


def test_a_whole_level_is_written_without_a_point_and_any_level_is_read_back(tmp_path: Path) -> None:
    settings = ["nev_purchase_subsidy=8000", "charging_density=7.123456789012345"]
    made = scenarios.load("plan").with_settings(settings)
    text = made.to_toml()
    assert " = 8000 }" in text and "8000.0" not in text
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    assert scenarios.load(file).changes == made.changes
