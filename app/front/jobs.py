"""A job: simulations and what is made of them, in stages, wanted by one visitor or several."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function of a module, and its arguments; both cross to another process."""


class Abandoned(Exception):
    """Nobody wants the results of a job any more."""


@dataclass
class Job:
    """Work under the hash of its inputs. `stages`: calls that run side by side, stage after stage.

    `urgent` jobs go first. `signs`: where a long call tells how far it is (`.done`) and is told to stop
    (`.stop`). The answer is what the calls of the last stage return, in their order. All
    fields are guarded by the lock of the pool.
    """

    key: str
    stages: Sequence[Sequence[Call]]
    urgent: bool = False
    signs: Path | None = None
    stage: int = 0
    handed_out: int = 0
    returned: int = 0
    served: int = 0
    results: list[Any] = field(default_factory=list)
    error: BaseException | None = None
    visitors: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    finished: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.results = [None] * len(self.stages[0])

    @property
    def answer(self) -> list[Any]:
        """Return what the last stage returned; raise what stopped the job."""
        if self.error is not None:
            raise self.error
        return self.results

    @property
    def done(self) -> tuple[int, int]:
        """Return how many calls of the first stage are done, and how many there are."""
        if self.signs is not None and (told := self._told()):
            return told
        total = len(self.stages[0])
        return (self.returned if self.stage == 0 else total), total

    def _told(self) -> tuple[int, int] | None:
        try:
            done, total = Path(f"{self.signs}.done").read_text(encoding="utf-8").split()
        except (OSError, ValueError):
            return None
        return int(done), int(total)

    def waiting(self) -> bool:
        """Tell whether a call can be handed out."""
        return not self.finished.is_set() and self.handed_out < len(self.stages[self.stage])

    def hand_out(self) -> tuple[int, int, Call]:
        """Return stage, place and call of the next piece of work."""
        self.handed_out += 1
        self.served += 1
        return self.stage, self.handed_out - 1, self.stages[self.stage][self.handed_out - 1]

    def take_in(self, stage: int, place: int, result: Any) -> None:
        """Keep the result of a call; after the last one of a stage go on to the next."""
        if self.finished.is_set() or stage != self.stage:
            return
        self.results[place] = result
        self.returned += 1
        if self.returned < len(self.stages[stage]):
            return
        if stage + 1 < len(self.stages):
            self.stage, self.handed_out, self.returned = stage + 1, 0, 0
            self.results = [None] * len(self.stages[self.stage])
        else:
            self.finished.set()

    def fail(self, error: BaseException) -> None:
        """End the job without an answer."""
        if not self.finished.is_set():
            self.error = error
            if self.signs is not None and self.handed_out:
                Path(f"{self.signs}.stop").touch()
            self.finished.set()
