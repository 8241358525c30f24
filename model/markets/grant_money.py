"""What grants for cars pay month by month, and what they promise (articles 19, 22)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.institutions.policy import Grant
from model.kernels import kernel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
POWERTRAINS = ("ice", "phev", "bev")
FEN = 100.0
"""Promises are known to the fen."""


def lay_out(grant: Grant, price: Floats, cpi: Floats, mix: Floats, granted: Floats, promised: Floats) -> None:
    """Write what a grant pays on each option, `granted` (M, P, 5, 12) yuan of 2022, and what it promises to a
    buyer without and with an old car by powertrain, `promised` (M, P, 5, 2, 3), CNY.

    An amount, or a share of the list `price` (Y, 12), capped, and nothing above a price ceiling. A promise is
    the mean over classes by the class mix of each powertrain's sales, `mix` (Y, 3, 4), times the share of
    claims that a place can serve; a grant without a budget promises nothing.
    """
    _lay_out(
        grant.amount,
        grant.coverage,
        np.repeat([name in grant.options for name in POWERTRAINS], CLASS_COUNT),
        grant.of_price,
        np.inf if grant.cap is None else grant.cap,
        grant.price_ceiling or np.inf,
        grant.budget != 0.0,
        grant.requires != "trade_in",
        price,
        cpi,
        mix,
        granted,
        promised,
    )


@kernel
def _lay_out(
    amount: Floats,
    coverage: Floats,
    eligible: Flags,
    of_price: bool,
    cap: float,
    ceiling: float,
    promises: bool,
    to_all: bool,
    price: Floats,
    cpi: Floats,
    mix: Floats,
    granted: Floats,
    promised: Floats,
) -> None:
    """Write both where an `amount` (M, P, 5) is paid; `eligible` (12,) options."""
    for m in range(amount.shape[0]):
        listed, shares = price[m // MONTHS_A_YEAR], mix[m // MONTHS_A_YEAR]
        for p in range(amount.shape[1]):
            for g in range(amount.shape[2]):
                given = amount[m, p, g]
                if given == 0.0:
                    continue
                for k in range(OPTIONS // CLASS_COUNT):
                    mean = 0.0
                    for n in range(CLASS_COUNT):
                        j = k * CLASS_COUNT + n
                        paid = 0.0
                        if eligible[j] and listed[j] <= ceiling:
                            paid = min(given * (listed[j] if of_price else 1.0), cap)
                        granted[m, p, g, j] = paid / cpi[m]
                        mean += paid * shares[k, n]
                    if promises:
                        promise = np.rint(mean * coverage[m, p] * FEN) / FEN
                        promised[m, p, g, 1, k] = promise
                        promised[m, p, g, 0, k] = promise if to_all else 0.0
