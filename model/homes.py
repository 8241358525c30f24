"""Homes of the region (articles 8, 17, 21, 22): their things, what these use, and what is paid for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains.appliances import Things, ThingsSold
from model.furnishing import Furnishing
from model.home_incentives import HomeIncentives
from model.indicators.ledger import Ledger
from model.institutions.policy import Grant
from model.markets.appliances import open_shop
from model.metering import Metering
from model.society import Changed, Society

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CUTOFF = "min_efficiency_cutoff"


class Homes:
    """Things and meters of a run: `furnishing` the things and their shop, `metering` the electricity,
    `incentives` the money for things."""

    def __init__(
        self,
        society: Society,
        parameters: Parameters,
        series: Mapping[str, Floats],
        levers: Mapping[str, Floats],
        grants: Sequence[Grant] = (),
        renewed: bool = False,
    ) -> None:
        """Give the first homes their things and meters; `levers` of January 2015."""
        region = society.region
        self.metering = Metering(society, parameters, series)
        usual_price = self.metering.usual_price
        shop = open_shop(region, parameters, series, region.cooling.sum(axis=1), usual_price, renewed)
        self.incentives = HomeIncentives(grants, shop, series["cpi"], parameters, renewed)
        self.furnishing = Furnishing(
            society, parameters, shop, self.incentives.offer, region.things_2015, usual_price,
            levers[CUTOFF][:, 0],
        )  # fmt: skip
        self.metering.begin(self.things, levers)

    @property
    def things(self) -> Things:
        """Things of all homes."""
        return self.furnishing.things

    @property
    def stock(self) -> Ints:
        """Real homes by slot and grade (P, 5, 7, 6); 0: none owned."""
        return self.furnishing.stock

    def people_changed(self, month: int, changed: Changed, sold: ThingsSold) -> None:
        """Let things leave with dissolved homes and new homes begin."""
        self.furnishing.people_changed(month, changed, sold)
        self.metering.people_changed(month, changed, self.things)

    def before_new_year(self, month: int) -> None:
        """Prepare for the new fifths of January."""
        self.furnishing.before_new_year(month)

    def new_year(self, month: int, levers: Mapping[str, Floats]) -> None:
        """Each January but the first: use follows incomes and bills; things are counted by the new fifths."""
        self.metering.new_year(month, self.things, levers)
        self.furnishing.new_year(month, self.metering.perceived)

    def buy(self, month: int, levers: Mapping[str, Floats], covered: Floats, sold: ThingsSold) -> None:
        """Renew what is due; `covered` (K, P) chance that a claim is served."""
        metering, incentives = self.metering, self.incentives
        incentives.money(month, levers, covered)
        cutoff = levers[CUTOFF][:, 0]
        self.furnishing.buy(
            month, metering.meters, metering.kwh, cutoff, incentives.changed, incentives.ahead(month), sold
        )

    def use(
        self, month: int, factor: Floats, levers: Mapping[str, Floats], sold: ThingsSold, ledger: Ledger
    ) -> None:
        """Use a month's electricity, bill everyone in December, and enter both and purchases."""
        metering = self.metering
        metering.read(month, factor, levers)
        closed = month % MONTHS_A_YEAR == MONTHS_A_YEAR - 1
        ledger.write_meters(month, metering.month, metering.year if closed else None)
        ledger.write_things(month, sold, self.stock)

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What homes remember from month to month, besides things and meters."""
        return self.furnishing.memory
