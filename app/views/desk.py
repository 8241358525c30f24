"""Scenario desk: move levers, see within a second what it does, then run it in full."""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

import scenarios
from app.cli.labels import Labels
from app.cli.session import Session
from app.front import (
    desk_changes,
    draft,
    effect,
    export,
    frame,
    full,
    outcomes,
    preview,
    progress,
    stand_ins,
    take_away,
)
from app.front.html import paragraph, table, warning
from app.front.jobs import Job
from app.front.pool import pool
from app.front.sizes import sizes
from app.front.trust import NINETY_PER_CENT as NINETY
from app.front.trust import banner
from app.page import drawings
from app.page.findings import FEW
from app.page.results import Results
from app.wording import mark
from model.errors import InputError
from scenarios import Scenario

LEAD = mark(
    "Take a scenario, move what the public hand can do, and see what it changes, what it costs and who gains."
)
EMPTY = mark(
    "Nothing is changed yet. Choose a lever on the left: its effect appears here within a second or so."
)
PREVIEW = mark(
    "Preview with few replicates: the effect may be off by about {error}, the levels by about {level}. "
    "Run it in full for the 90 % interval."
)
DIFFERENCE, LEVEL = mark("Difference"), mark("Level")
RUNNING = "full-runs"


def page() -> None:
    """Draw the page."""
    words = frame.session()
    frame.heading(words.say(frame.NAMES["desk"]), words.say(LEAD))
    left, right = st.columns([5, 8], gap="large")
    with left:
        st.subheader(words.say("1 Start from a scenario"))
        base = desk_changes.base_of(words)
        st.subheader(words.say("2 Change levers"))
        desk_changes.cards(words, base)
        desk_changes.adder(words, base)
        waits = words.say("{count} more levers of the plan wait for their part of the model.")
        st.html(paragraph(waits.format(count=len(draft.waiting())), "small"))
    with right:
        st.subheader(words.say("3 What it does"))
        _answer(words, scenarios.load(base))


def _answer(words: Session, base: Scenario) -> None:
    """Draw what the changes do."""
    if not desk_changes.drafts():
        preview.ask(pool(), base, frame.visitor(), urgent=False)
        st.html(paragraph(words.say(EMPTY), "lead"))
        return
    try:
        changed = draft.changed(base, desk_changes.drafts())
    except InputError as error:
        frame.show(warning(progress.fault(words, error)))
        return
    asked = full.request((base.name,), draft.texts(desk_changes.drafts()))
    whole = _full_job(asked)
    if whole is not None and whole.finished.is_set() and not progress.failed(words, whole):
        found = whole.answer[0]
        frame.show(banner(words, found.summary))
        _results(words, base, changed, found.summary, lambda _: Results(found.summary, found.tables))
    else:
        head, button = st.empty(), st.container()
        if _previewed(words, base, changed, head):
            with button:
                _start(words, asked, whole)
    _take_along(words, base, changed)


def _previewed(words: Session, base: Scenario, changed: Scenario, head: Any) -> bool:
    """Simulate the preview, wait for it and draw what it says, its error in `head`; tell if it is there."""
    visitor = frame.visitor()
    jobs = tuple(preview.ask(pool(), one, visitor, base=base) for one in (base, changed))
    told = st.empty()
    until = time.monotonic() + sizes()["hurry"]
    try:
        while not preview.wait(jobs, 0.3):
            done, total = (sum(job.done[k] for job in jobs) for k in (0, 1))
            told.progress(done / total, text=progress.told(words, done, total))
            if time.monotonic() > until and not pool().warm().finished.is_set():
                told.empty()
                progress.watch(next(job for job in jobs if not job.finished.is_set()), "preview")
                return False
    except BaseException:
        pool().leave(jobs[1], visitor)
        raise
    told.empty()
    if any(progress.failed(words, job) for job in jobs):
        return False
    made = preview.preview_of(base, changed, (jobs[0], jobs[1]))
    outcome = _results(words, base, changed, made.summary, made.results)
    known = outcome["indicator"]
    error = effect.error_text(words, known, made.error(known, outcome["month"]))
    level = effect.error_text(words, known, stand_ins.gap(known))
    head.html(banner(words, made.summary, words.say(PREVIEW).format(error=error, level=level)))
    return True


