"""Sentences in two languages: English in the code, Chinese in a gettext catalogue read when first needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

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
    """Return the catalogue of a language, English sentence -> sentence; empty for English."""
    if lang == "en":
        return {}
    from babel.messages.pofile import read_po  # 60 ms, needed for Chinese only

    with (CATALOGUES / lang / "LC_MESSAGES" / "jinlv.po").open("rb") as file:
        catalogue = read_po(file, locale=lang)
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string}


def translator(lang: str) -> Translator:
    """Return the function that says an English sentence in `lang`; raise ValueError for other languages."""
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is none of {', '.join(LANGUAGES)}")
    known = sentences(lang)
    return lambda sentence: known.get(sentence, sentence)


def mark(sentence: str) -> str:
    """Return a sentence unchanged: it is translated where it is shown; this marks it for the catalogue."""
    return sentence
