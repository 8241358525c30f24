"""Electricity bills are those that one works out by hand, at and around every edge, by the month and by the
year."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.data.load import load_region
from model.data.months import MONTHS_A_YEAR, month_index
from model.data.parameters import Parameters
from model.data.tariffs import read_tariffs
from model.domains.bills import FIRST_LIMIT, SECOND_LIMIT, bill
from model.errors import InputError
from model.markets.power import lived_terms, month_terms, perceived

BY_HAND = {0: 0.0, 170: 81.09, 171: 81.617, 260: 128.52, 261: 129.297, 400: 237.30}
"""kWh of a month -> CNY: 170 at 0.477, 90 at 0.527, the rest at 0.777."""
TARIFFS = load_region("shanxi").tariffs
JULY = month_index("2023-07")


def terms(step: float = 0.30, ceiling: float = 170.0, ratio: float = 3.6, month: int = JULY) -> np.ndarray:
    one = (np.array([level]) for level in (step, ceiling, ratio))
    return month_terms(TARIFFS, *one, month, Parameters.central())


def month_bill(kwh: float, of: np.ndarray) -> float:
    return bill(kwh, np.ascontiguousarray(of[:, :, None]), 0, 0)


def year_bill(kwh: float, months: list[np.ndarray], lived: int = MONTHS_A_YEAR) -> float:
    return bill(kwh, lived_terms(np.array(months)), 0, lived)


@pytest.mark.parametrize("kwh", BY_HAND)
def test_bills_by_hand(kwh: int) -> None:
    assert month_bill(kwh, terms()) == pytest.approx(BY_HAND[kwh], abs=0.0005)
    assert year_bill(12.0 * kwh, [terms()] * 12) == pytest.approx(12.0 * BY_HAND[kwh], abs=0.0005)


@pytest.mark.parametrize(("edge", "below", "above"), [(170.0, 0.477, 0.527), (260.0, 0.527, 0.777)])
def test_a_kwh_costs_the_block_it_falls_in(edge: float, below: float, above: float) -> None:
    for scale, cost in ((1.0, lambda q: month_bill(q, terms())),
                        (12.0, lambda q: year_bill(q, [terms()] * 12))):  # fmt: skip
        top = scale * edge
        assert (cost(top) - cost(top - 0.001)) / 0.001 == pytest.approx(below, abs=1e-6)
        assert (cost(top + 0.001) - cost(top)) / 0.001 == pytest.approx(above, abs=1e-6)


def test_a_year_is_not_the_sum_of_its_months() -> None:
    swinging = [100.0, 340.0] * 6
    monthly = sum(month_bill(kwh, terms()) for kwh in swinging)
    # 100 at 0.477; 170 at 0.477, 90 at 0.527, 80 at 0.777
    assert monthly == pytest.approx(6 * (47.70 + 190.68), abs=0.001)
    assert year_bill(sum(swinging), [terms()] * 12) == pytest.approx(12 * (81.09 + 50 * 0.527), abs=0.001)


def test_a_step_changed_in_july_counts_by_its_months() -> None:
    year = [terms(0.30)] * 6 + [terms(0.45)] * 6
    assert year_bill(4000.0, year) == pytest.approx(year_bill(4000.0, [terms(0.375)] * 12), rel=1e-12)
    ceilings = lived_terms(np.array([terms(ceiling=170.0)] * 6 + [terms(ceiling=120.0)] * 6))
    assert ceilings[FIRST_LIMIT, 0, 12] == pytest.approx(6 * 170 + 6 * 120)


def test_a_home_of_five_months_has_the_ceilings_of_five_months() -> None:
    made = lived_terms(np.array([terms(ceiling=100.0)] * 7 + [terms()] * 5))
    assert made[FIRST_LIMIT, 0, 5] == pytest.approx(5 * 170)
    assert made[SECOND_LIMIT, 0, 5] == 5 * 260
    assert year_bill(5 * 261.0, [terms()] * 9, 5) == pytest.approx(5 * BY_HAND[261], abs=0.0005)


@given(
    st.floats(0.0, 0.6),
    st.floats(80.0, 300.0),
    st.lists(st.floats(0.0, 3000.0), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_bills_rise_ever_faster(step: float, ceiling: float, kwh: list[float]) -> None:
    of = terms(step, ceiling)
    low, middle, high = (month_bill(q, of) for q in kwh)
    assert low <= middle <= high
    weight = (kwh[2] - kwh[1]) / (kwh[2] - kwh[0])
    assert middle <= weight * low + (1.0 - weight) * high + 1e-9
    assert high >= TARIFFS.first_price[JULY] * kwh[2] - 1e-9
    assert abs(month_bill(kwh[1] + 1e-9, of) - middle) < 1e-6


def test_peak_valley_prices_as_printed_at_the_ratio_of_2022() -> None:
    # 0.6065 x 0.507 + 0.3935 x 0.2862 - 0.477
    found = {ratio: float(terms(ratio=ratio)[5, 0]) for ratio in (3.0, 3.6, 4.5)}
    assert found == pytest.approx({3.0: -0.0553, 3.6: -0.0569, 4.5: -0.0594}, abs=5e-5)
    assert float(terms(month=month_index("2017-12"))[5, 0]) == 0.0


def test_people_see_mostly_the_average_price() -> None:
    logs = perceived(terms(), 1.0)[0]
    year = 20.0 * 150
    assert np.exp(logs[150]) == pytest.approx(year_bill(year, [terms()] * 12) / year, rel=1e-12)
    marginal = np.exp(perceived(terms(), 0.0)[0])
    assert marginal[[102, 103, 156, 157]] == pytest.approx([0.477, 0.527, 0.527, 0.777])


def test_a_tariff_with_a_gap_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    head = "key,from,to,billing,first_price,second_step,first_ceiling,second_ceiling"
    head += ",peak,valley,peak_hours,low,high"
    row = "residential,2012-07-01,{to},year,.477,.05,170,260,,,,,"
    path = tmp_path / "tariffs.csv"
    for to in ("2020-05-31", "2011-01-01"):
        text = f"{head},unit,source,quality\n{row.format(to=to)},CNY,notice,recalled\n"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            read_tariffs(path)
