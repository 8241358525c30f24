"""What a run takes for true about the world, on a terminal: in all of its scenarios or in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli.labels import Labels
from app.cli.session import Session

STYLE = "yellow"


def show_assumed(session: Session, summary: Mapping[str, Any], labels: Labels) -> None:
    """Print the assumptions that all scenarios share, then those of single ones."""
    names = summary["scenarios"]
    assumed_in = summary.get("assumed_in") or {}
    assumed = {name: [(one["key"], one["text"]) for one in assumed_in.get(name, ())] for name in names}
    shared = [one for one in assumed[names[0]] if all(one in assumed[name] for name in names)]
    told = [(session.say("assumed in all scenarios"), shared)]
    for name in names:
        own = [one for one in assumed[name] if one not in shared]
        told.append((f"{session.say('assumed in')} {labels.scenario(name)}", own))
    for head, ones in told:
        if ones:
            listed = session.listed(*(_words(session, *one) for one in ones))
            session.out.print(Text(session.told(head, listed), style=STYLE))


def _words(session: Session, key: str, text: str) -> str:
    """Return an assumption: what, and its value as typed."""
    from scenarios.settings import assumption_label

    return f"{assumption_label(key)[session.lang]} {text}"
