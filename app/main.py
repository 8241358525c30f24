"""The front end: which pages there are. `jinlv app` opens it.

The page stands in the address as `?page=desk&lang=zh`, not as a path: Streamlit's browser code asks paths for
files that are not there before it finds the server.
"""

from __future__ import annotations

import streamlit as st

from app.front import frame
from app.front.pool import pool
from app.views import desk, matters, plan_text, standing

VIEWS = {"standing": standing.page, "desk": desk.page, "matters": matters.page, "plan": plan_text.page}


def main() -> None:
    """Draw the page that the address names."""
    words, here = frame.session(), frame.page_asked(tuple(VIEWS))
    title = f"{words.say(frame.NAMES[here])} · 晋绿 jinlv"
    st.set_page_config(page_title=title, layout="wide", initial_sidebar_state="auto")
    pool().warm()
    frame.dress()
    frame.side_bar(words, here)
    VIEWS[here]()


if __name__ == "__main__":
    main()
