"""A study file says what is moved, over which range, where and when, and what is asked of each run."""

from __future__ import annotations

from pathlib import Path

import pytest

from experiments.design_points import grid, levels_of, task_at
from experiments.outcomes import read_outcome
from experiments.study import Study
from experiments.study_reading import check_study, read_study, study_names
from model.data.load import load_region
from model.data.months import month_index
from model.data.parameters import Parameters, draws, fitted_draw_count
from model.errors import InputError
from scenarios.faults import Spot

HEAD = """schema = 1
name = "mine"
method = "{method}"
scenarios = ["plan"]
households = 500
outcomes = ["nev_new_sales_share@2030"]
{size}
"""
SAMPLED = HEAD.format(method="sobol", size="samples = 16")
GRID = HEAD.format(method="grid", size="replicates = 2")
SUBSIDY = (
    '[[factor]]\nlever = "nev_purchase_subsidy"\nfrom = "2026-01"\nto = "2028-12"\nplaces = ["*.rural"]\n'
)


def study_of(folder: Path, text: str) -> Study:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return read_study(path)


@pytest.mark.parametrize("name", study_names())
def test_every_shipped_study_is_sound_and_found_by_name(name: str) -> None:
    assert check_study(name) == []
    study = read_study(name)
    assert study.name == name
    assert {"dummy", "luck"} <= {factor.kind for factor in study.factors}
    assert 8 <= len(study.factors) <= 12
    assert all(factor.label["zh"] != factor.label["en"] for factor in study.factors)


def test_a_range_not_given_is_that_of_the_row(tmp_path: Path) -> None:
    study = study_of(tmp_path, SAMPLED + '[[factor]]\nparameter = "veh_price_elasticity_own"\n' + SUBSIDY)
    elasticity, subsidy = study.factors
    assert (elasticity.low, elasticity.high) == (-3.2, -1.6)
    assert (subsidy.low, subsidy.high) == (0, 30_000)
    assert subsidy.name == "nev_purchase_subsidy@2026-01..2028-12@*.rural"
    assert (study.region, study.until, study.seed, study.runs) == ("shanxi", "2030-12", 1, 16 * 4)


def test_a_point_is_the_run_that_the_same_settings_make(tmp_path: Path) -> None:
    """What a study does to a lever is what --set does, and nothing else changes."""
    text = SAMPLED + SUBSIDY + '[[factor]]\nparameter = "veh_price_elasticity_own"\n[[factor]]\nluck = true\n'
    study, region = study_of(tmp_path, text), load_region("shanxi")
    policy, parameters, seed = task_at(study, study.scenarios[0], levels_of(study, (0.25, 0.5, 0.0)), region)
    same = study.scenarios[0].with_levers(nev_purchase_subsidy="7500@2026-01..2028-12@*.rural")
    assert policy.fingerprint == same.resolve(region).fingerprint
    assert parameters is not None and parameters["veh_price_elasticity_own"] == pytest.approx(-2.4)
    assert parameters.replace(veh_price_elasticity_own=-2.4) == Parameters.central().replace(
        veh_price_elasticity_own=-2.4
    )
    assert seed == study.seed
    _, _, lucky = task_at(study, study.scenarios[0], levels_of(study, (0.25, 0.5, 0.999)), region)
    assert lucky > seed


def test_a_dummy_enters_nothing(tmp_path: Path) -> None:
    study, region = (
        study_of(tmp_path, SAMPLED + SUBSIDY + "[[factor]]\ndummy = true\n"),
        load_region("shanxi"),
    )
    runs = [task_at(study, study.scenarios[0], levels_of(study, (0.5, x)), region) for x in (0.0, 0.9)]
    assert runs[0][0].fingerprint == runs[1][0].fingerprint
    assert runs[0][1:] == runs[1][1:]


