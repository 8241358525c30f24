"""A malformed scenario file of any kind gives exactly one precise error, and nothing is written."""

from __future__ import annotations

import csv
import os
import random
import re
import socket
import time
from pathlib import Path

import pytest

import scenarios
from app.wording import word_error
from app.wording.errors import messages
from model.errors import InputError

HEAD = 'schema = 1\nname = "mine"\nextends = "plan"\n'
MONEY = '[[change]]\nlever = "nev_purchase_subsidy"\n'
PATH = "path = { 2026-01 = 8000 }\n"


def change(lines: str) -> str:
    return HEAD + MONEY + lines


def assume(lines: str) -> str:
    return HEAD + "[[assume]]\n" + lines


# what is wrong: (text, code, field ends with, line)
TEXTS: dict[str, tuple[str, str, str, int]] = {
    "empty": ("", "file_empty", "", 0),
    "only white space": (" \n\t\n", "file_empty", "", 0),
    "bad toml": (HEAD + "oops\n", "toml", "", 4),
    "unclosed table": (HEAD + "[[change]\n", "toml", "", 4),
    "key twice": (HEAD + 'name = "again"\n', "toml", "", 4),
    "yaml": ("schema: 1\nname: mine\n", "toml", "", 1),
    "nested lists": (HEAD + "without = " + "[" * 3000 + "]" * 3000, "too_deep", "", 4),
    "nested tables": (HEAD + "label = " + "{a=" * 3000 + "1" + "}" * 3000, "too_deep", "", 4),
    "deep dotted key": (HEAD + ".".join("a" * 3000) + " = 1\n", "too_deep", "", 4),
    "integer of 5,000 digits": (change(f"path = {{ 2026-01 = {'9' * 5000} }}\n"), "number_too_long", "", 6),
    "integer of 390 digits": (change(f"path = {{ 2026-01 = {'9' * 390} }}\n"), "out_of_range", "path", 6),
    "not a number": (change("path = { 2026-01 = nan }\n"), "not_finite", "path", 6),
    "infinite": (change("path = { 2026-01 = -inf }\n"), "not_finite", "path", 6),
    "overflow": (change("path = { 2026-01 = 1e400 }\n"), "not_finite", "path", 6),
    "unknown key": (HEAD + 'exends = "plan"\n', "unknown_key", "exends", 4),
    "unknown key in a change": (change(PATH + "place = []\n"), "unknown_key", "place", 7),
    "unknown key in an assumption": (assume('key = "cpi"\nvalu = 1\n'), "unknown_key", "valu", 6),
    "base of a shipped scenario": (HEAD + '[base]\nlevels = "plan"\n', "unknown_key", "base", 4),
    "unknown lever": (
        HEAD + '[[change]]\nlever = "nev_purchase_subsidi"\n' + PATH,
        "unknown_lever",
        "lever",
        5,
    ),
    "waiting lever": (
        HEAD + '[[change]]\nlever = "scenic_bus_coverage"\n' + PATH,
        "lever_waiting",
        "lever",
        5,
    ),
    "number for a change": (HEAD.replace("\nname", "\nchange = [1]\nname"), "wrong_type", "change[1]", 2),
    "no lever": (HEAD + "[[change]]\n" + PATH, "missing_key", "lever", 4),
    "lever is a number": (HEAD + "[[change]]\nlever = 3\n" + PATH, "wrong_type", "lever", 5),
    "wrong unit": (change('unit = "USD per vehicle"\n' + PATH), "wrong_unit", "unit", 6),
    "level is a text": (change('path = { 2026-01 = "8000 yuan" }\n'), "wrong_type", "path", 6),
    "level is true": (change("path = { 2026-01 = true }\n"), "wrong_type", "path", 6),
    "level is a date": (change("path = { 2026-01 = 2026-01-01 }\n"), "wrong_type", "path", 6),
    "level too high": (change("path = { 2026-01 = 30001 }\n"), "out_of_range", "path", 6),
    "level below zero": (change("path = { 2026-01 = -1 }\n"), "out_of_range", "path", 6),
    "month 13": (change("path = { 2026-13 = 1 }\n"), "bad_month", "path", 6),
    "day given": (change("path = { 2026-01-01 = 1 }\n"), "bad_month", "path", 6),
    "month with a dot": (change("path = { 2026.01 = 1 }\n"), "bad_month", "path", 6),
    "after the run": (change("path = { 2031-01 = 1 }\n"), "month_outside", "path", 6),
    "before the run": (change("path = { 2014-12 = 1 }\n"), "month_outside", "path", 6),
    "before the plan": (change("path = { 2022-05 = 1 }\n"), "before_plan", "path", 6),
    "months not ascending": (
        change("path = { 2027-01 = 1, 2026-01 = 2 }\n"),
        "months_not_ascending",
        "path",
        6,
    ),
    "no month": (change("path = {}\n"), "empty_path", "path", 6),
    "path is a number": (change("path = 8000\n"), "wrong_type", "path", 6),
    "no path": (change(""), "missing_key", "path", 4),
    "until before the path ends": (change(PATH + 'until = "2025-12"\n'), "until_too_early", "until", 7),
    "bad until": (change(PATH + 'until = "soon"\n'), "bad_month", "until", 7),
    "bad place": (change(PATH + 'places = ["taiyun"]\n'), "bad_place", "places", 7),
    "bad part of a place": (change(PATH + 'places = ["太原.suburb"]\n'), "bad_place", "places", 7),
    "no places": (change(PATH + "places = []\n"), "wrong_type", "places", 7),
    "places are numbers": (change(PATH + "places = [140100]\n"), "wrong_type", "places", 7),
    "bad group": (change(PATH + 'groups = ["q6"]\n'), "bad_group", "groups", 7),
    "group of a lever of places": (
        HEAD + '[[change]]\nlever = "charging_density"\npath = { 2026-01 = 9 }\ngroups = ["q1"]\n',
        "groups_not_here",
        "groups",
        7,
    ),
    "bad option": (change(PATH + 'options = ["hydrogen"]\n'), "bad_option", "options", 7),
    "option of a kind the money is not for": (
        change(PATH + 'options = ["ice"]\n'),
        "bad_option",
        "options",
        7,
    ),
    "option misspelt": (change(PATH + 'options = ["bev", "phve"]\n'), "bad_option", "options", 7),
    "parameter that nothing reads": (
        assume('key = "pv_yield"\nvalue = "low"\n'),
        "parameter_not_read",
        "key",
        5,
    ),
    "premium that nothing reads": (
        assume('key = "insurance_bev"\nvalue = "5000"\n'),
        "unknown_assumption",
        "key",
        5,
    ),
    "assumed twice in some months": (
        assume(
            'key = "cpi"\nvalue = "+3%@2024-01..2026-12"\n'
            '[[assume]]\nkey = "cpi"\nvalue = "+4%@2026-12..2028-12"\n'
        ),
        "assumed_twice",
        "key",
        8,
    ),
    "terms of a lever without any": (
        HEAD + '[[change]]\nlever = "charging_density"\npath = { 2026-01 = 9 }\nbudget = 1\n',
        "terms_not_here",
        "budget",
        7,
    ),
    "budget below zero": (change(PATH + "budget = -1\n"), "out_of_range", "budget", 7),
    "budget without end": (change(PATH + "budget = inf\n"), "not_finite", "budget", 7),
    "cap is a text": (change(PATH + 'cap = "much"\n'), "wrong_type", "cap", 7),
    "bad requirement": (change(PATH + 'requires = "tradein"\n'), "bad_requirement", "requires", 7),
    "long note": (change(PATH + f'note = "{"x" * 3000}"\n'), "too_long", "note", 7),
    "same change twice": (change(PATH + MONEY + PATH), "change_twice", "lever", 8),
    "changes meet": (
        change(PATH + 'places = ["*.rural"]\n' + MONEY + PATH + 'places = ["140100"]\n'),
        "changes_meet",
        "lever",
        9,
    ),
    "too many changes": (HEAD + MONEY * 501, "too_many", "change", 4),
    "change is no list": (HEAD + 'change = "none"\n', "wrong_type", "change", 4),
    "no schema": ('name = "mine"\nextends = "plan"\n', "missing_key", "schema", 0),
    "schema 2": ('schema = 2\nname = "mine"\nextends = "plan"\n', "bad_schema", "schema", 1),
    "schema true": ('schema = true\nname = "mine"\nextends = "plan"\n', "bad_schema", "schema", 1),
    "no name": ('schema = 1\nextends = "plan"\n', "missing_key", "name", 0),
    "name with slashes": ('schema = 1\nname = "../x"\nextends = "plan"\n', "bad_name", "name", 2),
    "name of a shipped scenario": ('schema = 1\nname = "plan"\nextends = "plan"\n', "name_taken", "name", 2),
    "huge name": (f'schema = 1\nname = "{"x" * 5000}"\nextends = "plan"\n', "too_long", "name", 2),
    "name with a new line": ('schema = 1\nname = "a\\nb"\nextends = "plan"\n', "bad_name", "name", 2),
    "label in one language": (HEAD + 'label = { en = "Mine" }\n', "missing_key", "label", 4),
    "label in a third language": (
        HEAD + 'label = { en = "M", zh = "我", fr = "M" }\n',
        "unknown_key",
        "label",
        4,
    ),
    "no parent": ('schema = 1\nname = "mine"\n', "missing_key", "extends", 0),
    "unknown parent": ('schema = 1\nname = "mine"\nextends = "plann"\n', "unknown_parent", "extends", 3),
    "parent is itself": ('schema = 1\nname = "mine"\nextends = "mine"\n', "circular_extends", "extends", 3),
    "parent elsewhere": ('schema = 1\nname = "m"\nextends = "../plan.toml"\n', "bad_extends", "extends", 3),
    "parent by absolute path": (
        'schema = 1\nname = "m"\nextends = "/etc/passwd"\n',
        "bad_extends",
        "extends",
        3,
    ),
    "article without measures": (HEAD + "without = [3]\n", "out_of_range", "without", 4),
    "article is a text": (HEAD + 'without = ["24"]\n', "wrong_type", "without", 4),
    "article left out of no_plan": (
        'schema = 1\nname = "m"\nextends = "no_plan"\nwithout = [24]\n',
        "without_needs_plan",
        "without",
        4,
    ),
    "unknown assumption": (assume('key = "petrol_prize"\nvalue = "9"\n'), "unknown_assumption", "key", 5),
    "assumption without value": (assume('key = "petrol_price"\n'), "missing_key", "value", 4),
    "assumption not a number": (
        assume('key = "petrol_price"\nvalue = "dear"\n'),
        "bad_assumption",
        "value",
        6,
    ),
    "assumption out of range": (assume('key = "petrol_price"\nvalue = "900"\n'), "out_of_range", "value", 6),
    "income as a level": (assume('key = "income"\nvalue = "3"\n'), "bad_assumption", "value", 6),
    "assumption before the plan": (
        assume('key = "petrol_price"\nvalue = "9@2020-01..2030-12"\n'),
        "before_plan",
        "value",
        6,
    ),
    "period backwards": (
        assume('key = "petrol_price"\nvalue = "9@2030-01..2026-12"\n'),
        "months_not_ascending",
        "value",
        6,
    ),
    "assumed twice": (
        assume('key = "cpi"\nvalue = "+3%"\n[[assume]]\nkey = "cpi"\nvalue = "+4%"\n'),
        "assumed_twice",
        "key",
        8,
    ),
    "published effect as an assumption": (
        assume('key = "veh_charger_elasticity_evdemand"\nvalue = "low"\n'),
        "unknown_assumption",
        "key",
        5,
    ),
    "period of a parameter": (
        assume('key = "soc_publicity_halflife"\nvalue = "low@2026-01..2030-12"\n'),
        "parameter_has_no_period",
        "value",
        6,
    ),
    "parameter out of range": (
        assume('key = "soc_publicity_halflife"\nvalue = "1000"\n'),
        "out_of_range",
        "value",
        6,
    ),
}

