"""Traced households tell why they took their car, and what they tell is what the run did."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import scenarios
from model import RunResult, simulate
from model.data.parameters import Parameters
from model.errors import InputError
from model.indicators.ledger import G
from model.population.synthesis import synthesise
from model.reasons import CARS, COLUMNS, NEW, NONE, PARTS, USED

HOUSEHOLDS = 300
UNPLANNED = Parameters.central().replace({"car_timing_share": 0.0})
WEIGHTS = synthesise("shanxi", HOUSEHOLDS).columns.weight


@pytest.fixture(scope="module")
def run() -> RunResult:
    """Return a run under the plan in which everybody tells."""
    rows = range(synthesise("shanxi", HOUSEHOLDS).rows)
    return simulate(scenarios.load("plan"), households=HOUSEHOLDS, trace=rows)


@pytest.fixture(scope="module")
def choices(run: RunResult) -> pd.DataFrame:
    return run.trace[run.trace["decision"] == NEW]


def by_month(table: pd.DataFrame, values: pd.Series) -> np.ndarray:  # type: ignore[type-arg]
    months = pd.period_range("2015-01", "2030-12", freq="M").strftime("%Y-%m")
    return values.groupby(table["month"]).sum().reindex(months, fill_value=0.0).to_numpy(dtype=float)


def test_telling_changes_nothing(run: RunResult) -> None:
    silent = simulate(scenarios.load("plan"), households=HOUSEHOLDS)
    assert np.array_equal(silent.values, run.values, equal_nan=True)
    assert silent.trace.empty and list(silent.trace.columns) == list(COLUMNS)


def test_what_all_tell_adds_up_to_the_ledger(run: RunResult, choices: pd.DataFrame) -> None:
    """Chances to the expected sales of every option and month, cars taken to those sold new and used."""
    weight = pd.Series(WEIGHTS[choices["household"]], index=choices.index)
    sold, expected = run.ledger.options.sum(axis=1), run.ledger.expected_options.sum(axis=1)
    for j, car in enumerate(CARS):
        mine = choices["option"] == car
        told = by_month(choices[mine], weight[mine] * choices[mine]["chance"])
        assert told == pytest.approx(expected[:, j], rel=1e-9, abs=1e-9), car
        taken = mine & choices["taken"].astype(bool)
        assert np.array_equal(by_month(choices[taken], weight[taken]), sold[:, j]), car
    second = run.trace[run.trace["decision"] == USED]
    used = sum(run.ledger.grouped[:, :, :, G[f"used_{kind}"]].sum() for kind in ("ice", "phev", "bev"))
    assert WEIGHTS[second["household"]].sum() == used > 0


def test_each_choice_is_one_of_its_open_options(choices: pd.DataFrame, run: RunResult) -> None:
    each = choices.groupby(["month", "household"])
    assert each["chance"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert (each["taken"].sum() == 1).all()
    assert choices["utility"].to_numpy() == pytest.approx(choices[list(PARTS)].sum(axis=1).to_numpy())
    others = run.trace[run.trace["decision"] != NEW]
    assert set(others["decision"]) == {USED, NONE} and others["utility"].isna().all()
    assert not others[others["decision"] == NONE]["taken"].any()


def test_parts_are_what_their_names_say(choices: pd.DataFrame) -> None:
    petrol = choices["option"].str.startswith("ice")
    for part in ("chargers", "road_rights", "taste", "plug_at_home", "norm"):
        assert (choices.loc[petrol, part] == 0.0).all(), part
    assert (choices["chargers"] >= 0.0).all() and (choices.loc[~petrol, "chargers"] > 0.0).any()
    assert (choices["price"] < 0.0).all() and (choices["running"] < 0.0).all()
    assert (choices["money"] >= 0.0).all() and (choices["money"] <= -choices["price"] + 1e-9).all()
    # in yuan a price is the same for all who buy the car in a month, in utils the poor feel it more
    yuan = choices["price"] / choices["utils_a_yuan"]
    apart = yuan.groupby([choices["month"], choices["option"]]).agg(lambda x: x.max() - x.min())
    assert apart.max() < 1e-6
    scale = choices.groupby("group")["utils_a_yuan"].mean()
    assert scale["q1"] > scale["q5"]


def test_a_subsidy_shows_as_money_and_as_nothing_else() -> None:
    """Where nobody plans ahead, the first month with a grant differs in its money alone: contacts' cars and
    chargers answer later."""
    plan = scenarios.load("no_plan")
    paid = plan.with_levers(nev_purchase_subsidy="8000@2026-01..2026-12")
    rows = range(synthesise("shanxi", 2_000).rows)
    told = [
        simulate(s, households=2_000, until="2026-01", parameters=UNPLANNED, trace=rows).trace
        for s in (plan, paid)
    ]
    both = [t[(t["month"] == "2026-01") & (t["decision"] == NEW)] for t in told]
    key = ["household", "option"]
    joined = both[0].merge(both[1], on=key, suffixes=("_without", "_with"))
    assert len(joined) > 20
    for part in PARTS:
        gap = joined[f"{part}_with"] - joined[f"{part}_without"]
        if part != "money":
            assert (gap == 0.0).all(), part
        else:
            plug_in = ~joined["option"].str.startswith("ice")
            assert (gap[~plug_in] == 0.0).all() and (gap[plug_in] >= 0.0).all() and gap[plug_in].max() > 0.0
    raised = joined["chance_with"] - joined["chance_without"]
    assert raised[~joined["option"].str.startswith("ice")].sum() > 0.0


@pytest.mark.parametrize("trace", [[-1], [10**9], ["a"], [1.5], [True], 7, "12"])
def test_a_row_that_is_none_is_refused(trace: object) -> None:
    with pytest.raises(InputError) as refused:
        simulate(scenarios.load("plan"), households=100, until="2015-01", trace=trace)  # type: ignore[arg-type]
    assert refused.value.code == "trace" and refused.value.allowed.startswith("0..")
