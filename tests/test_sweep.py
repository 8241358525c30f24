"""A sweep has the same bytes whoever does the work, stopped and gone on with or not, and loses no run."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.cli.main import call
from experiments import store, sweep_runs
from experiments.study_reading import read_study
from experiments.sweep_parts import Unfinished
from experiments.sweep_runs import SweepRuns
from experiments.sweeping import RunsFailed, inputs_of, standing, sweep
from experiments.workers import Processes, Threads, WorkersError
from model.run import Cancelled
from tests.sweeping import STUDY, tree

ROOT = Path(__file__).resolve().parent.parent
RUNS = 2 * 2 * 3 * 2
LEVER = "nev_purchase_subsidy@2022-07..2023-12"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("sweep")
    (made / "grid.toml").write_text(STUDY, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def study(folder):
    return read_study(folder / "grid.toml")


@pytest.fixture(scope="module")
def undisturbed(study, tmp_path_factory):
    return tree(sweep(study, tmp_path_factory.mktemp("undisturbed"), Threads(1)))


def test_processes_give_the_bytes_of_one_thread(study, undisturbed, tmp_path):
    assert tree(sweep(study, tmp_path, Processes(2))) == undisturbed
    assert [path.name for path in tmp_path.iterdir()] == [inputs_of(study).id]
    assert store.verify(tmp_path / inputs_of(study).id) == ()


def test_shards_in_any_order_give_the_same_bytes(study, undisturbed, tmp_path):
    assert sweep(study, tmp_path, Threads(2), shard=(3, 3)) is None
    assert sweep(study, tmp_path, Threads(2), shard=(1, 3)) is None
    assert 0 < standing(study, tmp_path).finished < RUNS
    assert tree(sweep(study, tmp_path, Threads(2), shard=(2, 3))) == undisturbed
    assert standing(study, tmp_path).folder is not None


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_sweep_that_is_stopped_goes_on_where_it_was(size, study, undisturbed, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_runs, "PARTS", RUNS // size or 1)
    whole = tree(sweep(study, tmp_path / "whole", Threads(1)))
    told = []
    with pytest.raises(Cancelled):
        sweep(study, tmp_path / "cut", Threads(1), progress=lambda done, _: done == 7)
    assert standing(study, tmp_path / "cut").finished >= 7
    done = sweep(study, tmp_path / "cut", Threads(1), progress=lambda *now: told.append(now))
    assert tree(done) == whole
    assert told[0][0] >= 8 and told[-1] == (RUNS, RUNS)


def test_runs_and_points_say_what_they_are_of(study, undisturbed, tmp_path):
    made = sweep(study, tmp_path, Threads(2))
    runs = pd.read_parquet(made / "runs")
    assert list(runs["run"]) == list(range(RUNS)) and set(runs["failure"]) == {""}
    assert list(runs.columns[3:7]) == [LEVER, "car_km_income_elasticity", "replicate", "seed"]
    points = pd.read_parquet(made / "points.parquet")
    assert len(points) == 12 * 4
    one = points[(points["scenario"] == "plan") & (points["outcome"] == "nev_stock@2023")].iloc[-1]
    mine = runs[(runs["scenario"] == "plan") & (runs["point"] == one["point"])]["nev_stock@2023"]
    assert (one["median"], one["low"], one["high"]) == (mine.median(), mine.min(), mine.max())
    assert (one[LEVER], one["car_km_income_elasticity"]) == (8000.0, 0.2)
    paid = points[points["outcome"] == "outlays_province"].groupby(LEVER)["median"].mean()
    assert paid[8000.0] > paid[0.0] > 0
    summary = store.read_summary(made)
    assert summary["kind"] == "sweep" and len(summary["points"]) == len(points)


def test_a_run_is_the_run_of_its_scenario_under_its_replicate(study, tmp_path):
    import scenarios
    from model import simulate
    from model.data.parameters import draws
    from model.indicators.formulas import FORMULAS
    from model.indicators.reading import cell_index

    runs = pd.read_parquet(sweep(study, tmp_path, Threads(2)) / "runs")
    row = runs[(runs["scenario"] == "plan") & (runs["replicate"] == 2)].iloc[-1]
    changed = scenarios.load("plan").with_settings(["nev_purchase_subsidy=8000@2022-07..2023-12"])
    numbers = draws(2)[1].replace(car_km_income_elasticity=0.2)
    run = simulate(changed, households=400, until="2023-12", seed=2, parameters=numbers)
    cell = cell_index(run.region)["2023-12", "all", "all"]
    assert row["nev_stock@2023"] == run.values[list(FORMULAS).index("nev_stock"), cell]
    assert row["outlays"] == pytest.approx(run.outlays[run.outlays["year"] >= 2022]["value"].sum())


def begun(study, out, runs):
    """Carry out the first runs of a sweep and return what is kept of it."""
    with pytest.raises(Cancelled):
        sweep(study, out, Threads(1), progress=lambda done, _: done == runs)
    return Unfinished.of(out, inputs_of(study), SweepRuns(study))


def test_a_damaged_part_or_reading_is_not_read_but_made_again(study, undisturbed, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_runs, "PARTS", 8)
    work = begun(study, tmp_path, 5)  # a part of three runs, and a few more
    part, *readings = [*work.folder.glob("parts/*"), *work.folder.glob("runs/*")]
    for file in (part, *readings):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    (work.folder / "parts" / ".writing-1-part").write_bytes(b"torn")
    assert readings
    made = sweep(study, tmp_path, Threads(2))
    assert tree(made)["points.parquet"] == undisturbed["points.parquet"]


def test_a_damaged_part_of_whole_results_is_made_again_and_the_others_are_kept(
    study, folder, undisturbed, tmp_path, monkeypatch, capsys
):
    whole = sweep(study, tmp_path, Threads(2))
    part = sorted((whole / "runs").glob("*.parquet"))[3]
    part.write_bytes(part.read_bytes()[:-1] + b"g")
    size = SweepRuns(study).part_size
    assert standing(study, tmp_path).finished == RUNS - size
    made, real = [], sweep_runs.read_run
    monkeypatch.setattr(sweep_runs, "read_run", lambda *asked, **more: made.append(1) or real(*asked, **more))
    monkeypatch.setattr("experiments.workers.Processes", lambda count: Threads(count))
    err = typed(capsys, "run", str(folder / "grid.toml"), "--out", str(tmp_path), "--lang", "en").err
    assert f"Damaged and made again: runs/{part.name}" in err and f"{RUNS - size} of {RUNS}" in err
    assert len(made) == size
    assert tree(tmp_path / whole.name) == undisturbed


def test_a_sweep_that_ends_after_the_same_one_leaves_nothing_behind(study, undisturbed, tmp_path):
    begun(study, tmp_path / "a", 5)
    sweep(study, tmp_path / "b", Threads(2))
    name = inputs_of(study).id
    late = Unfinished.of(tmp_path / "b", inputs_of(study), SweepRuns(study))
    late.begin()  # what a slower one writes when the first has cleared up
    assert sweep(study, tmp_path / "b", Threads(2)) == tmp_path / "b" / name
    assert [path.name for path in (tmp_path / "b").iterdir()] == [name]
    other = begun(study, tmp_path / "c", 5)

    def while_another_ends(done, total):
        if done == total and not (tmp_path / "c" / name).exists():
            shutil.copytree(tmp_path / "b" / name, tmp_path / "c" / name)
            shutil.rmtree(other.folder / "parts")

    assert sweep(study, tmp_path / "c", Threads(2), progress=while_another_ends) == tmp_path / "c" / name
    assert [path.name for path in (tmp_path / "c").iterdir()] == [name]
    assert tree(tmp_path / "c" / name) == undisturbed


def poison(monkeypatch, fails):
    """Let runs fail whose (draw, seed, subsidy) is in `fails`."""
    real = sweep_runs.read_run

    def read_run(asked, policy, parameters, seed, progress=None, trunk=None):
        if fails(policy, seed):
            raise ValueError("poison")
        return real(asked, policy, parameters, seed, progress, trunk)

    monkeypatch.setattr(sweep_runs, "read_run", read_run)


def test_a_poison_run_fails_alone_and_is_tried_again(study, undisturbed, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        poison(patch, lambda policy, seed: policy.name == "plan" and seed == 2)
        with pytest.raises(RunsFailed) as caught:
            sweep(study, tmp_path, Threads(2))
    failed = caught.value.failed
    assert len(failed) == 6 and {(one["scenario"], one["seed"], one["replicate"]) for one in failed} == {
        ("plan", 2, 2)
    }
    assert failed[0]["levels"] == {LEVER: 0.0, "car_km_income_elasticity": 0.1}
    assert standing(study, tmp_path).finished == RUNS - 6
    told = []
    assert tree(sweep(study, tmp_path, Threads(2), progress=lambda *now: told.append(now))) == undisturbed
    assert len(told) == 6


def test_failed_runs_can_be_left_out_and_say_so(study, undisturbed, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        poison(patch, lambda policy, seed: policy.name == "plan" and seed == 2)
        made = sweep(study, tmp_path, Threads(2), leave_out_failed=True)
    runs, summary = pd.read_parquet(made / "runs"), store.read_summary(made)
    assert len(summary["left_out"]) == 6 == (runs["failure"] == "ValueError: poison").sum()
    assert runs.loc[runs["failure"] != "", "nev_stock@2023"].isna().all()
    assert set(pd.read_parquet(made / "points.parquet")["replicates"]) == {1, 2}
    assert made.name != inputs_of(study).id and tree(sweep(study, tmp_path, Threads(2))) == undisturbed


def test_workers_of_another_version_are_refused(study, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_runs, "packages_hash", lambda: "other")
    with pytest.raises(WorkersError, match="another version"):
        sweep(study, tmp_path, Threads(2))


def test_a_full_disk_ends_in_an_error_and_nothing_half_written(study, undisturbed, tmp_path, monkeypatch):
    from experiments import sweep_parts

    def full(path, content):
        path.write_bytes(content[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sweep_parts, "write", full)
        with pytest.raises(store.StoreError, match="No space left"):
            sweep(study, tmp_path, Threads(1))
    assert tree(sweep(study, tmp_path, Threads(1))) == undisturbed


DRIVER = """
import os, signal, sys
from pathlib import Path
from experiments.study_reading import read_study
from experiments.sweeping import sweep
from experiments.workers import Processes

