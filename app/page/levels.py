"""One lever at several levels: what each reaches of a goal, and what that costs."""

from __future__ import annotations

from typing import Any

from app import charts_money
from app.charts_rows import Bar
from app.charts_style import look_of
from app.page.drawings import Drawn, scale_of
from app.page.findings import stands
from app.page.html import Cell, table
from app.page.results import WHOLE, Results
from app.page.tables import spread
from app.page.words import Both, listed, same, told
from app.wording import LANGUAGES
from model.data.indicators import indicators
from model.data.levers import levers

PRICE = "real"


def goals_of(results: Results) -> list[str]:
    """Return the indicators with goals that have a value at the last December."""
    names = dict.fromkeys(str(goal["indicator"]) for goal in results.summary["goals"])
    return [name for name in names if any(bar.value is not None for bar in _bars(results, name, 1.0))]


def _bars(results: Results, indicator: str, scale: float) -> list[Bar]:
    """Return the last December's median and band of each level."""
    made = []
    for name in (results.vary or {})["names"]:
        part = results.series.get((name, indicator, WHOLE))
        row = part[part["month"] == results.last] if part is not None else None
        if row is None or row.empty:
            made.append(Bar(None, None, None))
        else:
            made.append(Bar(*(float(row[end].iloc[0]) * scale for end in ("median", "low90", "high90"))))
    return made


def _prices(results: Results) -> list[Bar]:
    """Return CNY per additional car of each level over its base, where it is defined."""
    parts = [point["cost_per_additional"] for point in (results.vary or {}).get("curve", ())]
    return [Bar.of(part["all"][PRICE] if part else None) for part in parts]


def lever_name(results: Results) -> Both:
    """Return the label and the unit of the lever that is varied."""
    lever = str((results.vary or {})["lever"])
    return listed(results.words.label(lever), results.words.text(levers()[lever].unit))


def curve(results: Results, indicator: str) -> Drawn:
    """Return a goal over the levels of the lever."""
    words, vary, unit = results.words, results.vary or {}, indicators()[indicator].unit
    largest = max((bar.high or 0.0 for bar in _bars(results, indicator, 1.0)), default=0.0)
    target = next(iter(reversed([value for _, value, _ in results.targets(indicator)])), None)
    colour = look_of("plan", 0).colour
    prices = _prices(results) if indicator == goals_of(results)[0] else None
    made: Drawn = {}
    for lang in LANGUAGES:
        scale, axis, digits = scale_of(unit, largest, words.text(unit), lang)
        per_car = listed(words.say("CNY per additional car"), words.say("prices of 2022")).of(lang)
        goal = words.say("goal").of(lang)
        said = charts_money.MoneyWords(axis, lever_name(results).of(lang), per_car, goal, digits=digits)
        made[lang] = charts_money.curve(
            [float(value) for value in vary["values"]], _bars(results, indicator, scale), prices,
            colour=colour, label=words.label(indicator).of(lang), words=said,
            target=None if target is None else target * scale,
        )  # fmt: skip
    return made


def curve_finding(results: Results, indicator: str) -> Both:
    """Return what the lowest and the highest level reach."""
    values = [same(f"{float(value):g}") for value in (results.vary or {})["values"]]
    bars = _bars(results, indicator, 1.0)
    unit = indicators()[indicator].unit
    parts = [
        told(values[k], same(spread(bars[k].low, bars[k].value, bars[k].high, unit).replace("\n", " ")))
        for k in (0, -1)
    ]
    return stands(results, results.last[:4], parts)


def levels_table(results: Results) -> str:
    """Return one row a level with the last December's goals and the cost of an additional car."""
    words, names = results.words, goals_of(results)
    rows: list[list[Cell]] = []
    columns = {name: _bars(results, name, 1.0) for name in names}
    prices = _prices(results)
    for k, value in enumerate((results.vary or {})["values"]):
        cells: list[Cell] = [f"{float(value):g}"]
        for name, bars in columns.items():
            cells.append(spread(bars[k].low, bars[k].value, bars[k].high, indicators()[name].unit))
        cells.append(spread(prices[k].low, prices[k].value, prices[k].high, "CNY"))
        rows.append(cells)
    heads: list[Any] = [lever_name(results), *(words.label(name) for name in names)]
    heads.append(listed(words.say("CNY per additional car"), words.say("prices of 2022")))
    return table(told(words.say("One lever at several levels"), same(results.last)), heads, rows)
