"""The loops that enter a month into the ledger.

Arrays come one by one or in tuples that are held: reading a tuple's names at each call costs more than the
loops.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.domains.appliances import GRADES, KIND_OF, SLOT_COUNT, ThingsSold
from model.domains.garage import CLASS_COUNT, OPTIONS, Fleet
from model.domains.sales import Sales
from model.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
POWERTRAINS = 3


@kernel
def enter_cars(
    row: Floats,
    options: Floats,
    expected_options: Floats,
    first: Ints,
    at: Ints,
    sales: Sales,
    cars: Ints,
) -> None:
    """Enter a month's cars by powertrain."""
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            for k in range(POWERTRAINS):
                bought = gone = dissolved = sold_on = second = standing = 0
                likely = 0.0
                for j in range(k * CLASS_COUNT, (k + 1) * CLASS_COUNT):
                    bought += sales.drawn[p, g, j]
                    likely += sales.expected[p, g, j]
                    gone += sales.scrapped[p, g, j]
                    dissolved += sales.left[p, g, j]
                    sold_on += sales.traded[p, g, j]
                    second += sales.used[p, g, j]
                    standing += cars[p, g, j]
                    options[p, j] += sales.drawn[p, g, j]
                    expected_options[p, j] += sales.expected[p, g, j]
                row[p, g, first[0] + k], row[p, g, first[1] + k] = bought, likely
                row[p, g, first[2] + k], row[p, g, first[3] + k] = gone, dissolved
                row[p, g, first[4] + k], row[p, g, first[5] + k] = sold_on, second
                row[p, g, first[6] + k] = standing
            row[p, g, at[0]] = sales.buyers[p, g]
            for q in range(sales.grant_claims.shape[0]):
                row[p, g, at[1]] += sales.grant_claims[q, p, g]
            row[p, g, at[2]] = sales.drawn[p, g, 2 * CLASS_COUNT]


@kernel
def enter_fleets(row: Floats, cars: Ints, ruled: Floats, first: int, first_ruled: int) -> None:
    """Enter a month's fleets: cars (P, 12) by powertrain, and those with rules."""
    for p in range(row.shape[0]):
        for k in range(ruled.shape[1]):
            row[p, first_ruled + k] = ruled[p, k]
        for j in range(OPTIONS):
            row[p, first + j // CLASS_COUNT] += cars[p, j]


@kernel
def enter_use(
    row: Floats,
    use: Fleet,
    factor: Floats,
    prices: tuple[float, float, float],
    carbon: tuple[float, float],
    first_km: int,
    first_use: int,
) -> None:
    """Enter a month's driving: `use` of a year x `factor` (P, 5, 3), CNY and kg."""
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            litres = home = away = metered = 0.0
            for j in range(OPTIONS):
                k = j // CLASS_COUNT
                row[p, g, first_km + k] += use.km[p, g, j] * factor[p, g, k]
                litres += use.litres[p, g, j] * factor[p, g, k]
                home += use.kwh_home[p, g, j] * factor[p, g, k]
                away += use.kwh_away[p, g, j] * factor[p, g, k]
                metered += use.kwh_meter[p, g, j] * factor[p, g, k]
            row[p, g, first_use] = litres
            row[p, g, first_use + 1] = home + away
            row[p, g, first_use + 2] = away
            unbilled = max(home - metered, 0.0)  # both are running sums, which differ by rounding at nought
            row[p, g, first_use + 3] = litres * prices[0] + unbilled * prices[1] + away * prices[2]
            row[p, g, first_use + 4] = litres * carbon[0] + (home + away) * carbon[1]


@kernel
def enter_things(row: Floats, first: Ints, at: Ints, sold: ThingsSold, stock: Ints) -> None:
    """Enter a month's appliances: by kind what was sold, first bought, discarded, what left and stands, from
    the columns `first` (5,) on; from those of `at` (6,) on grades sold and expected (lamps left out),
    replaced, returned, rebated, claims."""
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            cell = row[p, g]
            for k in range(first.size):
                for s in range(SLOT_COUNT):
                    cell[first[k] + KIND_OF[s]] = 0.0
            for k in range(at.size):
                cell[at[k]] = 0.0
            for d in range(GRADES):
                cell[at[0] + d] = 0.0
                cell[at[1] + d] = sold.expected[p, g, d]
                cell[at[4]] += sold.rebated[p, g, d]
            for s in range(SLOT_COUNT):
                kind = KIND_OF[s]
                for d in range(GRADES):
                    number = sold.sold[p, g, s, d]
                    cell[first[0] + kind] += number
                    cell[first[4] + kind] += stock[p, g, s, d + 1]
                    if s < SLOT_COUNT - 1:
                        cell[at[0] + d] += number
                        cell[at[2]] += number
                cell[first[1] + kind] += sold.first[p, g, s]
                cell[first[2] + kind] += sold.discarded[p, g, s]
                cell[first[3] + kind] += sold.left[p, g, s]
                cell[at[3]] += sold.returned[p, g, s]
                if s < SLOT_COUNT - 1:
                    cell[at[2]] -= sold.first[p, g, s]
            for q in range(sold.claims.shape[0]):
                cell[at[5]] += sold.claims[q, p, g]