first = []
def progress(done, total):
    first.append(done)
    if done >= first[0] + int(sys.argv[3]) - 1:
        os.kill(os.getpid(), signal.SIGKILL)

sweep(read_study(Path(sys.argv[1])), Path(sys.argv[2]), Processes(2), progress=progress)
"""


def killed(folder, out, wanted):
    """Start a sweep whose driver is killed after `wanted` more runs are kept; tell whether it was at work."""
    command = [sys.executable, "-c", DRIVER, str(folder / "grid.toml"), str(out), str(wanted)]
    done = subprocess.run(
        command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


def test_a_sweep_whose_driver_is_killed_resumes_to_the_bytes_of_an_undisturbed_one(
    folder, study, undisturbed, tmp_path
):
    assert killed(folder, tmp_path, 5)
    there = standing(study, tmp_path)
    assert there.folder is None and 5 <= there.finished < RUNS
    assert tree(sweep(study, tmp_path, Threads(2))) == undisturbed


@pytest.mark.slow
def test_many_kills_of_the_driver_lose_nothing(folder, study, undisturbed, tmp_path):
    kills = 0
    for wanted in np.random.default_rng(1).integers(1, 4, 20):
        kills += killed(folder, tmp_path, int(wanted))
    assert kills >= 5
    assert tree(sweep(study, tmp_path, Processes(2))) == undisturbed


def typed(capsys, *words, code=0):
    assert call(["sweep", *words]) == code, capsys.readouterr().err
    return capsys.readouterr()


def test_the_commands_run_tell_how_far_and_how_long_in_both_languages(folder, capsys, monkeypatch):
    monkeypatch.chdir(folder)
    told = json.loads(typed(capsys, "estimate", "grid.toml", "--workers", "2", "--out", "o", "--json").out)
    assert (told["runs"], told["finished"], told["workers"]) == (RUNS, 0, 2) and told["seconds"] > 0
    assert not (folder / "o").exists()
    part = typed(capsys, "run", "grid.toml", "--out", "o", "--shard", "1/2", "--workers", "2", "--lang", "en")
    assert "12 of 24 runs are finished" in part.out
    listed = json.loads(typed(capsys, "status", "--out", "o", "--json").out)
    assert [(one["name"], one["runs"], one["finished"]) for one in listed] == [("subsidy-grid", RUNS, 12)]
    assert "购车补贴网格" in typed(capsys, "status", "--out", "o", "--lang", "zh").out
    done = json.loads(typed(capsys, "run", "grid.toml", "--out", "o", "--resume", "--json").out)
    assert done["runs"] == RUNS and Path(done["folder"]).is_dir()
    english = typed(capsys, "run", "grid.toml", "--out", "o", "--lang", "en").out
    chinese = typed(capsys, "run", "grid.toml", "--out", "o", "--lang", "zh").out
    for word in ("Simulation results, not a forecast", "Subsidy grid", "8,000", "parquet"):
        assert word in english
    for word in ("模拟结果，非预测", "购车补贴网格", "8,000", "parquet"):
        assert word in chinese
    whole = json.loads(typed(capsys, "status", "grid.toml", "--out", "o", "--json").out)
    assert whole["finished"] == RUNS and whole["folder"] == done["folder"]
    assert "No sweep" in typed(capsys, "status", "--out", "o", "--lang", "en").out
    assert "剩余用时" in typed(capsys, "estimate", "grid.toml", "--out", "o", "--lang", "zh").out


def test_failed_runs_end_in_one_line_with_scenario_and_seed(folder, capsys, monkeypatch, tmp_path):
    from app.cli import sweep_studies

    monkeypatch.setattr(sweep_studies, "_crew", lambda workers, dask: Threads(1))
    poison(monkeypatch, lambda policy, seed: policy.name == "plan" and seed == 2)
    for lang, word in (("en", "6 runs failed"), ("zh", "6 次模拟失败")):
        err = typed(
            capsys, "run", str(folder / "grid.toml"), "--out", str(tmp_path), "--lang", lang, code=1
        ).err
        assert len(err.splitlines()[-1:]) == 1 and "RunsFailed" not in err
        for part in (word, "plan", "poison", "18", f"{LEVER}=0"):
            assert part in err.splitlines()[-1]


BAD = [
    (("--workers", "0"), "--workers", "1..1024"),
    (("--workers", "two"), "--workers", "1..1024"),
    (("--shard", "3/2"), "--shard", "1/n..n/n"),
    (("--shard", "0/2"), "--shard", "1/n..n/n"),
    (("--shard", "half"), "--shard", "1/n..n/n"),
    (("--workers", "2", "--dask", "tcp://127.0.0.1:1"), "--workers", "--dask"),
    (("--dask", "bogus"), "--dask", "tcp://HOST:PORT"),
    (("--dask", "http://x:1"), "--dask", "tcp://HOST:PORT"),
    (("--dask", "tcp://127.0.0.1:1"), "--dask", "tcp://127.0.0.1:1"),
    (("--resume",), "--resume", "subsidy-grid"),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("words", "named", "hint"), BAD)
def test_bad_options_are_one_line_and_nothing_is_written(
    words, named, hint, lang, folder, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    out, err = typed(capsys, "run", str(folder / "grid.toml"), *words, "--lang", lang, code=2)
    assert out == "" and len(err.splitlines()) == 1 and named in err and hint in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["run", "estimate", "status"])
def test_a_study_of_another_method_or_none_is_refused(command, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for study, hint in (("nev_share_2030", "jinlv sensitivity"), ("nowhere.toml", "nowhere.toml")):
        err = typed(capsys, command, study, "--lang", "en", code=2).err
        assert len(err.splitlines()) == 1 and hint in err
    assert list(tmp_path.iterdir()) == []
