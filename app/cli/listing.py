"""Lists of what the model knows (levers, indicators, parameters): a table of all, or one row in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.session import Session, one_of
from app.wording import LANGUAGES, mark
from model.errors import InputError

OTHER = {"en": "zh", "zh": "en"}
YES, NO = "✓", "–"
TARGET = "target_"
SHORTEST_PART, MOST_MEANT = 2, 5
More = Callable[[Session, str, bool], Mapping[str, Any]]
FIELDS = {
    "key": mark("Name"),
    "lever": mark("Lever"),
    "label": mark("Label"),
    "zh": mark("Label"),
    "en": mark("Label"),
    "domain": mark("Domain"),
    "kind": mark("Kind"),
    "nature": mark("Nature"),
    "role": mark("Role"),
    "unit": mark("Unit"),
    "min": mark("Least"),
    "max": mark("Most"),
    "greener": mark("Greener"),
    "direction": mark("Greener"),
    "default_2022": mark("Level of 2022"),
    "whole": mark("Whole numbers only"),
    "article": mark("Article"),
    "articles": mark("Articles"),
    "goal": mark("Words of the plan"),
    "target_2022": mark("Target 2022"),
    "target_2025": mark("Target 2025"),
    "target_2030": mark("Target 2030"),
    "basis": mark("Basis"),
    "basis_2022": mark("Basis of 2022"),
    "basis_2025": mark("Basis of 2025"),
    "basis_2030": mark("Basis of 2030"),
    "definition": mark("Definition"),
    "low": mark("Low"),
    "central": mark("Central"),
    "high": mark("High"),
    "distribution": mark("Distribution"),
    "quality": mark("Quality"),
    "source": mark("Source"),
    "note": mark("Note"),
    "acts": mark("Acts yet"),
    "computed": mark("Computed yet"),
}
NAMES = frozenset({"key", "lever", "label", "zh", "en"})
"""Fields shown as they are: names to be typed, and labels that already speak the language."""


def show(
    session: Session,
    rows: Mapping[str, Any],
    columns: Mapping[str, str],
    *,
    title: str,
    kind: str,
    name: str | None,
    as_json: bool,
    more: More | None = None,
) -> None:
    """Print all rows (`columns`: field -> head) or all of the one named; raise InputError if unknown.

    `more` adds to the one named: what is returned to its JSON object, what it prints below its table.
    """
    if name is not None:
        key = named(name, rows, kind)
        chosen = as_record(rows[key])
        if as_json:
            session.emit({**chosen, **(more(session, key, True) if more else {})})
            return
        _one(session, key, chosen)
        if more:
            more(session, key, False)
        return
    if as_json:
        session.emit([as_record(row) for row in rows.values()])
        return
    table = session.table(title, mark("Name"), mark("Label"), *columns.values())
    for key, row in rows.items():
        record = as_record(row)
        cells = (key, label_of(session, record), *(_cell(session, record, field) for field in columns))
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def named(name: str, rows: Mapping[str, Any], kind: str) -> str:
    """Return the row that is meant: by its name, by its label in either language, or by a part of one.

    Raise InputError if there is none, or several of which the name may be a part.
    """
    word = name.strip().casefold()
    if not word:
        return one_of(name, rows, kind)
    spelt = {key: _spellings(key, row) for key, row in rows.items()}
    if whole := [key for key, words in spelt.items() if word in words]:
        return whole[0]
    parts = [key for key, words in spelt.items() if any(word in one for one in words)]
    if len(word) < SHORTEST_PART or not parts:
        return one_of(name, rows, kind)
    if len(parts) == 1:
        return parts[0]
    raise InputError(f"{kind}_unknown", near=", ".join(parts[:MOST_MEANT]), values=(name,))


def _spellings(key: str, row: Any) -> tuple[str, ...]:
    """Return the name and the labels of a row, in small letters."""
    record = as_record(row)
    labels = (label_of(Session(lang), record) for lang in LANGUAGES)
    return tuple(text.casefold() for text in (key, *labels) if text)


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


def _cell(session: Session, record: Mapping[str, Any], field: str) -> str:
    """Return a field as a person reads it, a text of a table in the session's language, a target in its
    unit."""
    value = record.get(field)
    if field.startswith(TARGET):
        return figures.target(value, record.get("unit"), str(record.get("direction") or ""))
    return session.text(value) if isinstance(value, str) and field not in NAMES else words(value)


def _one(session: Session, name: str, record: Mapping[str, Any]) -> None:
    """Print every field of one row, without the label of the other language."""
    table = session.table(name, mark("Field"), mark("Value"))
    for field, value in record.items():
        if isinstance(value, Mapping) and session.lang in value:
            value = value[session.lang]
        shown = _cell(session, {**record, field: value}, field)
        if field != OTHER[session.lang] and shown:
            table.add_row(Text(session.say(FIELDS[field])), Text(shown))
    session.out.print(table)
