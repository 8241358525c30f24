"""The ledger: the sums of a run by month, place and income fifth, from which every indicator is read.

Stocks stand at the end of a month, flows are of the month. Counts of real households, persons and cars
are integers held in float64 (exact to 2^53).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS
from model.domains.appliances import GRADES, KIND_OF, ThingsSold
from model.domains.appliances import KINDS as APPLIANCES
from model.domains.garage import CLASS_COUNT, OPTIONS, Fleet
from model.domains.rounds import COUNTS
from model.domains.sales import Sales
from model.indicators.formula import CLEAN, KINDS, RULED, WAYS
from model.kernels import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GROUPED = (
    *("households", "persons", "aware_persons", "considering", "attention", "buyers"),
    *(
        f"{flow}_{kind}"
        for flow in ("sales", "expected", "scrapped", "left", "traded", "used", "cars", "km")
        for kind in KINDS
    ),
    *("litres", "kwh", "kwh_away", "energy_spending", "co2", "claims", "mini_bev_sales"),
    *("home_kwh", "home_bill", "home_closed", "block2", "block3", "peak_valley", "home_peak_kwh"),
    *(f"{flow}_{kind}" for flow in ("sold", "first", "discarded", "left", "units") for kind in APPLIANCES),
    *(f"{what}_grade{grade + 1}" for what in ("sold", "expected") for grade in range(GRADES)),
    *("replaced", "returned", "rebated", "home_claims"),
    *(f"{what}_{way}" for what in ("trips", "expected_trips") for way in WAYS),
    *("transfers", "fares", "fare_discount", "parking_paid", "hire_paid", "diaries"),
)
"""Columns by place and fifth. km, L, kWh, `energy_spending` (CNY; without what the meters of homes bill) and
`co2` (kg) are of the month; `kwh_away` the part of `kwh` charged by households without a charger at home;
`buyers` counts simulated households that chose; `claims` cars bought with a provincial grant. From `home_kwh`
to `home_peak_kwh`: sums of a year of the homes billed in it, entered in December (kWh, CNY, homes).
Appliances: `units` stand at the month's end; grades leave lamps out; `replaced` appliances bought for one
that had failed, `returned` old ones handed in, `rebated` bought with the national rebate, `home_claims` with
a provincial grant. From `trips_walk` on: what the travel diaries written in
the month hold, each of a whole year (persons' trips, boardings by transfer, CNY); `diaries` counts the
simulated households that wrote one."""

PLACED = (
    *(f"{what}_{kind}" for what in ("fleet_sales", "fleet_cars") for kind in KINDS),
    *(f"{fleet}_{what}_{kind}" for what in ("bought", "stock") for fleet in RULED for kind in CLEAN),
    *("service_co2", "points", "points_public"),
    *("meter_kwh", "meter_kwh_car"),
)
"""Columns by place: cars of fleets by powertrain (for hire, of public institutions and of firms together),
vehicles of the fleets in RULED, the kg of CO2 of cars for hire and of buses, sanitation and express in the
month, public charging points, and kWh through the meters of homes in the month, with those of cars among
them."""

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
            self.grouped[month], self.options[month], self.expected_options[month], _FIRST, _AT,
            sales.drawn, sales.expected, sales.scrapped, sales.left, sales.traded, sales.used, fleet.cars,
            sales.buyers, sales.grant_claims,
        )  # fmt: skip

    def write_travel(self, month: int, sums: Floats) -> None:
        """Enter what the diaries written in the month hold, (P, 5, 16) in the order of GROUPED."""
        self.grouped[month, :, :, G["trips_walk"] :] = sums

    def write_fleet_sales(self, month: int, bought: Floats) -> None:
        """Enter the cars that fleets bought, (P, 12)."""
        first = L["fleet_sales_ice"]
        self.placed[month, :, first : first + len(KINDS)] = by_powertrain(bought)

    def write_fleets(self, month: int, cars: Ints, ruled: Floats) -> None:
        """Enter the cars of fleets in use, (P, 12), and what was bought and stands of fleets in RULED and
        their CO2, `ruled` (P, 21) in the order of PLACED."""
        _write_fleets(self.placed[month], cars, ruled, L["fleet_cars_ice"], L["hire_bought_other"])

    def write_things(self, month: int, sold: ThingsSold, stock: Ints) -> None:
        """Enter purchases and losses of appliances and their `stock` (P, 5, 7, 6) by slot and grade (0:
        none)."""
        _write_things(
            self.grouped[month], G["sold_ac"], sold.sold, sold.first, sold.discarded, sold.left,
            sold.returned, sold.expected, sold.rebated, sold.claims, stock,
        )  # fmt: skip

    def write_meters(self, month: int, read: Floats, year: Floats | None = None) -> None:
        """Enter kWh through meters in the month, `read` (P, 2), and in December the sums of the `year`
        (P, 5, 7) from home_kwh on."""
        self.placed[month, :, L["meter_kwh"] : L["meter_kwh"] + 2] = read
        if year is not None:
            self.grouped[month, :, :, G["home_kwh"] : G["home_kwh"] + year.shape[2]] = year

    def write_use(
        self,
        month: int,
        fleet: Fleet,
        factor: Floats,
        prices: tuple[float, float, float],
        carbon: tuple[float, float],
    ) -> None:
        """Enter what was driven in the month: yearly use x `factor` (P, 5, 3) by powertrain; `prices` CNY of
        a litre, a kWh at home and a kWh away from home, `carbon` kg of a litre and a kWh."""
        _write_use(
            self.grouped[month], fleet.km, fleet.litres, fleet.kwh_home, fleet.kwh_away,
            fleet.kwh_meter, factor, prices, carbon, G["km_ice"], G["litres"],
        )  # fmt: skip


_FIRST = np.array(
    [G[f"{name}_ice"] for name in ("sales", "expected", "scrapped", "left", "traded", "used", "cars")]
)
_AT = np.array([G["buyers"], G["claims"], G["mini_bev_sales"]])


@kernel
def _write_cars(
    row: Floats,
    options: Floats,
    expected_options: Floats,
    first: Ints,
    at: Ints,
    drawn: Ints,
    expected: Floats,
    scrapped: Ints,
    left: Ints,
    traded: Ints,
    used: Ints,
    cars: Ints,
    buyers: Ints,
    grant_claims: Ints,
) -> None:
    """Write a month's cars by powertrain. (Arrays one by one: reading a tuple's names at each call costs more
    than the loop.)"""
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            for k in range(len(KINDS)):
                bought = gone = dissolved = sold_on = second = standing = 0
                likely = 0.0
                for j in range(k * CLASS_COUNT, (k + 1) * CLASS_COUNT):
                    bought += drawn[p, g, j]
                    likely += expected[p, g, j]
                    gone += scrapped[p, g, j]
                    dissolved += left[p, g, j]
                    sold_on += traded[p, g, j]
                    second += used[p, g, j]
                    standing += cars[p, g, j]
                    options[p, j] += drawn[p, g, j]
                    expected_options[p, j] += expected[p, g, j]
                row[p, g, first[0] + k], row[p, g, first[1] + k] = bought, likely
                row[p, g, first[2] + k], row[p, g, first[3] + k] = gone, dissolved
                row[p, g, first[4] + k], row[p, g, first[5] + k] = sold_on, second
                row[p, g, first[6] + k] = standing
            row[p, g, at[0]] = buyers[p, g]
            for q in range(grant_claims.shape[0]):
                row[p, g, at[1]] += grant_claims[q, p, g]
            row[p, g, at[2]] = drawn[p, g, 2 * CLASS_COUNT]


@kernel
def _write_things(
    row: Floats,
    start: int,
    sold: Ints,
    first: Ints,
    discarded: Ints,
    left: Ints,
    returned: Ints,
    expected: Floats,
    rebated: Ints,
    claims: Ints,
    stock: Ints,
) -> None:
    """Write a month's appliances from column `start` on, in the order of GROUPED."""
    kinds = len(APPLIANCES)
    graded = start + 5 * kinds
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            replaced = back = rebates = claimed = 0
            for s in range(sold.shape[2]):
                bought = standing = 0
                for j in range(GRADES):
                    bought += sold[p, g, s, j]
                    standing += stock[p, g, s, j + 1]
                at = start + KIND_OF[s]
                row[p, g, at] += bought
                row[p, g, at + kinds] += first[p, g, s]
                row[p, g, at + 2 * kinds] += discarded[p, g, s]
                row[p, g, at + 3 * kinds] += left[p, g, s]
                row[p, g, at + 4 * kinds] += standing
                back += returned[p, g, s]
                if s < sold.shape[2] - 1:
                    replaced += bought - first[p, g, s]
                    for j in range(GRADES):
                        row[p, g, graded + j] += sold[p, g, s, j]
            for j in range(GRADES):
                row[p, g, graded + GRADES + j] = expected[p, g, j]
                rebates += rebated[p, g, j]
            for k in range(claims.shape[0]):
                claimed += claims[k, p, g]
            last = graded + 2 * GRADES
            row[p, g, last], row[p, g, last + 1] = replaced, back
            row[p, g, last + 2], row[p, g, last + 3] = rebates, claimed