BYTES: dict[str, tuple[bytes, str]] = {
    "too big": (HEAD.encode() + b"# " + b"x" * (257 * 1024), "file_too_big"),
    "byte order mark": (b"\xef\xbb\xbf" + HEAD.encode(), "file_bom"),
    "UTF-16": (HEAD.encode("utf-16"), "file_utf16"),
    "UTF-16 without a mark": (HEAD.encode("utf-16-le"), "file_nul"),
    "NUL": (HEAD.encode() + b"\0\n", "file_nul"),
    "GBK": (HEAD.encode() + 'note = "农村"'.encode("gbk"), "file_not_text"),
    "binary": (bytes(range(254, 0, -1)), "file_not_text"),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "file_nul"),
}


def the_fault(path: Path) -> InputError:
    """Return the one fault of a file; loading raises the same and writes nothing."""
    before = sorted(path.parent.rglob("*"))
    faults = scenarios.check(path)
    assert len(faults) == 1, faults
    with pytest.raises(InputError) as raised:
        scenarios.load(path)
    assert raised.value == faults[0]
    assert sorted(path.parent.rglob("*")) == before
    for language in ("en", "zh"):
        said = word_error(faults[0], language)
        assert len(said.splitlines()) == 1 and len(said) < 1000
    assert faults[0].code in messages()
    return faults[0]


