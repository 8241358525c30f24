"""`scenario new` writes what was asked, whole or not at all; `scenario diff` tells two scenarios apart."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import scenarios
from app.cli.main import call
from model.data.load import load_region
from model.errors import InputError
from scenarios.comparing import diff
from scenarios.decembers import YEARS, decembers
from scenarios.new import draft, parent_in, write

SHANXI = load_region("shanxi")
SETTINGS = ["nev_purchase_subsidy=8000@2026-01..2028-12@*.rural@q1,q2", "charging_density=12.5"]
WORLD = ["petrol_price=+5%@2026-01..", "soc_publicity_halflife=high"]


def lines(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("parent", ["plan", "renewed", "prices_only"])
@pytest.mark.parametrize(("settings", "world"), [(SETTINGS, WORLD), (SETTINGS, []), ([], WORLD), ([], [])])
def test_the_file_says_what_the_command_line_says(
    parent: str, settings: list[str], world: list[str], tmp_path: Path
) -> None:
    base = scenarios.load(parent)
    path = write(tmp_path, "mine", draft("mine", base, settings, world))
    made = scenarios.load(path)
    asked = base.with_settings(settings).with_assumptions(world)
    asked = replace(asked.renamed("mine", made.label), about={})
    assert made.to_toml() == asked.to_toml()
    assert made.resolve(SHANXI).fingerprint == asked.resolve(SHANXI).fingerprint
    assert lines(tmp_path) == ["mine.toml"]
    assert b"\r" not in path.read_bytes()


def test_a_file_may_extend_a_file_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["scenario", "new", "one", "--set", SETTINGS[0]]) == 0
    assert call(["scenario", "new", "two", "--extends", "one.toml", "--set", SETTINGS[0]]) == 0
    assert scenarios.load("two.toml").chain == ("plan", "one")
    assert [change.layer for change in scenarios.load("two.toml").changes] == [0, 1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["plan"], "is the name of a shipped scenario"),
        (["../x"], "is not a name for a scenario"),
        (["mine", "--set", "nev_purchase_subsidi=1"], "--set: there is no lever"),
        (["mine", "--set", "nev_purchase_subsidy=99999"], "out of range"),
        (["mine", "--assume", "petrol_prize=9"], "--assume: there is no series"),
        (["mine", "--extends", "plann"], "(did you mean plan?)"),
        (["mine", "--extends", "../plan.toml"], "cannot be extended"),
        (["mine", "--extends", "mine"], "no scenario “mine”"),
        (["mine", "--out", "nowhere"], "there is no folder"),
        (["mine", "--en", "x" * 3000], "too long"),
    ],
)
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    typed: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["scenario", "new", *typed, "--lang", "en"]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and said in line
    assert lines(tmp_path) == []


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(["scenario", "new", "mine", "--set", SETTINGS[0]]) == 0
    before = Path("mine.toml").read_bytes()
    assert call(["scenario", "new", "mine"]) == 2
    assert Path("mine.toml").read_bytes() == before
    assert call(["scenario", "new", "other", "--extends", "mine"]) == 0
    assert call(["scenario", "new", "mine", "--extends", "other", "--force"]) == 2, "it would extend itself"
    assert Path("mine.toml").read_bytes() == before
    assert call(["scenario", "new", "mine", "--force"]) == 0
    assert Path("mine.toml").read_bytes() != before
    assert lines(tmp_path) == ["mine.toml", "other.toml"]


def test_a_text_with_a_fault_is_never_given_its_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="bad_schema") as raised:
        write(tmp_path, "mine", 'schema = 2\nname = "mine"\nextends = "plan"\n')
    assert raised.value.file == str(tmp_path / "mine.toml")
    assert lines(tmp_path) == []


def test_the_parent_of_a_label_is_named_by_its_name(tmp_path: Path) -> None:
    assert parent_in(tmp_path, "方案全面落实")[1] == "plan"


def test_a_difference_names_lever_place_and_both_levels() -> None:
    plan = scenarios.load("plan")
    one, two = plan.with_settings(SETTINGS), plan.with_settings([SETTINGS[0].replace("8000", "6000")])
    two = two.with_assumptions(WORLD[:1])
    found = {(row.what, row.where): row for row in diff(one, two)}
    rural = found["nev_purchase_subsidy", ("*.rural", "q1", "q2")]
    assert (rural.first, rural.second) == ("2026-01 8000 ..2028-12", "2026-01 6000 ..2028-12")
    assert found["charging_density", ("all",)].second == ""
    assert found["petrol_price", ()].part == "world"
    assert len(found) == len(diff(one, two)) == 3
    assert diff(plan, plan) == ()


def test_decembers_are_the_levels_of_the_resolved_policy() -> None:
    chosen = scenarios.load("plan").with_settings([*SETTINGS, "nev_purchase_subsidy=500@2027-01..@140100@q5"])
    policy = chosen.resolve(SHANXI)
    codes, groups = [place.code for place in SHANXI.places], list("12345")
    rows = decembers(chosen, SHANXI)
    assert {row.lever for row in rows} == {"nev_purchase_subsidy", "charging_density"}
    for row in rows:
        for code, group in row.cells:
            cell = (codes.index(code), groups.index(group[1]))
            for year, level in zip(YEARS, row.levels, strict=True):
                month = (year - 2015) * 12 + 11
                if row.lever == "charging_density":
                    assert policy.ordered[row.lever][month, *cell] == pytest.approx(level)
                else:
                    paid = sum(g.amount[month, *cell] for g in policy.grants if g.lever == row.lever)
                    assert paid == pytest.approx(level)
    cells = [cell for row in rows for cell in row.cells if row.lever == "charging_density"]
    assert len(cells) == len(set(cells)) == 5 * len(codes)


def test_show_tells_the_levels_of_a_changed_lever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    call(["scenario", "new", "mine", "--set", SETTINGS[0], "--lang", "en"])
    capsys.readouterr()
    assert call(["scenario", "show", "mine", "--lang", "en"]) == 0
    assert (
        "rural, poorest fifth, second fifth: 0 3000 3000 3000 8000 8000 8000 0 0" in capsys.readouterr().out
    )
    assert call(["scenario", "show", "mine", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["decembers"][0]["years"] == list(YEARS)
