"""Workers of a Dask cluster, found by the address of its scheduler."""

from __future__ import annotations

import logging
import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.workers import AHEAD, LOST, Failure, WorkersError, guarded
from model.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 120.0
"""Seconds without any worker, or without the scheduler, after which the work is given up."""
ANSWER = 10
ADDRESS = re.compile(r"(?:tcp|tls|ws|wss)://(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):(?P<port>[0-9]{1,5})/?")
LOOK = 1.0
"""Seconds to wait for the scheduler's first answer, and between two looks at the workers."""
EXTRA = "jinlv[dask]"


@dataclass(frozen=True)
class Dask:
    """The workers of the cluster whose scheduler is at `address` (tcp://host:port).

    They must have the same version of this software and see the same folders.
    """

    address: str

    def check(self) -> None:
        """Raise InputError unless something answers at the address."""
        reach(self.address)

    def each[T, R](self, work: Callable[[T], R], tasks: Sequence[T]) -> Iterator[tuple[int, R | Failure]]:
        """Yield results as they come, see `Crew`.

        A task whose worker is lost is given to another one. One that was there when several were lost is done
        again alone at the end; if those are lost, too, it has failed. Raise WorkersError when for some time
        no worker or no scheduler is there.
        """
        with connected(self.address) as client:
            pool, suspects = client.get_executor(pure=False), deque[int]()
            try:
                yield from _flow(client, pool, work, tasks, deque(range(len(tasks))), suspects)
                for k in suspects:
                    again = deque[int]()
                    yield from _flow(client, pool, work, tasks, deque([k]), again)
                    if again:
                        yield k, Failure(LOST, "")
            finally:
                pool.shutdown(wait=False)


def reach(address: str) -> None:
    """Raise InputError for what is no address of a scheduler, or where nothing answers.

    Dask's own client tries for long, and leaves threads behind that complain at the end.
    """
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise InputError("dask_address", field="--dask", allowed="tcp://HOST:PORT", values=(address,))
    try:
        with socket.create_connection((found["host"].strip("[]"), int(found["port"])), timeout=ANSWER):
            pass
    except (OSError, OverflowError, UnicodeError) as error:
        raise InputError("dask_silent", field="--dask", values=(address,)) from error


def connected(address: str) -> Client:
    """Return a client of the scheduler at an address; raise InputError if none answers there."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError("dask_missing", field="--dask", allowed=EXTRA) from None
    reach(address)
    for name in ("distributed", "distributed.core", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        raise InputError("dask_silent", field="--dask", values=(address,)) from error


def _flow[T, R](
    client: Client,
    pool: Any,
    work: Callable[[T], R],
    tasks: Sequence[T],
    order: deque[int],
    suspects: deque[int],
) -> Iterator[tuple[int, R | Failure]]:
    """Yield results of the tasks in `order`, put those that lost several workers into `suspects`.

    At most `AHEAD` tasks are handed out for each thread of the workers that are there.
    """
    from distributed.scheduler import KilledWorker

    flying, seen = dict[Any, int](), time.monotonic()
    while order or flying:
        room = AHEAD * _threads(client)
        seen = time.monotonic() if room else seen
        if time.monotonic() - seen > PATIENCE:
            raise WorkersError("no worker is left")
        while order and len(flying) < room:
            k = order.popleft()
            flying[pool.submit(guarded, work, tasks[k])] = k
        done, _ = wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED) if flying else _rest()
        for future in sorted(done, key=lambda one: flying[one]):
            k = flying.pop(future)
            try:
                result = future.result()
            except KilledWorker:
                suspects.append(k)
            except (CancelledError, ValueError):
                # The scheduler has forgotten it; the client's executor may trip over that with a ValueError.
                # Errors of the task itself come as data.
                order.appendleft(k)
            else:
                yield k, result


def _rest() -> tuple[frozenset[Any], None]:
    """Wait a little, as nothing is under way."""
    time.sleep(LOOK)
    return frozenset(), None


def _threads(client: Client) -> int:
    """Return how many threads the workers have together; 0 without workers or without a scheduler."""
    if client.status != "running":
        return 0
    try:
        return sum(client.ncores().values())  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError):
        return 0
