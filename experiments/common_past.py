"""Runs that go on from a common past: what policies share up to a month is lived once a replicate.

A question about a lever of 2026 is asked of many levels of it, each under the same replicates. Up to the
month in which the levels part, a replicate is the same run, bit for bit, at every level (`model.state`), so
its state is kept in memory and every level goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from model.data.months import MONTHS_A_YEAR, month_index, month_text

if TYPE_CHECKING:
    from model.data.parameters import Parameters
    from model.institutions.policy import Policy
    from model.result import RunResult
    from model.run import Progress
    from model.state import State

ROOM = 640 << 20
"""Bytes of states that a process keeps: forty replicates of 20,000 households with their accounts."""
_PARTINGS: dict[tuple[str, str], int] = {}
WORTH = 4 * MONTHS_A_YEAR
"""A shorter past is lived again: to keep and take up a state takes as long as two years of a small run."""


@dataclass(frozen=True)
class Trunk:
    """The past that policies have in common: the `policy` that lives it, through its first `months`."""

    policy: Policy
    months: int


def trunk_of(base: Policy, others: Iterable[Policy]) -> Trunk | None:
    """Return the whole years that all of `others` share with `base`; None if they are too few to be worth it.

    A policy without a fingerprint has no name under which its past could be kept.
    """
    months = min((_parting(base, other) for other in others), default=0) // MONTHS_A_YEAR * MONTHS_A_YEAR
    return Trunk(base, months) if months >= WORTH and base.fingerprint else None


def _parting(base: Policy, other: Policy) -> int:
    """Return for how many months two policies are one, worked out once a process."""
    from model.state import parting

    names = (base.fingerprint, other.fingerprint)
    if names not in _PARTINGS or not all(names):
        _PARTINGS[names] = parting(base, other)
    return _PARTINGS[names]


def simulate_from(
    trunk: Trunk | None,
    policy: Policy,
    *,
    region: str,
    households: int,
    seed: int,
    parameters: Parameters | None,
    until: str,
    progress: Progress | None = None,
    pasts: Pasts | None = None,
) -> RunResult:
    """Return the result of `model.simulate`, from the common past where one ends before `until`.

    A policy whose past is another than the trunk's is simulated from the start. `pasts`: where states are
    kept (default: those of the process).
    """
    from model.errors import InputError
    from model.run import simulate

    lived = partial(
        simulate, region=region, households=households, seed=seed, parameters=parameters, progress=progress
    )
    if trunk is None or trunk.months > month_index(until):
        return lived(policy, until=until)
    drawn = "central" if parameters is None else parameters.fingerprint
    key = (trunk.policy.fingerprint, trunk.months, region, households, seed, drawn)
    kept = PASTS if pasts is None else pasts
    state = kept.get(key)
    if state is None:
        past = lived(trunk.policy, until=month_text(trunk.months - 1))
        assert past.state is not None
        state = past.state
        kept.keep(key, state)
    try:
        return lived(policy, until=until, resume=state)
    except InputError as fault:
        if fault.code != "other_past":
            raise
        return lived(policy, until=until)


type Key = tuple[str, int, str, int, int, str]


class Pasts:
    """States kept in memory, up to `room` bytes. One that finds no room is not kept, unless states of other
    trunks can go: replicates of a question are asked for in turn, so that the oldest is needed first."""

    def __init__(self, room: int) -> None:
        """Keep nothing yet."""
        self._states: dict[Key, tuple[State, int]] = {}
        self._room, self._lock = room, Lock()

    def get(self, key: Key) -> State | None:
        """Return a state, or None if it is not kept."""
        with self._lock:
            found = self._states.get(key)
            return found[0] if found else None

    def keep(self, key: Key, state: State) -> None:
        """Keep a state if there is room for it."""
        size = sum(array.nbytes for array in state.arrays.values())
        with self._lock:
            for old in [old for old in self._states if old[:2] != key[:2]]:
                if self._used() + size <= self._room:
                    break
                del self._states[old]
            if self._used() + size <= self._room:
                self._states[key] = state, size

    def _used(self) -> int:
        return sum(size for _, size in self._states.values())


PASTS = Pasts(ROOM)
