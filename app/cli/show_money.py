"""What the money bought and who receives it, on a terminal: one section for each pair of scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from app.cli import figures
from app.cli.labels import Labels
from app.cli.session import Session
from app.cli.show_homes import show_homes, show_moved
from app.effect_rows import (
    CLEANER,
    SPENT,
    bills,
    driving_less_rows,
    for_cars,
    holds_zero,
    pairs_told,
    percent,
    span,
)
from app.wording import mark
from experiments.summary import PERCENTILES_FROM

Row = Mapping[str, Any]

REASONS = {
    "no_detectable_effect": mark(
        "leakage and cost per car not defined: no detectable effect on new-energy cars"
    ),
    "fewer_cars": mark("leakage and cost per car not defined: fewer new-energy cars"),
}
COSTS = {"all": mark("all payers"), "province": mark("the province alone")}
PRICES = {"current": mark("current prices"), "real": mark("prices of 2022")}


def show_effects(session: Session, summary: Row, labels: Labels) -> None:
    """Print what the money bought, who paid and who receives, for every pair of scenarios."""
    for effect in pairs_told(summary):
        names = f"{labels.scenario(effect['treated'])} − {labels.scenario(effect['base'])}"
        show_moved(session, effect, names, labels)
        if for_cars(effect):
            _bought(session, effect, names)
        show_homes(session, effect, names)
        show_receivers(session, effect, names, labels)
        _instruments(session, effect, names, labels)


def show_outlays(session: Session, summary: Row, labels: Labels) -> None:
    """Print what the public hand pays from 2022 on, by scenario, instrument and payer."""
    if not summary["money"]:
        return
    alone, few = summary["replicates"] == 1, summary["replicates"] < PERCENTILES_FROM
    heads = [mark("Scenario"), mark("Instrument"), mark("Payer"), mark("CNY, hundred millions")]
    heads += [] if alone else [mark("Range") if few else mark("Interval")]
    table = session.table(mark("Public money from 2022 on (current prices)"), *heads)
    for row in summary["money"]:
        names = (labels.scenario(row["scenario"]), labels[row["instrument"]], labels[row["payer"]])
        spans = () if alone else (figures.money_interval(row["low"], row["high"]),)
        table.add_row(*(Text(cell) for cell in (*names, figures.money(row["value"]), *spans)))
    session.out.print(table)


def _bought(session: Session, effect: Row, names: str) -> None:
    """Print additional cars, leakage, cost, tonnes and cost per unit."""
    say, window = session.say, effect["window"]
    table = session.table(session.told(say("What the money bought"), names), mark("Result"), *COSTS.values())
    rows = [
        [say("months counted"), f"{window['first']}..{window['last']}{' ‡' if window['cut'] else ''}", ""]
    ]
    rows += _cars(session, effect)
    for kind, prices in PRICES.items():
        head = session.listed(say("cost, CNY hundred millions"), say(prices))
        rows.append([head, *(span(effect["cost"][who][kind], figures.money) for who in COSTS)])
    for kind, prices in PRICES.items():
        head = session.listed(say("CNY per additional car"), say(prices))
        rows.append(
            [head, *(span(effect["cost_per_additional"][who][kind], figures.number) for who in COSTS)]
        )
    rows += _tonnes(session, effect)
    for cells in rows:
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    if effect["reason"]:
        session.out.print(Text(f"{figures.MISSING} {say(REASONS[effect['reason']])}"))
    if all(part is None for who in COSTS for part in effect["cost_per_tonne"][who].values()):
        session.out.print(
            Text(f"{figures.MISSING} {say('cost per tonne not defined: no detectable saving')}")
        )
    if window["cut"]:
        text = say(
            "‡ the money, or the months after it that count, reach beyond the run: later cars are left out."
        )
        session.out.print(Text(text))


def show_bought_briefly(session: Session, effect: Row, names: str) -> None:
    """Print additional cars and tonnes, and what one costs all payers and the province."""
    say = session.say
    life = session.listed(say("CNY of 2022 per tonne"), say("over the cars' life"))
    per_car = session.listed(say("CNY per additional car"), say(PRICES["real"]))
    rows = _cars(session, effect)
    rows.append(
        [per_car, *(span(effect["cost_per_additional"][who]["real"], figures.number) for who in COSTS)]
    )
    saved = session.listed(say(CLEANER), say("over the cars' life"))
    rows.append([saved, span(effect["tonnes"]["life"], figures.number), ""])
    rows.append([life, *(span(effect["cost_per_tonne"][who]["life"], figures.number) for who in COSTS)])
    rows += _driving_less(session, effect)
    title = session.told(say("What the money for cars bought"), names)
    table = session.table(title, mark("Result"), *COSTS.values())
    for cells in rows:
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)
    if effect["reason"]:
        session.line(f"{figures.MISSING} {say(REASONS[effect['reason']])}")


def _cars(session: Session, effect: Row) -> list[list[str]]:
    """Return the rows of additional and of subsidised cars, and of leakage."""
    say = session.say
    rows = [[say("additional new-energy cars"), span(effect["additional"], figures.number), ""]]
    if effect["subsidised"] is not None:
        rows.append([say("cars that drew on the money"), span(effect["subsidised"], figures.number), ""])
        rows.append([say("leakage: would have been bought anyway"), span(effect["leakage"], percent), ""])
    return rows


def _tonnes(session: Session, effect: Row) -> list[list[str]]:
    """Return the rows of tonnes saved and of the cost of a tonne."""
    say = session.say
    end, life = say("to the end of the run"), say("over the cars' life")
    faded = f"{say('discounted at')} {figures.PERCENT * effect['discount_rate']:g} %"
    spans = {"to_end": end, "life": life, "to_end_discounted": session.listed(end, faded)}
    spans["life_discounted"] = session.listed(life, faded)
    saved = [
        [session.listed(say(CLEANER), words), span(effect["tonnes"][key], figures.number), ""]
        for key, words in spans.items()
    ]
    costs = effect["cost_per_tonne"]
    prices = [
        [
            session.listed(say("CNY of 2022 per tonne"), words),
            *(span(costs[who][key], figures.number) for who in COSTS),
        ]
        for key, words in spans.items()
        if any(costs[who][key] is not None for who in COSTS)
    ]
    return saved + prices + _driving_less(session, effect)


def _driving_less(session: Session, effect: Row) -> list[list[str]]:
    rows = driving_less_rows(effect)
    return [[session.listed(*(session.say(part) for part in head)), *cells] for head, cells in rows]


def show_receivers(session: Session, effect: Row, names: str, labels: Labels) -> None:
    """Print money received and bills paid a household, by fifth, town and country; bills that differ."""
    say = session.say
    paid = bills(effect)
    heads = [mark("Households"), mark("Money received"), mark("Share of the money")]
    heads += [SPENT[name] for name in paid]
    table = session.table(
        session.told(say("Who receives and who pays, CNY of 2022 a household in these years"), names), *heads
    )
    for row in effect["groups"]:
        cells = [labels[row["part"]]]
        cells += [span(row["received"], figures.number), span(row["share"], percent)]
        cells += [span(row[name], figures.number) for name in paid]
        table.add_row(*(Text(cell) for cell in cells))
    session.out.print(table)


def _instruments(session: Session, effect: Row, names: str, labels: Labels) -> None:
    """Print the difference in outlays by instrument and payer; what only follows from more cars is marked."""
    told = [row for row in effect["instruments"] if row["set"] or not holds_zero(row["money"])]
    if not told:
        return
    say = session.say
    heads = (mark("Instrument"), mark("Payer"), mark("CNY, hundred millions"))
    table = session.table(session.told(say("Difference in outlays (current prices)"), names), *heads)
    for row in told:
        name = labels[row["instrument"]] + ("" if row["set"] else " °")
        table.add_row(
            *(Text(cell) for cell in (name, labels[row["payer"]], span(row["money"], figures.money)))
        )
    session.out.print(table)
    if not all(row["set"] for row in told):
        session.out.print(Text(say("° the same rule in both: the difference follows from other purchases.")))
