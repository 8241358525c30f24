"""The pool of the front end: jobs shared by visitors, previews first, work that stops when unwanted."""

import threading
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor

import pytest

from app.front import pool as pool_of_all
from app.front.jobs import Abandoned
from app.front.pool import Pool

WAIT = 10.0


@pytest.fixture
def make():
    made = []

    def pool(workers=1, present=lambda visitor: True, grace=0.0, executor=ThreadPoolExecutor):
        made.append(Pool(workers, present, executor, grace))
        return made[-1]

    yield pool
    for one in made:
        one.close()


class Gate:
    """Calls that are noted and wait until the gate opens."""

    def __init__(self):
        self.open, self.seen = threading.Event(), []

    def pass_through(self, name):
        self.seen.append(name)
        assert self.open.wait(WAIT)
        return name

    def calls(self, *names):
        return [(self.pass_through, (name,)) for name in names]


def until(true):
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_results_stand_in_the_order_of_calls_whoever_is_first(make):
    def late(k):
        time.sleep(0.03 * (3 - k))
        return k

    job = make(workers=3).ask("key", [[(late, (k,)) for k in range(3)]], "anna")
    assert job.finished.wait(WAIT)
    assert job.answer == [0, 1, 2]
    assert job.done == (3, 3)


def test_a_stage_begins_when_the_one_before_is_done(make):
    heard = []
    stages = [[(heard.append, (k,)) for k in range(4)], [(heard.copy, ())]]
    job = make(workers=2).ask("key", stages, "anna")
    assert job.finished.wait(WAIT)
    assert sorted(job.answer[0]) == [0, 1, 2, 3]


def test_two_visitors_who_ask_the_same_share_one_job(make):
    gate, pool = Gate(), make()
    one, other = (pool.ask("key", [gate.calls("a")], name) for name in ("anna", "bert"))
    gate.open.set()
    assert one is other and one.finished.wait(WAIT)
    assert pool.ask("key", [gate.calls("a")], "carl") is one
    assert gate.seen == ["a"]


def test_an_urgent_job_goes_before_a_long_one(make):
    gate, pool = Gate(), make()
    long = pool.ask("long", [gate.calls("l1", "l2", "l3")], "anna")
    until(lambda: gate.seen == ["l1"])
    pool.ask("short", [gate.calls("s1", "s2")], "bert", urgent=True)
    gate.open.set()
    assert long.finished.wait(WAIT)
    assert gate.seen == ["l1", "s1", "s2", "l2", "l3"]


def test_long_jobs_take_turns(make):
    gate, pool = Gate(), make()
    first = pool.ask("first", [gate.calls("a1", "a2", "a3")], "anna")
    until(lambda: gate.seen == ["a1"])
    pool.ask("second", [gate.calls("b1", "b2")], "bert")
    gate.open.set()
    assert first.finished.wait(WAIT)
    until(lambda: len(gate.seen) == 5)
    assert gate.seen[:4] == ["a1", "b1", "a2", "b2"] or gate.seen[:4] == ["a1", "b1", "b2", "a2"]


def test_a_job_that_is_left_stops_after_the_call_under_way(make):
    gate, pool = Gate(), make()
    job = pool.ask("key", [gate.calls("a", "b", "c")], "anna")
    until(lambda: gate.seen == ["a"])
    pool.leave(job, "anna")
    gate.open.set()
    assert job.finished.is_set()
    with pytest.raises(Abandoned):
        _ = job.answer
    again = pool.ask("key", [gate.calls("d")], "anna")
    assert again is not job and again.finished.wait(WAIT)
    assert gate.seen == ["a", "d"]


def test_a_job_goes_on_while_another_visitor_wants_it(make):
    gate, pool = Gate(), make()
    job = pool.ask("key", [gate.calls("a", "b")], "anna")
    pool.ask("key", [gate.calls("a", "b")], "bert")
    pool.leave(job, "anna")
    gate.open.set()
    assert job.finished.wait(WAIT) and job.answer == ["a", "b"]


def test_the_work_of_a_visitor_who_is_gone_stops(make):
    here, gate = {"anna"}, Gate()
    pool = make(present=lambda visitor: visitor in here)
    job = pool.ask("key", [gate.calls("a", "b", "c")], "anna")
    until(lambda: gate.seen == ["a"])
    here.clear()
    gate.open.set()
    assert job.finished.wait(WAIT)
    assert isinstance(job.error, Abandoned) and len(gate.seen) < 3


def test_a_visitor_who_comes_back_in_time_finds_the_work_going_on(make):
    here, gate = {"anna"}, Gate()
    pool = make(present=lambda visitor: visitor in here, grace=WAIT)
    job = pool.ask("key", [gate.calls("a", "b")], "anna")
    here.clear()
    gate.open.set()
    assert job.finished.wait(WAIT) and job.answer == ["a", "b"]


def test_a_failure_ends_its_own_job_alone_and_may_be_tried_again(make):
    def fails():
        raise ValueError("no")

    pool = make()
    job = pool.ask("bad", [[(fails, ()), (int, ())]], "anna")
    assert job.finished.wait(WAIT) and isinstance(job.error, ValueError)
    good = pool.ask("bad", [[(int, ("7",))]], "anna")
    assert good.finished.wait(WAIT) and good.answer == [7]


def test_processes_that_died_are_started_again(make):
    class Dead(ThreadPoolExecutor):
        def submit(self, *_arguments):
            raise BrokenExecutor("gone")

    made = []

    def executor(count):
        made.append((Dead if not made else ThreadPoolExecutor)(count))
        return made[-1]

    pool = make(executor=executor)
    job = pool.ask("key", [[(int, ("7",))]], "anna")
    assert job.finished.wait(WAIT) and isinstance(job.error, BrokenExecutor)
    again = pool.ask("key", [[(int, ("7",))]], "anna")
    assert again.finished.wait(WAIT) and again.answer == [7] and len(made) == 2


def test_a_long_call_tells_how_far_it_is_and_is_told_to_stop(make, tmp_path):
    gate, pool, signs = Gate(), make(), tmp_path / "signs"
    job = pool.ask("key", [gate.calls("a")], "anna", signs=signs)
    until(lambda: gate.seen == ["a"])
    (tmp_path / "signs.done").write_text("3 10")
    assert job.done == (3, 10)
    pool.leave(job, "anna")
    assert (tmp_path / "signs.stop").exists()
    gate.open.set()


def test_visitors_who_come_at_the_same_moment_share_one_pool(monkeypatch):
    made = []

    def slow(*_):
        made.append(object())
        time.sleep(0.05)
        return made[-1]

    monkeypatch.setattr(pool_of_all, "Pool", slow)
    pool_of_all._pool.cache_clear()
    try:
        found = list(ThreadPoolExecutor(10).map(lambda _: pool_of_all.pool(), range(10)))
        assert len(made) == 1 and set(found) == set(made)
    finally:
        pool_of_all._pool.cache_clear()
