"""What matters: how much each factor moves an outcome (Sobol), from stored studies or one run here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from app.charts_sensitivity import BarWords, bars_of
from app.cli.session import Session
from app.front import export, frame, progress, studies
from app.front.asked_otherwise import OTHERWISE, study_asked
from app.front.html import paragraph, table, warning
from app.front.pool import pool
from app.front.sizes import sizes
from app.front.trust import BEFORE
from app.page.study_page import ALONE, IN_ALL, SHARE
from app.sensitivity_words import caveats, index, index_span, outcome_name, spread, trust, unknown
from app.wording import mark

if TYPE_CHECKING:
    from experiments.study import Study

LEAD = mark(
    "Of all that is uncertain or can be chosen, what does an outcome hang on? Each factor moves over its "
    "whole range; its bar is its share of the spread that results."
)
MISSING = mark("This study has not been run on this machine at full size yet: jinlv sensitivity {name}")
NEW = mark("This has not been asked on this machine yet.")
SMALL = mark("A small sample ({samples}): only the strongest factors can be told.")
OLD = mark(
    "The model has changed since this result was stored, and says something else now: run the study anew."
)
RUNNING = "studies"
Row = Mapping[str, Any]


def page() -> None:
    """Draw the page."""
    from experiments.study_reading import study_names

    words = frame.session()
    say = words.say
    frame.heading(say(frame.NAMES["matters"]), say(LEAD))
    names = list(study_names())
    known = {name: studies.shipped(name).label[words.lang] for name in names}
    chosen = frame.chooser(
        say("Question"), names, f"study-{words.lang}", default=names[0], format_func=known.__getitem__
    )
    study = study_asked(words, chosen)
    st.html(paragraph(say(OTHERWISE), "small"))
    small, own = studies.small(study), study == studies.shipped(chosen)
    found = studies.stored(chosen, frame.out()) if own else None
    found = found or studies.folder_summary(small, frame.out())
    if found is not None:
        _results(words, found)
    else:
        st.html(paragraph(say(MISSING if own else NEW).format(name=chosen), "lead"))
        _run_here(words, small)


def _run_here(words: Session, study: Study) -> None:
    """Draw the button that runs a small study here, or how far it is."""
    running = st.session_state.setdefault(RUNNING, {})
    name = "/".join([study.name, study.scenarios[0].name, *(one.text for one in study.outcomes)])
    job = running.get(name)
    if job is not None and not job.finished.is_set():
        progress.watch(job, "study", lambda: None)
        return
    if job is not None:
        progress.failed(words, job)
    text = words.say("Run a small one here: {runs} runs of {households} households")
    if st.button(
        text.format(runs=f"{study.runs:,}", households=f"{study.households:,}"), type="primary", key="study"
    ):
        try:
            running[name] = studies.ask(pool(), study, frame.out(), frame.visitor())
        except Exception as error:
            frame.show(warning(progress.fault(words, error)))
            return
        st.rerun()


def _results(words: Session, summary: Row) -> None:
    """Draw how far the study may be trusted, and each of its outcomes."""
    from html import escape

    say, names = words.say, frame.labels(words)
    size = say("{method}, {samples} samples, {distinct} different runs of {households} households")
    facts = {name: f"{summary[name]:,}" for name in ("samples", "distinct", "households")}
    told = words.joint.join(
        [
            size.format(method=summary["method"].capitalize(), **facts),
            words.told(say("scenario"), summary["scenario_label"][words.lang]),
            say(BEFORE),
            words.told(say("fingerprint"), summary["id"]),
        ]
    )
    st.html(f'<div class="banner"><b>{escape(say(frame.DISCLAIMER))}</b> · {escape(told)}</div>')
    if summary["samples"] <= sizes()["study_samples"]:
        st.html(paragraph(say(SMALL).format(samples=summary["samples"]), "lead"))
    job = studies.doubted(pool(), dict(summary), frame.visitor())
    if job is not None and job.finished.is_set() and job.error is None and not job.answer[0]:
        frame.show(warning(say(OLD)))
    outcomes = {one["outcome"]: one for one in summary["outcomes"]}
    spoken = {key: outcome_name(one, names, words.lang) for key, one in outcomes.items()}
    chosen = next(iter(outcomes))
    if len(outcomes) > 1:
        key = f"matters-{summary['id']}-{words.lang}"
        chosen = st.selectbox(say("Outcome"), list(outcomes), format_func=spoken.__getitem__, key=key)
    _outcome(words, summary, outcomes[chosen], spoken[chosen])
    for line in caveats(summary, say):
        st.html(paragraph(line, "small"))


def _outcome(words: Session, summary: Row, outcome: Row, name: str) -> None:
    """Draw bars and table of one outcome."""
    say, lang = words.say, words.lang
    if not outcome["indices"]:
        st.html(paragraph(unknown(outcome, say), "lead"))
        return
    labels = {factor["name"]: factor["label"][lang] for factor in summary["factors"]}
    told = spread(outcome, lang)
    st.html(paragraph(told, "answer"))
    bars = BarWords(say(SHARE), say(ALONE), say(IN_ALL))
    frame.chart(bars_of(outcome, labels, bars), f"bars-{outcome['outcome']}-{lang}", f"{name}. {told}")
    for line in trust(outcome, summary["samples"], say):
        st.html(paragraph(line, "small"))
    known = {factor["name"]: factor for factor in summary["factors"]}
    heads = [say("Factor"), say("Low"), say("High"), say("Unit"), say(ALONE), say(IN_ALL)]
    rows = [
        [
            labels[row["factor"]],
            f"{known[row['factor']]['low']:g}",
            f"{known[row['factor']]['high']:g}",
            words.text(known[row["factor"]]["unit"]),
            *(f"{index(row[key])} {index_span(row, key)}" for key in ("first", "total")),
        ]
        for row in outcome["indices"]
    ]
    with st.expander(say("All factors as a table")):
        frame.show(table(heads, rows))
    data = _numbers(words, outcome, known, labels)
    st.download_button(
        say("Download the table (CSV)"), data, f"jinlv-{summary['id']}.csv", "text/csv", on_click="ignore",
        key="csv",
    )  # fmt: skip


def _numbers(words: Session, outcome: Row, known: Row, labels: Mapping[str, str]) -> bytes:
    """Return the indices of an outcome as CSV, every figure a number in a cell of its own."""
    say = words.say
    ends = ((key, say(head)) for key, head in (("first", ALONE), ("total", IN_ALL)))
    heads = [say("Factor"), say("Low"), say("High"), say("Unit")]
    keys = []
    for key, head in ends:
        heads += [head, f"{head}: {say('Low')}", f"{head}: {say('High')}"]
        keys += [key, f"{key}_low", f"{key}_high"]
    rows = []
    for row in outcome["indices"]:
        factor = known[row["factor"]]
        about = [labels[row["factor"]], factor["low"], factor["high"], words.text(factor["unit"])]
        rows.append([*about, *(row.get(key) for key in keys)])
    return export.csv_of(heads, rows)
