"""Put the page of a run together: head, sections, style, script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.page import sections
from app.page.album import Album
from app.page.html import text
from app.page.results import Results
from app.page.words import Both, Words, same

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
NARROW = 480
"""Charts narrower than this many pixels drop their labels at the right end."""
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
    " img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
)
"""What the page may load: nothing from anywhere."""


def page(
    summary: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    scenarios: Mapping[str, str] | None = None,
) -> bytes:
    """Return the page of a run as HTML in both languages; the same bytes for the same results.

    `summary`: as in summary.json; `tables`: name -> frame as in the run folder; `scenarios`: name ->
    resolved scenario file, shown in full.
    """
    results, album = Results(summary, tables), Album()
    parts = [
        sections.goals(results, album),
        sections.effects(results),
        sections.series(results, album),
        sections.levels(results, album),
        sections.bought(results, album),
        sections.places(results, album),
        sections.changes(results, scenarios or {}),
        sections.trust(results),
        sections.again(results),
    ]
    body, name = "".join(parts), results.summary["id"]
    links = {
        "goals": results.words.say("Goals"),
        "effects": results.words.say("Effects"),
        "series": results.words.say("Year by year"),
        "levels": results.words.say("Levels"),
        "money": results.words.say("Money"),
        "places": results.words.say("By place"),
        "scenarios": results.words.say("Scenarios"),
        "trust": results.words.say("Trust"),
    }
    return whole(results.words, same(name), sections.opening(results), body, album, name, links).encode()


def whole(
    words: Words, title: Both, opening: str, body: str, album: Album, name: str, links: Mapping[str, Both]
) -> str:
    """Return a whole document: `links` to its sections, `opening` above them, `name` the id of its results.

    The title of the window stays as it is when the language is changed.
    """
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = (HERE / "page.js").read_text(encoding="utf-8").replace("NARROW", str(NARROW))
    return "\n".join(
        (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>晋绿 jinlv {escape(title.zh)}</title><style>{style}</style></head><body>",
            f'<a class="skip" href="#main">{text(words.say("To the results"))}</a>',
            _bar(words, body, links),
            f"<header>{opening}</header>",
            f'<main id="main">{body}</main>',
            f"<footer>{text(words.say('Simulation results, not a forecast'))} · 晋绿 jinlv · {name}</footer>",
            f"{album.packed()}<script>{script}</script></body></html>\n",
        )
    )


def _bar(words: Words, body: str, links: Mapping[str, Both]) -> str:
    """Return the bar with links to the sections that are there, and the choice of language."""
    made = "".join(
        f'<a href="#{anchor}">{text(title)}</a>'
        for anchor, title in links.items()
        if f'<section id="{anchor}"' in body
    )
    chosen = "".join(
        f'<input type="radio" name="lang" id="lang-{lang}"{" checked" if lang == "zh" else ""}>'
        f'<label for="lang-{lang}" lang="{tag}" class="always">{name}</label>'
        for lang, tag, name in (("zh", "zh-CN", "中文"), ("en", "en", "English"))
    )
    pick = f'<fieldset><legend class="unseen">{text(words.say("Language"))}</legend>{chosen}</fieldset>'
    return f'<div class="bar"><div><nav>{made}</nav>{pick}</div></div>'
