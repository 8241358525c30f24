"""Progress on standard error: a bar with the time left on a terminal, nothing elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from app.cli.session import Session

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressBar:
    """A context that gives a function (done, total) to be called as the work goes on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> ProgressBar:
        if self._session.err.is_terminal:
            from rich import progress as parts

            columns = (parts.TextColumn("{task.description}"), parts.BarColumn(), parts.TaskProgressColumn())
            times = (parts.TimeElapsedColumn(), parts.TimeRemainingColumn())
            self._bar = parts.Progress(*columns, *times, console=self._session.err, transient=True)
            self._bar.start()
            first = self._session.say("preparing (the first run compiles, up to a minute)")
            self._task = self._bar.add_task(first, total=None)
        return self

    def __call__(self, done: int, total: int) -> None:
        if self._bar is not None and self._task is not None:
            words = self._session.say("simulating")
            self._bar.update(self._task, completed=done, total=total, description=words)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
