"""`solve` finds the level that was planted, or says that a target is met anyway or out of reach."""

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import experiments
import scenarios
from app.cli.main import call
from experiments import looks
from experiments.bracket import SLACK, first_at
from experiments.readings import Reading
from experiments.solution import ANY_LEVEL, NOT_REACHABLE, OVER_BUDGET, REACHED
from experiments.solving import search, solve
from experiments.targets import read_moved, read_target, round_step
from model.data.load import load_region
from model.data.months import december
from model.errors import InputError
from model.indicators.formulas import FORMULAS

SUBSIDY = "nev_purchase_subsidy@2026-01..2028-12"
SMALL = ("--scenario", "no_plan", "--replicates", "5", "--households", "1000")
SHARE = "nev_new_sales_share@2030"
ONE_CNY = 1e-5
"""What one yuan of subsidy adds to the share in the made-up province."""


@given(st.integers(1, 1000), st.floats(0, 1), st.sampled_from(["line", "bent", "steps", "cliff"]))
@settings(max_examples=200, deadline=None)
def test_the_first_step_that_is_enough_is_found_with_few_looks(last, where, shape):
    root, seen = 1e-6 + where * (last - 1e-6), set()
    shapes = {
        "line": lambda k: k - root,
        "bent": lambda k: math.sqrt(k) - math.sqrt(root),
        "steps": lambda k: math.floor((k - root) / 7) if k < last else 1.0,
        "cliff": lambda k: 1.0 if k >= root else -1e-3,
    }

    def above(k):
        seen.add(k)
        return shapes[shape](k)

    found = first_at(above, last)
    assert shapes[shape](found) >= 0 > shapes[shape](found - 1)
    assert len(seen - {0, last}) <= math.ceil(math.log2(last)) + SLACK


def level_of(policy):
    """Return the subsidy that a policy pays in 2027."""
    return max(
        (one.amount[150].max() for one in policy.grants if one.lever == "nev_purchase_subsidy"), default=0
    )


@pytest.fixture
def made_up(monkeypatch):
    """A province whose share rises with the subsidy, from .40 + .01 seed without one; a million are paid it,
    each year of 2026-2028."""
    runs = []

    def read_run(asked, policy, drawn, seed, progress=None, trunk=None):
        level = level_of(policy)
        runs.append((level, seed))
        paid = [0.0] * 16
        paid[11:14] = [1e6 * level] * 3
        return Reading((0.40 + 0.01 * seed + ONE_CNY * level,), {"province": tuple(paid)})

    monkeypatch.setattr(looks, "read_run", read_run)
    return runs


def asked(target, **options):
    return solve(target, SUBSIDY, **{"scenario": "no_plan", "replicates": 5, "threads": 1, **options})


def test_a_planted_level_is_found_in_the_median_and_in_a_share_of_replicates(made_up):
    found = asked(f"{SHARE}>=0.5")  # .40 + .01 * 3 + 1e-5 * 7,000
    assert (found.status, found.level, found.rising, found.already) == (REACHED, 7000.0, True, False)
    assert found.roots.tolist() == pytest.approx([9000, 8000, 7000, 6000, 5000])
    assert found.interval == (5000.0, 9000.0) == found.spread
    assert asked(f"{SHARE}>=0.5", probability=0.8).level == 8000.0
    assert asked(f"{SHARE}>=0.5", probability=1.0).level == 9000.0
    assert asked(f"{SHARE}>=0.5", probability=0.2).level == 5000.0


def test_every_level_is_looked_at_under_the_same_replicates_and_none_twice(made_up):
    asked(f"{SHARE}>=0.5")
    assert len(made_up) == len(set(made_up))
    assert {seed for _, seed in made_up} == {1, 2, 3, 4, 5}


def test_a_target_at_most_is_reached_by_less_of_the_lever(made_up):
    found = asked(f"{SHARE}<=0.5")
    assert (found.status, found.rising, found.already) == (REACHED, False, True)
    assert found.level == 7000.0 and found.document()["smallest"] is False


