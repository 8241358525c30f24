"""Charts of rows: distance to goals, effects by place, money by household group, dots with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.charts_style import (
    INK,
    SOFT,
    Figure,
    annotate,
    axis,
    blank,
    frame,
    literal,
    look_of,
    note_above,
    plain_numbers,
    rule,
    scatter,
)

TITLE, LINE, PLACE_ROW = 26, 15, 27
"""Height in pixels of a goal's name, of a scenario below it, and of a place."""
MOST = 200.0
"""Per cent of a goal beyond which a dot stands at the edge."""


@dataclass(frozen=True)
class Bar:
    """One figure with its interval; what is unknown is None."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, part: Mapping[str, Any] | None, scale: float = 1.0) -> Bar:
        """Return a figure of a summary times `scale`."""
        got = [(part or {}).get(name) for name in ("value", "low", "high")]
        value, low, high = (None if one is None else float(one) * scale for one in got)
        return cls(value, low, high)


@dataclass(frozen=True)
class RowWords:
    """Words of a chart of rows: `axis` the unit above it, `met` what the mark means; `digits`: decimals."""

    axis: str
    met: str = ""
    digits: int = 1


def goal_bars(
    rows: Sequence[tuple[str, Mapping[str, Bar]]], *, labels: Mapping[str, str], words: RowWords
) -> Figure:
    """Return how far each goal is reached, in per cent of it, by scenario; a line marks 100.

    `rows`: name of a goal -> scenario -> per cent reached, from the top down; `labels`: scenario -> label.
    """
    figure, names = blank({}), list(labels)
    tall = TITLE + LINE * len(names) + LINE // 2
    for k, name in enumerate(names):
        look = look_of(name, k)
        heights = [-n * tall - TITLE - LINE * k for n in range(len(rows))]
        bars = [row[name] for _, row in rows]
        trace = _dots(bars, heights, look.colour, look.symbol, labels[name], words.digits, most=MOST)
        figure["data"].append(trace)
    rule(figure, x=100, line={"color": INK, "width": 1.5})
    height = tall * len(rows)
    room = frame(
        height=height + 150,
        margin={"l": 10, "r": 24, "t": 44, "b": 40},
        xaxis=axis(range=[0, MOST * 1.04], ticksuffix=" %", nticks=6),
        yaxis={"range": [-height, 0], "visible": False, "fixedrange": True},
        hovermode="closest",
    )
    figure["layout"].update(room)
    figure["layout"]["legend"]["y"] = -40 / height
    annotate(figure, **{**note_above(words.axis), "xshift": 0})
    over = {"yref": "paper", "yanchor": "bottom", "font": {"size": 11, "color": SOFT}}
    annotate(figure, literal(words.met), x=100, y=1, **over)
    for n, (title, _) in enumerate(rows):
        where = {"x": 0, "xref": "paper", "xanchor": "left", "y": -n * tall, "yanchor": "top"}
        annotate(figure, literal(title), **where, bgcolor="#ffffff")
    return figure


def by_place(
    rows: Sequence[tuple[str, Bar]], *, name: str, place: int, label: str, words: RowWords
) -> Figure:
    """Return a dot with its interval for each place, the largest effect on top, with a line at zero."""
    ordered = sorted(rows, key=lambda row: (row[1].value is None, row[1].value or 0.0))
    look = look_of(name, place)
    bars = [bar for _, bar in ordered]
    heights = list(range(len(ordered)))
    figure = blank({})
    figure["data"].append(_dots(bars, heights, look.colour, look.symbol, label, words.digits))
    rule(figure, x=0, line={"color": INK, "width": 1})
    figure["layout"].update(_rows([place for place, _ in ordered], words))
    return figure


def receivers(rows: Sequence[tuple[str, Bar, Bar]], *, titles: tuple[str, str], words: RowWords) -> Figure:
    """Return money received and energy paid a household side by side, a row a group of households."""
    figure, places = blank({}), list(range(len(rows)))[::-1]
    sides = ([row[1] for row in rows], [row[2] for row in rows])
    for k, (bars, colour) in enumerate(zip(sides, ("#1f6f4a", "#0072b2"), strict=True)):
        trace = _dots(bars, places, colour, ("circle", "diamond")[k], titles[k], words.digits)
        trace["xaxis"] = ("x", "x2")[k]
        figure["data"].append(trace)
        rule(figure, x=0, line={"color": INK, "width": 1}, axis=("x", "x2")[k])
    base = _rows([row[0] for row in rows][::-1], words)
    base["xaxis"] |= {"domain": [0, 0.46], "nticks": 4}
    base["xaxis2"] = axis(domain=[0.54, 1], anchor="y", nticks=4)
    figure["layout"].update(base)
    figure["layout"]["showlegend"] = True
    return figure


def _rows(names: Sequence[str], words: RowWords) -> dict[str, Any]:
    """Return the layout of rows with names on the left."""
    height = PLACE_ROW * len(names)
    return frame(
        height=height + 110,
        margin={"l": 8, "r": 20, "t": 44, "b": 40},
        hovermode="closest",
        showlegend=False,
        xaxis=axis(nticks=7, separatethousands=True),
        yaxis=axis(
            tickvals=list(range(len(names))),
            ticktext=[literal(name) for name in names],
            range=[-0.6, len(names) - 0.4],
            automargin=True,
        ),
        annotations=[{**note_above(words.axis), "xshift": 0}],
        legend={"orientation": "h", "x": 0, "y": -38 / max(height, 1), "yanchor": "top"},
    )


def _dots(
    bars: Sequence[Bar],
    heights: Sequence[float],
    colour: str,
    symbol: str,
    label: str,
    digits: int,
    most: float = float("inf"),
) -> dict[str, Any]:
    """Return dots with whiskers; what lies beyond `most` stands at the edge and tells its value."""
    kept = [(bar, y) for bar, y in zip(bars, heights, strict=True) if bar.value is not None]
    told, x, up, down = [], [], [], []
    for bar, _ in kept:
        value, low, high = bar.value or 0.0, bar.low, bar.high
        span = "" if low is None or high is None else f" [{low:,.{digits}f}, {high:,.{digits}f}]"
        told.append(f"{value:,.{digits}f}{span}")
        low, high = (value if low is None else low), (value if high is None else high)
        at, first, last = (min(one, most) for one in (value, low, high))
        x.append(at)
        up.append(last - at)
        down.append(at - first)
    return scatter(
        x=plain_numbers(x),
        y=[round(y, 3) for _, y in kept],
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 9},
        error_x={
            "array": plain_numbers(up),
            "arrayminus": plain_numbers(down),
            "thickness": 1.6,
            "width": 0,
            "color": colour,
        },
        name=literal(label),
        customdata=told,
        hovertemplate="%{customdata}",
    )
