"""A table refuses a row that does not say what it is, and every shipped table passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.data.tables import QUALITIES, REGIONS, TABLES, read_table
from model.errors import InputError

GOOD = "key,value,unit,source,quality\na,1,km,book,retrieved\nb,2,km,book,assumed\n"

SHIPPED = sorted([*TABLES.glob("*.csv"), *REGIONS.rglob("*.csv")])


def refused(tmp_path: Path, data: str | bytes, line: int, field: str = "") -> InputError:
    path = tmp_path / "t.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError) as caught:
        read_table(path, keys=("key",), numbers=("value",))
    fault = caught.value
    assert (fault.code, fault.file, fault.line) == ("table", str(path), line)
    assert fault.field == field
    return fault


def test_a_good_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(GOOD)
    rows = read_table(path, keys=("key",), numbers=("value",))
    assert [row.number("value") for row in rows] == [1.0, 2.0]
    assert rows[1].line == 3


@pytest.mark.parametrize("column", ["unit", "source", "quality"])
def test_a_row_without_provenance_is_refused(tmp_path: Path, column: str) -> None:
    cells = dict(
        zip(("key", "value", "unit", "source", "quality"), ("a", "1", "km", "book", "assumed"), strict=True)
    )
    cells[column] = " "
    refused(tmp_path, "key,value,unit,source,quality\n" + ",".join(cells.values()) + "\n", 2, column)


def test_an_unknown_quality_is_refused_with_the_allowed_ones(tmp_path: Path) -> None:
    fault = refused(tmp_path, GOOD.replace("assumed", "guessed"), 3, "quality")
    assert all(quality in fault.allowed for quality in QUALITIES)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "one", "0x1"])
def test_what_is_no_finite_number_is_refused(tmp_path: Path, value: str) -> None:
    refused(tmp_path, GOOD.replace("a,1", f"a,{value}"), 2, "value")


def test_wrong_numbers_of_cells_are_refused(tmp_path: Path) -> None:
    refused(tmp_path, GOOD + "c,3,km\n", 4)
    refused(tmp_path, GOOD + "c,3,km,book,assumed,more\n", 4)


def test_a_key_may_stand_once(tmp_path: Path) -> None:
    fault = refused(tmp_path, GOOD + "a,3,km,book,assumed\n", 4, "key")
    assert "duplicate" in fault.values


def test_a_missing_or_double_column_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, "key,value,source,quality\na,1,book,assumed\n", 1, "unit")
    refused(tmp_path, "key,value,unit,unit,source,quality\n", 1)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (GOOD.encode("utf-16"), 0),
        (b"\xef\xbb\xbf" + GOOD.encode(), 1),
        (GOOD.replace("\n", "\r\n").encode(), 1),
        (GOOD.replace("b,2", "b\0,2").encode(), 3),
        ("key,value,unit,source,quality\n太原,1,km,书,assumed\n".encode("gbk"), 0),
    ],
)
def test_other_encodings_are_refused(tmp_path: Path, data: bytes, line: int) -> None:
    refused(tmp_path, data, line)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_table(tmp_path / "none.csv")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_row_has_unit_source_and_quality(path: Path) -> None:
    required = ("draw", "key", "value") if path.name == "draws.csv" else ("unit", "source", "quality")
    rows = read_table(path, required=required)
    assert rows
    for row in rows:
        low, high = row.get("low", ""), row.get("high", "")
        middle = row.get("value", "") or row.get("central", "")
        if low and high and middle:
            assert row.number("low") <= float(middle) <= row.number("high"), f"line {row.line}"
        if "url_or_repo" in row and "parameters" not in path.name and row["quality"] == "retrieved":
            assert row["url_or_repo"], f"line {row.line}: retrieved without address"
