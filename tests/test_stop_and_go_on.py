"""A run that stops and goes on is the run that never stopped; runs that part later share one history."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import scenarios
from model import RunResult, simulate
from model.errors import InputError
from model.state import State, load

HOUSEHOLDS = 1_500


def lived(
    name: str, until: str = "2030-12", resume: State | None = None, region: str = "shanxi"
) -> RunResult:
    return simulate(
        scenarios.load(name), region=region, households=HOUSEHOLDS, seed=7, until=until, resume=resume
    )


def same(one: RunResult, other: RunResult) -> bool:
    books = one.treasury.books.keys() == other.treasury.books.keys() and all(
        np.array_equal(money, other.treasury.books[key])
        and np.array_equal(one.treasury.units[key], other.treasury.units[key])
        for key, money in one.treasury.books.items()
    )
    ledgers = all(
        np.array_equal(getattr(one.ledger, name), getattr(other.ledger, name))
        for name in ("grouped", "placed", "options", "expected_options")
    )
    return books and ledgers and np.array_equal(one.values, other.values, equal_nan=True)


@pytest.mark.parametrize("until", ["2015-01", "2019-12", "2022-05", "2024-12", "2025-08", "2030-11"])
def test_a_run_stopped_in_any_month_goes_on_to_the_same_bits(until: str, tmp_path: Path) -> None:
    whole = lived("plan")
    stopped = lived("plan", until)
    assert stopped.state is not None
    stopped.state.save(tmp_path / "state")
    assert same(whole, lived("plan", resume=load(tmp_path / "state")))
    assert same(whole, lived("plan", resume=stopped.state)), "a state may be used twice"


def test_the_nation_goes_on_too() -> None:
    whole = lived("current", region="china")
    assert same(
        whole, lived("current", resume=lived("current", "2021-12", region="china").state, region="china")
    )


def test_scenarios_that_part_later_share_a_history() -> None:
    common = lived("no_plan", "2022-05").state
    for name in ("no_plan", "current", "plan", "plan_plus"):
        assert same(lived(name), lived(name, resume=common)), name


def test_a_run_of_a_whole_life_has_no_state_to_go_on_from() -> None:
    assert lived("no_plan").state is None


def test_a_state_with_another_past_is_refused() -> None:
    state = lived("plan", "2024-12").state
    assert state is not None
    with pytest.raises(InputError, match="other_past"):
        lived("no_plan", resume=state)
    with pytest.raises(InputError, match="other_past"):
        simulate(scenarios.load("plan"), households=HOUSEHOLDS, seed=8, resume=state)
    with pytest.raises(InputError, match="other_past"):
        simulate(scenarios.load("plan"), households=HOUSEHOLDS + 1, seed=7, resume=state)
    with pytest.raises(InputError, match="until"):
        lived("plan", "2024-06", resume=state)


def test_money_announced_before_the_stop_belongs_to_the_past() -> None:
    """People act on what they know ahead, so a subsidy from January 2026 is not unknown in December 2025."""
    state = lived("plan", "2025-12").state
    soon = scenarios.load("plan").with_levers(nev_purchase_subsidy="9000@2026-03..2028-12")
    with pytest.raises(InputError, match="other_past"):
        simulate(soon, households=HOUSEHOLDS, seed=7, resume=state)
    late = scenarios.load("plan").with_levers(nev_purchase_subsidy="9000@2026-08..2028-12")
    assert same(
        simulate(late, households=HOUSEHOLDS, seed=7),
        simulate(late, households=HOUSEHOLDS, seed=7, resume=state),
    )


def test_a_file_that_is_no_state_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "array.npy", np.arange(3))
    contents = [b"", b"PK\x03\x04 no", b"x" * 4096, (tmp_path / "array.npy").read_bytes()]
    for content in contents:
        (tmp_path / "state").write_bytes(content)
        with pytest.raises(InputError, match="state"):
            load(tmp_path / "state")


def test_a_state_with_one_flipped_bit_is_refused(tmp_path: Path) -> None:
    state = lived("plan", "2015-03").state
    assert state is not None
    state.save(tmp_path / "state")
    good, rng = (tmp_path / "state").read_bytes(), np.random.default_rng(1)
    for _ in range(100):
        bad = bytearray(good)
        bad[rng.integers(len(bad))] ^= 1 << int(rng.integers(8))
        (tmp_path / "state").write_bytes(bytes(bad))
        with pytest.raises(InputError, match="state"):
            load(tmp_path / "state")
