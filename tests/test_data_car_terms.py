"""What a buyer gets and owes is what the calendar says, worked out by hand for single months."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.data.calendar import measures, month_weights
from model.data.car_terms import NOBODY, CarTerms, car_terms
from model.data.load import load_region
from model.data.months import MONTHS, month_index, month_text
from model.data.region import Floats

ICE, PHEV, BEV = range(3)
MINI, COMPACT, MIDSIZE, SUV = range(4)
SHANXI = load_region("shanxi")
MARKET = SHANXI.market


def flat(value: float) -> Floats:
    return np.full_like(MARKET.price, value)


@pytest.fixture(scope="module")
def sharp() -> CarTerms:
    """Terms with no spread of range, so that each class gets the band of its mean."""
    return car_terms(SHANXI, range_sd=0.0)


def at(path: Floats, month: str) -> Floats:
    return path[month_index(month)]


def test_2015_subsidy_by_range_and_local_match_one_to_one(sharp: CarTerms) -> None:
    # label ranges 2015: 150, 160, 300, 220 km; bands 80-150, 150-250, from 250
    assert at(sharp.central_subsidy, "2015-03")[BEV].tolist() == [45_000, 45_000, 54_000, 45_000]
    assert at(sharp.central_subsidy, "2015-03")[PHEV].tolist() == [0, 31_500, 31_500, 31_500]
    assert at(sharp.local_match, "2015-03")[BEV, MIDSIZE] == 54_000
    assert at(sharp.central_subsidy, "2015-03")[ICE].tolist() == [0] * 4


def test_central_and_local_money_were_capped_at_a_share_of_the_price() -> None:
    cheap = car_terms(SHANXI, price=flat(100_000), range_sd=0.0)
    assert at(cheap.local_match, "2015-03")[BEV, MIDSIZE] == pytest.approx(0.6 * 100_000 - 54_000)
    assert at(cheap.local_match, "2017-03")[BEV, MIDSIZE] == pytest.approx(0.5 * 44_000)


def test_june_2018_is_weighted_by_days(sharp: CarTerms) -> None:
    # the transition ended on the 11th: 11 days at 0.7 of 2017, 19 days at the new amounts
    label = MARKET.label_range[3, BEV, SUV]
    new = 34_000 if 250 <= label < 300 else 45_000 if 300 <= label < 400 else math.nan
    assert at(sharp.central_subsidy, "2018-06")[BEV, SUV] == pytest.approx((11 * 30_800 + 19 * new) / 30)
    assert at(sharp.central_subsidy, "2018-06")[PHEV, SUV] == pytest.approx((11 * 16_800 + 19 * 22_000) / 30)
    assert at(sharp.local_match, "2018-06")[PHEV, SUV] == pytest.approx((11 * 16_800 + 19 * 22_000) / 60)


def test_may_2019_pays_six_tenths_and_june_ends_the_local_match(sharp: CarTerms) -> None:
    assert at(sharp.central_subsidy, "2019-05")[PHEV, COMPACT] == 13_200
    assert at(sharp.local_match, "2019-05")[PHEV, COMPACT] == 6_600
    assert at(sharp.local_match, "2019-06")[PHEV, COMPACT] == pytest.approx(
        0.5 * at(sharp.central_subsidy, "2019-06")[PHEV, COMPACT] * 25 / 30
    )
    assert at(sharp.local_match, "2019-07").max() == 0


def test_subsidy_of_2021_and_2022_with_range_floor_and_price_ceiling(sharp: CarTerms) -> None:
    assert at(sharp.central_subsidy, "2021-05")[BEV, MINI] == 0
    assert at(sharp.central_subsidy, "2021-05")[BEV, MIDSIZE] == 18_000
    assert at(sharp.central_subsidy, "2022-08")[BEV, MIDSIZE] == 12_600
    assert at(sharp.central_subsidy, "2022-08")[PHEV, SUV] == 4_800
    assert sharp.central_subsidy[month_index("2023-01") :].max() == 0
    dear = car_terms(SHANXI, price=flat(300_001), range_sd=0.0)
    assert at(dear.central_subsidy, "2021-05").max() == 0
    assert at(dear.central_subsidy, "2020-03")[BEV, MIDSIZE] == 25_000


def test_the_expected_subsidy_is_smooth_in_range() -> None:
    wide = car_terms(SHANXI, range_sd=70.0)
    mean = MARKET.label_range[6, BEV, MINI]
    above_300 = 0.5 * math.erfc((300 - mean) / 70 / math.sqrt(2))
    above_400 = 0.5 * math.erfc((400 - mean) / 70 / math.sqrt(2))
    expected = 13_000 * (above_300 - above_400) + 18_000 * above_400
    assert at(wide.central_subsidy, "2021-05")[BEV, MINI] == pytest.approx(expected)


def test_petrol_cars_pay_tax_on_the_price_without_vat() -> None:
    terms = car_terms(SHANXI, price=flat(117_000))
    assert at(terms.purchase_tax, "2015-03")[ICE, COMPACT] == pytest.approx(10_000)
    # nine in ten compacts have small engines and pay half, from October 2015
    assert at(terms.purchase_tax, "2016-03")[ICE, COMPACT] == pytest.approx(10_000 * (1 - 0.9 * 0.5))
    assert at(terms.purchase_tax, "2017-03")[ICE, COMPACT] == pytest.approx(10_000 * (1 - 0.9 * 0.25))
    assert at(terms.purchase_tax, "2018-05")[ICE, COMPACT] == pytest.approx(11_700 / 1.16)
    assert at(terms.purchase_tax, "2022-08")[ICE, COMPACT] == pytest.approx(11_700 / 1.13 * (1 - 0.87 * 0.5))
    assert at(terms.purchase_tax, "2023-08")[ICE, COMPACT] == pytest.approx(11_700 / 1.13)


def test_relief_for_new_energy_cars_and_its_caps() -> None:
    terms = car_terms(SHANXI, price=flat(339_000 * 1.13))
    standard = 33_900
    assert at(terms.purchase_tax, "2021-03")[BEV, SUV] == pytest.approx(0)
    assert at(terms.tax_forgone, "2021-03")[BEV, SUV] == pytest.approx(standard)
    assert at(terms.purchase_tax, "2024-08")[BEV, SUV] == pytest.approx(standard - 30_000)
    assert at(terms.purchase_tax, "2026-08")[BEV, SUV] == pytest.approx(standard - 15_000)
    assert at(terms.purchase_tax, "2028-03")[BEV, SUV] == pytest.approx(standard)
    assert at(terms.tax_forgone, "2028-03")[BEV, SUV] == pytest.approx(0)


def test_from_2026_a_plug_in_hybrid_below_100_km_pays_in_full() -> None:
    terms = car_terms(SHANXI, price=flat(113_000))
    assert MARKET.label_range[11, PHEV, COMPACT] < 100 <= MARKET.label_range[11, PHEV, SUV]
    assert at(terms.purchase_tax, "2026-03")[PHEV, COMPACT] == pytest.approx(10_000)
    assert at(terms.purchase_tax, "2026-03")[PHEV, SUV] == pytest.approx(5_000)
    assert at(terms.purchase_tax, "2025-03")[PHEV, COMPACT] == pytest.approx(0)


def test_scrappage_bonus_expected_and_paid() -> None:
    terms = car_terms(SHANXI, price=flat(150_000))
    assert at(terms.scrappage_bonus, "2024-05")[BEV, SUV] == 10_000
    assert at(terms.scrappage_paid, "2024-05")[BEV, SUV] == 20_000
    assert (
        at(terms.scrappage_bonus, "2024-10")[BEV, SUV]
        == at(terms.scrappage_paid, "2024-10")[BEV, SUV]
        == 20_000
    )
    assert at(terms.scrappage_bonus, "2024-10")[ICE, SUV] == pytest.approx(0.95 * 15_000)
    assert at(terms.scrappage_bonus, "2026-03")[BEV, SUV] == pytest.approx(0.12 * 150_000)
    assert at(terms.scrappage_bonus, "2027-01").max() == 0
    assert terms.scrappage_bonus[: month_index("2024-04")].max() == 0
    assert terms.scrappage_bonus[:, PHEV, MINI].max() == 0


def test_replacement_bonus_rate_and_cap() -> None:
    terms = car_terms(SHANXI, price=flat(250_000))
    assert at(terms.replacement_bonus, "2024-10")[BEV, SUV] == 12_000
    assert at(terms.replacement_bonus, "2025-06")[BEV, SUV] == 12_750
    assert at(terms.replacement_bonus, "2026-03")[BEV, SUV] == 15_000
    assert at(terms.replacement_bonus, "2026-03")[ICE, SUV] == pytest.approx(0.95 * 13_000)


def test_eligible_registrations_and_payers() -> None:
    terms = car_terms(SHANXI)
    assert at(terms.scrappage_eligible_before, "2024-03") == NOBODY
    assert at(terms.scrappage_eligible_before, "2024-10") == -12 * 3 - 12 + 5  # June 2011
    assert at(terms.scrappage_eligible_before, "2025-10") == -12 * 2 - 12 + 5  # June 2012
    assert at(terms.scrappage_eligible_before, "2027-01") == NOBODY
    assert at(terms.province_share["scrappage_bonus"], "2025-03") == pytest.approx(0.1)
    assert at(terms.province_share["central_subsidy"], "2016-03") == 0
    assert at(terms.province_share["local_match"], "2016-03") == 1
    assert at(terms.loan_subsidy_rate, "2026-06") == pytest.approx(0.01)
    assert at(terms.loan_subsidy_rate, "2027-06") == 0


def test_renewal_carries_the_last_terms_to_2030_and_changes_no_month_before() -> None:
    base, renewed = car_terms(SHANXI), car_terms(SHANXI, renewed=True)
    end = month_index("2027-01")
    for name in ("purchase_tax", "scrappage_bonus", "replacement_bonus", "central_subsidy"):
        assert np.array_equal(getattr(base, name)[:end], getattr(renewed, name)[:end]), name
    assert at(renewed.scrappage_bonus, "2030-06")[BEV, SUV] > 0
    assert at(renewed.purchase_tax, "2030-06")[BEV, SUV] < at(base.purchase_tax, "2030-06")[BEV, SUV]


def test_the_nation_matches_less_than_a_pilot_province() -> None:
    china = car_terms(load_region("china"), range_sd=0.0)
    assert at(china.local_match, "2015-03")[BEV, MIDSIZE] == pytest.approx(0.8 * 54_000)
    assert at(china.local_match, "2018-12")[BEV, MIDSIZE] == pytest.approx(0.4 * 45_000)


def test_tax_and_relief_add_up_to_the_standard_tax() -> None:
    terms = car_terms(SHANXI)
    vat = sum(row.weight * (row.rate or 0) for row in measures("vat_rate"))
    standard = 0.1 * MARKET.price[np.arange(MONTHS) // 12] / (1 + np.asarray(vat))[:, None, None]
    assert terms.purchase_tax + terms.tax_forgone == pytest.approx(standard)
    assert (terms.tax_forgone >= 0).all() and (terms.purchase_tax >= -1e-9).all()


def test_month_weights_count_days() -> None:
    from datetime import date

    weights = month_weights(date(2024, 2, 29), date(2024, 4, 15))
    held = {month_text(k): weight for k, weight in enumerate(weights) if weight}
    assert held == {"2024-02": pytest.approx(1 / 29), "2024-03": 1.0, "2024-04": pytest.approx(0.5)}
