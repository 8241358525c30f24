"""Places side by side: loops that write only what belongs to their places are shared out between threads.

Which thread takes which places changes no bit, since no sum crosses places inside a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

PIECES_A_THREAD = 6
"""More pieces than threads, so that a thread with small places takes more of them."""


class Team:
    """Threads of a run. `pieces` ranges of places of about equal numbers of rows."""

    def __init__(self, starts: NDArray[np.int64], threads: int = 1) -> None:
        """Share out the places whose rows begin at `starts` (P + 1,)."""
        places, pieces = starts.size - 1, threads * PIECES_A_THREAD if threads > 1 else 1
        edges = np.searchsorted(starts, np.linspace(0, int(starts[-1]), pieces + 1)[1:-1])
        cuts = np.unique(np.concatenate([[0], edges, [places]]))
        self.pieces = list(pairwise(cuts.tolist()))
        self._pool = ThreadPoolExecutor(threads, "places") if threads > 1 else None

    def each(self, loop: Callable[..., None], *arguments: Any) -> None:
        """Call `loop(first, last, *arguments)` for every piece; `loop` covers the places first..last-1."""
        if self._pool is None:
            for first, last in self.pieces:
                loop(first, last, *arguments)
            return
        for done in [self._pool.submit(loop, *piece, *arguments) for piece in self.pieces]:
            done.result()
