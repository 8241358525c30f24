"""The ledger: the sums of a run by month, place and income fifth, from which every indicator is read.

Stocks stand at the end of a month, flows are of the month. Counts of real households, persons and cars
are integers held in float64 (exact to 2^53).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS
from model.domains.appliances import GRADES, ThingsSold
from model.domains.appliances import KINDS as APPLIANCES
from model.domains.garage import CLASS_COUNT, OPTIONS, Fleet
from model.domains.rounds import COUNTS
from model.domains.sales import Sales
from model.indicators.entries import enter_cars, enter_fleets, enter_things, enter_use
from model.indicators.formula import CLEAN, KINDS, RULED, WAYS

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
        enter_cars(
            self.grouped[month], self.options[month], self.expected_options[month], _FIRST, _AT, sales,
            fleet.cars,
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
        enter_fleets(self.placed[month], cars, ruled, L["fleet_cars_ice"], L["hire_bought_other"])

    def write_things(self, month: int, sold: ThingsSold, stock: Ints) -> None:
        """Enter purchases and losses of appliances and their `stock` (P, 5, 7, 6) by slot and grade (0:
        none)."""
        enter_things(self.grouped[month], _FIRST_THINGS, _AT_THINGS, sold, stock)

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
        enter_use(self.grouped[month], fleet, factor, prices, carbon, G["km_ice"], G["litres"])


_FIRST = np.array(
    [G[f"{name}_ice"] for name in ("sales", "expected", "scrapped", "left", "traded", "used", "cars")]
)
_AT = np.array([G["buyers"], G["claims"], G["mini_bev_sales"]])
_FIRST_THINGS = np.array([G[f"{name}_ac"] for name in ("sold", "first", "discarded", "left", "units")])
_GRADED = ("sold_grade1", "expected_grade1", "replaced", "returned", "rebated", "home_claims")
_AT_THINGS = np.array([G[name] for name in _GRADED])
