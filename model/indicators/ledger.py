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
from model.domains.sales import Sales
from model.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KINDS = ("ice", "phev", "bev")

GROUPED = (
    *("households", "persons", "aware_persons", "considering", "attention", "buyers"),
    *(
        f"{flow}_{kind}"
        for flow in ("sales", "expected", "scrapped", "left", "traded", "used", "cars", "km")
        for kind in KINDS
    ),
    *("litres", "kwh", "kwh_away", "energy_spending", "co2", "claims", "mini_bev_sales"),
)
"""Columns by place and fifth. km, L, kWh, `energy_spending` (CNY) and `co2` (kg) are of the month; `kwh_away`
the part of `kwh` charged by households without a charger at home; `buyers` counts simulated households that
chose; `claims` cars bought with a provincial grant."""

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
        _write_cars(
            self.grouped[month], self.options[month], self.expected_options[month], sales, fleet, _FIRST, _AT
        )

    def write_fleets(self, month: int, cars: Ints) -> None:
        """Enter the cars of fleets in use, (P, 12)."""
        _write_fleets(self.placed[month], cars, L["fleet_cars_ice"])

    def write_use(
        self,
        month: int,
        fleet: Fleet,
        factor: Floats,
        prices: tuple[float, float, float],
        carbon: tuple[float, float],
    ) -> None:
        """Enter what was driven in the month: yearly use x `factor` (3,) by powertrain; `prices` CNY of a
        litre, a kWh at home and a kWh away from home, `carbon` kg of a litre and a kWh."""
        _write_use(self.grouped[month], fleet, factor, prices, carbon, G["km_ice"], G["litres"])


_FIRST = np.array(
    [G[f"{name}_ice"] for name in ("sales", "expected", "scrapped", "left", "traded", "used", "cars")]
)
_AT = np.array([G["buyers"], G["claims"], G["mini_bev_sales"]])


@kernel
def _write_cars(
    row: Floats, options: Floats, expected_options: Floats, sales: Sales, fleet: Fleet, first: Ints, at: Ints
) -> None:
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            for k in range(len(KINDS)):
                expected = 0.0
                drawn = scrapped = left = traded = used = cars = 0
                for j in range(k * CLASS_COUNT, (k + 1) * CLASS_COUNT):
                    drawn += sales.drawn[p, g, j]
                    expected += sales.expected[p, g, j]
                    scrapped += sales.scrapped[p, g, j]
                    left += sales.left[p, g, j]
                    traded += sales.traded[p, g, j]
                    used += sales.used[p, g, j]
                    cars += fleet.cars[p, g, j]
                    options[p, j] += sales.drawn[p, g, j]
                    expected_options[p, j] += sales.expected[p, g, j]
                row[p, g, first[0] + k], row[p, g, first[1] + k] = drawn, expected
                row[p, g, first[2] + k], row[p, g, first[3] + k] = scrapped, left
                row[p, g, first[4] + k], row[p, g, first[5] + k] = traded, used
                row[p, g, first[6] + k] = cars
            row[p, g, at[0]] = sales.buyers[p, g]
            for q in range(sales.grant_claims.shape[0]):
                row[p, g, at[1]] += sales.grant_claims[q, p, g]
            row[p, g, at[2]] = sales.drawn[p, g, 2 * CLASS_COUNT]


@kernel
def _write_fleets(row: Floats, cars: Ints, first: int) -> None:
    for p in range(row.shape[0]):
        for j in range(OPTIONS):
            row[p, first + j // CLASS_COUNT] += cars[p, j]


@kernel
def _write_use(
    row: Floats,
    fleet: Fleet,
    factor: Floats,
    prices: tuple[float, float, float],
    carbon: tuple[float, float],
    first_km: int,
    first_use: int,
) -> None:
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            litres = home = away = 0.0
            for j in range(OPTIONS):
                k = j // CLASS_COUNT
                row[p, g, first_km + k] += fleet.km[p, g, j] * factor[k]
                litres += fleet.litres[p, g, j] * factor[k]
                home += fleet.kwh_home[p, g, j] * factor[k]
                away += fleet.kwh_away[p, g, j] * factor[k]
            row[p, g, first_use] = litres
            row[p, g, first_use + 1] = home + away
            row[p, g, first_use + 2] = away
            row[p, g, first_use + 3] = litres * prices[0] + home * prices[1] + away * prices[2]
            row[p, g, first_use + 4] = litres * carbon[0] + (home + away) * carbon[1]
