"""What buyers know of money to come: announced measures, half a year ahead.

An end counts as known from its announcement. The end of a yearly schedule is known with the schedule;
one inside a
year only once its successor has been announced, until then people expect the measure to run to the end
of the year.
"""

from __future__ import annotations

import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from model.data import calendar
from model.data.car_terms import CarTerms, car_terms
from model.data.load import load_region
from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR
from model.data.region import Region
from model.domains.timing import KNOWN_AHEAD

Floats = NDArray[np.float64]
MONEY = (
    "nev_central_subsidy",
    "nev_local_match",
    "purchase_tax_nev",
    "purchase_tax_ice",
    "car_scrappage_bonus",
    "car_replacement_bonus",
)


def _worth(terms: CarTerms, mix: Floats) -> Floats:
    """Return yuan a car (M, 2, 3) for buyers without and with an old car, by powertrain (class mix of
    its sales)."""
    plain = terms.central_subsidy + terms.local_match + terms.tax_forgone
    with_old = plain + terms.replacement_bonus
    year = np.arange(MONTHS) // MONTHS_A_YEAR
    return np.stack([(money * mix[year]).sum(axis=2) for money in (plain, with_old)], axis=1)


@lru_cache(maxsize=4)
def foresight(region_name: str, renewed: bool = False) -> Floats:
    """Return the money known in month t for t + h: (M, KNOWN_AHEAD + 1, 2, 3), current yuan at central
    prices.

    `renewed`: for the months that a renewal changes it counts as known, earlier ends come as announced.
    """
    region: Region = load_region(region_name)
    dates = sorted({row.announced for lever in MONEY for row in calendar.measures(lever) if row.announced})
    made = np.zeros((MONTHS, KNOWN_AHEAD + 1, 2, 3))
    known: dict[int, Floats] = {}
    in_full = _worth(car_terms(region, renewed=renewed), region.market.mix)
    changed = (in_full != _worth(car_terms(region), region.market.mix)).any(axis=(1, 2))
    for month in range(MONTHS):
        last = datetime.date(FIRST_YEAR + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 28)
        told = sum(date <= last for date in dates)
        if told not in known:
            known[told] = _worth(car_terms(region, as_of=last), region.market.mix)
            if renewed:
                known[told][changed] = in_full[changed]
        span = np.minimum(np.arange(month, month + KNOWN_AHEAD + 1), MONTHS - 1)
        made[month] = known[told][span]
    return made
