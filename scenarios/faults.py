"""How a scenario's text is shown back in a message, and where in its file a field stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from model.errors import InputError, nearest

LONGEST_SHOWN = 60
BLOCKS = ("change", "assume", "factor")
"""Arrays of tables: what stands above the first of them is the head of a file."""
STRINGS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*', re.DOTALL
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shown(value: object) -> str:
    """Return a value as one short line without control characters."""
    try:
        text = value if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits has no text
        text = type(value).__name__
    text = _CONTROL.sub("?", text[: LONGEST_SHOWN + 1])
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def listed(names: Iterable[str], most: int = 12) -> str:
    """Return names as a short list."""
    names = list(names)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


@dataclass(frozen=True)
class Spot:
    """A place in a scenario file: the file, its text, and the block (table and number) one is in."""

    file: str = ""
    text: str = ""
    table: str = ""
    number: int = 0

    def within(self, table: str, number: int) -> Spot:
        """Return the spot of block `number` of an array of tables."""
        return Spot(self.file, self.text, table, number)

    def line(self, key: str) -> int:
        """Return the line of a key, of its block if the key is not found, 0 if neither is."""
        return _find_line(self.text, self.table, self.number, key)

    def fault(
        self,
        code: str,
        field: str = "",
        *values: object,
        allowed: str = "",
        among: Iterable[str] | None = None,
        near: str = "",
        key: str = "",
    ) -> InputError:
        """Return the error of a field; `among`: names it might have been, `key`: its key in the file."""
        names = list(among) if among is not None else []
        if names and values and not near:
            near = nearest(str(values[0])[:80].lower(), names)
        block = f"{self.table}[{self.number}]"
        where = (block if field == self.table else f"{block}.{field}") if self.table else field
        return InputError(
            code=code,
            file=self.file,
            line=self.line(key or field.split(".")[0]),
            field=shown(where),
            allowed=allowed or (listed(names) if names else ""),
            near=near,
            values=tuple(shown(value) for value in values),
        )


def without_strings(text: str) -> str:
    """Return the text of a file without comments and strings, but for keys in quotes; lines stay."""

    def bare(found: re.Match[str]) -> str:
        is_key = found[0][0] != "#" and re.match(
            r"[ \t]*[.=]", text[found.end() : found.end() + LONGEST_SHOWN]
        )
        return found[0] if is_key else "\n" * found[0].count("\n")

    return STRINGS.sub(bare, text)


def _find_line(text: str, table: str, number: int, key: str) -> int:
    lines = without_strings(text).split("\n")
    start, end = 0, len(lines)
    if table:
        header = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
        starts = [index for index, line in enumerate(lines) if header.match(line)]
        if not 1 <= number <= len(starts):
            return _first(lines, 0, end, table)
        start = starts[number - 1]
        other = re.compile(rf"\s*\[(?!\s*{table}\s*\.)")
        end = next((i for i in range(start + 1, end) if other.match(lines[i])), end)
    elif key not in BLOCKS:
        block = re.compile(rf"\s*\[\[?\s*({'|'.join(BLOCKS)})\b")
        end = next((i for i, line in enumerate(lines) if block.match(line)), end)
    return _first(lines, start, end, key) or (start + 1 if table else 0)


def _first(lines: list[str], start: int, end: int, key: str) -> int:
    if not key:
        return 0
    pattern = re.compile(rf"(^|[\s,{{\[.\"'])({re.escape(key)})[\"']?\s*[\].=]")
    found = (i + 1 for i in range(start, end) if pattern.search(lines[i]))
    return next(found, 0)
