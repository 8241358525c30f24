"""The benchmark of sweeps runs at a tiny size; how fast anything was is not tested here."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_sweeps_by_one_worker_and_by_two_are_timed_and_have_the_same_bytes(tmp_path):
    file = tmp_path / "sweep.json"
    words = ["--runs", "2", "--repeats", "1", "--households", "30", "--lang", "zh", "--json", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sweep_workers", *words],
        cwd=ROOT, env={**os.environ, "PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(file.read_text(encoding="utf-8"))
    one, two = (report["seconds"][name][0] for name in ("one", "two"))
    assert report["same_bytes"] and report["sweep_speed_up"] == one / two
    assert [row["key"] for row in report["figures"]] == ["sweep_speed_up"]
    assert "两个工作进程相对一个" in done.stdout
