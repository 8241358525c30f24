"""A thousand malformed scenario files: one line each, with file, line and field; nothing is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import scenarios
from app.cli.main import call
from app.wording import word_error
from app.wording.errors import messages
from tests.malformed import ASKED, DIRECTORY, FAMILIES, LINK, NO_FIELD, PIPE, Bad, thousand

MANY = 1000
SAMPLE = 5
"""Every fifth file goes through a whole command; all of them with `-m slow`."""
COMMANDS = (
    ("scenario", "check", ASKED),
    ("scenario", "show", ASKED),
    ("run", ASKED, "--out", "results"),
    ("compare", "plan", ASKED, "--out", "results"),
    ("scenario", "diff", "plan", ASKED),
    ("scenarios", ASKED),
)


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lay_out(files: object) -> list[str]:
    """Put the files of one case into the working folder, which is emptied first; return what is there."""
    for old in Path().iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    for name, content in dict(files).items():  # type: ignore[call-overload]
        path = Path(name)
        if content == DIRECTORY:
            path.mkdir()
        elif content == PIPE:
            os.mkfifo(path)
        elif content == LINK:
            path.symlink_to("/etc/hostname")
        else:
            path.write_bytes(content)
    return tree()


def tree() -> list[str]:
    return sorted(str(path) for path in Path().rglob("*"))


def spoken(bad: Bad, line: str, lang: str) -> None:
    """Hold one worded line against what is known of the fault."""
    colon = "：" if lang == "zh" else ": "
    at = f"{bad.target}:{bad.line}" if bad.line > 0 else bad.target
    assert line.startswith(f"jinlv: {at}"), (bad, line)
    assert line.isprintable() and len(line) < 1500, bad.family
    assert bad.field in ("", NO_FIELD) or bad.field.endswith(NO_FIELD) or f"{bad.field}{colon}" in line, (
        bad,
        line,
    )
    assert bad.near in line
    assert "Traceback" not in line and "Error:" not in line


def test_each_of_a_thousand_files_has_the_one_fault_it_was_given() -> None:
    families = set()
    for bad in thousand(many=MANY):
        before = lay_out(bad.files)
        start = time.perf_counter()
        faults = scenarios.check(Path(ASKED))
        assert time.perf_counter() - start < 1, bad.family
        assert len(faults) == 1, (bad, faults)
        fault = faults[0]
        where = "" if bad.field.endswith(NO_FIELD) else bad.field
        assert (fault.code, fault.file, fault.field) == (bad.code, bad.target, where), (bad, fault)
        assert bad.line in (-1, fault.line), (bad, fault)
        assert bad.near in ("", fault.near), (bad, fault)
        assert bool(fault.allowed) == bad.allowed, (bad, fault)
        assert fault.code in messages()
        for lang in ("en", "zh"):
            spoken(bad, word_error(fault, lang), lang)
        assert tree() == before
        families.add(bad.family)
    assert len(families) >= FAMILIES


def test_without_its_fault_each_file_is_sound() -> None:
    """No file is refused for another reason than the one it names."""
    tried = 0
    for bad in thousand(seed=2, many=3 * FAMILIES):
        if bad.mended:
            lay_out(bad.mended)
            assert scenarios.check(Path(ASKED)) == [], (bad.family, bad.mended)
            tried += 1
    assert tried > 2 * FAMILIES


def walk(step: int, first: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Give every `step`-th file to a command, in turn of commands and languages."""
    for number, bad in enumerate(thousand(many=MANY)):
        if number % step != first % step:
            continue
        before = lay_out(bad.files)
        typed, lang = COMMANDS[number // step % len(COMMANDS)], ("en", "zh")[number % 2]
        start = time.perf_counter()
        assert call([*typed, "--lang", lang]) == 2, (bad, typed)
        assert time.perf_counter() - start < 2, (bad.family, typed)
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1, (bad, said)
        spoken(bad, said.err.rstrip("\n"), lang)
        assert tree() == before, (bad.family, typed)


def test_commands_end_in_that_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    walk(SAMPLE, 0, capsys)


@pytest.mark.slow
def test_commands_end_so_for_all_thousand(capsys: pytest.CaptureFixture[str]) -> None:
    walk(1, 0, capsys)


def test_every_command_says_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    for bad in list(thousand(seed=3, many=FAMILIES))[::7]:
        lay_out(bad.files)
        lines = set()
        for typed in COMMANDS:
            assert call([*typed, "--lang", "zh"]) == 2
            lines.add(capsys.readouterr().err)
        assert len(lines) == 1, (bad, lines)


def test_so_does_a_process_of_its_own(tmp_path: Path) -> None:
    for bad in list(thousand(seed=4, many=2 * FAMILIES))[::46]:
        before = lay_out(bad.files)
        command = [sys.executable, "-m", "app.cli.main", "run", ASKED, "--out", "results", "--lang", "en"]
        root = str(Path(__file__).resolve().parent.parent)
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": root})
        assert (done.returncode, done.stdout) == (2, "")
        spoken(bad, done.stderr.rstrip("\n"), "en")
        assert tree() == before


def test_the_same_seed_draws_the_same_files() -> None:
    assert list(thousand(many=200)) == list(thousand(many=200)) != list(thousand(seed=2, many=200))
