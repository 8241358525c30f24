"""What a change does: outcome, cost, cost a car and a tonne as cards; goals moved; who gains."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_money import COSTS, REASONS
from app.effect_rows import REASONS as REASONS_OF_HOMES
from app.effect_rows import SPENT, bills
from app.front import numbers
from app.front.html import badge, paragraph, table
from app.page.results import Results
from app.wording import mark
from model.data.indicators import indicators

Row = Mapping[str, Any]
CLEAR, UNSURE = mark("can be told from zero"), mark("the interval holds zero")
PRICES = mark("prices of 2022")
CLEANER = mark("Tonnes of CO2 saved by cleaner cars")
SAVED = mark("no detectable saving")
GROUP_HEADS = (mark("Households"), mark("Money received"), mark("Share of the money"))
UNIT_OF_GROUPS = mark("CNY of 2022 a household, all years counted together")


def cards(words: Session, names: Labels, effect: Row, outcome: Row, full: bool) -> str:
    """Return the effect on one outcome, the cost, and what a car and a tonne cost, as cards.

    `outcome`: indicator, month, and base, treated, effect with intervals. `full`: whether the interval is
    one of 90 %, from which an effect can be told from zero; the range of a few replicates is none.
    """
    say, known = words.say, indicators()[outcome["indicator"]]
    parts = [_outcome(words, names[outcome["indicator"]], known.unit, outcome, full)]
    if effect["window"] is not None:
        cost = effect["cost"]["all"]["real"]
        alone = words.told(
            say(COSTS["province"]), numbers.cny(words, effect["cost"]["province"]["real"]["value"])
        )
        parts.append(_figure(words, say("Cost, all payers"), cost, _money(words), [say(PRICES), alone]))
        parts += _of_cars(words, effect) + _of_things(words, effect)
    return f'<div class="cards">{"".join(parts)}</div>'


def outcome_of(results: Results, indicator: str, base: str, treated: str) -> Row:
    """Return an outcome of the region in the last December: base, treated and effect with intervals."""
    month = results.last
    made: dict[str, Any] = {"indicator": indicator, "month": month}
    for key, part in (
        ("base", results.series.get((base, indicator, "all"))),
        ("treated", results.series.get((treated, indicator, "all"))),
        ("effect", results.paired.get((indicator, "all"))),
    ):
        row = None if part is None else part[part["month"] == month]
        told = row is not None and len(row) > 0
        ends = zip(("value", "low", "high"), ("median", "low90", "high90"), strict=True)
        made[key] = {
            name: float(row[end].iloc[0]) if told and row is not None else None for name, end in ends
        }
    return made


def error_text(words: Session, indicator: str, error: float | None) -> str:
    """Return the error of a preview in the outcome's unit, not rounded down; a dash where it is unknown."""
    if error is None or not math.isfinite(error):
        return figures.MISSING
    unit = indicators()[indicator].unit
    if figures.is_share(unit):
        return f"{math.ceil(1000 * error) / 10:.1f} {words.say('points')}"
    return f"{numbers.amount(words, error)} {words.text(unit)}"


def _money(words: Session) -> Callable[[float | None], str]:
    return lambda value: numbers.cny(words, value)


def _amount(words: Session) -> Callable[[float | None], str]:
    return lambda value: numbers.amount(words, value)


def _outcome(words: Session, name: str, unit: str, outcome: Row, full: bool) -> str:
    """Return the card of the chosen outcome."""
    effect = outcome["effect"]
    base, treated = (numbers.level(words, outcome[key]["value"], unit) for key in ("base", "treated"))
    unsure = numbers.holds_zero(effect)
    shown = numbers.difference(words, effect["value"], unit)
    facts = [f"{base} → {treated}", words.told(words.say("Interval"), numbers.interval(words, effect, unit))]
    told = "" if figures.is_share(unit) else words.text(unit)
    sign = badge(words.say(UNSURE), "idle") if unsure else badge(words.say(CLEAR), "yes") if full else ""
    return _card(f"{name} {str(outcome['month'])[:4]}", shown, told, facts, sign)


def _of_cars(words: Session, effect: Row) -> list[str]:
    """Return the cards of additional cars, what one costs, and tonnes."""
    say, window = words.say, effect["window"]
    counted = f"{window['first']}–{window['last']}"
    made = [
        _figure(words, say("Additional new-energy cars"), effect["additional"], _amount(words), [counted])
    ]
    each = effect["cost_per_additional"]["all"]["real"]
    head = say("Cost of one additional car, all payers")
    if each is None:
        reason = say(REASONS[effect["reason"]]) if effect["reason"] else say("no money was spent on cars")
        made.append(_card(head, figures.MISSING, "", [reason], ""))
    else:
        made.append(_figure(words, head, each, _money(words), [say(PRICES)], judged=False))
    tonne = effect["cost_per_tonne"]["all"]["to_end"]
    price = say(SAVED) if tonne is None else f"{numbers.cny(words, tonne['value'])}"
    facts = [words.told(say("CNY of 2022 per tonne"), price), say("to the end of the run")]
    less = effect["tonnes_driving_less"]["to_end"]
    if not numbers.holds_zero(less):
        facts.append(words.told(say("by driving less"), numbers.amount(words, less["value"])))
    made.append(_figure(words, say(CLEANER), effect["tonnes"]["to_end"], _amount(words), facts))
    return made


