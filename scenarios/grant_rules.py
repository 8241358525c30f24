"""What a money lever pays on each kind of goods: in which unit, who claims it, which part of the budget."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from model.data.months import MONTHS, month_index
from model.institutions.policy import CARS, GOODS, Levels
from scenarios.paths import paths


@dataclass(frozen=True)
class GrantRules:
    """Rules of a lever that pays on one kind of `goods`. `of_price`: a share of the price, not CNY;
    `take_up`: parameter of the share that claims, "" for all; `share` of the lever's yearly budget; `cap` of
    one payment, CNY, None for that of the lever; `first` month it is for these goods; `instrument` under
    which it is booked."""

    goods: str
    of_price: bool
    take_up: str
    share: float
    cap: float | None
    first: int
    instrument: str

    def on_goods(self, level: Levels) -> Levels:
        """Return the level (months, ...) as the goods meet it: 0 before the first month."""
        begun = (np.arange(MONTHS) >= self.first).reshape(-1, *[1] * (level.ndim - 1))
        return np.where(begun, level, 0.0)

    def part_of(self, budget: float | None) -> float | None:
        """Return the part of a yearly budget that is for the goods, CNY; None where there is no limit."""
        return None if budget is None else budget * self.share


@cache
def grant_rules() -> Mapping[str, tuple[GrantRules, ...]]:
    """Return lever -> the rules for each kind of goods it pays on, from their table."""
    with Path(__file__).with_name("grants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    count = [row["lever"] for row in rows]
    found: dict[str, tuple[GrantRules, ...]] = {}
    for row in rows:
        lever, goods = row["lever"], row["goods"]
        apart = goods != CARS and count.count(lever) > 1
        rules = GrantRules(
            goods=goods,
            of_price=row["of_price"] == "1",
            take_up=row["take_up"],
            share=float(row["share"]),
            cap=float(row["cap"]) if row["cap"] else None,
            first=month_index(row["first"]),
            instrument=instrument_of(lever, goods) if apart else lever,
        )
        found[lever] = (*found.get(lever, ()), rules)
    return found


def instrument_of(lever: str, goods: str) -> str:
    """Return the name under which money of a lever for some of its goods stands in the books."""
    return f"{lever}_{goods}"


def usual_options(lever: str, goods: str) -> tuple[str, ...]:
    """Return the options of some goods that a lever pays on unless it is told otherwise."""
    mine = tuple(option for option in paths()[lever].options if option in GOODS[goods])
    return mine or GOODS[goods]


def options_of(lever: str) -> tuple[str, ...]:
    """Return the options that a change of a lever may name, in the order of the goods it pays on."""
    return tuple(o for rules in grant_rules()[lever] for o in usual_options(lever, rules.goods))


def options_for(lever: str, goods: str, named: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Return which of the options `named` are of these goods: None for the usual ones, () for none."""
    return None if named is None else tuple(option for option in named if option in GOODS[goods])
