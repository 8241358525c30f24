"""A list explains one row in full: by its name, its label in either language or a part of one."""

from __future__ import annotations

import json

import pytest

import scenarios
from app.cli.lever_page import example
from app.cli.main import call
from model.data.indicators import indicators
from model.data.levers import levers
from model.data.observed import observed_rows, region_labels
from model.indicators.formulas import FORMULAS
from model.institutions.fold import ACTING


def told(capsys: pytest.CaptureFixture[str], *typed: str) -> dict[str, object]:
    assert call([*typed, "--json"]) == 0, typed
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    "typed",
    [
        "nev_purchase_subsidy",
        "NEV_Purchase_Subsidy",
        "新能源汽车购置补贴",
        "购置补贴",
        "NEV purchase subsidy",
    ],
)
def test_a_lever_by_any_of_its_names(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "levers", typed)
    assert found["key"] == "nev_purchase_subsidy"
    assert found["paths"]["plan"]["2025"] == 3000.0 and found["paths"]["no_plan"]["2025"] == 0.0  # type: ignore[index]
    assert found["terms"]["options"] == ["phev", "bev"] and found["terms"]["budget"] == 3e8  # type: ignore[index]
    assert found["measures"] == ["A07-10"] and found["basis"] == "assumption"


def test_a_part_of_several_names_is_answered_with_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["levers", "补贴", "--lang", "zh"]) == 2
    assert "nev_purchase_subsidy, " in capsys.readouterr().err


def test_the_line_to_copy_is_a_setting_of_its_lever() -> None:
    for lever in levers():
        if lever in ACTING:
            changed = scenarios.load("plan").with_settings([example(lever)])
            assert changed.changes[0].lever == lever


def test_every_lever_is_explained_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for lever in levers():
        for lang in ("en", "zh"):
            assert call(["levers", lever, "--lang", lang]) == 0
            assert ("jinlv run --set" in capsys.readouterr().out) == (lever in ACTING)


@pytest.mark.parametrize("name", scenarios.names())
def test_every_scenario_is_explained(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "scenarios", name)
    assert found["name"] == name and found["base"] == scenarios.load(name).base.levels
    assert [row["lever"] for row in found["levers"]] == list(ACTING)  # type: ignore[attr-defined, index]


def test_an_indicator_shows_what_was_observed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = told(capsys, "indicators", "nev_new_sales_share")
    seen = {(row["region"], row["year"]): row for row in found["observed"]}  # type: ignore[attr-defined]
    assert seen["shanxi", 2020]["value"] == 0.071 and not seen["shanxi", 2020]["fitted"]
    assert seen["china", 2021]["fitted"] and not seen["china", 2022]["fitted"]
    assert found["computed"] and found["target_2025"] == 0.2
    assert call(["indicators", "nev_new_sales_share", "--lang", "zh"]) == 0
    shown = capsys.readouterr().out
    assert "≥ 20 %" in shown and "≥ 40 %" in shown and "7.1 %" in shown and "0.2 " not in shown


def test_every_observed_figure_is_shown_by_its_indicator(capsys: pytest.CaptureFixture[str]) -> None:
    shown = 0
    for name in indicators():
        shown += len(told(capsys, "indicators", name)["observed"])  # type: ignore[arg-type]
    there = [row for region in region_labels() for row in observed_rows(region)]
    assert shown == sum(row["indicator"] in indicators() for row in there) > 50


def test_indicators_tell_which_of_them_are_computed(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["indicators", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["key"] for row in rows if row["computed"]} == set(FORMULAS) & set(indicators())
