"""Who pays: public money from the year of the plan on by payer, and what a scenario adds to the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.summary import FIRST_PAYING_YEAR, spread

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
"""The payer that stands for all of them together."""


def payers(outlays: pd.DataFrame, scenarios: Sequence[str]) -> list[dict[str, Any]]:
    """Return CNY (current prices) by payer and scenario: median, low, high, and the same of the difference.

    `outlays`: scenario, replicate, instrument, payer, place, group, year, value. The difference is to the
    first scenario, replicate by replicate, and None for the first itself; a replicate without a row paid
    nothing. The last rows are of all payers together.
    """
    paid = outlays[outlays["year"] >= FIRST_PAYING_YEAR]
    if paid.empty:
        return []
    totals = paid.groupby(["payer", "scenario", "replicate"], observed=True)["value"].sum()
    replicates = sorted(outlays["replicate"].unique())
    names = sorted(paid["payer"].unique())
    by_payer = {
        payer: {
            scenario: [float(totals.get((payer, scenario, r), 0.0)) for r in replicates]
            for scenario in scenarios
        }
        for payer in names
    }
    by_payer[ALL] = {
        scenario: [sum(parts) for parts in zip(*(by_payer[payer][scenario] for payer in names), strict=True)]
        for scenario in scenarios
    }
    return [
        _row(payer, scenario, scenarios[0], by_payer[payer])
        for payer in (*names, ALL)
        for scenario in scenarios
    ]


def _row(payer: str, scenario: str, base: str, paid: dict[str, list[float]]) -> dict[str, Any]:
    """Return what one payer pays in one scenario, and the difference to the base."""
    row: dict[str, Any] = {"payer": payer, "scenario": scenario}
    row |= dict(zip(("value", "low", "high"), spread(paid[scenario]), strict=True))
    ends = ("difference", "difference_low", "difference_high")
    if scenario == base:
        return row | dict.fromkeys(ends)
    more = [mine - theirs for mine, theirs in zip(paid[scenario], paid[base], strict=True)]
    return row | dict(zip(ends, spread(more), strict=True))
