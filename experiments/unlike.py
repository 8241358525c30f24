"""What is unlike in two runs of the same question: of a table or a summary, how much, and the worst of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Difference:
    """A table that came out otherwise: how many of its figures, and the one that is farthest off.

    `where`: the row, or the place in the summary; `kept` and `again`: the figure as it stands in the folder
    and as it came out; `largest`: their distance, NaN where they are no numbers.
    """

    table: str
    count: int
    where: dict[str, str]
    kept: str
    again: str
    largest: float | None


def table_difference(name: str, kept: pd.DataFrame, again: pd.DataFrame) -> list[Difference]:
    """Return how a table came out otherwise: one entry, or nothing if all cells are the same."""
    if list(kept.columns) != list(again.columns):
        where = {"columns": ", ".join(sorted({*kept.columns} ^ {*again.columns}))}
        shapes = (str(len(kept.columns)), str(len(again.columns)))
        return [Difference(name, abs(len(kept.columns) - len(again.columns)) or 1, where, *shapes, None)]
    if len(kept) != len(again):
        counts = (str(len(kept)), str(len(again)))
        return [Difference(name, abs(len(kept) - len(again)), {"rows": name}, *counts, None)]
    unlike = {
        column: ~((kept[column] == again[column]) | (kept[column].isna() & again[column].isna()))
        for column in kept.columns
    }
    count = sum(int(rows.sum()) for rows in unlike.values())
    if not count:
        return []
    worst = {column: _distance(kept[column][rows], again[column][rows]) for column, rows in unlike.items()}
    column = max((one for one in worst if len(worst[one])), key=lambda one: float(worst[one].max()))
    at: Any = worst[column].idxmax()
    distance = float(worst[column].max())
    told = {one: str(kept[one][at]) for one in kept.columns if kept[one].dtype.kind != "f"}
    where = {**told, "column": str(column)}
    largest = distance if distance < float("inf") else None
    return [Difference(name, count, where, str(kept[column][at]), str(again[column][at]), largest)]


def _distance(kept: pd.Series[Any], again: pd.Series[Any]) -> pd.Series[Any]:
    """Return how far figures are apart; infinitely where one is unknown or they are words."""
    if kept.dtype.kind not in "fiu" or again.dtype.kind not in "fiu":
        return kept.map(lambda _: float("inf"))
    return (kept - again).abs().fillna(float("inf"))


def summary_difference(kept: Mapping[str, Any], again: Mapping[str, Any]) -> list[Difference]:
    """Return how a summary came out otherwise: nothing, or one entry with its first figure that differs."""
    unlike = list(_unlike(kept, again, ""))
    if not unlike:
        return []
    path, before, after = unlike[0]
    numbers = all(isinstance(one, int | float) for one in (before, after))
    largest = abs(before - after) if numbers else None
    return [Difference("summary", len(unlike), {"at": path}, str(before), str(after), largest)]


def _unlike(kept: Any, again: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield path, kept and new value of every leaf of a document that differs."""
    if isinstance(kept, dict) and isinstance(again, dict):
        for key in sorted({*kept, *again}):
            yield from _unlike(kept.get(key), again.get(key), f"{path}.{key}" if path else key)
    elif isinstance(kept, list) and isinstance(again, list) and len(kept) == len(again):
        for number, pair in enumerate(zip(kept, again, strict=True)):
            yield from _unlike(*pair, f"{path}[{number}]")
    elif kept != again:
        yield path, kept, again
