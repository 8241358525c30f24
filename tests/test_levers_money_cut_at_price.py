"""Promise: incentives on one purchase add up, and are cut at what the car costs."""

from dataclasses import replace

import numpy as np

from calibration.paired import grant, shanxi
from model.data.months import month_index

FIRST, LAST = month_index("2025-01"), month_index("2025-06")


def paid_a_car(yuan: float) -> float:
    """Return what the province paid a car, CNY, under a grant of `yuan` on every new-energy car."""
    setting = shanxi(4_000, "no_plan")
    setting = replace(setting, policy=replace(setting.policy, grants=()))  # no coupon beside it
    province = setting.province(grant(setting, yuan, FIRST, LAST))
    province.live(LAST + 1)
    books, units = province.treasury.books, province.treasury.units
    keys = [key for key in books if key[1] == "province" and key[0] not in NATIONAL]
    money = sum(float(books[key].sum()) for key in keys)
    return money / sum(float(units[key].sum()) for key in keys)


NATIONAL = (
    "nev_local_match",
    "car_scrappage_bonus",
    "car_replacement_bonus",
    "charging_density",
    "green_credit_discount",
    "consumer_loan_subsidy",
    "appliance_rebate",
    "trade_in_bonus",
)


def test_a_small_grant_is_paid_in_full_and_a_huge_one_only_to_the_price() -> None:
    small, huge = paid_a_car(5_000.0), paid_a_car(1_000_000.0)
    assert np.isclose(small, 5_000.0, rtol=0.02)
    dearest = 400_000.0
    assert 20_000.0 < huge < dearest
