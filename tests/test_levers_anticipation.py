"""What is announced moves purchases in time: a rush before money ends, a dip after, used cars passed on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.paired import Setting, lived, nation, trade_in_until
from model.data.months import MONTHS_A_YEAR, month_index
from model.domains.timing import LEADS, brings_forward
from model.indicators.ledger import G
from model.kernels import plain
from model.population.columns import NO_CAR

RUSH = month_index("2022-12")
LAST = month_index("2026-12")
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


def deciders(province):  # type: ignore[no-untyped-def]
    """Return the rows of those who decided last month."""
    society = province.society
    firsts = society.parts.rows[:-1]
    parts = [society.deciders[s : s + n] for s, n in zip(firsts, society.n_deciders, strict=True)]
    return np.concatenate(parts)


@pytest.mark.parametrize("lead", range(LEADS))
@pytest.mark.parametrize("end", [RUSH, LAST])
def test_only_purchases_that_would_come_after_the_money_are_brought_forward(
    setting: Setting, end: int, lead: int
) -> None:
    month = end - lead
    province = lived(setting.province(changes={"car_timing_share": 1.0}), month)
    c, money = province.society.c, province.traffic.incentives
    shift = money.shift.copy()
    timing = province.traffic.timing(month, np.ones(0))
    money.shift[:] = shift
    owner, cell = c.car != NO_CAR, (c.place, c.quintile)
    sooner = timing.scrap_shift[(c.car_bought <= timing.scrap_before).astype(int), *cell, c.considers]
    left = np.minimum(c.buy_due, c.car_due - sooner) - month
    bare = np.minimum(c.buy_due, c.car_due) - month
    ahead = timing.advance[*cell, np.asarray(c.planner) - 1, 2 * owner + c.considers]
    stays = np.asarray(c.active).astype(bool) & (c.dissolve_due > month)
    late = stays & (c.planner == lead + 1) & (left > lead) & (bare <= ahead)
    province.step()
    decided = np.zeros(left.size, dtype=bool)
    decided[deciders(province)] = True
    assert late.sum() > 100
    np.testing.assert_array_equal(decided & stays & (left > 0), late)
    soon = late & (left <= lead + 1)
    assert soon.any() and (end == RUSH or (sooner[late] > 0).any())


def test_the_end_of_a_car_counts_as_early_as_scrappage_money_brings_it() -> None:
    brings = plain(brings_forward)
    assert brings(6.0, 2, 3, 3) and brings(6.0, 0, 1, 6)
    assert not brings(6.0, 2, 2, 5), "replaced in the last month with the money anyway"
    assert not brings(6.0, 2, 7, 7), "too far away"


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


def test_a_bonus_on_new_energy_cars_hurries_nobody_who_considers_none(setting: Setting) -> None:
    nobody = {name: 0.0 for name in ("car_contagion_p", "car_contagion_q", "car_contagion_sales")}
    nobody |= {"car_consideration_2015": 0.0, "car_timing_share": 0.0}

    def sales(petrol: float, plug_in: float):  # type: ignore[no-untyped-def]
        province = trade_in_until(setting.province(changes=nobody), 0)
        terms = province.traffic.market.terms
        paid = np.zeros_like(terms.scrappage_bonus)
        paid[FIRST:STOP, 0], paid[FIRST:STOP, 1:] = petrol, plug_in
        money = province.traffic.incentives
        money.expect(money.known, replace(terms, scrappage_bonus=paid, replacement_bonus=paid))
        return bought(lived(province, STOP))

    none = sales(0.0, 0.0)
    assert np.array_equal(sales(0.0, 20_000.0), none)
    assert sales(15_000.0, 20_000.0)[FIRST:].sum() > 1.01 * none[FIRST:].sum()


def test_each_owner_expects_the_bonus_on_what_it_would_buy(setting: Setting) -> None:
    q, odds = setting.parameters, 0.4
    money = setting.province().traffic.incentives
    month = month_index("2025-06")
    timing, factor = money.timing(month, np.ones(0), odds)
    mix, terms = (
        setting.people.region.market.mix[month // MONTHS_A_YEAR],
        setting.province().traffic.market.terms,
    )
    petrol, phev, bev = (terms.replacement_bonus[month] * mix).sum(axis=1)
    assert 0.0 < petrol < bev
    each = (q["veh_scrap_subsidy_hazard"] - 1.0) / q["car_timing_reference"]
    expected = 1.0 + each * np.array([petrol, 0.6 * petrol + 0.4 * (phev + bev) / 2.0])
    np.testing.assert_allclose(factor, np.broadcast_to(expected, factor.shape), rtol=1e-12)
    for _ in range(12):
        timing, _ = money.timing(month, np.ones(0), odds)
    petrol, phev, bev = (terms.scrappage_bonus[month] * mix).sum(axis=1)
    months = 13 * each * np.array([petrol, 0.6 * petrol + 0.4 * (phev + bev) / 2.0])
    assert (timing.scrap_shift[1] == months.astype(int)).all() and months[1] > months[0] > 1.0
    assert not timing.scrap_shift[0].any()


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
