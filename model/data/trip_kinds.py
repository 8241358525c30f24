"""The kinds of trips a household makes (article 7): how often, how far, and whether into the core."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from model.data.tables import TABLES, read_table

_NUMBERS = ("urban_share", "rural_share", "km", "km_low", "km_high", "transfer", "core")


@dataclass(frozen=True)
class TripKind:
    """A kind of trip. `urban_share`, `rural_share`: of a person's trips; `km`: length of one.

    `transfer`: share of its trips by public transport that change once where transfers exist
    (margin `transfer_weight`); `core`: 1 where it ends in the urban core, else 0.
    """

    kind: str
    urban_share: float
    rural_share: float
    km: float
    transfer: float
    core: float


@cache
def trip_kinds() -> tuple[TripKind, ...]:
    """Return the kinds in the order of the table; raise InputError where shares do not add up to one."""
    rows = read_table(TABLES / "trip_kinds.csv", keys=("kind",), numbers=_NUMBERS)
    for column in ("urban_share", "rural_share"):
        total = sum(row.number(column) for row in rows)
        if abs(total - 1.0) > 1e-9:
            raise rows[0].fault(column, f"shares add up to {total:g}", "1")
    return tuple(
        TripKind(
            row["kind"],
            *(row.number(name) for name in ("urban_share", "rural_share", "km", "transfer", "core")),
        )
        for row in rows
    )
