"""The national rebate on appliances by the calendar (articles 8, 22): share of the price by grade, capped."""

from __future__ import annotations

import datetime
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from model.data.appliance_market import APPLIANCES, GRADES, appliance_market
from model.data.calendar import LAST_DAY, Measure, as_known, measures, month_weights
from model.data.months import MONTHS

Floats = NDArray[np.float64]
LEVER = "appliance_rebate"
_GRADES = {f"grade {grade + 1}": grade for grade in range(GRADES)}


def rebate_rows(renewed: bool = False, as_of: datetime.date | None = None) -> tuple[tuple[int, Measure], ...]:
    """Return grade (0 the best) and row of each rebate.

    `renewed`: those that end last go on to 2030; `as_of`: what was known on a day.
    """
    rows = [row for row in measures(LEVER) if row.rate]
    if as_of is not None:
        by_grade = (tuple(row for row in rows if row.other.startswith(grade)) for grade in _GRADES)
        rows = [row for of_one in by_grade for row in as_known(of_one, as_of)]
        return tuple((_GRADES[row.other[: len("grade 1")]], row) for row in rows)
    last = max(row.end for row in rows)
    if renewed:
        rows = [
            replace(row, end=LAST_DAY, weight=month_weights(row.start, LAST_DAY)) if row.end == last else row
            for row in rows
        ]
    return tuple((_GRADES[row.other[: len("grade 1")]], row) for row in rows)


def rebates(price: Floats, renewed: bool = False, as_of: datetime.date | None = None) -> Floats:
    """Return the rebate on an item (M, 6, 5), CNY, at list `price` (M, 6, 5) in current CNY; `as_of` a day
    what was known of it then.

    Sum over rows of w_m min(rate price, cap), w_m the share of the month's days on which the row held.
    """
    made = np.zeros((MONTHS, len(APPLIANCES), GRADES))
    rebated = appliance_market().rebated
    for grade, row in rebate_rows(renewed, as_of):
        each = np.minimum((row.rate or 0.0) * price[:, :, grade], row.cap)
        made[:, :, grade] += row.weight[:, None] * each * rebated
    return made


@cache
def province_share(renewed: bool = False) -> Floats:
    """Return the share of the rebate that the province pays (M,), weighted by days, 0 where none is paid."""
    held, own = np.zeros((2, MONTHS))
    for grade, row in rebate_rows(renewed):
        if grade == 0:
            held += row.weight
            own += row.weight * (row.province or 0.0)
    share = np.divide(own, held, out=np.zeros(MONTHS), where=held > 0)
    share.setflags(write=False)
    return share
