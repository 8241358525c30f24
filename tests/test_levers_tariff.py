"""Levers on the price of electricity act through what homes use and pay, and stay away from the rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from calibration.paired import Setting, lived, relevelled, shanxi
from model.data.months import MONTHS_A_YEAR, month_index
from model.domains.bills import CAR_EXTRA, ENROLLED, FIRST_LIMIT, HOME_EXTRA, KWH, PAID, PEAK, SECOND_LIMIT
from model.markets.power import STEP, lived_terms
from model.province import Province
from model.state import State, give, take

STEP_LEVER, CEILING, RATIO = "residential_block_step", "residential_block_threshold", "peak_valley_ratio"
START, END = month_index("2023-01"), month_index("2024-12") + 1
BEFORE_OFFER, OFFERED = month_index("2017-12") + 1, month_index("2018-01")
HOMES = 2_000
Runs = Callable[..., Province]


@pytest.fixture(scope="module")
def setting() -> Setting:
    return shanxi(HOMES)


@pytest.fixture(scope="module")
def past(setting: Setting) -> State:
    """What stood at the end of 2022."""
    return take(lived(setting.province(), START))


@pytest.fixture(scope="module")
def runs(setting: Setting, past: State) -> Runs:
    """Runs from 2023 on with one lever at another level."""

    def run(lever: str = RATIO, level: float = 3.6, until: int = END) -> Province:
        levels = setting.policy.delivered[lever].copy()
        levels[START:] = level
        province = setting.province(relevelled(setting.policy, lever, levels))
        give(province, past)
        return lived(province, until)

    return run


@pytest.fixture(scope="module")
def usual(runs: Runs) -> Province:
    return runs()


def year(province: Province, what: int) -> float:
    return float(province.homes.metering.year[:, :, what].sum())


def test_a_dearer_third_block_saves_a_little_and_its_homes_pay_more(usual: Province, runs: Runs) -> None:
    dearer = runs(STEP_LEVER, 0.45)
    change = year(dearer, KWH) / year(usual, KWH) - 1.0
    assert -0.03 < change < -0.002
    assert year(dearer, PAID) > year(usual, PAID)


def test_homes_below_the_third_block_answer_nothing(past: State, runs: Runs) -> None:
    last = past.arrays["meters:year"]
    plain, dearer = (runs(STEP_LEVER, step, START + 1) for step in (0.30, 0.45))
    c, terms = plain.society.c, lived_terms(past.arrays["metering:terms"])
    limit = terms[SECOND_LIMIT, c.place, MONTHS_A_YEAR]
    stood = (c.active == 1) & (past.arrays["meters:months"] == MONTHS_A_YEAR)
    below, above = stood & (last <= limit - STEP), stood & (last > limit + STEP)
    one, other = plain.homes.metering.meters.use, dearer.homes.metering.meters.use
    assert below.sum() > HOMES / 4 and above.sum() > HOMES / 50
    assert np.array_equal(one[below], other[below])
    assert (other[above] < one[above]).all()


def test_a_lower_first_ceiling_is_paid_above_it(usual: Province, runs: Runs) -> None:
    lower = runs(CEILING, 120.0)
    assert year(lower, PAID) > year(usual, PAID)
    assert year(lower, KWH) < year(usual, KWH)
    meters, c = usual.homes.metering.meters, usual.society.c
    first = lived_terms(lower.homes.metering._terms)[FIRST_LIMIT, c.place, meters.months]
    small = (c.active == 1) & (meters.year <= first - STEP)
    assert small.sum() > HOMES / 20
    paid = [p.homes.metering.meters.year[small].sum() for p in (usual, lower)]
    assert paid[1] == pytest.approx(paid[0], rel=0.01)


def test_without_an_answer_to_price_money_moves_and_no_kwh(setting: Setting) -> None:
    deaf = {"el_price_elast_urban": 0.0, "el_price_elast_rural": 0.0, "ap_label_trust": 0.0}
    found = []
    for step in (0.30, 0.45):
        levels = np.full_like(setting.policy.delivered[STEP_LEVER], step)
        policy = relevelled(setting.policy, STEP_LEVER, levels)
        found.append(lived(setting.province(policy, deaf), 2 * MONTHS_A_YEAR))
    assert np.array_equal(*(p.homes.metering.meters.year for p in found))
    assert year(found[1], PAID) > 1.001 * year(found[0], PAID)


def test_a_wider_peak_valley_ratio_moves_only_the_hours_of_the_enrolled(usual: Province, runs: Runs) -> None:
    wider = runs(RATIO, 4.5)
    one, other = usual.homes.metering, wider.homes.metering
    assert np.array_equal(one.meters.year, other.meters.year)
    assert year(wider, ENROLLED) >= year(usual, ENROLLED) > 0.0
    share = [year(p, PEAK) / year(p, KWH) for p in (usual, wider)]
    assert 0.0 < share[0] - share[1] < 0.02
    never = lived(shanxi(300).province(changes={"el_tou_attention": 0.0}), OFFERED + MONTHS_A_YEAR)
    assert year(never, ENROLLED) == 0.0
    assert year(never, PEAK) == pytest.approx(year(never, KWH) * never.parameters["el_peak_share"], rel=0.01)


def test_nobody_enrols_before_the_price_is_offered() -> None:
    eager = {"el_tou_attention": 1.0, "el_tou_hurdle": 1.0}
    province = lived(shanxi(300).province(changes=eager), BEFORE_OFFER)
    assert not province.homes.metering.meters.peak_valley.any()
    assert lived(province, OFFERED + 1).homes.metering.meters.peak_valley.any()


def test_the_step_of_the_second_block_moves_next_to_nothing_and_nobody_gathers_at_the_ceiling(
    past: State, runs: Runs
) -> None:
    flat, step = (runs(STEP_LEVER, level, START + 1) for level in (0.0, 0.05))
    c, last = flat.society.c, past.arrays["meters:year"]
    terms = lived_terms(past.arrays["metering:terms"])
    first, second = (terms[row, c.place, MONTHS_A_YEAR] for row in (FIRST_LIMIT, SECOND_LIMIT))
    stood = (c.active == 1) & (past.arrays["meters:months"] == MONTHS_A_YEAR)
    there = stood & (last > first) & (last <= second)
    use = [p.homes.metering.meters.use[there].sum() for p in (flat, step)]
    assert -0.02 < use[1] / use[0] - 1.0 < 0.0
    near = [int((stood & (np.abs(last / (first * at) - 1.0) < 0.1)).sum()) for at in (0.8, 1.0, 1.25)]
    assert near[1] < (near[0] + near[2]) / 2 + 4.0 * np.sqrt(near[1] + (near[0] + near[2]) / 4)


def test_what_homes_use_leaves_cars_as_they_were() -> None:
    more = {"el_base_2015": 900.0, "el_use_log_sd": 0.6}
    one, other = (lived(shanxi(300).province(changes=q), 2 * MONTHS_A_YEAR) for q in (None, more))
    assert other.ledger.placed[:, :, -2].sum() > one.ledger.placed[:, :, -2].sum()
    assert np.array_equal(one.ledger.options, other.ledger.options)
    for name in ("car", "car_due", "car_km", "awareness", "considers", "buy_due"):
        assert np.array_equal(getattr(one.society.c, name), getattr(other.society.c, name)), name


def test_the_peak_never_costs_less_than_the_valley(runs: Runs) -> None:
    flat, below = (runs(level=level, until=START + MONTHS_A_YEAR) for level in (1.0, 1.9))
    for province in (flat, below):
        terms = province.homes.metering._terms
        np.testing.assert_allclose(terms[:, HOME_EXTRA], terms[:, CAR_EXTRA], atol=1e-12)
