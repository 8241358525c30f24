"""The charts of a page in the order in which they stand, and the places where a browser draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.page import assets
from app.page.html import text
from app.page.words import Both


class Album:
    """Collects figures; each is drawn where its mark stands in the page."""

    def __init__(self) -> None:
        self.figures: list[Mapping[str, Any]] = []

    def chart(self, figure: Mapping[str, Any], finding: Both) -> str:
        """Return the place of a figure (language -> figure) with what it shows in words."""
        number = len(self.figures)
        self.figures.append(figure)
        height = int(figure["en"]["layout"]["height"])
        place = f'class="chart" role="img" aria-labelledby="f{number}" data-figure="{number}"'
        return (
            f'<figure><div {place} style="min-height:{height}px"></div>'
            f'<figcaption id="f{number}">{text(finding)}</figcaption></figure>'
        )

    def packed(self) -> str:
        """Return the figures and the library that draws them; nothing where there is no figure."""
        if not self.figures:
            return ""
        parts = {"plotly": assets.library(), "figures": assets.figures(self.figures)}
        return "".join(
            f'<script type="text/plain" id="{name}">{data}</script>' for name, data in parts.items()
        )
