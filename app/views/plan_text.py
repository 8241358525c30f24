"""The plan: its articles and measures, to search; what each becomes, and whether it acts yet."""

from __future__ import annotations

from functools import cache
from html import escape

import streamlit as st

from app.cli.plan_article import ACTS, NO_LEVER, WAITS, instrument_of, lever_name, standing, target_levels
from app.cli.session import Session
from app.front import draft, frame
from app.front.html import Cell, badge, paragraph, table
from app.wording import mark
from model.data.indicators import indicators
from model.data.levers import levers
from scenarios.registry import Article, Measure, articles, measures, reasons

LEAD = mark(
    "The implementation plan for green consumption (Shanxi, May 2022): every measure, who leads it, the "
    "lever it moves in the simulation, and whether that lever acts yet or waits for its part of the model."
)
FOUND = mark("{measures} measures in {articles} articles: {acts} act, {waits} wait, {none} move no lever.")
NOTHING = mark("Nothing in the plan matches.")
KINDS = {ACTS: "yes", WAITS: "no", NO_LEVER: "idle"}
ALL = mark("All articles")
EVERY = mark("All measures")
HEADS = (
    mark("Measure"),
    mark("Text"),
    mark("Lead departments"),
    mark("Lever"),
    mark("Standing"),
    mark("Indicator"),
)
LONGEST = 100
"""Letters of a search."""
OPEN = 2
"""Up to so many articles are shown open."""


def page() -> None:
    """Draw the page."""
    words = frame.session()
    say, lang = words.say, words.lang
    frame.heading(say(frame.NAMES["plan"]), say(LEAD))
    left, right = st.columns(2)
    hint = say("a word of a measure, a department, a lever")
    typed = left.text_input(say("Search"), key="search", max_chars=LONGEST, placeholder=hint)
    known = {0: say(ALL)} | {one.number: _title(words, one) for one in articles()}
    article = right.selectbox(
        say("Article"), list(known), format_func=known.__getitem__, key=f"article-{lang}"
    )
    kinds = [EVERY, ACTS, WAITS, NO_LEVER]
    kind = frame.chooser(say("Standing"), kinds, f"kind-{lang}", default=EVERY, format_func=say)
    found = [
        one
        for one in measures()
        if article in (0, one.article) and kind in (EVERY, _standing(one.id)) and _matches(one, typed, lang)
    ]
    _count(words, found)
    there, whole = {one.article for one in found}, kind == EVERY and not typed.strip()
    shown = [one for one in articles() if one.number in there or (whole and article in (0, one.number))]
    for one in shown:
        mine = [each for each in found if each.article == one.number]
        with st.expander(f"{_plain(_title(words, one))} · {len(mine)}", expanded=len(shown) <= OPEN):
            _article(words, one, mine)


def _plain(text: str) -> str:
    """Return a title without signs that would be read as markup."""
    return text.replace("*", "＊").replace("[", "［").replace("]", "］")


def _title(words: Session, one: Article) -> str:
    head = words.say("Article {number}").format(number=one.number)
    return f"{head}  {one.zh if words.lang == 'zh' else one.en}"


def _count(words: Session, found: list[Measure]) -> None:
    """Tell how many measures were found, by standing."""
    if not found:
        st.html(paragraph(words.say(NOTHING), "lead"))
        return
    kinds = [_standing(one.id) for one in found]
    counts = {"acts": kinds.count(ACTS), "waits": kinds.count(WAITS), "none": kinds.count(NO_LEVER)}
    spread = len({one.article for one in found})
    st.html(paragraph(words.say(FOUND).format(measures=len(found), articles=spread, **counts), "answer"))


def _article(words: Session, one: Article, mine: list[Measure]) -> None:
    """Draw one article: its measures, what its levers do, and its text."""
    heads = [words.say(head) for head in HEADS]
    frame.show(table(heads, [_row(words, each) for each in mine], words=len(heads)))
    frame.show(_levers(words, mine))
    if words.lang == "zh" or not mine:
        st.html(f'<p class="quote">{escape(one.text)}</p>')


def _row(words: Session, one: Measure) -> list[Cell]:
    """Return one measure as cells."""
    lang, joint = words.lang, "、" if words.lang == "zh" else ", "
    name, kind = lever_name(one), _standing(one.id)
    lever = levers()[name].label[lang] if name in levers() else ""
    why = reasons()[one.reason][lang] if one.reason else ""
    known = indicators().get(one.indicator)
    return [
        one.id,
        one.keywords if lang == "zh" else one.en,
        joint.join(words.text(each) for each in one.departments),
        lever or why,
        (words.say(kind), badge(words.say(kind), KINDS[kind])),
        known.label[lang] if known else "",
    ]


def _levers(words: Session, mine: list[Measure]) -> str:
    """Return the levers of some measures: share of the article, levels without and with the plan."""
    say, found = words.say, {one.id: one for one in map(instrument_of, mine) if one is not None and one.share}
    rows: list[list[Cell]] = []
    for one in found.values():
        lever = levers()[one.lever]
        size = draft.scale(lever)
        unit = "%" if size != 1.0 else words.text(lever.unit)
        paths = [f"{a * size:g} → {b * size:g}" for a, b in target_levels(one.lever).values()]
        share = say("all of it") if one.share == 1 else f"{one.share.numerator}/{one.share.denominator}"
        rows.append([lever.label[words.lang], words.text(lever.kind), share, *paths, unit])
    years = [f"{year}\n{say('Level without → with the plan')}" for year in (2025, 2030)]
    heads = [say("Lever"), say("Kind"), say("Share of the lever"), *years, say("Unit")]
    return table(heads, rows, words=6)


@cache
def _standing(identity: str) -> str:
    return standing(next(one for one in measures() if one.id == identity))


@cache
def _words_of(identity: str, lang: str) -> str:
    """Return all words of a measure in small letters, to search in."""
    one, words = next(one for one in measures() if one.id == identity), Session(lang)
    name = lever_name(one)
    lever = [name, *levers()[name].label.values()] if name in levers() else []
    known = indicators().get(one.indicator)
    title = next(each for each in articles() if each.number == one.article)
    parts = [one.id, one.keywords, one.en, *map(words.text, one.departments), *one.departments, *lever]
    parts += [*known.label.values()] if known else []
    return " ".join([*parts, title.zh, title.en]).casefold()


def _matches(one: Measure, typed: str, lang: str) -> bool:
    """Tell whether all words that were typed stand in a measure."""
    return all(word in _words_of(one.id, lang) for word in typed.casefold().split())
