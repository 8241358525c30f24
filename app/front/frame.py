"""What every page has: its look, the side bar with the pages and the language, the visitor's session."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.cli.labels import Labels, labels_for
from app.cli.session import Session
from app.front.html import paragraph
from app.wording import LANGUAGES, mark

OUT = "JINLV_APP_OUT"
"""Variable that names the folder of run folders; default: runs."""
LANG, PAGE = "lang", "page"
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
NAMES = {
    "standing": mark("Where we stand"),
    "desk": mark("Scenario desk"),
    "matters": mark("What matters"),
    "plan": mark("The plan"),
}
SUBTITLE = mark("Shanxi's green consumption to 2030, household by household")
DISCLAIMER = mark("Simulation results, not a forecast")


def language() -> str:
    """Return the language of the address, else of the visitor's browser."""
    asked = st.query_params.get(LANG) or st.session_state.get(LANG)
    if asked not in LANGUAGES:
        asked = "zh" if str(st.context.locale or "").lower().startswith("zh") else "en"
    st.session_state[LANG] = asked
    return str(asked)


def session() -> Session:
    """Return the wording of the visitor's language."""
    return Session(language())


def labels(words: Session, region: str = "shanxi") -> Labels:
    """Return name -> label of indicators, levers, places and groups, in a language."""
    return _labels(words.lang, region)


@st.cache_resource(show_spinner=False)
def _labels(lang: str, region: str) -> Labels:
    return labels_for(Session(lang), [], region)


def visitor() -> str:
    """Return the id of the visitor's session."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def out() -> Path:
    """Return the folder of run folders."""
    return Path(os.environ.get(OUT) or "runs")


def dress() -> None:
    """Put the style sheet into the page."""
    style = Path(__file__).with_name("look.css").read_text(encoding="utf-8")
    st.html(f"<style>{style}</style>")


def page_asked(known: tuple[str, ...]) -> str:
    """Return the page of the address, the first one if it names none."""
    asked = st.query_params.get(PAGE)
    return asked if asked in known else known[0]


def side_bar(words: Session, here: str) -> None:
    """Draw brand, pages, the language and how far results may be trusted."""
    say = words.say
    with st.sidebar:
        st.html(f'<div class="brand">晋绿 jinlv<small>{escape(say(SUBTITLE))}</small></div>')
        with st.container(key="pages", gap="xxsmall"):
            for name, label in NAMES.items():
                kind: Literal["primary", "tertiary"] = "primary" if name == here else "tertiary"
                if st.button(say(label), key=f"go-{name}", type=kind, width="stretch"):
                    st.query_params.from_dict({PAGE: name, LANG: words.lang})
                    st.rerun()
        chosen = st.segmented_control(
            "语言 / Language", list(LANGUAGE_NAMES), default=words.lang, key=f"language-{words.lang}",
            format_func=LANGUAGE_NAMES.__getitem__, required=True,
        )  # fmt: skip
        if chosen and chosen != words.lang:
            st.session_state[LANG] = chosen
            st.query_params.from_dict({PAGE: here, LANG: chosen})
            st.rerun()
        st.html(paragraph(say(DISCLAIMER), "small") + paragraph(_version(words), "small"))


def _version(words: Session) -> str:
    from importlib.metadata import version

    from experiments.store import packages_hash

    fingerprint = words.told(words.say("code and data"), packages_hash()[:12])
    return f"jinlv {version('jinlv')} · {fingerprint}"


def heading(title: str, lead: str) -> None:
    """Draw the title of a page and what it is for."""
    st.html(f"<h1>{escape(title)}</h1>" + paragraph(lead, "lead"))


def show(markup: str) -> None:
    """Draw markup if there is any."""
    if markup:
        st.html(markup)


def chart(figure: dict[str, Any], key: str, told: str) -> None:
    """Draw a chart; `told` says in words what it shows."""
    config = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
    st.plotly_chart(figure, theme=None, key=key, config=config, alt=told)


def chooser(label: str, options: list[Any], key: str, **more: Any) -> Any:
    """Return one of a few options, drawn side by side; one is always chosen."""
    return st.segmented_control(label, options, key=key, required=True, **more)
