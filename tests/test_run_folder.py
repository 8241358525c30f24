"""A run folder is whole or absent, and whatever is changed in it afterwards is named."""

import errno
import json
import os
import random
import re
import resource
import subprocess
import sys

import pandas as pd
import pyarrow.parquet as pq
import pytest

from app.cli.main import call
from experiments import store, store_files

INPUTS = store.Inputs((("plan", 'name = "plan"\n'),), {"region": "shanxi", "households": 100, "seed": 1})
SUMMARY = {"goals": [], "replicates": 2}


def tables():
    frame = pd.DataFrame({"scenario": ["plan", "plan"], "replicate": [0, 1], "value": [0.25, 0.5]})
    return {"indicators": frame, "goals": frame, "outlays": frame, "evidence": frame}


def saved(out):
    return store.save(out, INPUTS, tables(), SUMMARY)


def names(out):
    return sorted(path.name for path in out.iterdir())


def test_a_run_is_found_again_and_reads_back(tmp_path):
    folder = saved(tmp_path)
    assert folder.name == INPUTS.id
    assert store.find(tmp_path, INPUTS) == folder
    assert store.read_summary(folder) == SUMMARY
    assert pq.read_table(folder / "goals.parquet").to_pandas()["value"].tolist() == [0.25, 0.5]
    assert (folder / "scenarios" / "plan.toml").read_text() == 'name = "plan"\n'
    assert names(tmp_path) == [INPUTS.id]


def test_the_same_inputs_give_the_same_bytes(tmp_path):
    first, second = saved(tmp_path / "a"), saved(tmp_path / "b")
    for path in first.rglob("*.*"):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()


@pytest.mark.parametrize(
    "other",
    [
        store.Inputs((("plan", 'name = "plan" \n'),), INPUTS.options),
        store.Inputs((("plan2", 'name = "plan"\n'),), INPUTS.options),
        store.Inputs(INPUTS.scenarios, {**INPUTS.options, "seed": 2}),
    ],
)
def test_any_other_input_is_another_run(other):
    assert other.id != INPUTS.id


def test_code_and_tables_are_part_of_the_inputs(monkeypatch):
    before = INPUTS.id
    monkeypatch.setattr(store, "packages_hash", lambda: "0" * 64)
    assert INPUTS.id != before


@pytest.mark.parametrize("name", ["manifest.json", "summary.json", "goals.parquet", "scenarios/plan.toml"])
def test_one_flipped_bit_anywhere_is_named(tmp_path, name):
    path = saved(tmp_path) / name
    whole = path.read_bytes()
    dice = random.Random(1)
    for _ in range(40):
        place = dice.randrange(len(whole))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << dice.randrange(8)]) + whole[place + 1 :])
        assert any(fault.startswith(name) for fault in store.verify(tmp_path / INPUTS.id)), place
    path.write_bytes(whole)
    assert store.verify(tmp_path / INPUTS.id) == ()


@pytest.mark.parametrize(
    "name", ["manifest.json", "summary.json", "indicators.parquet", "scenarios/plan.toml"]
)
def test_a_missing_or_shortened_file_is_named(tmp_path, name):
    folder = saved(tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes()[:-7])
    assert any(fault.startswith(name) for fault in store.verify(folder))
    (folder / name).unlink()
    assert f"{name}: missing" in store.verify(folder)
    with pytest.raises(store.StoreError, match=name.replace(".", r"\.")):
        store.read_summary(folder)


