"""A study: what is moved, how, and what is asked of each run; the file of a study as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from experiments.outcomes import Outcome
from scenarios.scenario import Change, Scenario

MORRIS, SOBOL, GRID = "morris", "sobol", "grid"
METHODS = (MORRIS, SOBOL, GRID)
PARAMETER, LEVER, DRAW, DUMMY, LUCK = "parameter", "lever", "draw", "dummy", "luck"
KINDS = (PARAMETER, LEVER, DRAW, DUMMY, LUCK)
"""A parameter or lever; which fitted draw of all parameters; what enters nothing; the seed."""
SEEDS = 2**20
"""Seeds among which luck chooses."""


@dataclass(frozen=True)
class Factor:
    """One thing that a study moves from `low` to `high` (in `unit`), or through `values` on a grid.

    `kind`: one of KINDS. `name`: what results call it, once in a study: the parameter's or lever's key, that
    of a lever with where and when it is moved, draw, dummy or luck. A level of draw is the draw's number (1
    up), of luck what is added to the seed. `whole`: whole numbers only. `change`: where
    and when a lever is moved; its level is replaced.
    """

    kind: str
    name: str
    label: Mapping[str, str]
    unit: str = ""
    low: float = 0.0
    high: float = 1.0
    values: tuple[float, ...] = ()
    whole: bool = False
    change: Change | None = None

    @property
    def key(self) -> str:
        """Return the key of the parameter or lever in its table; others have none of their own."""
        return self.change.lever if self.change else self.name

    def at(self, share: float) -> float:
        """Return the level at a share (0..1) of the range, each level as likely; share 1 is the last one."""
        if self.whole:
            steps = round(self.high - self.low) + 1
            return float(self.low + min(int(share * steps), steps - 1))
        return self.low + share * (self.high - self.low)

    def changed(self, level: float, layer: int) -> Change:
        """Return the change that puts the lever to `level`; raise ValueError if this is no lever."""
        if self.change is None:
            raise ValueError(f"{self.name} is no lever")
        return replace(self.change, path=((self.change.first, level),), layer=layer)

    def document(self) -> dict[str, Any]:
        """Return all that results depend on, as JSON values."""
        made: dict[str, Any] = {"kind": self.kind, "name": self.name, "unit": self.unit}
        span = {"values": list(self.values)} if self.values else {"low": self.low, "high": self.high}
        return {**made, **span}


@dataclass(frozen=True)
class Study:
    """Which factors are moved in which scenarios, by which method, and which outcomes are asked for.

    `samples`: Sobol's N (a power of two), Morris's trajectories, 0 on a grid; `replicates` of each point of a
    grid (draw r, seed S + r - 1), 1 elsewhere. `until`: last month, YYYY-MM. `second_order`: pairs of
    factors are asked for, too (Sobol). `expected`: outcomes are read off expected counts (sums of choice
    probabilities) where their indicators have them.
    """

    name: str
    label: Mapping[str, str]
    method: str
    scenarios: tuple[Scenario, ...]
    outcomes: tuple[Outcome, ...]
    factors: tuple[Factor, ...]
    samples: int = 0
    replicates: int = 1
    region: str = "shanxi"
    households: int = 5_000
    until: str = "2030-12"
    seed: int = 1
    second_order: bool = False
    expected: bool = False
    about: Mapping[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Return how many runs the study takes."""
        count = len(self.factors)
        if self.method == GRID:
            points = prod(len(factor.values) for factor in self.factors)
            return len(self.scenarios) * points * self.replicates
        if self.method == MORRIS:
            return self.samples * (count + 1)
        return self.samples * (2 * count + 2 if self.second_order else count + 2)

    def options(self) -> dict[str, Any]:
        """Return all that results depend on but the scenarios, as JSON values."""
        names = ("name", "method", "samples", "replicates", "region", "households", "until", "seed")
        made = {name: getattr(self, name) for name in (*names, "second_order", "expected")}
        outcomes = [outcome.text for outcome in self.outcomes]
        return {**made, "outcomes": outcomes, "factors": [factor.document() for factor in self.factors]}
