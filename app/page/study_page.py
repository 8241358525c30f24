"""The page of a sampled study: what each outcome hangs on, as bars and tables, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.charts_sensitivity import BarWords, bars_of
from app.page.album import Album
from app.page.document import whole
from app.page.html import Cell, paragraph, section, table, text
from app.page.words import Both, Words, listed, same, told
from app.sensitivity_words import caveats, index, index_span, outcome_name, spread, trust, unknown
from app.wording import LANGUAGES, mark, translator

Row = Mapping[str, Any]
ALONE, IN_ALL, EFFECT = mark("First order"), mark("Total"), mark("Mean size of effect")
SHARE = mark("share of the variance")


def study_page(summary: Row) -> bytes:
    """Return the page of a study as HTML; the same bytes for the same summary."""
    words = Words(summary["region"], {summary["scenario"]: summary["scenario_label"]})
    album = Album()
    body = "".join(
        _outcome(words, summary, outcome, album, k) for k, outcome in enumerate(summary["outcomes"])
    )
    body += _moved(words, summary)
    title = Both(summary["label"]["en"], summary["label"]["zh"])
    return whole(words, title, _opening(words, summary, title), body, album, summary["id"], {}).encode()


def _opening(words: Words, summary: Row, title: Both) -> str:
    """Return what was run, in which scenario, and how far it may be trusted."""
    facts = [
        told(words.say("scenario"), words.scenario(summary["scenario"])),
        told(words.say("region"), words.region_label),
        told(words.say("Method"), same(summary["method"].capitalize())),
        told(words.say("samples"), same(f"{summary['samples']:,}")),
        told(words.say("different runs"), same(f"{summary['distinct']:,}")),
        told(words.say("households simulated"), same(f"{summary['households']:,}")),
        told(words.say("run"), same(summary["id"])),
    ]
    line = " · ".join(f"<span>{text(fact)}</span>" for fact in facts)
    about = summary["about"]
    said = paragraph(Both(about["en"], about["zh"])) if about else ""
    lines = zip(*(caveats(summary, translator(lang)) for lang in LANGUAGES), strict=True)
    notes = "".join(paragraph(Both(*pair), "note") for pair in lines)
    banner = paragraph(words.say("Simulation results, not a forecast"), "banner")
    return f'<h1>{text(title)}</h1>{banner}{said}<p class="note">{line}</p>{notes}'


def _outcome(words: Words, summary: Row, outcome: Row, album: Album, number: int) -> str:
    """Return the section of one outcome."""
    name = Both(**{lang: outcome_name(outcome, words.labels_in(lang), lang) for lang in LANGUAGES})
    if not outcome["indices"]:
        why = Both(**{lang: unknown(outcome, translator(lang)) for lang in LANGUAGES})
        return section(f"o{number}", name, paragraph(why))
    morris = summary["method"] == "morris"
    drawn = {}
    for lang in LANGUAGES:
        say = translator(lang)
        labels = {factor["name"]: factor["label"][lang] for factor in summary["factors"]}
        unit = words.text(outcome["unit"]).of(lang)
        bars = BarWords(unit if morris else say(SHARE), say(ALONE), say(EFFECT if morris else IN_ALL))
        drawn[lang] = bars_of(outcome, labels, bars)
    chart = album.chart(drawn, Both(**{lang: spread(outcome, lang) for lang in LANGUAGES}))
    return section(f"o{number}", name, chart, _trust(summary, outcome), _table(words, summary, outcome, name))


def _trust(summary: Row, outcome: Row) -> str:
    """Return how well the indices are known."""
    lines = zip(*(trust(outcome, summary["samples"], translator(lang)) for lang in LANGUAGES), strict=True)
    return "".join(paragraph(Both(*pair), "note") for pair in lines)


def _table(words: Words, summary: Row, outcome: Row, name: Both) -> str:
    """Return the indices as a table."""
    known = {factor["name"]: factor["label"] for factor in summary["factors"]}
    label = {key: Both(said["en"], said["zh"]) for key, said in known.items()}
    rows: list[tuple[Cell, ...]]
    if summary["method"] == "morris":
        heads = [words.say("Factor"), words.say(EFFECT), words.say("Mean effect"), words.say("Spread")]
        rows = [
            (
                label[row["factor"]],
                same(f"{row['mu_star']:.4g}"),
                same(f"{row['mu']:.4g}"),
                same(f"{row['sigma']:.4g}"),
            )
            for row in outcome["indices"]
        ]
    else:
        heads = [words.say("Factor"), words.say(ALONE), words.say(IN_ALL)]
        rows = [
            (
                label[row["factor"]],
                *(same(f"{index(row[k])} {index_span(row, k)}") for k in ("first", "total")),
            )
            for row in outcome["indices"]
        ]
    return table(name, heads, rows)


def _moved(words: Words, summary: Row) -> str:
    """Return what was moved, from where to where."""
    heads = [words.say("Factor"), words.say("Name"), words.say("Low"), words.say("High"), words.say("Unit")]
    rows = [
        (
            Both(factor["label"]["en"], factor["label"]["zh"]),
            same(factor["name"]),
            same(f"{factor['low']:g}"),
            same(f"{factor['high']:g}"),
            words.text(factor["unit"]),
        )
        for factor in summary["factors"]
    ]
    title = listed(words.say("What was moved"))
    return section("moved", title, table(title, heads, rows, 2))
