"""What the page says, in both languages at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.cli import figures
from app.cli.labels import labels_for
from app.cli.session import Session
from app.wording import LANGUAGES, table_text, translator
from app.wording.sources import source_text


@dataclass(frozen=True)
class Both:
    """One text in English and in Chinese."""

    en: str
    zh: str

    def of(self, lang: str) -> str:
        """Return the text in a language."""
        return self.zh if lang == "zh" else self.en

    def __add__(self, other: Both | str) -> Both:
        """Return this text followed by another."""
        more = same(other) if isinstance(other, str) else other
        return Both(self.en + more.en, self.zh + more.zh)


def same(text: object) -> Both:
    """Return what reads alike in both languages: figures, names to be typed."""
    return Both(str(text), str(text))


def told(head: Both, rest: Both) -> Both:
    """Return a head and what it introduces, joined as each language does."""
    return Both(f"{head.en}: {rest.en}", f"{head.zh}：{rest.zh}")


def listed(*parts: Both) -> Both:
    """Return parts of a phrase in a row, joined as each language does."""
    return Both(", ".join(one.en for one in parts), "，".join(one.zh for one in parts))


@dataclass(frozen=True)
class Words:
    """Sentences and labels of one page: `region` its region, `scenarios` name -> language -> label."""

    region: str
    scenarios: Mapping[str, Mapping[str, str]]

    @cached_property
    def _labels(self) -> dict[str, Mapping[str, str]]:
        return {lang: labels_for(Session(lang), [], self.region) for lang in LANGUAGES}

    def say(self, sentence: str, **blanks: Both | object) -> Both:
        """Return a sentence of the catalogue with its blanks filled in."""
        made = {}
        for lang in LANGUAGES:
            filled = {
                name: part.of(lang) if isinstance(part, Both) else str(part) for name, part in blanks.items()
            }
            text = translator(lang)(sentence)
            made[lang] = text.format(**filled) if blanks else text
        return Both(**made)

    def labels_in(self, lang: str) -> Mapping[str, str]:
        """Return name -> label of everything that results name, in a language."""
        return self._labels[lang]

    def label(self, name: str) -> Both:
        """Return the label of an indicator, lever, instrument, payer, place or group."""
        return Both(**{lang: self._labels[lang][name] for lang in LANGUAGES})

    def scenario(self, name: str) -> Both:
        """Return the label of a scenario."""
        known = self.scenarios.get(name, {})
        return Both(known.get("en") or name, known.get("zh") or known.get("en") or name)

    @cached_property
    def region_label(self) -> Both:
        """The label of the run's region."""
        return self.label(self.region)

    def pair(self, treated: str, base: str) -> Both:
        """Return the name of a comparison: treated less base."""
        ours, theirs = self.scenario(treated), self.scenario(base)
        return Both(f"{ours.en} − {theirs.en}", f"{ours.zh} − {theirs.zh}")

    def text(self, text: str) -> Both:
        """Return a text of the model's tables: a unit, a source, a definition."""
        return Both(table_text(text, "en"), table_text(text, "zh"))

    def assumption(self, key: str, text: str) -> Both:
        """Return what is assumed about the world, and its value as it was typed."""
        from scenarios.settings import assumption_label

        known = assumption_label(key)
        return Both(f"{known['en']} {text}", f"{known['zh']} {text}")

    def source(self, text: str) -> Both:
        """Return the source of an observed figure."""
        return Both(text, source_text(text, "zh"))

    def difference(self, part: Mapping[str, Any], unit: str | None) -> Both:
        """Return a signed difference with its interval."""
        if part.get("value") is None:
            return same(figures.MISSING)
        alike = part["low"] == part["value"] == part["high"]
        span = "" if alike else figures.interval(part["low"], part["high"], unit)
        made = {
            lang: f"{figures.difference(part['value'], unit, translator(lang))} {span}".rstrip()
            for lang in LANGUAGES
        }
        return Both(**made)


def labels_of_scenarios(summary: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Return name -> language -> label of a run's scenarios, from its summary, else as they are shipped."""
    import scenarios

    known = dict(summary.get("labels") or {})
    for name in sorted({*summary["scenarios"]} - {*known}):
        known[name] = scenarios.load(name).label if name in scenarios.names() else {}
    return known