@pytest.mark.parametrize("kind", TEXTS)
def test_a_faulty_text_is_refused_with_field_and_line(kind: str, tmp_path: Path) -> None:
    text, code, field, line = TEXTS[kind]
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    fault = the_fault(path)
    assert (fault.code, fault.file, fault.line) == (code, str(path), line)
    assert fault.field.endswith(field) and (fault.field or not field)


@pytest.mark.parametrize("kind", BYTES)
def test_a_file_that_is_no_text_is_refused(kind: str, tmp_path: Path) -> None:
    data, code = BYTES[kind]
    path = tmp_path / "mine.toml"
    path.write_bytes(data)
    fault = the_fault(path)
    assert (fault.code, fault.file) == (code, str(path))


def test_what_is_no_plain_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "folder.toml"
    folder.mkdir()
    link = tmp_path / "link.toml"
    target = tmp_path / "target.toml"
    target.write_text(HEAD)
    link.symlink_to(target)
    dangling = tmp_path / "dangling.toml"
    dangling.symlink_to(tmp_path / "nowhere")
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    assert the_fault(folder).code == "file_not_plain"
    assert the_fault(pipe).code == "file_not_plain"
    assert the_fault(link).code == "file_link"
    assert the_fault(dangling).code == "file_link"
    assert the_fault(tmp_path / "none.toml").code == "file_missing"
    assert scenarios.check(Path("/dev/zero"))[0].code == "file_not_plain"
    assert scenarios.check("a\0b.toml")[0].code == "file_unreadable"
    assert scenarios.check(tmp_path / ("x" * 5000 + ".toml"))[0].code == "file_unreadable"


