"""What a yuan of car coupons moves: spending drawn into the coupon's months, and what is left of it after
a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.paired import Setting, grant, lived
from model.data.months import MONTHS, MONTHS_A_YEAR, month_index
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.province import Province
from scenarios.paths import paths

Floats = NDArray[np.float64]
LEVER = "green_coupon_value"
FIRST, LAST = month_index("2023-06"), month_index("2023-10")
"""Five months, as in Yangquan in 2022, a year later: what comes is known ahead in both directions."""
VALUE = 0.05
"""Share of the price, the level of `plan`."""
KNOWN_BEFORE, FOLLOWED = 6, 12
"""Months before the first and after the last coupon in which purchases move because of it."""


def coupons(setting: Setting) -> dict[str, float]:
    """Return spending added by a yuan of coupon: in its months, and net over the months around it.

    gross = (new-energy spending with - without, in the coupon's months) / coupons paid - 1, out of pocket;
    net = (spending on all new cars with - without, KNOWN_BEFORE to FOLLOWED months around) / coupons paid.
    Cars at list price. Coupons on new-energy cars under the cap of the plan, without a limit on their number.
    """
    terms = {"lever": LEVER, "instrument": LEVER, "article": 22, "of_price": True}
    terms |= {"take_up": "car_coupon_take_up", "cap": paths()[LEVER].cap}
    policy = grant(setting, VALUE, FIRST, LAST, **terms)  # type: ignore[arg-type]
    until = LAST + 1 + FOLLOWED
    with_coupons, without = lived(setting.province(policy), until), lived(setting.province(), until)
    spent = _spending(with_coupons) - _spending(without)
    paid = float(with_coupons.treasury.books[LEVER, "province"].sum())
    eligible = float(spent[FIRST : LAST + 1, CLASS_COUNT:OPTIONS].sum())
    whole = float(spent[FIRST - KNOWN_BEFORE : until].sum())
    return {"coupon_gross": eligible / paid - 1.0, "coupon_net": whole / paid}


def _spending(province: Province) -> Floats:
    """Return what households' expected new cars cost at list price by month and option (M, 12), CNY."""
    price = province.traffic.market.price.reshape(-1, OPTIONS)[np.arange(MONTHS) // MONTHS_A_YEAR]
    return np.asarray(province.ledger.expected_options.sum(axis=1) * price)


COUPONS = (coupons,)
