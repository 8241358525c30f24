"""What a visitor has put together on the desk: a base scenario and changes of levers, kept by the session."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.cli import figures
from model.data.levers import Lever, levers
from model.data.months import FIRST_YEAR, MONTHS, PLAN_ISSUED, month_text
from model.institutions.fold import ACTING, BY_GROUP
from scenarios.places import GROUP_NAMES

if TYPE_CHECKING:
    from scenarios import Scenario

BASE = "plan"
FROM, TO = "2026-01", "2028-12"
STEPS = 60
"""About how many positions a slider has."""
WHOLE_PROVINCE, ANY_CITY = "all", "*"


@dataclass(frozen=True)
class Draft:
    """One lever at a level, for a while, in some places, for some groups; empty means all."""

    number: int
    lever: str
    value: float
    first: str = FROM
    last: str = TO
    places: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the change as it is typed after `--set`."""
        made = f"{self.lever}={self.value:.10g}@{self.first}..{self.last}"
        groups = self.groups if self.lever in BY_GROUP and self.groups != GROUP_NAMES else ()
        places = widest(self.places)
        if places or groups:
            made += f"@{','.join(places) or WHOLE_PROVINCE}"
        return made + (f"@{','.join(groups)}" if groups else "")


def widest(places: Iterable[str]) -> tuple[str, ...]:
    """Return selectors of places without those that lie in another one; town and country are all: none."""
    chosen = tuple(places)
    if {f"{ANY_CITY}.urban", f"{ANY_CITY}.rural"} <= set(chosen):
        return ()
    return tuple(one for one in chosen if not any(wide in chosen for wide in _around(one)))


def _around(place: str) -> tuple[str, ...]:
    """Return the selectors in which one lies: its city, all towns or all villages."""
    city, _, part = place.partition(".")
    return (city, f"{ANY_CITY}.{part}") if part and city != ANY_CITY else ()


def texts(drafts: Iterable[Draft]) -> tuple[str, ...]:
    """Return the changes as they are typed."""
    return tuple(draft.text for draft in drafts)


def changed(base: Scenario, drafts: Iterable[Draft]) -> Scenario:
    """Return the base with the changes; raise InputError for one that cannot be, or for two that meet."""
    return base.with_settings(texts(drafts))


def command(base: str, drafts: Iterable[Draft]) -> str:
    """Return the line of the command line that runs the same."""
    return " ".join(["jinlv run", base, *(f"--set {shlex.quote(text)}" for text in texts(drafts))])


def months() -> list[str]:
    """Return the months in which a change may begin and end."""
    return [month_text(month) for month in range(PLAN_ISSUED, MONTHS)]


def themes() -> dict[str, list[Lever]]:
    """Return theme -> levers that act, in the order of the table."""
    found: dict[str, list[Lever]] = {}
    for key, lever in levers().items():
        if key in ACTING:
            found.setdefault(lever.domain, []).append(lever)
    return found


def waiting() -> list[Lever]:
    """Return the levers whose decision is not built yet."""
    return [lever for key, lever in levers().items() if key not in ACTING]


def scale(lever: Lever) -> float:
    """Return the factor by which a level is shown: shares in per cent."""
    return figures.PERCENT if figures.is_share(lever.unit) else 1.0


def step(lever: Lever) -> float:
    """Return the step of a lever's slider, as shown: 1, 2 or 5 of a power of ten."""
    rough = (lever.max - lever.min) * scale(lever) / STEPS
    if lever.whole:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return float(next(power * part for part in (1, 2, 5, 10) if power * part >= rough * 0.99))


def level_at(lever: Lever, base: Scenario, month: str) -> float:
    """Return the level that a base orders in a month, where it is one of the three; else the plan's."""
    from scenarios.levels import base_levels

    year, number = int(month[:4]), int(month[5:7])
    levels = base_levels(lever.key, base.base, base.without_articles)
    return float(levels.ordered[(year - FIRST_YEAR) * 12 + number - 1])


def started(number: int, lever: Lever, base: Scenario) -> Draft:
    """Return a change that begins at the level of the base, on the lever's slider."""
    size, part = scale(lever), step(lever)
    shown = level_at(lever, base, FROM) * size
    shown = lever.min * size + round((shown - lever.min * size) / part) * part
    return with_level(Draft(number, lever.key, 0.0), lever, shown)


def with_level(draft: Draft, lever: Lever, shown: float) -> Draft:
    """Return a change at a level as the slider shows it, within the lever's bounds."""
    value = min(max(round(shown / scale(lever), 10), lever.min), lever.max)
    return replace(draft, value=value)
