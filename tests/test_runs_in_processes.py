"""An ensemble shared out among processes is the ensemble of threads, byte for byte, and ends as it would."""

import pytest

import scenarios
from experiments import runs
from experiments.ensemble import run_ensemble
from model.run import Cancelled

SMALL = {"households": 150, "replicates": 2, "until": "2016-12", "threads": 2}


@pytest.fixture(autouse=True)
def always_worth(monkeypatch):
    monkeypatch.setattr(runs, "WORTH_PROCESSES", 0)


def ensemble(**options):
    chosen = [
        scenarios.load("no_plan"),
        scenarios.load("plan").with_settings(["parking_fee=9@2024-01..2030-12"]),
    ]
    return run_ensemble(chosen, **SMALL, **options)


def test_processes_give_the_bytes_of_threads():
    told = []
    apart = ensemble(processes=True, progress=lambda done, total: told.append((done, total)))
    together = ensemble()
    assert apart.values.tobytes() == together.values.tobytes()
    assert apart.luck.tobytes() == together.luck.tobytes()
    assert apart.outlays.equals(together.outlays)
    assert told == [(k + 1, len(told)) for k in range(len(told))]


def test_a_cancel_ends_the_processes_work():
    with pytest.raises(Cancelled):
        ensemble(processes=True, progress=lambda done, _: done >= 2)


def test_a_run_that_fails_in_a_process_is_raised_as_what_it_is(monkeypatch):
    # Only this process knows of the limit: the workers' results of the first run are replaced by a failure.
    def failing(here, size, cores, tasks):
        yield 0, runs.Failure("ZeroDivisionError", "division by zero")

    monkeypatch.setattr(runs, "_first_here", failing)
    monkeypatch.setattr(runs, "simulate", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ensemble(processes=True)
