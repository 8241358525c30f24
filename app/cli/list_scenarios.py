"""`jinlv scenarios`: list the shipped scenarios, or explain one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.session import KEY, JsonOption, LangOption, Session, session_of
from app.wording import mark

if TYPE_CHECKING:
    from scenarios import Scenario

HELP = mark("List the shipped scenarios, or explain one.")
CALENDARS = {"announced": mark("as announced"), "renewed": mark("renewed to 2030")}
BASES = {
    "no_plan": mark("what was known before the plan"),
    "current": mark("what is known to be done"),
    "plan": mark("the plan"),
}


def scenarios(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help=mark("Scenario name or file."))] = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    from rich.text import Text

    from scenarios import load, names

    session = session_of(ctx)
    if name is not None:
        _one(session, load(name, folder=Path()), as_json)
        return
    shipped = [load(name) for name in names()]
    if as_json:
        session.emit([{"name": one.name, "label": dict(one.label)} for one in shipped])
        return
    table = session.table(mark("Scenarios"), mark("Name"), mark("Label"))
    for one in shipped:
        table.add_row(Text(one.name), Text(one.label[session.lang]))
    session.out.print(table)


def _one(session: Session, chosen: Scenario, as_json: bool) -> None:
    """Print what a scenario is and which levers it moves."""
    from rich.text import Text

    found = _described(session, chosen)
    if as_json:
        session.emit(found)
        return
    say = session.say
    rows = {
        mark("Label"): chosen.label[session.lang],
        mark("About"): chosen.about.get(session.lang, ""),
        mark("Extends"): " → ".join(chosen.chain),
        mark("Levels of"): say(BASES[chosen.base.levels]),
        mark("National calendar"): say(CALENDARS[chosen.calendar]),
        mark("Articles left out"): ", ".join(map(str, chosen.without_articles)),
        mark("Changes"): "\n".join(change.label[session.lang] for change in chosen.changes),
        mark("Assumed of the world"): "\n".join(f"{one.key} = {one.text}" for one in chosen.assumptions),
    }
    table = session.table(chosen.name, mark("Field"), mark("Value"))
    for head, value in rows.items():
        if value:
            table.add_row(Text(say(head)), Text(value))
    session.out.print(table)
    _levers(session, found["levers"])


def _described(session: Session, chosen: Scenario) -> dict[str, Any]:
    """Return a scenario as a JSON object: what it is, and its acting levers beside those of no_plan."""
    from model.data.levers import levers
    from model.data.months import LAST_YEAR, december
    from model.institutions.fold import ACTING
    from scenarios.levels import base_levels
    from scenarios.scenario import Base

    last = december(LAST_YEAR)
    rows = []
    for lever in ACTING:
        without = base_levels(lever, Base("no_plan")).ordered
        levels = base_levels(lever, chosen.base, chosen.without_articles).ordered
        ordered = {str(year): float(levels[december(year)]) for year in (2025, LAST_YEAR)}
        rows.append(
            {
                "lever": lever,
                "unit": levers()[lever].unit,
                "no_plan": float(without[last]),
                "levels": ordered,
                "changed": any(change.lever == lever for change in chosen.changes),
            }
        )
    return {
        "name": chosen.name,
        "label": dict(chosen.label),
        "about": dict(chosen.about),
        "extends": list(chosen.chain),
        "base": chosen.base.levels,
        "calendar": chosen.calendar,
        "without": list(chosen.without_articles),
        "changes": [change.label for change in chosen.changes],
        "assumptions": {one.key: one.text for one in chosen.assumptions},
        "levers": rows,
    }


def _levers(session: Session, rows: list[dict[str, Any]]) -> None:
    """Print the acting levers of a scenario, before its changes."""
    from rich.text import Text

    from model.data.levers import levers

    heads = (KEY, mark("Label"), mark("Unit"), mark("Without the plan 2030"), "2025", "2030")
    table = session.table(mark("Levers that act, before changes"), *heads)
    for row in rows:
        star = " ∆" if row["changed"] else ""
        label = levers()[row["lever"]].label[session.lang] + star
        numbers = (f"{row['no_plan']:g}", *(f"{level:g}" for level in row["levels"].values()))
        cells = (row["lever"], label, session.text(row["unit"]), *numbers)
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    if any(row["changed"] for row in rows):
        session.out.print(Text(session.say("∆ changed: see jinlv scenario show NAME")))
