"""Articles and measures are found however a person writes their number, and shown with share and force."""

from __future__ import annotations

import json

import pytest

from app.cli.main import call
from model.indicators.formulas import FORMULAS
from model.institutions.fold import ACTING
from scenarios.numerals import article_number, chinese_number, measure_id
from scenarios.strength import strengths


@pytest.mark.parametrize(
    "text",
    ["7", "07", "七", "第七条", "第7条", "A07", "a7", "A07-10", "（七）", "(七)", "７", "⑦", "第 7 条"],
)
def test_the_seventh_article_by_any_name(text: str) -> None:
    assert article_number(text) == 7


@pytest.mark.parametrize(
    "text", ["", "0", "28", "廿八", "三十", "七七", "十十", "第条", "-7", "7.0", "A", "x7", "٧7", "007"]
)
def test_what_is_no_article(text: str) -> None:
    assert article_number(text) is None


def test_every_article_in_chinese() -> None:
    units = ["", *"一二三四五六七八九"]
    for number in range(1, 28):
        tens = ("", "十", "二十")[number // 10]
        assert (
            article_number(tens + units[number % 10]) == chinese_number(tens + units[number % 10]) == number
        )
    assert article_number("廿七") == 27


def test_measures_by_number() -> None:
    assert measure_id("a7-1") == "A07-01" and measure_id("A07－10") == "A07-10" and measure_id("7") is None


def test_an_article_tells_share_levels_and_force_of_its_instruments(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call(["plan", "七", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    subsidy = rows["A07-10"]
    assert subsidy["instrument"]["share"] == [1, 1]
    assert subsidy["instrument"]["levels"] == {"2025": [0.0, 3000.0], "2030": [0.0, 0.0]}
    assert {row["indicator"] for row in subsidy["force"]} == {"rural_nev_new_sales_share"}
    assert call(["plan", "A07-10", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == subsidy
    assert call(["plan", "七", "--lang", "zh"]) == 0
    assert "省商务厅" in capsys.readouterr().out


def test_force_is_of_levers_that_act_and_of_indicators_that_are_computed() -> None:
    rows = [row for mine in strengths().values() for row in mine]
    assert {row.lever for row in rows} <= set(ACTING) and set(strengths()) == set(ACTING)
    for row in rows:
        assert row.indicator in FORMULAS
        assert row.low <= row.effect <= row.high
        assert row.replicates >= 40, "fewer show a range and no interval"
    assert len({(row.lever, row.indicator, row.year) for row in rows}) == len(rows)
