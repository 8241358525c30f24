"""Errors that a user can mend: what is wrong, where, and the nearest thing that is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(unsafe_hash=True)
class InputError(Exception):
    """Report one fault of an input from outside; `app` words it in Chinese or English.

    `code` names the message (a key of the catalogue in `app/wording`), `values` fill its blanks;
    `allowed` says what would have been accepted and `near` the closest valid name, if there is one.
    """

    code: str
    file: str = ""
    line: int = 0
    field: str = ""
    allowed: str = ""
    near: str = ""
    values: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[InputError], tuple[object, ...]]:
        """Let the error cross processes whole."""
        fields = (self.code, self.file, self.line, self.field, self.allowed, self.near, self.values)
        return type(self), fields

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.file, self.line, self.field) if part)
        said = " ".join((self.code, *self.values))
        hint = f"; allowed: {self.allowed}" if self.allowed else ""
        guess = f" (near: {self.near})" if self.near else ""
        return f"{where}: {said}{hint}{guess}"


def nearest(word: str, names: Iterable[str]) -> str:
    """Return the name closest to `word`, or an empty string when none is close."""
    found = difflib.get_close_matches(word[:80], list(names), n=1, cutoff=0.6)
    return found[0] if found else ""
