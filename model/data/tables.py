"""Read the tables of known facts, refusing a row that does not say its unit, source and quality."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from model.errors import InputError

QUALITIES = ("retrieved", "derived", "recalled", "assumed")
"""From the best to the worst: read off a source, computed from such, remembered, set by judgement."""

PROVENANCE = ("unit", "source", "quality")
TABLES = Path(__file__).parent / "tables"
REGIONS = Path(__file__).parent / "regions"


class Row(dict[str, str]):
    """One row of a table, column -> text, that knows where it stands so that faults can be named."""

    __slots__ = ("file", "line")

    def __init__(self, cells: dict[str, str], file: str, line: int) -> None:
        super().__init__(cells)
        self.file = file
        self.line = line

    def fault(self, field: str, what: str, allowed: str = "") -> InputError:
        """Return the error that names this row and one of its fields."""
        return InputError("table", self.file, self.line, field, allowed, values=(what, self.get(field, "")))

    def number(self, field: str, default: float | None = None) -> float:
        """Return a cell as a finite number, `default` when it is empty; raise InputError otherwise."""
        text = self.get(field, "")
        if not text:
            if default is None:
                raise self.fault(field, "empty", "a number")
            return default
        try:
            value = float(text)
        except ValueError:
            raise self.fault(field, "not a number", "a number") from None
        if not math.isfinite(value):
            raise self.fault(field, "not finite", "a finite number")
        return value

    def one_of(self, field: str, allowed: Sequence[str]) -> str:
        """Return a cell that must be one of the allowed words; raise InputError otherwise."""
        if self.get(field) not in allowed:
            raise self.fault(field, "not allowed", ", ".join(allowed))
        return self[field]


def read_table(
    path: Path, required: Sequence[str] = PROVENANCE, keys: Sequence[str] = (), numbers: Sequence[str] = ()
) -> list[Row]:
    """Return the rows of a CSV table in UTF-8 with LF line ends.

    `required`: columns in which no cell may be empty (quality, if among them, must be one of
    QUALITIES). `keys`: columns that together name a row once. `numbers`: columns whose cells, when
    filled, must be finite numbers. Raises InputError(code "table") with file, line and field.
    """
    lines = _decode(path).splitlines(keepends=True)
    reader = csv.reader(lines, strict=True)
    rows: list[Row] = []
    seen: dict[tuple[str, ...], int] = {}
    try:
        header = next(reader, [])
        _check_header(path, header, (*required, *keys, *numbers))
        for cells in reader:
            if len(cells) != len(header):
                raise InputError(
                    "table",
                    str(path),
                    reader.line_num,
                    "",
                    f"{len(header)} cells",
                    values=("cells", str(len(cells))),
                )
            row = Row(dict(zip(header, cells, strict=True)), str(path), reader.line_num)
            _check_row(row, required, numbers)
            key = tuple(row[column] for column in keys)
            if keys and key in seen:
                raise InputError(
                    "table",
                    str(path),
                    row.line,
                    "+".join(keys),
                    values=("duplicate", " ".join(key), str(seen[key])),
                )
            seen[key] = row.line
            rows.append(row)
    except csv.Error as error:
        raise InputError("table", str(path), reader.line_num, values=("csv", str(error))) from None
    return rows


def worst(qualities: Iterable[str]) -> str:
    """Return the worst quality of several; `assumed` when there is none to go by."""
    return max(qualities, key=QUALITIES.index, default="assumed")


def _decode(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("table", str(path), allowed="UTF-8", values=("encoding",)) from None
    except OSError:
        raise InputError("table", str(path), values=("missing",)) from None
    for sign, what in (("\r", "line ends"), ("\ufeff", "byte order mark"), ("\0", "NUL")):
        if sign in text:
            raise InputError("table", str(path), text[: text.index(sign)].count("\n") + 1, values=(what,))
    return text


def _check_header(path: Path, header: list[str], wanted: Sequence[str]) -> None:
    if len(set(header)) != len(header) or "" in header:
        raise InputError("table", str(path), 1, values=("header",))
    for column in wanted:
        if column not in header:
            raise InputError("table", str(path), 1, column, ", ".join(header), values=("missing column",))


def _check_row(row: Row, required: Sequence[str], numbers: Sequence[str]) -> None:
    for column in required:
        if not row[column].strip():
            raise row.fault(column, "empty")
    if "quality" in required:
        row.one_of("quality", QUALITIES)
    for column in numbers:
        if row[column]:
            row.number(column)
