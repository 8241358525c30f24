"""Which indicators a scenario moves over another, and which it leaves where they are."""

from __future__ import annotations

from typing import Any

from experiments.books import constants
from experiments.paired import triple
from experiments.pairs import Pair
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR, december, month_text
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cell_index


def moved(pair: Pair) -> dict[str, Any] | None:
    """Return the indicators of the region whose paired effect can be told from zero, in one December.

    `month` is the last December lived of the years in which the two rule differently; `rows` indicator,
    base, treated and effect with intervals; `still` counts indicators that differ while the interval holds
    zero or by less than the part of the level that the table of accounting asks. None before the first such
    December.
    """
    window = pair.window
    if window is None:
        return None
    year = min(window.until // MONTHS_A_YEAR, pair.lived // MONTHS_A_YEAR - 1)
    if year < window.first // MONTHS_A_YEAR:
        return None
    month = month_text(december(FIRST_YEAR + year))
    cell = cell_index(pair.ensemble.region)[month, "all", "all"]
    ours, base = (pair.ensemble.values[s][:, :, cell] for s in pair.at)
    rows, still, least = [], 0, constants()["told_from"]
    for k, name in enumerate(FORMULAS):
        effect, level = triple(ours[:, k] - base[:, k]), triple(base[:, k])
        seen = effect["low"] > 0.0 or effect["high"] < 0.0
        if seen and abs(effect["value"]) >= least * abs(level["value"]):
            treated = triple(ours[:, k])
            rows.append({"indicator": name, "base": level, "treated": treated, "effect": effect})
        else:
            still += bool(effect["low"] or effect["high"])
    return {"month": month, "rows": rows, "still": still}
