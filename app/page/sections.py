"""The sections of the page, in the order in which a reader needs them."""

from __future__ import annotations

from collections.abc import Mapping

from app.cli import figures
from app.cli.show_evidence import COUNTED
from app.cli.show_goals import cell_words
from app.cli.show_summary import HOME, LEVERS_ELSEWHERE
from app.effect_rows import for_cars, pairs_told
from app.page import drawings, money
from app.page import levels as level_charts
from app.page.album import Album
from app.page.findings import (
    effect_finding,
    goals_finding,
    payers_finding,
    places_finding,
    receivers_finding,
    series_finding,
)
from app.page.html import folded, paragraph, section, text
from app.page.results import Results
from app.page.tables import (
    differences_table,
    effects_table,
    goals_table,
    note,
    region_label,
    series_name,
    series_table,
    sources_table,
)
from app.page.words import Both, listed, same, told
from app.wording import mark

RANGE = mark("{replicates} replicates: brackets and bands are the range of all of them, no 90 % interval.")
NINETY = mark("Brackets and pale bands hold 90 % of {replicates} replicates.")
BEFORE = mark(
    "before calibration: the car market's constants were fitted to national figures of 2015-2021;"
    " all else is as its tables and their ranges say; nothing was fitted to Shanxi or later years"
)
STRETCH = mark("Stretch: where a target is met before or without the plan, what the plan reaches (median).")


def opening(results: Results) -> str:
    """Return what was run and how far it may be trusted."""
    words, summary = results.words, results.summary
    facts = [
        told(words.say("region"), region_label(words, results.region.name)),
        told(words.say("households simulated"), same(f"{summary['households']:,}")),
        told(words.say("replicates"), same(summary["replicates"])),
        told(words.say("seed"), same(summary["seed"])),
        told(words.say("until"), same(summary["until"])),
        told(words.say("run"), same(summary["id"])),
    ]
    line = " · ".join(f"<span>{text(fact)}</span>" for fact in facts)
    warned = "".join(paragraph(one, "warn") for one in _warnings(results))
    banner = paragraph(words.say("Simulation results, not a forecast"), "banner")
    named = [words.scenario(name) for name in results.names]
    title = Both(" · ".join(one.en for one in named), " · ".join(one.zh for one in named))
    return f"{banner}<h1>{text(title)}</h1><p>{line}</p>{_assumed(results)}{warned}"


def _assumed(results: Results) -> str:
    """Return what the scenarios take for true about the world beyond its tables, together or singly."""
    words, known = results.words, results.summary.get("assumed_in") or {}
    said = {
        name: [words.assumption(one["key"], one["text"]) for one in known.get(name, ())]
        for name in results.names
    }
    shared = [one for one in said[results.names[0]] if all(one in ones for ones in said.values())]
    told_of = [(words.say("assumed in all scenarios"), shared)]
    for name, ones in said.items():
        head = words.say("assumed in") + " " + words.scenario(name)
        told_of.append((head, [one for one in ones if one not in shared]))
    return "".join(paragraph(told(head, listed(*ones)), "warn") for head, ones in told_of if ones)


def _warnings(results: Results) -> list[Both]:
    """Return the limits of what can be read from this run."""
    words, summary = results.words, results.summary
    made = []
    if results.region.name != HOME:
        made.append(words.say(LEVERS_ELSEWHERE))
    if summary["replicates"] == 1:
        made.append(words.say("one replicate: no interval and no probability can be read from it"))
    elif not results.full:
        made.append(words.say(RANGE, replicates=summary["replicates"]))
    else:
        made.append(words.say(NINETY, replicates=summary["replicates"]))
    if not summary.get("calibrated", False):
        made.append(words.say(BEFORE))
    return made


def goals(results: Results, album: Album) -> str:
    """Return the goals with what they are held against."""
    words, summary = results.words, results.summary
    title = words.say("Goals")
    if not summary["goals"]:
        return section("goals", title, paragraph(words.say("No goal lies inside the months of this run.")))
    notes = [words.say(cell_words(int(summary["replicates"])))]
    if any(goal.get("stretch") is not None for goal in summary["goals"]):
        notes.append(words.say(STRETCH))
    if any(goal["passed_in_2022"] for goal in summary["goals"]):
        notes.append(words.say("† the target was passed before the plan was issued."))
    chart = f"<article>{album.chart(drawings.goals(results), goals_finding(results))}</article>"
    return section("goals", title, goals_table(results), *(note(one) for one in notes), chart)


def effects(results: Results) -> str:
    """Return what policy changes."""
    return section("effects", results.words.say("What policy changes"), effects_table(results))


def series(results: Results, album: Album) -> str:
    """Return one card for each series of results: its fan chart, and the difference where one can be told."""
    cards = "".join(_card(results, album, *key) for key in results.shown)
    words = results.words
    counted = sorted({str(one) for one in results.observed["counted"]} & set(COUNTED))
    notes = "".join(note(words.say(COUNTED[one])) for one in counted)
    title = words.say("Year by year, beside what was observed")
    return section("series", title, f'<div class="cards">{cards}</div>' if cards else "", notes)


