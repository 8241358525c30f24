"""A car's life, and what happens to cars in a month: the numbers and sums that decisions about cars share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.domains.garage import OPTIONS
from model.kernels import kernel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class CarLife(NamedTuple):
    """`scale` months and `shape` of Weibull survival, `again` chance of replacing at once,
    `km` a year at the mean, its log spread and income elasticity;
    `scrap_within` months of its end a car is scrapped, before that sold on."""

    scale: float
    shape: float
    again: float
    km: float
    km_log_sd: float
    km_income: float
    scrap_within: int


class Sales(NamedTuple):
    """What happened to cars in a month, by place, fifth and option, in real cars (integers): `drawn` new
    ones bought, `scrapped`,
    `left` with dissolved households, `traded` sold on, `used` bought used, `scrap_claims`, `swap_claims`
    and `loan_claims` new
    cars with that money. `expected` sums of choice probabilities; `grant_claims` (K, P, 5) units,
    `grant_money` (K, P, 5) yuan of 2022; `buyers` (P, 5) simulated households that chose a new car."""

    drawn: Ints
    expected: Floats
    scrapped: Ints
    left: Ints
    traded: Ints
    used: Ints
    scrap_claims: Ints
    swap_claims: Ints
    loan_claims: Ints
    grant_claims: Ints
    grant_money: Floats
    buyers: Ints


def empty_sales(places: int, grants: int) -> Sales:
    """Return zeroed sums for one month."""
    shape = (places, 5, OPTIONS)
    drawn, scrapped, left, traded, used, scrap, swap, loan = np.zeros((8, *shape), np.int64)
    return Sales(
        drawn=drawn,
        expected=np.zeros(shape),
        scrapped=scrapped,
        left=left,
        traded=traded,
        used=used,
        scrap_claims=scrap,
        swap_claims=swap,
        loan_claims=loan,
        grant_claims=np.zeros((grants, places, 5), np.int64),
        grant_money=np.zeros((grants, places, 5)),
        buyers=np.zeros((places, 5), np.int64),
    )


@kernel
def forget_sales(sales: Sales) -> None:
    """Zero the sums for a new month."""
    for p in range(sales.buyers.shape[0]):
        for g in range(sales.buyers.shape[1]):
            sales.buyers[p, g] = 0
            for j in range(OPTIONS):
                sales.drawn[p, g, j] = sales.scrapped[p, g, j] = sales.left[p, g, j] = 0
                sales.traded[p, g, j] = sales.used[p, g, j] = sales.scrap_claims[p, g, j] = 0
                sales.swap_claims[p, g, j] = sales.loan_claims[p, g, j] = 0
                sales.expected[p, g, j] = 0.0
            for q in range(sales.grant_claims.shape[0]):
                sales.grant_claims[q, p, g] = 0
                sales.grant_money[q, p, g] = 0.0
