"""A run that leaves cells empty says nothing on standard error but its progress."""

import pytest

from app.cli.main import call

ASKED = {
    "one household": ["plan", "current", "--households", "1", "--replicates", "2"],
    "few households": ["plan", "current", "--households", "500", "--replicates", "2"],
    "until the plan": ["plan", "current", "--households", "500", "--replicates", "2", "--until", "2022-05"],
    "one replicate": ["plan", "--households", "50", "--replicates", "1", "--until", "2015-01"],
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("asked", ASKED)
def test_empty_cells_raise_no_warning(asked, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("JINLV_TRACEBACK", "1")
    assert call(["run", *ASKED[asked], "--threads", "1", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "Warning" not in said.err and "nan" not in said.out.split()
