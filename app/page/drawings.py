"""Figures of the page in both languages, from the results of a run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from app import charts, charts_money, charts_rows
from app.charts_rows import Bar
from app.charts_style import Figure
from app.cli.figures import HUNDRED_MILLION, PERCENT, is_share
from app.cli.labels import PAYERS
from app.cli.show_evidence import QUALITY_WORDS
from app.effect_rows import SPENT, largest_bill
from app.page.results import Results
from app.page.words import Both, same, told
from app.wording import LANGUAGES, mark
from experiments.bands import BAND
from experiments.summary import FIRST_PAYING_YEAR
from model.data.indicators import indicators

Drawn = dict[str, Figure]
SCALES = {
    "en": ((1e9, "billions"), (1e6, "millions"), (1e3, "thousands")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}
ENDS = ("median", "low90", "high90")
LARGE = 1e4
"""Values up to this are written out on an axis."""
REACHED = mark("goal reached")
OF_GOAL = mark("per cent of the goal; beyond 200 at the edge")


def scale_of(unit: str, largest: float, words: Both, lang: str) -> tuple[float, str, int]:
    """Return factor, unit as written on the axis and decimals for values up to `largest`."""
    if is_share(unit):
        return PERCENT, "%", 1
    name = words.of(lang)
    if largest >= LARGE:
        for size, word in SCALES[lang]:
            if largest >= size:
                shown = f"{name}（{word}）" if lang == "zh" else f"{name} ({word})"
                return 1.0 / size, shown, _digits(largest / size)
    return 1.0, name, _digits(largest)


def _digits(largest: float) -> int:
    """Return decimals that leave about three figures."""
    return max(0, min(3, 2 - math.floor(math.log10(largest)))) if largest > 0 else 0


def fan_words(results: Results, indicator: str, largest: float, lang: str) -> charts.FanWords:
    """Return the words of a fan chart."""
    words, unit = results.words, indicators()[indicator].unit
    scale, axis, digits = scale_of(unit, largest, words.text(unit), lang)
    band = words.say("90 % of replicates") if results.full else words.say("range of replicates")
    region = words.region_label
    said = {
        "axis": same(axis),
        "band": band,
        "inner": words.say("half of replicates"),
        "observed": words.say("observed, {region}", region=region),
        "fitted": words.say("observed, used in the fit"),
        "otherwise": words.say("observed, all registered vehicles"),
        "nation": words.say("observed, the nation"),
        "issued": words.say("plan issued"),
        "target": words.say("goal"),
    }
    quality = {key: words.say(word).of(lang) for key, word in QUALITY_WORDS.items()}
    spoken = {key: text.of(lang) for key, text in said.items()}
    return charts.FanWords(**spoken, scale=scale, digits=digits, quality=quality)


def fan(results: Results, indicator: str, place: str) -> Drawn:
    """Return the fan chart of a series."""
    keys = [key for key in results.series if key[1:] == (indicator, place)]
    columns = pd.DataFrame(columns=["scenario", "month", *BAND])
    whole = pd.concat([results.series[key].assign(scenario=key[0]) for key in keys]) if keys else columns
    seen, nation = results.points(indicator, place), results.nation(indicator, place)
    largest = max(float(part.max()) for part in (whole["high90"], seen["value"]) if len(part))
    made: Drawn = {}
    for lang in LANGUAGES:
        labels = {name: results.words.scenario(name).of(lang) for name in results.lines}
        made[lang] = charts.fan(
            whole, seen, nation, focus=results.focus, scenario_labels=labels,
            words=fan_words(results, indicator, largest, lang), target=results.targets(indicator),
            inner=results.full,
        )  # fmt: skip
    return made


def effect_fan(results: Results, indicator: str, place: str) -> Drawn:
    """Return the chart of the first pair's difference."""
    part = results.paired[indicator, place]
    largest = max(abs(float(part["low90"].min())), abs(float(part["high90"].max())))
    treated = results.pairs[0][0]
    made: Drawn = {}
    for lang in LANGUAGES:
        words = fan_words(results, indicator, largest, lang)
        if is_share(indicators()[indicator].unit):
            words = replace(words, axis=results.words.say("points").of(lang))
        made[lang] = charts.effect_fan(
            part, name=treated, place=results.names.index(treated), words=words,
            label=results.words.pair(*results.pairs[0]).of(lang), inner=results.full,
        )  # fmt: skip
    return made


