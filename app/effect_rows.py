"""Rows that tell what a scenario brings to homes and which bills it changes, for the terminal and the page.

A row is its head, as sentences of the catalogue, and the figures under "all payers" and "the province alone".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.cli import figures
from app.wording import mark

Row = Mapping[str, Any]
Told = tuple[tuple[str, ...], tuple[str, ...]]

TO_END, OF_2022 = mark("to the end of the run"), mark("prices of 2022")
CLEANER = mark("tonnes of CO2 saved by cleaner cars")
DRIVING_LESS = mark("tonnes of CO2 saved by driving less")
BRINGS = mark("What it brings to homes")
MOVES = mark("What moves")
STILL = mark("{count} more indicators differ by too little to tell, or their interval holds zero.")
REASONS = {
    "no_more_appliances": mark("leakage and cost per appliance not defined: no detectable effect"),
    "fewer_appliances": mark("leakage and cost per appliance not defined: fewer efficient appliances"),
}
SPENT = {
    "energy": mark("Spending on car energy"),
    "power": mark("Electricity bill"),
    "fares": mark("Fares"),
    "parking": mark("Parking"),
}
"""Bills of households in the order of columns."""
MILLION = 1e6


def span(part: Row | None, shown: Callable[[float], str]) -> str:
    """Return the median and the interval of a figure; the median alone where there is no interval."""
    if part is None or part.get("value") is None:
        return figures.MISSING
    if part["low"] is None or part["low"] == part["value"] == part["high"]:
        return shown(part["value"])
    return f"{shown(part['value'])} [{shown(part['low'])}, {shown(part['high'])}]"


def millions(value: float) -> str:
    """Return kWh as millions of kWh."""
    return figures.number(value / MILLION)


def percent(value: float) -> str:
    """Return a share in percent."""
    return figures.level(value, "share")


def pairs_told(summary: Row) -> list[Row]:
    """Return the effects of the pairs of scenarios that differ within the months of the run."""
    return [effect for effect in summary.get("effects", ()) if effect["window"] is not None]


def for_cars(effect: Row) -> bool:
    """Tell whether there is anything to say of cars: money for them, or more or fewer of them, or tonnes."""
    costs = effect["cost"]["all"]["current"]
    tonnes = (effect[kind]["to_end"] for kind in ("tonnes", "tonnes_driving_less"))
    told = (effect["subsidised"], effect["additional"], *tonnes, costs)
    return not all(part is None or holds_zero(part) for part in told)


def driving_less_rows(effect: Row) -> list[Told]:
    """Return the row of tonnes saved by driving less, which no money for cars buys; none where none are."""
    part = effect["tonnes_driving_less"]["to_end"]
    return [] if holds_zero(part) else [((DRIVING_LESS, TO_END), (span(part, figures.number), ""))]


def home_rows(effect: Row) -> list[Told]:
    """Return what a pair of scenarios brings to homes; empty where nothing differs there."""
    made: list[Told] = []
    things, power = effect.get("appliances"), effect.get("electricity")
    if things is not None and (things["set"] or not holds_zero(things["efficient"])):
        made += _appliance_rows(things)
    if power is not None:
        saved = mark("electricity of homes saved, million kWh")
        made.append(((saved, TO_END), (span(power["kwh"], millions), "")))
        tonnes = mark("tonnes of CO2 saved by homes")
        made.append(((tonnes, TO_END), (span(power["tonnes"], figures.number), "")))
        bills = mark("homes pay more for electricity, CNY hundred millions")
        made.append(((bills, OF_2022), (span(power["bills"], figures.money), "")))
    return made


def _appliance_rows(things: Row) -> list[Told]:
    """Return appliances added, leakage and cost; lamps are left out."""
    number, money = figures.number, figures.money
    made: list[Told] = [
        ((mark("additional appliances"),), (span(things["additional"], number), "")),
        ((mark("additional appliances of grades 1 and 2"),), (span(things["efficient"], number), "")),
    ]
    if things["subsidised"] is not None:
        drew = mark("appliances that drew on the money")
        made.append(((drew,), (span(things["subsidised"], number), "")))
        anyway = mark("leakage: would have been bought anyway")
        made.append(((anyway,), (span(things["leakage"], percent), "")))
    cost, each = things["cost"], things["cost_per_additional"]
    head = mark("cost, CNY hundred millions")
    made.append(((head, OF_2022), tuple(span(cost[who], money) for who in ("all", "province"))))
    head = mark("CNY per additional appliance of grades 1 and 2")
    made.append(((head, OF_2022), tuple(span(each[who], number) for who in ("all", "province"))))
    return made


def bills(effect: Row) -> list[str]:
    """Return the bills that differ for any part of households, car energy first."""
    return [name for name in SPENT if any(not _nothing(row.get(name)) for row in effect["groups"])]


def largest_bill(effect: Row) -> str:
    """Return the bill that changes most for any part of households."""
    return max(SPENT, key=lambda name: max(abs(row[name]["value"] or 0.0) for row in effect["groups"]))


def _nothing(part: Row | None) -> bool:
    if part is None or part["value"] is None:
        return True
    return not (part["value"] or part["low"] or part["high"])


def holds_zero(part: Row) -> bool:
    """Tell whether a figure cannot be told from zero."""
    if part["value"] is None:
        return True
    if part["low"] is None:
        return not part["value"]
    low, high = float(part["low"]), float(part["high"])
    return bool(low <= 0.0 <= high)
