"""Same scenario, region, numbers, seed and households: same bytes, whatever the threads, hashes, zone or
order."""

from __future__ import annotations

import ast
import hashlib
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import scenarios
from experiments.ensemble import run_ensemble
from model.data.load import load_region
from model.data.months import MONTHS, PLAN_ISSUED, month_index
from model.data.parameters import Parameters
from model.indicators.ledger import GROUPED
from model.institutions.policy import Grant, Policy
from model.population.synthesis import synthesise
from model.province import Province
from model.result import RunResult
from model.run import simulate

ROOT = Path(__file__).parents[1]
SHANXI = load_region("shanxi")
HOUSEHOLDS = 1500


def digest(result: RunResult) -> str:
    """Return the SHA-256 of everything that a run leaves behind."""
    made = hashlib.sha256()
    ledger = result.ledger
    for array in (ledger.grouped, ledger.placed, ledger.options, ledger.expected_options, result.values):
        made.update(np.ascontiguousarray(array).tobytes())
    for key in sorted(result.treasury.books):
        made.update(repr(key).encode())
        made.update(result.treasury.books[key].tobytes() + result.treasury.units[key].tobytes())
    return made.hexdigest()


def run(name: str = "plan", until: str = "2023-12", **more: Any) -> RunResult:
    arguments = {"households": HOUSEHOLDS, "seed": 4, "until": until, **more}
    return simulate(scenarios.load(name), **arguments)


def lived(
    policy: Policy, months: int, seed: int = 4, households: int = HOUSEHOLDS, **numbers: float
) -> Province:
    people, parameters = synthesise("shanxi", households), Parameters.central().replace(numbers)
    province = Province(people, policy, parameters, seed)
    province.live(months)
    return province


def same_ledger(one: Province, two: Province, months: slice = slice(None)) -> bool:
    a, b = one.ledger, two.ledger
    return all(
        np.array_equal(getattr(a, name)[months], getattr(b, name)[months])
        for name in ("grouped", "placed", "options", "expected_options")
    )


def extra_grant(amount: float, place: int, first: int) -> Grant:
    shape = (MONTHS, len(SHANXI.places), 5)
    paid = np.zeros(shape)
    paid[first:, place] = amount
    return Grant("nev_purchase_subsidy", "extra", 7, paid, np.ones(shape[:2]))


def test_runs_repeat_in_any_order_and_do_not_touch_the_shared_people() -> None:
    first = digest(run())
    other = digest(run("no_plan", seed=9))
    assert digest(run()) == first
    assert digest(run("no_plan", seed=9)) == other != first


def test_places_side_by_side_give_the_bytes_of_one_after_the_other() -> None:
    assert digest(run(threads=2)) == digest(run(threads=1))


def test_ensembles_do_not_depend_on_their_threads() -> None:
    made = [
        run_ensemble(
            [scenarios.load("no_plan"), scenarios.load("plan")],
            households=600, replicates=2, seed=3, until="2023-12", threads=threads,
        )
        for threads in (1, 2)
    ]  # fmt: skip
    assert made[0].values.tobytes() == made[1].values.tobytes()
    assert made[0].luck.tobytes() == made[1].luck.tobytes()
    assert made[0].outlays.equals(made[1].outlays) and len(made[0].outlays) > 0


def test_hash_seed_time_zone_and_locale_change_no_byte() -> None:
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}]\n"
        "from tests.test_same_bytes import digest, run\n"
        "print(digest(run()))"
    )
    worlds = (
        ("0", "UTC", "C"),
        ("1", "Asia/Shanghai", "zh_CN.UTF-8"),
        ("random", "America/St_Johns", "C.UTF-8"),
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hashes, "TZ": zone, "LC_ALL": locale},
        )
        for hashes, zone, locale in worlds
    ]  # fmt: skip
    assert {process.communicate()[0].strip() for process in started} == {digest(run())}


def _forbidden(*_: object, **__: object) -> None:
    raise AssertionError("a global random generator was used")


def test_no_global_random_generator_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = {id(np.random.mtrand._rand), id(random._inst)}  # type: ignore[attr-defined]
    closed = 0
    for module in (np.random, random):
        for name in dir(module):
            if id(getattr(getattr(module, name), "__self__", None)) in shared:
                monkeypatch.setattr(module, name, _forbidden)
                closed += 1
    assert closed > 60
    with pytest.raises(AssertionError):
        np.random.random()
    before = digest(run(until="2016-12"))
    monkeypatch.undo()
    assert digest(run(until="2016-12")) == before


