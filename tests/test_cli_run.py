"""`jinlv run`: what it asks of the ensemble, prints, keeps, reuses, and how it ends when something fails."""

import json
import re
import sys
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest

from app.cli.main import Terminated, call
from experiments.summary import money, summarise

SCENARIOS = ("no_plan", "current", "plan")


def scoreboard(ensemble):
    row = {"indicator": "nev_new_sales_share", "year": 2030, "basis": "proposed", "direction": "higher"}
    row |= {"unit": "share of new cars", "target": 0.6, "passed_in_2022": False}
    row["stretch"] = float("nan")
    for name, value in zip(SCENARIOS, (0.4, 0.55, 0.7), strict=True):
        row |= {f"value:{name}": value, f"low:{name}": value - 0.05, f"high:{name}": value + 0.05}
        row |= {f"met:{name}": value >= 0.6, f"probability:{name}": value}
        row |= {f"probability_low:{name}": value - 0.1, f"probability_high:{name}": value + 0.1}
    row |= {"effect_of_plan": 0.3, "effect_of_plan_low": 0.2, "effect_of_plan_high": 0.4}
    row |= {
        "achieved_so_far": 0.15,
        "achieved_so_far_low": float("nan"),
        "achieved_so_far_high": float("nan"),
    }
    document = {
        **row,
        "indicator": "green_awareness",
        "basis": "document",
        "passed_in_2022": True,
        "stretch": 0.7,
    }
    return pd.DataFrame([row, document])


def outlays():
    rows = [("plan", 0, 2023, 1e8), ("plan", 1, 2023, 3e8), ("plan", 0, 2019, 9e8), ("current", 0, 2024, 5e7)]
    frame = pd.DataFrame(rows, columns=["scenario", "replicate", "year", "value"])
    return frame.assign(instrument="nev_purchase_subsidy", payer="province", place="140100.rural", group="q1")


def paired(ensemble, treated, base):
    """Return effects of a change: half a point for the region, something else where it must not be read."""
    rows = [("all", "all", "2030-12", 0.005), ("all", "q1", "2030-12", 0.9), ("all", "all", "2025-12", 0.8)]
    frame = pd.DataFrame(rows, columns=["place", "group", "month", "effect"])
    return frame.assign(indicator="nev_new_sales_share", low=-0.0001, high=0.01)


def ensemble():
    evidence = {"indicator": "nev_new_sales_share", "year": 2020, "observed": 0.071, "model_median": 0.053}
    evidence |= {
        "model_low": 0.04,
        "model_high": 0.06,
        "unit": "share",
        "quality": "derived",
        "fitted": False,
    }
    frame = pd.DataFrame({"scenario": ["plan"], "value": [0.7]})
    return SimpleNamespace(
        indicators=frame,
        goals=frame,
        outlays=outlays(),
        evidence=pd.DataFrame([evidence]),
        meta={"calibrated": False},
    )


def span(value):
    return {"value": value, "low": value - 1, "high": value + 1}


def effect(ensemble, treated, base):
    """Return what money bought: 1,000 cars where there was an effect, nothing where `treated` is current."""
    none = treated == "current"
    per_car = None if none else span(52_000.0)
    both = {"current": span(2e8), "real": span(1.9e8), "discounted": span(1.8e8)}
    tonnes = ("to_end", "life", "to_end_discounted", "life_discounted")
    return {
        "treated": treated,
        "base": base,
        "window": {"first": "2023-01", "last": "2030-12", "cut": True, "paying": True},
        "additional": span(1000.0),
        "subsidised": span(4000.0),
        "leakage": None if none else {"value": 0.75, "low": 0.7, "high": float("nan")},
        "reason": "no_detectable_effect" if none else "",
        "discount_rate": 0.03,
        "cost": {"all": both, "province": both},
        "cost_per_additional": {who: {"current": per_car, "real": per_car} for who in ("all", "province")},
        "tonnes": {name: span(70_000.0) for name in tonnes},
        "tonnes_driving_less": {name: span(3_000.0) for name in tonnes if name.startswith("to_end")},
        "cost_per_tonne": {who: dict.fromkeys(tonnes) for who in ("all", "province")},
        "instruments": [
            {
                "instrument": "nev_purchase_subsidy.ab12cd",
                "payer": "province",
                "set": True,
                "money": span(2e8),
            },
            {"instrument": "purchase_tax_relief", "payer": "centre", "set": False, "money": span(1e7)},
        ],
        "groups": [{"part": "q1", "received": span(43.2), "energy": span(-17.5), "share": span(0.1)}],
    }


