"""Homes of the region (articles 8, 17, 21, 22): their things, what these use, and what is paid for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.domains.appliances import Things, ThingsSold
from model.indicators.ledger import Ledger
from model.institutions.policy import Grant
from model.metering import Metering
from model.society import Changed, Society

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Homes:
    """Things and meters of a run. `stock` (P, 5, 7, 6) real homes by slot and grade (0: none owned),
    `metering` the electricity."""

    things: Things
    stock: Ints
    metering: Metering

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

    def people_changed(self, month: int, changed: Changed, sold: ThingsSold) -> None:
        """Let things leave with dissolved homes and new homes begin."""

    def new_year(self, month: int, levers: Mapping[str, Floats]) -> None:
        """Each January but the first: use follows incomes and bills; things are counted by the new fifths."""

    def buy(
        self, month: int, levers: Mapping[str, Floats], funded: Floats, covered: Floats, sold: ThingsSold
    ) -> None:
        """Renew what is due; `funded` (K,) share of claims paid, `covered` (K, P) chance of a grant."""

    def use(
        self, month: int, factor: Floats, levers: Mapping[str, Floats], sold: ThingsSold, ledger: Ledger
    ) -> None:
        """Use a month's electricity, bill everyone in December, and enter both and purchases."""

    @property
    def memory(self) -> dict[str, NDArray[Any]]:
        """What homes remember from month to month."""
        return {}
