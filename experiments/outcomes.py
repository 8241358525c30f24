"""What a study asks a run for: an indicator in one month, at one place, of one group, in one line of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.data.months import FIRST_YEAR, LAST_YEAR, month_index, month_text
from model.errors import InputError, nearest
from scenarios.faults import Spot

if TYPE_CHECKING:
    from model.data.region import Region

ALL = "all"
GRAMMAR = "INDICATOR@YEAR[@PLACE][@GROUP], INDICATOR@YYYY-MM"
DECEMBER = "-12"
LEAST_WORD = 3
"""Letters from which on part of a name is taken as a hint."""


@dataclass(frozen=True)
class Outcome:
    """One figure of a run: `indicator` in `month` (YYYY-MM) at `place` (all, all.rural, 140100 ...) of
    `group` (all, q1..q5)."""

    indicator: str
    month: str
    place: str = ALL
    group: str = ALL

    @property
    def text(self) -> str:
        """Return the outcome as it is typed, without what goes without saying."""
        when = self.month.removesuffix(DECEMBER)
        return "@".join([self.indicator, when, *(part for part in (self.place, self.group) if part != ALL)])

    @property
    def by_both(self) -> bool:
        """Tell whether the figure is of a place and a group at once, which is read on request only."""
        return self.place != ALL and self.group != ALL


def read_outcome(text: str, region: Region, until: str, spot: Spot, field: str = "outcomes") -> Outcome:
    """Return the outcome INDICATOR@YEAR-or-YYYY-MM[@PLACE][@GROUP]; raise InputError for any other text.

    `until`: last month of the run. Places may be written as in scenarios; the whole region is known every
    month, its places and income groups each December.
    """
    name, *parts = (part.strip() for part in text.split("@"))
    if not name or not parts or not parts[0]:
        raise spot.fault("bad_outcome", field, text, allowed=GRAMMAR)
    _check_indicator(name, spot, field)
    month = _month(parts.pop(0), until, spot, field)
    place = _place(parts.pop(0), region, spot, field) if parts and not _is_group(parts[0]) else ALL
    group = _group(parts.pop(0), spot, field) if parts else ALL
    if parts:
        raise spot.fault("bad_outcome", field, text, allowed=GRAMMAR)
    outcome = Outcome(name, month, place, group)
    _check_cell(outcome, spot, field)
    return outcome


def _month(text: str, until: str, spot: Spot, field: str) -> str:
    """Return the month of a text YYYY (its December) or YYYY-MM."""
    month = f"{text}{DECEMBER}" if len(text) == len(str(LAST_YEAR)) and text.isdigit() else text
    allowed = f"YYYY, YYYY-MM, {FIRST_YEAR}-01..{until}"
    try:
        index = month_index(month if month.isascii() else "")
    except ValueError:
        raise spot.fault("outcome_month", field, text, allowed=allowed) from None
    if index > month_index(until):
        raise spot.fault("outcome_late", field, text, allowed=allowed, near=until)
    return month_text(index)


def _is_group(text: str) -> bool:
    return len(text) > 1 and text[0] in "qQ" and text[1:].isdigit()


def _place(text: str, region: Region, spot: Spot, field: str) -> str:
    """Return the code by which results name a place."""
    from model.indicators.reading import outward_places
    from scenarios.places import read_places

    known = outward_places(region)[0]
    if text in known:
        return text
    try:
        selector = read_places([text], spot)[0]
    except InputError as fault:
        raise spot.fault(fault.code, field, *fault.values, allowed=fault.allowed, near=fault.near) from None
    code = f"{ALL}.{selector[2:]}" if selector.startswith("*.") else selector
    if code not in known:
        raise spot.fault("place_not_in_region", field, text, region.name, among=known)
    return code


def _group(text: str, spot: Spot, field: str) -> str:
    """Return an income group, or all."""
    from scenarios.places import GROUP_NAMES

    if text.lower() not in (*GROUP_NAMES, ALL):
        raise spot.fault("bad_group", field, text, among=[*GROUP_NAMES, ALL])
    return text.lower()


def _check_indicator(name: str, spot: Spot, field: str) -> None:
    """Raise InputError for an indicator that is not there, or not yet."""
    from model.data.indicators import indicators
    from model.indicators.formulas import FORMULAS

    if name not in FORMULAS:
        code = "indicator_waiting" if name in indicators() else "unknown_indicator"
        holds = (one for one in FORMULAS if len(name) >= LEAST_WORD and name in one)
        near = nearest(name.lower(), FORMULAS) or next(holds, "")
        raise spot.fault(code, field, name, among=FORMULAS, near=near)


def _check_cell(outcome: Outcome, spot: Spot, field: str) -> None:
    """Raise InputError where an indicator is not known in the month or for the group."""
    from model.indicators.formulas import FORMULAS

    formula = FORMULAS[outcome.indicator]
    ends_a_year = outcome.month.endswith(DECEMBER)
    year = outcome.month.partition("-")[0]
    if not ends_a_year and (formula.yearly or (outcome.place, outcome.group) != (ALL, ALL)):
        raise spot.fault("outcome_december", field, outcome.month, allowed=year, near=year)
    if outcome.group != ALL and not formula.by_group:
        raise spot.fault("outcome_group", field, outcome.indicator, allowed=ALL)
