"""Promise: the province's own money moves purchases in time as national money does, and not before it is
known."""

import numpy as np
import pytest

import scenarios
from model.data.load import load_region
from model.data.months import PLAN_ISSUED, month_index
from model.data.parameters import Parameters
from model.indicators.ledger import G
from model.population.synthesis import synthesise
from model.province import Province

ROWS = 30_000
START, END = month_index("2027-01"), month_index("2027-12")
CHANGE = "30000@2027-01..2027-12"


def sales(scenario: scenarios.Scenario, **changes: float) -> np.ndarray:
    """Return cars bought by households (months, petrol / new-energy), expected."""
    region = load_region("shanxi")
    parameters = Parameters.central().replace(changes) if changes else Parameters.central()
    province = Province(synthesise("shanxi", ROWS), scenario.resolve(region), parameters, 1)
    province.live(month_index("2029-12") + 1)
    bought = province.ledger.grouped[:, :, :, G["expected_ice"] : G["expected_ice"] + 3].sum(axis=(1, 2))
    return np.stack([bought[:, 0], bought[:, 1:].sum(axis=1)], axis=1)


@pytest.fixture(scope="module")
def base() -> np.ndarray:
    return sales(scenarios.load("no_plan"))


@pytest.fixture(scope="module")
def paid() -> np.ndarray:
    return sales(scenarios.load("no_plan").with_levers(nev_purchase_subsidy=CHANGE))


def test_nothing_moves_before_the_money_is_known(base: np.ndarray, paid: np.ndarray) -> None:
    assert np.array_equal(base[: START - 6], paid[: START - 6])
    assert np.array_equal(base[:PLAN_ISSUED], paid[:PLAN_ISSUED])


def test_people_wait_for_the_money_and_rush_before_its_end(base: np.ndarray, paid: np.ndarray) -> None:
    total = (paid - base).sum(axis=1) / np.maximum(base.sum(axis=1), 1.0)
    assert total[START - 2 : START].mean() < -0.005
    assert total[END - 2 : END + 1].mean() > 0.01
    assert total[END + 1 : END + 5].mean() < 0.0


def test_nobody_moves_a_date_where_nobody_plans_around_dates() -> None:
    still = {"car_timing_share": 0.0}
    base = sales(scenarios.load("no_plan"), **still)
    paid = sales(scenarios.load("no_plan").with_levers(nev_purchase_subsidy=CHANGE), **still)
    assert np.array_equal(base[:START], paid[:START])


@pytest.fixture(scope="module")
def swap(tmp_path_factory: pytest.TempPathFactory) -> scenarios.Scenario:
    """Return `no_plan` with money for new-energy cars that asks for an old car, in 2027."""
    file = tmp_path_factory.mktemp("swap") / "swap.toml"
    file.write_text(
        """
schema = 1
name = "swap"
label = { zh = "以旧换新", en = "swap" }
extends = "no_plan"

[[change]]
lever = "nev_purchase_subsidy"
requires = "trade_in"
path = { 2026-12 = 0, 2027-01 = 20000, 2027-12 = 20000, 2028-01 = 0 }
""",
        encoding="utf-8",
    )
    return scenarios.load(str(file))


def test_provincial_trade_in_money_makes_owners_trade_up(swap: scenarios.Scenario) -> None:
    still = {"car_timing_share": 0.0}
    base, paid = sales(scenarios.load("no_plan"), **still), sales(swap, **still)
    gain = (paid - base)[START : END + 1].sum(axis=0)
    assert 0.01 < gain.sum() / base[START : END + 1].sum() < 0.25
    assert gain[1] > 0.0 and gain[0] < 0.25 * gain[1], "money for new-energy cars sells new-energy cars"
    without = dict(still, veh_scrap_subsidy_hazard=1.0)
    even = sales(swap, **without)[START : END + 1].sum()
    same = sales(scenarios.load("no_plan"), **without)[START : END + 1].sum()
    assert even == pytest.approx(same, rel=1e-9)


def test_trade_in_money_for_new_energy_cars_hurries_nobody_who_considers_none(
    swap: scenarios.Scenario,
) -> None:
    nobody = {"car_consideration_2015": 0.0, "car_contagion_p": 0.0, "car_contagion_q": 0.0}
    nobody["car_contagion_sales"] = 0.0
    assert np.array_equal(sales(scenarios.load("no_plan"), **nobody), sales(swap, **nobody))
