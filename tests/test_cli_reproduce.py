"""`jinlv reproduce`: a run folder runs again to the same figures, and a figure that differs is named."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from app.cli.main import call
from experiments import store
from experiments.store_files import pretty, sha, write_parquet
from experiments.unlike import summary_difference, table_difference

SMALL = ("--households", "200", "--replicates", "1", "--until", "2024-12", "--threads", "2")
ASKED = (
    ("run", "current", "--set", "nev_purchase_subsidy=8000@2023-01..2023-12", "--assume", "petrol_price=9"),
    ("run", "--vary", "nev_purchase_subsidy=0,8000@2023-01..2023-12@*.rural"),
    ("compare", "renewed", "plan"),
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Run each question once; return the run folders."""
    out = tmp_path_factory.mktemp("store")
    for typed in ASKED:
        assert call([*typed, *SMALL, "--out", str(out), "--json"]) == 0, typed
    return sorted((path for path in out.iterdir() if not path.name.startswith(".")), key=_age)


def _age(folder):
    return (folder / store.MANIFEST).stat().st_mtime_ns


@pytest.mark.parametrize("number", range(len(ASKED)), ids=[" ".join(typed) for typed in ASKED])
def test_a_run_comes_out_the_same_to_the_byte(number, runs, capsys):
    before = {path: path.read_bytes() for path in runs[number].rglob("*") if path.is_file()}
    assert call(["reproduce", str(runs[number]), "--threads", str(number + 1), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["same"], found["bytes_same"], found["differing"], found["environment"]) == (
        True,
        True,
        [],
        [],
    )
    assert {path: path.read_bytes() for path in runs[number].rglob("*") if path.is_file()} == before


def signed(folder):
    """Write the hashes of a folder's files into its manifest, as if it had been made like that."""
    manifest = json.loads((folder / store.MANIFEST).read_bytes())
    manifest["files"] = {name: sha((folder / name).read_bytes()) for name in manifest["files"]}
    manifest["sha256"] = store.self_hash(manifest)
    (folder / store.MANIFEST).write_bytes(pretty(manifest))
    assert store.verify(folder) == ()


@pytest.mark.parametrize(("lang", "told"), [("en", "1 figures differ"), ("zh", "1 个数字不同")])
def test_one_altered_figure_is_named_with_its_row(lang, told, runs, capsys, tmp_path):
    folder = shutil.copytree(runs[0], tmp_path / runs[0].name)
    table = pd.read_parquet(folder / "indicators.parquet")
    row = table.index[table["indicator"] == "nev_stock"][7]
    table.loc[row, "value"] += 1.5
    write_parquet(folder / "indicators.parquet", table)
    signed(folder)
    assert call(["reproduce", str(folder), "--lang", lang]) == 1
    out = capsys.readouterr().out
    assert told in out and "indicators" in out and "column=value" in out
    for key in ("scenario", "month", "place", "indicator"):
        assert f"{key}={table.loc[row, key]}" in out


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "damaged: goals.parquet"), ("zh", "已损坏：goals.parquet")]
)
def test_a_damaged_run_is_refused_before_anything_runs(lang, told, runs, capsys, tmp_path, monkeypatch):
    folder = shutil.copytree(runs[0], tmp_path / runs[0].name)
    data = bytearray((folder / "goals.parquet").read_bytes())
    data[100] ^= 1
    (folder / "goals.parquet").write_bytes(data)
    monkeypatch.setattr("experiments.ensemble.run_ensemble", lambda *_, **__: pytest.fail("it ran"))
    assert call(["reproduce", str(folder), "--lang", lang]) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and told in said.err


@pytest.mark.parametrize(("lang", "told"), [("en", "numpy 0.1 → "), ("zh", "与运行时不同：numpy 0.1")])
def test_another_library_is_told_and_is_no_failure(lang, told, runs, capsys, tmp_path):
    folder = shutil.copytree(runs[2], tmp_path / runs[2].name)
    manifest = json.loads((folder / store.MANIFEST).read_bytes())
    manifest["versions"]["numpy"] = "0.1"
    (folder / store.MANIFEST).write_bytes(pretty(manifest))
    signed(folder)
    assert call(["reproduce", str(folder), "--lang", lang]) == 0
    assert told in capsys.readouterr().err


def test_no_folder_and_no_run_are_bad_input(capsys, tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        assert call(["reproduce", str(path)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    assert list(Path(tmp_path).iterdir()) == []


def test_tables_are_compared_cell_by_cell():
    kept = pd.DataFrame({"place": ["a", "b", None], "value": [1.0, 2.0, float("nan")]})
    assert table_difference("t", kept, kept.copy()) == []
    (one,) = table_difference("t", kept, kept.assign(value=[1.0, 2.5, 3.0]))
    assert (one.count, one.kept, one.again, one.largest) == (2, "nan", "3.0", None)
    (one,) = table_difference("t", kept, kept.assign(value=[1.25, 2.5, float("nan")]))
    assert (one.count, one.where, one.largest) == (2, {"place": "b", "column": "value"}, 0.5)
    (one,) = table_difference("t", kept, kept.iloc[:2])
    assert (one.count, one.kept, one.again) == (1, "3", "2")
    (one,) = table_difference("t", kept, kept.rename(columns={"value": "level"}))
    assert one.where == {"columns": "level, value"}


def test_summaries_are_compared_leaf_by_leaf():
    kept = {"goals": [{"value": 1.0}, {"value": 2.0}], "labels": {"a": "x"}}
    assert summary_difference(kept, json.loads(json.dumps(kept))) == []
    (one,) = summary_difference(kept, {"goals": [{"value": 1.0}, {"value": 2.5}], "labels": {"a": "y"}})
    assert (one.count, one.where, one.largest) == (2, {"at": "goals[1].value"}, 0.5)