def test_a_socket_is_no_plain_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.toml")
        assert scenarios.check("s.toml")[0].code == "file_not_plain"


def test_an_unreadable_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("scenarios.reading.os.open", refuse)  # root may read anything
    assert the_fault(path).code == "file_unreadable"


def test_parents_that_go_in_a_circle_or_on_for_ever_are_refused(tmp_path: Path) -> None:
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a")):
        text = f'schema = 1\nname = "{name}"\nextends = "{parent}.toml"\n'
        (tmp_path / f"{name}.toml").write_text(text)
    fault = the_fault(tmp_path / "a.toml")
    assert (fault.code, Path(fault.file).name, fault.line) == ("circular_extends", "c.toml", 3)
    for number in range(40):
        text = f'schema = 1\nname = "n{number}"\nextends = "n{number + 1}"\n'
        (tmp_path / f"n{number}.toml").write_text(text)
    assert the_fault(tmp_path / "n0.toml").code == "chain_too_long"


def test_every_fault_of_a_file_is_listed_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(change("path = { 2026-01 = -1 }\n") + MONEY + "places = ['x']\n" + PATH, encoding="utf-8")
    assert [fault.code for fault in scenarios.check(path)] == ["out_of_range", "bad_place"]


@pytest.mark.parametrize("text", ("a = [" * 20_000, '"' * 200_000, "[a.b]\n" * 20_000, "a.b = 1\n" * 20_000))
def test_a_hostile_file_is_refused_quickly(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    start = time.perf_counter()
    assert the_fault(path).code in ("toml", "too_deep", "unknown_key")
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("nev_purchase_subsidy", "bad_setting"),
        ("nev_purchase_subsidy=", "bad_setting"),
        ("nev_purchase_subsidy=a lot", "bad_setting"),
        ("nev_purchase_subsidy=1e9", "bad_setting"),
        ("nev_purchase_subsidy=nan", "bad_setting"),
        ("nev_purchase_subsidy=99999", "out_of_range"),
        ("nev_purchase_subsidy=1@2026-01", "bad_period"),
        ("nev_purchase_subsidy=1@2028-01..2026-01", "months_not_ascending"),
        ("nev_purchase_subsidy=1@2020-01..2026-01", "before_plan"),
        ("nev_purchase_subsidy=1@2026-01..2040-01", "month_outside"),
        ("nev_purchase_subsidy=1@q9", "bad_group"),
        ("nev_purchase_subsidy=1@all@q1@q2", "bad_setting"),
        ("nev_purchase_subsidy=1@巴黎", "bad_place"),
        ("charging_density=9@q1", "groups_not_here"),
        ("parking_fee=10@*.rural", "places_not_here"),
        ("scenic_bus_coverage=0.5", "lever_waiting"),
        ("nev_subsidy=5", "unknown_lever"),
        ("=5", "bad_setting"),
    ],
)
def test_a_faulty_setting_is_refused(setting: str, code: str) -> None:
    with pytest.raises(InputError) as raised:
        scenarios.load("plan").with_settings([setting])
    assert raised.value.code == code
    assert raised.value.code in messages()