def _results(
    words: Session, base: Scenario, changed: Scenario, summary: Mapping[str, Any], results_of: Any
) -> Mapping[str, Any]:
    """Draw outcome, costs, chart, goals and who gains; return the chosen outcome."""
    say, names = words.say, frame.labels(words)
    found = summary["effects"][0]
    offered = _outcomes(summary)
    known = st.session_state.get("outcome", offered[0])
    chosen = st.selectbox(
        say("Outcome"), offered, index=offered.index(known) if known in offered else 0,
        format_func=names.__getitem__, key=f"outcome-{words.lang}",
    )  # fmt: skip
    st.session_state["outcome"] = chosen
    results = results_of(chosen)
    outcome = effect.outcome_of(results, chosen, base.name, changed.name)
    frame.show(effect.cards(words, names, found, outcome, summary["interval"] == NINETY))
    _charts(words, results, chosen, names)
    with st.expander(say("All goals, before and with the change")):
        rows = effect.goal_rows(words, names, summary, base.name, changed.name)
        frame.show(table(effect.goal_heads(words), rows))
    with st.expander(say("Who gains"), expanded=True):
        gains = effect.gains(words, names, found)
        frame.show(gains or paragraph(say("No money and no bill differs."), "small"))
    _download_table(words, names, summary, (base.name, changed.name))
    return outcome


def _charts(words: Session, results: Results, indicator: str, names: Labels) -> None:
    """Draw the outcome in both scenarios, and the difference that the change makes."""
    lang = words.lang
    if (indicator, "all") not in results.paired:
        st.html(paragraph(words.say(FEW), "small"))
        return
    kind = frame.chooser(
        words.say("Chart"), [DIFFERENCE, LEVEL], f"chart-{lang}", default=DIFFERENCE, format_func=words.say
    )
    draw = drawings.effect_fan if kind == DIFFERENCE else drawings.fan
    told = words.told(words.say(kind), names[indicator])
    frame.chart(draw(results, indicator, "all")[lang], f"{kind}-{indicator}-{lang}", told)


def _outcomes(summary: Mapping[str, Any]) -> list[str]:
    """Return outcomes to choose from: those first that the change moves, then the usual ones and goals."""
    moved = (summary["effects"][0].get("moved") or {"rows": ()})["rows"]
    goals = [goal["indicator"] for goal in summary["goals"]]
    from model.indicators.formulas import FORMULAS

    every = [*outcomes.usual(), *(row["indicator"] for row in moved), *goals]
    return [one for one in dict.fromkeys(every) if one in FORMULAS]


def _full_job(asked: Any) -> Job | None:
    """Return the job of the full run if this visitor has started it."""
    running: dict[Any, Job] = st.session_state.setdefault(RUNNING, {})
    return running.get(asked)


def _start(words: Session, asked: Any, job: Job | None) -> None:
    """Draw the button that starts the full run, or how far it is."""
    running: dict[Any, Job] = st.session_state[RUNNING]
    if job is not None and not job.finished.is_set():
        progress.watch(job, "full", lambda: None)
        return
    size = words.say("{households} households × {replicates} replicates")
    shown = size.format(households=f"{asked.households:,}", replicates=asked.replicates)
    if st.button(f"{words.say('Run in full')} · {shown}", type="primary", key="full"):
        try:
            running[asked] = full.ask(pool(), asked, frame.out(), frame.visitor())
        except Exception as error:
            frame.show(warning(progress.fault(words, error)))
            return
        st.rerun()


def _download_table(words: Session, names: Labels, summary: Mapping[str, Any], pair: tuple[str, str]) -> None:
    """Draw the button that downloads goals, money and gains as CSV."""
    say = words.say
    data = export.csv_of(take_away.heads(words), take_away.lines(words, names, summary, *pair))
    st.download_button(
        say("Download the table (CSV)"),
        data,
        f"jinlv-{summary['id']}.csv",
        "text/csv",
        on_click="ignore",
        key="csv",
    )


def _take_along(words: Session, base: Scenario, changed: Scenario) -> None:
    """Draw the list of levers that are not at their default, the scenario as a file, the command line."""
    say = words.say
    st.subheader(say("This scenario"))
    rows = [
        [one.label[words.lang], one.note] if one.note else [one.label[words.lang], ""]
        for one in changed.changes
    ]
    st.html("<ul>" + "".join(f"<li>{escape(row[0])}</li>" for row in rows) + "</ul>")
    st.code(draft.command(base.name, desk_changes.drafts()), language=None, wrap_lines=True)
    st.download_button(
        say("Download the scenario (TOML)"), changed.to_toml(say), f"{changed.name}.toml", "application/toml",
        on_click="ignore", key="toml",
    )  # fmt: skip
