"""Read a scenario file from outside: a plain, small, well-formed TOML file, or one precise error."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path

from model.errors import InputError
from scenarios.faults import STRINGS, Spot, shown

LARGEST_FILE = 256 * 1024
LARGEST_RESOLVED = 64 * LARGEST_FILE
DEEPEST = 16
LONGEST_NUMBER = 400
_LONG_NUMBER = re.compile(rf"[0-9_]{{{LONGEST_NUMBER},}}")
_DOTTED = re.compile(rf"(?:[^\s.=\[\]]+\s*\.\s*){{{DEEPEST},}}")
_ERROR_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def read_document(path: Path, largest: int = LARGEST_FILE) -> tuple[dict[str, object], Spot]:
    """Return the table of a scenario file of at most `largest` bytes and its spot; raise InputError for any
    file that is not one."""
    spot = Spot(str(path))
    text = _decode(_read_bytes(path, spot, largest), spot)
    spot = Spot(str(path), text)
    _check_shape(text, spot)
    try:
        return tomllib.loads(text), spot
    except tomllib.TOMLDecodeError as error:
        what, line, column = _placed(str(error), text)
        raise _at(spot, line, "toml", column, what) from None
    except (RecursionError, MemoryError):
        raise spot.fault("too_deep", allowed=str(DEEPEST)) from None
    except ValueError:
        raise spot.fault("toml_unread") from None


def _placed(message: str, text: str) -> tuple[str, int, int]:
    """Return what a parser says, its line and its column; without a line it is the end of `text`."""
    found = _ERROR_PLACE.search(message)
    what = message[: found.start()] if found else message
    if found and found[1]:
        return what, int(found[1]), int(found[2])
    return what, text.count("\n") + 1, len(text) - text.rfind("\n")


def _at(spot: Spot, line: int, code: str, *values: object, allowed: str = "") -> InputError:
    return InputError(code, spot.file, line, allowed=allowed, values=tuple(shown(value) for value in values))


def _read_bytes(path: Path, spot: Spot, largest: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise spot.fault("file_link")
        if not stat.S_ISREG(path.stat().st_mode):
            raise spot.fault("file_not_plain")
        with os.fdopen(os.open(path, flags), "rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        raise spot.fault("file_missing") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise spot.fault("file_unreadable", "", reason) from None
    if len(data) > largest:
        raise spot.fault("file_too_big", allowed=f"{largest // 1024} KB")
    return data


def _decode(data: bytes, spot: Spot) -> str:
    if not data.strip():
        raise spot.fault("file_empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise spot.fault("file_utf16", allowed="UTF-8")
    if data.startswith(b"\xef\xbb\xbf"):
        raise _at(spot, 1, "file_bom", allowed="UTF-8")
    line = data[: data.find(b"\0")].count(b"\n") + 1 if b"\0" in data else 0
    if line:
        raise _at(spot, line, "file_nul", allowed="UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _at(spot, line, "file_not_text", allowed="UTF-8") from None


def _check_shape(text: str, spot: Spot) -> None:
    """Refuse nesting and numbers that would exhaust the parser, before it sees them."""
    bare = STRINGS.sub(lambda match: "\n" * match.group().count("\n"), text)
    depth = 0
    for number, line in enumerate(bare.split("\n"), start=1):
        if _LONG_NUMBER.search(line):
            raise _at(spot, number, "number_too_long", allowed=str(LONGEST_NUMBER))
        if _DOTTED.search(line):
            raise _at(spot, number, "too_deep", allowed=str(DEEPEST))
        for mark in re.findall(r"[\[\]{}]", line):
            depth = max(0, depth + (1 if mark in "[{" else -1))
            if depth > DEEPEST:
                raise _at(spot, number, "too_deep", allowed=str(DEEPEST))