def test_a_near_name_is_offered() -> None:
    with pytest.raises(InputError) as raised:
        scenarios.load("plam")
    assert (raised.value.code, raised.value.near) == ("unknown_scenario", "plan")
    with pytest.raises(InputError) as raised:
        scenarios.load("plan").with_settings(["charging_densty=8"])
    assert raised.value.near == "charging_density"


def test_every_message_has_a_wording_and_every_wording_a_message() -> None:
    folder = Path(scenarios.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    raised = set(re.findall(r"(?:fault|_at|InputError)\(\s*(?:spot,\s*\w+,\s*)?\"(\w+)\"", text))
    raised |= set(re.findall(r"code = \"(\w+)\"", text)) | {"month_outside", "changes_meet", "bad_month"}
    with (folder.parent / "app/wording/messages_scenarios.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["code"] for row in rows} == raised
    assert all(row["en"] and row["zh"] for row in rows)


def test_damaged_files_give_an_input_error_or_a_scenario(tmp_path: Path) -> None:
    whole = (HEAD + MONEY + PATH + 'places = ["*.rural"]\nbudget = 300\n' + "without = [24]\n").encode()
    whole += b'[[assume]]\nkey = "petrol_price"\nvalue = "9.0@2026-01..2030-12"\n'
    dice = random.Random(1)
    path = tmp_path / "mine.toml"
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 5)] = bytes(dice.randrange(256) for _ in range(dice.randint(0, 3)))
        path.write_bytes(bytes(data))
        assert all(fault.code in messages() for fault in scenarios.check(path))


def test_a_misspelt_option_is_told_what_the_money_may_be_paid_for(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(change(PATH + 'options = ["phve"]\n'), encoding="utf-8")
    fault = the_fault(path)
    assert set(fault.allowed.split(", ")) == {"phev", "bev"} and fault.near == "phev"
    assert f"{path}:7" in word_error(fault, "en")
