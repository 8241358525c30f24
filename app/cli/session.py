"""What every command shares: the language, the two consoles and the way a JSON document is written."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.wording import LANGUAGES, Translator, default_language, mark, table_text, translator
from model.errors import InputError, nearest

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH_WITHOUT_TERMINAL = 120
LONGEST_NUMBER = 9
LARGEST = 10**LONGEST_NUMBER - 1
KEY = mark("Name")
"""Head of the column that holds names to be typed: never broken over lines."""

LABEL, LABEL_WIDTH = mark("Label"), 14
"""A label is not broken within a word where the names beside it leave room for one."""

LangOption = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="<en|zh>", help=mark("Language of what is printed; default from the locale.")
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=mark("Print one JSON document on standard output."))]


@dataclass(frozen=True)
class Session:
    """One call of the command line: `lang` is en or zh; `arguments` are those typed after `jinlv`."""

    lang: str
    arguments: tuple[str, ...] = ()

    @cached_property
    def say(self) -> Translator:
        """Return the translator of the session's language."""
        return translator(self.lang)

    @cached_property
    def out(self) -> Console:
        """Return the console of results (standard output)."""
        from rich.console import Console

        width = None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
        return Console(file=sys.stdout, width=width, highlight=False)

    @cached_property
    def err(self) -> Console:
        """Return the console of progress and warnings (standard error)."""
        from rich.console import Console

        return Console(file=sys.stderr, highlight=False)

    def emit(self, document: object) -> None:
        """Write exactly one JSON document to standard output."""
        unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        text = json.dumps(document, ensure_ascii=not unicode, allow_nan=False, indent=1, default=plain)
        sys.stdout.write(text + "\n")

    def table(self, title: str, *columns: str) -> Table:
        """Return an empty table with translated title and column heads; cells are shown literally."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        made = Table(
            title=Text(self.say(title), style="bold"),
            title_justify="left",
            box=box.SIMPLE_HEAD,
            collapse_padding=True,
        )
        for column in columns:
            least = LABEL_WIDTH if column == LABEL else None
            made.add_column(Text(self.say(column)), overflow="fold", no_wrap=column == KEY, min_width=least)
        return made

    def line(self, text: str, style: str = "") -> None:
        """Print one line literally."""
        from rich.text import Text

        self.out.print(Text(text, style=style))

    def marked(self, sign: str, text: str) -> str:
        """Return a mark and what it means; Chinese has no space there, at which the line would break."""
        return f"{sign}{text}" if self.lang == "zh" else f"{sign} {text}"

    @property
    def joint(self) -> str:
        """Return what stands between two clauses of one line."""
        return "；" if self.lang == "zh" else "; "

    def told(self, head: str, rest: str) -> str:
        """Return a head and what it introduces, joined as the session's language does."""
        return f"{head}：{rest}" if self.lang == "zh" else f"{head}: {rest}"

    def listed(self, *parts: str) -> str:
        """Return parts of a phrase in a row, joined as the session's language does."""
        return ("，" if self.lang == "zh" else ", ").join(parts)

    def text(self, text: str) -> str:
        """Return a text of the model's tables in the session's language."""
        return table_text(text, self.lang)


def plain(value: Any) -> object:
    """Return a number of NumPy as a number of Python for JSON; raise TypeError for anything else."""
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")


def session_of(ctx: typer.Context) -> Session:
    """Return the session that `main` put into the context."""
    session = ctx.find_object(Session)
    return session if session is not None else Session(default_language())


def deferred[**P](command: Callable[P, int | None]) -> Callable[P, Callable[[], int | None]]:
    """Return a command that typer only parses: what it returns is run by `main`, outside typer's contexts.

    A fault raised by the work then reaches `main` as it is.
    """

    @wraps(command)
    def later(*given: P.args, **named: P.kwargs) -> Callable[[], int | None]:
        return partial(command, *given, **named)

    return later


def language_asked(arguments: list[str]) -> str:
    """Return the language of the last --lang typed, else that of the locale; raise InputError for others."""
    asked = default_language()
    for here, following in pairwise([*arguments, ""]):
        if here != "--lang" and not here.startswith("--lang="):
            continue
        asked = following if here == "--lang" else here.removeprefix("--lang=")
        if asked not in LANGUAGES and asked:
            raise InputError("option_value", field="--lang", allowed=", ".join(LANGUAGES), values=(asked,))
    return asked if asked in LANGUAGES else default_language()


def whole_number(text: str, field: str, least: int, most: int = LARGEST) -> int:
    """Return a whole number typed by a user; raise InputError if it is none or outside `least`..`most`."""
    if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER and least <= int(text) <= most:
        return int(text)
    code = "option_out_of_range" if re.fullmatch("[+-]?[0-9]+", text) else "integer_expected"
    near = spelt_plainly(text, least, most)
    raise InputError(code, field=field, allowed=f"{least}..{most}", near=near, values=(text,))


def spelt_plainly(text: str, least: int, most: int) -> str:
    """Return a number typed with separators (20,000 or 20_000) without them, if it is allowed, else empty."""
    if not re.fullmatch(r"[0-9]{1,3}([,_ '，][0-9]{3})+", text):
        return ""
    number = int(re.sub("[^0-9]", "", text))
    return str(number) if least <= number <= most else ""


def _labelled(label: str, known: Iterable[str]) -> str:
    """Return the name of the row that bears a label, or the nearest to it, in either language, else empty."""
    from app.cli.listing import as_record, label_of

    if not isinstance(known, Mapping):
        return ""
    rows = {key: as_record(row) for key, row in known.items()}
    labels = {label_of(Session(lang), row).lower(): key for lang in LANGUAGES for key, row in rows.items()}
    labels.pop("", None)
    return str(labels.get(nearest(label.lower(), labels), ""))


def one_of(name: str, known: Iterable[str], kind: str) -> str:
    """Return `name` if it is known; raise InputError with the nearest known name.

    `kind`: lever, indicator or parameter.
    """
    names = list(known)
    if name in names:
        return name
    word = name.lower()
    near = _labelled(name, known) or nearest(word, names)
    near = near or next((one for one in names if len(word) > 2 and word in one), "")
    raise InputError(f"{kind}_unknown", near=near, values=(name,))
