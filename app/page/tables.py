"""Tables of the page: goals, effects, values of a series, what the money bought, by place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from app.cli import figures
from app.cli.show_evidence import OTHER_COUNTS, QUALITY_WORDS
from app.cli.show_goals import BASIS_WORDS, EFFECT_HEADS
from app.page.html import Cell, folded, paragraph, table
from app.page.results import DECEMBER, Results
from app.page.words import Both, Words, listed, same, told
from model.data.indicators import indicators

Row = Mapping[str, Any]


def spread(low: float | None, middle: float | None, high: float | None, unit: str | None) -> str:
    """Return a median with its interval on the line below; one replicate has none."""
    if middle is None or pd.isna(middle):
        return figures.MISSING
    span = "" if low is None or low == middle == high else f"\n{figures.interval(low, high, unit)}"
    return figures.level(middle, unit) + span


def goal_name(words: Words, goal: Row) -> Both:
    """Return the label of a goal with its year; † tells that it was reached before the plan."""
    return words.label(goal["indicator"]) + f" {goal['year']}" + (" †" if goal["passed_in_2022"] else "")


def goals_table(results: Results) -> str:
    """Return value, interval, target, met and probability of every goal by scenario."""
    words, names = results.words, results.names
    heads = [words.say("Goal"), words.say("Basis"), words.say("Target")]
    heads += [words.scenario(name) for name in names]
    rows: list[list[Cell]] = []
    for goal in results.summary["goals"]:
        sign = "≤ " if goal["direction"] == "lower" else "≥ "
        basis = words.say(BASIS_WORDS.get(str(goal["basis"]), str(goal["basis"])))
        target = same(sign + figures.level(goal["target"], goal["unit"]))
        if goal.get("stretch") is not None:
            more = sign + figures.level(goal["stretch"], goal["unit"])
            target = target + "\n" + words.say("stretch") + f" {more}"
        standing = [_standing(words, goal["scenarios"][name], goal["unit"], results.many) for name in names]
        rows.append([goal_name(words, goal), basis, target, *standing])
    return table(words.say("Goals"), heads, rows, words=2)


def _standing(words: Words, part: Row, unit: str | None, many: bool) -> Both:
    """Return how a scenario stands to a goal."""
    value = same(spread(part["low"], part["value"], part["high"], unit))
    if part["value"] is None or part["met"] is None:
        return value
    met = words.say("met") if part["met"] else words.say("not met")
    if not many:
        return value + "\n" + met
    chance = f" · p {figures.probability(part['probability'])}\n"
    span = figures.chances(part["probability_low"], part["probability_high"])
    return value + "\n" + met + chance + span


def effects_table(results: Results) -> str:
    """Return the paired effects on goals that can be read from the scenarios that were run."""
    words, goals = results.words, results.summary["goals"]
    known = [name for name in EFFECT_HEADS if any(_known(goal, name) for goal in goals)]
    if not known:
        return ""
    heads = [words.say("Goal"), *(words.say(EFFECT_HEADS[name]) for name in known)]
    rows: list[list[Cell]] = [
        [
            goal_name(words, goal),
            *(words.difference(goal["effects"].get(name, {}), goal["unit"]) for name in known),
        ]
        for goal in goals
    ]
    return table(words.say("What policy changes"), heads, rows)


def _known(goal: Row, effect: str) -> bool:
    return goal["effects"].get(effect, {}).get("value") is not None


def series_table(results: Results, indicator: str, place: str) -> str:
    """Return the December values of a series by scenario beside what was observed, folded."""
    words, unit = results.words, indicators()[indicator].unit
    values = {
        name: results.series[name, indicator, place].set_index("month")
        for name in results.names
        if (name, indicator, place) in results.series
    }
    seen, nation = results.points(indicator, place), results.nation(indicator, place)
    ends = {month for part in values.values() for month in part.index if month.endswith(DECEMBER)}
    years = {int(month[:4]) for month in ends} | set(seen["year"]) | set(nation["year"])
    heads = [words.say("Year"), *(words.scenario(name) for name in values)]
    heads += [words.say("Observed")] if len(seen) else []
    heads += [words.say("Observed, the nation")] if len(nation) else []
    rows: list[list[Cell]] = []
    for year in sorted(years):
        cells: list[Cell] = [str(year)]
        cells += [_at(part, f"{year}{DECEMBER}", unit) for part in values.values()]
        cells += [observed_cell(words, part, year, unit) for part in (seen, nation) if len(part)]
        rows.append(cells)
    caption = listed(series_name(words, indicator, place), words.text(unit))
    return folded(words.say("Figures of this chart"), table(caption, heads, rows))


def series_name(words: Words, indicator: str, place: str) -> Both:
    """Return the label of a series."""
    name = words.label(indicator)
    return name if place == "all" else listed(name, words.label(place))


def _at(part: pd.DataFrame, month: str, unit: str) -> str:
    if month not in part.index:
        return figures.MISSING
    low, middle, high = (float(str(part.at[month, name])) for name in ("low90", "median", "high90"))
    return spread(low, middle, high, unit)


def observed_cell(words: Words, seen: pd.DataFrame, year: int, unit: str) -> Both:
    """Return what was observed in a year, with its quality; several figures stand one below the other."""
    made: list[Both] = []
    for row in seen[seen["year"] == year].to_dict("records"):
        notes = [words.say(QUALITY_WORDS.get(str(row["quality"]), str(row["quality"])))]
        notes += [words.say("used in the fit")] if row["fitted"] else []
        notes += (
            [words.say(OTHER_COUNTS.get(str(row["counted"]), str(row["counted"])))] if row["counted"] else []
        )
        made.append(same(f"{figures.level(float(row['value']), unit)}\n") + listed(*notes))
    if not made:
        return same("")
    whole = made[0]
    for one in made[1:]:
        whole = whole + "\n" + one
    return whole


def differences_table(results: Results) -> str:
    """Return the paired effects by place and group of a comparison, folded."""
    words = results.words
    rows: list[list[Cell]] = []
    for row in results.summary.get("differences") or ():
        unit = indicators()[row["indicator"]].unit
        part = {"value": row["effect"], "low": row["low"], "high": row["high"]}
        named = (words.label(row[key]) for key in ("indicator", "place", "group"))
        rows.append([words.scenario(row["treated"]), *named, words.difference(part, unit)])
    if not rows:
        return ""
    heads = [
        words.say("Scenario"),
        words.say("Indicator"),
        words.say("Place"),
        words.say("Households"),
        words.say("Difference"),
    ]
    title = words.say("Paired effects by place and group")
    return folded(title, table(told(title, same(results.last)), heads, rows, words=4))


def sources_table(results: Results) -> str:
    """Return every observed figure on this page with its quality and its source."""
    words = results.words
    rows: list[list[Cell]] = []
    for place, seen in ((results.region.name, results.observed), ("china", results.national)):
        for row in seen.to_dict("records"):
            unit, indicator = indicators()[str(row["indicator"])].unit, str(row["indicator"])
            where = words.label(str(row["place"])) if row["place"] != "all" else region_label(words, place)
            value = same(figures.level(float(row["value"]), unit))
            quality = words.say(QUALITY_WORDS.get(str(row["quality"]), str(row["quality"])))
            cells = (words.label(indicator), where, same(row["year"]), value, quality)
            rows.append(
                [
                    *cells,
                    words.say("yes") if row["fitted"] else words.say("no"),
                    words.source(str(row["source"])),
                ]
            )
    heads = [words.say("Indicator"), words.say("Place"), words.say("Year"), words.say("Observed")]
    heads += [words.say("Data"), words.say("Used in the fit"), words.say("Source")]
    title = words.say("Every observed figure on this page")
    return folded(title, table(title, heads, rows, words=2)) if rows else ""


def region_label(words: Words, region: str) -> Both:
    """Return the label of a region."""
    from model.data.load import load_region

    known = load_region(region).label
    return Both(known["en"], known["zh"])


def note(both: Both) -> str:
    """Return a note under a table."""
    return paragraph(both, "note")