def _card(results: Results, album: Album, indicator: str, place: str) -> str:
    """Return the card of one series."""
    words = results.words
    title = f"<h3>{text(series_name(words, indicator, place))}</h3>"
    finding = series_finding(results, indicator, place)
    inner = album.chart(drawings.fan(results, indicator, place), finding)
    wide = ""
    if results.telling(indicator, place):
        wide = ' class="pair"'
        other = effect_finding(results, indicator, place)
        chart = album.chart(drawings.effect_fan(results, indicator, place), other)
        inner = f'<div class="two"><div>{inner}</div><div>{chart}</div></div>'
    return f"<article{wide}>{title}{inner}{series_table(results, indicator, place)}</article>"


def levels(results: Results, album: Album) -> str:
    """Return what each level of a lever reaches, if one was varied."""
    if not results.vary or not results.last:
        return ""
    words = results.words
    cards = ""
    for name in level_charts.goals_of(results):
        chart = album.chart(level_charts.curve(results, name), level_charts.curve_finding(results, name))
        cards += f"<article><h3>{text(words.label(name))}</h3>{chart}</article>"
    title = told(words.say("One lever at several levels"), level_charts.lever_name(results))
    return section("levels", title, f'<div class="cards">{cards}</div>', level_charts.levels_table(results))


def bought(results: Results, album: Album) -> str:
    """Return what the money bought, who paid and who receives."""
    words = results.words
    parts = []
    if results.summary["money"]:
        title = f"<h3>{text(words.say('Public money by year and payer'))}</h3>"
        chart = album.chart(drawings.payers(results), payers_finding(results))
        parts.append(f"<article>{title}{chart}</article>")
    for effect in pairs_told(results.summary):
        parts.append(money.moved_table(words, effect))
        parts.append(money.bought_table(words, effect) if for_cars(effect) else "")
        parts.append(money.homes_table(words, effect))
        if effect["groups"]:
            finding = receivers_finding(results, effect)
            parts.append(f"<article>{album.chart(drawings.receivers(results, effect), finding)}</article>")
        parts += [money.receivers_table(words, effect), money.instruments_table(words, effect)]
    outlays = money.outlays_table(results)
    if outlays:
        parts.append(folded(words.say("Outlays of every scenario"), outlays))
    return section("money", words.say("Money: what it bought, who pays, who receives"), *parts)


def places(results: Results, album: Album) -> str:
    """Return the effects by place."""
    words, cards = results.words, []
    wanted = results.shown if results.pairs and results.last else []
    for indicator, place in wanted:
        if not results.telling(indicator, place):
            continue
        rows = results.cities(indicator)
        if rows.empty:
            continue
        figure, finding = drawings.by_place(results, indicator), places_finding(results, indicator, rows)
        title = f"<h3>{text(words.label(indicator))}</h3>"
        cards.append(f"<article>{title}{album.chart(figure, finding)}</article>")
    grid = f'<div class="cards">{"".join(cards)}</div>' if cards else ""
    return section("places", words.say("By place"), grid, differences_table(results))


def changes(results: Results, scenarios: Mapping[str, str]) -> str:
    """Return the scenarios in full: policy, and apart from it the world."""
    words = results.words
    files = [
        folded(words.scenario(name), f"<pre>{text(scenarios[name])}</pre>")
        for name in results.names
        if name in scenarios
    ]
    return section("scenarios", words.say("The scenarios in full"), *files)


def trust(results: Results) -> str:
    """Return how much is assumed, and where the observed figures come from."""
    words, summary = results.words, results.summary
    assumed, total = summary["assumed"]["parameters"]
    levers = [words.label(name) for name in summary["assumed"]["levers"]]
    joined = Both("; ".join(one.en for one in levers), "；".join(one.zh for one in levers))
    parts = [
        paragraph(words.say("rests on assumed rows: paths in the plan of {levers};", levers=joined)),
        paragraph(
            words.say(
                "parameters assumed: {assumed} of {total} (`jinlv parameters`).", assumed=assumed, total=total
            )
        ),
    ]
    luck = summary.get("luck") or {}
    if luck.get("share") is not None:
        share = figures.level(luck["share"], "share")
        of = words.say("of the variance between replicates is luck, the rest is parameters")
        parts.append(paragraph(words.label(luck["indicator"]) + f" {luck['year']}: {share} " + of))
    return section("trust", words.say("How far to trust it"), *parts, sources_table(results))


def again(results: Results) -> str:
    """Return how the run is checked and made again."""
    words, name = results.words, results.summary["id"]
    asked = {
        f"jinlv verify runs/{name}": words.say("Check the files of this run:"),
        "jinlv run --set nev_purchase_subsidy=8000@2026-01..2028-12": words.say("Ask another question:"),
    }
    lines = (f"<p>{text(said)} <code>{command}</code></p>" for command, said in asked.items())
    return section("again", words.say("Check it, ask again"), *lines)
