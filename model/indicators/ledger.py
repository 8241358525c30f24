"""The ledger: the sums of a run by month, place and income fifth, from which every indicator is read.

Stocks stand at the end of a month, flows are of the month. Counts of real households, persons and cars
are integers held in float64 (exact to 2^53).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS
from model.domains.garage import CLASS_COUNT, OPTIONS, Fleet
from model.domains.rounds import COUNTS
from model.domains.transport import Sales

Floats = NDArray[np.float64]
KINDS = ("ice", "phev", "bev")

GROUPED = (
    *("households", "persons", "aware_persons", "considering", "attention", "buyers"),
    *(
        f"{flow}_{kind}"
        for flow in ("sales", "expected", "scrapped", "left", "traded", "used", "cars", "km")
        for kind in KINDS
    ),
    *("litres", "kwh", "energy_spending", "co2", "claims", "mini_bev_sales"),
)
"""Columns by place and fifth. km, L, kWh, `energy_spending` (CNY) and `co2` (kg) are of the month; `buyers`
counts simulated households that chose; `claims` cars bought with a provincial grant."""

PLACED = (
    *(f"{what}_{kind}" for what in ("fleet_sales", "fleet_cars") for kind in KINDS),
    *("points", "points_public"),
)
"""Columns by place: fleets and public charging points."""

G = {name: k for k, name in enumerate(GROUPED)}
L = {name: k for k, name in enumerate(PLACED)}


def by_powertrain(options: NDArray[np.float64] | NDArray[np.int64]) -> Floats:
    """Return sums over classes: (..., 12) -> (..., 3)."""
    return np.asarray(options.reshape(*options.shape[:-1], 3, CLASS_COUNT).sum(axis=-1), dtype=np.float64)


class Ledger:
    """`grouped` (M, P, 5, len(GROUPED)) and `placed` (M, P, len(PLACED)); `options` (M, P, 12) cars sold
    by option,
    `expected_options` (M, P, 12) sums of choice probabilities."""

    def __init__(self, places: int) -> None:
        """Open an empty ledger for `places`."""
        self.grouped = np.zeros((MONTHS, places, 5, len(GROUPED)))
        self.placed = np.zeros((MONTHS, places, len(PLACED)))
        self.options = np.zeros((MONTHS, places, OPTIONS))
        self.expected_options = np.zeros((MONTHS, places, OPTIONS))

    def write_people(self, month: int, counts: Floats) -> None:
        """Enter the counts of the monthly round, (P, 5, COUNTS)."""
        self.grouped[month, :, :, :COUNTS] = counts

    def write_cars(self, month: int, sales: Sales, fleet: Fleet) -> None:
        """Enter purchases, retirements and stocks of households' cars."""
        row = self.grouped[month]
        row[:, :, G["buyers"]] = sales.buyers
        for name, made in (
            ("sales", sales.drawn),
            ("expected", sales.expected),
            ("scrapped", sales.scrapped),
            ("left", sales.left),
            ("traded", sales.traded),
            ("used", sales.used),
            ("cars", fleet.cars),
        ):
            first = G[f"{name}_ice"]
            row[:, :, first : first + 3] = by_powertrain(made)
        row[:, :, G["claims"]] = sales.grant_claims.sum(axis=0)
        row[:, :, G["mini_bev_sales"]] = sales.drawn[:, :, 2 * CLASS_COUNT]
        self.options[month] = sales.drawn.sum(axis=1)
        self.expected_options[month] = sales.expected.sum(axis=1)

    def write_use(
        self, month: int, km: Floats, litres: Floats, kwh: Floats, spending: Floats, co2: Floats
    ) -> None:
        """Enter what was driven in the month: `km` (P, 5, 3), the rest (P, 5)."""
        row = self.grouped[month]
        row[:, :, G["km_ice"] : G["km_ice"] + 3] = km
        row[:, :, G["litres"]] = litres
        row[:, :, G["kwh"]] = kwh
        row[:, :, G["energy_spending"]] = spending
        row[:, :, G["co2"]] = co2
