"""The treasury: who paid what, for whom and where, and budgets that bind.

A budget counts by calendar year. At the start of a month the covered share is min(1, left / claims
expected), with last month's claims as the expectation; what overshoots in the end is paid pro rata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS, MONTHS_A_YEAR, YEARS
from model.institutions.policy import Grant

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FIFTHS, ORGANISATIONS = slice(5), 5
"""Columns of money paid to households, and that of money that goes to fleets or is not paid to households."""


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
        keys = [(grant.pot or grant.instrument, grant.budget) for grant in self.grants]
        pots = list(dict.fromkeys(keys))
        self._names = tuple(f"{pot} {budget}" for pot, budget in pots)
        self._pot = [pots.index(key) for key in keys]
        self._budget = np.array([np.inf if budget is None else budget for _, budget in pots])
        self._carried_out = np.array([grant.coverage.mean(axis=1) for grant in self.grants])
        self._coverage = np.zeros((MONTHS, len(self.grants), places))
        for k, grant in enumerate(self.grants):
            self._coverage[:, k] = grant.coverage
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
        left, claims = self._left(), self._claims.tolist()
        share = [min(a / b, 1.0) if b > 0.0 else float(a > 0.0) for a, b in zip(left, claims, strict=True)]
        return np.array([share[pot] for pot in self._pot])

    def covered(self, month: int, funded: Floats) -> Floats:
        """Return the share of claims (K, P) that each grant will serve in `month`, its budget paying the
        share `funded` (K,)."""
        return np.asarray(self._coverage[month] * funded[:, None])

    def _left(self) -> list[float]:
        """Return what is left this year in each pot, CNY."""
        return [max(left, 0.0) for left in (self._budget - self._spent).tolist()]

    @property
    def expects(self) -> bool:
        """Tell whether any claims are expected: a month without claims then still tells something."""
        return bool(self._claims.any())

    def pay_grants(self, month: int, claims: Floats, units: Ints, covered: Floats) -> None:
        """Pay `claims` (K, P, 5) CNY for `units` (K, P, 5) bought, within the budgets; grants of one pot
        share its budget."""
        pots = self._spent.size
        asked, expected, heard = [0.0] * pots, [0.0] * pots, [False] * pots
        sums, carried_out = claims.sum(axis=(1, 2)).tolist(), self._carried_out[:, month].tolist()
        for pot, total, share, most in zip(
            self._pot, sums, covered.mean(axis=1).tolist(), carried_out, strict=True
        ):
            asked[pot] += total
            # silence in a month that serves few tells nothing of those who would have claimed
            if total > 0.0 or share >= most > 0.0:
                heard[pot] = True
                expected[pot] += total * most / share
        self._claims[:] = np.where(heard, expected, self._claims)
        left = self._left()
        for k, grant in enumerate(self.grants):
            if sums[k] > 0.0:
                pot = self._pot[k]
                ratio = min(asked[pot], left[pot]) / asked[pot]
                self.book(month, grant.instrument, grant.payer, claims[k] * ratio, units[k])
        self._spent += np.minimum(asked, left)

    def _open(self, key: tuple[str, str]) -> None:
        self.books[key] = np.zeros((YEARS, self.places, 6))
        self.units[key] = np.zeros((YEARS, self.places, 6))

    def book(
        self, month: int, instrument: str, payer: str, money: Floats, units: Floats | Ints | None = None
    ) -> None:
        """Enter `money` (P, 5) paid to households or (P,) to organisations, CNY; taxes forgone count as
        paid."""
        key = (instrument, payer)
        if key not in self.books:
            self._open(key)
        year, who = month // MONTHS_A_YEAR, FIFTHS if money.ndim == 2 else ORGANISATIONS
        page = self.books[key][year, :, who]
        page += money
        if units is not None:
            page = self.units[key][year, :, who]
            page += units
