"""Runs that go on from a common past are, bit for bit, the runs that lived it themselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments.common_past import Pasts, Trunk, simulate_from, trunk_of
from experiments.study_reading import read_study
from experiments.sweep_runs import SweepRuns
from model import RunResult, simulate
from model.data.levers import levers
from model.data.load import load_region
from model.data.months import MONTHS, MONTHS_A_YEAR, PLAN_ISSUED, month_index
from model.data.parameters import Parameters, draws
from model.institutions.fold import ACTING
from model.institutions.policy import Policy
from model.state import parting
from scenarios import Scenario

HOUSEHOLDS, ROOM, LAST = 600, 1 << 30, "2030-12"
FROM = "2026-03"
MONEY = "nev_purchase_subsidy"
GRID = """
schema = 1
name = "later"
label.zh = "以后"
label.en = "Later"
method = "grid"
scenarios = ["plan"]
households = 500
replicates = 2
outcomes = ["nev_new_sales_share@2030"]

[[factor]]
lever = "nev_purchase_subsidy"
from = "2026-03"
values = [0, 4000]
"""


@pytest.fixture(scope="module")
def plan() -> Scenario:
    return scenarios.load("plan")


def meant(scenario: Scenario, region: str = "shanxi") -> Policy:
    return scenario.resolve(load_region(region))


def lived(
    trunk: Trunk | None, policy: Policy, pasts: Pasts, seed: int = 5, drawn: Parameters | None = None,
    until: str = LAST, region: str = "shanxi",
) -> RunResult:  # fmt: skip
    return simulate_from(
        trunk, policy, region=region, households=HOUSEHOLDS, seed=seed, parameters=drawn, until=until,
        pasts=pasts,
    )  # fmt: skip


def whole(policy: Policy, seed: int = 5, drawn: Parameters | None = None, until: str = LAST) -> RunResult:
    return simulate(policy, households=HOUSEHOLDS, seed=seed, parameters=drawn, until=until)


def same(one: RunResult, other: RunResult) -> None:
    np.testing.assert_array_equal(one.values, other.values)
    pd.testing.assert_frame_equal(one.outlays, other.outlays, check_exact=True)
    for name in ("grouped", "placed", "options", "expected_options"):
        np.testing.assert_array_equal(getattr(one.ledger, name), getattr(other.ledger, name))
    assert (one.scenario, one.households, one.central) == (other.scenario, other.households, other.central)


@pytest.mark.parametrize("lever", ACTING)
def test_every_lever_moved_later_goes_on_from_the_past_it_shares(plan: Scenario, lever: str) -> None:
    about = levers()[lever]
    furthest = max(about.min, about.max, key=lambda level: abs(level - about.default_2022))
    changed = meant(plan.with_levers(**{lever: f"{furthest:g}@{FROM}..2029-06"}))
    trunk = trunk_of(meant(plan), (changed,))
    assert trunk is not None and trunk.months >= month_index("2025-01")
    same(lived(trunk, changed, Pasts(ROOM)), whole(changed))


def test_one_past_serves_every_level_and_is_lived_once(plan: Scenario) -> None:
    pasts, drawn = Pasts(ROOM), draws(3)[2]
    policies = [meant(plan.with_levers(**{MONEY: f"{yuan}@{FROM}..2028-12"})) for yuan in (0, 9_000)]
    trunk = trunk_of(meant(plan), policies)
    assert trunk is not None
    begun = []
    for policy in (*policies, meant(plan)):
        months: list[int] = []
        found = simulate_from(
            trunk, policy, region="shanxi", households=HOUSEHOLDS, seed=8, parameters=drawn, until=LAST,
            progress=lambda month, _last, seen=months: seen.append(month), pasts=pasts,  # type: ignore[misc]
        )  # fmt: skip
        begun.append(months[0])
        assert months == list(range(months[0], MONTHS + 1))
        same(found, whole(policy, 8, drawn))
    assert begun == [1, trunk.months + 1, trunk.months + 1]


def test_other_seeds_draws_and_last_months_have_pasts_of_their_own(plan: Scenario) -> None:
    pasts, changed = Pasts(ROOM), meant(plan.with_levers(**{MONEY: f"9000@{FROM}..2028-12"}))
    trunk = trunk_of(meant(plan), (changed,))
    for seed, drawn, until in ((5, None, LAST), (6, None, LAST), (5, draws(2)[1], LAST), (5, None, "2026-06"),
                               (5, None, "2024-11")):  # fmt: skip
        same(lived(trunk, changed, pasts, seed, drawn, until), whole(changed, seed, drawn, until))


def test_the_nation_has_a_past_too() -> None:
    base = scenarios.load("current")
    changed = meant(base.with_levers(parking_fee=f"9@{FROM}..2030-12@*.urban"), "china")
    trunk = trunk_of(meant(base, "china"), (changed,))
    assert trunk is not None
    found = lived(trunk, changed, Pasts(ROOM), region="china")
    same(found, simulate(changed, region="china", households=HOUSEHOLDS, seed=5))


def test_policies_part_where_people_learn_of_the_difference(plan: Scenario) -> None:
    base = meant(plan)
    assert parting(base, base) == MONTHS
    known_half_a_year_ahead = meant(plan.with_levers(**{MONEY: "9000@2026-01..2028-12"}))
    assert parting(base, known_half_a_year_ahead) == month_index("2025-07")
    without_notice = meant(plan.with_levers(residential_block_step="0.5@2026-01..2028-12"))
    assert parting(base, without_notice) == parting(without_notice, base) == month_index("2026-01")


def test_what_differs_before_the_plan_or_in_the_world_shares_nothing(plan: Scenario) -> None:
    base = meant(plan)
    assert parting(base, meant(scenarios.load("no_plan"))) <= PLAN_ISSUED
    assert parting(base, meant(scenarios.load("renewed"))) == 0
    dearer = {"petrol_price": np.full(MONTHS, 9.0)}
    assert parting(base, replace(base, world=dearer)) == parting(replace(base, world=dearer), base) == 0
    assert parting(base, replace(base, parameters={"el_use_income_elasticity": 0.3})) == 0
    assert trunk_of(base, (meant(scenarios.load("no_plan")),)) is None
    assert trunk_of(base, ()) is None
    assert trunk_of(replace(base, fingerprint=""), (base,)) is None


def test_a_policy_that_leaves_the_past_earlier_is_lived_from_the_start(plan: Scenario) -> None:
    early = meant(plan.with_levers(**{MONEY: "9000@2023-01..2024-12"}))
    same(lived(Trunk(meant(plan), 10 * MONTHS_A_YEAR), early, Pasts(ROOM)), whole(early))


def test_states_that_find_no_room_are_not_kept_and_change_nothing(plan: Scenario) -> None:
    changed = meant(plan.with_levers(**{MONEY: f"9000@{FROM}..2028-12"}))
    trunk = trunk_of(meant(plan), (changed,))
    assert trunk is not None
    none, one = Pasts(0), Pasts(20 << 20)
    keys = [
        (trunk.policy.fingerprint, trunk.months, "shanxi", HOUSEHOLDS, seed, "central") for seed in (5, 6)
    ]
    for pasts, kept in ((none, (False, False)), (one, (True, False))):
        for seed in (5, 6):
            same(lived(trunk, changed, pasts, seed), whole(changed, seed))
        assert tuple(pasts.get(key) is not None for key in keys) == kept
    later = replace(trunk, months=trunk.months - MONTHS_A_YEAR)
    same(lived(later, changed, one, 6), whole(changed, 6))
    assert one.get(keys[0]) is None, "another question's state gave way"


def test_the_points_of_a_sweep_share_a_past(tmp_path: Path) -> None:
    (tmp_path / "later.toml").write_text(GRID, encoding="utf-8")
    runs = SweepRuns(read_study(tmp_path / "later.toml"))
    trunks = [runs.trunk(number) for number in range(runs.total)]
    assert {trunk.months for trunk in trunks if trunk} == {month_index("2025-01")} and all(trunks)
