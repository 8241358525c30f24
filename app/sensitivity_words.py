"""Words of a sampled study shared by terminal, page and front end: names of outcomes, caveats, indices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cli.figures import MISSING, difference, is_share, level
from app.wording import Translator, mark, table_text, translator

Row = Mapping[str, Any]
DECEMBER = "-12"
CAVEATS = {
    "shares": mark(
        "Shares of the variance over the ranges given: first order alone, total with all its interplay."
        " Brackets: 90 % of the bootstrap."
    ),
    "sampling": mark(
        "A first-order index above the total one, or a negative one, is an error of sampling: the sample is"
        " small for it."
    ),
    "dummy": mark(
        "The dummy is a number that the model does not read: its indices are nought by construction and do"
        " not tell the error of the others."
    ),
    "effects": mark(
        "Effects of a step over the whole range of a factor, in the unit of the outcome; a wide spread tells"
        " of interplay or a bent line. Brackets: 90 % of the bootstrap."
    ),
    "ranges": mark("Each factor moves evenly over its range: other ranges give other shares."),
    "expected": mark(
        "Read off expected counts (sums of choice probabilities), which carry less luck than drawn ones."
    ),
    "fitted": mark(
        "Parameters are moved singly: the constants fitted to 2015-2021 are not fitted anew at each point."
    ),
}
WITHOUT = {
    "unmoved": mark("nothing that is moved here moves it"),
    "too_few": mark("too few runs tell: most failed, or too few households decided"),
}
DUMMY = "dummy"
WORLD = "world_"
"""How the parameters begin that act only after the years of the fit."""


def outcome_name(outcome: Row, labels: Mapping[str, str], lang: str) -> str:
    """Return an outcome in words: indicator, year or month, place and group."""
    when = str(outcome["month"]).removesuffix(DECEMBER)
    cell = [labels[outcome[part]] for part in ("place", "group") if outcome[part] != "all"]
    return ("，" if lang == "zh" else ", ").join([labels[outcome["indicator"]], when, *cell])


def caveats(summary: Row, say: Translator) -> list[str]:
    """Return what a reader of indices must know, in sentences."""
    morris = summary["method"] == "morris"
    keys = ["effects" if morris else "shares"]
    if not morris and any(_impossible(row) for outcome in summary["outcomes"] for row in outcome["indices"]):
        keys.append("sampling")
    if any(factor["kind"] == DUMMY for factor in summary["factors"]):
        keys.append("dummy")
    keys.append("ranges")
    if any(outcome["expected"] for outcome in summary["outcomes"]):
        keys.append("expected")
    kinds = [(factor["kind"], factor["name"]) for factor in summary["factors"]]
    if any(kind == "parameter" and not name.startswith(WORLD) for kind, name in kinds):
        keys.append("fitted")
    told = [say(CAVEATS[key]) for key in keys]
    if summary["failed"]:
        text = say("{failed} runs failed: blocks with them are left out.")
        told.append(text.format(failed=summary["failed"]))
    return told


def _impossible(row: Row) -> bool:
    """Return whether an index is one that the true one cannot be, as it is told with its digits."""
    first, total = round(row["first"], 2), round(row["total"], 2)
    return bool(first > total or min(first, total) < 0)


def unknown(outcome: Row, say: Translator) -> str:
    """Return why an outcome has no indices."""
    return say(WITHOUT[outcome["without"]])


def trust(outcome: Row, samples: int, say: Translator) -> list[str]:
    """Return how well the indices of an outcome are known: Sobol's error, what part of the sample counts."""
    told = []
    if outcome.get("error") is not None:
        told.append(say("error of the method {error}").format(error=index(outcome["error"])))
        if outcome["moved"] is not None:
            text = say("from {few} to {all} samples a total moved by {moved} at most")
            counts = {"few": outcome["moved_from"], "all": outcome["blocks"]}
            told.append(text.format(moved=index(outcome["moved"]), **counts))
    if outcome["blocks"] < samples:
        text = say(
            "{blocks} of {samples} samples count: in the others a run failed or too few households decided"
        )
        told.append(text.format(blocks=outcome["blocks"], samples=samples))
    return told


def spread(outcome: Row, lang: str) -> str:
    """Return mean and standard deviation of an outcome; that of a share in percentage points."""
    say, unit = translator(lang), outcome["unit"]
    sd = difference(outcome["sd"], unit, say).lstrip("+")
    told = sd if is_share(unit) else f"{sd} {table_text(unit, lang)}"
    text = say("mean {mean}, standard deviation {sd} over the ranges")
    return text.format(mean=amount(outcome["mean"], unit, lang), sd=told)


def amount(value: float, unit: str, lang: str) -> str:
    """Return a value of an outcome in its unit; a share in per cent."""
    shown = level(value, unit)
    return shown if is_share(unit) else f"{shown} {table_text(unit, lang)}"


def index(value: float | None) -> str:
    """Return an index with two decimals, without a minus before nought."""
    return MISSING if value is None else f"{round(value, 2) + 0.0:.2f}"


def index_span(row: Row, key: str) -> str:
    """Return the interval of an index in brackets."""
    return f"[{index(row[f'{key}_low'])}, {index(row[f'{key}_high'])}]"
