"""Money for appliances that is known to come is waited for, by those who plan, and by nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from calibration.paired import Setting, grant, lived, shanxi
from model.data.months import month_index
from model.data.rebates import rebates
from model.domains.appliances import KINDS
from model.domains.timing import KNOWN_AHEAD
from model.indicators.ledger import G
from model.institutions.policy import APPLIANCES, Policy
from model.markets.home_foresight import SPAN, known_rebates
from model.province import Province

START, END = month_index("2023-07"), month_index("2024-06")
"""A time in which no other money comes or goes."""
RATE = 0.2
PAID = tuple(kind for kind in KINDS if kind != "lamps")
ALL_PLAN = {"car_timing_share": 1.0}


@pytest.fixture(scope="module")
def here() -> Setting:
    made = shanxi(4_000)
    return replace(made, policy=replace(made.policy, grants=()))


def paying(here: Setting, **terms: Any) -> Policy:
    own = {"lever": "green_goods_subsidy_rate", "instrument": "green_goods_subsidy_rate", "goods": APPLIANCES}
    return grant(here, RATE, START, END, options=PAID, of_price=True, **{**own, **terms})


def replaced(province: Province) -> np.ndarray:  # type: ignore[type-arg]
    """Return the appliances replaced by month."""
    return np.asarray(province.ledger.grouped[:, :, :, G["replaced"]].sum(axis=(1, 2)))


@pytest.fixture(scope="module")
def plain(here: Setting) -> Province:
    return lived(here.province(changes=ALL_PLAN), END + 1)


@pytest.fixture(scope="module")
def paid(here: Setting) -> Province:
    return lived(here.province(paying(here), ALL_PLAN), END + 1)


def test_those_who_plan_wait_for_a_grant_and_rush_when_it_comes(plain: Province, paid: Province) -> None:
    usual, with_it = replaced(plain), replaced(paid)
    known = START - KNOWN_AHEAD
    assert np.array_equal(usual[:known], with_it[:known])
    # a tenth of the price or so is worth some months at 1.5 % of it each: the last months before are bare
    assert with_it[START - 3 : START].sum() < 0.05 * usual[START - 3 : START].sum()
    assert with_it[START] > 3.0 * usual[START]
    waited = usual[known:START].sum() - with_it[known:START].sum()
    assert 0.0 < waited <= with_it[START] - usual[START]


def test_how_long_people_wait_is_what_the_grant_is_worth_over_a_months_cost(
    here: Setting, plain: Province
) -> None:
    dear = lived(here.province(paying(here), {**ALL_PLAN, "ap_timing_cost": 0.1}), START)
    usual = replaced(plain)[START - 2 : START]
    # 20 % on grades 1 and 2 only: worth one month at a tenth of the price, not two
    assert replaced(dear)[START - 1] < 0.05 * usual[1] and replaced(dear)[START - 2] > 0.5 * usual[0]


def test_nobody_waits_who_does_not_plan_or_cannot_know_or_gets_nothing(here: Setting) -> None:
    none = {"car_timing_share": 0.0}
    bare = lived(here.province(changes=none), START)
    assert np.array_equal(replaced(bare), replaced(lived(here.province(paying(here), none), START)))
    rural = np.array([not place.urban for place in here.people.region.places])
    some = lived(here.province(paying(here, places=rural), ALL_PLAN), START)
    all_wait = lived(here.province(paying(here), ALL_PLAN), START)
    mine, theirs = (
        p.ledger.grouped[START - 3 : START, :, :, G["replaced"]].sum(axis=(0, 2)) for p in (some, all_wait)
    )
    assert (mine[~rural] > 10 * (theirs[~rural] + 1)).all() and (mine[rural] == theirs[rural]).all()


def test_of_the_national_rebate_is_known_what_was_announced() -> None:
    listed, cpi = np.full((192, 6, 5), 3_000.0), np.ones(192)
    known, paid = known_rebates(listed, cpi, False), rebates(listed)
    july = month_index("2024-07")
    assert not known[july - 1].any() and known[july, 2, 0, 0] == paid[july + 2, 0, 0] == 600.0
    # that of 2025 was announced on its first day, so that nobody waited for it in 2024
    assert not known[month_index("2024-12"), 1:].any() and paid[month_index("2025-01"), 0, 0] > 0.0
    assert np.array_equal(known[:, 0], paid)
    renewed = known_rebates(listed, cpi, True)
    assert renewed[month_index("2026-12"), 1, 0, 0] > 0.0 == known[month_index("2026-12"), 1, 0, 0]
    assert SPAN[july].tolist() == list(range(july, july + KNOWN_AHEAD + 1))


def test_the_rebate_of_2024_was_waited_for_in_the_summer(plain: Province, here: Setting) -> None:
    """July and August against the same run at a cost of waiting that nothing is worth."""
    until = month_index("2024-10") + 1
    waits = lived(here.province(changes=ALL_PLAN), until)
    patient = lived(here.province(changes={**ALL_PLAN, "ap_timing_cost": 5.0}), until)
    summer, autumn = slice(until - 4, until - 2), slice(until - 2, until)
    assert replaced(waits)[summer].sum() < 0.05 * replaced(patient)[summer].sum()
    assert replaced(waits)[autumn].sum() > 1.5 * replaced(patient)[autumn].sum()