def test_a_target_that_all_levels_reach_says_so(made_up):
    found = asked(f"{SHARE}>=0.1")
    assert (found.status, found.already, found.level) == (ANY_LEVEL, True, 0.0)
    assert found.interval == (None, None) and found.document()["needs"] is None


def test_what_no_level_reaches_is_told_with_what_is_missing_at_the_bound(made_up):
    told = asked(f"{SHARE}>=0.9").document()
    assert told["status"] == NOT_REACHABLE and told["level"] is None
    assert told["there"]["level"] == 30_000.0
    assert told["missed_by"] == pytest.approx(0.9 - (0.43 + 0.3))
    assert told["without"]["value"] == pytest.approx(0.43)


def test_a_lever_that_works_best_midway_is_looked_at_there(monkeypatch):
    def hump(asked, policy, drawn, seed, progress=None, trunk=None):
        return Reading((0.5 - abs(level_of(policy) - 12_000) * ONE_CNY,), {})

    monkeypatch.setattr(looks, "read_run", hump)
    assert asked(f"{SHARE}>=0.45").level == 7000.0
    assert asked(f"{SHARE}>=0.51").status == NOT_REACHABLE


def test_cost_is_what_is_paid_beyond_the_scenario_and_a_budget_binds(made_up):
    found = asked(f"{SHARE}>=0.5", budget=4.2e9)
    there = found.document()["there"]
    assert there["cost"]["province"]["current"]["value"] == pytest.approx(3 * 7e9)
    assert there["dearest_year"]["value"] == pytest.approx(7e9)
    assert found.status == OVER_BUDGET and found.level == 7000.0
    assert found.within.level == 4200.0 and found.document()["within_budget"]["reached"] is False
    assert asked(f"{SHARE}>=0.5", budget=7e9).status == REACHED


def test_a_level_that_single_replicates_fall_back_from_is_passed(monkeypatch):
    """Seed 1 alone reaches the target from 3,000 on but for a dip up to 9,000."""

    def dipping(asked, policy, drawn, seed, progress=None, trunk=None):
        level = level_of(policy)
        dip = seed == 1 and 6000 <= level < 9000
        return Reading((0.0 if dip else 0.4 + (level >= (3000, 6500)[seed - 1]) * 0.2,), {})

    monkeypatch.setattr(looks, "read_run", dipping)
    found = asked(f"{SHARE}>=0.5", replicates=2, probability=1.0)
    assert found.status == REACHED and found.level >= 6500.0
    assert found.target.reached(found.there.values).all()


def test_one_replicate_has_a_level_and_no_interval(made_up):
    told = asked(f"{SHARE}>=0.5", replicates=1).document()
    assert told["level"] == {"value": 9000.0, "low": None, "high": None}
    assert told["there"]["low"] is None and told["there"]["probability"] is None


def planted_and_found(indicator, lever, level, **size):
    """Return the answer for the median that a scenario with the lever at a level has."""
    parent = scenarios.load("no_plan")
    ensemble = experiments.run_ensemble([parent.with_settings([f"{lever}={level}@2023-01..2025-12"])], **size)
    values = ensemble.values[0, :, list(FORMULAS).index(indicator), december(2025)]
    target = f"{indicator}@2025>={float(np.median(values)):.12f}"
    return solve(target, f"{lever}@2023-01..2025-12", scenario=parent, **size)


def inside(level, interval):
    """Tell whether a level lies in an interval, whose ends need not be bounded."""
    low, high = interval
    return (low is None or low <= level) and (high is None or level <= high)


def test_the_model_gives_back_the_level_that_was_planted():
    size = {"households": 300, "replicates": 5, "until": "2025-12", "threads": 2}
    found = planted_and_found("public_chargers", "charging_density", 20, **size)
    assert found.status == REACHED and inside(20, found.interval)
    assert found.level == pytest.approx(20, rel=0.05)
    assert found.there.yearly().sum() > 0


