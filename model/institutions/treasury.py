"""The treasury: who paid what, for whom and where, and budgets that bind.

A budget counts by calendar year. At the start of a month the covered share is min(1, left / claims
expected), with last month's claims as the expectation; what overshoots in the end is paid pro rata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
        for grant in self.grants:
            self._open((grant.instrument, grant.payer))
        keys = [(grant.instrument, grant.budget) for grant in self.grants]
        pots = list(dict.fromkeys(keys))
        self._names = tuple(f"{instrument} {budget}" for instrument, budget in pots)
        self._pot = np.array([pots.index(key) for key in keys], dtype=np.int64)
        self._budget = np.array([np.inf if budget is None else budget for _, budget in pots])
        self._carried_out = np.array([grant.coverage.mean(axis=1) for grant in self.grants])
        self._spent, self._claims = np.zeros(len(pots)), np.zeros(len(pots))

    @property
    def pots(self) -> dict[str, Floats]:
        """What each pot has spent this year and which claims it expects a month, CNY, by its name."""
        return dict(zip(self._names, np.stack([self._spent, self._claims], axis=1), strict=True))

    def refill(self, pots: Mapping[str, Floats]) -> None:
        """Put the pots into the state `pots`, by name; others are untouched yet."""
        for k, name in enumerate(self._names):
            self._spent[k], self._claims[k] = pots.get(name, np.zeros(2))

    def funded(self, month: int) -> Floats:
        """Return the share of claims (K,) that the budget of each grant will pay in `month`."""
        if month % MONTHS_A_YEAR == 0:
            self._spent[:] = 0.0
        left = np.maximum(self._budget - self._spent, 0.0)
        known = self._claims > 0.0
        share = np.divide(left, self._claims, out=(left > 0.0).astype(np.float64), where=known)
        return np.asarray(np.minimum(share, 1.0)[self._pot])

    def covered(self, month: int) -> Floats:
        """Return the share of claims (K, P) that each grant will serve in `month`."""
        made = np.ones((len(self.grants), self.places))
        for k, share in enumerate(self.funded(month)):
            made[k] = self.grants[k].coverage[month] * share
        return made

    def pay_grants(self, month: int, claims: Floats, units: NDArray[np.int64], covered: Floats) -> None:
        """Pay `claims` (K, P, 5) CNY for `units` (K, P, 5) cars, within the budgets; grants of one instrument
        share its budget."""
        asked, expected = np.zeros(self._spent.size), np.zeros(self._spent.size)
        heard = np.zeros(self._spent.size, dtype=np.bool_)
        served, sums = covered.mean(axis=1), claims.sum(axis=(1, 2))
        for k in range(len(self.grants)):
            pot, total = self._pot[k], float(sums[k])
            share, carried_out = float(served[k]), float(self._carried_out[k, month])
            asked[pot] += total
            # silence in a month that serves few tells nothing of those who would have claimed
            if total > 0.0 or share >= carried_out > 0.0:
                heard[pot] = True
                expected[pot] += total * carried_out / share
        self._claims = np.where(heard, expected, self._claims)
        left = np.maximum(self._budget - self._spent, 0.0)
        for k, grant in enumerate(self.grants):
            pot = self._pot[k]
            if sums[k] <= 0.0:
                continue
            ratio = min(asked[pot], left[pot]) / asked[pot]
            self.book(month, grant.instrument, grant.payer, claims[k] * ratio, units[k].astype(np.float64))
        self._spent += np.minimum(asked, left)

    def _open(self, key: tuple[str, str]) -> None:
        self.books[key] = np.zeros((YEARS, self.places, 6))
        self.units[key] = np.zeros((YEARS, self.places, 6))

    def book(
        self, month: int, instrument: str, payer: str, money: Floats, units: Floats | None = None
    ) -> None:
        """Enter `money` (P, 5) paid to households or (P,) to organisations, CNY; taxes forgone count as
        paid."""
        key = (instrument, payer)
        if key not in self.books:
            self._open(key)
        year = month // MONTHS_A_YEAR
        if money.ndim == 2:
            self.books[key][year, :, :5] += money
            if units is not None:
                self.units[key][year, :, :5] += units
        else:
            self.books[key][year, :, ORGANISATIONS] += money
            if units is not None:
                self.units[key][year, :, ORGANISATIONS] += units