def test_no_kernel_asks_numpy_for_chance() -> None:
    allowed = {("parameters.py", "Generator"), ("parameters.py", "PCG64")}
    found = set()
    for path in sorted((ROOT / "model").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                assert not {"random", "numpy.random", "secrets"} & set(names), path
            inner = node.value if isinstance(node, ast.Attribute) else None
            if (
                isinstance(node, ast.Attribute)
                and isinstance(inner, ast.Attribute)
                and inner.attr == "random"
            ):
                found.add((path.name, node.attr))
    assert found <= allowed


def test_a_grant_of_nothing_and_a_lever_set_to_what_it_was_change_nothing() -> None:
    policy = scenarios.load("no_plan").resolve(SHANXI)
    plain = lived(policy, 120)
    nothing = replace(policy, grants=(*policy.grants, extra_grant(0.0, 0, 0)))
    assert same_ledger(plain, lived(nothing, 120))
    same = scenarios.load("no_plan").with_levers(nev_purchase_subsidy="0@2023-01..2025-12")
    assert same_ledger(plain, lived(same.resolve(SHANXI), 120))


def test_another_grant_shifts_nobody_elses_draws() -> None:
    first, last = month_index("2024-03"), len(SHANXI.places) - 1
    policy = scenarios.load("plan").resolve(SHANXI)
    more = replace(policy, grants=(*policy.grants, extra_grant(200_000.0, last, first)))
    plain, moved = lived(policy, first + 1, households=20_000), lived(more, first + 1, households=20_000)
    assert same_ledger(plain, moved, slice(0, first))
    before, after = plain.ledger.grouped[first], moved.ledger.grouped[first]
    assert np.array_equal(before[:last], after[:last])
    assert np.array_equal(before[last, :, GROUPED.index("buyers")], after[last, :, GROUPED.index("buyers")])
    assert not np.array_equal(before[last], after[last])


def same_columns(one: Province, two: Province, names: tuple[str, ...]) -> None:
    alive = np.asarray(one.society.c.active) == 1
    for name in names:
        a, b = np.asarray(getattr(one.society.c, name)), np.asarray(getattr(two.society.c, name))
        assert np.array_equal(a[alive], b[alive]), name


def test_a_policy_moves_no_turnover_income_or_threshold() -> None:
    one, two = (lived(scenarios.load(name).resolve(SHANXI), 156) for name in ("no_plan", "plan_plus"))
    same_columns(one, two, ("active", "size", "income_z", "log_income", "quintile", "dissolve_due"))
    assert not np.array_equal(one.society.c.car, two.society.c.car)
    assert not np.array_equal(one.society.c.consider_left, two.society.c.consider_left)
    # where nothing uses them up, what is left of the thresholds are the thresholds
    still = {"car_contagion_p": 0.0, "car_contagion_q": 0.0, "car_contagion_sales": 0.0}
    one, two = (lived(scenarios.load(x).resolve(SHANXI), 156, **still) for x in ("no_plan", "plan_plus"))
    same_columns(one, two, ("active", "considers", "consider_left"))
    assert not np.array_equal(one.society.c.car, two.society.c.car)
    assert np.isfinite(one.society.c.consider_left).any()


def test_all_shipped_scenarios_share_the_history_before_june_2022() -> None:
    provinces = {name: lived(scenarios.load(name).resolve(SHANXI), 108) for name in scenarios.names()}
    plain = provinces["no_plan"]
    for name, province in provinces.items():
        assert same_ledger(plain, province, slice(0, PLAN_ISSUED)), name
    assert not same_ledger(plain, provinces["plan"], slice(PLAN_ISSUED, 108))


def test_a_run_that_stops_early_is_the_first_part_of_the_whole() -> None:
    short, whole = run(until="2024-12"), run(until="2030-12")
    months = month_index("2024-12") + 1
    for name in ("grouped", "placed", "options", "expected_options"):
        assert np.array_equal(getattr(short.ledger, name)[:months], getattr(whole.ledger, name)[:months])
        assert not getattr(short.ledger, name)[months:].any()
    for key, books in short.treasury.books.items():
        assert np.array_equal(books[:10], whole.treasury.books[key][:10]), key
    known = ~np.isnan(short.values)
    assert np.array_equal(short.values[known], whole.values[known])
