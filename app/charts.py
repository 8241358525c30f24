"""Fan charts from frames: bands and medians of scenarios beside what was observed, and paired differences.

Texts come in as words of one language, so that a page and a front end draw the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import pandas as pd

from app.charts_style import (
    BAND_ALPHA,
    INK,
    SOFT,
    Figure,
    annotate,
    blank,
    direct_labels,
    layout,
    literal,
    look_of,
    month_end,
    plain_numbers,
    rule,
    scatter,
    see_through,
    wrapped,
)

Numbers = list[float | None]
ISSUED = "2022-05"
ROOM, NO_ROOM = 118, 20
"""Pixels on the right with and without names of lines."""
KEY_WIDTH = 38
"""Letters on a line of a chart's key; a Chinese one counts as two."""
SPAN = 1.06
"""Height of the axis over the largest value shown."""


@dataclass(frozen=True)
class FanWords:
    """Words of a fan chart in one language. `axis`: unit of the value axis after `scale`; `band` and `inner`:
    names of the outer and the inner band; `digits`: decimals of a value."""

    axis: str
    band: str
    inner: str
    observed: str
    fitted: str
    otherwise: str
    nation: str
    issued: str
    target: str
    scale: float = 1.0
    digits: int = 1
    quality: Mapping[str, str] = field(default_factory=dict)


def fan(
    bands: pd.DataFrame,
    observed: pd.DataFrame,
    nation: pd.DataFrame,
    *,
    focus: str,
    scenario_labels: Mapping[str, str],
    words: FanWords,
    target: Sequence[tuple[int, float, str]] = (),
    inner: bool = True,
) -> Figure:
    """Return medians of all scenarios, the bands of `focus`, goals and every observed figure of one series.

    `bands`: scenario, month, BAND; `observed`, `nation`: year, value, low, high, quality, fitted, counted;
    `target`: year, value, direction. `inner`: whether there are replicates enough for the inner band.
    """
    figure = blank({})
    parts = {name: _gapped(bands[bands["scenario"] == name]) for name in scenario_labels}
    if focus in parts and len(parts[focus]):
        _bands(figure, parts[focus], look_of(focus, list(parts).index(focus)).colour, words, inner)
    ends = []
    for k, (name, part) in enumerate(parts.items()):
        if not len(part):
            continue
        look = look_of(name, k)
        values = _scaled(part["median"], words.scale)
        figure["data"].append(_line(part, values, scenario_labels[name], look.colour, look.dash, words))
        known = [value for value in values if value is not None]
        ends.append((known[-1] if known else None, scenario_labels[name], look.colour))
    _dots(figure, observed, nation, words)
    top = SPAN * max([*_values(figure), *(value * words.scale for _, value, _ in target)], default=0.0) or 1.0
    when = _when(figure)
    figure["layout"].update(layout(words.axis, (0.0, top), when, ROOM))
    _targets(figure, target, words)
    direct_labels(figure, ends, when[1], top)
    _issued(figure, words.issued)
    return figure


def effect_fan(
    paired: pd.DataFrame, *, name: str, place: int, words: FanWords, label: str, inner: bool = True
) -> Figure:
    """Return the bands of a paired difference over the months, with a line at zero.

    `paired`: month and BAND; `name`: the treated scenario, at `place` among the scenarios.
    """
    figure, look = blank({}), look_of(name, place)
    paired = _gapped(paired)
    _bands(figure, paired, look.colour, words, inner)
    values = _scaled(paired["median"], words.scale)
    figure["data"].append(_line(paired, values, label, look.colour, "solid", words))
    known = [value for value in _values(figure) if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    room = (SPAN - 1.0) * ((high - low) or 1.0)
    span = (low - room, high + room)
    figure["layout"].update(layout(words.axis, span, _when(figure), NO_ROOM))
    rule(figure, y=0, line={"color": INK, "width": 1})
    _issued(figure, words.issued)
    return figure


def _gapped(part: pd.DataFrame) -> pd.DataFrame:
    """Return a series by month with an empty row where a month is missing; yearly series stay as they are."""
    months = list(part["month"])
    if not months or all(month.endswith("-12") for month in months):
        return part
    span = pd.period_range(min(months), max(months), freq="M").astype(str)
    return part.set_index("month").reindex(span).rename_axis("month").reset_index()


def _when(figure: Figure) -> tuple[str, str]:
    """Return the first and the last day of a figure's axis."""
    days = [day for trace in figure["data"] for day in trace["x"] if day is not None]
    first, last = min(days), max(days)
    return f"{first[:4]}-{'01' if first[5:7] == '01' else '07'}-01", last


def _scaled(values: Iterable[Any], scale: float) -> Numbers:
    """Return values times `scale` with four figures; what is unknown leaves a gap."""
    return plain_numbers(float(value) * scale for value in values)


def _bands(figure: Figure, part: pd.DataFrame, colour: str, words: FanWords, inner: bool) -> None:
    """Draw the outer band and, where it says something, the inner one."""
    ends = [("low90", "high90", words.band, BAND_ALPHA[0])]
    ends += [("low50", "high50", words.inner, BAND_ALPHA[1])] if inner else []
    when = [month_end(month) for month in part["month"]]
    for low, high, name, alpha in ends:
        x, y = _outline(when, _scaled(part[low], words.scale), _scaled(part[high], words.scale))
        figure["data"].append(
            scatter(
                x=x,
                y=y,
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor=see_through(colour, alpha),
                name=literal(name),
                hoverinfo="skip",
            )
        )


def _outline(when: Sequence[str], low: Numbers, high: Numbers) -> tuple[list[str | None], Numbers]:
    """Return the outline of a band, one closed piece for each stretch of months without a gap."""
    x: list[str | None] = []
    y: Numbers = []
    for known, stretch in groupby(range(len(when)), key=lambda k: low[k] is not None):
        if known:
            there = list(stretch)
            x += [when[k] for k in there] + [when[k] for k in reversed(there)] + [None]
            y += [low[k] for k in there] + [high[k] for k in reversed(there)] + [None]
    return x, y


def _line(
    part: pd.DataFrame, values: Numbers, label: str, colour: str, dash: str, words: FanWords
) -> dict[str, Any]:
    """Return the line of medians; its values are told with their band."""
    spans = [
        f"{low * words.scale:,.{words.digits}f}–{high * words.scale:,.{words.digits}f}"
        for low, high in zip(part["low90"].astype(float), part["high90"].astype(float), strict=True)
    ]
    told = [span if month.endswith("-12") else "" for month, span in zip(part["month"], spans, strict=True)]
    return scatter(
        x=[month_end(month) for month in part["month"]],
        y=values,
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2.2},
        name=wrapped(label, KEY_WIDTH),
        meta="end",
        showlegend=False,
        customdata=told,
        hovertemplate=f"%{{y:,.{words.digits}f}} %{{customdata}}",
    )


