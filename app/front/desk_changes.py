"""The left side of the desk: the base scenario, and one card for each lever that is changed."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

import scenarios
from app.cli.lever_page import BASES, december_levels
from app.cli.session import Session
from app.front import draft, frame
from app.front.draft import Draft
from app.front.html import facts, heading, paragraph
from app.wording import mark
from model.data.levers import Lever, levers
from model.institutions.fold import BY_GROUP
from scenarios.places import GROUP_NAMES, cities, place_label

DRAFTS, NUMBER, BASE = "drafts", "next-draft", "desk-base"
QUALITIES = {
    "assumed": mark("assumed"),
    "retrieved": mark("retrieved"),
    "derived": mark("derived"),
    "recalled": mark("recalled"),
}
TODAY = mark("December 2025 → December 2030")
SHANXI = "14"
"""First digits of the codes of Shanxi's cities."""


def drafts() -> list[Draft]:
    """Return the changes of this session."""
    found: list[Draft] = st.session_state.setdefault(DRAFTS, [])
    return found


def base_of(words: Session) -> str:
    """Draw the choice of the base scenario and return its name."""
    names = list(scenarios.names())
    known = {name: scenarios.load(name).label[words.lang] for name in names}
    before = st.session_state.get(BASE, draft.BASE)
    chosen = st.selectbox(
        words.say("Start from"),
        names,
        index=names.index(before),
        format_func=known.__getitem__,
        key=f"{BASE}-{words.lang}",
    )
    st.session_state[BASE] = chosen
    return chosen


def adder(words: Session, base: str) -> None:
    """Draw the choice of another lever to change: theme, lever, button."""
    say, themes = words.say, draft.themes()
    left, right = st.columns([2, 3])
    theme = left.selectbox(
        say("Theme"),
        list(themes),
        format_func=words.text,
        key=f"theme-{words.lang}",
        index=list(themes).index("transport"),
    )
    known = {lever.key: lever for lever in themes[theme]}
    chosen = right.selectbox(
        say("Lever"),
        list(known),
        format_func=lambda key: known[key].label[words.lang],
        key=f"lever-{theme}-{words.lang}",
    )
    if st.button(say("Change this lever"), type="primary", width="stretch", key="add"):
        number = st.session_state.get(NUMBER, 1)
        st.session_state[NUMBER] = number + 1
        drafts().append(draft.started(number, known[chosen], scenarios.load(base)))
        st.rerun()


def cards(words: Session, base: str) -> None:
    """Draw every change with its controls and keep what the visitor moves."""
    for place, one in enumerate(drafts()):
        with st.container(border=True):
            moved = _card(words, one)
        if moved is None:
            del drafts()[place]
            st.rerun()
        drafts()[place] = moved


def _card(words: Session, one: Draft) -> Draft | None:
    """Draw one change; return it as it is now, None if it is to go."""
    say, lever, key = words.say, levers()[one.lever], f"{one.number}-{words.lang}"
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    row.html(heading(lever.label[words.lang]), width="content")
    if row.button("✕", key=f"away-{key}", help=say("Take this change away")):
        return None
    size, percent = draft.scale(lever), draft.scale(lever) != 1.0
    unit = words.text(lever.unit)
    shown = st.slider(
        f"{unit}（%）" if percent and words.lang == "zh" else f"{unit} (%)" if percent else unit,
        lever.min * size, lever.max * size, min(max(one.value * size, lever.min * size), lever.max * size),
        step=draft.step(lever), key=f"value-{key}", format="%g",
    )  # fmt: skip
    moved = draft.with_level(one, lever, shown)
    first, last = st.columns(2)
    months = draft.months()
    began = first.selectbox(say("From"), months, index=months.index(one.first), key=f"from-{key}")
    rest = [month for month in months if month >= began]
    ended = last.selectbox(say("To"), rest, index=rest.index(max(one.last, began)), key=f"to-{key}-{began}")
    places = st.multiselect(
        say("Places"), _places(), default=list(one.places), format_func=lambda code: _place(code, words),
        key=f"places-{key}", placeholder=say("the whole province"),
    )  # fmt: skip
    groups = list(one.groups)
    if one.lever in BY_GROUP:
        names = frame.labels(words)
        groups = st.multiselect(
            say("Income groups"), list(GROUP_NAMES), default=groups, format_func=names.__getitem__,
            key=f"groups-{key}", placeholder=say("all households"),
        )  # fmt: skip
    with st.expander(say("About this lever")):
        frame.show(about(words, lever))
    return replace(moved, first=began, last=ended, places=tuple(places), groups=tuple(groups))


def about(words: Session, lever: Lever) -> str:
    """Return range, unit, kind, articles, what happens today, quality and source of a lever."""
    say = words.say
    size = draft.scale(lever)
    unit = "%" if size != 1.0 else words.text(lever.unit)
    paths = []
    for name in BASES:
        found = december_levels(lever.key, name)
        told = f"{found['2025'] * size:g} → {found['2030'] * size:g}"
        paths.append((scenarios.load(name).label[words.lang], told))
    articles = ("、" if words.lang == "zh" else ", ").join(str(one) for one in lever.articles)
    facts_told = [
        (say("Kind"), words.text(lever.kind)),
        (say("Range"), f"{lever.min * size:g} – {lever.max * size:g} {unit}"),
        (say("Articles"), articles),
        (say("Quality"), say(QUALITIES[lever.quality])),
    ]
    today = paragraph(words.told(say("What happens today and after"), say(TODAY)), "small")
    source = paragraph(words.told(say("Source"), words.text(lever.source)), "small")
    return facts(facts_told) + today + facts(paths) + source


def _places() -> list[str]:
    """Return the selectors of places: town, country, cities, and their parts."""
    codes = [code for code in cities() if code.startswith(SHANXI)]
    return ["*.urban", "*.rural", *codes, *(f"{code}.{part}" for code in codes for part in cities()[code])]


def _place(selector: str, words: Session) -> str:
    label = place_label(selector)[words.lang]
    return (
        words.say("all towns")
        if selector == "*.urban"
        else words.say("all villages")
        if selector == "*.rural"
        else label
    )
