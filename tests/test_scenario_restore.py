"""What a run folder keeps of a scenario can be run again: the same file, the same policy."""

from __future__ import annotations

from pathlib import Path

import pytest

import scenarios
from model.data.load import load_region
from model.errors import InputError
from scenarios.reading import LARGEST_FILE

SHANXI = load_region("shanxi")
HEAD = 'schema = 1\nname = "{name}"\nextends = "{parent}"\n'
SETTINGS = ["nev_purchase_subsidy=8000@2026-01..2028-12@*.rural@q1,q2", "charging_density=12.5@2027-01.."]
WORLD = ["petrol_price=9@2026-01..2027-12", "petrol_price=+3%@2028-01..", "soc_publicity_halflife=low"]


def back(scenario: scenarios.Scenario, folder: Path) -> scenarios.Scenario:
    path = folder / f"{scenario.name}.toml"
    path.write_bytes(scenario.to_toml().encode())
    return scenarios.restore(path)


def generations(folder: Path) -> scenarios.Scenario:
    """Return a scenario of three files, each of which changes what the one before it set."""
    parent = "renewed"
    for number in (1, 2, 3):
        name = f"gen{number}"
        text = HEAD.format(name=name, parent=parent)
        text += 'label = { zh = "第代\\t<b>", en = "generation \\"x\\"" }\n'
        text += '[[change]]\nlever = "nev_purchase_subsidy"\noptions = ["bev"]\nbudget = 1e9\ncap = 3e4\n'
        text += f"path = {{ 2026-01 = {number}000, 2028-06 = 0.1 }}\n"
        text += f'until = "2029-12"\nlayer = {number * 33}\n'
        text += f'price_ceiling = 2.5e5\nrequires = "trade_in"\nnote = "第{number}"\n'
        text += f'[[assume]]\nkey = "cpi"\nvalue = "+{number}%"\nnote = "why"\n'
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        parent = name
    return scenarios.load(folder / "gen3.toml")


def made(kind: str, folder: Path) -> scenarios.Scenario:
    plan = scenarios.load("plan")
    vary = scenarios.read_variation("nev_purchase_subsidy=0,4000,8000@2026-01..", plan.next_layer)
    return {
        "set": lambda: plan.with_settings(SETTINGS),
        "set twice": lambda: plan.with_settings(SETTINGS).with_levers(nev_purchase_subsidy=1),
        "varied": lambda: plan.child("vary-1", "变", "varied", changes=(*plan.changes, vary.changes[1])),
        "assumed": lambda: plan.with_assumptions(WORLD),
        "assumed under its name": lambda: plan.with_assumptions(WORLD).renamed(plan.name, plan.label),
        "no article 24": lambda: plan.without(24).without(7),
        "renewed": lambda: scenarios.load("renewed").with_settings(SETTINGS[:1]),
        "long name": lambda: plan.renamed("x" * 80, dict.fromkeys(("zh", "en"), "长" * 2000)).without(7),
        "files": lambda: generations(folder).with_settings(SETTINGS).with_assumptions(WORLD),
    }[kind]()  # fmt: skip


@pytest.mark.parametrize("name", scenarios.names())
def test_a_shipped_scenario_comes_back_whole(name: str, tmp_path: Path) -> None:
    assert back(scenarios.load(name), tmp_path) == scenarios.load(name)


@pytest.mark.parametrize(
    "kind",
    ("set", "set twice", "varied", "assumed", "assumed under its name", "no article 24", "renewed",
     "long name", "files"),
)  # fmt: skip
def test_what_was_made_of_it_comes_back_as_the_same_file_and_policy(kind: str, tmp_path: Path) -> None:
    one = made(kind, tmp_path)
    kept = tmp_path / "kept"
    kept.mkdir()
    again = back(one, kept)
    assert again.to_toml() == one.to_toml()
    assert (again.name, again.label, again.about) == (one.name, one.label, one.about)
    assert again.resolve(SHANXI).fingerprint == one.resolve(SHANXI).fingerprint
    assert again.resolve(SHANXI).fingerprint != scenarios.load("no_plan").resolve(SHANXI).fingerprint