def differences(ensemble, pairs):
    """Return paired effects in Taiyuan and in its villages for each pair."""
    frame = pd.DataFrame(pairs, columns=["treated", "base"])
    frame = frame.assign(indicator="nev_new_sales_share", month="2030-12", group="all", low=0.01, high=0.02)
    return pd.concat(
        [frame.assign(place="140100", effect=0.012), frame.assign(place="140100.rural", effect=0.03)]
    )


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Put a small ensemble in place of the simulation; return what it was asked."""
    calls = []

    def run_ensemble(scenarios, *, progress=None, **options):
        calls.append({"names": [one.name for one in scenarios], **options})
        progress(1, 2)
        return ensemble()

    fake = ModuleType("experiments.ensemble")
    fake.run_ensemble = run_ensemble
    compare = ModuleType("experiments.paired")
    compare.scoreboard = scoreboard
    compare.goal_effects = paired
    compare.luck_share = lambda ensemble, indicator, year: 0.25
    compare.headline_differences = differences
    effects = ModuleType("experiments.effects")
    effects.effects_of = effect
    pairs = ModuleType("experiments.pairs")
    pairs.pairs_of = lambda names, changed: [(names[-1], names[0])]
    monkeypatch.setitem(sys.modules, "experiments.effects", effects)
    monkeypatch.setitem(sys.modules, "experiments.pairs", pairs)
    monkeypatch.setitem(sys.modules, "experiments.ensemble", fake)
    monkeypatch.setitem(sys.modules, "experiments.paired", compare)
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C")
    return calls


def test_without_names_the_three_scenarios_are_compared(asked, capsys):
    assert call(["run", "--replicates", "2", "--households", "500", "--threads", "2"]) == 0
    (one,) = asked
    assert one["names"] == ["no_plan", "current", "plan"]
    assert (one["replicates"], one["households"], one["threads"]) == (2, 500, 2)
    assert (one["region"], one["seed"], one["until"]) == ("shanxi", 1, "2030-12")
    said = capsys.readouterr().out
    for text in (
        "not a forecast",
        "before calibration",
        "70.0 %",
        "[65.0, 75.0]",
        "≥ 60 %",
        "✓ p 0.70",
        "[0.60, 0.80]",
    ):
        assert text in said
    for text in ("+30.0 points", "✗ p", "derived", "* Assumed", "†", "jinlv verify"):
        assert text in said
    assert said.index("document") < said.index("proposed")


def test_what_the_money_bought_and_who_receives_it_are_printed(asked, capsys):
    assert call(["run", "--replicates", "10", "--all"]) == 0
    said = capsys.readouterr().out
    for text in ("What the money bought: The plan in full − Without the plan", "2023-01..2030-12 ‡"):
        assert text in said
    for text in ("1,000 [999, 1,001]", "75.0 %", "52,000 [51,999, 52,001]", "cost per tonne not defined"):
        assert text in said
    for text in ("poorest fifth", "43.20 [42.20, 44.20]", "Purchase tax forgone (national) °"):
        assert text in said
    assert "25.0 % of the variance between replicates is luck" in said.replace("\n", " ")


def test_a_run_says_first_what_is_asked_first_and_the_rest_on_request(asked, capsys):
    heads = ("Goals", "What policy changes", "Model beside observed series", "What the money for cars bought")
    rest = ("What moves", "Public money from 2022 on", "Who receives and who pays")
    assert call(["run", "--replicates", "10"]) == 0
    short = capsys.readouterr().out
    assert all(text in short for text in heads) and not any(text in short for text in rest)
    assert "`--all` adds" in short and "* Assumed" in short
    assert call(["run", "--replicates", "10", "--all"]) == 0
    full = capsys.readouterr().out
    assert all(text in full for text in (*heads[:3], *rest[1:])) and "`--all` adds" not in full
    assert (
        call(["run", "plan", "--set", "nev_purchase_subsidy=8000@2026-01..2028-12", "--replicates", "10"])
        == 0
    )
    changed = capsys.readouterr().out
    assert all(text in changed for text in ("For what", rest[2])) and rest[1] not in changed


def test_no_detectable_effect_is_said_instead_of_a_cost_per_car(asked, capsys):
    assert call(["run", "no_plan", "current", "--replicates", "2"]) == 0
    said = capsys.readouterr().out
    assert "no detectable effect on new-energy cars" in said and "52,000" not in said


def test_a_goal_that_is_passed_shows_a_stretch_value(asked, capsys):
    assert call(["run", "--replicates", "2"]) == 0
    assert "stretch ≥ 70.0 %" in capsys.readouterr().out


def test_compare_holds_all_others_against_the_first_by_place(asked, capsys):
    assert call(["compare", "current", "plan", "renewed", "--replicates", "2", "--all"]) == 0
    said = capsys.readouterr().out
    assert asked[0]["names"] == ["current", "plan", "renewed"]
    assert "The plan in full − Measures in force" in said and "national money renewed − Measures" in said
    assert re.search("Taiyuan .*\\+1.2 points \\[1.0, 2.0\\]", said)
    assert "Taiyuan rural" not in said and "2 more rows by place" in said


def test_compare_shows_first_goals_money_and_who_pays(asked, capsys):
    typed = ["compare", "current", "plan", "--replicates", "2"]
    assert call(typed) == 0
    said = capsys.readouterr().out
    heads = ("Goals and what changes", "Who pays", "For what", "What the money for cars bought")
    heads += ("Who receives and who pays", "--all")
    places = [said.index(head) for head in heads]
    assert places == sorted(places)
    assert re.search(r"80 %|60 %", said) and re.search("province +0.25 +2.00 +1.75", said)
    for left_out in ("Model beside observed series", "Wilson", "months counted", "Taiyuan"):
        assert left_out not in said
    assert all("driving less" in line for line in said.splitlines() if "to the end of the run" in line)
    assert call([*typed, "--all"]) == 0
    everything = capsys.readouterr().out
    assert "Model beside observed series" in everything and len(everything) > len(said)
    assert len(asked) == 1, "--all only prints more"


def test_json_of_compare_is_the_same_with_all(asked, capsys):
    typed = ["compare", "current", "plan", "--replicates", "2", "--json"]
    assert call(typed) == 0
    brief = capsys.readouterr().out
    assert call([*typed, "--all"]) == 0
    assert capsys.readouterr().out == brief
    document = json.loads(brief)
    row = next(one for one in document["payers"] if (one["payer"], one["scenario"]) == ("all", "plan"))
    assert (row["value"], row["low"], row["high"]) == (2e8, 1e8, 3e8)
    assert (row["difference"], row["difference_low"], row["difference_high"]) == (1.75e8, 0.5e8, 3e8)


def test_compare_wants_two_scenarios(asked, capsys):
    assert call(["compare", "plan", "plan"]) == 2
    assert capsys.readouterr().err == "jinlv: SCENARIO: give a base and at least one other scenario\n"
    assert asked == []


def test_all_households_are_simulated_once_unless_more_is_asked(asked):
    assert call(["run", "plan", "--households", "all"]) == 0
    assert call(["run", "plan", "--households", "all", "--replicates", "2"]) == 0
    assert [one["replicates"] for one in asked] == [1, 2]
    assert asked[0]["households"] > 13_000_000


def test_all_households_of_china_are_refused_with_the_largest_number(asked, capsys):
    assert call(["run", "--region", "china", "--households", "all"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("jinlv: --households") and "1..20000000" in said and said.count("\n") == 1
    assert asked == []


@pytest.mark.parametrize(
    ("lang", "text"), [("en", "provincial levers are Shanxi's"), ("zh", "省级政策杠杆属于山西")]
)
def test_the_nation_is_told_whose_levers_it_runs_under(asked, capsys, lang, text):
    assert call(["--lang", lang, "run", "--region", "china"]) == 0
    assert capsys.readouterr().out.count(text) == 1
    assert call(["--lang", lang, "run"]) == 0
    assert text not in capsys.readouterr().out


@pytest.mark.parametrize(("lang", "words"), [("en", "trucks"), ("zh", "货车")])
def test_a_figure_that_counts_something_else_is_marked_and_explained(asked, capsys, monkeypatch, lang, words):
    plain = ensemble()
    monkeypatch.setattr(
        sys.modules["experiments.ensemble"], "run_ensemble", lambda scenarios, progress=None, **_: plain
    )
    assert call(["--lang", lang, "run", "--out", "one"]) == 0
    assert "§" not in capsys.readouterr().out
    plain.evidence = plain.evidence.assign(counted="registered vehicles")
    assert call(["--lang", lang, "run", "--out", "two"]) == 0
    said = capsys.readouterr().out
    assert said.count("§") == 2 and words in said[said.rindex("§") :]


@pytest.mark.parametrize(("lang", "words"), [("en", "whole range"), ("zh", "全部范围")])
def test_one_replicate_shows_no_interval_and_few_show_a_range(asked, capsys, lang, words):
    bracket = re.compile(r"\[[-\d.,]+, [-\d.,]+\]")
    said = {}
    for replicates in (1, 2, 40):
        assert call(["--lang", lang, "run", "--replicates", str(replicates)]) == 0
        said[replicates] = capsys.readouterr().out
    assert bracket.findall(said[1]) == [] and "p 0" not in said[1] and "Wilson" not in said[1]
    assert "70.0 %" in said[1] and "2.00" in said[1]
    assert "25.0 %" not in said[2] and "25.0 %" in said[40]
    assert bracket.search(said[2]) and words in said[2] and "40" in said[2]
    assert bracket.search(said[40]) and words not in said[40]


def test_chinese_is_chinese(asked, capsys):
    assert call(["--lang", "zh", "run", "--replicates", "2", "--all"]) == 0
    said = capsys.readouterr().out
    for text in ("资金换来了什么", "搭便车", "收入最低的五分之一", "新能源汽车购置补贴", "进取值"):
        assert text in said
    for text in ("模拟结果，非预测", "未经校准", "+30.0 个百分点", "方案的作用", "省级", "亿元"):
        assert text in said


def test_json_is_one_document_and_nothing_else(asked, capsys):
    assert call(["run", "--json", "--replicates", "2"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [goal["basis"] for goal in document["goals"]] == ["document", "proposed"]
    assert document["goals"][0]["effects"]["achieved_so_far"]["low"] is None
    assert document["goals"][0]["effects"]["still_to_gain"]["value"] is None
    assert document["folder"].endswith(document["id"])


def spreads(document, where=""):
    """Yield path and value of every field that tells how far replicates lie apart."""
    pairs = document.items() if isinstance(document, dict) else enumerate(document)
    for key, part in pairs:
        if isinstance(part, dict | list):
            yield from spreads(part, f"{where}/{key}")
        elif re.search("(^|_)(low|high)$|^probability", str(key)):
            yield f"{where}/{key}", part


def test_one_replicate_has_no_interval_in_json_and_in_its_folder(asked, capsys, tmp_path):
    assert call(["run", "--json", "--replicates", "1"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["interval"] == "none" and document["goals"][0]["scenarios"]["plan"]["value"] is not None
    found = dict(spreads(document))
    assert len(found) > 50 and set(found.values()) == {None}
    kept = json.loads((tmp_path / document["folder"] / "summary.json").read_text(encoding="utf-8"))
    assert set(dict(spreads(kept)).values()) == {None}
    assert call(["run", "--json", "--replicates", "2"]) == 0
    two = json.loads(capsys.readouterr().out)
    assert two["interval"] == "range" and set(dict(spreads(two["goals"])).values()) != {None}


def test_the_same_run_is_shown_again_without_simulating(asked, capsys):
    typed = ["run", "--json", "--replicates", "2"]
    assert call(typed) == 0
    first = capsys.readouterr().out
    assert call([*typed, "--threads", "1"]) == 0
    said = capsys.readouterr()
    assert said.out == first and "already there" in said.err
    assert call([*typed, "--seed", "2"]) == 0
    assert len(asked) == 2


def test_a_damaged_run_is_done_again(asked, capsys, tmp_path):
    assert call(["run"]) == 0
    (folder,) = (tmp_path / "runs").iterdir()
    (folder / "goals.parquet").write_bytes(b"")
    assert call(["verify", str(folder)]) == 1
    assert "goals.parquet: hash differs" in capsys.readouterr().err
    assert call(["run"]) == 0
    assert len(asked) == 2
    assert call(["verify", str(folder)]) == 0


def test_set_adds_a_changed_copy_of_the_last_scenario_and_its_effect(asked, capsys):
    typed = ["run", "current", "plan", "--set", "nev_purchase_subsidy=8000@2026-01..2028-12@*.rural@q1,q2"]
    assert call([*typed, "--set", "charging_density=30"]) == 0
    said = capsys.readouterr().out
    assert "Effect of the change" in said and "+0.5 points [0.0, 1.0]" in said
    names = asked[0]["names"]
    assert names[:2] == ["current", "plan"] and len(names) == 3 and names[2].startswith("plan-")


def test_assumptions_hold_in_every_scenario_under_its_own_name(asked, tmp_path):
    assert call(["run", "--assume", "petrol_price=9@2026-01..2030-12"]) == 0
    assert asked[0]["names"] == ["no_plan", "current", "plan"]
    (folder,) = (tmp_path / "runs").iterdir()
    for name in SCENARIOS:
        assert "petrol_price" in (folder / "scenarios" / f"{name}.toml").read_text()


def test_a_failure_is_named_and_nothing_is_left(asked, capsys, tmp_path, monkeypatch):
    def fail(scenarios, **options):
        raise MemoryError("12 GB wanted")

    monkeypatch.setattr(sys.modules["experiments.ensemble"], "run_ensemble", fail)
    assert call(["run"]) == 1
    said = capsys.readouterr().err
    assert said == "jinlv: failed: MemoryError: 12 GB wanted; nothing was saved\n"
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_simulated(asked, capsys, tmp_path):
    (tmp_path / "taken").write_text("")
    assert call(["run", "--out", "taken"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert asked == []


@pytest.mark.parametrize(("signal", "code"), [(KeyboardInterrupt, 130), (Terminated, 143)])
def test_ctrl_c_ends_with_130_and_the_command_to_start_again(
    signal, code, asked, capsys, tmp_path, monkeypatch
):
    def interrupt(scenarios, **options):
        raise signal

    monkeypatch.setattr(sys.modules["experiments.ensemble"], "run_ensemble", interrupt)
    assert call(["run", "--seed", "7"]) == code
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.endswith("jinlv run --seed 7\n")
    assert list((tmp_path / "runs").iterdir()) == []


def test_money_counts_from_the_plans_year_and_silent_replicates_pay_nothing():
    current, plan = money(outlays(), SCENARIOS)
    assert (plan["scenario"], plan["value"], plan["low"], plan["high"]) == ("plan", 2e8, 1e8, 3e8)
    assert (current["value"], current["low"], current["high"]) == (2.5e7, 0.0, 5e7)
    assert plan["mean_by_year"] == {"2023": 2e8}


def test_money_has_its_rows_with_many_replicates_too():
    rows = [("plan", r, year, 1e8 + r) for r in range(1, 41) for year in (2021, 2022, 2030)]
    frame = pd.DataFrame(rows, columns=["scenario", "replicate", "year", "value"])
    frame = frame.assign(
        instrument="nev_purchase_subsidy", payer="province", place="140100.rural", group="q1"
    )
    (made,) = money(frame, SCENARIOS)
    assert made["value"] == pytest.approx(2e8 + 41) and made["low"] < made["value"] < made["high"]
    assert made["mean_by_year"] == pytest.approx({"2022": 1e8 + 20.5, "2030": 1e8 + 20.5})


def test_a_scenario_that_was_not_run_leaves_its_goals_empty():
    header = {"replicates": 2}
    found = summarise(scoreboard(None), ensemble().evidence, outlays(), header=header, scenarios=["other"])
    assert found["goals"][0]["scenarios"]["other"]["value"] is None