def _of_things(words: Session, effect: Row) -> list[str]:
    """Return the cards of appliances and of electricity, where they differ."""
    say, made = words.say, []
    things, power = effect.get("appliances"), effect.get("electricity")
    if things is not None and (things["set"] or not numbers.holds_zero(things["efficient"])):
        head = say("Additional appliances of grades 1 and 2")
        each = things["cost_per_additional"]["all"]
        price = (
            numbers.cny(words, each["value"]) if each else say(REASONS_OF_HOMES.get(things["reason"], SAVED))
        )
        facts = [words.told(say("Cost of one, all payers"), price)]
        made.append(_figure(words, head, things["efficient"], _amount(words), facts))
    if power is not None and not numbers.holds_zero(power["kwh"]):
        facts = [words.told(say("tonnes of CO2"), numbers.amount(words, power["tonnes"]["value"]))]
        made.append(
            _figure(words, say("Electricity of homes saved, kWh"), power["kwh"], _amount(words), facts)
        )
    return made


def _figure(
    words: Session, head: str, part: Row, shown: Callable[[float | None], str], facts: Sequence[str], *,
    judged: bool = True,
) -> str:  # fmt: skip
    """Return the card of one figure with its interval."""
    span = numbers.span(part, shown)
    told = [words.told(words.say("Interval"), span)] if span else []
    unsure = numbers.holds_zero(part)
    sign = badge(words.say(UNSURE), "idle") if judged and unsure else ""
    return _card(head, shown(part["value"]), "", [*told, *facts], sign)


def _card(head: str, value: str, unit: str, facts: Sequence[str], sign: str) -> str:
    told = "<br>".join(escape(one) for one in facts if one)
    return (
        f'<div class="card"><h4>{escape(head)}</h4><div class="value">{escape(value)}</div>'
        f'<div class="unit">{escape(unit)}</div><div>{sign}</div><div class="facts">{told}</div></div>'
    )


def goal_rows(words: Session, names: Labels, summary: Row, base: str, treated: str) -> list[list[str]]:
    """Return every goal before and with the change, and the difference, as rows of text."""
    made = []
    for goal in summary["goals"]:
        unit, change = goal["unit"], goal["effects"]["effect_of_change"]
        ours, theirs = goal["scenarios"][treated], goal["scenarios"][base]
        sign = "≤ " if goal["direction"] == "lower" else "≥ "
        made.append(
            [
                names[goal["indicator"]],
                str(goal["year"]),
                sign + figures.level(goal["target"], unit),
                numbers.level(words, theirs["value"], unit),
                numbers.level(words, ours["value"], unit),
                numbers.difference(words, change["value"], unit),
                numbers.interval(words, change, unit),
                words.say("met") if ours["met"] else words.say("not met"),
            ]
        )
    return made


def goal_heads(words: Session) -> list[str]:
    """Return the heads of `goal_rows`."""
    heads = (mark("Goal"), mark("Year"), mark("Target"), mark("base"), mark("with it"), mark("Difference"))
    return [words.say(head) for head in (*heads, mark("Interval"), mark("Met"))]


def gains(words: Session, names: Labels, effect: Row) -> str:
    """Return who receives the money and whose bills change, by fifth, town and country."""
    if not effect.get("groups"):
        return ""
    heads, rows = gain_rows(words, names, effect)
    return table(heads, rows) + paragraph(words.say(UNIT_OF_GROUPS), "small")


def gain_rows(words: Session, names: Labels, effect: Row) -> tuple[list[str], list[list[str]]]:
    """Return heads and rows of `gains`, with intervals."""
    paid = bills(effect)
    heads = [*(words.say(head) for head in GROUP_HEADS), *(words.say(SPENT[name]) for name in paid)]
    share = numbers.level
    rows = [
        [
            names[row["part"]],
            _with_span(row["received"], figures.number),
            "" if row["share"] is None else share(words, row["share"]["value"], "share"),
            *(_with_span(row[name], figures.number) for name in paid),
        ]
        for row in effect["groups"]
    ]
    return heads, rows


def _with_span(part: Row | None, shown: Callable[[float | None], str]) -> str:
    if part is None or part["value"] is None:
        return figures.MISSING
    return f"{shown(part['value'])}\n{numbers.span(part, shown)}".rstrip()
