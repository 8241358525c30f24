"""`jinlv scenario diff`: in what two scenarios differ, policy apart from the world."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.listing import as_record
from app.cli.session import JsonOption, LangOption, Session, session_of
from app.wording import mark

if TYPE_CHECKING:
    from scenarios.comparing import Difference

HELP = mark("Show in what two scenarios differ: policy, and apart from it the world.")
PARTS = {"policy": mark("policy"), "world": mark("world")}
OTHERS = {"without": mark("articles left out"), "calendar": mark("national calendar")}
CALENDARS = {"announced": mark("as announced"), "renewed": mark("renewed to 2030")}
WAITS = mark("waits")
TERMS = {
    "cap": mark("at most {value} CNY each"),
    "price_ceiling": mark("for prices up to {value} CNY"),
    "budget": mark("budget {value} CNY a year"),
    "requires": mark("for those who hand in an old one"),
}
TERM = re.compile(r" (cap|price_ceiling|budget|requires) (\S+)")
LONGEST_HEAD = 30
"""A longer label gives way to the name."""


def diff(
    ctx: typer.Context,
    one: Annotated[str, typer.Argument(help=mark("Scenario name or file."))],
    other: Annotated[str, typer.Argument(help=mark("Scenario name or file."))],
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    import scenarios

    session = session_of(ctx)
    first, second = (scenarios.load(name, folder=Path()) for name in (one, other))
    found = scenarios.diff(first, second)
    if as_json:
        session.emit([as_record(row) for row in found])
        return
    from rich.text import Text

    if not found:
        session.out.print(Text(session.say("The two scenarios are alike.")))
        return
    table = session.table("", mark("Part"), mark("What"))
    for scenario in (first, second):
        label = scenario.label[session.lang]
        table.add_column(Text(label if len(label) <= LONGEST_HEAD else scenario.name), overflow="fold")
    for row in found:
        cells = (session.say(PARTS[row.part]), what(session, row), told(session, row.first))
        table.add_row(*(Text(cell) for cell in (*cells, told(session, row.second))))
    session.out.print(table)


def what(session: Session, row: Difference) -> str:
    """Return what differs in words: a lever with unit and places, a series, articles or the calendar."""
    from model.data.levers import levers
    from model.institutions.fold import ACTING
    from scenarios.settings import assumption_label, world

    if row.what in OTHERS:
        return session.say(OTHERS[row.what])
    if row.part == "world":
        label = assumption_label(row.what)
        unit = session.text(label["unit"]) if row.what in world() else ""
        return session.listed(label[session.lang], *filter(None, [unit]))
    lever = levers()[row.what]
    parts = [lever.label[session.lang], session.text(lever.unit)]
    parts += [] if row.what in ACTING else [session.say(WAITS)]
    return session.listed(*parts, *(_selector(session, name) for name in row.where))


def _selector(session: Session, name: str) -> str:
    """Return a place, a group or an option of a change in words."""
    from app.cli.cells import OPTIONS
    from app.cli.labels import GROUPS, PLACES
    from scenarios.places import place_label

    if name in GROUPS or name in PLACES:
        return session.say({**GROUPS, **PLACES}[name])
    if name in OPTIONS:
        return session.say(OPTIONS[name])
    label = place_label(name)[session.lang]
    return label.strip() or name


def told(session: Session, text: str) -> str:
    """Return how a scenario has it; a dash where it does not."""
    if text in CALENDARS:
        return session.say(CALENDARS[text])
    return TERM.sub(lambda found: _term(session, *found.groups()), text) or "–"


def _term(session: Session, name: str, value: str) -> str:
    """Return a term of a change in words."""
    words = session.say(TERMS[name])
    return "; " + words.format(value=f"{float(value):,.0f}") if name != "requires" else "; " + words
