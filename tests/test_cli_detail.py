"""Indicators by place and group at once: they add up, small cells are empty, a run keeps them when asked."""

import json

import numpy as np
import pandas as pd
import pytest

import scenarios
from app.cli.main import call
from model import simulate
from model.data.months import MONTHS
from model.indicators.detail import LEAST_HOUSEHOLDS, read_detail
from model.indicators.formulas import FORMULAS

CELL = ["month", "place"]
SMALL = ("--households", "600", "--replicates", "1", "--until", "2016-12", "--threads", "1")


@pytest.fixture(scope="module")
def result():
    return simulate(scenarios.load("plan"), households=2000, until="2016-12")


def table(result, households):
    """Return the detail as if so many had been simulated: the more, the fewer cells are empty."""
    from model.indicators.detail import detail_cells
    from model.result import frame_of

    values = read_detail(result.ledger, result.region, FORMULAS, households, result.lived)
    return frame_of(values, result.region, detail_cells(result.region))


@pytest.mark.parametrize("indicator", ["households", "population", "appliance_sales", "car_km", "car_petrol"])
def test_fifths_add_up_to_their_place(result, indicator):
    known = FORMULAS[indicator]
    assert known.bottom is None and known.by_group
    fine = table(result, 10**9)
    parts = fine[fine["indicator"] == indicator].groupby(CELL)["value"].sum()
    whole = result.indicators
    whole = whole[(whole["indicator"] == indicator) & (whole["place"] != "all")].set_index(CELL)["value"]
    assert len(parts) == len(whole) > 50
    np.testing.assert_allclose(parts, whole.loc[parts.index], rtol=1e-9)


def test_town_and_country_add_up_to_the_fifth(result):
    fine = table(result, 10**9)
    fine = fine[(fine["indicator"] == "car_km") & fine["place"].isin(["all.urban", "all.rural"])]
    parts = fine.groupby(["month", "group"])["value"].sum()
    whole = result.indicators
    whole = whole[(whole["indicator"] == "car_km") & (whole["group"] != "all")]
    whole = whole.set_index(["month", "group"])["value"]
    np.testing.assert_allclose(parts, whole.loc[parts.index], rtol=1e-9)


def test_a_cell_of_few_simulated_households_is_empty(result):
    kept = result.detail
    homes = kept[kept["indicator"] == "households"]
    each = float(result.ledger.grouped[0, :, :, 0].sum()) / result.households
    every = table(result, 10**9)
    every = every[every["indicator"] == "households"]
    assert 0 < len(homes) < len(every)
    assert homes["value"].min() >= 0.98 * LEAST_HOUSEHOLDS * each
    assert set(kept["month"]) == {"2015-12", "2016-12"} and result.lived < MONTHS
    assert set(kept["group"]) == {"q1", "q2", "q3", "q4", "q5"} and "all" not in set(kept["place"])


def test_a_run_keeps_them_when_asked_and_comes_out_again(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told = []
    for more in ((), ("--detail",)):
        assert call(["run", "plan", *SMALL, "--json", *more]) == 0
        told.append(json.loads(capsys.readouterr().out))
    plain, fine = told
    assert plain["id"] != fine["id"] and plain["goals"] == fine["goals"]
    assert not (tmp_path / plain["folder"] / "indicators_detail.parquet").exists()
    kept = pd.read_parquet(tmp_path / fine["folder"] / "indicators_detail.parquet")
    whole = pd.read_parquet(tmp_path / fine["folder"] / "indicators.parquet")
    assert list(kept.columns) == list(whole.columns) and len(kept)
    assert call(["verify", fine["folder"]]) == 0
    assert call(["reproduce", fine["folder"], "--threads", "1", "--lang", "en"]) == 0
    assert "every byte" in capsys.readouterr().out
    assert call(["run", "plan", *SMALL, "--detail", "--lang", "zh"]) == 0
    assert "交叉" in capsys.readouterr().out
