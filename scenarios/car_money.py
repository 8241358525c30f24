"""What of a money lever is for cars: in which unit, who claims it, which part of the budget, from when."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from model.data.months import MONTHS, month_index
from model.institutions.policy import Levels


@dataclass(frozen=True)
class CarMoney:
    """Rules of a lever that pays on a car. `of_price`: a share of the price, not CNY; `take_up`: parameter of
    the share that claims, "" for all; `share` of the lever's yearly budget; `first` month it is for cars."""

    of_price: bool
    take_up: str
    share: float
    first: int

    def on_cars(self, level: Levels) -> Levels:
        """Return the level (months, ...) as cars meet it: 0 before the first month."""
        begun = (np.arange(MONTHS) >= self.first).reshape(-1, *[1] * (level.ndim - 1))
        return np.where(begun, level, 0.0)

    def part_of(self, budget: float | None) -> float | None:
        """Return the part of a yearly budget that is for cars, CNY; None where there is no limit."""
        return None if budget is None else budget * self.share


@cache
def car_money() -> Mapping[str, CarMoney]:
    """Return the rules of every lever that pays on a car, from their table."""
    with Path(__file__).with_name("grants.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["lever"]: CarMoney(
                row["of_price"] == "1", row["take_up"], float(row["car_share"]), month_index(row["first"])
            )
            for row in csv.DictReader(file)
        }
