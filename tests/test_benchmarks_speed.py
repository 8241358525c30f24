"""The benchmark runs at a tiny size and writes what it promises; how fast anything was is not tested here."""

import csv
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOUSEHOLDS = 300
SIZE_FIELDS = ("ns_per_household_month", "run_seconds", "people_seconds", "wall_seconds", "peak_megabytes")


def speed(*words):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks.speed", *words],
        cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "160"}, capture_output=True,
        encoding="utf-8", timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    file = tmp_path_factory.mktemp("speed") / "speed.json"
    done = speed("--quick", "--households", str(HOUSEHOLDS), "--warm", "--lang", "zh", "--json", str(file))
    assert done.returncode == 0, done.stderr
    return json.loads(file.read_text(encoding="utf-8")), done.stdout


def positive(value):
    return isinstance(value, (int, float)) and math.isfinite(value) and value > 0


def test_each_size_has_time_and_memory(made):
    sizes = made[0]["sizes"]
    assert [(row["households"], row["threads"]) for row in sizes] == [(HOUSEHOLDS, 1), (HOUSEHOLDS, 2)]
    assert [(row["threads"], name) for row in sizes for name in SIZE_FIELDS if not positive(row[name])] == []
    assert all(len(row["run_seconds_all"]) == row["repeats"] == 2 for row in sizes)


def test_starts_python_ensemble_and_reference_are_measured(made):
    report = made[0]
    assert positive(report["second_start"]["first_result_seconds"])
    assert positive(report["second_start"]["import_seconds"])
    assert positive(report["python_cost"]["seconds"])
    assert report["python_cost"]["households"] < HOUSEHOLDS
    ensemble = report["ensemble"]
    assert ensemble["speed_up"] == ensemble["seconds_1_thread"] / ensemble["seconds_2_processes"]
    assert positive(report["mesa"]["ns_events"]) and positive(report["mesa"]["ns_looks"])
    assert report["one_to_one"] is None and report["first_run"] is None


def test_the_parts_of_a_run_are_told_apart_and_make_the_whole(made):
    report, printed = made
    ns = report["parts"]["ns"]
    assert set(ns) == {"people", "cars", "travel", "homes", "rest"} and all(map(positive, ns.values()))
    shared = next(row for row in report["figures"] if row["key"] == "ns_people_and_cars")
    assert shared["value"] == pytest.approx(ns["people"] + ns["cars"] + ns["rest"])
    assert "家电与用电" in printed


def test_the_reference_does_its_work(made):
    mesa = made[0]["mesa"]
    assert mesa["households"] == HOUSEHOLDS
    assert mesa["cars_sold_events"] == mesa["cars_sold_looks"] > 0


def test_results_are_the_same_bytes_in_every_run_on_any_threads(made):
    report = made[0]
    assert len({digest for row in report["sizes"] for digest in row["digests"]}) == 1
    assert len(report["ensemble"]["digests"]) == 1
    assert report["same_bytes"] is True


def test_figures_stand_beside_their_goals(made):
    report, printed = made
    with (ROOT / "benchmarks" / "figures.csv").open(encoding="utf-8", newline="") as file:
        table = {row["key"]: row for row in csv.DictReader(file)}
    found = {row["key"]: row for row in report["figures"]}
    assert set(found) >= {"second_start", "python_per_run", "ensemble_speed_up", "mesa_events", "mesa_looks"}
    assert set(found) <= set(table)
    for key, row in found.items():
        if table[key]["goal"]:
            goal = float(table[key]["goal"])
            kept = row["value"] <= goal if table[key]["sense"] == "at most" else row["value"] >= goal
            assert row["met"] is kept
        else:
            assert row["met"] is None
        assert table[key]["zh"] in printed


def test_every_figure_has_words_in_both_languages_and_says_what_its_goal_rests_on():
    with (ROOT / "benchmarks" / "figures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["key"] for row in rows if not all(row[name] for name in ("unit", "en", "zh", "basis"))] == []
    assert [row["key"] for row in rows if row["goal"] and row["sense"] not in ("at most", "at least")] == []


def test_an_unknown_option_ends_with_2():
    assert speed("--fast").returncode == 2
