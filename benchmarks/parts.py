"""What each part of the house takes within a run: the calls of `Province.step`, timed where it makes them."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

CARS, TRAVEL, HOMES = "cars", "travel", "homes"
REST = "rest"
"""What no part holds: policy and population laid out, ledger, indicators; counted with people and cars."""
PARTS: dict[str, tuple[str, ...]] = {  # a method named by itself belongs to its own part, not to its class's
    "people": ("model.society.Society",),
    CARS: ("model.traffic.Traffic", "model.province.pay"),
    TRAVEL: ("model.journeys.Journeys", "model.traffic.Traffic.renew_fleets"),
    HOMES: ("model.homes.Homes", "model.province.pay_for_things"),
}


class Stopwatch:
    """Seconds by part; time spent in a call within a call counts for the inner one alone."""

    def __init__(self) -> None:
        """Start at nought."""
        self.seconds: Counter[str] = Counter()
        self._inside = [0.0]

    def of(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same work, its time entered under `part`."""

        @wraps(work)
        def measured(*given: Any, **named: Any) -> Any:
            self._inside.append(0.0)
            began = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                took = time.perf_counter() - began
                self.seconds[part] += took - self._inside.pop()
                self._inside[-1] += took

        return measured


def watched(stopwatch: Stopwatch) -> list[tuple[Any, str, Any]]:
    """Put the stopwatch around every part; returns what was there, to be put back by `restore`."""
    part_of: dict[tuple[Any, str], str] = {}
    for part, names in PARTS.items():
        for name in names:
            where, _, last = name.rpartition(".")
            thing = getattr(_find(where), last)
            holders = _methods(thing) if isinstance(thing, type) else [(_find(where), last)]
            part_of.update(dict.fromkeys(holders, part))
    found = [(holder, key, vars(holder)[key]) for holder, key in part_of]
    for (holder, key), part in part_of.items():
        setattr(holder, key, stopwatch.of(part, vars(holder)[key]))
    return found


def restore(found: list[tuple[Any, str, Any]]) -> None:
    """Put back what was there, last things first."""
    for holder, key, thing in reversed(found):
        setattr(holder, key, thing)


def _find(name: str) -> Any:
    """Return a module, or a class of one, by its name."""
    where, _, last = name.rpartition(".")
    return getattr(import_module(where), last) if last[0].isupper() else import_module(name)


def _methods(kind: type) -> list[tuple[Any, str]]:
    """Return the methods that a class itself defines."""
    return [(kind, key) for key, thing in vars(kind).items() if callable(thing)]


def shares_of_time(work: Callable[[], Any], repeats: int) -> dict[str, float]:
    """Return the median seconds of each part of some work, and the rest."""
    taken: list[dict[str, float]] = []
    for _ in range(repeats):
        stopwatch = Stopwatch()
        found = watched(stopwatch)
        try:
            began = time.perf_counter()
            work()
            total = time.perf_counter() - began
        finally:
            restore(found)
        taken.append({**stopwatch.seconds, REST: total - sum(stopwatch.seconds.values())})
    return {part: statistics.median(one.get(part, 0.0) for one in taken) for part in (*PARTS, REST)}
