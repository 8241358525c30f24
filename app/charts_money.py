"""Charts of money: who pays in which year, and what a lever's level buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.charts_rows import Bar
from app.charts_style import (
    BAND_ALPHA,
    INK,
    Figure,
    axis,
    blank,
    frame,
    literal,
    note_above,
    plain_numbers,
    rule,
    scatter,
    see_through,
)

ABOVE = {"yanchor": "bottom", "showarrow": False, "font": {"size": 11}}
PAYER_COLOURS = ("#1b5e8c", "#d9822b", "#e8c24a", "#7d8a91")


@dataclass(frozen=True)
class MoneyWords:
    """Words of a chart of money: `axis` the unit above it; `base` the name of the other scenario's total."""

    axis: str
    base: str = ""
    second: str = ""
    target: str = ""
    scale: float = 1.0
    digits: int = 1


def payers(
    years: Sequence[int],
    paid: Mapping[str, Sequence[float]],
    base: Sequence[float] | None,
    *,
    words: MoneyWords,
) -> Figure:
    """Return money by year, stacked by payer (label -> CNY by year), with the total of another scenario."""
    figure = blank({})
    shown = f"%{{y:,.{words.digits}f}}"
    for colour, (name, values) in zip(PAYER_COLOURS, paid.items(), strict=False):
        y = plain_numbers(value * words.scale for value in values)
        figure["data"].append(
            scatter(
                type="bar",
                x=list(years),
                y=y,
                name=literal(name),
                marker={"color": colour},
                hovertemplate=shown,
            )
        )
    if base is not None:
        figure["data"].append(
            scatter(
                x=list(years),
                y=plain_numbers(value * words.scale for value in base),
                name=literal(words.base),
                mode="markers",
                marker={"symbol": "line-ew-open", "size": 22, "color": INK, "line": {"width": 2.5}},
                hovertemplate=shown,
            )
        )
    figure["layout"].update(
        frame(
            barmode="relative",
            bargap=0.3,
            hovermode="x unified",
            margin={"l": 52, "r": 16, "t": 44, "b": 40},
            xaxis=axis(dtick=1, showgrid=False),
            yaxis=axis(nticks=6, separatethousands=True, rangemode="tozero"),
            annotations=[note_above(words.axis)],
            meta={"narrow": {"margin.l": 40, "xaxis.dtick": 2}},
        )
    )
    return figure


def curve(
    levels: Sequence[float],
    reached: Sequence[Bar],
    price: Sequence[Bar] | None,
    *,
    colour: str,
    label: str,
    words: MoneyWords,
    target: float | None = None,
) -> Figure:
    """Return a goal over the levels of a lever with its band; on a second axis the cost of what is added."""
    figure, marks = blank({}), [note_above(words.axis)]
    x = plain_numbers(levels)
    for part, fill in (("low", None), ("high", "tonexty")):
        y = plain_numbers(_or_nan(getattr(bar, part)) for bar in reached)
        figure["data"].append(
            scatter(
                x=x,
                y=y,
                mode="lines",
                line={"width": 0},
                fill=fill,
                hoverinfo="skip",
                showlegend=False,
                fillcolor=see_through(colour, BAND_ALPHA[0]),
            )
        )
    shown = f"%{{y:,.{words.digits}f}}"
    y = plain_numbers(_or_nan(bar.value) for bar in reached)
    figure["data"].append(
        scatter(
            x=x, y=y, mode="lines+markers", line={"color": colour}, name=literal(label), hovertemplate=shown
        )
    )
    if price and any(bar.value is not None for bar in price):
        y = plain_numbers(_or_nan(bar.value) for bar in price)
        figure["data"].append(
            scatter(
                x=x,
                y=y,
                mode="lines+markers",
                yaxis="y2",
                name=literal(words.second),
                hovertemplate="%{y:,.0f}",
                line={"color": INK, "dash": "dot"},
                marker={"symbol": "square"},
            )
        )
    if target is not None:
        rule(figure, y=target, line={"color": INK, "width": 2})
        marks.append(
            {"text": literal(words.target), "x": 0, "xref": "paper", "xanchor": "left", "y": target} | ABOVE
        )
    figure["layout"].update(
        frame(
            hovermode="x unified",
            margin={"l": 52, "r": 64, "t": 44, "b": 40},
            xaxis=axis(
                title={"text": literal(words.base), "font": {"size": 12}, "standoff": 8},
                separatethousands=True,
            ),
            yaxis=axis(nticks=6, rangemode="tozero", separatethousands=True),
            yaxis2={
                "overlaying": "y",
                "side": "right",
                "rangemode": "tozero",
                "showgrid": False,
                "nticks": 6,
                "tickformat": ",.0f",
            },
            annotations=marks,
        )
    )
    figure["layout"]["legend"]["y"] = -0.3
    return figure


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
