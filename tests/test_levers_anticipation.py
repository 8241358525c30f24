"""What is announced moves purchases in time: a rush before money ends, a dip after, used cars passed on."""

from __future__ import annotations

import numpy as np
import pytest

from calibration.paired import Setting, lived, nation, trade_in_until
from model.data.months import MONTHS_A_YEAR, month_index
from model.indicators.ledger import G

RUSH = month_index("2022-12")
NEV = slice(4, 12)
FIRST, STOP = month_index("2024-07"), month_index("2026-01")


@pytest.fixture(scope="module")
def setting() -> Setting:
    return nation(60_000)


@pytest.fixture(scope="module")
def base(setting: Setting):  # type: ignore[no-untyped-def]
    return lived(setting.province(), RUSH + 7)


@pytest.fixture(scope="module")
def no_dates(setting: Setting):  # type: ignore[no-untyped-def]
    return lived(setting.province(changes={"car_timing_share": 0.0}), RUSH + 7)


def bought(province, options: slice = slice(None)):  # type: ignore[no-untyped-def]
    """Return expected purchases a month, in the months lived."""
    return province.ledger.expected_options[: province.month, :, options].sum(axis=(1, 2))


def test_purchases_rush_before_the_subsidy_ends_and_dip_after(setting: Setting, no_dates) -> None:  # type: ignore[no-untyped-def]
    all_plan = lived(setting.province(changes={"car_timing_share": 1.0}), RUSH + 7)
    gap = (bought(all_plan, NEV) - bought(no_dates, NEV)) / bought(no_dates, NEV)
    # everyone acts one to three months ahead and brings forward what was due within some months
    assert (gap[RUSH - 2 : RUSH + 1] > 0.3).all()
    assert (gap[RUSH + 1 : RUSH + 3] < -0.4).all()
    assert np.abs(gap[RUSH - 9 : RUSH - 3]).max() < 0.2


def test_with_a_tenth_of_planners_the_rush_is_a_tenth_as_large(base, no_dates) -> None:  # type: ignore[no-untyped-def]
    gap = (bought(base, NEV) - bought(no_dates, NEV)) / bought(no_dates, NEV)
    assert 0.1 < gap[RUSH - 2 : RUSH + 1].sum() < 0.8
    assert -0.8 < gap[RUSH + 1 : RUSH + 4].sum() < -0.1


def test_nobody_moves_a_purchase_when_nobody_plans_around_dates(setting: Setting, no_dates) -> None:  # type: ignore[no-untyped-def]
    deaf = setting.province(changes={"car_timing_share": 0.0})
    money = deaf.traffic.incentives
    money.expect(np.zeros_like(money.known), deaf.traffic.market.terms)
    lived(deaf, RUSH + 7)
    assert np.array_equal(deaf.ledger.expected_options, no_dates.ledger.expected_options)


def test_moving_a_purchase_that_costs_too_much_is_not_done(setting: Setting, no_dates) -> None:  # type: ignore[no-untyped-def]
    dear = lived(setting.province(changes={"car_timing_cost": 1e9}), RUSH + 7)
    assert bought(dear).tolist() == pytest.approx(bought(no_dates).tolist(), rel=1e-12)


def test_what_is_moved_in_time_is_not_made(base, no_dates) -> None:  # type: ignore[no-untyped-def]
    window = slice(RUSH - 8, RUSH + 7)
    moved = np.abs(bought(base) - bought(no_dates))[window].sum()
    net = abs((bought(base) - bought(no_dates))[window].sum())
    assert net < 0.5 * moved


# --- trade-in ---


@pytest.fixture(scope="module")
def programme(setting: Setting):  # type: ignore[no-untyped-def]
    until = STOP + MONTHS_A_YEAR
    paid = lived(trade_in_until(setting.province(), STOP), until)
    bare = lived(trade_in_until(setting.province(), 0), until)
    return paid, bare


