"""The electricity of a run's homes (article 21): meters, tariff, bills, the optional peak-valley price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.domains.appliances import Meters, Things
from model.society import Changed, Society

Floats = NDArray[np.float64]

YEARLY = ("home_kwh", "home_bill", "home_closed", "block2", "block3", "peak_valley", "home_peak_kwh")
"""Sums of a year by place and fifth: kWh, CNY, homes billed, of these in the second and third block and with
peak-valley prices, kWh in peak hours."""


class Metering:
    """`meters` of all homes; `kwh` (7, 6) kWh a year by slot and grade, rebound included; `year` (P, 5, 7)
    sums since January of the homes billed, in the order of YEARLY; `month` (P, 2) kWh of the last month, in
    all and of cars among them; `perceived` (P, 5) CNY of 2022 a kWh, what buyers of things reckon with."""

    meters: Meters
    kwh: Floats
    year: Floats
    month: Floats
    perceived: Floats

    def __init__(self, society: Society, parameters: Parameters, series: Mapping[str, Floats]) -> None:
        """Read the tariff; `series` the exogenous paths."""

    def begin(self, things: Things, levers: Mapping[str, Floats]) -> None:
        """Give everyone a meter in January 2015, after the first things."""

    def people_changed(self, month: int, changed: Changed, things: Things) -> None:
        """Bill the homes that dissolved and give new ones a meter; their things are in place already."""

    def new_year(self, month: int, things: Things, levers: Mapping[str, Floats]) -> None:
        """Each January but the first: renew levels of use, weigh the peak-valley price; forget last year."""

    def read(self, month: int, factor: Floats, levers: Mapping[str, Floats]) -> None:
        """Use a month's electricity; `factor` (3,) a month's driving over that of a year, by powertrain."""

    def close(self, month: int) -> None:
        """Each December: bill everyone."""

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What meters remember from month to month."""
        return {}