@kernel
def _write_fleets(row: Floats, cars: Ints, ruled: Floats, first: int, first_ruled: int) -> None:
    for p in range(row.shape[0]):
        for k in range(ruled.shape[1]):
            row[p, first_ruled + k] = ruled[p, k]
        for j in range(OPTIONS):
            row[p, first + j // CLASS_COUNT] += cars[p, j]


@kernel
def _write_use(
    row: Floats,
    km: Floats,
    litres_a_year: Floats,
    kwh_home: Floats,
    kwh_away: Floats,
    kwh_meter: Floats,
    factor: Floats,
    prices: tuple[float, float, float],
    carbon: tuple[float, float],
    first_km: int,
    first_use: int,
) -> None:
    for p in range(row.shape[0]):
        for g in range(row.shape[1]):
            litres = home = away = metered = 0.0
            for j in range(OPTIONS):
                k = j // CLASS_COUNT
                row[p, g, first_km + k] += km[p, g, j] * factor[p, g, k]
                litres += litres_a_year[p, g, j] * factor[p, g, k]
                home += kwh_home[p, g, j] * factor[p, g, k]
                away += kwh_away[p, g, j] * factor[p, g, k]
                metered += kwh_meter[p, g, j] * factor[p, g, k]
            row[p, g, first_use] = litres
            row[p, g, first_use + 1] = home + away
            row[p, g, first_use + 2] = away
            unbilled = max(home - metered, 0.0)  # both are running sums, which differ by rounding at nought
            row[p, g, first_use + 3] = litres * prices[0] + unbilled * prices[1] + away * prices[2]
            row[p, g, first_use + 4] = litres * carbon[0] + (home + away) * carbon[1]
