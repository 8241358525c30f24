"""What is kept of a run: its tables, and the summary of goals, effects and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from scenarios import Scenario

DISCLAIMER = "simulation, not a forecast"
TABLES = ("indicators", "goals", "outlays", "evidence")
DETAIL = "indicators_detail"
"""Table of the indicators by place and group at once."""
LEAST_FOR_LUCK = 10
"""Replicates from which on a variance says something; as many seeds tell what of it is luck."""
HEADLINE = "nev_new_sales_share"
"""The indicator whose variance is told apart into luck and parameters."""
NO_INTERVAL = "none"
"""What one replicate has: its low, high and probability are null in the summary."""


def tables_of(ensemble: Any) -> dict[str, pd.DataFrame]:
    """Return the tables of an ensemble by name, that by place and group at once if it was asked for."""
    made = {name: getattr(ensemble, name) for name in TABLES}
    detail = getattr(ensemble, "detail", None)
    return made if detail is None else {**made, DETAIL: detail}


def own_names(names: Sequence[str], vary: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the scenarios that were asked for by name, without the copies at several levels of a lever."""
    copies = set(vary["names"]) if vary else set()
    return tuple(name for name in names if name not in copies)


def summary_of(
    ensemble: Any, chosen: Sequence[Scenario], options: Mapping[str, Any], id_: str
) -> dict[str, Any]:
    """Return the summary of an ensemble of scenarios with the effects of its pairs.

    `options`: until, replicates, compared (the first is the base of all others), changed (the last is a
    changed copy of the one before), assumptions as typed, vary (lever, unit, parent, values, names) or None.
    """
    from experiments.effects import effects_of
    from experiments.paired import goal_effects, headline_differences, scoreboard
    from experiments.pairs import pairs_of
    from experiments.payers import payers
    from experiments.summary import add_effect, cleaned, summarise

    vary, names = options.get("vary"), tuple(one.name for one in chosen)
    own = own_names(names, vary)
    pairs = [(name, own[0]) for name in own[1:]] if options["compared"] else pairs_of(own, options["changed"])
    board = scoreboard(ensemble)
    if options["changed"] and not board.empty:
        board = add_effect(board, goal_effects(ensemble, own[-1], own[-2]), "effect_of_change")
    made = summarise(
        board,
        ensemble.evidence,
        ensemble.outlays,
        header={**ensemble.meta, **options, "id": id_, "luck": cleaned(_luck(ensemble, options))},
        scenarios=names,
        effects=[effects_of(ensemble, treated, base) for treated, base in pairs],
        differences=headline_differences(ensemble, pairs) if options["compared"] else None,
    )
    made["payers"] = payers(ensemble.outlays, names)
    made["disclaimer"] = DISCLAIMER
    made["interval"] = _interval(int(options["replicates"]))
    made["labels"] = {one.name: dict(one.label) for one in chosen}
    made["assumed_in"] = {
        one.name: [{"key": each.key, "text": each.text} for each in one.assumptions] for one in chosen
    }
    if vary:
        from experiments.vary import curve

        made["vary"] = {**vary, "curve": cleaned(curve(ensemble, vary, made["goals"]))}
    alone: dict[str, Any] = without_spread(made)
    return alone if made["interval"] == NO_INTERVAL else made


def without_spread(document: Any) -> Any:
    """Return a document of results without intervals and probabilities: one replicate has none."""
    if isinstance(document, Mapping):
        return {key: None if _is_spread(str(key)) else without_spread(part) for key, part in document.items()}
    return [without_spread(part) for part in document] if isinstance(document, list | tuple) else document


def _is_spread(key: str) -> bool:
    """Return whether a field tells how far replicates lie apart."""
    return key.startswith("probability") or key.rpartition("_")[2] in ("low", "high")


def _interval(replicates: int) -> str:
    """Return what low and high are: the ends of the middle 90 % of replicates, of all, or nothing."""
    from experiments.summary import PERCENTILES_FROM

    return NO_INTERVAL if replicates == 1 else "range" if replicates < PERCENTILES_FROM else "90 %"


def _luck(ensemble: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how much of the variance of the last year is luck, None where too few replicates tell."""
    from experiments.paired import luck_share

    until = str(options["until"])
    year = int(until[:4]) - (0 if until.endswith("-12") else 1)
    told = options["replicates"] >= LEAST_FOR_LUCK and year >= 2015
    share = luck_share(ensemble, HEADLINE, year) if told else None
    return {"indicator": HEADLINE, "year": year, "share": share}
