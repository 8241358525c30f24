"""The plan itself: its articles, its 306 measures, and the proof that every clause has a measure."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from scenarios.numerals import chinese_number

HERE = Path(__file__).parent
NO_LEVER = "none"
ROLES = ("quantitative", "contextual", "narrative")
_HEADING = re.compile(r"[（(]([一二三四五六七八九十]+)[）)]")


@dataclass(frozen=True)
class Measure:
    """One measure of the plan: its verbatim keywords, who leads it, and which lever it moves.

    `lever` is `none` for a measure that moves no decision; `reason` (a key of `reasons.csv`) says why.
    `waits`: its own goods are not in the model yet, whatever its lever does on others.
    """

    id: str
    article: int
    keywords: str
    en: str
    departments: tuple[str, ...]
    domain: str
    means: str
    actors: tuple[str, ...]
    lever: str
    role: str
    indicator: str
    target: str
    reason: str
    waits: bool = False


@dataclass(frozen=True)
class Article:
    """One article of the plan: number, title in two languages, verbatim text without white space."""

    number: int
    zh: str
    en: str
    text: str


@dataclass(frozen=True)
class Instrument:
    """What an article does to one lever: its measures, and their share of the lever's increment."""

    id: str
    article: int
    lever: str
    share: Fraction
    measures: tuple[str, ...]
    quote: tuple[str, ...]
    lead: tuple[str, ...]
    source: str


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / "plan" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def measures() -> tuple[Measure, ...]:
    """Return the measures in the order of the plan."""
    return tuple(
        Measure(
            id=row["id"],
            article=int(row["article"]),
            keywords=row["keywords"],
            en=row["en"],
            departments=tuple(row["departments"].split(";")),
            domain=row["domain"],
            means=row["means"],
            actors=tuple(row["actors"].split(";")),
            lever=row["lever"],
            role=row["role"],
            indicator=row["indicator"],
            target=row["target"],
            reason=row["reason"],
            waits=bool(row["waits"]),
        )
        for row in _table("measures.csv")
    )


@cache
def reasons() -> Mapping[str, Mapping[str, str]]:
    """Return why a measure moves no lever: key -> language -> sentence."""
    return {row["reason"]: {"zh": row["zh"], "en": row["en"]} for row in _table("reasons.csv")}


@cache
def plan_text() -> str:
    """Return the plan's text without white space."""
    return re.sub(r"\s+", "", (HERE / "plan" / "plan.txt").read_text(encoding="utf-8"))


@cache
def spans() -> Mapping[int, tuple[int, int]]:
    """Return article -> where its text begins and ends in `plan_text`."""
    text = plan_text()
    heads = list(_HEADING.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    numbers = (chinese_number(head.group(1)) or 0 for head in heads)
    return {n: (h.end(), end) for n, h, end in zip(numbers, heads, ends, strict=True)}


@cache
def articles() -> tuple[Article, ...]:
    """Return the articles of the plan, 1 to 27."""
    text = plan_text()
    titles = {int(row["article"]): row for row in _table("articles.csv")}
    return tuple(
        Article(number, titles[number]["zh"], titles[number]["en"], text[start:end])
        for number, (start, end) in sorted(spans().items())
    )


@cache
def instruments() -> tuple[Instrument, ...]:
    """Return the instruments of all articles, one for each article and lever."""
    found: list[Instrument] = []
    for path in sorted((HERE / "instruments").glob("a*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        found.extend(
            Instrument(
                id=block["id"],
                article=document["article"],
                lever=block["lever"],
                share=Fraction(*block["share_of"]),
                measures=tuple(block["measures"]),
                quote=tuple(block["quote"]),
                lead=tuple(block["lead"]),
                source=block["source"],
            )
            for block in document["instrument"]
        )
    return tuple(found)


def share_of(measure: Measure) -> Fraction:
    """Return the share of a lever's increment that the instrument of a measure has."""
    mine = (i.share for i in instruments() if measure.id in i.measures)
    return next(mine, Fraction(0))


def share_left(lever: str, without: Sequence[int]) -> Fraction:
    """Return the sum of a lever's shares after leaving out articles."""
    mine = (i for i in instruments() if i.lever == lever and i.article not in without)
    return sum((i.share for i in mine), Fraction(0))
