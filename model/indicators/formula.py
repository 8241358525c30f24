"""What an indicator is made of: the formula, and the words of which the names of the ledger's columns are put
together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

KINDS = ("ice", "phev", "bev")
WAYS = ("walk", "cycle", "transit", "car", "hire")
CLEAN = ("other", "clean")
RULED = ("hire", "public", "bus", "sanitation", "express")
"""Fleets that a lever can bind."""


@dataclass(frozen=True)
class Formula:
    """An indicator as a ratio of sums: `top` over `bottom` (None: 1), times `scale`.

    Stocks count at the month's end, flows over the last twelve months. `rural`, `urban`: read at the rural
    or at the urban places only. `choosers`: empty where fewer than LEAST_BUYERS simulated households chose,
    counted in the column `chose`. `by_group`: has a meaning by fifth. `index`: divided by the same cell's
    December of that year. `yearly`: known in Decembers only.
    """

    top: Mapping[str, float]
    bottom: Mapping[str, float] | None = None
    scale: float = 1.0
    rural: bool = False
    choosers: bool = False
    by_group: bool = True
    yearly: bool = False
    urban: bool = False
    chose: str = "buyers"
    index: int | None = None