def test_a_file_of_a_user_may_not_do_so(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(scenarios.load("plan").to_toml(), encoding="utf-8")
    with pytest.raises(InputError, match="base"):
        scenarios.load(path)


def test_a_kept_file_that_was_broken_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = scenarios.load("plan").with_settings(SETTINGS).to_toml()
    path.write_text(text.replace("8000", "-8000"), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        scenarios.restore(path)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "= 8000" in one)
    assert (raised.value.code, raised.value.file, raised.value.line) == ("out_of_range", str(path), line)
    path.unlink()
    with pytest.raises(InputError, match="file_missing"):
        scenarios.restore(path)


def test_what_many_files_say_together_may_be_longer_than_one_file(tmp_path: Path) -> None:
    note = "x" * 2000
    blocks = "".join(
        f'[[assume]]\nkey = "cpi"\nvalue = "+1%@{year}-{month:02d}..{year}-{month:02d}"\nnote = "{note}"\n'
        for year in range(2023, 2031)
        for month in range(1, 13)
    )
    (tmp_path / "a.toml").write_text(HEAD.format(name="a", parent="plan") + blocks, encoding="utf-8")
    (tmp_path / "b.toml").write_text(
        HEAD.format(name="b", parent="a") + blocks.replace("cpi", "petrol_price").replace("x", "y"),
        encoding="utf-8",
    )
    both = scenarios.load(tmp_path / "b.toml")
    assert len(both.to_toml()) > LARGEST_FILE
    kept = tmp_path / "kept"
    kept.mkdir()
    assert back(both, kept).to_toml() == both.to_toml()


def test_a_name_means_the_file_of_that_name_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(HEAD.format(name="mine", parent="plan"), encoding="utf-8")
    assert scenarios.load("mine", folder=tmp_path).name == "mine"
    assert scenarios.check("mine", folder=tmp_path) == []
    assert scenarios.load("plan", folder=tmp_path) == scenarios.load("方案全面落实")
    with pytest.raises(InputError) as raised:
        scenarios.load("mien", folder=tmp_path)
    assert (raised.value.code, raised.value.near) == ("unknown_scenario", "mine")
    with pytest.raises(InputError) as raised:
        scenarios.load("mine")
    assert raised.value.near != "mine"
    with pytest.raises(InputError) as raised:
        scenarios.load("plan.toml")
    assert (raised.value.code, raised.value.near) == ("file_missing", "plan")
    assert scenarios.check(".")[0].code == "file_not_plain"


@pytest.mark.parametrize(
    ("text", "code", "near"),
    [
        ("nev_purchase_subsidy=8000", "bad_variation", ""),
        ("nev_purchase_subsidy=" + ",".join(map(str, range(22))), "bad_variation", ""),
        ("nev_purchase_subsidy=1,2,1.0", "value_twice", ""),
        ("nev_purchase_subsidy=1,x", "bad_setting", ""),
        ("nev_purchase_subsidy=1,8e3", "bad_setting", "8000"),
        ("nev_purchase_subsidy=1,30001", "out_of_range", ""),
        ("nev_purchase_subsidy=1,2@2026-13..2027-01", "bad_month", ""),
        ("nev_subsidy=1,2", "unknown_lever", "nev_purchase_subsidy"),
        ("", "bad_setting", ""),
    ],
)
def test_a_faulty_variation_is_refused(text: str, code: str, near: str) -> None:
    with pytest.raises(InputError) as raised:
        scenarios.read_variation(text)
    assert (raised.value.code, raised.value.near) == (code, near)


def test_a_variation_is_one_setting_for_each_value() -> None:
    found = scenarios.read_variation("新能源汽车购置补贴=0, 4000,8000@2026-01..2028-12@农村@q1", 3)
    assert (found.lever, found.values) == ("nev_purchase_subsidy", (0.0, 4000.0, 8000.0))
    parent = scenarios.load("plan")
    for value, change in zip(found.values, found.changes, strict=True):
        alone = parent.with_settings([f"nev_purchase_subsidy={value:g}@2026-01..2028-12@*.rural@q1"])
        assert (change.layer, change.path) == (3, alone.changes[0].path)
        assert (change.places, change.groups, change.until) == (
            alone.changes[0].places, alone.changes[0].groups, alone.changes[0].until
        )  # fmt: skip
