"""What `jinlv plan` shows of one article or one measure: who leads it, its instrument and its force."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from app.cli import figures
from app.cli.session import KEY, Session
from app.wording import mark
from model.data.indicators import indicators
from model.data.levers import levers
from model.institutions.fold import ACTING

if TYPE_CHECKING:
    from scenarios.registry import Article, Instrument, Measure
    from scenarios.strength import Strength

ACTS, WAITS, NO_LEVER = mark("acts"), mark("waits for its part of the model"), mark("moves no lever")
NONE = "–"
TARGET_YEARS = (2025, 2030)
NOTE = mark(
    "Force: what the plan's path of this lever alone adds to a province without the plan; median and 90 % of "
    "{n} replicates of {households} households, version {version}; of the whole lever, not of one article."
)


def standing(measure: Measure) -> str:
    """Return whether a measure acts on a decision, waits for its part of the model, or moves no lever."""
    from scenarios.registry import NO_LEVER as NOTHING
    from scenarios.registry import share_of

    if measure.lever == NOTHING or not share_of(measure):
        return NO_LEVER
    return ACTS if measure.lever in ACTING and not measure.waits else WAITS


def lever_name(measure: Measure) -> str:
    """Return the lever of a measure, a dash if it moves none."""
    return NONE if standing(measure) == NO_LEVER else measure.lever


def record(measure: Measure) -> dict[str, object]:
    """Return a measure as a JSON object with standing, instrument, levels and force."""
    from app.cli.listing import as_record
    from scenarios.strength import strengths

    words = {ACTS: "acts", WAITS: "waits", NO_LEVER: "no lever"}
    found = {**as_record(measure), "standing": words[standing(measure)], "instrument": None, "force": []}
    if one := instrument_of(measure):
        found["instrument"] = {
            "id": one.id,
            "share": [one.share.numerator, one.share.denominator],
            "levels": {str(year): list(pair) for year, pair in target_levels(one.lever).items()},
        }
        found["force"] = [as_record(row) for row in strengths().get(one.lever, ())]
    return found


def instrument_of(measure: Measure) -> Instrument | None:
    """Return the instrument that a measure belongs to, None for one without a lever."""
    from scenarios.registry import instruments

    return next((one for one in instruments() if measure.id in one.measures), None)


def target_levels(lever: str) -> dict[int, tuple[float, float]]:
    """Return target year -> level of a lever in December without the plan and with it in full."""
    from model.data.months import december
    from scenarios.levels import base_levels
    from scenarios.scenario import Base

    found = base_levels(lever, Base("plan"))
    return {
        year: (float(found.no_plan[december(year)]), float(found.ordered[december(year)]))
        for year in TARGET_YEARS
    }


def show_article(session: Session, article: Article, measures: Sequence[Measure]) -> None:
    """Print the measures of an article, then its instruments."""
    title = article.zh if session.lang == "zh" else article.en
    head = session.say("Article {number}").format(number=article.number)
    session.out.print(Text(f"{head}  {title}", style="bold"))
    if not measures:
        session.out.print(Text(session.text(article.text)))
        return
    heads = (mark("Measure"), mark("Text"), mark("Lead departments"), mark("Lever"), mark("Standing"))
    table = session.table("", *heads)
    for one in measures:
        cells = (one.id, _words(session, one), _leads(session, one), lever_name(one))
        table.add_row(*(Text(cell) for cell in (*cells, session.say(standing(one)))))
    session.out.print(table)
    show_instruments(session, measures)


def show_instruments(session: Session, measures: Sequence[Measure]) -> None:
    """Print what the measures make of levers: share of the increment, levels of 2030, force on indicators."""
    found = {one.id: one for one in map(instrument_of, measures) if one is not None and one.share}
    if not found:
        return
    heads = (KEY, mark("Kind"), mark("Share of the lever"), mark("Level without → with the plan"))
    table = session.table(mark("Instruments"), *heads, mark("Force of the whole lever"))
    for one in found.values():
        lever = levers()[one.lever]
        path = "\n".join(f"{year}: {a:g} → {b:g}" for year, (a, b) in target_levels(one.lever).items())
        share = (
            f"{one.share.numerator}/{one.share.denominator}" if one.share != 1 else session.say("all of it")
        )
        level = f"{path}\n{session.text(lever.unit)}"
        table.add_row(
            *(
                Text(cell)
                for cell in (one.id, session.text(lever.kind), share, level, _force(session, one.lever))
            )
        )
    session.out.print(table)
    _note(session, [one.lever for one in found.values()])


def _force(session: Session, lever: str) -> str:
    """Return what a lever alone moves, one line for each indicator and year, a dash where it is not known."""
    from scenarios.strength import strengths

    return "\n".join(_one_force(session, row) for row in strengths().get(lever, ())) or NONE


def _one_force(session: Session, row: Strength) -> str:
    known = indicators()[row.indicator]
    moved = figures.difference(row.effect, known.unit, session.say)
    span = figures.interval(row.low, row.high, known.unit)
    return f"{session.told(f'{known.label[session.lang]} {row.year}', moved)} {span}".rstrip()


def _note(session: Session, shown: Sequence[str]) -> None:
    """Print what the force is and how it was measured, if any is shown."""
    from scenarios.strength import strengths

    rows = [row for lever in shown for row in strengths().get(lever, ())]
    if rows:
        one = rows[0]
        text = session.say(NOTE).format(n=one.replicates, households=one.households, version=one.version)
        session.out.print(Text(text))


def show_measure(session: Session, measure: Measure) -> None:
    """Print one measure in full."""
    from scenarios.registry import reasons

    known = indicators().get(measure.indicator)
    rows = {
        mark("Text"): _words(session, measure),
        mark("Article"): str(measure.article),
        mark("Lead departments"): _leads(session, measure),
        mark("Lever"): _lever(session, measure),
        mark("Standing"): session.say(standing(measure)),
        mark("Indicator"): known.label[session.lang] if known else "",
        mark("Target in the text"): measure.target
        if session.lang == "zh" or measure.target.isascii()
        else "",
        mark("Reason"): reasons()[measure.reason][session.lang] if measure.reason else "",
    }
    table = session.table(measure.id, mark("Field"), mark("Value"))
    for name, value in rows.items():
        if value:
            table.add_row(Text(session.say(name)), Text(value))
    session.out.print(table)
    show_instruments(session, [measure])


def _lever(session: Session, measure: Measure) -> str:
    name = lever_name(measure)
    return name if name == NONE else session.listed(levers()[name].label[session.lang], name)


def _words(session: Session, measure: Measure) -> str:
    return measure.keywords if session.lang == "zh" else measure.en


def _leads(session: Session, measure: Measure) -> str:
    joint = "、" if session.lang == "zh" else ", "
    return joint.join(session.text(name) for name in measure.departments)
