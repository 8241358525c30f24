"""A job of the pool on a page: how far it is, a way to cancel it, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.cli.session import Session
from app.front import frame
from app.front.html import paragraph, warning
from app.front.jobs import Abandoned, Job
from app.front.pool import pool
from app.wording import mark, word_error
from app.wording.faults import fault_text
from model.errors import InputError

EVERY = 0.5
"""Seconds between two looks at a job."""
SIMULATING = mark("{done} of {total} simulations done")
SUMMING = mark("All simulations are done; the results are put together.")
QUEUED = mark("Waiting for the model to be loaded; the very first time this takes a minute or two.")
FAILED = mark("The simulation failed: {reason}")
CANCELLED = mark("Cancelled. What was simulated is kept: started again, it goes on from there.")


def fault(words: Session, error: BaseException) -> str:
    """Return in words what went wrong."""
    from experiments.store import StoreError

    if isinstance(error, InputError):
        return word_error(error, words.lang).removeprefix("jinlv: ")
    if isinstance(error, StoreError):
        return fault_text(str(error), words.lang)
    return words.say(FAILED).format(reason=type(error).__name__)


def told(words: Session, done: int, total: int) -> str:
    """Return how far simulations are, or that the model is still being loaded."""
    if not done and not pool().warm().finished.is_set():
        return words.say(QUEUED)
    return words.say(SIMULATING).format(done=done, total=total)


def watch(job: Job, key: str, cancelled: Callable[[], None] | None = None) -> None:
    """Draw how far a job is until it is finished, then draw the page anew.

    With `cancelled` there is a button: it lets this visitor leave the job and calls the function.
    """

    @st.fragment(run_every=EVERY)
    def look() -> None:
        words = frame.session()
        if job.finished.is_set():
            st.rerun()
        done, total = job.done
        text = told(words, done, total)
        if job.stage:
            text = words.say(SUMMING)
        st.progress(done / total, text=text)
        if cancelled is not None and st.button(words.say("Cancel"), key=f"cancel-{key}"):
            pool().leave(job, frame.visitor())
            cancelled()
            st.rerun()

    look()


def failed(words: Session, job: Job) -> bool:
    """Tell what stopped a finished job, if anything did."""
    if job.error is None:
        return False
    if isinstance(job.error, Abandoned):
        st.html(paragraph(words.say(CANCELLED), "small"))
    else:
        frame.show(warning(fault(words, job.error)))
    return True