def goals(results: Results) -> Drawn:
    """Return how far each goal is reached."""
    words = results.words
    made: Drawn = {}
    for lang in LANGUAGES:
        rows = [
            (
                f"{words.label(goal['indicator']).of(lang)} {goal['year']}",
                {name: _reached(goal["scenarios"][name], goal) for name in results.names},
            )
            for goal in results.summary["goals"]
        ]
        labels = {name: words.scenario(name).of(lang) for name in results.names}
        said = charts_rows.RowWords(words.say(OF_GOAL).of(lang), words.say(REACHED).of(lang), 0)
        made[lang] = charts_rows.goal_bars(rows, labels=labels, words=said)
    return made


def _reached(part: Mapping[str, Any], goal: Mapping[str, Any]) -> Bar:
    """Return the per cent of a goal that is reached; where less is better, goal over value."""
    target, lower = float(goal["target"]), goal["direction"] == "lower"
    got = [part[name] for name in ("value", "low", "high")]
    if lower:
        value, high, low = (target / one * PERCENT if one else None for one in got)
    else:
        value, low, high = (one / target * PERCENT if one is not None and target else None for one in got)
    return Bar(value, low, high)


def payers(results: Results) -> Drawn:
    """Return who pays in which year in the scenario in focus, with the total of the base scenario."""
    words, base = results.words, results.pairs[0][1] if results.pairs else None
    table = results.tables["outlays"]
    table = table[table["year"] >= FIRST_PAYING_YEAR]
    count = int(results.summary["replicates"])
    years = list(range(FIRST_PAYING_YEAR, int(str(results.summary["until"])[:4]) + 1))
    sums = table.groupby(["scenario", "payer", "year"], observed=True)["value"].sum() / count
    paid = {payer: [float(sums.get((results.focus, payer, year), 0.0)) for year in years] for payer in PAYERS}
    totals = [sum(float(sums.get((base, payer, year), 0.0)) for payer in PAYERS) for year in years]
    made: Drawn = {}
    for lang in LANGUAGES:
        said = charts_money.MoneyWords(
            axis=words.say("CNY, hundred millions").of(lang),
            base=told(words.say("total"), words.scenario(base or "")).of(lang),
            scale=1.0 / HUNDRED_MILLION,
        )
        named = {words.label(payer).of(lang): values for payer, values in paid.items() if any(values)}
        made[lang] = charts_money.payers(years, named, totals if base else None, words=said)
    return made


def receivers(results: Results, effect: Mapping[str, Any]) -> Drawn:
    """Return who receives the money, and the bill that changes most."""
    words, made, bill = results.words, {}, largest_bill(effect)
    for lang in LANGUAGES:
        rows = [
            (words.label(row["part"]).of(lang), Bar.of(row["received"]), Bar.of(row[bill]))
            for row in effect["groups"]
        ]
        titles = (words.say("Money received").of(lang), words.say(SPENT[bill]).of(lang))
        axis = words.say("CNY of 2022 a household in these years").of(lang)
        made[lang] = charts_rows.receivers(rows, titles=titles, words=charts_rows.RowWords(axis, digits=0))
    return made


def by_place(results: Results, indicator: str) -> Drawn:
    """Return the first pair's difference by city."""
    words, (treated, base) = results.words, results.pairs[0]
    table = results.cities(indicator)
    unit = indicators()[indicator].unit
    largest = float(table[["low90", "high90"]].abs().to_numpy().max())
    made: Drawn = {}
    for lang in LANGUAGES:
        scale, axis, digits = scale_of(unit, largest, words.text(unit), lang)
        axis = words.say("points").of(lang) if is_share(unit) else axis
        rows = [
            (words.label(str(row["place"])).of(lang), Bar(*(float(row[k]) * scale for k in ENDS)))
            for row in table.to_dict("records")
        ]
        made[lang] = charts_rows.by_place(
            rows, name=treated, place=results.names.index(treated), label=words.pair(treated, base).of(lang),
            words=charts_rows.RowWords(axis, digits=digits),
        )  # fmt: skip
    return made
