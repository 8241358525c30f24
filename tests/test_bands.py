"""Bands: quantiles from 40 replicates on, the range below; differences replicate by replicate."""

import pandas as pd
import pytest

from experiments.bands import BAND, bands, observed_points, paired_bands
from model.data.load import load_region
from model.indicators.formulas import FORMULAS


def frame(**scenarios):
    """Return indicators of one cell: scenario -> values of its replicates."""
    rows = [
        {"scenario": name, "replicate": r, "month": "2030-12", "place": "all", "group": "all"}
        | {"indicator": "nev_stock", "value": float(value)}
        for name, values in scenarios.items()
        for r, value in enumerate(values, 1)
        if value is not None
    ]
    return pd.DataFrame(rows)


def row(table):
    (found,) = table[BAND].itertuples(index=False, name=None)
    return found


def test_forty_replicates_give_quantiles():
    assert row(bands(frame(plan=range(1, 42)))) == pytest.approx((3.0, 11.0, 21.0, 31.0, 39.0))


def test_few_replicates_give_their_range():
    assert row(bands(frame(plan=[9, 1, 2]))) == (1.0, 1.5, 2.0, 5.5, 9.0)


def test_a_replicate_without_a_value_does_not_count():
    table = frame(plan=[4, None, 6], other=[1, 2, 3])
    assert row(bands(table[table["scenario"] == "plan"])) == (4.0, 4.5, 5.0, 5.5, 6.0)


def test_differences_are_taken_replicate_by_replicate():
    table = frame(base=[10, 20, 30], plan=[31, 11, 22])
    assert row(paired_bands(table, "plan", "base")) == (-9.0, -8.5, -8.0, 6.5, 21.0)


def test_equal_scenarios_differ_by_nothing():
    table = frame(base=[0.1, 0.7, 0.3], plan=[0.1, 0.7, 0.3])
    assert row(paired_bands(table, "plan", "base")) == (0.0,) * len(BAND)


def test_what_one_of_a_pair_lacks_is_left_out():
    table = pd.concat([frame(base=[1, 2]), frame(plan=[1, 2]).assign(month="2029-12")])
    assert paired_bands(table, "plan", "base").empty


@pytest.mark.parametrize("region", ["shanxi", "china"])
def test_every_observed_figure_is_kept_of_whatever_year(region):
    seen = load_region(region).observed
    wanted = seen[seen["indicator"].isin(list(FORMULAS))]
    points = observed_points(load_region(region))
    keys = ["indicator", "place", "year", "value"]
    assert sorted(points[keys].itertuples(index=False)) == sorted(wanted[keys].itertuples(index=False))
    assert points["year"].min() < 2015


def test_figures_that_shaped_constants_are_marked():
    points = observed_points(load_region("china"))
    share = points[points["indicator"] == "nev_new_sales_share"].set_index("year")["fitted"]
    assert share[2021] and not share[2022]
    assert not observed_points(load_region("shanxi"))["fitted"].any()
