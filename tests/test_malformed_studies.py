"""Three hundred malformed study files: one line each, with file, line and field; nothing is written."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from app.cli.main import call
from app.wording import word_error
from app.wording.errors import messages
from experiments.study_reading import check_study
from tests.malformed import ASKED, NO_FIELD
from tests.malformed_studies import FAMILIES, studies
from tests.test_malformed_thousand import lay_out, spoken, tree

MANY = 300


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_of_three_hundred_files_has_the_one_fault_it_was_given() -> None:
    codes = set()
    for bad in studies(MANY):
        before = lay_out(bad.files)
        faults = check_study(Path(ASKED))
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
        codes.add(fault.code)
    assert len(codes) > 40


def test_without_its_fault_each_file_is_sound() -> None:
    tried = 0
    for bad in studies(2 * len(FAMILIES), seed=2):
        if bad.mended:
            lay_out(bad.mended)
            assert check_study(Path(ASKED)) == [], (bad.family, bad.mended)
            tried += 1
    assert tried > len(FAMILIES)


def test_the_command_ends_in_that_line_and_exit_2(capsys: pytest.CaptureFixture[str]) -> None:
    for number, bad in enumerate(studies(MANY)):
        content = bad.files.get(ASKED, b"")
        if isinstance(content, bytes) and b'"grid"' in content:
            continue  # those are sound or faulty for `jinlv sweep`
        before, lang = lay_out(bad.files), ("en", "zh")[number % 2]
        start = time.process_time()
        assert call(["sensitivity", ASKED, "--out", "results", "--lang", lang]) == 2, bad
        assert time.process_time() - start < 2, bad.family
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1, (bad, said)
        spoken(bad, said.err.rstrip("\n"), lang)
        assert tree() == before, bad.family


def test_the_same_seed_draws_the_same_files() -> None:
    assert list(studies(100)) == list(studies(100)) != list(studies(100, seed=2))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "sensitivity nev_share_203",
            "there is no study “nev_share_203” and no such file (did you mean nev_share_2030?)",
        ),
        ("sensitivity none.toml", "jinlv: none.toml: there is no study"),
        ("sensitivity poorest_bill --samples 100", "--samples: 100 is not a power of two; allowed: 4, 8"),
        ("sensitivity poorest_bill --samples x", "--samples: “x” is not a whole number"),
        ("sensitivity poorest_bill --samples 0", "--samples: “0” is out of range"),
        ("sensitivity poorest_bill --households 0", "--households: “0”"),
        ("sensitivity poorest_bill --threads 0", "--threads: “0”"),
        ("sensitivity poorest_bill --workers 0", "--workers: “0” is out of range; allowed: 1..1000"),
        ("sensitivity poorest_bill more", "“more” is one word too many"),
        ("sensitivity poorest_bill --sample 8", "(did you mean --samples?)"),
    ],
)
def test_a_wrong_word_on_the_command_line_ends_so_too(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call([*typed.split(), "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert said in told.err and told.err.count("\n") == 1 and told.out == ""
    assert tree() == []