@pytest.mark.slow
def test_the_model_gives_back_the_subsidy_that_was_planted():
    size = {"households": 20_000, "replicates": 9, "until": "2025-12"}
    found = planted_and_found("nev_new_sales_share", "nev_purchase_subsidy", 15_000, **size)
    assert found.status == REACHED and inside(15_000, found.interval)
    assert found.level == pytest.approx(15_000, rel=0.05)


def test_finished_runs_are_kept_for_the_next_question(made_up, tmp_path):
    first = asked(f"{SHARE}>=0.5", out=tmp_path)
    count = len(made_up)
    again = asked(f"{SHARE}>=0.5", out=tmp_path)
    assert len(made_up) == count and again.document() == first.document()
    asked(f"{SHARE}>=0.51", out=tmp_path)
    assert count < len(made_up) < 2 * count
    for part in tmp_path.rglob("*.run"):
        part.write_bytes(part.read_bytes()[:-1] + b"?")
    assert asked(f"{SHARE}>=0.5", out=tmp_path).document() == first.document()


def test_progress_never_runs_back_or_over_and_cancels(made_up):
    told = []
    asked(f"{SHARE}>=0.5", progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told) and all(done <= total for done, total in told)
    with pytest.raises(Exception, match=r"2030-12"):
        asked(f"{SHARE}>=0.5", progress=lambda done, _: done > 3)


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("nev_new_sales_share@2030>=0.6", 0.6, ">="),
        ("nev_new_sales_share@2030 ≥ 60%", 0.6, ">="),
        ("electricity_bill@2030@all.rural<=1200", 1200.0, "<="),
        ("nev_new_sales_share@2030-06=<.5".replace(".5", "0.5"), 0.5, "<="),
    ],
)
def test_targets_are_read(text, value, sign):
    target = read_target(text, load_region("shanxi"), "2030-12")
    assert (target.value, target.sign) == (value, sign)
    assert read_target(target.text, load_region("shanxi"), "2030-12") == target


@pytest.mark.parametrize(
    ("lever", "step", "steps"),
    [
        ("nev_purchase_subsidy", 100.0, 300),
        ("charging_density", 0.1, 490),
        ("nev_license_quota_share", None, None),
    ],
)
def test_levels_are_round_numbers_inside_the_levers_bounds(lever, step, steps):
    if step is None:
        assert [round_step(width) for width in (0.0034, 7.0, 1.0, 0.5, 1999.0)] == [
            0.002,
            5.0,
            1.0,
            0.5,
            1000.0,
        ]
        return
    moved = read_moved(lever, 300)
    assert (moved.step, moved.steps) == (step, steps)
    assert moved.level(0) == moved.low and moved.level(steps) == moved.high


BAD = [
    (("--target", "nev_new_sales_share@2030"), "--target", ">=VALUE"),
    (("--target", "nev_new_sales_share@2030>=60"), "--target", "0.6"),
    (("--target", "nev_new_sales_share@2030>=nan"), "--target", ">=VALUE"),
    (("--target", "nev_new_sales_share@2030>=1e-1"), "--target", ">=VALUE"),
    (("--target", "nev_new_sale_share@2030>=0.6"), "--target", "nev_new_sales_share"),
    (("--target", "nev_new_sales_share@2031>=0.6"), "--target", "2030-12"),
    (("--target", "nev_stock@2030>=60%"), "--target", ">=VALUE"),
    (("--by", "nev_purchase_subsidi"), "--by", "nev_purchase_subsidy"),
    (("--by", "nev_purchase_subsidy=8000"), "--by", "LEVER[@FROM..TO]"),
    (("--by", "nev_purchase_subsidy@2028-01..2026-01"), "--by", "2026-01..2028-01"),
    (("--by", "nev_purchase_subsidy@atlantis"), "--by", "taiyuan"),
    (("--by", "nev_purchase_subsidy@2026-01..@all@q1@x"), "--by", "LEVER[@FROM..TO]"),
    (("--by", ""), "--by", "LEVER"),
    (("--probability", "80"), "--probability", "0.8"),
    (("--probability", "0"), "--probability", "0..1"),
    (("--probability", "often"), "--probability", "0..1"),
    (("--budget", "300,000,000"), "--budget", "300000000"),
    (("--budget", "-5"), "--budget", ">= 0"),
    (("--scenario", "plam"), "plam", "plan"),
    (("--replicates", "4000"), "--replicates", "1..200"),
    (("--assume", "petrol_prize=9"), "--assume", "petrol_price"),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("typed", "named", "hint"), BAD)
