"""Pieces of a page in one language: escaped text, tables, badges; what a visitor typed is shown as it is."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

Cell = str | tuple[str, str]
"""Plain text, or its markup beside it: (text, markup)."""


def paragraph(text: str, kind: str = "") -> str:
    """Return a paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def heading(text: str) -> str:
    """Return a small heading of plain text."""
    return f"<h3>{escape(text)}</h3>"


def warning(text: str) -> str:
    """Return plain text that says what is wrong."""
    return f'<div class="warning" role="alert">{escape(text)}</div>'


def badge(text: str, kind: str) -> str:
    """Return a short mark: `yes`, `no` or `idle`."""
    return f'<span class="badge {kind}">{escape(text)}</span>'


def lines(text: str) -> str:
    """Return plain text whose lines stay lines."""
    return "<br>".join(escape(line) for line in text.split("\n"))


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell]], words: int = 1) -> str:
    """Return a table whose first `words` columns hold words and the others figures; nothing without rows."""
    if not rows:
        return ""
    kinds = ["word" if k < words else "figure" for k in range(len(heads))]
    head = "".join(f'<th class="{k}">{lines(one)}</th>' for one, k in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(_cell(cell, k, kinds[k]) for k, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Return names with their values in a box; those without a value are left out."""
    told = "".join(f"<span><b>{escape(name)}</b>{escape(value)}</span> " for name, value in pairs if value)
    return f'<div class="facts-box">{told}</div>' if told else ""


def _cell(cell: Cell, place: int, kind: str) -> str:
    inner = cell[1] if isinstance(cell, tuple) else lines(cell)
    tag = "th" if place == 0 else "td"
    return f'<{tag} class="{kind}">{inner}</{tag}>'
