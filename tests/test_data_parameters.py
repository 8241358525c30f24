"""Parameters keep their roles, draws are reproducible, and levers and indicators are complete."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from model.data import parameters as module
from model.data.indicators import BASES, indicators
from model.data.levers import levers
from model.data.parameters import Parameters, catalogue, draws, prior_draws
from model.errors import InputError

ROWS = {row["key"]: row for row in catalogue()}
INPUTS = [key for key, row in ROWS.items() if row["role"] == "input"]


def test_the_central_set_holds_inputs_only() -> None:
    central = Parameters.central()
    assert set(INPUTS) <= set(central)
    assert all(ROWS[key]["role"] == "input" for key in central if key in ROWS)
    assert all(math.isfinite(value) for value in central.values())


@pytest.mark.parametrize("role", ["check", "answer", "superseded"])
def test_other_roles_cannot_be_read_and_the_error_names_the_role(role: str) -> None:
    key = next(key for key, row in ROWS.items() if row["role"] == role)
    with pytest.raises(KeyError, match=role):
        Parameters.central()[key]
    assert key not in Parameters.central()


def test_replace_returns_a_copy_and_refuses_unknown_keys() -> None:
    central = Parameters.central()
    changed = central.replace(car_drift_bev=1.0)
    assert changed["car_drift_bev"] == 1.0
    assert central["car_drift_bev"] != 1.0
    assert changed.fingerprint != central.fingerprint
    with pytest.raises(InputError) as caught:
        central.replace(car_drift_bvv=1.0)
    assert (caught.value.code, caught.value.near) == ("parameter", "car_drift_bev")
    with pytest.raises(InputError):
        central.replace(car_drift_bev=math.nan)


def test_draws_are_reproducible_and_do_not_depend_on_their_number() -> None:
    assert draws(3) == draws(10)[:3]
    assert prior_draws(3) != prior_draws(3, seed=2)
    assert len(set(draws(10))) == 10


def test_a_new_row_shifts_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    before = draws(4)
    table = dict(module._table())
    table.pop("car_taste_sd_bev")
    monkeypatch.setattr(module, "_table", lambda: table)
    after = draws(4)
    assert all(
        b["car_charging_strength"] == a["car_charging_strength"] for b, a in zip(before, after, strict=True)
    )


def test_hard_bounds_hold_and_soft_ones_are_the_5th_and_95th_percentile() -> None:
    sets = prior_draws(400)[1:]
    for key in INPUTS:
        row = ROWS[key]
        values = np.array([one[key] for one in sets])
        low, high = float(row["low"]), float(row["high"])
        assert np.isfinite(values).all(), key
        if row["distribution"] in ("triangular", "uniform", "fixed"):
            assert values.min() >= low and values.max() <= high, key
        if row["distribution"] == "beta":
            assert values.min() > 0 and values.max() < 1, key
        if row["distribution"] == "lognormal":
            assert values.min() > 0, key
        if row["distribution"] in ("normal", "beta"):
            sd = (high - low) / 3.29
            assert abs(values.mean() - float(row["central"])) < 5 * sd / math.sqrt(len(values)), key
            assert values.std() == pytest.approx(sd, rel=0.25), key


def test_fitted_values_replace_priors_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "draws.csv").write_text(
        "draw,key,value\n1,car_asc_bev,1\n2,car_asc_bev,2\n1,car_shock_x,7\n2,car_shock_x,8\n"
    )
    (tmp_path / "central.csv").write_text("key,value,unit,source,quality\ncar_asc_bev,5,CNY,fit,derived\n")
    monkeypatch.setattr(module, "FITTED", tmp_path)
    module._fitted_draws.cache_clear()
    module._central.cache_clear()
    try:
        sets = draws(3)
        assert [one["car_asc_bev"] for one in sets] == [1, 2, 1]
        assert [one["car_shock_x"] for one in sets] == [7, 8, 7]
        assert Parameters.central()["car_asc_bev"] == 5
        (tmp_path / "central.csv").write_text(
            "key,value,unit,source,quality\nveh_feedback_share,5,-,fit,derived\n"
        )
        module._central.cache_clear()
        with pytest.raises(InputError):
            Parameters.central()
    finally:
        module._fitted_draws.cache_clear()
        module._central.cache_clear()


def test_numbers_from_nowhere_are_marked_assumed() -> None:
    for key, row in ROWS.items():
        if row["source"].split(";")[0].strip() in ("none", "judgement"):
            assert row["quality"] == "assumed", key


def test_parameters_levers_and_indicators_read_in_two_languages() -> None:
    for key, row in ROWS.items():
        assert row["zh"] and row["en"], key
    for key, item in {**levers(), **indicators()}.items():
        assert item.label["zh"] and item.label["en"], key


def test_there_are_sixty_levers_of_five_kinds_within_their_bounds() -> None:
    known = levers()
    assert len(known) == 60
    assert {lever.kind for lever in known.values()} == {"money", "requirement", "offer", "effort", "market"}
    assert all(lever.min < lever.max and lever.articles for lever in known.values())
    assert [key for key, lever in known.items() if lever.whole] == ["min_efficiency_cutoff"]


def test_the_79_indicators_have_targets_with_a_basis_and_the_rest_have_none() -> None:
    known = indicators()
    goals = {key: item for key, item in known.items() if item.nature != "auxiliary"}
    assert len(goals) == 79
    for key, item in goals.items():
        assert item.targets, key
        assert all(item.basis_of(year) in BASES for year in item.targets), key
        assert item.direction in ("higher", "lower"), key
    assert all(not item.targets for key, item in known.items() if key not in goals)


def test_the_share_of_new_energy_cars_is_judged_by_the_national_plans() -> None:
    goal = indicators()["nev_new_sales_share"]
    assert goal.targets == {2025: 0.2, 2030: 0.4}
    assert goal.basis == goal.basis_of(2025) == "national plan"
    assert goal.basis_of(2022) == ""