def test_a_bad_question_is_one_line_and_nothing_is_written(
    typed, named, hint, lang, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    usual = {"--target": f"{SHARE}>=0.6", "--by": SUBSIDY}
    words = [part for pair in {**usual, typed[0]: typed[1]}.items() for part in pair]
    assert call(["solve", *words, "--lang", lang]) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1 and named in err and hint in err
    assert list(tmp_path.iterdir()) == []


def test_numbers_of_the_python_entry_are_checked():
    for wrong in ({"probability": 1.5}, {"probability": math.nan}, {"budget": -1.0}, {"budget": math.inf}):
        with pytest.raises(InputError):
            search(f"{SHARE}>=0.6", SUBSIDY, **wrong)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_tells_level_interval_cost_and_what_next(lang, made_up, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    typed = [
        "solve",
        "--target",
        f"{SHARE}>=50%",
        "--by",
        SUBSIDY,
        *SMALL,
    ]
    assert call([*typed, "--lang", lang]) == 0
    out = capsys.readouterr().out
    words = {
        "en": ("Simulation results, not a forecast", "Smallest level"),
        "zh": ("模拟结果，非预测", "最小力度"),
    }
    for part in (
        *words[lang],
        "7,000",
        "[5,000, 9,000]",
        "70.00",
        "nev_purchase_subsidy=7000@2026-01..2028-12",
    ):
        assert part in out
    same = "--assume petrol_price=9@2026-01..2030-12"
    assert call([*typed, *same.split(), "--lang", lang]) == 0
    assert f"{same} --households 1000 --replicates 5" in " ".join(capsys.readouterr().out.split())
    assert call([*typed, "--lang", lang, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["level"] == {"value": 7000.0, "low": 5000.0, "high": 9000.0}
    assert told["there"]["probability"] == 0.6 and told["households"] == 1_000


@pytest.mark.parametrize(
    ("target", "options", "words"),
    [
        (f"{SHARE}>=0.9", (), ("Not reachable", "30,000", "17.0 points")),
        (f"{SHARE}>=0.1", (), ("already", "Every level")),
        (f"{SHARE}>=0.5", ("--budget", "4200000000"), ("Beyond the budget", "42.00", "4,200")),
        (f"{SHARE}>=0.5", ("--probability", "0.8"), ("in 80.0 % of replicates", "8,000")),
        (f"{SHARE}<=0.5", (), ("Largest level",)),
    ],
)
def test_every_kind_of_answer_has_its_words(target, options, words, made_up, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    typed = [
        "solve",
        "--target",
        target,
        "--by",
        SUBSIDY,
        *SMALL,
        *options,
    ]
    assert call([*typed, "--lang", "en"]) == 0
    out = capsys.readouterr().out
    for word in words:
        assert word in out
    assert call([*typed, "--lang", "zh"]) == 0


def test_an_interrupted_search_says_what_is_kept_and_how_to_go_on(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    made = SimpleNamespace(count=0)

    def read_run(asked, policy, drawn, seed, progress=None, trunk=None):
        made.count += 1
        if made.count > 3:
            raise KeyboardInterrupt
        return Reading((0.4,), {})

    monkeypatch.setattr(looks, "read_run", read_run)
    typed = [
        "solve",
        "--target",
        f"{SHARE}>=0.5",
        "--by",
        SUBSIDY,
        "--replicates",
        "2",
        "--households",
        "1000",
        "--threads",
        "1",
    ]
    assert call([*typed, "--lang", "en"]) == 130
    err = capsys.readouterr().err
    assert "3 finished simulations are kept" in err and "jinlv solve" in err
