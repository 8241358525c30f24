"""A shipped study asked otherwise: in another scenario, of another outcome, in another year."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from app.cli.session import Session
from app.front import frame, studies
from app.front.outcomes import usual
from app.sensitivity_words import outcome_name
from app.wording import mark

if TYPE_CHECKING:
    from experiments.study import Study

AS_IT_IS = ""
YEARS = range(2025, 2031)
OTHERWISE = mark(
    "Another scenario, outcome or year is a question of its own: a small sample answers it here, in minutes."
)


def study_asked(words: Session, name: str) -> Study:
    """Draw scenario, outcome and year; return the study that they ask for, the shipped one if nothing is
    changed."""
    import scenarios
    from experiments.outcomes import Outcome

    own, names = studies.shipped(name), frame.labels(words)
    told = words.lang
    library = {one: scenarios.load(one).label[told] for one in scenarios.names()}
    left, middle, right = st.columns(3)
    scenario = left.selectbox(
        words.say("Scenario"), list(library), index=list(library).index(own.scenarios[0].name),
        format_func=library.__getitem__, key=f"asked-scenario-{name}-{told}",
    )  # fmt: skip
    spoken = words.joint.join(outcome_name(vars(one), names, told) for one in own.outcomes)
    indicator = middle.selectbox(
        words.say("Outcome"), [AS_IT_IS, *usual()], key=f"asked-outcome-{name}-{told}",
        format_func=lambda one: names[one] if one else spoken,
    )  # fmt: skip
    changed = (
        own if scenario == own.scenarios[0].name else replace(own, scenarios=(scenarios.load(scenario),))
    )
    if indicator:
        year = right.selectbox(
            words.say("Year"), list(YEARS), index=len(YEARS) - 1, key=f"asked-year-{name}-{told}"
        )
        changed = replace(changed, outcomes=(Outcome(indicator, f"{year}-12"),))
    return changed
