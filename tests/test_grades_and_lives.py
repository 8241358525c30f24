"""Grades sell in the shares of the table when no money moves them, and things last as long as they should."""

import numpy as np
import pytest

from model.behaviour.draws import exponential
from model.data.appliance_market import sold_shares
from model.data.load import load_region
from model.data.months import MONTHS, MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.domains.appliances import KIND_OF
from model.domains.thing_plans import month_of, months_near
from model.markets.appliances import open_shop, shares_of, utilities
from model.markets.lives import lives_under_way, mean_lives, new_lives
from model.start import exogenous
from scenarios import load

POWER = 0.477


@pytest.fixture(scope="module")
def shop():
    region, q = load_region("shanxi"), Parameters.central()
    series = exogenous(region, q, load("no_plan").resolve(region))
    return open_shop(region, q, series, np.ones(len(region.places)), POWER)


def shares(shop, year, **changes):
    """Return the chances of grades by kind at the mean household (6, P, 5, 5), but for `changes`."""
    q, places = Parameters.central(), shop.kwh.shape[0]
    given = {
        "power": np.full((places, 5), POWER),
        "attention": np.full((places, 5), q["aw_reference_level"]),
        "incomes": np.ones(5),
    }
    return shares_of(utilities(shop, q, year, **{**given, **changes}))


def test_the_mean_household_takes_grades_as_the_table_says(shop) -> None:
    early, late = sold_shares(Parameters.central())
    assert np.allclose(shares(shop, 7), late[:, None, None])
    assert np.allclose(shares(shop, 0)[..., 0], early[:, None, None, 0], atol=0.01)


def test_dear_power_attention_and_income_move_buyers_to_better_grades(shop) -> None:
    places, usual = shop.kwh.shape[0], shares(shop, 8)[:5, ..., 0]
    full = np.full((places, 5), 1.0)
    assert (shares(shop, 8, power=POWER * 1.5 * full)[:5, ..., 0] > usual).all()
    assert (shares(shop, 8, attention=0.9 * full)[:5, ..., 0] > usual).all()
    assert (shares(shop, 8, incomes=np.full(5, 2.0))[:5, ..., 0] > usual).all()
    # lamps follow the table whatever the price of power
    assert np.allclose(shares(shop, 8, power=POWER * 1.5 * full)[5], shares(shop, 8)[5])


def test_new_things_last_their_mean_life() -> None:
    q = Parameters.central()
    wanted = mean_lives(q)[list(KIND_OF)] * MONTHS_A_YEAR
    assert np.allclose(new_lives(q).mean(axis=1), wanted, rtol=0.01)


def test_a_stock_of_steady_sales_has_the_residual_life_of_renewal_theory() -> None:
    q = Parameters.central().replace(ap_stock_growth_2015=0.0)
    lives = new_lives(q).astype(np.float64)
    # mean residual life E[L^2] / 2 E[L]; a month counts from its start
    wanted = (lives**2).mean(axis=1) / (2.0 * lives.mean(axis=1)) - 0.5
    assert np.allclose(lives_under_way(q).mean(axis=1), wanted, rtol=0.015)
    growing = lives_under_way(q.replace(ap_stock_growth_2015=0.08))
    assert (growing.mean(axis=1) > lives_under_way(q).mean(axis=1)).all()


def test_a_first_purchase_comes_in_the_month_in_which_its_hazard_is_used_up() -> None:
    path = np.cumsum(np.full(MONTHS, 0.02))
    thresholds = np.array([exponential(np.uint64(1), np.uint64(0), i, 0) for i in range(4000)])
    near = months_near(path)
    months = np.array([month_of(path, near, level) for level in thresholds])
    for m in (0, 12, 100, MONTHS - 1, MONTHS + 50):
        # 4 standard errors
        share, wanted = float((months <= m).mean()), 1.0 - np.exp(-0.02 * (m + 1))
        assert abs(share - wanted) < 4.0 * np.sqrt(wanted * (1.0 - wanted) / thresholds.size) + 1e-9
    flat = np.zeros(MONTHS)
    assert month_of(flat, months_near(flat), 1.0) > MONTHS
