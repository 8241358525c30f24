"""Indicators read off expected counts (sums of choice probabilities), with less luck than drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from model.indicators.formula import Formula
from model.indicators.formulas import FORMULAS
from model.indicators.reading import AT

DRAWN = {"sales_": "expected_", "sold_grade": "expected_grade", "trips_": "expected_trips_"}
"""How columns of counts drawn and of counts expected begin."""


@cache
def expected_formulas() -> Mapping[str, Formula]:
    """Return the indicators that can be read off expected counts, with the formula that does so."""
    found = {}
    for name, formula in FORMULAS.items():
        bottom = None if formula.bottom is None else _expected(formula.bottom)
        made = replace(formula, top=_expected(formula.top), bottom=bottom)
        if made != formula:
            found[name] = made
    return found


def _expected(columns: Mapping[str, float]) -> dict[str, float]:
    """Return columns of the ledger and their weights, drawn counts replaced where expected ones are kept."""
    return {_column(name): weight for name, weight in columns.items()}


def _column(name: str) -> str:
    """Return the column of expected counts beside one of drawn counts, else the column itself."""
    for drawn, expected in DRAWN.items():
        if name.startswith(drawn) and (other := expected + name.removeprefix(drawn)) in AT:
            return other
    return name
