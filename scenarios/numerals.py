"""Numbers of articles and measures as people write them: 7, 07, 七, 第七条, A07, A07-10."""

from __future__ import annotations

import re
import unicodedata

FIRST_ARTICLE, LAST_ARTICLE = 1, 27
ALLOWED = f"{FIRST_ARTICLE}..{LAST_ARTICLE}, 一..二十七, A07-10"
DIGITS = "一二三四五六七八九"
_CHINESE = re.compile(rf"(?:([{DIGITS}])?(十)|(廿))?([{DIGITS}])?")
_ARTICLE = re.compile(r"第?\s*(.+?)\s*条?")
_MEASURE = re.compile(r"[Aa](\d{1,2})-(\d{1,2})")


def article_number(text: str) -> int | None:
    """Return the article that is meant, 1 to 27, also by one of its measures; None for anything else."""
    word = _plain(text)
    found = _ARTICLE.fullmatch(word)
    core = _MEASURE.sub(r"\1", word) if _MEASURE.fullmatch(word) else found[1] if found else ""
    core = core[1:] if re.fullmatch(r"[Aa]\d{1,2}", core) else core
    number = int(core) if re.fullmatch(r"[0-9]{1,2}", core) else chinese_number(core)
    return number if number is not None and FIRST_ARTICLE <= number <= LAST_ARTICLE else None


def measure_id(text: str) -> str | None:
    """Return the identity of the measure that is meant (A07-10), None if the text names no measure."""
    found = _MEASURE.fullmatch(_plain(text))
    return f"A{int(found[1]):02d}-{int(found[2]):02d}" if found else None


def chinese_number(text: str) -> int | None:
    """Return a number from one to ninety-nine written in Chinese, None for anything else."""
    found = _CHINESE.fullmatch(text)
    if not text or not found:
        return None
    tens, ten, twenty, units = found.groups()
    many = 2 if twenty else DIGITS.index(tens) + 1 if tens else int(bool(ten))
    return many * 10 + (DIGITS.index(units) + 1 if units else 0)


def _plain(text: str) -> str:
    """Return a text with full-width and ringed signs made plain, without brackets around it."""
    word = unicodedata.normalize("NFKC", text).strip()
    return word[1:-1].strip() if word[:1] == "(" and word[-1:] == ")" else word
