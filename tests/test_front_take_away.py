"""The table that a visitor takes along is one of numbers, whole in both languages."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

import scenarios
from app.cli.labels import labels_for
from app.cli.session import Session
from app.front import export, take_away
from experiments.ensemble import run_ensemble
from experiments.results import summary_of
from scenarios import Scenario

PLAN, HEADS = "plan", {"en": "Indicator", "zh": "指标"}


def summary_with(changed: Scenario, **more: Any) -> dict[str, Any]:
    base = scenarios.load(PLAN)
    made = run_ensemble([base, changed], households=400, replicates=2)
    options = {
        **made.meta,
        "compared": False,
        "detail": False,
        "changed": True,
        "assumptions": [],
        "vary": None,
    }
    return {**summary_of(made, (base, changed), options, "0" * 12), **more}


def read(lang: str, changed: Scenario, summary: dict[str, Any]) -> pd.DataFrame:
    words = Session(lang)
    lines = take_away.lines(words, labels_for(words, [], "shanxi"), summary, PLAN, changed.name)
    return pd.read_csv(io.BytesIO(export.csv_of(take_away.heads(words), lines)))


@pytest.fixture(scope="module")
def dearer() -> Scenario:
    return scenarios.load(PLAN).with_levers(nev_purchase_subsidy="20000@2023-01..2028-12")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_figure_is_a_number_in_a_cell_of_its_own(lang: str, dearer: Scenario) -> None:
    summary = summary_with(dearer)
    table = read(lang, dearer, summary)
    assert table.columns[0] == HEADS[lang] and len(table.columns) == len(take_away.HEADS)
    value, low, high = (table.columns[k] for k in (4, 5, 6))
    for column in (value, low, high):
        assert pd.api.types.is_float_dtype(table[column])
    told = table[[value, low, high]].dropna()
    assert len(told) > 100 and (told[low] <= told[high]).all()
    goal = summary["goals"][0]
    with_it = goal["scenarios"][dearer.name]["value"]
    assert table[value][2] == pytest.approx(100.0 * with_it, rel=1e-5)
    cost = summary["effects"][0]["cost"]["all"]["real"]["value"]
    assert cost > 0 and (table[value] - cost).abs().min() < 1e-5 * cost
    assert not table.astype(str).apply(lambda column: column.str.contains("\n|^'", regex=True)).any(axis=None)


def test_a_change_that_moves_no_money_has_a_table_too(dearer: Scenario) -> None:
    summary = summary_with(dearer)
    effect = {name: part for name, part in summary["effects"][0].items() if name != "groups"}
    table = read("en", dearer, {**summary, "effects": [{**effect, "window": None}]})
    assert len(table) == 4 * len(summary["goals"]) + 1