def test_the_factor_draw_takes_whole_fitted_sets_each_as_often(tmp_path: Path) -> None:
    study = study_of(tmp_path, SAMPLED + "[[factor]]\ndraw = true\n")
    count = fitted_draw_count()
    shares = [(k + 0.5) / (2 * count) for k in range(2 * count)]
    assert [levels_of(study, (share,))[0] for share in shares] == [1 + k // 2 for k in range(2 * count)]
    assert levels_of(study, (1.0,)) == (count,)
    _, parameters, _ = task_at(study, study.scenarios[0], (3.0,), load_region("shanxi"))
    assert parameters == draws(count)[2]


def test_a_grid_is_every_level_with_every_other(tmp_path: Path) -> None:
    text = GRID + SUBSIDY + "values = [0, 4000, 8000]\n"
    study = study_of(tmp_path, text + '[[factor]]\nparameter = "world_petrol"\nvalues = [-1, 1]\n')
    assert grid(study) == ((0, -1), (0, 1), (4000, -1), (4000, 1), (8000, -1), (8000, 1))
    assert study.runs == 12


def test_whole_levers_are_moved_in_whole_steps(tmp_path: Path) -> None:
    study = study_of(tmp_path, SAMPLED + '[[factor]]\nlever = "min_efficiency_cutoff"\n')
    assert [levels_of(study, (x / 5 + 0.1,))[0] for x in range(5)] == [1, 2, 3, 4, 5]


def test_an_assumption_gives_way_to_the_factor_that_moves_the_same_number(tmp_path: Path) -> None:
    (tmp_path / "dear.toml").write_text(
        'schema = 1\nname = "dear"\nextends = "plan"\n'
        '[[assume]]\nkey = "veh_price_elasticity_own"\nvalue = -2\n'
    )
    text = SAMPLED.replace('["plan"]', '["dear.toml"]')
    study = study_of(tmp_path, text + '[[factor]]\nparameter = "veh_price_elasticity_own"\n')
    policy, parameters, _ = task_at(study, study.scenarios[0], (-1.7,), load_region("shanxi"))
    assert "veh_price_elasticity_own" not in policy.parameters
    assert parameters is not None and parameters["veh_price_elasticity_own"] == -1.7


@pytest.mark.parametrize(
    ("text", "month", "place", "group"),
    [
        ("nev_new_sales_share@2030", "2030-12", "all", "all"),
        ("nev_stock@2027-05", "2027-05", "all", "all"),
        ("electricity_bill@2030@all@q1", "2030-12", "all", "q1"),
        ("electricity_bill@2030@q1", "2030-12", "all", "q1"),
        ("nev_stock@2030@太原", "2030-12", "140100", "all"),
        ("nev_stock@2030@*.rural@Q2", "2030-12", "all.rural", "q2"),
    ],
)
def test_an_outcome_is_read_and_said_back(text: str, month: str, place: str, group: str) -> None:
    region = load_region("shanxi")
    one = read_outcome(text, region, "2030-12", Spot())
    assert (one.month, one.place, one.group) == (month, place, group)
    assert read_outcome(one.text, region, "2030-12", Spot()) == one
    assert month_index(one.month) >= 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nev_new_sales_share", "bad_outcome"),
        ("nev_new_sales_share@", "bad_outcome"),
        ("nev_new_sale_share@2030", "unknown_indicator"),
        ("label_trust@2030", "indicator_waiting"),
        ("nev_stock@2031", "outcome_month"),
        ("nev_stock@2030-12", "outcome_late"),
        ("electricity_bill@2027-05", "outcome_december"),
        ("nev_stock@2027-05@q1", "outcome_december"),
        ("public_chargers@2028@q1", "outcome_group"),
        ("nev_stock@2028@atlantis", "bad_place"),
        ("nev_stock@2028@all@q9", "bad_group"),
        ("nev_stock@2028@all@q1@q2", "bad_outcome"),
    ],
)
def test_what_is_no_outcome_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_outcome(text, load_region("shanxi"), "2029-12", Spot())
    assert caught.value.code == code
