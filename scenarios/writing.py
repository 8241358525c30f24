"""Write a scenario out in full, and show what it makes of every lever."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from model.data.months import MONTHS, month_text
from scenarios.checking import SCHEMA
from scenarios.paths import paths
from scenarios.places import GROUP_NAMES
from scenarios.scenario import Change, Scenario

COMMENTS = "Levels of the base as ordered, before changes, at the months in which they bend:"
COMMENT = "{lever} ({acts}; basis: {basis}): {path}"
ACTS, WAITS = "acts", "waits"


@dataclass(frozen=True)
class ShownLever:
    """One lever in a scenario: whether it acts, where its path comes from, its levels where it bends."""

    lever: str
    acts: bool
    basis: str
    quality: str
    path: str
    changes: tuple[str, ...]


def to_toml(scenario: Scenario, say: Callable[[str], str] = str) -> str:
    """Return a file that extends a shipped scenario and says all that was changed on the way.

    A scenario that is shipped itself is written as an extension of nothing: its base. `say` translates
    the comments.
    """
    if not scenario.chain:
        return _shipped_toml(scenario, say)
    lines = [*_head(scenario), f"extends = {quoted(scenario.chain[0])}"]
    lines.append(f"calendar = {quoted(scenario.calendar)}")
    if scenario.without_articles:
        lines.append(f"without = {list(scenario.without_articles)}")
    for change in scenario.changes:
        lines += ["", "[[change]]", *change_lines(change)]
    for assumption in scenario.assumptions:
        lines += ["", "[[assume]]", f"key = {quoted(assumption.key)}", f"value = {quoted(assumption.text)}"]
        lines += [f"note = {quoted(assumption.note)}"] if assumption.note else []
    return "\n".join([*lines, "", *_comments(scenario, say)]) + "\n"


def _head(scenario: Scenario) -> list[str]:
    lines = [f"schema = {SCHEMA}", f"name = {quoted(scenario.name)}"]
    for field, words in (("label", scenario.label), ("about", scenario.about)):
        if words:
            lines.append(f"{field} = {{ zh = {quoted(words['zh'])}, en = {quoted(words['en'])} }}")
    return lines


def _shipped_toml(scenario: Scenario, say: Callable[[str], str]) -> str:
    base = scenario.base
    lines = _head(scenario)
    lines += [f"calendar = {quoted(scenario.calendar)}"] if scenario.calendar != "announced" else []
    lines += ["", "[base]", f"levels = {quoted(base.levels)}"]
    lines += [f"delay_months = {base.delay_months}"] if base.delay_months else []
    lines += [f"kinds = {_list(base.kinds)}"] if base.kinds else []
    lines += [f"levers = {_list(base.levers)}"] if base.levers else []
    lines += [f"money_times = {base.money_times}"] if base.money_times != 1 else []
    lines += [f"to_greener = {base.to_greener}"] if base.to_greener else []
    return "\n".join([*lines, "", *_comments(scenario, say)]) + "\n"


def change_lines(change: Change) -> list[str]:
    """Return the lines of a block [[change]], without its head."""
    points = ", ".join(f"{month_text(month)} = {_number(value)}" for month, value in change.path)
    lines = [
        f"lever = {quoted(change.lever)}",
        f"places = {_list(change.places)}",
        f"groups = {_list(change.groups)}",
        f"path = {{ {points} }}",
    ]
    if change.until != MONTHS - 1:
        lines.append(f"until = {quoted(month_text(change.until))}")
    if change.options is not None:
        lines.append(f"options = {_list(change.options)}")
    for key in ("cap", "price_ceiling", "budget"):
        value = getattr(change, key)
        lines += [f"{key} = {_number(value)}"] if value is not None else []
    lines += [f"requires = {quoted(change.requires)}"] if change.requires is not None else []
    lines += [f"note = {quoted(change.note)}"] if change.note else []
    lines += [f"layer = {change.layer}"] if change.layer else []
    return lines


def _number(value: float) -> str:
    """Return a level as it is read back: a whole one without a point."""
    return str(int(value)) if value == int(value) else repr(value)


def quoted(text: str) -> str:
    """Return a text as a string of TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def _comments(scenario: Scenario, say: Callable[[str], str]) -> list[str]:
    """Return the levels of the base as comments, to read."""
    form = say(COMMENT)
    rows = (
        form.format(
            lever=row.lever, acts=say(ACTS if row.acts else WAITS), basis=say(row.basis), path=row.path
        )
        for row in show(scenario)
    )
    return [f"# {say(COMMENTS)}", *(f"#   {row}" for row in rows)]


def show(scenario: Scenario) -> tuple[ShownLever, ...]:
    """Return what a scenario makes of each of the levers."""
    from model.institutions.fold import ACTING

    return tuple(
        ShownLever(
            lever=lever,
            acts=lever in ACTING,
            basis=path.basis,
            quality=path.quality,
            path=_bends(lever, scenario),
            changes=tuple(change_text(c) for c in scenario.changes if c.lever == lever),
        )
        for lever, path in paths().items()
    )


def _bends(lever: str, scenario: Scenario) -> str:
    """Return the ordered base levels at the months in which the path bends."""
    import numpy as np

    from scenarios.levels import base_levels

    levels = base_levels(lever, scenario.base, scenario.without_articles).ordered
    turns = np.abs(np.diff(levels, n=2)) > 1e-9 * max(1.0, float(np.abs(levels).max()))
    months = [0, *(int(month) + 1 for month in np.flatnonzero(turns)), MONTHS - 1]
    return "; ".join(f"{month_text(month)} {levels[month]:.6g}" for month in months)


def change_text(change: Change) -> str:
    """Return a change as one line."""
    points = "; ".join(f"{month_text(month)} {value:g}" for month, value in change.path)
    parts = [points, f"..{month_text(change.until)}", ",".join(change.places)]
    parts += [",".join(change.groups)] if change.groups != GROUP_NAMES else []
    parts += [",".join(change.options)] if change.options is not None else []
    for key in ("cap", "price_ceiling", "requires", "budget"):
        value = getattr(change, key)
        parts += (
            [f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"]
            if value is not None
            else []
        )
    return " | ".join(parts)
