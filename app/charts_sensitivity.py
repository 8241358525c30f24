"""Bars of sensitivity: what each factor does alone and in all its interplay, the strongest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.charts_rows import Bar
from app.charts_style import Figure, axis, blank, frame, note_above, plain_numbers, wrapped

ROW, ROOM = 46, 118
"""Height in pixels of a factor, and of what stands above and below the factors."""
ALONE, WITH_OTHERS = "#d55e00", "#56b4e9"
LONGEST = 32
"""Letters of a factor's name on a line, a Chinese one counting as two."""
NARROW = 24
SCALE = ": "
"""After this a label says what its scale means, for which a chart has no room."""


@dataclass(frozen=True)
class BarWords:
    """Words of the chart: `axis` what is shown, above the bars; `first` and `total` the names of the bars;
    `digits`: decimals of a value that is pointed at."""

    axis: str
    first: str
    total: str
    digits: int = 2


def bars_of(outcome: Mapping[str, Any], labels: Mapping[str, str], words: BarWords) -> Figure:
    """Return the chart of one outcome of a study's summary; `labels`: factor -> label."""
    rows: list[tuple[str, Bar | None, Bar]] = []
    for row in outcome["indices"]:
        label = labels[row["factor"]].partition(SCALE)[0]
        if "mu_star" in row:
            rows.append((label, None, _bar(row, "mu_star")))
        else:
            rows.append((label, _bar(row, "first"), _bar(row, "total")))
    return sensitivity_bars(rows, words)


def sensitivity_bars(rows: Sequence[tuple[str, Bar | None, Bar]], words: BarWords) -> Figure:
    """Return bars with whiskers, a row a factor: label, what it does alone (None: not told) and in all."""
    figure, order = blank({}), list(rows)[::-1]
    heights = list(range(len(order)))
    alone = [first for _, first, _ in order if first is not None]
    if alone:
        figure["data"].append(_bars(alone, heights, words.first, ALONE, words.digits))
    figure["data"].append(
        _bars([total for _, _, total in order], heights, words.total, WITH_OTHERS, words.digits)
    )
    height = ROW * len(order)
    ends = [
        end for _, first, total in order for bar in (first, total) if bar for end in (bar.value, bar.high)
    ]
    most = max([end for end in ends if end is not None], default=0.0) or 1.0
    names = [label for label, _, _ in order]
    figure["layout"].update(
        frame(
            height=height + ROOM,
            margin={"l": 8, "r": 20, "t": 44, "b": 40},
            barmode="group",
            bargap=0.28,
            bargroupgap=0.08,
            hovermode="closest",
            xaxis=axis(range=[0, most * 1.05], nticks=6, tickangle=0),
            yaxis=axis(
                tickvals=heights,
                ticktext=[wrapped(name, LONGEST) for name in names],
                range=[-0.6, len(order) - 0.4],
                automargin=True,
                showgrid=False,
            ),
            annotations=[{**note_above(words.axis), "xshift": 0}],
            meta={"narrow": {"yaxis.ticktext": [wrapped(name, NARROW) for name in names], "margin.r": 8}},
        )
    )
    legend = {"y": -38 / max(height, 1), "traceorder": "reversed"}
    figure["layout"]["legend"] |= legend
    figure["layout"]["showlegend"] = bool(alone)
    return figure


def _bar(row: Mapping[str, Any], key: str) -> Bar:
    """Return an index with its interval."""
    return Bar(row[key], row[f"{key}_low"], row[f"{key}_high"])


def _bars(
    bars: Sequence[Bar], heights: Sequence[float], name: str, colour: str, digits: int
) -> dict[str, Any]:
    """Return level bars from nought with whiskers; an index below nought has no length."""
    values = [max(bar.value or 0.0, 0.0) for bar in bars]
    up = [max((bar.high or value) - value, 0.0) for bar, value in zip(bars, values, strict=True)]
    down = [
        min(max(value - (bar.low if bar.low is not None else value), 0.0), value)
        for bar, value in zip(bars, values, strict=True)
    ]
    told = [
        f"{bar.value or 0.0:.{digits}f} [{bar.low or 0.0:.{digits}f}, {bar.high or 0.0:.{digits}f}]"
        for bar in bars
    ]
    return {
        "type": "bar",
        "orientation": "h",
        "x": plain_numbers(values),
        "y": list(heights),
        "name": name,
        "marker": {"color": colour},
        "error_x": {
            "array": plain_numbers(up),
            "arrayminus": plain_numbers(down),
            "symmetric": False,
            "thickness": 1.3,
            "width": 3,
            "color": "#1b1f23",
        },
        "customdata": told,
        "hovertemplate": "%{customdata}",
    }
