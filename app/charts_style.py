"""How charts look: colours that the colour-blind tell apart, dashes, labels at the ends of lines, axes."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

Figure = dict[str, Any]
"""A figure of plotly as a plain document: data and layout."""

INK, SOFT, GRID = "#1b1f23", "#59626b", "#e3e7ea"
FONT = 'system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
BAND_ALPHA = (0.16, 0.26)
HEIGHT = 370
LINE_GAP = 0.075
"""Height of one line of a label over the height of the plot."""
WRAP = 17
"""Letters of a label on one line, a Chinese one counting as two."""
PIECES = re.compile(r"[\u0021-\u2fff]+[，。）；：]*\s*|[^\u0021-\u2fff][，。）；：]*\s*")
"""What stays together: words of letters, single Chinese signs with the mark that follows."""
NARROW_LETTERS = 0x2FFF


@dataclass(frozen=True)
class Look:
    """Colour, dash and marker of a scenario."""

    colour: str
    dash: str
    symbol: str


SHIPPED = {
    "no_plan": Look("#6b6b6b", "dot", "square"),
    "current": Look("#0072b2", "dash", "diamond"),
    "plan": Look("#d55e00", "solid", "circle"),
}
OTHERS = (
    Look("#009e73", "dashdot", "triangle-up"),
    Look("#aa4499", "longdash", "cross"),
    Look("#8a6d00", "longdashdot", "x"),
    Look("#3b8fc2", "dash", "star"),
    Look("#882255", "dot", "hexagon"),
)


def look_of(name: str, place: int) -> Look:
    """Return the look of a scenario: its own if shipped, else by its place among the scenarios."""
    return SHIPPED.get(name, OTHERS[(place - len(SHIPPED)) % len(OTHERS)])


def literal(text: str) -> str:
    """Return a text of a user so that it is shown as it is, not read as markup."""
    return escape(text, quote=False)


def wrapped(text: str, room: int = WRAP) -> str:
    """Return a label broken into lines of `room` letters, a Chinese one counting as two, shown as it is."""
    lines = [""]
    for piece in PIECES.findall(text):
        if lines[-1].strip() and _width(lines[-1] + piece.rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return "<br>".join(literal(line.strip()) for line in lines)


def _width(text: str) -> int:
    return sum(2 if ord(letter) > NARROW_LETTERS else 1 for letter in text)


def month_end(month: str) -> str:
    """Return the last day of a month YYYY-MM."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{month}-{calendar.monthrange(year, number)[1]:02d}"


def see_through(colour: str, alpha: float) -> str:
    """Return a colour #rrggbb that lets through what lies behind."""
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def plain_numbers(values: Iterable[float]) -> list[float | None]:
    """Return numbers with four figures; None for what is unknown."""
    return [None if math.isnan(value) else float(f"{value:.4g}") for value in values]


def frame(height: int = HEIGHT, **more: Any) -> dict[str, Any]:
    """Return what every chart shares."""
    return {
        "template": {},
        "height": height,
        "font": {"family": FONT, "size": 12.5, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "hoverlabel": {"font": {"size": 12, "color": INK}, "bgcolor": "#ffffff", "namelength": -1},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -0.11,
            "yanchor": "top",
            "font": {"size": 11.5},
        },
        "dragmode": False,
        **more,
    }


def axis(**more: Any) -> dict[str, Any]:
    """Return an axis without ornament."""
    return {
        "gridcolor": GRID,
        "zeroline": False,
        "linecolor": SOFT,
        "tickcolor": SOFT,
        "fixedrange": True,
    } | more


def layout(unit: str, span: tuple[float, float], when: tuple[str, str], room: int) -> dict[str, Any]:
    """Return the layout of a chart over months, its unit above the value axis.

    `span`: values, `when`: first and last day of the axes; `room`: pixels on the right for names of lines.
    """
    return frame(
        margin={"l": 52, "r": room, "t": 44, "b": 40},
        hovermode="x unified",
        xaxis=axis(
            type="date",
            range=list(when),
            dtick="M24",
            tickformat="%Y",
            ticklabelmode="period",
            tick0="2010-01-01",
            hoverformat="%Y-%m",
            showline=True,
            ticks="outside",
            showgrid=False,
        ),
        yaxis=axis(range=list(span), separatethousands=True, nticks=7),
        annotations=[note_above(unit)],
        meta={"narrow": {"margin.r": 12, "margin.l": 44, "xaxis.dtick": "M48", "height": 430}},
    )


def note_above(text: str) -> dict[str, Any]:
    """Return the unit of an axis, written above its upper end."""
    return {
        "name": "unit",
        "text": literal(text),
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": -44,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 18,
        "showarrow": False,
        "font": {"size": 11.5, "color": SOFT},
    }


def scatter(**parts: Any) -> dict[str, Any]:
    """Return a trace of points or lines; what is None is left out."""
    return {"type": "scatter"} | {name: part for name, part in parts.items() if part is not None}


def blank(made: dict[str, Any]) -> Figure:
    """Return a figure without data in a layout."""
    return {"data": [], "layout": made}


def annotate(figure: Figure, text: str, **where: Any) -> None:
    """Write a text, which is markup, into a figure."""
    figure["layout"].setdefault("annotations", []).append({"text": text, "showarrow": False, **where})


def rule(figure: Figure, line: dict[str, Any], *, x: Any = None, y: Any = None, axis: str = "x") -> None:
    """Draw a line through the whole figure, upright at `x` or level at `y`."""
    ends = {"y0": 0, "y1": 1, "yref": "paper", "x0": x, "x1": x, "xref": axis}
    if y is not None:
        ends = {"x0": 0, "x1": 1, "xref": "x domain", "y0": y, "y1": y, "yref": "y"}
    figure["layout"].setdefault("shapes", []).append({"type": "line", "line": line, **ends})


def direct_labels(
    figure: Figure, ends: Sequence[tuple[float | None, str, str]], last: str, top: float
) -> None:
    """Write the name of each line at its right end, moved apart where lines end close together."""
    texts = sorted(
        ((value, wrapped(label), colour) for value, label, colour in ends if value is not None),
        key=lambda one: one[0],
    )
    sizes = [LINE_GAP * top * (text.count("<br>") + 1) for _, text, _ in texts]
    at: list[float] = []
    for k, (value, _, _) in enumerate(texts):
        least = at[-1] + (sizes[k - 1] + sizes[k]) / 2 if at else sizes[k] / 2
        at.append(max(value, least))
    over = at[-1] + sizes[-1] / 2 - top if at else 0.0
    for k in reversed(range(len(at))):
        ceiling = top - sizes[k] / 2 if k == len(at) - 1 else at[k + 1] - (sizes[k + 1] + sizes[k]) / 2
        at[k] = min(at[k], ceiling) if over > 0 else at[k]
    for (_, text, colour), y in zip(texts, at, strict=True):
        annotate(
            figure, text, name="end", x=last, y=y, font={"color": colour, "size": 12},
            xanchor="left", xshift=6, align="left",
        )  # fmt: skip
