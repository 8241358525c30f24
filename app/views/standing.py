"""Where we stand: goals of 2025 and 2030 in three scenarios, and every series beside what was observed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.cli.labels import Labels
from app.cli.session import Session
from app.front import frame, full, goals, progress
from app.front.html import heading, paragraph, warning
from app.front.pool import pool
from app.front.trust import banner
from app.front.work import Digest
from app.page import drawings
from app.page.findings import series_finding
from app.page.results import Results
from app.page.tables import series_name
from app.wording import mark

SCENARIOS = ("no_plan", "current", "plan")
YEARS = ("2025", "2030")
LEAD = mark(
    "Goals of the plan in three provinces that differ only in policy: without the plan, with the measures in "
    "force, and with the plan carried out in full."
)
FIRST_TIME = mark("The three scenarios are simulated once; later visits read the result.")
CARDS = mark(
    "Each card: the median of the chosen scenario, and on the strip all three beside the target (|)."
)
SERIES = mark("Lines are medians, the band belongs to the plan in full; dots are observed figures.")
FIRST_CHARTS = ("nev_new_sales_share", "nev_stock", "public_chargers", "electricity_per_head")


def page() -> None:
    """Draw the page."""
    words = frame.session()
    frame.heading(words.say(frame.NAMES["standing"]), words.say(LEAD))
    try:
        job = full.ask(pool(), full.request(SCENARIOS), frame.out(), frame.visitor())
    except Exception as error:
        frame.show(warning(progress.fault(words, error)))
        return
    if not job.finished.is_set():
        st.html(paragraph(words.say(FIRST_TIME), "small"))
        progress.watch(job, "standing")
        return
    if not progress.failed(words, job):
        _results(words, job.answer[0])


def _results(words: Session, found: Digest) -> None:
    """Draw goals and series of a run folder."""
    names, results = frame.labels(words), _read(found.folder, found)
    frame.show(banner(words, found.summary))
    labels = {name: found.summary["labels"][name][words.lang] for name in SCENARIOS}
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        focus = frame.chooser(
            words.say("Scenario"),
            list(SCENARIOS),
            f"focus-{words.lang}",
            default="plan",
            format_func=labels.__getitem__,
        )
    with right:
        year = frame.chooser(words.say("Year"), list(YEARS), f"year-{words.lang}", default="2030")
    chosen = [goal for goal in found.summary["goals"] if str(goal["year"]) == year]
    met = sum(1 for goal in chosen if goal["scenarios"][focus]["met"])
    st.subheader(words.say("Goals of {year}: {met} of {all} met").format(year=year, met=met, all=len(chosen)))
    st.html(paragraph(words.say(CARDS), "small"))
    frame.show(goals.cards(words, names, chosen, focus, labels))
    with st.expander(words.say("All goals as a table")):
        frame.show(goals.goals_table(words, names, found.summary["goals"], labels))
    _series(words, names, results)


def _series(words: Session, names: Labels, results: Results) -> None:
    """Draw the chosen series, then the first ones."""
    st.subheader(words.say("Year by year, beside what was observed"))
    st.html(paragraph(words.say(SERIES), "small"))
    keys = [f"{indicator}@{place}" for indicator, place in results.shown]
    spoken = {key: series_name(results.words, *key.split("@")).of(words.lang) for key in keys}
    first = [f"{name}@all" for name in FIRST_CHARTS if f"{name}@all" in spoken]
    chosen = st.multiselect(
        words.say("Series"), keys, default=first, key=f"series-{words.lang}",
        format_func=spoken.__getitem__, placeholder=words.say("Choose series"),
    )  # fmt: skip
    columns = st.columns(2, gap="large")
    for k, key in enumerate(chosen):
        indicator, place = key.split("@")
        told = series_finding(results, indicator, place).of(words.lang)
        with columns[k % 2]:
            frame.show(heading(spoken[key]))
            frame.chart(
                half(drawings.fan(results, indicator, place)[words.lang]), f"fan-{key}-{words.lang}", told
            )
            st.html(paragraph(told, "small"))


def half(figure: dict[str, Any]) -> dict[str, Any]:
    """Return a fan chart for half of the page: years farther apart, labels level, the key below them."""
    made = figure["layout"]
    made["xaxis"] |= {"dtick": "M48", "tickangle": 0}
    made["legend"] |= {"y": -0.16}
    made["height"] = 400
    return figure


@st.cache_resource(show_spinner=False, max_entries=8)
def _read(folder: str, _found: Digest) -> Results:
    return Results(_found.summary, _found.tables)
