"""An interrupted run loses nothing that was finished, and ends with the bytes of an undisturbed one."""

import os
import re
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import scenarios
from experiments import ensemble, parts, runs, store
from experiments.ensemble import run_ensemble
from experiments.parts import Parts
from model.data.load import load_region

TYPED = ("run", "no_plan", "plan", "--households", "300", "--replicates", "3", "--until", "2016-12")
SIMULATIONS = 2 * 3 + ensemble.LUCK_SEEDS
START = "import sys\nfrom app.cli.main import call\n{setup}\nsys.exit(call(sys.argv[1:]))"
KILLED = """
import os, signal
from experiments.parts import Parts
keep, calls = Parts.keep, []
def keep_and_die(self, *given):
    keep(self, *given)
    calls.append(given)
    if len(calls) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
Parts.keep = keep_and_die
"""
FULL = """
import experiments.parts, experiments.store
from errno import ENOSPC
real, calls = experiments.parts.write, []
def write(path, data):
    calls.append(path)
    if len(calls) > 4:
        path.write_bytes(data[: len(data) // 2])
        raise OSError(ENOSPC, "No space left on device")
    real(path, data)
experiments.parts.write = write
"""
# A shell that starts the tests in the background has them ignore SIGINT, and so would their children.
SLOW = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from experiments.parts import Parts
keep = Parts.keep
def keep_slowly(self, *given):
    keep(self, *given)
    time.sleep(1.0)
Parts.keep = keep_slowly
"""
NO_SAVE = """
from experiments import store
def save(*_):
    raise store.StoreError("runs/x: No space left on device")
store.save = save
"""


def command(out, setup="", *, threads="2"):
    return [sys.executable, "-c", START.format(setup=setup), *TYPED, "--threads", threads, "--out", str(out)]


def run(out, setup="", *, threads="2"):
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(
        command(out, setup, threads=threads), capture_output=True, text=True, env=environment
    )


def finished(out):
    return sorted(path.name for path in out.glob(".unfinished-*/*"))


def parts_of(out):
    return [name for name in finished(out) if name.endswith(".part")]


def contents(out):
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    assert run(out).returncode == 0
    return contents(out)


@pytest.mark.parametrize(
    ("setup", "code", "least"), [(KILLED, -9, 5), (FULL, 1, 4), (NO_SAVE, 1, SIMULATIONS)], ids=str
)
def test_what_was_finished_is_used_again_and_the_bytes_are_those_of_an_undisturbed_run(
    setup, code, least, undisturbed, tmp_path
):
    broken = run(tmp_path, setup)
    assert broken.returncode == code, broken.stderr
    kept = finished(tmp_path)
    assert least <= len(kept) <= SIMULATIONS and not [
        name for name in os.listdir(tmp_path) if "unf" not in name
    ]
    if code == 1:
        assert all(name.endswith(".part") for name in kept)
        assert broken.stderr.count("\n") == 1 and "No space left on device" in broken.stderr
        assert f"{len(kept)} finished simulations are kept; go on with: jinlv run no_plan" in broken.stderr
    resumed = run(tmp_path, threads="1")
    whole = [name for name in kept if name.endswith(".part")]
    assert f"{len(whole)} finished simulations are used" in resumed.stderr
    assert contents(tmp_path) == undisturbed


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(undisturbed, tmp_path):
    work = subprocess.Popen(
        command(tmp_path, SLOW),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    until = time.monotonic() + 120
    while len(parts_of(tmp_path)) < 3 and work.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    work.send_signal(signal.SIGINT)
    said = work.communicate(timeout=60)[1]
    assert work.returncode == 130 and said.count("\n") == 1
    kept = len(parts_of(tmp_path))
    assert kept == len(finished(tmp_path)) and 3 <= kept < SIMULATIONS
    assert re.fullmatch(
        rf"jinlv: interrupted; {kept} finished simulations are kept; go on with: jinlv run .*\n", said
    )
    assert run(tmp_path).returncode == 0
    assert contents(tmp_path) == undisturbed


def small(parts, **other):
    chosen = [scenarios.load("no_plan"), scenarios.load("plan")]
    options = {"households": 100, "replicates": 2, "until": "2015-03", "threads": 1, **other}
    return run_ensemble(chosen, parts=parts, **options)


@pytest.fixture
def kept(tmp_path):
    return Parts(tmp_path / "parts", "0" * 64)


def test_what_is_kept_is_not_simulated_again(kept, monkeypatch):
    first = small(kept)
    monkeypatch.setattr(runs, "simulate", lambda *_, **__: pytest.fail("simulated again"))
    again = small(kept)
    assert again.values.tobytes() == first.values.tobytes()
    assert again.luck.tobytes() == first.luck.tobytes()
    pd.testing.assert_frame_equal(again.outlays, first.outlays)


def test_another_draw_seed_scenario_or_code_is_another_part(kept):
    policy, other = (scenarios.load(name).resolve(load_region("shanxi")) for name in ("no_plan", "plan"))
    draw = ensemble.draws(1)[0]
    empty = np.zeros((1, 1)), pd.DataFrame({"value": [1.0]})
    kept.keep(policy, None, 1, empty)
    assert kept.read(policy, None, 1) is not None
    assert kept.read(policy, draw, 1) is kept.read(policy, None, 2) is kept.read(other, None, 1) is None
    assert Parts(kept.folder, "1" * 64).read(policy, None, 1) is None


@pytest.mark.parametrize(
    "harm", [lambda raw: raw[:-1], lambda raw: raw[:40] + b"?" + raw[41:], lambda _: b""]
)
def test_a_damaged_part_is_simulated_again(kept, harm):
    first = small(kept)
    path = sorted(kept.folder.iterdir())[0]
    whole = path.read_bytes()
    path.write_bytes(harm(whole))
    assert small(kept).values.tobytes() == first.values.tobytes()
    assert path.read_bytes() == whole


def test_the_first_failure_is_told_not_the_stop_of_the_others(kept, monkeypatch):
    real, calls = parts.write, []

    def write(path, data):
        calls.append(path)
        if len(calls) == 3:
            raise OSError(27, "File too large")
        real(path, data)

    monkeypatch.setattr(parts, "write", write)
    with pytest.raises(store.StoreError, match="File too large"):
        small(kept, threads=2, until="2016-12")
    assert {path.suffix for path in kept.folder.iterdir()} == {".part"}


def test_a_folder_that_another_process_cleared_is_made_again(kept, monkeypatch):
    real = parts.write

    def write(path, data):
        monkeypatch.setattr(parts, "write", real)
        kept.clear()
        real(path, data)

    monkeypatch.setattr(parts, "write", write)
    policy = scenarios.load("plan").resolve(load_region("shanxi"))
    kept.keep(policy, None, 1, (np.zeros((1, 1)), pd.DataFrame({"value": [1.0]})))
    assert kept.count() == 1
