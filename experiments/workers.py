"""Work shared out among workers: threads or processes here, or a Dask cluster by its address.

Whoever does the work, results are equal; only the order in which they come differs.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context, parent_process
from typing import Protocol

FORKSERVER, SPAWN = "forkserver", "spawn"
PRELOADED = ["experiments.ready"]
"""Imported once by the server from which worker processes are forked."""
AHEAD = 2
"""Tasks handed out for each worker: one at work, one waiting."""
STARTS = 3
BLAMED, BLAMED_ALONE = 2, 3
"""So often a task may be at work when a worker is lost: among others, and then alone, before it fails."""
LOST = "WorkerLost"


class WorkersError(Exception):
    """No worker is there to do the work."""


@dataclass(frozen=True)
class Failure:
    """A task that failed, alone: `kind` of the error and what it says."""

    kind: str
    text: str


class Crew(Protocol):
    """Workers that do one kind of work on many tasks."""

    def each[T, R](self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Failure]]:
        """Yield the number of a task and its result, or how it failed, as they come.

        `work` is a function of a module, tasks and results are data. Closing the iterator stops the work.
        """
        ...

    def check(self) -> None:
        """Raise InputError if these workers cannot be reached, before anything is written."""
        ...


@dataclass(frozen=True)
class Threads:
    """Threads of this process: kernels release the lock, so that two cores are used."""

    count: int

    def each[T, R](self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Failure]]:
        """Yield results as they come, see `Crew`. The first task runs alone: it may compile."""
        order = deque(range(len(tasks)))
        pool = ThreadPoolExecutor(self.count, "runs")
        try:
            yield from flow(pool, work, tasks, deque([order.popleft()] if order else []), 1, {})
            yield from flow(pool, work, tasks, order, AHEAD * self.count, {})
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def check(self) -> None:
        """Do nothing: threads are always there."""


@dataclass(frozen=True)
class Processes:
    """Processes on this machine, one thread each; one that is lost is replaced and its tasks done again."""

    count: int

    def each[T, R](self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Failure]]:
        """Yield results as they come, see `Crew`.

        A task that is at work whenever workers are lost is set aside and done alone at the end; if it is
        lost alone, too, it has failed. Raise WorkersError if no process comes up.
        """
        order, alone, blamed = deque(range(len(tasks))), deque[int](), Counter[int]()
        while order:
            lost = yield from self._until_lost(work, tasks, order, self.count, AHEAD * self.count)
            blamed.update(lost)
            alone.extend(k for k in lost if blamed[k] >= BLAMED)
            order.extendleft(reversed([k for k in lost if blamed[k] < BLAMED]))
        blamed.clear()
        while alone:
            lost = yield from self._until_lost(work, tasks, alone, 1, 1)
            blamed.update(lost)
            alone.extendleft(k for k in lost if blamed[k] < BLAMED_ALONE)
            for k in (k for k in lost if blamed[k] >= BLAMED_ALONE):
                yield k, Failure(LOST, "")

    def check(self) -> None:
        """Do nothing: processes are started when there is work."""

    def _until_lost[T, R](
        self, work: Callable[[T], R], tasks: Sequence[T], order: deque[int], count: int, room: int
    ) -> Generator[tuple[int, R | Failure], None, list[int]]:
        """Yield results until all in `order` are done or one of `count` workers is lost; return the tasks, at
        most `room`, that were handed out then."""
        flying: dict[Future[R | Failure], int] = {}
        pool = started(count)
        try:
            yield from flow(pool, work, tasks, order, room, flying)
        except BrokenProcessPool:
            pass
        finally:
            stop(pool)
        return sorted(flying.values())


def flow[T, R](
    pool: Executor,
    work: Callable[[T], R],
    tasks: Sequence[T],
    order: deque[int],
    room: int,
    flying: dict[Future[R | Failure], int],
) -> Iterator[tuple[int, R | Failure]]:
    """Yield results of the tasks in `order`, of which at most `room` are handed out at a time: `flying`."""
    while order or flying:
        while order and len(flying) < room:
            flying[pool.submit(guarded, work, tasks[order[0]])] = order[0]
            order.popleft()
        done, _ = wait(flying, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda one: flying[one]):
            result = future.result()
            yield flying.pop(future), result


def guarded[T, R](work: Callable[[T], R], task: T) -> R | Failure:
    """Return the result of a task, or how it failed: an error is data to whoever waits for it."""
    try:
        return work(task)
    except Exception as error:
        return Failure(type(error).__name__, str(error))


def started(count: int) -> ProcessPoolExecutor:
    """Return a pool of processes of which one has answered; raise WorkersError if none does."""
    method = FORKSERVER if FORKSERVER in get_all_start_methods() else SPAWN
    context = get_context(method)
    if method == FORKSERVER:
        context.set_forkserver_preload(PRELOADED)
    for _ in range(STARTS):
        pool = ProcessPoolExecutor(count, mp_context=context, initializer=prepare)
        try:
            come = [pool.submit(os.getpid) for _ in range(count)]  # all begin to come up at once
            come[0].result()
            return pool
        except BrokenProcessPool:
            stop(pool)
        except BaseException:
            stop(pool)
            raise
    raise WorkersError("no worker process comes up")


def stop(pool: ProcessPoolExecutor) -> None:
    """End a pool at once: what its processes are at is not waited for."""
    processes: Iterable[object] = list((getattr(pool, "_processes", None) or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()  # type: ignore[attr-defined]


def prepare() -> None:
    """Make a new process ready for runs: it ends with its parent, and every kernel is loaded.

    Ctrl-C reaches all processes of a terminal; the parent alone answers it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    import experiments.ready  # noqa: F401


def _end_with_parent() -> None:
    """Wait for the end of the parent and end with it, also where it was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
