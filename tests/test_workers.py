"""Workers do every task, lose none, and a task that kills its worker fails alone."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import suppress
from pathlib import Path

import pytest

from experiments.workers import LOST, Failure, Processes, Threads, WorkersError, started
from tests.sweeping import BAD, POISON, squared, squared_or_dead, told_pid

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("crew", [Threads(1), Threads(2), Processes(2)])
def test_every_task_is_done_and_an_error_is_told_of_its_task_alone(crew):
    found = dict(crew.each(squared, range(12)))
    assert found == {k: k * k for k in range(12) if k != BAD} | {BAD: Failure("ValueError", "no seven")}


def test_no_task_at_all_is_no_work():
    assert list(Threads(2).each(squared, [])) == list(Processes(2).each(squared, [])) == []


def test_a_task_that_kills_its_worker_fails_alone():
    found = dict(Processes(2).each(squared_or_dead, range(12)))
    failed = {k: one for k, one in found.items() if isinstance(one, Failure)}
    assert failed == {POISON: Failure(LOST, ""), BAD: Failure("ValueError", "no seven")}
    assert sorted(found) == list(range(12))


def test_a_worker_killed_from_outside_is_replaced_and_nothing_is_lost(tmp_path):
    killed, found = set(), {}
    for k, pid in Processes(2).each(told_pid, [str(tmp_path)] * 10):
        found[k] = pid
        at_work = [one for note in tmp_path.iterdir() if alive(one := int(note.name)) and one not in killed]
        if at_work and len(killed) < 2 and len(found) >= (2, 5)[len(killed)]:
            with suppress(ProcessLookupError):  # it ended in between; the next one, then
                os.kill(at_work[0], signal.SIGKILL)
                killed.add(at_work[0])
    assert sorted(found) == list(range(10)) and len(killed) == 2
    assert not any(isinstance(one, Failure) for one in found.values())


def test_closing_the_work_ends_its_processes(tmp_path):
    work = Processes(2).each(told_pid, [str(tmp_path)] * 10)
    next(work)
    work.close()
    until = time.monotonic() + 5
    while any(alive(int(note.name)) for note in tmp_path.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(alive(int(note.name)) for note in tmp_path.iterdir())


def alive(pid):
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in "ZX"


def test_processes_end_with_a_parent_that_is_killed(tmp_path):
    script = tmp_path / "driver.py"
    script.write_text(
        textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[1])
        from tests.sweeping import told_pid
        from experiments.workers import Processes
        if __name__ == "__main__":
            for _ in Processes(2).each(told_pid, [sys.argv[2]] * 1000):
                print("one", flush=True)
        """)
    )
    notes = tmp_path / "notes"
    notes.mkdir()
    command = [sys.executable, str(script), str(ROOT), str(notes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as driver:
        driver.stdout.readline()
        driver.kill()
    until = time.monotonic() + 10
    while any(alive(int(note.name)) for note in notes.iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert list(notes.iterdir()) and not any(alive(int(note.name)) for note in notes.iterdir())


def test_processes_that_do_not_come_up_are_an_error_and_no_endless_trying(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from experiments.workers import Processes\nprint(list(Processes(1).each(abs, [1])))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and WorkersError.__name__ in done.stderr.splitlines()[-1]


def test_the_pool_has_answered_before_it_is_handed_out():
    with started(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()
