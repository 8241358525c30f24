"""The pages of `--help` in the language asked for, the words of the parser itself among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

from app.wording import Translator, mark

PARSER_WORDS = {
    "Usage: ": mark("Usage: "),
    "Arguments": mark("Arguments"),
    "Options": mark("Options"),
    "Commands": mark("Commands"),
    "Show this message and exit.": mark("Show this message and exit."),
    "[OPTIONS]": mark("[OPTIONS]"),
    "COMMAND [ARGS]...": mark("COMMAND [ARGS]..."),
    "<list[str]>": mark("<text>"),
    "<str>": mark("<text>"),
    "<number>": mark("<number>"),
    "[required]": mark("[required]"),
    "[default: ": mark("[default: "),
}
_FILLER = "\u200b"
_WORD = re.compile("|".join(re.escape(word) for word in PARSER_WORDS))


def translated(command: Any, say: Translator) -> Any:
    """Return a command with the help pages of itself, its options and its sub-commands translated."""
    for owner in (command, *command.params):
        if getattr(owner, "help", None):
            owner.help = say(owner.help)
    formatter = _formatter(command.context_class.formatter_class, say)
    command.context_class = type("SpokenContext", (command.context_class,), {"formatter_class": formatter})
    for child in getattr(command, "commands", {}).values():
        translated(child, say)
    return command


def _formatter(plain: Any, say: Translator) -> type:
    """Return the parser's formatter of help pages with its own words translated."""

    def spoken(text: str) -> str:
        return _WORD.sub(lambda found: say(PARSER_WORDS[found[0]]), text)

    def write_usage(self: Any, prog: str, args: str = "", prefix: str | None = None) -> None:
        plain.write_usage(self, prog, spoken(args), spoken(prefix or "Usage: "))

    def write_heading(self: Any, heading: str) -> None:
        colon = spoken("Usage: ").rstrip()[-1]
        self.write(f"{'':>{self.current_indent}}{heading}{colon}\n")

    def section(self: Any, name: str) -> Any:
        return plain.section(self, spoken(name))

    def write_dl(self: Any, rows: Sequence[tuple[str, str]], *given: Any, **named: Any) -> None:
        terms = [(_even(spoken(term)), spoken(text)) for term, text in rows]
        plain.write_dl(self, terms, *given, **named)
        self.buffer = [part.replace(_FILLER, "") for part in self.buffer]

    spoken_parts = {"write_usage": write_usage, "write_heading": write_heading, "section": section}
    return type("SpokenFormatter", (plain,), {**spoken_parts, "write_dl": write_dl})


def _even(term: str) -> str:
    """Return a term as long as it is wide: the parser counts characters, and Chinese ones are two columns."""
    return term + _FILLER * sum(east_asian_width(letter) in "FW" for letter in term)
