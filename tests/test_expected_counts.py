"""Sums of choice probabilities say what drawn counts say, with less luck."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import scenarios
from experiments.expected import expected_formulas
from experiments.figures_of import values_of
from experiments.outcomes import Outcome
from experiments.study import Study
from experiments.study_reading import read_study
from model import simulate

OUTCOMES = tuple(
    Outcome(name, "2023-12")
    for name in ("green_appliance_share", "car_sales", "electricity_bill", "walk_share", "nev_sales")
)
SEEDS = 8


def test_expected_counts_are_unbiased_and_lie_closer_together() -> None:
    plan = scenarios.load("plan")
    runs = [simulate(plan, households=600, seed=seed, until="2023-12") for seed in range(1, SEEDS + 1)]
    drawn, expected = (
        np.array([values_of(run, OUTCOMES, expected=chosen) for run in runs]) for chosen in (False, True)
    )
    off = np.abs(drawn.mean(axis=0) - expected.mean(axis=0))
    assert (off <= 4 * drawn.std(axis=0, ddof=1) / SEEDS**0.5 + 1e-9).all()
    spread = expected.std(axis=0) / np.maximum(drawn.std(axis=0), 1e-12)
    assert spread[0] < 0.5 and spread[3] < 1 and spread[4] < 1
    assert np.allclose(drawn[:, 1], expected[:, 1])  # every buyer buys something: only what is drawn
    assert (drawn[:, 2] == expected[:, 2]).all()  # a bill has no expected counts beside it


def test_figures_drawn_are_those_of_the_run() -> None:
    run = simulate(scenarios.load("plan"), households=600, until="2023-12")
    where = (Outcome("nev_stock", "2023-12", "all", "q2"), Outcome("nev_stock", "2022-05"))
    both = Outcome("electricity_bill", "2023-12", "all.urban", "q3")
    table = run.indicators.set_index(["indicator", "month", "place", "group"])["value"]
    found = values_of(run, (*where, both))
    assert [table[one.indicator, one.month, one.place, one.group] for one in where] == list(found[:2])
    detail = run.detail.set_index(["indicator", "month", "place", "group"])["value"]
    assert found[2] == detail["electricity_bill", "2023-12", "all.urban", "q3"]


def test_the_indicators_of_cars_goods_and_trips_have_expected_counts() -> None:
    assert {"nev_new_sales_share", "green_appliance_share", "green_travel_share"} <= set(expected_formulas())
    assert not {"electricity_bill", "nev_stock", "public_chargers"} & set(expected_formulas())


def test_a_fault_in_a_scenario_beside_a_study_is_told_of_the_scenario(tmp_path: Path) -> None:
    from model.errors import InputError

    (tmp_path / "dear.toml").write_text('schema = 1\nname = "dear"\nextends = "plann"\n')
    study = tmp_path / "mine.toml"
    text = 'schema = 1\nname = "mine"\nmethod = "sobol"\nscenarios = ["{}"]\nsamples = 4\n'
    text += 'outcomes = ["nev_stock@2030"]\n[[factor]]\nluck = true\n'
    for named in ("dear", "dear.toml", "./dear.toml"):
        study.write_text(text.format(named))
        try:
            made: Study | InputError = read_study(study)
        except InputError as fault:
            made = fault
        assert isinstance(made, InputError)
        assert (made.code, Path(made.file).name, made.line, made.near) == (
            "unknown_parent",
            "dear.toml",
            3,
            "plan",
        )
