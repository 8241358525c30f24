"""What `jinlv levers NAME` adds to the row of a lever: paths, terms, delivery, measures, a line to copy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli.cells import options_text
from app.cli.session import Session
from app.wording import mark
from model.data.levers import levers
from model.data.months import LAST_YEAR, PLAN_ISSUED, december, month_text
from model.institutions.fold import ACTING, BY_GROUP, GRANTED, delivery_constants
from scenarios.levels import base_levels
from scenarios.paths import paths
from scenarios.registry import measures
from scenarios.scenario import Base

BASES = ("no_plan", "current", "plan")
YEARS = (2022, 2023, 2024, 2025, 2027, LAST_YEAR)
FROM = "2026-01"
PLACES = {"driving_limit": mark("cities with a driving limit")}
PRICED = ("pricing",)


def more(session: Session, lever: str, as_json: bool) -> Mapping[str, Any]:
    """Return what is known of a lever besides its row; print it unless it is wanted as JSON."""
    found = {
        "paths": {base: december_levels(lever, base) for base in BASES},
        "basis": paths()[lever].basis,
        "terms": _terms(lever),
        "measures": [one.id for one in measures() if one.lever == lever],
        "set": example(lever) if lever in ACTING else None,
    }
    if not as_json:
        _print_paths(session, lever)
        _print_terms(session, lever, found)
    return found


def december_levels(lever: str, base: str) -> dict[str, float]:
    """Return year -> level ordered in December by one of the three bases."""
    levels = base_levels(lever, Base(base)).ordered
    return {str(year): float(levels[december(year)]) for year in YEARS}


def _terms(lever: str) -> dict[str, Any]:
    """Return the terms of a lever: whom money is for and how much there is, for whom and how it comes."""
    path = paths()[lever]
    exempt = path.whole or path.kind == "market" or path.domain in PRICED
    return {
        "options": list(path.options) if lever in GRANTED else [],
        "cap": path.cap,
        "budget": path.budget,
        "places": path.places,
        "by_group": lever in BY_GROUP,
        "delivery_lag": 0 if exempt else int(delivery_constants().get(f"lag_{path.kind}", 0)),
        "limited_by_capacity": not exempt,
    }


def example(lever: str) -> str:
    """Return a setting to copy: halfway between the lever's bounds, from 2026 on."""
    path = paths()[lever]
    middle = (path.low + path.high) / 2
    level = round(middle) if path.whole or path.high >= 10 else round(middle, 2)
    return f"{lever}={level:g}@{FROM}..{month_text(december(LAST_YEAR))}"


def _print_paths(session: Session, lever: str) -> None:
    """Print the levels of the three bases each December."""
    from scenarios import load

    unit = session.text(levers()[lever].unit)
    title = session.told(session.say("Levels ordered in December"), unit)
    table = session.table(title, mark("Scenario"), *map(str, YEARS))
    for base in BASES:
        cells = (
            load(base).label[session.lang],
            *(f"{one:g}" for one in december_levels(lever, base).values()),
        )
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _print_terms(session: Session, lever: str, found: Mapping[str, Any]) -> None:
    """Print where the path comes from, the terms, the delivery, the measures and the line to copy."""
    say, terms = session.say, found["terms"]
    lag = say("{months} months after the order").format(months=terms["delivery_lag"])
    rows = {
        mark("Basis of the plan's path"): say(found["basis"]),
        mark("Since"): month_text(PLAN_ISSUED),
        mark("Places of the plan's path"): say(PLACES.get(terms["places"], mark("all"))),
        mark("May differ between"): say(
            mark("places, income groups and months") if terms["by_group"] else mark("places and months")
        ),
        mark("Paid for"): options_text(session, terms["options"]),
        mark("At most a purchase, CNY"): _money(terms["cap"]),
        mark("Budget of the plan, CNY a year"): _money(terms["budget"]),
        mark("Payer"): say(mark("province")) if lever in GRANTED else "",
        mark("Comes"): lag if terms["delivery_lag"] else say(mark("at once")),
        mark("Held up by the places' capacity"): say(
            mark("yes") if terms["limited_by_capacity"] else mark("no")
        ),
        mark("Measures that use it"): " ".join(found["measures"]),
    }
    table = session.table("", mark("Field"), mark("Value"))
    for name, value in rows.items():
        if value:
            table.add_row(Text(say(name)), Text(value))
    session.out.print(table)
    if found["set"]:
        session.out.print(Text(f"{say('Try')}  jinlv run --set '{found['set']}'"))


def _money(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
