"""Kilometres that trips no longer take by car leave the use of cars once; nothing else moves with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.paired import Setting, lived, relevelled, shanxi
from model.data.months import MONTHS, PLAN_ISSUED, december
from model.domains.garage import CLASS_COUNT
from model.indicators.ledger import GROUPED, G, L
from model.journeys import Journeys
from model.outset import LEVERS
from model.province import Province

END = december(2024) + 1
DRIVEN = ("km_ice", "km_phev", "km_bev", "litres", "kwh", "kwh_away", "energy_spending", "co2")
HOMES_AND_TRIPS = GROUPED[G["home_kwh"] :]
"""Not of the market of cars; the meter of a home holds what its car charges."""


@pytest.fixture(scope="module")
def planned() -> Setting:
    return shanxi(2_000, "plan")


def as_before(setting: Setting) -> Province:
    """Return a province under the same policy with the levers of trips as they stood in May 2022."""
    policy = setting.policy
    for lever in LEVERS:
        levels = policy.delivered[lever].copy()
        levels[PLAN_ISSUED:] = levels[PLAN_ISSUED - 1]
        policy = relevelled(policy, lever, levels)
    return setting.province(policy)


def usual_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def usual(self: Journeys, _: object, each: np.ndarray) -> np.ndarray:
        return np.tile(each, (len(self.trips), 5, 1))

    monkeypatch.setattr(Journeys, "car_km_factor", usual)


@pytest.mark.parametrize("petrol", [1.0, 1.5])
def test_without_new_levers_cars_are_used_as_their_owners_always_did(
    monkeypatch: pytest.MonkeyPatch, petrol: float
) -> None:
    setting = shanxi(1_500)
    price = setting.people.region.series["petrol_price"] * np.where(
        np.arange(MONTHS) < PLAN_ISSUED, 1.0, petrol
    )
    setting = replace(setting, policy=replace(setting.policy, world={"petrol_price": price}))
    with_trips = lived(setting.province(), END)
    usual_only(monkeypatch)
    np.testing.assert_array_equal(with_trips.ledger.grouped, lived(setting.province(), END).ledger.grouped)


def test_the_plan_takes_off_each_car_what_its_trips_no_longer_need(planned: Setting) -> None:
    province, seen = planned.province(), 0.0
    while province.month < END:
        month = province.month
        province.step()
        stock, journeys = province.traffic.stock, province.journeys
        usual = province.traffic.usual_use(month)
        row = province.ledger.grouped[month]
        size = row[..., G["persons"]] / np.maximum(row[..., G["households"]], 1.0)
        gap = (journeys.everyday0 - journeys.everyday) * size[..., None]
        for k, name in enumerate(DRIVEN[:3]):
            kind = slice(k * CLASS_COUNT, (k + 1) * CLASS_COUNT)
            before = stock.km[..., kind].sum(axis=-1) * usual[k]
            lost = gap[..., min(k, 1)] * stock.cars[..., kind].sum(axis=-1) / 12
            np.testing.assert_allclose(row[..., G[name]], before - lost, rtol=1e-9, atol=1e-6)
            seen += float(lost.sum()) if month >= PLAN_ISSUED else 0.0
            assert month > PLAN_ISSUED or not lost.any()
    assert seen > 0.0


def test_cars_are_never_driven_backwards(planned: Setting) -> None:
    tiny = replace(planned, parameters=planned.parameters.replace(veh_km_private_2025=400.0))
    policy = tiny.policy
    for lever, level in zip(LEVERS, (1.0, 1.0, 20.0, 1.0), strict=True):
        levels = policy.delivered[lever].copy()
        levels[PLAN_ISSUED:] = level
        policy = relevelled(policy, lever, levels)
    grouped = lived(tiny.province(policy), END).ledger.grouped
    assert (grouped[..., [G[name] for name in DRIVEN]] >= 0.0).all()
    stands = (grouped[END - 1, ..., G["km_ice"]] == 0.0) & (grouped[END - 1, ..., G["cars_ice"]] > 0.0)
    assert stands.any(), "else the floor of zero was not met"


def test_levers_of_trips_leave_the_market_of_cars_alone(planned: Setting) -> None:
    one, other = lived(planned.province(), END).ledger, lived(as_before(planned), END).ledger
    same = [G[name] for name in GROUPED if name not in (*DRIVEN, *HOMES_AND_TRIPS)]
    np.testing.assert_array_equal(one.grouped[..., same], other.grouped[..., same])
    placed = [L[name] for name in L if not name.startswith("meter_")]
    np.testing.assert_array_equal(one.placed[..., placed], other.placed[..., placed])
    np.testing.assert_array_equal(one.options, other.options)
    assert (one.grouped[..., G["km_ice"]] != other.grouped[..., G["km_ice"]]).any()
