"""The treasury: who paid what, for whom and where, and budgets that bind.

A budget counts by calendar year. At the start of a month the covered share is min(1, left / claims
expected), with last month's claims as the expectation; what overshoots in the end is paid pro rata.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR, YEARS
from model.institutions.policy import Grant

Floats = NDArray[np.float64]
ORGANISATIONS = 5
"""Column of money that goes to fleets or is not paid to households."""


class Treasury:
    """Outlays of a run: (instrument, payer) -> (Y, P, 6) CNY by income fifth and organisations."""

    def __init__(self, places: int, grants: Sequence[Grant]) -> None:
        """Open the books for `grants`."""
        self.places = places
        self.grants = tuple(grants)
        self.books: dict[tuple[str, str], Floats] = {}
        self.units: dict[tuple[str, str], Floats] = {}
        self._spent = np.zeros(len(self.grants))
        self._claims = np.zeros(len(self.grants))

    def covered(self, month: int) -> Floats:
        """Return the share of claims (K, P) that each grant will serve in `month`."""
        if month % MONTHS_A_YEAR == 0:
            self._spent[:] = 0.0
        made = np.ones((len(self.grants), self.places))
        for k, grant in enumerate(self.grants):
            made[k] = grant.coverage[month]
            if grant.budget is not None and self._claims[k] > 0.0:
                left = max(grant.budget - self._spent[k], 0.0)
                made[k] *= min(1.0, left / self._claims[k])
            elif grant.budget is not None and grant.budget - self._spent[k] <= 0.0:
                made[k] = 0.0
        return made

    def pay_grants(self, month: int, claims: Floats, units: NDArray[np.int64], covered: Floats) -> None:
        """Pay `claims` (K, P, 5) CNY for `units` (K, P, 5) cars, within the budgets."""
        for k, grant in enumerate(self.grants):
            total = float(claims[k].sum())
            share = float(covered[k].mean()) if covered.size else 1.0
            coverage = float(grant.coverage[month].mean())
            self._claims[k] = total * coverage / share if share > 0.0 else self._claims[k]
            paid = total
            if grant.budget is not None:
                paid = min(total, max(grant.budget - self._spent[k], 0.0))
            self._spent[k] += paid
            ratio = paid / total if total > 0.0 else 0.0
            self.book(month, grant.instrument, grant.payer, claims[k] * ratio, units[k].astype(np.float64))

    def book(
        self, month: int, instrument: str, payer: str, money: Floats, units: Floats | None = None
    ) -> None:
        """Enter `money` (P, 5) paid to households or (P,) to organisations, CNY; taxes forgone count as
        paid."""
        key = (instrument, payer)
        if key not in self.books:
            self.books[key] = np.zeros((YEARS, self.places, 6))
            self.units[key] = np.zeros((YEARS, self.places, 6))
        year = month // MONTHS_A_YEAR
        if money.ndim == 2:
            self.books[key][year, :, :5] += money
            if units is not None:
                self.units[key][year, :, :5] += units
        else:
            self.books[key][year, :, ORGANISATIONS] += money
            if units is not None:
                self.units[key][year, :, ORGANISATIONS] += units
