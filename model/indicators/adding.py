"""The loop that adds the ledger up by place and by fifth, flows over twelve months."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.kernels import kernel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@kernel
def add_up(
    grouped: Floats,
    placed: Floats,
    kept: Flags,
    stocks: Flags,
    by_place: Floats,
    by_fifth: Floats,
    whole: Floats,
    ends: Floats,
    fifths: Floats,
) -> None:
    """Add up `grouped` (M, P, 5, G) and `placed` (M, P, L): every measure of the region by month, `whole`
    (3, M, G + L), and each December by place, `ends` (Y, P, G + L), and by fifth, `fifths` (3, Y, 5, G + L),
    for the three parts of the region that `kept` (3, P) tells.

    `stocks` (G + L,) stand at the end; flows are a running sum less that of a year before, kept in
    `by_place` (13, P, G + L) and `by_fifth` (13, 3, 5, G), zero at the start.
    """
    months, places, groups, columns = grouped.shape
    for m in range(months):
        now, before = m % (MONTHS_A_YEAR + 1), (m + 1) % (MONTHS_A_YEAR + 1)
        last, year = (m - 1) % (MONTHS_A_YEAR + 1), m // MONTHS_A_YEAR
        december = m % MONTHS_A_YEAR == MONTHS_A_YEAR - 1
        by_fifth[now] = 0.0
        for p in range(places):
            sums = by_place[now, p]
            sums[:] = 0.0
            for g in range(groups):
                cell = grouped[m, p, g]
                for k in range(columns):
                    sums[k] += cell[k]
                for part in range(kept.shape[0]):
                    if kept[part, p]:
                        fifth = by_fifth[now, part, g]
                        for k in range(columns):
                            fifth[k] += cell[k]
            for k in range(placed.shape[2]):
                sums[columns + k] = placed[m, p, k]
            for k in range(sums.size):
                standing = sums[k]
                sums[k] += by_place[last, p, k]
                value = standing if stocks[k] else sums[k] - by_place[before, p, k]
                if december:
                    ends[year, p, k] = value
                for part in range(kept.shape[0]):
                    if kept[part, p]:
                        whole[part, m, k] += value
        for part in range(kept.shape[0]):
            for g in range(groups):
                for k in range(columns):
                    standing = by_fifth[now, part, g, k]
                    by_fifth[now, part, g, k] += by_fifth[last, part, g, k]
                    if december:
                        flow = by_fifth[now, part, g, k] - by_fifth[before, part, g, k]
                        fifths[part, year, g, k] = standing if stocks[k] else flow
