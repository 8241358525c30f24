"""Lists of what the model knows (levers, indicators, parameters): a table of all, or one row in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from rich.text import Text

from app.cli.session import Session, one_of
from app.wording import mark

OTHER = {"en": "zh", "zh": "en"}
YES, NO = "✓", "–"


def show(
    session: Session,
    rows: Mapping[str, Any],
    columns: Mapping[str, str],
    *,
    title: str,
    kind: str,
    name: str | None,
    as_json: bool,
) -> None:
    """Print all rows (`columns`: field -> head) or all of the one named; raise InputError if unknown."""
    if name is not None:
        chosen = as_record(rows[one_of(name, rows, kind)])
        if as_json:
            session.emit(chosen)
        else:
            _one(session, name, chosen)
        return
    if as_json:
        session.emit([as_record(row) for row in rows.values()])
        return
    table = session.table(title, mark("Name"), mark("Label"), *columns.values())
    for key, row in rows.items():
        record = as_record(row)
        cells = (key, label_of(session, record), *(words(record.get(field)) for field in columns))
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def as_record(row: Any) -> dict[str, Any]:
    """Return a row (mapping or dataclass) as field -> plain value."""
    if is_dataclass(row):
        return {entry.name: plain(getattr(row, entry.name)) for entry in fields(row)}
    return {str(key): plain(value) for key, value in dict(row).items()}


def plain(value: Any) -> Any:
    """Return a value that JSON can hold; not-a-number becomes None."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if is_dataclass(value):
        return as_record(value)
    if isinstance(value, Sequence | set | frozenset):
        return [plain(part) for part in value]
    return str(value)


def label_of(session: Session, record: Mapping[str, Any]) -> str:
    """Return the label of a record in the session's language, else in English."""
    label = record.get("label")
    if isinstance(label, Mapping):
        return str(label.get(session.lang) or label.get("en", ""))
    lang = session.lang
    names = (lang, f"label_{lang}", f"meaning_{lang}", "en", "label_en", "meaning_en", "meaning")
    return next((str(record[name]) for name in names if record.get(name)), "")


def words(value: Any) -> str:
    """Return a plain value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {words(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(words(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _one(session: Session, name: str, record: Mapping[str, Any]) -> None:
    """Print every field of one row, without the label of the other language."""
    table = session.table(name, mark("Field"), mark("Value"))
    for field, value in record.items():
        if isinstance(value, Mapping) and session.lang in value:
            value = value[session.lang]
        other = OTHER[session.lang]
        if field != other and not field.endswith(f"_{other}") and words(value):
            table.add_row(Text(field), Text(words(value)))
    session.out.print(table)
