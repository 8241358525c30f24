"""`jinlv run --vary`: one lever at several levels, all else alike, a point a level against the parent."""

import json

import pytest

from app.cli.main import call

SMALL = ("--households", "200", "--replicates", "1", "--until", "2025-12", "--threads", "2")
LEVER = "nev_purchase_subsidy"
MINE = """schema = 1
name = "rural-test"
extends = "plan"
[[change]]
lever = "nev_purchase_subsidy"
path = { "2023-01" = 5000 }
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("vary")
    (folder / "rural-test.toml").write_text(MINE, encoding="utf-8")
    return folder


def asked(capsys, monkeypatch, store, *typed, lang="en"):
    monkeypatch.chdir(store)
    assert call([*typed, *SMALL, "--lang", lang]) == 0, typed
    return capsys.readouterr().out


@pytest.fixture
def document(capsys, monkeypatch, store):
    typed = ("run", "rural-test", "--set", "charging_density=20", "--vary", f"{LEVER}=0,5000,9000@2023-01..")
    return json.loads(asked(capsys, monkeypatch, store, *typed, "--json"))


def test_a_file_beside_is_set_and_then_varied(document):
    own = document["scenarios"][:2]
    assert own[0] == "rural-test" and own[1].startswith("rural-test-set-")
    vary = document["vary"]
    assert vary["parent"] == own[1] and vary["names"] == document["scenarios"][2:]
    assert (vary["lever"], vary["values"]) == (LEVER, [0.0, 5000.0, 9000.0])
    assert document["labels"][vary["names"][2]]["en"].count("9000") == 1
    assert {(effect["treated"], effect["base"]) for effect in document["effects"]} == {(own[1], own[0])}


def test_the_curve_has_a_point_a_level_and_the_parents_own_level_changes_nothing(document):
    points = document["vary"]["curve"]
    assert [point["level"] for point in points] == [0.0, 5000.0, 9000.0]
    same = points[1]
    assert all(set(goal["difference"].values()) <= {0.0, None} for goal in same["goals"])
    assert same["additional"] is None or same["additional"]["value"] == 0.0
    without = points[0]["cost"]["province"]["real"]["value"]
    spent = sum(row["value"] for row in document["money"] if _of_lever(row, document["vary"]["parent"]))
    assert without == pytest.approx(
        -spent, rel=0.1
    )  # CNY of 2022 and of the year; few cars, hardly other money


def _of_lever(row, scenario):
    return row["scenario"] == scenario and row["instrument"].partition(".")[0] == LEVER


def test_a_goal_of_the_curve_is_that_of_its_scenario(document):
    for point in document["vary"]["curve"]:
        for goal, one in zip(document["goals"], point["goals"], strict=True):
            assert one["indicator"] == goal["indicator"]
            assert one["value"] == goal["scenarios"][point["scenario"]]["value"]


@pytest.mark.parametrize(("lang", "head"), [("en", "At several levels: "), ("zh", "若干水平：")])
def test_levels_are_rows_of_one_table_and_no_columns(lang, head, capsys, monkeypatch, store):
    out = asked(capsys, monkeypatch, store, "run", "--vary", f"{LEVER}=0,8000@2023-01..2024-12", lang=lang)
    assert head in out and out.count("-vary-") == 0
    rows = [line.split()[0] for line in out[out.index(head) :].splitlines() if line.split()]
    assert "0" in rows and "8,000" in rows


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ((f"{LEVER}=8000",), "--vary"),
        ((f"{LEVER}=0,999999",), "999999"),
        ((f"{LEVER}=0,0",), "twice"),
        ((f"{LEVER}=0,1", f"{LEVER}=0,2"), "only one lever"),
        (("nev_purchase_subsidie=0,1",), LEVER),
    ],
)
def test_what_cannot_be_varied_is_told_in_one_line(typed, told, capsys, monkeypatch, store):
    monkeypatch.chdir(store)
    assert call(["run", *(part for one in typed for part in ("--vary", one)), "--lang", "en"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert "--vary" in said.err and told in said.err


def test_compare_holds_every_goal_against_the_first(capsys, monkeypatch, store):
    found = json.loads(asked(capsys, monkeypatch, store, "compare", "current", "renewed", "--json"))
    for goal in found["goals"]:
        base, other = goal["scenarios"]["current"], goal["scenarios"]["renewed"]
        assert base["difference"] is None and other["difference"] is not None
        assert other["difference_low"] is None and other["difference_high"] is None, "one replicate"
        assert other["difference"] == pytest.approx(other["value"] - base["value"])
    table = asked(capsys, monkeypatch, store, "compare", "current", "renewed")
    assert "Goals and what changes" in table and "− " in table


@pytest.mark.parametrize(("lang", "told"), [("en", "assumed in all scenarios: "), ("zh", "所有情景的假设：")])
def test_what_is_assumed_stands_above_the_results(lang, told, capsys, monkeypatch, store):
    typed = ("run", "current", "--assume", "petrol_price=9")
    out = asked(capsys, monkeypatch, store, *typed, lang=lang)
    assert told in out.partition("Goals" if lang == "en" else "目标")[0]
    found = json.loads(asked(capsys, monkeypatch, store, *typed, "--json"))
    assert found["assumptions"] == ["petrol_price=9"]
    assert {"key": "petrol_price", "text": "9"} in found["assumed_in"]["current"]


def test_goals_that_compare_runs_have_a_point_a_level_too(capsys, monkeypatch, store):
    typed = ("run", "no_plan", "--vary", "residential_block_step=0.3,0.6@2023-01..", "--json")
    found = json.loads(asked(capsys, monkeypatch, store, *typed))
    for point, less in zip(found["vary"]["curve"], (False, True), strict=True):
        goal = next(one for one in point["goals"] if one["indicator"] == "household_electricity_per_capita")
        assert (goal["value"] < 1.0) is less and (goal["difference"]["value"] < 0.0) is less


def test_a_run_alone_is_compared_with_nothing(capsys, monkeypatch, store):
    found = json.loads(asked(capsys, monkeypatch, store, "run", "no_plan", "--json"))
    named = {goal["indicator"] for goal in found["goals"]}
    assert "household_electricity_per_capita" not in named and "green_travel_share" in named
    assert all(goal["stretch"] is None for goal in found["goals"]), "what the plan reaches is not known"


def test_a_change_is_told_on_every_goal(capsys, monkeypatch, store):
    typed = ("run", "no_plan", "--set", "residential_block_step=0.6@2023-01..", "--json")
    found = json.loads(asked(capsys, monkeypatch, store, *typed))
    goal = next(one for one in found["goals"] if one["indicator"] == "household_electricity_per_capita")
    name = found["scenarios"][-1]
    told = goal["effects"]["effect_of_change"]["value"]
    assert told < 0.0 and told == pytest.approx(goal["scenarios"][name]["value"] - 1.0)
