"""Run a scenario: same arguments, same bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numba

from model.data.load import load_region
from model.data.months import MONTHS, month_index
from model.data.parameters import Parameters
from model.data.region import Region
from model.errors import InputError
from model.indicators.mobility import FORMULAS
from model.indicators.reading import read
from model.institutions.policy import Policy
from model.population.synthesis import synthesise
from model.province import Province
from model.result import RunResult

Progress = Callable[[int, int], bool | None]
DEFAULT_HOUSEHOLDS = 20_000


class Resolvable(Protocol):
    """A scenario: something that says what it means for a region."""

    def resolve(self, region: Region) -> Policy:
        """Return the policy of the scenario in `region`."""
        ...


class Cancelled(Exception):
    """The caller's progress function asked to stop."""


def simulate(
    scenario: Resolvable | Policy,
    *,
    region: str = "shanxi",
    households: int = DEFAULT_HOUSEHOLDS,
    seed: int = 1,
    parameters: Parameters | None = None,
    until: str = "2030-12",
    threads: int | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Return the result of one run.

    `households` simulated rows; `parameters` None takes the central set; `threads` None or 1 runs one
    after the other,
    more moves places side by side (same bits). `progress(month, months)` is called each month; returning
    True cancels (raises Cancelled). Raises InputError for arguments outside their range.
    """
    try:
        last = month_index(until) + 1
    except ValueError as fault:
        raise InputError("until", field="until", allowed="2015-01..2030-12", values=(until,)) from fault
    if not isinstance(households, int) or households < 1:
        raise InputError("households", field="households", allowed=">= 1", values=(str(households),))
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise InputError("threads", field="threads", allowed=">= 1", values=(str(threads),))
    if not 0 <= seed < 2**63:
        raise InputError("seed", field="seed", allowed="0..2^63-1", values=(str(seed),))
    place = load_region(region)
    policy = scenario if isinstance(scenario, Policy) else scenario.resolve(place)
    people = synthesise(region, households)
    numbers = parameters if parameters is not None else Parameters.central()
    if threads is not None and threads > 1:
        numba.set_num_threads(min(threads, numba.get_num_threads()))
    province = Province(people, policy, numbers, seed, parallel=threads is not None and threads > 1)
    while province.month < last:
        province.step()
        if progress is not None and progress(province.month, last):
            raise Cancelled(until)
    return RunResult(
        scenario=policy.name,
        region=place,
        seed=seed,
        central=parameters is None,
        lived=min(last, MONTHS),
        values=read(province.ledger, place, FORMULAS, last),
        ledger=province.ledger,
        treasury=province.treasury,
    )
