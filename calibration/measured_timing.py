"""Effects on when, where and after whom a car is bought: trade-in, ends of money, villages, neighbours."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from calibration.asking import after_sales
from calibration.paired import Setting, grant, lived, trade_in_until
from model.data.months import MONTHS_A_YEAR, month_index
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.sales import Sales
from model.indicators.ledger import by_powertrain
from model.population.columns import NO_CAR
from model.population.network import tell
from model.province import Province

Floats = NDArray[np.float64]
NEV = slice(CLASS_COUNT, OPTIONS)
TRADE_IN = (month_index("2024-04"), month_index("2026-01"))
"""First month of the national trade-in money and the month after the end of 2025."""
COUNTED = slice(month_index("2025-01"), month_index("2025-06"))
RUSH = month_index("2022-12")
RURAL_YUAN = 5_000.0
RURAL_MONTHS = (month_index("2021-01"), month_index("2023-12"))
FOLLOWED = 24
"""Months after the last payment in which pulled-forward purchases are still counted."""
PEERS_FROM = month_index("2019-01")
QUARTER = 3
SHOWS_EVERY = 40
"""One in so many petrol owners who do not consider is seen with a new-energy car."""
NO_DATES = {"car_timing_share": 0.0}


def trade_in(setting: Setting) -> dict[str, float]:
    """Return what trade-in money to the end of 2025 added, what it took from 2026, who took it.

    additional = sales with - sales without, 2024-04..2025-12, over subsidised cars of those months;
    pulled forward = (sales without - sales with) of 2026 over the additional ones. The money ends with 2025
    in the run with it, which buyers know as it was announced.
    """
    first, end = TRADE_IN
    after = end + MONTHS_A_YEAR
    claims = np.zeros((after, OPTIONS))

    def look(month: int, sales: Sales) -> None:
        claims[month] = (sales.scrap_claims + sales.swap_claims).sum(axis=(0, 1))

    paid = lived(trade_in_until(after_sales(setting.province(), look), end), after)
    bare = lived(trade_in_until(setting.province(), 0), after)
    gap = (paid.ledger.expected_options - bare.ledger.expected_options).sum(axis=(1, 2))
    added = float(gap[first:end].sum())
    return {
        "tradein_additionality": _over(added, float(claims[first:end].sum())),
        "tradein_pullforward": _over(-float(gap[end:after].sum()), added),
        "tradein_nev_share": _over(float(claims[COUNTED, NEV].sum()), float(claims[COUNTED].sum())),
    }


def _over(top: float, bottom: float) -> float:
    """Return a ratio; nan where its base is not positive."""
    return top / bottom if bottom > 0.0 else math.nan


def rush(setting: Setting) -> dict[str, float]:
    """Return new-energy purchases of December 2022 over January 2023, relative to a run in which nobody plans
    around dates."""
    ratio = []
    for changes in ({}, NO_DATES):
        province = lived(setting.province(changes=changes), RUSH + 2)
        sold = province.ledger.expected_options[:, :, NEV].sum(axis=(1, 2))
        ratio.append(_over(float(sold[RUSH]), float(sold[RUSH + 1])))
    return {"rush_2022": _over(*ratio)}


def countryside(setting: Setting) -> dict[str, float]:
    """Return the additional part of new-energy cars bought in villages with 5,000 yuan in 2021-2023.

    Cumulated to 24 months after the last payment.
    """
    rural = [not place.urban for place in setting.people.region.places]
    until = RURAL_MONTHS[1] + 1 + FOLLOWED
    policy = grant(setting, RURAL_YUAN, *RURAL_MONTHS, places=rural)
    claimed = [0.0]

    def look(month: int, sales: Sales) -> None:
        claimed[0] += float(sales.grant_claims.sum())

    paid = lived(after_sales(setting.province(policy), look), until)
    bare = lived(setting.province(), until)
    gap = paid.ledger.expected_options - bare.ledger.expected_options
    return {"countryside_additionality": _over(float(gap[:until, rural][..., NEV].sum()), claimed[0])}


def show_cars(province: Province) -> int:
    """Let contacts of some petrol owners see a new-energy car and a considering owner; returns how many
    real households were so shown. The owners themselves stay as they are."""
    society = province.society
    c, starts = society.c, society.people.starts
    shown = 0
    petrol = np.flatnonzero((c.active == 1) & (c.car < CLASS_COUNT) & (c.car != NO_CAR) & (c.considers == 0))
    for i in petrol[::SHOWS_EVERY]:
        p = c.place[i]
        for counts in (c.nev_contacts, c.considering_contacts):
            tell(int(i), 1, counts, int(starts[p]), int(starts[p + 1]), *society.network)
        shown += int(c.weight[i])
    return shown


def neighbours(setting: Setting) -> dict[str, float]:
    """Return the extra new-energy cars of a quarter for one more among the neighbours (2019).

    Contacts of one in forty petrol owners see a new-energy car of an owner who considers.
    """
    sold, shown = [], 0
    for treated in (True, False):
        province = lived(setting.province(), PEERS_FROM)
        shown = show_cars(province) if treated else shown
        lived(province, PEERS_FROM + QUARTER)
        months = province.ledger.expected_options[PEERS_FROM : PEERS_FROM + QUARTER]
        sold.append(float(by_powertrain(months)[..., 1:].sum()))
    return {"peer_neighbour": _over(sold[0] - sold[1], shown)}


TIMING = (trade_in, rush, countryside, neighbours)
