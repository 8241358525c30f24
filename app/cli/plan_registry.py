"""`jinlv plan`: articles and measures of the plan, who leads them, what each becomes, which act or wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.session import JsonOption, LangOption, Session, session_of
from app.wording import mark
from model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenarios.registry import Article, Measure

HELP = mark(
    "The plan: articles, measures, lead departments, the lever each becomes, and whether it acts yet."
)
ACTS, WAITS, NO_LEVER = mark("acts"), mark("waits for its part of the model"), mark("moves no lever")


def plan(
    ctx: typer.Context,
    article: Annotated[str | None, typer.Argument(help=mark("Number of an article, 1 to 27."))] = None,
    prove: Annotated[
        bool, typer.Option("--coverage", help=mark("Prove that every clause has a measure."))
    ] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> int:
    from scenarios import registry

    session = session_of(ctx)
    if prove:
        return _coverage(session, as_json)
    articles = {str(one.number): one for one in registry.articles()}
    if article is None:
        _overview(session, registry.articles(), registry.measures(), as_json)
    elif article in articles:
        chosen = [measure for measure in registry.measures() if str(measure.article) == article]
        _article(session, articles[article], chosen, as_json)
    else:
        raise InputError("article_unknown", field="ARTICLE", allowed=f"1..{len(articles)}", values=(article,))
    return 0


def standing(measure: Measure) -> str:
    """Return whether a measure acts on a decision, waits for its part of the model, or moves no lever."""
    from model.institutions.fold import ACTING
    from scenarios.registry import NO_LEVER as NONE
    from scenarios.registry import share_of

    if measure.lever == NONE or not share_of(measure):
        return NO_LEVER
    return ACTS if measure.lever in ACTING and not measure.waits else WAITS


def lever_name(measure: Measure) -> str:
    """Return the lever of a measure, a dash if it moves none."""
    return "–" if standing(measure) == NO_LEVER else measure.lever


def _record(measure: Measure) -> dict[str, object]:
    """Return a measure as a JSON object with its standing."""
    from app.cli.listing import as_record

    words = {ACTS: "acts", WAITS: "waits", NO_LEVER: "no lever"}
    return {**as_record(measure), "standing": words[standing(measure)]}


def _overview(
    session: Session, articles: Sequence[Article], measures: Sequence[Measure], as_json: bool
) -> None:
    """Print every article with the number of its measures by standing."""
    found: dict[int, list[str]] = {one.number: [] for one in articles}
    for measure in measures:
        found[measure.article].append(standing(measure))
    if as_json:
        session.emit([_record(measure) for measure in measures])
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


def _article(session: Session, article: Article, measures: Sequence[Measure], as_json: bool) -> None:
    """Print the measures of one article."""
    from rich.text import Text

    if as_json:
        session.emit([_record(measure) for measure in measures])
        return
    title = article.zh if session.lang == "zh" else article.en
    head = session.say("Article {number}").format(number=article.number)
    session.out.print(Text(f"{head}  {title}", style="bold"))
    if not measures:
        session.out.print(Text(session.text(article.text)))
        return
    heads = (mark("Measure"), mark("Text"), mark("Lead departments"), mark("Lever"), mark("Standing"))
    table, joint = session.table("", *heads), "、" if session.lang == "zh" else ", "
    for one in measures:
        text = one.keywords if session.lang == "zh" else one.en
        leads = joint.join(session.text(name) for name in one.departments)
        cells = (one.id, text, leads, lever_name(one), session.say(standing(one)))
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _coverage(session: Session, as_json: bool) -> int:
    """Print the proof that every clause is covered; return 1 if it fails."""
    from app.cli.listing import as_record
    from scenarios.registry import coverage

    found = coverage()
    if as_json:
        session.emit(as_record(found))
    else:
        say = session.say
        line = (
            f"{say('clauses covered')} {found.covered}/{found.clauses} · {say('measures')} {found.measures}"
        )
        typer.echo(f"{line} · {say('with a lever')} {found.acting}")
    for fault in found.faults:
        typer.echo(f"jinlv: {fault}", err=True)
    return 1 if found.faults else 0