def test_trade_in_money_adds_purchases_while_it_is_paid_and_takes_them_from_the_next_year(programme) -> None:  # type: ignore[no-untyped-def]
    paid, bare = programme
    gap = bought(paid) - bought(bare)
    during, later = gap[FIRST:STOP].sum(), gap[STOP : STOP + MONTHS_A_YEAR].sum()
    assert 0.02 < during / bought(bare)[FIRST:STOP].sum() < 0.25
    assert -during <= later < 0.0


def hazard_alone(setting: Setting, hazard: float) -> dict[str, float]:
    """Return flows with over without trade-in money when nobody plans around dates."""
    changes = {"veh_scrap_subsidy_hazard": hazard, "car_timing_share": 0.0}
    runs = [lived(trade_in_until(setting.province(changes=changes), end), STOP) for end in (STOP, 0)]
    made = {}
    for name in ("scrapped", "traded", "sales"):
        paid, bare = (flow(run, name)[FIRST:STOP].sum() for run in runs)
        made[name] = float(paid / bare)
    return made


def test_trade_in_money_raises_the_hazards_of_scrapping_and_trading(setting: Setting) -> None:
    hazard = setting.parameters["veh_scrap_subsidy_hazard"]
    made = hazard_alone(setting, hazard)
    # only old cars and cars past the holding time: less than the hazard ratio over all
    for name in ("scrapped", "traded"):
        assert 1.04 < made[name] < hazard, name
    assert hazard_alone(setting, 1.6)["sales"] > made["sales"]


def test_without_a_shift_of_hazards_and_dates_the_money_adds_no_purchase(setting: Setting) -> None:
    assert hazard_alone(setting, 1.0) == {"scrapped": 1.0, "traded": 1.0, "sales": 1.0}


def test_only_owners_get_trade_in_money(programme) -> None:  # type: ignore[no-untyped-def]
    paid, _ = programme
    units = sum(
        paid.treasury.units[name, "centre"].sum() for name in ("car_scrappage_bonus", "car_replacement_bonus")
    )
    months = slice(month_index("2024-04"), STOP + MONTHS_A_YEAR)
    given_up = [
        paid.ledger.grouped[months, ..., G[f"{flow}_ice"] : G[f"{flow}_ice"] + 3].sum()
        for flow in ("scrapped", "traded")
    ]
    assert 0.0 < units <= sum(given_up)


# --- used cars ---


def flow(province, name: str):  # type: ignore[no-untyped-def]
    """Return a flow of cars by month, fifth and powertrain."""
    return province.ledger.grouped[..., G[f"{name}_ice"] : G[f"{name}_ice"] + 3].sum(axis=1)


def test_no_more_cars_are_bought_used_than_were_sold_on(base) -> None:  # type: ignore[no-untyped-def]
    traded, used = (np.cumsum(flow(base, name).sum(axis=1), axis=0) for name in ("traded", "used"))
    weights = base.society.c.weight
    slack = 1.0 + (weights.max() - weights.min()) / weights.min()  # a simulated car may change weight
    assert (used[: RUSH + 7] <= slack * traded[: RUSH + 7]).all()
    assert used[RUSH].sum() > 0.2 * traded[RUSH].sum()


def test_used_cars_go_to_poorer_households_than_new_ones_and_than_they_came_from(base) -> None:  # type: ignore[no-untyped-def]
    fifths = np.arange(5)
    mean = {}
    for name in ("used", "sales", "traded"):
        by_fifth = flow(base, name).sum(axis=(0, 2))
        mean[name] = float(fifths @ by_fifth / by_fifth.sum())
    assert mean["used"] < mean["sales"]
    assert mean["used"] < mean["traded"]


def test_a_car_bought_used_was_never_chosen_by_one_who_does_not_consider_its_kind(setting: Setting) -> None:
    province = lived(setting.province(), month_index("2016-12"))
    c = province.society.c
    owns = (c.active == 1) & (c.car >= 4) & (c.car < 12)
    first = month_index("2015-06")
    bought_later = owns & (c.car_bought >= first)
    assert bought_later.any()
    assert (c.considers[bought_later] == 1).all()
