"""Money and standards for appliances act through grade, time and the old thing, and through nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.paired import Setting, grant, lived, relevelled, shanxi
from model.data.months import MONTHS_A_YEAR, month_index
from model.data.parameters import Parameters
from model.domains.appliances import FAR, KINDS, Plans
from model.domains.thing_plans import move_dues, planners_of
from model.indicators.ledger import G, Ledger
from model.institutions.policy import APPLIANCES, Policy
from model.province import Province

LEVER = "green_goods_subsidy_rate"
START, END = month_index("2018-01"), month_index("2019-12")
AFTER = END + 1 + 2 * MONTHS_A_YEAR
"""Two years past the end, and before the national rebate."""
PAID = tuple(kind for kind in KINDS if kind != "lamps")
WINDOW = slice(START, END + 1)


@pytest.fixture(scope="module")
def here() -> Setting:
    made = shanxi(6_000)
    return replace(made, policy=replace(made.policy, grants=()))


@pytest.fixture(scope="module")
def plain(here: Setting) -> Province:
    return lived(here.province(), AFTER)


def rebate(here: Setting, rate: float = 0.1, **terms: object) -> Policy:
    own = {"lever": LEVER, "instrument": LEVER, "goods": APPLIANCES, "options": PAID, "of_price": True}
    return grant(here, rate, START, END, **{**own, **terms})  # type: ignore[arg-type]


def column(province: Province, *names: str) -> np.ndarray:  # type: ignore[type-arg]
    """Return the sum of ledger columns by month, place and fifth."""
    return sum(province.ledger.grouped[:, :, :, G[name]] for name in names)  # type: ignore[return-value]


def units(province: Province, when: slice) -> float:
    return float(column(province, *(f"sold_{kind}" for kind in PAID))[when].sum())


def grades(province: Province, when: slice = WINDOW) -> np.ndarray:  # type: ignore[type-arg]
    """Return the expected shares of grades among what is sold."""
    sold = np.array([column(province, f"expected_grade{j}")[when].sum() for j in range(1, 6)])
    return np.asarray(sold / sold.sum())


def same_homes(one: Ledger, other: Ledger) -> bool:
    return np.array_equal(one.grouped, other.grouped) and np.array_equal(one.placed, other.placed)


def test_a_rebate_moves_grades_and_brings_purchases_forward(here: Setting, plain: Province) -> None:
    paid = lived(here.province(rebate(here)), AFTER)
    assert grades(paid)[:2].sum() > grades(plain)[:2].sum() + 0.02
    assert np.array_equal(paid.ledger.grouped[:START], plain.ledger.grouped[:START])
    extra = units(paid, WINDOW) - units(plain, WINDOW)
    then = slice(END + 1, AFTER)
    owed = units(plain, then) - units(paid, then)
    subsidised = float(column(paid, "home_claims")[WINDOW].sum())
    assert extra > 0.0 and owed > 0.0
    # most who were paid would have bought one of these appliances anyway, if not then
    assert 0.0 < extra - owed < 0.5 * extra + 0.1 * subsidised < 0.5 * subsidised
    after = grades(paid, then) - grades(plain, then)
    assert np.abs(after).max() < 0.005


def test_without_planners_and_elasticity_only_grades_move(here: Setting) -> None:
    still = {"car_timing_share": 0.0, "ap_price_elast": 0.0}
    bare, paid = (lived(here.province(policy, still), AFTER) for policy in (None, rebate(here)))
    for kind in KINDS:
        assert np.array_equal(column(bare, f"sold_{kind}"), column(paid, f"sold_{kind}")), kind
    assert grades(paid)[:2].sum() > grades(bare)[:2].sum() + 0.02


def test_a_rebate_with_an_empty_budget_is_no_rebate(here: Setting, plain: Province) -> None:
    empty = lived(here.province(rebate(here, budget=0.0)), AFTER)
    assert same_homes(empty.ledger, plain.ledger)


def test_points_worth_a_hundredth_move_next_to_nothing(here: Setting, plain: Province) -> None:
    points = rebate(here, 0.01, lever="green_points_value", take_up="gg_points_active_share")
    paid = lived(here.province(points), END + 1)
    change = grades(paid)[:2].sum() - grades(plain)[:2].sum()
    assert 0.0 < change < 0.002
    assert column(paid, "home_claims").sum() > 0.0


def test_a_rebate_for_the_rural_poor_reaches_them_alone(here: Setting, plain: Province) -> None:
    rural = np.array([not place.urban for place in here.people.region.places])
    poor = [True, True, False, False, False]
    paid = lived(here.province(rebate(here, places=rural, groups=poor, options=("ac", "fridge"))), END + 1)
    claims = column(paid, "home_claims")[WINDOW].sum(axis=0)
    assert (claims[rural, :2] > 0).any() and not claims[~rural].any() and not claims[:, 2:].any()
    first = slice(START, START + MONTHS_A_YEAR)
    # until fifths change for the first time the others' purchases are the same
    same = np.array_equal(paid.ledger.grouped[first, :, 2:], plain.ledger.grouped[first, :, 2:])
    assert same and np.array_equal(paid.ledger.grouped[first, ~rural], plain.ledger.grouped[first, ~rural])


def test_money_against_the_old_thing_is_paid_for_replacements_only(here: Setting) -> None:
    paid = lived(here.province(rebate(here, 0.2, requires="trade_in")), END + 1)
    claims, returned, replaced = (column(paid, n)[WINDOW] for n in ("home_claims", "returned", "replaced"))
    assert (claims <= returned).all() and (returned <= replaced).all()
    before = slice(START - 24, START)
    share = returned.sum() / replaced.sum()
    assert share > 1.2 * column(paid, "returned")[before].sum() / column(paid, "replaced")[before].sum()


def test_a_bonus_brings_old_things_back_and_hardly_more_sales(here: Setting, plain: Province) -> None:
    levels = here.policy.delivered["trade_in_bonus"].copy()
    levels[WINDOW] = 300.0
    paid = lived(here.province(relevelled(here.policy, "trade_in_bonus", levels)), END + 1)
    back = [column(run, "returned")[WINDOW].sum() for run in (plain, paid)]
    assert 1.5 * back[0] < back[1]
    assert 0.0 < units(paid, WINDOW) / units(plain, WINDOW) - 1.0 < 0.03
    assert (paid.treasury.books["trade_in_bonus", "province"].sum() > 0.0) and np.array_equal(
        column(plain, "returned")[:START], column(paid, "returned")[:START]
    )


def cut(here: Setting) -> Policy:
    levels = here.policy.delivered["min_efficiency_cutoff"].copy()
    levels[START:] = 3.0
    return relevelled(here.policy, "min_efficiency_cutoff", levels)


def test_a_higher_standard_clears_low_grades_but_for_those_who_do_not_comply(
    here: Setting, plain: Province
) -> None:
    closed = lived(here.province(cut(here)), END + 1)
    late = slice(END - 5, END + 1)
    assert grades(plain, late)[3:].sum() > 0.1
    # the share of sellers who do not comply, of what was taken before
    assert grades(closed, late)[3:].sum() < 2.0 * Parameters.central()["ap_below_standard"] * 0.2
    assert grades(closed, slice(START, START + 3))[3:].sum() > grades(closed, late)[3:].sum()
    assert units(closed, WINDOW) == units(plain, WINDOW)


def test_a_standard_that_nobody_heeds_does_nothing(here: Setting) -> None:
    lax = {"ap_below_standard": 1.0}
    one, other = (lived(here.province(policy, lax), START + 12) for policy in (None, cut(here)))
    assert same_homes(one.ledger, other.ledger)


def plans_of(province: Province) -> Plans:
    """Return what money does to plans at the end of the last month."""
    shelf = province.homes.furnishing.shelf
    return Plans(shelf.shift, shelf.eager)


def move(province: Province, was: Plans, now: Plans) -> None:
    """Let the plans of homes follow money in month AFTER."""
    society, shelf, places = province.society, province.homes.furnishing.shelf, len(province.region.places)
    starts = society.people.starts
    move_dues(
        0, places, province.homes.things, society.c, starts, planners_of(society.c.planner, starts),
        was.shift, now, AFTER, shelf, np.zeros((places, 5, 8), np.int16),
    )  # fmt: skip


def test_money_that_ends_gives_the_months_back(here: Setting, plain: Province) -> None:
    society, things = plain.society, plain.homes.things
    before, usual = things.slots.copy(), plans_of(plain)
    move(plain, usual, usual._replace(shift=usual.shift + 5))
    plans = (society.c.planner > 0) & (society.c.active > 0)
    moved = (things.slots >> 3) != (before >> 3)
    assert moved[plans].any() and not moved[~plans].any()
    assert ((before >> 3) - (things.slots >> 3))[moved].min() == 5
    move(plain, usual._replace(shift=usual.shift + 5), usual)
    assert np.array_equal(things.slots, before)


def test_eagerness_shortens_the_wait_of_those_without(plain: Province) -> None:
    things, usual = plain.homes.things, plans_of(plain)
    before = things.slots[:, :7].copy()
    move(plain, usual, usual._replace(eager=usual.eager * 2.0))
    after = things.slots[:, :7]
    due = before >> 3
    waits = ((before & 7) == 0) & (due >= AFTER) & (due < FAR)
    assert waits.sum() > 500 and np.array_equal(after[~waits], before[~waits])
    left, now = (due[waits] - AFTER).astype(float), ((after >> 3)[waits] - AFTER).astype(float)
    # incomes grow, so half the threshold takes a little more than half the time
    assert (now <= left).all() and 0.45 < now.mean() / left.mean() < 0.62


def test_money_runs_the_clock_of_first_purchases_and_leaves_luck_alone(here: Setting) -> None:
    before, plain, paid = (
        lived(here.province(policy), until)
        for policy, until in ((None, START), (None, END + 1), (rebate(here, 0.3), END + 1))
    )
    told = [province.homes.things.levels[:, 2] for province in (before, plain, paid)]
    waits = [(province.homes.things.slots[:, 2] & 7) == 0 for province in (before, plain, paid)]
    drawn = waits[0] & (before.society.c.active > 0) & np.isfinite(told[0])
    # the same homes at the end but for those that money made buy sooner: nobody buys later for it
    left = [drawn & still & (told[0] == level) for still, level in zip(waits[1:], told[1:], strict=True)]
    assert not (left[1] & ~left[0]).any() and 0.02 < 1.0 - left[1].sum() / left[0].sum() < 0.3
