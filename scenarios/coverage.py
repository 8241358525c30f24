"""The proof that every clause of the plan that names departments has a measure in its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from model.errors import InputError
from scenarios import registry
from scenarios.paths import paths
from scenarios.registry import NO_LEVER, plan_text, reasons, spans

_AGENCIES = re.compile(r"[（(][^（）()]*负责[）)]")
_DUTY = re.compile(r"(按职责分工|牵头)?负责$")
_CHAPTER = re.compile(r"[一二三四五六七八九]、")


@dataclass(frozen=True)
class Coverage:
    """The proof of coverage: how much there is, and what fails (nothing, if the registry is whole).

    `faults`: the field of one is the measure that it concerns, if it concerns one.
    """

    measures: int
    acting: int
    clauses: int
    covered: int
    faults: tuple[InputError, ...]


def coverage() -> Coverage:
    """Check that every clause that names departments has a measure in its own words, led by the same."""
    clauses = list(_AGENCIES.finditer(plan_text()))
    faults: list[InputError] = []
    covered: set[int] = set()
    found: dict[int, list[tuple[int, int]]] = {}
    for measure in registry.measures():
        start, end = spans()[measure.article]
        at = [start + m.start() for m in re.finditer(re.escape(measure.keywords), plan_text()[start:end])]
        found.setdefault(measure.article, []).extend((x, x + len(measure.keywords)) for x in at)
        owners = {next((i for i, c in enumerate(clauses) if c.start() >= x), -1) for x in at}
        if len(owners) != 1:
            faults.append(_fault("clauses_several", measure.id, measure.keywords, len(owners)))
            continue
        owner = owners.pop()
        named = _DUTY.sub("", clauses[owner].group()[1:-1]).replace("、", "")
        if "".join(measure.departments) != named:
            faults.append(_fault("departments_differ", measure.id, clauses[owner].group()))
            continue
        covered.add(owner)
    faults += [
        _fault("clause_bare", "", c.group(), _article_at(c.start()))
        for i, c in enumerate(clauses)
        if i not in covered
    ]
    faults += [_fault("sentence_bare", "", sentence, article) for article, sentence in _bare_sentences(found)]
    faults += _lever_faults()
    acting = sum(measure.lever != NO_LEVER for measure in registry.measures())
    return Coverage(len(registry.measures()), acting, len(clauses), len(covered), tuple(faults))


def _fault(code: str, field: object, *values: object) -> InputError:
    return InputError(code, field=str(field), values=tuple(str(value) for value in values))


def _article_at(place: int) -> str:
    """Return the number of the article in which a place of the plan's text lies, empty outside of all."""
    return next((str(number) for number, (start, end) in spans().items() if start <= place < end), "")


def _lever_faults() -> list[InputError]:
    known = {*paths(), NO_LEVER}
    unknown = [_fault("measure_lever", m.id, m.lever) for m in registry.measures() if m.lever not in known]
    silent = [
        _fault("measure_reason", one.id)
        for one in registry.measures()
        if (one.lever == NO_LEVER) != (one.reason in reasons())
    ]
    return unknown + silent


def _bare_sentences(found: Mapping[int, Sequence[tuple[int, int]]]) -> list[tuple[int, str]]:
    """Return the sentences of the articles with measures in which no measure's keywords stand."""
    bare: list[tuple[int, str]] = []
    for article, marks in found.items():
        start, end = spans()[article]
        start = plan_text().index("。", start) + 1
        body = _AGENCIES.sub(lambda match: "。" * len(match.group()), plan_text()[start:end])
        for sentence in re.finditer(r"[^。]+", body):
            left, right = start + sentence.start(), start + sentence.end()
            chapter = _CHAPTER.match(sentence.group())
            if not chapter and not any(a < right and b > left for a, b in marks):
                bare.append((article, sentence.group()))
    return bare
