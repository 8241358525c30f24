"""The registry holds the whole plan: every clause, its words, its departments, what each measure moves."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

import scenarios
from app.cli.main import call
from app.cli.plan_article import ACTS, WAITS, standing
from model.data.levers import levers
from model.institutions.fold import ACTING, CAPACITY
from scenarios import registry
from scenarios.coverage import coverage
from scenarios.levels import base_levels
from scenarios.paths import paths
from scenarios.registry import articles, instruments, measures, plan_text, spans


def test_every_clause_that_names_departments_has_measures() -> None:
    proof = coverage()
    assert proof.faults == ()
    assert (proof.measures, proof.clauses, proof.covered) == (306, 82, 82)
    assert proof.clauses == plan_text().count("负责)") + plan_text().count("负责）")


def test_the_proof_notices_a_lost_measure_and_a_wrong_department(monkeypatch: pytest.MonkeyPatch) -> None:
    every = measures()
    alone = next(m for m in every if m.article == 5 and m.departments == ("省民政厅",))
    fewer = tuple(m for m in every if m.departments != alone.departments or m.article != 5)
    monkeypatch.setattr(registry, "measures", lambda: fewer)
    assert any("省民政厅牵头负责" in fault.values[0] for fault in coverage().faults)
    from dataclasses import replace

    wrong = tuple(replace(m, departments=("省财政厅",)) if m is alone else m for m in every)
    monkeypatch.setattr(registry, "measures", lambda: wrong)
    assert any(fault.field == alone.id for fault in coverage().faults)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_failed_proof_is_told_in_the_readers_language(
    lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = next(m for m in measures() if m.article == 5 and m.departments == ("省民政厅",))
    fewer = tuple(m for m in measures() if m.departments != alone.departments or m.article != 5)
    monkeypatch.setattr(registry, "measures", lambda: fewer)
    assert call(["plan", "--coverage", "--lang", lang]) == 1
    told = capsys.readouterr().err.splitlines()
    assert told and all(("article 5" if lang == "en" else "第 5 条") in line for line in told)
    assert any("省民政厅牵头负责" in line for line in told)
    assert call(["plan", "--coverage", "--json", "--lang", lang]) == 1
    assert json.loads(capsys.readouterr().out)["faults"] == told


def test_articles_bear_the_plans_own_titles() -> None:
    assert [article.number for article in articles()] == list(range(1, 28))
    for article in articles():
        assert article.text.startswith(article.zh + "。")
        assert article.en.isascii() and article.en


def test_measures_are_numbered_within_their_article_and_worded_in_both_languages() -> None:
    assert len({measure.id for measure in measures()}) == 306
    for measure in measures():
        assert measure.id.startswith(f"A{measure.article:02d}-")
        assert measure.en and measure.keywords
        assert measure.role in registry.ROLES
        assert (measure.role == "narrative") == (measure.lever == registry.NO_LEVER) == bool(measure.reason)


def test_instruments_are_the_measures_sorted_by_article_and_lever() -> None:
    listed = sorted(identity for instrument in instruments() for identity in instrument.measures)
    assert listed == sorted(measure.id for measure in measures() if measure.lever != registry.NO_LEVER)
    by_id = {measure.id: measure for measure in measures()}
    for instrument in instruments():
        mine = [by_id[identity] for identity in instrument.measures]
        assert {(m.article, m.lever) for m in mine} == {(instrument.article, instrument.lever)}
        assert set(instrument.lead) == {name for m in mine for name in m.departments}
    assert len({(i.article, i.lever) for i in instruments()}) == len(instruments())
    assert len({i.article for i in instruments()}) == 24


def test_the_shares_of_a_lever_sum_to_one_and_follow_the_count_of_measures_but_for_capacity() -> None:
    for lever in paths():
        mine = [i for i in instruments() if i.lever == lever]
        count = sum(measure.lever == lever for measure in measures())
        assert sum((i.share for i in mine), Fraction(0)) == 1
        assert abs(sum(float(i.share) for i in mine) - 1) < 1e-12
        if lever != CAPACITY:
            assert all(i.share == Fraction(len(i.measures), count) for i in mine)


def test_the_capacity_to_carry_out_is_article_24_alone() -> None:
    assert {i.article for i in instruments() if i.lever == CAPACITY and i.share > 0} == {24}
    base = scenarios.load("plan").base
    without = base_levels(CAPACITY, base, (24,))
    np.testing.assert_array_equal(without.ordered, without.no_plan)
    others = base_levels(CAPACITY, base, (4, 11, 16, 18, 25, 27))
    np.testing.assert_array_equal(others.ordered, base_levels(CAPACITY, base).ordered)


def test_quotes_stand_word_by_word_in_their_article() -> None:
    by_id = {measure.id: measure for measure in measures()}
    for instrument in instruments():
        start, end = spans()[instrument.article]
        assert all(quote in plan_text()[start:end] for quote in instrument.quote)
        for identity in instrument.measures:
            assert any(by_id[identity].keywords in quote for quote in instrument.quote)


def test_paths_and_the_table_of_levers_say_the_same() -> None:
    assert set(paths()) == set(levers())
    assert len(paths()) == 60
    for name, path in paths().items():
        assert {i.article for i in instruments() if i.lever == name} == set(levers()[name].articles)
        for points in (path.before, path.no_plan, path.current, path.plan):
            assert [month for month, _ in points] == sorted({month for month, _ in points})
            assert all(path.low <= level <= path.high for _, level in points)
        assert path.note["zh"] and path.note["en"]


def test_measures_for_goods_that_are_not_simulated_wait_although_their_lever_acts() -> None:
    waiting = {m.id: m for m in measures() if m.waits}
    assert set(waiting) == {"A06-12", "A19-07", "A22-10"}
    assert all(m.lever in ACTING and standing(m) == WAITS for m in waiting.values())
    same_lever = next(m for m in measures() if m.id == "A19-06")
    assert same_lever.lever == waiting["A19-07"].lever and standing(same_lever) == ACTS


@pytest.mark.parametrize(
    "text, number", [("一", 1), ("九", 9), ("十", 10), ("十七", 17), ("二十", 20), ("二十七", 27)]
)
def test_chinese_numbers(text: str, number: int) -> None:
    assert registry.chinese_number(text) == number
