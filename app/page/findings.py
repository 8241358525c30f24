"""What a chart shows, in a sentence with figures: read by those who see the chart and by those who do not."""

from __future__ import annotations

import pandas as pd

from app.cli import figures
from app.page.results import Results
from app.page.words import Both, listed, same, told
from app.wording import mark
from model.data.indicators import indicators

STANDS = mark("End of {year}: {values}.")
SEEN = mark("Last observed: {value} in {year}.")
CHANGES = mark("{pair}, end of {year}: {difference}.")
UNSURE = mark("The interval holds zero: whether it helps or harms cannot be told.")
RANGED = mark("The range of the replicates holds zero.")


def series_finding(results: Results, indicator: str, place: str) -> Both:
    """Return where the scenarios end, and the last figure observed."""
    words, unit = results.words, indicators()[indicator].unit
    parts, year = [], ""
    for name in results.names:
        part = results.series.get((name, indicator, place))
        if part is None:
            continue
        row = _end(part)
        year = str(row["month"])[:4]
        span = figures.interval(float(row["low90"]), float(row["high90"]), unit)
        value = figures.level(float(row["median"]), unit)
        parts.append(words.scenario(name) + f" {value} {span if results.many else ''}".rstrip())
    made = words.say(STANDS, year=year, values=_row(parts))
    seen = results.points(indicator, place)
    if len(seen):
        last = seen.iloc[-1]
        value = figures.level(float(last["value"]), unit)
        made = joined(made, words.say(SEEN, value=value, year=int(last["year"])))
    return made


def effect_finding(results: Results, indicator: str, place: str) -> Both:
    """Return the paired difference at the end of the run, and whether it can be told from none."""
    words, unit = results.words, indicators()[indicator].unit
    row = _end(results.paired[indicator, place])
    low, high = float(row["low90"]), float(row["high90"])
    part = {"value": float(row["median"]), "low": low, "high": high}
    difference = words.difference(part, unit)
    year = str(row["month"])[:4]
    made = words.say(CHANGES, pair=words.pair(*results.pairs[0]), year=year, difference=difference)
    if results.many and low <= 0.0 <= high:
        made = joined(made, words.say(UNSURE if results.full else RANGED))
    return made


def goals_finding(results: Results) -> Both:
    """Return how many goals the median of each scenario meets."""
    words, goals = results.words, results.summary["goals"]
    parts = []
    for name in results.names:
        met = sum(1 for goal in goals if goal["scenarios"][name]["met"])
        parts.append(told(words.scenario(name), same(f"{met}/{len(goals)}")))
    return words.say("Goals met by the median: {values}.", values=listed(*parts))


def _end(part: pd.DataFrame) -> pd.Series:
    """Return the row of the last December, else the last one."""
    ends = part[part["month"].str.endswith("-12")]
    return (ends if len(ends) else part).iloc[-1]


def _row(parts: list[Both]) -> Both:
    return Both("; ".join(one.en for one in parts), "；".join(one.zh for one in parts))


def joined(one: Both, other: Both) -> Both:
    """Return two sentences in a row."""
    return Both(f"{one.en} {other.en}", f"{one.zh}{other.zh}")
