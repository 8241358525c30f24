"""`jinlv sensitivity` from a study file to table, page, folder and sheet, in both languages."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from app.cli.main import call
from experiments import store
from experiments.study_reading import study_names
from tests.test_both_languages import CHINESE, english_words

ROOT = Path(__file__).resolve().parent.parent
STUDY = """schema = 1
name = "small"
label = { zh = "小研究", en = "A small study" }
method = "{method}"
scenarios = ["no_plan"]
households = 300
until = "2023-12"
samples = 4
outcomes = ["nev_stock@2023", "electricity_bill@2023@q1", "public_chargers@2023"]
{more}
[[factor]]
parameter = "el_use_income_elasticity"

[[factor]]
lever = "charging_density"
from = "2022-06"

[[factor]]
luck = true
"""


def write(method: str = "sobol", more: str = "") -> None:
    Path("small.toml").write_text(STUDY.replace("{method}", method).replace("{more}", more), encoding="utf-8")


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    write()


def told(capsys: pytest.CaptureFixture[str], *typed: str) -> str:
    assert call(["sensitivity", *typed, "--threads", "1"]) == 0
    return capsys.readouterr().out


def test_a_study_ends_in_a_table_a_whole_folder_a_page_and_a_sheet(
    capsys: pytest.CaptureFixture[str],
) -> None:
    english = told(capsys, "small.toml", "--html", "--lang", "en")
    assert not CHINESE.search(english)
    for words in (
        "A small study",
        "Simulation results, not a forecast",
        "luck (the seed)",
        "dummy",
        "First order",
    ):
        assert words in english
    chinese = told(capsys, "small.toml", "--lang", "zh")
    (folder,) = Path("runs").iterdir()
    assert set(english_words(chinese.replace(folder.name, ""))) <= {"runs", "Sobol"}
    assert english.count("0.") == chinese.count("0.")  # the same results, shown again
    assert store.verify(folder) == () and store.unlisted(folder) == ()
    points = pd.read_parquet(folder / "points.parquet")
    assert len(points) == 4 * (4 + 2)
    assert points["nev_stock@2023"].between(0, 1e7).all()
    assert points["charging_density"].between(1, 50).all() and points["charging_density"].nunique() == 8
    with (folder / "indices.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    indices = pd.read_parquet(folder / "indices.parquet")
    assert [(row["outcome"], row["factor"]) for row in rows] == list(
        zip(indices.outcome, indices.factor, strict=True)
    )
    assert (indices[indices.factor == "dummy"]["total"] == 0).all()
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "A small study" in page and "小研究" in page
    assert not re.search(r"(src|href)=\"(?!#)", page)  # nothing is loaded from anywhere


def test_json_is_one_document_with_every_index(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(told(capsys, "small.toml", "--json"))
    asked = ["nev_stock@2023", "electricity_bill@2023@q1", "public_chargers@2023"]
    assert [one["outcome"] for one in document["outcomes"]] == asked
    first = document["outcomes"][0]
    assert {row["factor"] for row in first["indices"]} == {one["name"] for one in document["factors"]}
    totals = [row["total"] for row in first["indices"]]
    assert totals == sorted(totals, reverse=True)
    assert first["unit"] == "vehicles" and first["mean"] > 0 and first["blocks"] == 4
    assert document["runs"] == 24 and document["distinct"] == 20 and document["failed"] == 0


def test_morris_is_told_in_the_unit_of_the_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    write("morris")
    document = json.loads(told(capsys, "small.toml", "--json", "--html"))
    rows = {row["factor"]: row for row in document["outcomes"][1]["indices"]}
    assert rows["dummy"]["mu_star"] == 0 < rows["el_use_income_elasticity"]["mu_star"]
    assert "Mean size of effect" in told(capsys, "small.toml", "--lang", "en")
    assert "平均效应大小" in told(capsys, "small.toml", "--lang", "zh")


def test_pairs_are_added_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(told(capsys, "small.toml", "--pairs", "--json"))
    assert len(document["outcomes"][0]["pairs"]) == 6
    write("morris")
    assert call(["sensitivity", "small.toml", "--pairs", "--lang", "en"]) == 2
    assert "--pairs" in capsys.readouterr().err


def test_without_a_study_the_shipped_ones_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(["sensitivity", "--lang", "zh"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in study_names())
    assert call(["sensitivity", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == list(study_names())


def test_a_study_folder_is_no_run_to_reproduce(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "small.toml")
    (folder,) = Path("runs").iterdir()
    assert call(["reproduce", str(folder), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "jinlv sensitivity" in said


@pytest.mark.slow
def test_a_killed_study_ends_with_the_bytes_of_an_undisturbed_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli.main", "sensitivity", "small.toml", "--threads", "1", "--out"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    killed = subprocess.Popen([*command, "killed"], env=environment, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    while not (logs := list(Path("killed").glob(".unfinished-*/points.log"))) or logs[0].stat().st_size < 600:
        assert killed.poll() is None and time.monotonic() - start < 300
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert not list(Path("killed").glob("*/manifest.json"))
    again = subprocess.run([*command, "killed"], env=environment, capture_output=True, text=True, check=True)
    assert re.search(r"\d+ finished simulations are used|沿用已完成的 \d+ 次模拟", again.stderr)
    subprocess.run([*command, "whole"], env=environment, capture_output=True, check=True)
    first, second = (next(Path(out).glob("[0-9a-f]*")) for out in ("killed", "whole"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)
    assert not list(Path("killed").glob(".unfinished-*"))


def test_the_page_is_in_chinese_where_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "small.toml", "--html")
    (folder,) = Path("runs").iterdir()
    page = (folder / "report.html").read_text(encoding="utf-8").replace(folder.name, "")
    chinese = " ".join(re.findall(r'<span lang="zh-CN">([^<]*)</span>', page))
    english = " ".join(re.findall(r'<span lang="en">([^<]*)</span>', page))
    assert len(chinese) > 300 and not CHINESE.search(english)
    assert set(english_words(chinese)) <= {"Sobol"}
