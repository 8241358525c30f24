"""A run is what was asked: scenarios in their order, each under a name of its own, no other answer."""

import json
import re

import numpy as np
import pytest

import experiments
import scenarios
from app.cli.labels import labels_for
from app.cli.main import call
from app.cli.session import Session
from experiments import store
from experiments.ensemble import Ensemble
from experiments.paired import scoreboard
from experiments.summary import summarise
from model.data.load import load_region
from model.data.months import december
from model.errors import InputError
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cells

SMALL = ("--households", "200", "--replicates", "1", "--until", "2023-12", "--threads", "2")
LANGUAGES = ("en", "zh")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(file, name, subsidy=8000, label=None):
    """Write a scenario file that extends the plan by one subsidy."""
    named = f'label = {{ zh = "{label}", en = "{label}" }}\n' if label else ""
    text = f'schema = 1\nname = "{name}"\n{named}extends = "plan"\n'
    change = f'[[change]]\nlever = "nev_purchase_subsidy"\npath = {{ "2022-07" = {subsidy} }}\n'
    file.write_text(text + change, encoding="utf-8")


def asked(capsys, *typed):
    assert call([*typed, *SMALL, "--json"]) == 0, typed
    return json.loads(capsys.readouterr().out)


def test_the_order_of_scenarios_is_part_of_the_question(capsys):
    there, back = asked(capsys, "compare", "current", "plan"), asked(capsys, "compare", "plan", "current")
    assert there["id"] != back["id"]
    assert (there["scenarios"], back["scenarios"]) == (["current", "plan"], ["plan", "current"])
    signs = [[row["effect"] for row in one["differences"] if row["effect"]] for one in (there, back)]
    assert signs[0] and signs[0] == [-effect for effect in signs[1]]


def test_a_question_asked_again_is_answered_from_its_own_folder(capsys):
    first = asked(capsys, "run", "current", "plan")
    other = asked(capsys, "run", "plan", "current")
    again = asked(capsys, "run", "current", "plan")
    assert first == again and first["folder"] != other["folder"]
    assert other["scenarios"] == ["plan", "current"]


def test_inputs_know_the_order_and_refuse_a_name_twice():
    one, two = ("a", "x = 1\n"), ("b", "x = 2\n")
    assert store.Inputs((one, two), {}).id != store.Inputs((two, one), {}).id
    with pytest.raises(ValueError, match="one name"):
        store.Inputs((one, ("a", "x = 2\n")), {})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", [("run",), ("run", "plan"), ("compare",), ("compare", "plan")])
def test_two_files_of_one_name_are_refused_by_name(command, lang, capsys, tmp_path):
    write(tmp_path / "mine.toml", "mine", 8000)
    write(tmp_path / "other.toml", "mine", 6000)
    assert call([*command, "mine.toml", "other.toml", *SMALL, "--lang", lang]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert re.search("mine\\.toml.*other\\.toml.*“mine”", said.err)
    assert ("different scenarios" if lang == "en" else "不同的情景") in said.err
    assert not (tmp_path / "runs").exists()


def test_one_scenario_under_two_paths_is_run_once(capsys, tmp_path):
    write(tmp_path / "mine.toml", "mine")
    assert asked(capsys, "run", "mine.toml", "./mine.toml", "mine.toml")["scenarios"] == ["mine"]
    assert call(["compare", "mine.toml", "./mine.toml"]) == 2
    assert "at least one other" in capsys.readouterr().err


def test_an_ensemble_refuses_a_name_twice():
    plan = scenarios.load("plan")
    with pytest.raises(InputError, match="names_repeated"):
        experiments.run_ensemble([plan, scenarios.load("current").renamed("plan")], households=100)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["province", "q1", "all", "nev_purchase_subsidy", "nev_stock", "shanxi"])
def test_a_scenario_renames_nothing_but_itself(name, lang):
    mine = scenarios.load("plan").renamed(name, {"zh": "我的", "en": "Mine"})
    with_it, without = (labels_for(Session(lang), chosen, "shanxi") for chosen in ([mine], []))
    assert dict(with_it) == dict(without)
    assert with_it.scenarios == {name: {"zh": "我的", "en": "Mine"}[lang]}


@pytest.mark.parametrize(("lang", "payer"), [("en", "province"), ("zh", "省级")])
def test_a_scenario_called_province_leaves_the_payer_its_name(lang, payer, capsys, tmp_path):
    write(tmp_path / "pr.toml", "province", label="XXX")
    assert call(["run", "no_plan", "pr.toml", *SMALL, "--all", "--lang", lang]) == 0
    said = capsys.readouterr().out
    rows = [line.split() for line in said.splitlines() if line.split()[:1] == ["XXX"]]
    assert any(payer in row for row in rows) and not any("XXX" in row[1:] for row in rows)


def test_a_scenario_called_like_the_end_of_a_range_keeps_its_own_figures():
    """`probability_low_mine` could be the lower end of `mine` or the probability of `low_mine`."""
    region = load_region("shanxi")
    values = np.full((2, 3, len(FORMULAS), len(cells(region).month)), np.nan)
    values[0, :, list(FORMULAS).index("nev_new_sales_share"), december(2030)] = 0.9
    values[1, :, list(FORMULAS).index("nev_new_sales_share"), december(2030)] = 0.1
    names = ("mine", "low_mine")
    luck = np.zeros((0, *values.shape[2:]))
    ensemble = Ensemble(names, {}, region, values, luck, outlays=None)
    empty = scoreboard(ensemble).head(0)
    made = summarise(scoreboard(ensemble), empty, empty, header={}, scenarios=names)
    (goal,) = [goal for goal in made["goals"] if goal["year"] == 2030]
    assert goal["scenarios"]["mine"]["probability_low"] == pytest.approx(0.4385, abs=1e-4)
    assert [goal["scenarios"][name]["probability"] for name in names] == [1.0, 0.0]
