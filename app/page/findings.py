"""What a chart shows, in a sentence with figures: read by those who see the chart and by those who do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from app.cli import figures
from app.page.results import Results
from app.page.words import Both, listed, same, told
from app.wording import mark
from model.data.indicators import indicators

FEW = mark("Too few people were simulated for a result.")
STANDS = mark("End of {year}: {values}.")
SEEN = mark("Last observed: {value} in {year}.")
CHANGES = mark("{pair}, end of {year}: {difference}.")
UNSURE = mark("The interval holds zero: whether it helps or harms cannot be told.")
PAID = mark("{scenario}, CNY hundred millions from 2022 on: {values}.")
RECEIVED = mark("{pair}, money received a household in CNY of 2022: {values}.")
PLACED = mark("{pair}, end of {year}: most in {most}, least in {least}.")
ENDS_OF_GROUPS = ("q1", "q5", "all.urban", "all.rural")
RANGED = mark("The range of the replicates holds zero.")


def series_finding(results: Results, indicator: str, place: str) -> Both:
    """Return where the scenarios end, and the last figure observed."""
    words, unit = results.words, indicators()[indicator].unit
    parts, year = [], ""
    for name in results.lines:
        part = results.series.get((name, indicator, place))
        if part is None:
            continue
        row = _end(part)
        year = str(row["month"])[:4]
        span = figures.interval(float(row["low90"]), float(row["high90"]), unit)
        value = figures.level(float(row["median"]), unit)
        parts.append(words.scenario(name) + f" {value} {span if results.many else ''}".rstrip())
    made = stands(results, year, parts) if parts else words.say(FEW)
    seen = results.points(indicator, place)
    if len(seen):
        last = seen.iloc[-1]
        value = figures.level(float(last["value"]), unit)
        made = joined(made, words.say(SEEN, value=value, year=int(last["year"])))
    return made


def stands(results: Results, year: str, parts: list[Both]) -> Both:
    """Return where things stand at the end of a year."""
    return results.words.say(STANDS, year=year, values=_row(parts))


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


def payers_finding(results: Results) -> Both:
    """Return what each payer pays in the scenario in focus, from the year of the plan on."""
    words = results.words
    sums: dict[str, float] = {}
    for row in results.summary["money"]:
        if row["scenario"] == results.focus:
            total = sum(float(value) for value in row["mean_by_year"].values())
            sums[row["payer"]] = sums.get(row["payer"], 0.0) + total
    parts = [words.label(payer) + f" {figures.money(value)}" for payer, value in sums.items()]
    said = words.say(PAID, scenario=words.scenario(results.focus), values=_row(parts))
    return said


def receivers_finding(results: Results, effect: Mapping[str, Any]) -> Both:
    """Return what the poorest and the richest fifth, the towns and the country receive a household."""
    words, parts = results.words, []
    for row in effect["groups"]:
        if row["part"] in ENDS_OF_GROUPS and row["received"]["value"] is not None:
            parts.append(words.label(row["part"]) + f" {figures.number(row['received']['value'])}")
    return words.say(RECEIVED, pair=words.pair(effect["treated"], effect["base"]), values=_row(parts))


def places_finding(results: Results, indicator: str, rows: pd.DataFrame) -> Both:
    """Return where the first pair's difference is largest and where it is smallest."""
    words, unit = results.words, indicators()[indicator].unit
    ordered = rows.sort_values(["median", "place"], kind="stable")
    parts = []
    for row in (ordered.iloc[-1], ordered.iloc[0]):
        part = {"value": row["median"], "low": row["low90"], "high": row["high90"]}
        parts.append(words.label(str(row["place"])) + " " + words.difference(part, unit))
    year = results.last[:4]
    made = words.say(PLACED, pair=words.pair(*results.pairs[0]), year=year, most=parts[0], least=parts[1])
    return made


def _end(part: pd.DataFrame) -> pd.Series:
    """Return the row of the last December, else the last one."""
    ends = part[part["month"].str.endswith("-12")]
    return (ends if len(ends) else part).iloc[-1]


def _row(parts: list[Both]) -> Both:
    return Both("; ".join(one.en for one in parts), "；".join(one.zh for one in parts))


def joined(one: Both, other: Both) -> Both:
    """Return two sentences in a row."""
    return Both(f"{one.en} {other.en}", f"{one.zh}{other.zh}")
