"""Run a scenario: same arguments, same bits."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Protocol

from model.data.load import load_region
from model.data.months import MONTHS, month_index, month_text
from model.data.parameters import Parameters
from model.data.region import Region
from model.errors import InputError
from model.indicators.formulas import FORMULAS
from model.indicators.reading import read
from model.institutions.policy import Policy
from model.population.synthesis import synthesise
from model.province import Province
from model.result import RunResult
from model.state import State, give, take

Progress = Callable[[int, int], bool | None]
DEFAULT_HOUSEHOLDS = 20_000


class Resolvable(Protocol):
    """A scenario: something that says what it means for a region."""

    def resolve(self, region: Region) -> Policy:
        """Return the policy of the scenario in `region`."""
        ...


class Cancelled(Exception):
    """The caller's progress function asked to stop."""


def _whole(field: str, value: object, least: int, end: int | None) -> int:
    """Return `value` as a whole number from `least` up, below `end`; raise InputError for anything else."""
    allowed = f">= {least}"
    if end is not None:
        power = end.bit_length() - 1
        allowed = f"{least}..2^{power}-1" if end == 1 << power else f"{least}..{end - 1}"
    fault = InputError(field, field=field, allowed=allowed, values=(str(value),))
    if isinstance(value, bool):
        raise fault
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise fault from None
    if number < least or (end is not None and number >= end):
        raise fault
    return number


def _rows(trace: object, rows: int) -> list[int]:
    """Return rows of households as they were named; raise InputError for anything else."""
    if isinstance(trace, str) or not isinstance(trace, Iterable):
        raise InputError("trace", field="trace", allowed=f"0..{rows - 1}", values=(str(trace),))
    return [_whole("trace", row, 0, rows) for row in trace]


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
    trace: Iterable[int] = (),
    resume: State | None = None,
) -> RunResult:
    """Return the result of one run.

    `households` simulated rows; `parameters` None takes the central set; `threads` None or 1 runs one
    after the other,
    more moves places side by side (same bits). `progress(month, months)` is called each month; returning
    True cancels (raises Cancelled). `trace`: rows of households whose choices of cars are told part by part
    (`result.trace`); changes nothing. `resume`: the state of a run that ended before 2030-12
    (`result.state`), to go on from with the same people, numbers and past. Raises InputError for arguments
    outside their range.
    """
    try:
        last = month_index(until) + 1
    except (TypeError, ValueError) as fault:
        raise InputError("until", field="until", allowed="2015-01..2030-12", values=(str(until),)) from fault
    households = _whole("households", households, 1, None)
    threads = None if threads is None else _whole("threads", threads, 1, None)
    seed = _whole("seed", seed, 0, 2**63)
    place = load_region(region)
    policy = scenario if isinstance(scenario, Policy) else scenario.resolve(place)
    people = synthesise(region, households)
    numbers = parameters if parameters is not None else Parameters.central()
    told = _rows(trace, people.rows)
    province = Province(people, policy, numbers, seed, threads or 1, told)
    if resume is not None:
        if resume.month > last:
            raise InputError(
                "until", field="until", allowed=f">= {month_text(resume.month - 1)}", values=(until,)
            )
        give(province, resume)
    while province.month < last:
        province.step()
        if progress is not None and progress(province.month, last):
            raise Cancelled(until)
    result = RunResult(
        scenario=policy.name,
        region=place,
        seed=seed,
        central=parameters is None,
        lived=min(last, MONTHS),
        values=read(province.ledger, place, FORMULAS, last),
        ledger=province.ledger,
        treasury=province.treasury,
        households=households,
        state=take(province) if last < MONTHS else None,
        trace=province.reasons.table,
    )
    # A model and its agents name each other: left alone, its columns would fill memory until swept up.
    province.__dict__.clear()
    return result
