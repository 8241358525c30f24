"""The one line that tells a user which input is wrong, where, what is allowed, what may have been meant."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from app.wording.catalogue import CATALOGUES
from app.wording.faults import fault_text
from app.wording.tables import table_text
from app.wording.toml import toml_text
from model.errors import InputError

LONGEST_VALUE = 200
_BLANK = re.compile(r"\{(file|line|field|allowed|near|\d+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BOUNDS = re.compile(r"(?P<bounds>\S+\.\.\S+|>= \S+) (?P<unit>.+?)(?P<words>, low, central, high)?")
"""What is allowed, as bounds with a unit of a table."""
_JOINTS = {
    "en": ("; allowed: {}", " (did you mean {}?)", ": "),
    "zh": ("；可用：{}", "（是否想写 {}？）", "："),
}


@cache
def messages() -> Mapping[str, Mapping[str, str]]:
    """Return code -> language -> sentence, from messages_*.csv; raise ValueError if a code comes twice."""
    found: dict[str, Mapping[str, str]] = {}
    for path in sorted(CATALOGUES.glob("messages_*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["code"] in found:
                    raise ValueError(f"{path.name}: message {row['code']} is written twice")
                found[row["code"]] = {"en": row["en"], "zh": row["zh"]}
    return found


def printable(text: str) -> str:
    """Return one short line: control characters, which could forge lines or colours, become `?`."""
    clean = _CONTROL.sub("?", text)
    return clean if len(clean) <= LONGEST_VALUE else clean[: LONGEST_VALUE - 1] + "…"


def _whole_names(allowed: str) -> str:
    """Return what is allowed as one short line, cut between two names rather than in one."""
    short = printable(allowed)
    names, comma, _ = short.rpartition(", ")
    return f"{names}{comma}…" if len(allowed) > LONGEST_VALUE and comma else short


def word_error(error: InputError, lang: str) -> str:
    """Word one fault as `jinlv: FILE:LINE: field: what is wrong; what is allowed (did you mean ...?)`.

    Blanks of the sentence: {field}, {allowed}, {near}, {file}, {line} and {0}, {1}... (the error's values).
    What the sentence itself does not show of field, allowed and near is put before and after it.
    """
    values = tuple(toml_text(value, lang) for value in error.values) if error.code == "toml" else error.values
    if error.code == "file_unreadable":
        values = tuple(fault_text(value, lang) for value in values)
    safe = replace(
        error,
        file=printable(error.file),
        field=printable(error.field),
        allowed=_whole_names(_spoken(error.allowed, lang)),
        near=printable(error.near),
        values=tuple(printable(value) for value in values),
    )
    sentence = messages().get(error.code, {}).get(lang) or " ".join((printable(error.code), *safe.values))
    blanks = set(_BLANK.findall(sentence))
    allowed, near, joint = _JOINTS[lang]
    parts = ["jinlv: "]
    if safe.file:
        parts.append(f"{safe.file}:{safe.line}{joint}" if safe.line else f"{safe.file}{joint}")
    if safe.field and "field" not in blanks:
        parts.append(f"{safe.field}{joint}")
    parts.append(_BLANK.sub(lambda blank: _fill(blank[1], safe), sentence))
    if safe.allowed and "allowed" not in blanks:
        parts.append(allowed.format(safe.allowed))
    if safe.near and "near" not in blanks:
        parts.append(near.format(safe.near))
    return "".join(parts)


def _spoken(allowed: str, lang: str) -> str:
    """Return what is allowed with the unit of its bounds in a language."""
    found = _BOUNDS.fullmatch(allowed)
    return f"{found['bounds']} {table_text(found['unit'], lang)}{found['words'] or ''}" if found else allowed


def _fill(blank: str, error: InputError) -> str:
    """Return what stands in one blank; an empty text where the error has no such value."""
    if blank.isdigit():
        return error.values[int(blank)] if int(blank) < len(error.values) else ""
    return str(getattr(error, blank))