def _dots(figure: Figure, observed: pd.DataFrame, nation: pd.DataFrame, words: FanWords) -> None:
    """Draw every observed figure: filled of the region, ringed used in a fit, hollow of the nation."""
    other = observed["counted"] != ""
    served = observed["fitted"].astype(bool)
    kinds = (
        (observed[~served & ~other], words.observed, "circle", INK),
        (observed[served & ~other], words.fitted, "circle-open-dot", INK),
        (observed[other], words.otherwise, "triangle-down-open", INK),
        (nation, words.nation, "diamond-open", SOFT),
    )
    for rows, name, symbol, colour in kinds:
        if not len(rows):
            continue
        values = rows["value"].astype(float)
        ranged = rows["low"].notna() & rows["high"].notna()
        arms = None
        if ranged.any():
            up = (rows["high"] - values).where(ranged, 0.0)
            down = (values - rows["low"]).where(ranged, 0.0)
            arms = {
                "array": _scaled(up, words.scale),
                "arrayminus": _scaled(down, words.scale),
                "thickness": 1,
            }
        figure["data"].append(
            scatter(
                x=[month_end(f"{year}-12") for year in rows["year"]],
                y=_scaled(values, words.scale),
                mode="markers",
                marker={"symbol": symbol, "size": 8, "color": colour, "line": {"width": 1.4}},
                error_y=arms,
                name=literal(name),
                customdata=[literal(words.quality.get(str(one), str(one))) for one in rows["quality"]],
                hovertemplate=f"%{{y:,.{words.digits}f}} %{{customdata}}",
            )
        )


def _targets(figure: Figure, target: Sequence[tuple[int, float, str]], words: FanWords) -> None:
    """Draw each goal as a bar over its year."""
    for year, value, direction in target:
        y = float(f"{value * words.scale:.4g}")
        figure["data"].append(
            scatter(
                x=[f"{year - 1}-12-31", f"{year}-12-31"],
                y=[y, y],
                mode="lines",
                line={"color": INK, "width": 4},
                showlegend=False,
                hoverinfo="skip",
            )
        )
        sign, unit = "≤" if direction == "lower" else "≥", " %" if words.axis == "%" else ""
        text = f"{words.target} {sign} {y:,.4g}{unit}"
        above = {"yanchor": "bottom", "yshift": 1, "xanchor": "right", "bgcolor": "rgba(255,255,255,0.7)"}
        annotate(figure, literal(text), x=f"{year}-12-31", y=y, font={"size": 11}, **above)


def _issued(figure: Figure, text: str) -> None:
    """Mark the month in which the plan was issued."""
    when = month_end(ISSUED)
    rule(figure, x=when, line={"color": SOFT, "width": 1, "dash": "dot"})
    annotate(
        figure, literal(text), x=when, y=1.0, yref="paper", yanchor="bottom", 
        font={"size": 11, "color": SOFT},
    )  # fmt: skip


def _values(figure: Figure) -> Iterable[float]:
    """Return all values drawn, with the upper ends of whiskers."""
    for trace in figure["data"]:
        arms = trace["error_y"]["array"] if "error_y" in trace else None
        for k, value in enumerate(trace["y"]):
            if value is not None and not math.isnan(value):
                yield value + (arms[k] or 0.0 if arms is not None else 0.0)
