"""A goal that is met anyway says little: beside it stands what the plan reaches, and only there."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.ensemble import Ensemble
from experiments.paired import interval, luck_share, scoreboard, triple
from model.data.load import load_region
from model.data.months import december
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cells

REGION = load_region("shanxi")
NEV = list(FORMULAS).index("nev_new_sales_share")


def board(no_plan, plan, before=0.1):
    size = len(cells(REGION).month)
    values = np.full((2, 3, len(FORMULAS), size), np.nan)
    values[:, :, NEV, december(2022) - 7] = before
    values[0, :, NEV, december(2030)] = no_plan
    values[1, :, NEV, december(2030)] = plan
    luck = np.zeros((0, len(FORMULAS), size))
    ensemble = Ensemble(("no_plan", "plan"), {}, REGION, values, luck, outlays=None)
    return scoreboard(ensemble).set_index("year").loc[2030]


def test_a_target_met_without_the_plan_shows_what_the_plan_reaches():
    row = board(no_plan=0.55, plan=0.6)
    assert row["target"] == 0.4 and row["stretch"] == pytest.approx(0.6)


def test_a_target_still_ahead_stands_alone():
    assert np.isnan(board(no_plan=0.3, plan=0.5)["stretch"])


def test_a_target_passed_before_the_plan_and_lost_since_has_no_stretch_below_it():
    row = board(no_plan=0.2, plan=0.3, before=0.45)
    assert row["passed_in_2022"] and np.isnan(row["stretch"])


def test_luck_is_the_share_of_other_seeds_in_all_variance():
    size = len(cells(REGION).month)
    values, luck = np.zeros((1, 4, len(FORMULAS), size)), np.zeros((4, len(FORMULAS), size))
    values[0, :, NEV, december(2030)] = [0.0, 2.0, 4.0, 6.0]
    luck[:, NEV, december(2030)] = [0.0, 1.0, 2.0, 3.0]
    ensemble = Ensemble(("plan",), {}, REGION, values, luck, outlays=None)
    assert luck_share(ensemble, "nev_new_sales_share", 2030) == pytest.approx(0.25)


def test_an_interval_is_the_range_below_40_replicates_and_5_to_95_percent_from_there():
    assert interval(np.arange(39.0))[1:] == (0.0, 38.0)
    assert interval(np.arange(41.0)) == (20.0, 2.0, 38.0)
    assert triple(np.array([1.0, np.nan, 3.0])) == {"value": 2.0, "low": 1.0, "high": 3.0}


@given(st.lists(st.floats(-1e12, 1e12) | st.just(math.nan), max_size=60))
def test_intervals_are_the_percentiles_of_what_is_known(values):
    known = [value for value in values if not math.isnan(value)]
    found = interval(np.array(values))
    if not known:
        assert all(math.isnan(value) for value in found)
    else:
        ends = (5.0, 95.0) if len(known) >= 40 else (0.0, 100.0)
        assert found == tuple(np.percentile(known, [50.0, *ends]))
