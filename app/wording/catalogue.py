"""Sentences in two languages: English in the code, Chinese in a gettext catalogue read when first needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Message

LANGUAGES = ("en", "zh")
CATALOGUES = Path(__file__).parent
Translator = Callable[[str], str]


def default_language(environment: Mapping[str, str] | None = None) -> str:
    """Return zh if the locale of the environment is Chinese, else en (order of gettext)."""
    settings = os.environ if environment is None else environment
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := settings.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def sentences(lang: str) -> Mapping[str, str]:
    """Return the catalogues of a language, English sentence -> sentence; empty for English.

    Raise ValueError if a sentence is written twice, in one catalogue or in two.
    """
    return {} if lang == "en" else read_catalogues(CATALOGUES / lang / "LC_MESSAGES", lang)


def read_catalogues(folder: Path, lang: str) -> dict[str, str]:
    """Return English sentence -> sentence of all catalogues of a folder; raise ValueError as `sentences`."""
    from babel.messages.catalog import Catalog  # 60 ms, needed for Chinese only
    from babel.messages.pofile import PoFileParser

    class Strict(Catalog):
        def __setitem__(self, key: object, message: Message) -> None:
            sentence = str(key)
            if sentence and sentence in found:
                raise ValueError(f"{path.name}: {sentence!r} is written twice")
            if sentence:
                found[sentence] = str(message.string)

    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open(encoding="utf-8") as file:
            PoFileParser(Strict(locale=lang), abort_invalid=True).parse(file)
    return {sentence: said for sentence, said in found.items() if said}


def translator(lang: str) -> Translator:
    """Return the function that says an English sentence in `lang`; raise ValueError for other languages."""
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is none of {', '.join(LANGUAGES)}")
    known = sentences(lang)
    return lambda sentence: known.get(sentence, sentence)


def mark(sentence: str) -> str:
    """Return a sentence unchanged: it is translated where it is shown; this marks it for the catalogue."""
    return sentence
