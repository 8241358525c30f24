"""The pool that simulates for all visitors: few processes, previews first, jobs in turn, work that can stop.

Processes, since the Python of a run holds the interpreter's lock: in threads two runs take as long as one
after the other.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

from app.front.jobs import Abandoned, Call, Job
from app.front.sizes import sizes
from app.front.work import prepare, ready

WORKERS = "JINLV_APP_WORKERS"
"""Variable that says how many processes simulate; default: the cores."""
LOOK_AGAIN = 0.5
"""Seconds after which an idle thread looks whether visitors have gone."""


def processes(count: int) -> Executor:
    """Return processes that each hold the model with its kernels; they end with the process that asked."""
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "forkserver")
    return ProcessPoolExecutor(count, mp_context=context, initializer=prepare)


_MAKING = threading.Lock()


class Pool:
    """Jobs of all visitors and the threads that hand their calls to the processes.

    `present` tells whether a visitor's session is still open.
    """

    def __init__(
        self,
        workers: int,
        present: Callable[[str], bool],
        executor: Callable[[int], Executor],
        grace: float | None = None,
    ) -> None:
        self._make, self._workers, self._present = executor, workers, present
        self._grace = float(sizes()["grace"]) if grace is None else grace
        self._changed = threading.Condition()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._executor: Executor | None = None
        self._closed = False
        for number in range(workers):
            threading.Thread(target=self._serve, name=f"pool-{number}", daemon=True).start()

    def ask(
        self, key: str, stages: Sequence[Sequence[Call]], visitor: str, *, urgent: bool = False,
        signs: Path | None = None,
    ) -> Job:  # fmt: skip
        """Return the job of these inputs: the one that runs or has run already, else a new one."""
        with self._changed:
            job = self._jobs.get(key)
            if job is None or job.error is not None:
                job = self._jobs[key] = Job(key, stages, urgent, signs)
            job.visitors[visitor] = time.monotonic()
            job.urgent = job.urgent or urgent
            self._jobs.move_to_end(key)
            self._forget()
            self._changed.notify_all()
            return job

    def find(self, key: str) -> Job | None:
        """Return the job of these inputs if it is known and has not failed."""
        with self._changed:
            job = self._jobs.get(key)
            return None if job is None or job.error is not None else job

    def leave(self, job: Job, visitor: str) -> None:
        """Let a visitor no longer want a job; what nobody wants stops after the calls under way."""
        with self._changed:
            job.visitors.pop(visitor, None)
            if not job.visitors and not job.finished.is_set():
                self._drop(job)

    def warm(self) -> Job:
        """Start the processes, so that the first visitor need not wait for the kernels."""
        return self.ask("warm", [[(ready, ())] * self._workers], "", urgent=True)

    def close(self) -> None:
        """Stop all work."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                job.fail(Abandoned())
            self._changed.notify_all()
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def _serve(self) -> None:
        """Hand calls to the processes, one after the other, and take in what they return."""
        while (piece := self._next()) is not None:
            job, stage, place, (function, arguments) = piece
            executor: Executor | None = None
            try:
                executor = self._running()
                result = executor.submit(function, *arguments).result()
            except BaseException as error:
                with self._changed:
                    job.fail(error)
                    if isinstance(error, BrokenExecutor) and self._executor is executor:
                        self._executor = None
                    self._changed.notify_all()
            else:
                with self._changed:
                    job.take_in(stage, place, result)
                    self._changed.notify_all()

    def _running(self) -> Executor:
        """Return the processes; they are started when first needed, and again when they have died."""
        with self._changed:
            if self._executor is None:
                self._executor = self._make(self._workers)
            return self._executor

    def _next(self) -> tuple[Job, int, int, Call] | None:
        """Return the next call to be made, waiting until there is one; None when the pool is closed."""
        with self._changed:
            while not self._closed:
                self._let_go()
                waiting = [job for job in self._jobs.values() if job.waiting()]
                if waiting:
                    job = min(waiting, key=lambda one: (not one.urgent, one.served))
                    return (job, *job.hand_out())
                self._changed.wait(LOOK_AGAIN)
        return None

    def _let_go(self) -> None:
        """Drop the jobs whose visitors have all gone for longer than the time of grace."""
        now = time.monotonic()
        for job in [one for one in self._jobs.values() if not one.finished.is_set()]:
            for visitor, seen in list(job.visitors.items()):
                if not visitor or self._present(visitor):
                    job.visitors[visitor] = now
                elif now - seen > self._grace:
                    del job.visitors[visitor]
            if not job.visitors:
                self._drop(job)

    def _drop(self, job: Job) -> None:
        job.fail(Abandoned())
        if self._jobs.get(job.key) is job:
            del self._jobs[job.key]
        self._changed.notify_all()

    def _forget(self) -> None:
        """Forget the answers that were not asked for longest, beyond those that are kept."""
        finished = [key for key, job in self._jobs.items() if job.finished.is_set()]
        for key in finished[: max(len(finished) - sizes()["kept_answers"], 0)]:
            del self._jobs[key]


def present(visitor: str) -> bool:
    """Tell whether a session of the front end is open; without a server (in tests) all are."""
    from streamlit import runtime

    with suppress(RuntimeError):
        return not runtime.exists() or runtime.get_instance().is_active_session(visitor)
    return True


def pool() -> Pool:
    """Return the pool of this process, which all sessions share, also those that come at the same moment."""
    with _MAKING:
        return _pool()


@cache
def _pool() -> Pool:
    return Pool(int(os.environ.get(WORKERS, "") or os.cpu_count() or 1), present, processes)
