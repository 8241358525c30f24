"""The few replicates of a preview stand for the forty of a full run."""

from __future__ import annotations

import numpy as np

import scenarios
from app.front import stand_ins
from app.front.sizes import sizes
from experiments.ensemble import run_ensemble
from experiments.stand_ins import REPLICATES, nearest
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cell_index

HEADLINES = {"nev_new_sales_share": 0.05, "green_travel_share": 0.03, "green_awareness": 0.05}
"""How far the median of a preview may lie from that of all replicates; these small runs differ more."""
HOUSEHOLDS = 1_000


def test_the_set_whose_medians_lie_nearest_is_chosen() -> None:
    one, other = np.array([[0.0, 10.0, 4.0, 6.0, 5.0]]), np.array([[9.0, 1.0, 1.0, 9.0, 5.0]])
    assert nearest(one, np.ones(1), 1) == (4,)
    assert nearest(np.concatenate([one, other]), np.ones(2), 2) in {(0, 1), (2, 3)}
    constant, unknown = np.full((1, 5), 7.0), np.array([[np.nan, 1.0, 2.0, 3.0, 4.0]])
    assert nearest(np.concatenate([constant, one, unknown]), np.ones(3), 1) == (4,)
    assert nearest(np.array([[0.0, 1.0, 2.0], [2.0, 0.0, 1.0]]), np.array([9.0, 1.0]), 1) == (1,)


def test_previews_take_those_of_the_table_and_then_others(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    chosen = stand_ins.replicates()
    assert len(set(chosen)) == len(chosen) == sizes()["preview_replicates"]
    assert set(chosen) <= set(range(1, REPLICATES + 1)) and chosen != (1, 2, 3, 4)
    monkeypatch.setitem(sizes(), "preview_replicates", 6)  # type: ignore[arg-type]
    assert stand_ins.replicates()[:4] == chosen and len(set(stand_ins.replicates())) == 6
    assert all(stand_ins.gap(name) is not None for name in HEADLINES) and stand_ins.gap("none") is None


def test_medians_of_a_preview_are_near_those_of_a_full_run() -> None:
    ensemble = run_ensemble([scenarios.load("plan")], households=HOUSEHOLDS, replicates=REPLICATES)
    last, names = cell_index(ensemble.region)["2030-12", "all", "all"], list(FORMULAS)
    few = [one - 1 for one in stand_ins.replicates()]
    for name, most in HEADLINES.items():
        every = ensemble.values[0, :, names.index(name), last]
        assert abs(np.median(every[few]) - np.median(every)) < most, name
