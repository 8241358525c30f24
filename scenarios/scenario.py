"""A scenario: one of the plan's paths, less some articles, plus changes and assumptions about the world."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from model.data.levers import levers
from model.data.months import MONTHS, PLAN_ISSUED, month_text
from scenarios.paths import Points
from scenarios.places import GROUP_NAMES, place_label

if TYPE_CHECKING:
    from model.data.region import Region
    from model.institutions.policy import Policy

MOST_NAMED = 3
ENDS_ZH = {"low": "取低值", "central": "取中值", "high": "取高值"}
SHORT_HASH = 6


@dataclass(frozen=True)
class Base:
    """What a shipped scenario starts from.

    `levels`: no_plan, current or plan. For plan: `delay_months` of its increments over no_plan; `kinds` and
    `levers` that follow plan (empty = all), the others follow no_plan; `money_times`: factor on the
    increments and budgets of money; `to_greener`: share of the way from plan's last level to the
    greener bound.
    """

    levels: str
    delay_months: int = 0
    kinds: tuple[str, ...] = ()
    levers: tuple[str, ...] = ()
    money_times: float = 1.0
    to_greener: float = 0.0


@dataclass(frozen=True)
class Change:
    """A lever's level replaced: for some places, groups and options, along a path, until a month.

    `path`: points (month, level); before the first the parent holds, after the last its value, up to and
    with month `until`. None as a term means the usual terms of the lever. A higher `layer` wins.
    """

    lever: str
    path: Points
    places: tuple[str, ...] = ("all",)
    groups: tuple[str, ...] = GROUP_NAMES
    options: tuple[str, ...] | None = None
    until: int = MONTHS - 1
    cap: float | None = None
    price_ceiling: float | None = None
    requires: str | None = None
    budget: float | None = None
    note: str = ""
    layer: int = 0

    @property
    def first(self) -> int:
        """Return the first month in which the change holds."""
        return self.path[0][0]

    @property
    def label(self) -> dict[str, str]:
        """Return lever, levels, months, places and groups in words, zh and en."""
        levels = " → ".join(f"{level:.15g}" for _, level in self.path)
        heads = {lang: f"{words} {levels}" for lang, words in levers()[self.lever].label.items()}
        return self.told(heads)

    def told(self, heads: Mapping[str, str]) -> dict[str, str]:
        """Return a head, zh and en, with the months, places and groups in which the change holds."""
        whole = (self.first, self.until) == (PLAN_ISSUED, MONTHS - 1)
        period = [] if whole else [f"{month_text(self.first)}..{month_text(self.until)}"]
        groups = [] if self.groups == GROUP_NAMES else [" ".join(self.groups)]
        found = {}
        for lang, joint in (("zh", "，"), ("en", ", ")):
            places = [place_label(place)[lang] for place in self.places if place != "all"]
            found[lang] = joint.join([heads[lang], *period, *places, *groups])
        return found


@dataclass(frozen=True)
class Assumption:
    """Something assumed about the world: a series of the region or a parameter.

    `form`: `value`, `percent` (relative to the region's own path), `low`, `central` or `high`.
    """

    key: str
    form: str
    amount: float
    first: int
    last: int
    text: str
    note: str = ""


@dataclass(frozen=True)
class Scenario:
    """A scenario as data; `resolve` turns it into what a region's places and groups meet each month.

    `calendar`: `announced` (each national measure ends on its own date) or `renewed` (to the end of 2030).
    """

    name: str
    label: Mapping[str, str]
    base: Base
    about: Mapping[str, str] = field(default_factory=dict)
    chain: tuple[str, ...] = ()
    without_articles: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    calendar: str = "announced"

    @property
    def next_layer(self) -> int:
        """Return the layer on which a child's changes lie."""
        return max((change.layer for change in self.changes), default=-1) + 1

    def renamed(self, name: str, label: Mapping[str, str] | None = None) -> Scenario:
        """Return the scenario under another name; raise InputError if it is no name for a scenario."""
        from scenarios.checking import read_name
        from scenarios.faults import Spot

        name = read_name(name, Spot())
        chain = self.chain or (() if name == self.name else (self.name,))
        return replace(self, name=name, label=dict(label or {"zh": name, "en": name}), chain=chain)

    def without(self, article: int) -> Scenario:
        """Return the scenario less the shares of an article of the plan."""
        from scenarios.checking import read_without
        from scenarios.faults import Spot

        left_out = tuple(sorted({*self.without_articles, *read_without([article], self.base, Spot())}))
        return self.child(
            f"without-{article}",
            f"不含第{article}条",
            f"without article {article}",
            without_articles=left_out,
        )

    def with_levers(self, **settings: str | float | Iterable[str]) -> Scenario:
        """Return a child with levers set, e.g. `nev_purchase_subsidy="8000@2026-01..2028-12@*.rural@q1,q2"`.

        VALUE[@FROM..TO][@PLACES][@GROUPS]: constant inside the period, the parent outside; several texts
        for one lever in a list. Raise InputError for a faulty text and for settings that meet.
        """
        texts: list[str] = []
        for lever, value in settings.items():
            single = isinstance(value, str | int | float)
            texts.extend(f"{lever}={one}" for one in ([value] if single else value))  # type: ignore[union-attr]
        return self.with_settings(texts)

    def with_settings(self, texts: Iterable[str]) -> Scenario:
        """Return a child with levers set by texts LEVER=VALUE[@FROM..TO][@PLACES][@GROUPS]."""
        from scenarios.settings import read_settings

        changes = read_settings(texts, self.next_layer)
        if not changes:
            return self
        zh, en = _named([change.label for change in changes])
        mark = short_hash(repr(changes))
        return self.child(f"set-{mark}", f"改动{zh}", f"with {en}", changes=(*self.changes, *changes))

    def with_assumptions(self, texts: Iterable[str]) -> Scenario:
        """Return a child under assumptions about the world, KEY=VALUE[@FROM..TO]; they replace the
        parent's on the same key."""
        from scenarios.settings import assumption_label, read_assumptions

        added = read_assumptions(texts)
        if not added:
            return self
        keys = {assumption.key for assumption in added}
        kept = tuple(old for old in self.assumptions if old.key not in keys)
        told = [(assumption_label(one.key), one.text) for one in added]
        zh, en = _named(
            {"zh": f"{label['zh']} {ENDS_ZH.get(text, text)}", "en": f"{label['en']} {text}"}
            for label, text in told
        )
        mark = short_hash(repr(added))
        return self.child(f"assume-{mark}", f"假设{zh}", f"assuming {en}", assumptions=(*kept, *added))

    def child(self, suffix: str, zh: str, en: str, **fields: object) -> Scenario:
        """Return a child with other fields; its name and label are the parent's and what is said of it.

        What no file could hold is cut: of the parent's name and of the label.
        """
        from scenarios.fields import LONGEST_NAME, LONGEST_TEXT

        label = {"zh": f"{self.label['zh']}（{zh}）", "en": f"{self.label['en']} ({en})"}
        label = {lang: text[:LONGEST_TEXT] for lang, text in label.items()}
        name = f"{self.name[: LONGEST_NAME - 1 - len(suffix)]}-{suffix}"
        return replace(self, name=name, label=label, chain=(*self.chain, self.name), **fields)  # type: ignore[arg-type]

    def resolve(self, region: Region) -> Policy:
        """Return the scenario as months x places x groups of a region."""
        from scenarios.resolve import resolve

        return resolve(self, region)

    def to_toml(self, say: Callable[[str], str] = str) -> str:
        """Return the scenario as the text of a file that says everything its parents said.

        `say` puts the comments into the reader's language; without it they are English.
        """
        from scenarios.writing import to_toml

        return to_toml(self, say)


def _named(labels: Iterable[Mapping[str, str]]) -> tuple[str, str]:
    """Return labels as one phrase in Chinese and in English; of many only the first and how many more."""
    shown = {label["zh"]: label["en"] for label in labels}
    zh, en = list(shown)[:MOST_NAMED], list(shown.values())[:MOST_NAMED]
    more = len(shown) - len(zh)
    return "、".join(zh) + (f"等 {len(shown)} 项" if more else ""), ", ".join(en) + (
        f" and {more} more" if more else ""
    )


def short_hash(text: str) -> str:
    """Return six hexadecimal digits that tell texts apart."""
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT_HASH]
