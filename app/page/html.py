"""Pieces of the page: escaped text in both languages, sections, tables, notes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from app.page.words import Both

Cell = Both | str | None
TAGS = {"en": "en", "zh": "zh-CN"}


def text(both: Both | str) -> str:
    """Return a text as markup: both languages side by side, of which the style sheet shows one."""
    if isinstance(both, str):
        return escape(both)
    if both.en == both.zh:
        return escape(both.en)
    return "".join(f'<span lang="{tag}">{escape(both.of(lang))}</span>' for lang, tag in TAGS.items())


def paragraph(both: Both | str, kind: str = "") -> str:
    """Return a paragraph, of a class if one is given."""
    return f'<p class="{kind}">{text(both)}</p>' if kind else f"<p>{text(both)}</p>"


def section(anchor: str, title: Both, *parts: str) -> str:
    """Return a section with a heading, or nothing where it has no content."""
    body = "".join(parts)
    return f'<section id="{anchor}"><h2>{text(title)}</h2>{body}</section>' if body else ""


def folded(title: Both, body: str) -> str:
    """Return what is shown when it is asked for."""
    return f"<details><summary>{text(title)}</summary>{body}</details>"


def table(caption: Both, heads: Sequence[Both], rows: Sequence[Sequence[Cell]], words: int = 1) -> str:
    """Return a table whose first `words` columns hold words and the others figures; nothing without rows."""
    if not rows:
        return ""
    kinds = ["word" if k < words else "figure" for k in range(len(heads))]
    head = "".join(
        f'<th scope="col" class="{kind}">{text(one)}</th>' for one, kind in zip(heads, kinds, strict=True)
    )
    body = "".join(f"<tr>{_row(row, kinds)}</tr>" for row in rows)
    named = f"<caption>{text(caption)}</caption>"
    whole = f"<table>{named}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide" tabindex="0">{whole}</div>'


def _row(row: Sequence[Cell], kinds: Sequence[str]) -> str:
    """Return the cells of a row; the first one names it."""
    made = []
    for k, (cell, kind) in enumerate(zip(row, kinds, strict=True)):
        inner = "<br>".join(text(line) for line in _lines(cell))
        made.append(
            f'<th scope="row" class="{kind}">{inner}</th>' if k == 0 else f'<td class="{kind}">{inner}</td>'
        )
    return "".join(made)


def _lines(cell: Cell) -> list[Both]:
    """Return the lines of a cell; both languages have the same number of them."""
    if cell is None:
        return []
    if isinstance(cell, str):
        cell = Both(cell, cell)
    return [Both(*pair) for pair in zip(cell.en.split("\n"), cell.zh.split("\n"), strict=True)]
