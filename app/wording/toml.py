"""Words for what the TOML parser finds wrong, in the reader's language."""

from __future__ import annotations

import re

from app.wording.catalogue import mark, translator

FAULTS = {
    r"Invalid statement": mark("here should stand a key, a table or a comment"),
    r"Expected newline or end of document after a statement": mark("after a statement the line should end"),
    r"Expected '=' after a key in a key/value pair": mark("after a key “=” is missing"),
    r"Expected '\]' at the end of a table declaration": mark(
        "at the end of the head of a table “]” is missing"
    ),
    r"Expected '\]\]' at the end of an array declaration": mark(
        "at the end of the head of an array of tables “]]” is missing"
    ),
    r"Expected ['\"](.+)['\"]": mark("“{0}” is missing"),
    r"Found invalid character (.+)": mark("the character {0} may not stand here"),
    r"Illegal character (.+)": mark("the character {0} may not stand here"),
    r"Cannot declare (.+) twice": mark("the table {0} is there already"),
    r"Cannot overwrite a value": mark("this key has a value already"),
    r"Cannot (?:mutate immutable|redefine) namespace (.+)": mark("the table {0} is closed already"),
    r"Duplicate inline table key (.+)": mark("the key {0} stands twice in an inline table"),
    r"Invalid initial character for a key part": mark("a key cannot begin with this character"),
    r"Unclosed array": mark("the end of an array, “]”, is missing"),
    r"Unclosed inline table": mark("the end of an inline table, “}}”, is missing"),
    r"Unescaped '\\' in a string": mark("a backslash in a string begins no known escape"),
    r"Invalid hex value": mark("an escape in a string has too few hexadecimal digits"),
    r"Escaped character is not a Unicode scalar value": mark("an escape in a string names no character"),
    r"Unterminated string": mark("the end of a string is missing"),
    r"Invalid date or datetime": mark("this is no date of the calendar"),
    r"Invalid value": mark("this is no value; texts stand in quotes"),
}
"""Message of the parser -> sentence; {0} is what the message quotes."""
ELSE = mark("not valid TOML here")
_PATH = re.compile(r"\('.*'\,?\)")


def toml_text(message: str, lang: str) -> str:
    """Return a message of the parser in a language; in Chinese, one that is not known says only where.

    Numbers (a column) stay as they are.
    """
    if message.isdigit():
        return message
    say = translator(lang)
    for pattern, sentence in FAULTS.items():
        if found := re.fullmatch(pattern, message):
            return say(sentence).format(*(_PATH.sub(_dotted, part) for part in found.groups()))
    return message if lang == "en" else say(ELSE)


def _dotted(path: re.Match[str]) -> str:
    """Return a table's name as it is typed in a file."""
    return ".".join(re.findall(r"'([^']*)'", path[0]))
