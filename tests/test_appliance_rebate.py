"""The national rebate on appliances holds on its days, for its grades, up to its caps."""

import datetime

import numpy as np

from model.data.appliance_market import APPLIANCES, appliance_market
from model.data.months import MONTHS, month_index
from model.data.rebates import province_share, rebate_rows, rebates


def share_on(day: datetime.date, grade: int, renewed: bool = False) -> float:
    """Return the share of the price paid on a grade (1 the best) on a day."""
    return sum(
        row.rate for at, row in rebate_rows(renewed) if at == grade - 1 and row.start <= day <= row.end
    )


def test_the_rebate_begins_rises_and_ends_on_its_days() -> None:
    for day, first, second in (
        ("2024-08-23", 0.0, 0.0),
        ("2024-08-24", 0.2, 0.15),
        ("2024-12-31", 0.2, 0.15),
        ("2025-01-01", 0.0, 0.0),
        ("2025-01-08", 0.2, 0.15),
        ("2025-12-31", 0.2, 0.15),
        ("2026-01-01", 0.15, 0.0),
        ("2026-12-31", 0.15, 0.0),
        ("2027-01-01", 0.0, 0.0),
    ):
        date = datetime.date.fromisoformat(day)
        assert (share_on(date, 1), share_on(date, 2), share_on(date, 3)) == (first, second, 0.0), day


def test_money_is_a_share_of_the_price_up_to_the_cap() -> None:
    price = np.tile(appliance_market().price, (MONTHS, 1, 1))
    ac, late, new = APPLIANCES.index("ac"), month_index("2025-06"), month_index("2026-06")
    for edge, rate, cap, month in ((10_000.0, 0.2, 2000.0, late), (10_000.0, 0.15, 1500.0, new)):
        for listed in (edge - 1.0, edge, edge + 1.0, 3 * edge):
            price[month, ac, 0] = listed
            assert np.isclose(rebates(price)[month, ac, 0], min(rate * listed, cap))
    made = rebates(np.tile(appliance_market().price, (MONTHS, 1, 1)))
    assert made[late, ac, 1] > 0.0 == made[new, ac, 1]
    assert not made[:, APPLIANCES.index("lamps")].any() and not made[:, :, 2:].any()
    assert np.isclose(made[month_index("2024-08"), ac, 0] / made[late, ac, 0], 8 / 31)


def test_only_a_renewal_goes_on_to_2030() -> None:
    price = np.tile(appliance_market().price, (MONTHS, 1, 1))
    ended, renewed = rebates(price), rebates(price, renewed=True)
    last = month_index("2026-12")
    assert np.array_equal(ended[: last + 1], renewed[: last + 1])
    assert not ended[last + 1 :].any() and (renewed[last:] == renewed[last]).all()
    assert share_on(datetime.date(2030, 12, 31), 1, renewed=True) == 0.15
    assert np.allclose(province_share()[month_index("2024-09") : last + 1], 0.1)
