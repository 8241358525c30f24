"""Every kWh of a home is used in a month, billed in a year, and counted once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.paired import lived, shanxi
from model.data.months import MONTHS_A_YEAR
from model.domains.bills import CLOSED, KWH, PAID, PEAK, bill
from model.indicators.ledger import G, L
from model.markets.power import lived_terms
from model.province import Province

YEARS = 5
EAGER = {"car_first_purchase_rate": 0.5, "el_car_on_meter_urban": 1.0, "el_car_on_meter_rural": 0.5}


@pytest.fixture(scope="module")
def province() -> Province:
    """A province of many electric cars on meters at the end of 2019."""
    return lived(shanxi(2_000, "plan").province(changes=EAGER), YEARS * MONTHS_A_YEAR)


def test_a_year_by_fifths_is_its_months_by_places(province: Province) -> None:
    ledger = province.ledger
    for year in range(YEARS):
        first = year * MONTHS_A_YEAR
        months = ledger.placed[first : first + MONTHS_A_YEAR, :, L["meter_kwh"]].sum(axis=0)
        billed = ledger.grouped[first + 11, :, :, G["home_kwh"]].sum(axis=1)
        assert billed == pytest.approx(months, rel=1e-9)


def test_bills_of_homes_that_stand_add_up_to_the_ledger_but_for_those_that_left(province: Province) -> None:
    meters, c = province.homes.metering.meters, province.society.c
    terms = lived_terms(province.homes.metering._terms)
    made = np.zeros(3)
    for i in np.flatnonzero(c.active):
        k, p, kwh = int(meters.months[i]), int(c.place[i]), float(meters.year[i])
        paid = bill(kwh, terms, p, k)
        if meters.peak_valley[i]:
            charged = float(meters.charged[i])
            paid += (kwh - charged) * terms[5, p, k] + charged * terms[6, p, k]
        made += float(c.weight[i]) * np.array([kwh, paid, 1.0])
    year = province.homes.metering.year.sum(axis=(0, 1))[[KWH, PAID, CLOSED]]
    assert (made <= year * (1 + 1e-12)).all()
    gone = year[2] - made[2]
    assert 0 < gone < 0.1 * year[2]
    assert year[1] - made[1] == pytest.approx((year[0] - made[0]) * year[1] / year[0], rel=0.15)


def test_a_kwh_of_a_car_on_the_meter_is_counted_once(province: Province) -> None:
    ledger, month = province.ledger, province.month - 1
    stock = province.traffic.stock
    factor = province.journeys.car_km_factor(stock, province.traffic.usual_use(month))
    by_kind = stock.kwh_meter.reshape(*stock.kwh_meter.shape[:2], 3, 4).sum(axis=3)
    charged = (by_kind * factor).sum(axis=(1, 2))
    assert charged.sum() > 0.0
    # loads are float32
    assert ledger.placed[month, :, L["meter_kwh_car"]] == pytest.approx(charged, rel=1e-6)
    assert (stock.kwh_meter <= stock.kwh_home * (1 + 1e-6) + 1e-6).all()
    row = ledger.grouped[month].sum(axis=(0, 1))
    petrol, at_home, away = province.traffic._energy_prices[month]
    home = row[G["kwh"]] - row[G["kwh_away"]] - charged.sum()
    spent = row[G["litres"]] * petrol + home * at_home + row[G["kwh_away"]] * away
    assert row[G["energy_spending"]] == pytest.approx(spent, rel=1e-9)


def test_peak_hours_are_a_share_of_use(province: Province) -> None:
    year = province.homes.metering.year
    share = year[:, :, PEAK].sum() / year[:, :, KWH].sum()
    assert 0.5 < share < province.parameters["el_peak_share"]


def test_blocks_by_the_month_take_at_least_as_much_as_by_the_year() -> None:
    paid = []
    for monthly in (False, True):
        setting = shanxi(300)
        region = setting.people.region
        tariffs = replace(region.tariffs, monthly=monthly)
        people = replace(setting.people, region=replace(region, tariffs=tariffs))
        run = lived(replace(setting, people=people).province(), MONTHS_A_YEAR)
        paid.append(run.homes.metering.year[:, :, [KWH, PAID]].sum(axis=(0, 1)))
    assert paid[0][0] == paid[1][0]
    assert paid[1][1] > paid[0][1]
