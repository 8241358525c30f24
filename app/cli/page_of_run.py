"""The page of a run beside its results: made when it is asked for, or when a person is watching."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.wording import mark

PAGE = "report.html"
HtmlOption = Annotated[
    bool | None,
    typer.Option(
        "--html/--no-html",
        help=mark("Put a page to read offline into the run folder; default when a terminal is watching."),
    ),
]


def wanted(html: bool | None) -> bool:
    """Return whether a page is made: as typed, else when standard output is a terminal."""
    return sys.stdout.isatty() if html is None else html


def page_of(folder: Path) -> Path:
    """Return the page of a whole run folder, made from its files if it has none yet."""
    from experiments import shelf, store

    path = folder / PAGE
    if not path.is_file() or f"{PAGE}: not in the manifest" in store.unlisted(folder):
        from app.page import page

        summary, tables = store.read_summary(folder), shelf.read_tables(folder, ("indicators", "outlays"))
        shelf.add(folder, PAGE, page(summary, tables, shelf.read_scenarios(folder)))
    return path
