"""`jinlv plan`: articles and measures of the plan, who leads them, what each becomes, which act or wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import JsonOption, LangOption, Session, session_of
from app.wording import mark, word_error
from model.errors import InputError
from scenarios.numerals import ALLOWED, article_number, measure_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.registry import Article, Measure

HELP = mark(
    "The plan: articles, measures, lead departments, the lever each becomes, and whether it acts yet."
)


def plan(
    ctx: typer.Context,
    article: Annotated[
        str | None, typer.Argument(help=mark("Article or measure, as 7, A07 or A07-10."))
    ] = None,
    prove: Annotated[
        bool, typer.Option("--coverage", help=mark("Prove that every clause has a measure."))
    ] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    from app.cli.plan_article import record, show_article
    from scenarios import registry

    session = session_of(ctx)
    if prove:
        return _coverage(session, as_json)
    if article is None:
        _overview(session, registry.articles(), registry.measures(), as_json)
        return 0
    number = article_number(article)
    chosen = next((one for one in registry.articles() if one.number == number), None)
    if chosen is None:
        raise InputError("article_unknown", field="ARTICLE", allowed=ALLOWED, values=(article,))
    measures = [one for one in registry.measures() if one.article == number]
    if identity := measure_id(article):
        _measure(session, identity, measures, as_json)
    elif as_json:
        session.emit([record(one) for one in measures])
    else:
        show_article(session, chosen, measures)
    return 0


def _measure(session: Session, identity: str, measures: Sequence[Measure], as_json: bool) -> None:
    """Print one measure of an article in full; raise InputError if the article has none of that number."""
    from app.cli.plan_article import record, show_measure

    named = {one.id: one for one in measures}
    if identity not in named:
        allowed = f"{measures[0].id}..{measures[-1].id}" if measures else ""
        raise InputError("measure_unknown", field="ARTICLE", allowed=allowed, values=(identity,))
    if as_json:
        session.emit(record(named[identity]))
    else:
        show_measure(session, named[identity])


def _overview(
    session: Session, articles: Sequence[Article], measures: Sequence[Measure], as_json: bool
) -> None:
    """Print every article with the number of its measures by standing."""
    from app.cli.plan_article import ACTS, NO_LEVER, WAITS, record, standing

    found: dict[int, list[str]] = {one.number: [] for one in articles}
    for measure in measures:
        found[measure.article].append(standing(measure))
    if as_json:
        session.emit([record(measure) for measure in measures])
        return
    heads = (mark("Article"), mark("Title"), mark("Measures"), mark("Act"), mark("Wait"), mark("No lever"))
    table = session.table(mark("The plan"), *heads)
    for one in articles:
        kinds = found[one.number]
        counts = (len(kinds), *(kinds.count(kind) for kind in (ACTS, WAITS, NO_LEVER)))
        table.add_row(str(one.number), one.zh if session.lang == "zh" else one.en, *map(str, counts))
    kinds = [kind for group in found.values() for kind in group]
    totals = (len(kinds), *(kinds.count(kind) for kind in (ACTS, WAITS, NO_LEVER)))
    table.add_row("", session.say("All"), *map(str, totals))
    session.out.print(table)


def _coverage(session: Session, as_json: bool) -> int:
    """Print the proof that every clause is covered; return 1 if it fails."""
    from app.cli.listing import as_record
    from scenarios.coverage import coverage

    found = coverage()
    faults = [word_error(fault, session.lang) for fault in found.faults]
    if as_json:
        session.emit({**as_record(found), "faults": faults})
    else:
        say = session.say
        line = (
            f"{say('clauses covered')} {found.covered}/{found.clauses} · {say('measures')} {found.measures}"
        )
        typer.echo(f"{line} · {say('with a lever')} {found.acting}")
    for fault in faults:
        typer.echo(fault, err=True)
    return 1 if found.faults else 0
