"""The desk's draft of a scenario, what is taken along, and that a visitor's text stays text."""

import csv
import io
import math
import shlex

import pytest

import scenarios
from app.cli.main import call
from app.cli.session import Session
from app.front import draft, effect, export, html, preview
from app.front.draft import Draft
from app.front.sizes import sizes
from model.data.levers import levers
from model.errors import InputError
from model.institutions.fold import ACTING

RURAL = Draft(1, "nev_purchase_subsidy", 8000.0, "2026-01", "2028-12", ("*.rural",), ("q1", "q2"))


def test_a_change_is_told_as_it_is_typed():
    assert RURAL.text == "nev_purchase_subsidy=8000@2026-01..2028-12@*.rural@q1,q2"
    assert Draft(1, "parking_fee", 12.5).text == "parking_fee=12.5@2026-01..2028-12"
    assert Draft(1, "nev_purchase_subsidy", 1.0, groups=("q1",)).text.endswith("@all@q1")


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (("*.rural", "140100.rural", "140200.rural"), "@*.rural"),
        (("140100", "140100.rural", "140200.urban"), "@140100,140200.urban"),
        (("*.urban", "*.rural", "140100"), ""),
        (("*.rural", "140100"), "@*.rural,140100"),
    ],
)
def test_places_that_lie_in_another_chosen_one_are_not_told_twice(chosen, kept):
    assert Draft(1, "nev_purchase_subsidy", 1.0, "2026-01", "2028-12", chosen).text.partition("12")[2] == kept


def test_the_command_line_makes_the_scenario_of_the_desk(tmp_path, capsys):
    base = scenarios.load("plan")
    changed = draft.changed(base, [RURAL])
    typed = shlex.split(draft.command("plan", [RURAL]))
    assert typed[:3] == ["jinlv", "run", "plan"] and typed[3] == "--set"
    assert changed == base.with_settings(typed[4::2])
    path = tmp_path / "mine.toml"
    path.write_text(changed.to_toml(), encoding="utf-8")
    assert call(["scenario", "check", str(path)]) == 0
    capsys.readouterr()
    from model.data.load import load_region

    loaded = scenarios.load(path).resolve(load_region("shanxi"))
    assert loaded.fingerprint == changed.resolve(load_region("shanxi")).fingerprint


@pytest.mark.parametrize("key", sorted(ACTING))
def test_every_lever_that_acts_can_be_moved_to_both_ends_of_its_slider(key):
    lever, base = levers()[key], scenarios.load("plan")
    begun = draft.started(1, lever, base)
    assert lever.min <= begun.value <= lever.max
    for end in (lever.min, lever.max):
        moved = draft.with_level(begun, lever, end * draft.scale(lever))
        assert moved.value == pytest.approx(end)
        draft.changed(base, [moved])
    steps = (lever.max - lever.min) * draft.scale(lever) / draft.step(lever)
    assert 2 <= steps <= 80


def test_two_changes_that_meet_are_refused():
    with pytest.raises(InputError):
        draft.changed(scenarios.load("plan"), [RURAL, RURAL])


def test_levers_that_act_and_those_that_wait_are_all_there():
    shown = [lever.key for theme in draft.themes().values() for lever in theme]
    assert sorted(shown) == sorted(ACTING)
    assert sorted(shown + [one.key for one in draft.waiting()]) == sorted(levers())


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_a_table_is_a_formula(text):
    read = list(csv.reader(io.StringIO(export.csv_of(["a"], [[text]]).decode("utf-8-sig"), newline="")))
    assert read[1] == [f"'{text}"]


def test_numbers_of_a_table_stay_numbers_and_chinese_opens_in_a_spreadsheet():
    data = export.csv_of(["目标"], [["-12.5"], [-3.0], ["+7"], ["太原"], [None]])
    assert data.startswith(b"\xef\xbb\xbf")
    read = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert read == ["目标", "-12.5", "-3.0", "+7", "太原", ""]


def test_text_is_shown_as_it_is():
    bad = "<img src=x onerror=alert(1)> **x**"
    shown = html.table([bad], [[bad]]) + html.paragraph(bad) + html.badge(bad, "yes") + html.warning(bad)
    assert "<img" not in shown and shown.count("&lt;img") == 5
    assert "<img" not in html.facts([(bad, bad)]) + html.heading(bad)


def test_a_preview_says_what_compare_says_of_the_same_runs(monkeypatch, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    from app.front.pool import Pool
    from experiments.ensemble import run_ensemble
    from experiments.paired import compare

    monkeypatch.setitem(sizes(), "preview_households", 300)
    monkeypatch.setattr("app.front.stand_ins.replicates", lambda: (1, 2))
    pool = Pool(1, lambda visitor: True, ThreadPoolExecutor)
    base = scenarios.load("plan")
    changed = draft.changed(base, [Draft(1, "nev_purchase_subsidy", 30000.0, "2023-01", "2028-12")])
    jobs = tuple(preview.ask(pool, one, "anna") for one in (base, changed))
    assert preview.wait(jobs, 120)
    made = preview.preview_of(base, changed, jobs)
    pool.close()
    whole = run_ensemble([base, changed], households=300, replicates=2, threads=1)
    told = compare(whole, changed.name, base.name)
    told = told[(told["indicator"] == "nev_stock") & (told["place"] == "all") & (told["group"] == "all")]
    row = told[told["month"] == "2028-12"].iloc[0]
    mine = made.results("nev_stock").paired["nev_stock", "all"].set_index("month").loc["2028-12"]
    assert [mine["median"], mine["low90"], mine["high90"]] == [row["effect"], row["low"], row["high"]]
    assert row["effect"] > 0
    assert made.error("nev_stock", "2028-12") > 0
    spent = made.summary["effects"][0]["cost"]["all"]["real"]["value"]
    from experiments.effects import effects_of

    assert spent == pytest.approx(effects_of(whole, changed.name, base.name)["cost"]["all"]["real"]["value"])


@pytest.mark.parametrize(
    ("error", "text"),
    [(0.0, "0.0 points"), (0.00031, "0.1 points"), (0.0512, "5.2 points"), (math.nan, "–"), (None, "–")],
)
def test_an_error_is_never_rounded_down_and_an_unknown_one_is_a_dash(error, text):
    assert effect.error_text(Session("en"), "nev_new_sales_share", error) == text
