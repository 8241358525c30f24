"""Tables of money on the page: what it bought, who pays and who receives, for each pair of scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cli import figures
from app.cli.show_money import COSTS, PRICES, REASONS
from app.effect_rows import (
    BRINGS,
    CLEANER,
    MOVES,
    SPENT,
    STILL,
    Told,
    bills,
    driving_less_rows,
    home_rows,
    percent,
    span,
)
from app.effect_rows import REASONS as REASONS_OF_HOMES
from app.page.html import Cell, paragraph, table
from app.page.results import Results
from app.page.words import Words, listed, same, told
from app.wording import mark
from model.data.indicators import indicators

Row = Mapping[str, Any]
SPANS = ("to_end", "life")
FOLLOWS = mark("° the same rule in both: the difference follows from other purchases.")


def bought_table(words: Words, effect: Row) -> str:
    """Return additional cars, leakage, cost, tonnes and cost per unit of a pair of scenarios."""
    window = effect["window"]
    months = f"{window['first']}..{window['last']}" + (" ‡" if window["cut"] else "")
    rows: list[list[Cell]] = [[words.say("months counted"), months, ""]]
    rows.append([words.say("additional new-energy cars"), span(effect["additional"], figures.number), ""])
    if effect["subsidised"] is not None:
        drew = span(effect["subsidised"], figures.number)
        rows.append([words.say("cars that drew on the money"), drew, ""])
        anyway = words.say("leakage: would have been bought anyway")
        rows.append([anyway, span(effect["leakage"], percent), ""])
    for kind, prices in PRICES.items():
        head = listed(words.say("cost, CNY hundred millions"), words.say(prices))
        rows.append([head, *(span(effect["cost"][who][kind], figures.money) for who in COSTS)])
        head = listed(words.say("CNY per additional car"), words.say(prices))
        rows.append(
            [head, *(span(effect["cost_per_additional"][who][kind], figures.number) for who in COSTS)]
        )
    rows += _tonnes(words, effect)
    names = words.pair(effect["treated"], effect["base"])
    heads = [words.say("Result"), *(words.say(head) for head in COSTS.values())]
    notes = _notes(words, effect)
    return table(told(words.say("What the money bought"), names), heads, rows) + notes


def _tonnes(words: Words, effect: Row) -> list[list[Cell]]:
    """Return tonnes saved by cleaner cars and what one costs; apart those saved by driving less."""
    named = {"to_end": words.say("to the end of the run"), "life": words.say("over the cars' life")}
    rows: list[list[Cell]] = [
        [
            listed(words.say(CLEANER), named[key]),
            span(effect["tonnes"][key], figures.number),
            "",
        ]
        for key in SPANS
    ]
    costs = effect["cost_per_tonne"]
    for key in SPANS:
        head = listed(words.say("CNY of 2022 per tonne"), named[key])
        rows.append([head, *(span(costs[who][key], figures.number) for who in COSTS)])
    return rows + _told(words, driving_less_rows(effect))


def _told(words: Words, rows: list[Told]) -> list[list[Cell]]:
    return [[listed(*(words.say(part) for part in head)), *cells] for head, cells in rows]


def _notes(words: Words, effect: Row) -> str:
    """Return what a dash and the marks of the table mean."""
    made = []
    if effect["reason"]:
        made.append(same(f"{figures.MISSING} ") + words.say(REASONS[effect["reason"]]))
    if all(part is None for who in COSTS for part in effect["cost_per_tonne"][who].values()):
        made.append(
            same(f"{figures.MISSING} ") + words.say("cost per tonne not defined: no detectable saving")
        )
    if effect["window"]["cut"]:
        text = (
            "‡ the money, or the months after it that count, reach beyond the run: later cars are left out."
        )
        made.append(words.say(text))
    return "".join(paragraph(one, "note") for one in made)


def receivers_table(words: Words, effect: Row) -> str:
    """Return money received and bills paid a household, by fifth, town and country; bills that differ."""
    paid = bills(effect)
    rows: list[list[Cell]] = [
        [
            words.label(row["part"]),
            span(row["received"], figures.number),
            span(row["share"], percent),
            *(span(row[name], figures.number) for name in paid),
        ]
        for row in effect["groups"]
    ]
    heads = [words.say("Households"), words.say("Money received"), words.say("Share of the money")]
    heads += [words.say(SPENT[name]) for name in paid]
    names = words.pair(effect["treated"], effect["base"])
    title = words.say("Who receives and who pays, CNY of 2022 a household in these years")
    return table(told(title, names), heads, rows)


def instruments_table(words: Words, effect: Row) -> str:
    """Return the difference in outlays by instrument and payer."""
    rows: list[list[Cell]] = [
        [
            words.label(row["instrument"]) + ("" if row["set"] else " °"),
            words.label(row["payer"]),
            span(row["money"], figures.money),
        ]
        for row in effect["instruments"]
    ]
    heads = [words.say("Instrument"), words.say("Payer"), words.say("CNY, hundred millions")]
    names = words.pair(effect["treated"], effect["base"])
    made = table(told(words.say("Difference in outlays (current prices)"), names), heads, rows, words=2)
    if not all(row["set"] for row in effect["instruments"]):
        made += paragraph(words.say(FOLLOWS), "note")
    return made


def homes_table(words: Words, effect: Row) -> str:
    """Return appliances added, electricity saved and bills; nothing where none differ."""
    rows = _told(words, home_rows(effect))
    if not rows:
        return ""
    heads = [words.say("Result"), *(words.say(head) for head in COSTS.values())]
    made = table(told(words.say(BRINGS), words.pair(effect["treated"], effect["base"])), heads, rows)
    things = effect["appliances"] or {}
    if things.get("set") and things["reason"]:
        reason = words.say(REASONS_OF_HOMES[things["reason"]])
        made += paragraph(same(f"{figures.MISSING} ") + reason, "note")
    return made


def moved_table(words: Words, effect: Row) -> str:
    """Return the indicators that move in one December; nothing where none does."""
    moved = effect["moved"]
    if moved is None or not moved["rows"]:
        return ""
    rows: list[list[Cell]] = []
    for row in moved["rows"]:
        unit, label = indicators()[row["indicator"]].unit, words.label(row["indicator"])
        if not figures.is_share(unit):
            label = listed(label, words.text(unit))
        levels = [figures.level(row[key]["value"], unit) for key in ("base", "treated")]
        rows.append([label, *levels, words.difference(row["effect"], unit)])
    heads = [words.say(head) for head in ("Indicator", "base", "with it", "Difference")]
    title = listed(words.say(MOVES), same(moved["month"]))
    made = table(told(title, words.pair(effect["treated"], effect["base"])), heads, rows)
    if moved["still"]:
        made += paragraph(words.say(STILL, count=moved["still"]), "note")
    return made


def outlays_table(results: Results) -> str:
    """Return what the public hand pays from 2022 on, by scenario, instrument and payer."""
    words = results.words
    rows: list[list[Cell]] = [
        [
            words.scenario(row["scenario"]),
            words.label(row["instrument"]),
            words.label(row["payer"]),
            span(row, figures.money),
        ]
        for row in results.summary["money"]
    ]
    heads = [words.say("Scenario"), words.say("Instrument"), words.say("Payer")]
    heads.append(words.say("CNY, hundred millions"))
    return table(words.say("Public money from 2022 on (current prices)"), heads, rows, words=3)
