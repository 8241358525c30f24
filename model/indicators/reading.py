"""Read indicators off the ledger: every month for the region, each December for places and income fifths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR, YEARS, december, month_text
from model.data.region import Region
from model.indicators.adding import add_up
from model.indicators.formula import Formula
from model.indicators.ledger import GROUPED, PLACED, Ledger
from model.institutions.policy import GROUPS

Floats = NDArray[np.float64]
MEASURES = GROUPED + PLACED
AT = {name: k for k, name in enumerate(MEASURES)}
_STOCKS = np.array(
    [
        name
        in ("households", "persons", "aware_persons", "considering", "attention", "points", "points_public")
        or name.startswith(("cars_", "fleet_cars_", "units_"))
        or "_stock_" in name
        for name in MEASURES
    ]
)
LEAST_BUYERS = 30
"""Fewer simulated choosers than this say nothing about a share."""


@dataclass(frozen=True)
class Cells:
    """Where values stand: (month, place, group) of each of C cells; `rural` the cell of the same month
    and all.rural or -1."""

    month: tuple[str, ...]
    place: tuple[str, ...]
    group: tuple[str, ...]


def outward_places(region: Region) -> tuple[tuple[str, ...], NDArray[np.bool_]]:
    """Return the codes of places that results name and their members (places out, P)."""
    names, rows = ["all"], [np.ones(len(region.places), dtype=np.bool_)]
    for urban, suffix in ((True, "all.urban"), (False, "all.rural")):
        names.append(suffix)
        rows.append(np.array([p.urban == urban for p in region.places]))
    for city in dict.fromkeys(p.city for p in region.places):
        inside = np.array([p.city == city for p in region.places])
        if inside.sum() > 1:
            names.append(city)
            rows.append(inside)
    for k, p in enumerate(region.places):
        names.append(p.code)
        rows.append(np.arange(len(region.places)) == k)
    return tuple(names), np.array(rows)


@lru_cache(maxsize=8)
def _cells(names: tuple[str, ...]) -> Cells:
    month = [month_text(m) for m in range(MONTHS)]
    place, group = ["all"] * MONTHS, ["all"] * MONTHS
    for y in range(YEARS):
        for name in names[1:]:
            month.append(month_text(december(FIRST_YEAR + y)))
            place.append(name)
            group.append("all")
    for y in range(YEARS):
        for g in GROUPS:
            month.append(month_text(december(FIRST_YEAR + y)))
            place.append("all")
            group.append(g)
    return Cells(tuple(month), tuple(place), tuple(group))


def cells(region: Region) -> Cells:
    """Return the cells of a region's results."""
    return _cells(outward_places(region)[0])


@lru_cache(maxsize=8)
def _index(where: Cells) -> Mapping[tuple[str, str, str], int]:
    return {cell: k for k, cell in enumerate(zip(where.month, where.place, where.group, strict=True))}


def cell_index(region: Region) -> Mapping[tuple[str, str, str], int]:
    """Return (month, place, group) -> where the cell stands among those of a region's results."""
    return _index(cells(region))


def _rolling(flows: Floats) -> Floats:
    """Return sums over the last twelve months along axis 0 (fewer at the start)."""
    total = np.cumsum(flows, axis=0)
    made = total.copy()
    made[MONTHS_A_YEAR:] -= total[:-MONTHS_A_YEAR]
    return made


def over_year(measures: Floats) -> Floats:
    """Return measures (M, ., K) with flows summed over the last twelve months."""
    made = measures.copy()
    made[:, :, ~_STOCKS] = _rolling(measures[:, :, ~_STOCKS])
    return made


def _sums(ledger: Ledger, region: Region) -> dict[str, Floats]:
    """Return every measure in every cell (C, K): stocks at the end, flows over the last twelve months (fewer
    at the start); of all members of each place, of the rural and of the urban ones only."""
    _, members = outward_places(region)
    urban = np.array([p.urban for p in region.places])
    kept = np.stack([np.ones_like(urban), ~urban, urban])
    places, grouped, rows = urban.size, len(GROUPED), len(PLACED)
    ends = np.zeros((YEARS, places, grouped + rows))
    weighed = members[1:, None] & kept
    whole = np.zeros((len(kept), MONTHS, grouped + rows))
    fifths = np.zeros((len(kept), YEARS, len(GROUPS), grouped + rows))
    add_up(
        ledger.grouped, ledger.placed, kept, _STOCKS, np.zeros((MONTHS_A_YEAR + 1, places, grouped + rows)),
        np.zeros((MONTHS_A_YEAR + 1, len(kept), len(GROUPS), grouped)), whole, ends, fifths,
    )  # fmt: skip
    made = {}
    for k, part in enumerate(("", "rural", "urban")):
        of_places = np.matmul(weighed[:, k].astype(np.float64), ends)
        made[part] = np.concatenate(
            [whole[k], of_places.reshape(-1, len(MEASURES)), fifths[k].reshape(-1, len(MEASURES))]
        )
    return made


def read(ledger: Ledger, region: Region, formulas: Mapping[str, Formula], lived: int = MONTHS) -> Floats:
    """Return the indicators (I, C) in the order of `formulas`; nan where a cell says nothing or was not
    `lived`."""
    return evaluate(_sums(ledger, region), cells(region), formulas, lived)


def evaluate(
    of_part: Mapping[str, Floats],
    where: Cells,
    formulas: Mapping[str, Formula],
    lived: int,
) -> Floats:
    """Return the indicators (I, C) from the sums of all, rural and urban members in each cell (C, K)."""
    fifth, unlived = _marks(where, lived)
    made = np.full((len(formulas), len(where.month)), np.nan)
    for k, formula in enumerate(formulas.values()):
        values = of_part["rural" if formula.rural else "urban" if formula.urban else ""]
        top = _weigh(values, formula.top)
        bottom = np.ones_like(top) if formula.bottom is None else _weigh(values, formula.bottom)
        with np.errstate(divide="ignore", invalid="ignore"):
            made[k] = np.where(bottom > 0.0, formula.scale * top / bottom, np.nan)
        if formula.choosers:
            made[k, values[:, AT[formula.chose]] < LEAST_BUYERS] = np.nan
        if not formula.by_group:
            made[k, fifth] = np.nan
        if formula.yearly:
            made[k, _not_december(where)] = np.nan
        made[k, unlived] = np.nan
        if formula.index is not None:
            made[k] /= made[k, _base_cells(where, formula.index)]
    return made


@lru_cache(maxsize=32)
def _base_cells(where: Cells, year: int) -> NDArray[np.int64]:
    """Return for each cell the one of the same place and group in December of `year`."""
    at, month = _index(where), month_text(december(year))
    return np.array([at[month, p, g] for p, g in zip(where.place, where.group, strict=True)])


@lru_cache(maxsize=32)
def _marks(where: Cells, lived: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells are of a fifth and which lie after the last month lived."""
    last = month_text(lived - 1)
    return np.array([g != "all" for g in where.group]), np.array([m > last for m in where.month])


@lru_cache(maxsize=32)
def _not_december(where: Cells) -> NDArray[np.bool_]:
    """Return which cells are of another month than December."""
    return np.array([not m.endswith("-12") for m in where.month])


def _weigh(values: Floats, parts: Mapping[str, float]) -> Floats:
    columns: Sequence[int] = [AT[name] for name in parts]
    return np.asarray(values[:, columns] @ np.array(list(parts.values())))