def test_a_manifest_cannot_point_outside_its_folder(tmp_path):
    folder = saved(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"] = {"../secret": "0" * 64}
    manifest["sha256"] = store.self_hash(manifest)
    (folder / "manifest.json").write_bytes(store_files.pretty(manifest))
    assert store.verify(folder) == ("../secret: outside the folder",)


def test_what_is_not_of_the_run_is_named_and_stops_no_reading(tmp_path):
    folder = saved(tmp_path)
    assert store.unlisted(folder) == ()
    (folder / "extra.parquet").write_bytes(b"")
    (folder / "scenarios" / ".x.part").write_bytes(b"")
    names = ("extra.parquet", "scenarios/.x.part")
    assert store.unlisted(folder) == tuple(f"{name}: not in the manifest" for name in names)
    assert store.verify(folder) == () and store.find(tmp_path, INPUTS) == folder
    (folder / "manifest.json").unlink()
    assert store.unlisted(folder) == ()


@pytest.mark.parametrize(("lang", "words"), [("en", "not in the manifest"), ("zh", "不在清单中")])
def test_verify_names_a_file_that_is_not_of_the_run(tmp_path, capsys, lang, words):
    folder = saved(tmp_path)
    (folder / "extra.parquet").write_bytes(b"")
    assert call(["verify", str(folder), "--lang", lang]) == 1
    assert re.search(f"extra\\.parquet(: |：){words}", capsys.readouterr().err)
    (folder / "extra.parquet").unlink()
    assert call(["verify", str(folder), "--lang", lang]) == 0


def test_a_folder_under_the_id_of_another_run_is_named(tmp_path):
    folder = saved(tmp_path).rename(tmp_path / "0123456789ab")
    assert "not the folder's" in store.verify(folder)[0]


def test_a_damaged_run_is_set_aside_and_never_reused(tmp_path):
    folder = saved(tmp_path)
    (folder / "summary.json").write_bytes(b"{}")
    assert store.find(tmp_path, INPUTS) is None
    assert names(tmp_path) == [f"{INPUTS.id}.damaged-1"]
    assert store.verify(saved(tmp_path)) == ()


def test_a_run_that_another_process_finished_first_is_kept(tmp_path):
    folder = saved(tmp_path)
    stamp = (folder / "manifest.json").stat().st_ino
    assert saved(tmp_path) == folder
    assert (folder / "manifest.json").stat().st_ino == stamp
    assert names(tmp_path) == [INPUTS.id]


def test_a_fault_at_any_write_leaves_nothing_under_the_final_name(tmp_path, monkeypatch):
    """Let the n-th flush or rename fail, for n = 1, 2, ... until the run is saved."""
    real = {name: getattr(os, name) for name in ("fsync", "replace")}
    count = 0

    def counted(name, nth):
        def call(*given, **named):
            nonlocal count
            count += 1
            if count == nth:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real[name](*given, **named)

        return call

    for nth in range(1, 40):
        count = 0
        for name in real:
            monkeypatch.setattr(os, name, counted(name, nth))
        try:
            saved(tmp_path)
        except store.StoreError as error:
            assert "No space left" in str(error)
            assert [name for name in names(tmp_path) if name != INPUTS.id] == []
            folder = tmp_path / INPUTS.id
            assert not folder.exists() or store.verify(folder) == ()
        else:
            break
    assert nth > 9
    assert store.verify(tmp_path / INPUTS.id) == ()


WRITER = """
import resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
import importlib.util
spec = importlib.util.spec_from_file_location("folder", "tests/test_run_folder.py")
folder = importlib.util.module_from_spec(spec); spec.loader.exec_module(folder)
import pandas, pyarrow.parquet
{setup}
folder.saved(Path(sys.argv[1]))
"""


def write_in_another_process(out, setup):
    return subprocess.run(
        [sys.executable, "-c", WRITER.format(setup=setup), str(out)], capture_output=True, text=True
    )


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    setup = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    setup += "resource.setrlimit(resource.RLIMIT_FSIZE, (1200, 1200))"
    done = write_in_another_process(tmp_path, setup)
    assert "StoreError" in done.stderr and "File too large" in done.stderr
    assert names(tmp_path) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1200


def test_a_killed_writer_leaves_no_run_and_its_rest_is_swept(tmp_path):
    setup = "import os, signal\nfrom experiments import store\n"
    setup += "store._publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
    done = write_in_another_process(tmp_path, setup)
    assert done.returncode == -9
    left = names(tmp_path)
    assert len(left) == 1 and left[0].startswith(".writing-")
    saved(tmp_path)
    assert names(tmp_path) == [INPUTS.id]


def leftover(out, pid, born, id_="0" * 12):
    folder = out / f"{store.WRITING}{id_}-{store.socket.gethostname()}-{pid}-{born}"
    folder.mkdir()
    return folder


def test_the_rest_of_a_writer_is_swept_whatever_it_wrote_and_whoever_bears_its_number_now(tmp_path):
    """A writer may have died under other code, so under another id; numbers of processes come again."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    leftover(tmp_path, ended.pid, 1)
    leftover(tmp_path, os.getpid(), int(store._born(os.getpid())) - 1)
    saved(tmp_path)
    assert names(tmp_path) == [INPUTS.id]


def test_the_work_of_a_writer_that_died_unnoticed_is_swept(tmp_path):
    """A process that has ended but whose parent has not asked how still bears its number."""
    ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    born = store._born(ended.pid)
    folder = leftover(tmp_path, ended.pid, born)
    store._sweep(tmp_path)
    assert folder.is_dir()
    ended.stdin.close()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    store._sweep(tmp_path)
    assert not folder.exists()
    ended.wait()


def test_the_work_of_a_living_writer_and_of_other_machines_stays(tmp_path):
    living = leftover(tmp_path, os.getpid(), store._born(os.getpid()))
    elsewhere = tmp_path / f"{store.WRITING}{'0' * 12}-elsewhere-1-1"
    elsewhere.mkdir()
    saved(tmp_path)
    assert living.is_dir() and elsewhere.is_dir()


def test_a_store_that_cannot_be_written_is_told_before_the_work(tmp_path):
    (tmp_path / "runs").write_text("a file where the folder should be")
    with pytest.raises(store.StoreError, match="runs"):
        store.check_writable(tmp_path / "runs")
