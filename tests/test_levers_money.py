"""Money for new-energy cars acts through the choices of those who consider one and are entitled to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from calibration.asking import after_sales, ask, chances, new_energy, watch
from calibration.paired import Setting, grant, lived, nation, relevelled, shanxi
from model.data.months import MONTHS, MONTHS_A_YEAR, month_index
from model.data.parameters import Parameters
from model.institutions.policy import Policy
from model.population.columns import NO_CAR

START, END = month_index("2025-01"), month_index("2025-12")
YUAN = 10_000.0
NEV = slice(4, 12)


CHOICE_ONLY = {"car_timing_share": 0.0, "veh_scrap_subsidy_hazard": 1.0}
"""Nobody plans around dates or trades up for a bonus: what is left is the choice among cars."""


@pytest.fixture(scope="module")
def here() -> Setting:
    return shanxi(6_000, parameters=Parameters.central().replace(CHOICE_ONLY))


def at(setting: Setting, month: int, question, policy: Policy | None = None):  # type: ignore[no-untyped-def]
    """Return the answer of `question(province, offers, quote again)` just before people choose in `month`."""
    answers = []
    province = setting.province(policy)

    def look(now, offers, again):  # type: ignore[no-untyped-def]
        if now == month:
            answers.append(question(province, offers, again))

    lived(watch(province, look), month + 1)
    return answers[0]


def who_and_what(province, offers, again):  # type: ignore[no-untyped-def]
    """Return columns and chances of the month's deciders."""
    rows, made = chances(province, province.month, offers)
    c = province.society.c
    fields = ("considers", "place", "quintile", "car", "log_income")
    return {name: getattr(c, name)[rows].copy() for name in fields}, made


def share(province, first: int = START, last: int = END) -> float:  # type: ignore[no-untyped-def]
    sold = province.ledger.expected_options[first : last + 1].sum(axis=(0, 1))
    return float(sold[NEV].sum() / sold.sum())


def same_run(one, other, until: int = MONTHS) -> bool:  # type: ignore[no-untyped-def]
    """Tell whether two runs left the same ledger, bit for bit."""
    names = ("grouped", "placed", "options", "expected_options")
    return all(
        np.array_equal(getattr(one.ledger, name)[:until], getattr(other.ledger, name)[:until])
        for name in names
    )


# --- nev_purchase_subsidy ---------------------------------------------------------------------------------


def test_ten_thousand_yuan_move_a_share_near_one_half_by_two_to_four_points() -> None:
    # assumed target of the design: a logit of this price response, less those who do not consider
    for setting in (shanxi(20_000), nation(20_000)):
        base = lived(setting.province(), END + 1)
        paid = lived(setting.province(grant(setting, YUAN, START, END)), END + 1)
        assert 0.4 < share(base) < 0.6
        assert 1.8 <= 100 * (share(paid) - share(base)) <= 4.2


def test_before_it_is_paid_nothing_changes(here: Setting) -> None:
    base = lived(here.province(), END + 1)
    paid = lived(here.province(grant(here, YUAN, START, END)), END + 1)
    assert same_run(base, paid, START)
    assert not same_run(base, paid, END + 1)


def test_only_those_who_consider_choose_differently(here: Setting) -> None:
    who, before = at(here, START, who_and_what)
    _, after = at(here, START, who_and_what, grant(here, YUAN, START, END))
    considers = who["considers"] == 1
    assert considers.any() and not considers.all()
    assert (after[~considers] == before[~considers]).all()
    assert (after[~considers, 4:] == 0).all()
    gain = (after - before)[considers, 4:].sum(axis=1)
    assert (gain > 0).all()
    # b x 10,000 yuan is at most about half a util for the poorest: no single choice is turned round
    assert gain.max() < 0.3


def test_the_poor_respond_more_than_the_rich_at_equal_odds() -> None:
    larger = shanxi(40_000, parameters=Parameters.central().replace(CHOICE_ONLY))
    who, before = at(larger, START, who_and_what)
    _, after = at(larger, START, who_and_what, grant(larger, YUAN, START, END))
    p0, p1 = before[:, 4:].sum(axis=1), after[:, 4:].sum(axis=1)
    mixed = (p0 > 0.2) & (p0 < 0.8)
    p0, p1 = p0[mixed], p1[mixed]
    logit_gain = np.log(p1 / (1 - p1) / (p0 / (1 - p0)))
    order = np.argsort(who["log_income"][mixed])
    third = len(order) // 3
    assert third > 10
    # the weight of money falls with the square root of income
    assert logit_gain[order[:third]].mean() > 1.2 * logit_gain[order[-third:]].mean()


def test_only_the_places_and_fifths_named_are_touched(here: Setting) -> None:
    count = len(here.people.region.places)
    policy = grant(here, YUAN, START, END, np.arange(count) < 4, [True, True, False, False, False])
    who, before = at(here, START, who_and_what)
    _, after = at(here, START, who_and_what, policy)
    entitled = (who["place"] < 4) & (who["quintile"] < 2)
    assert entitled.any()
    assert (after[~entitled] == before[~entitled]).all()
    assert (after != before)[entitled & (who["considers"] == 1)].any()


def test_money_for_bevs_alone_lifts_bevs_at_the_cost_of_the_others(here: Setting) -> None:
    _, before = at(here, START, who_and_what)
    _, after = at(here, START, who_and_what, grant(here, YUAN, START, END, options=("bev",)))
    change = (after - before).sum(axis=0).reshape(3, 4).sum(axis=1)
    assert change[2] > 0 > change[1]
    assert change[0] < 0
    assert change.sum() == pytest.approx(0.0, abs=1e-9)


def test_money_that_asks_for_an_old_car_moves_owners_only(here: Setting) -> None:
    who, before = at(here, START, who_and_what)
    _, after = at(here, START, who_and_what, grant(here, YUAN, START, END, requires="trade_in"))
    owner = who["car"] != NO_CAR
    assert owner.any() and not owner.all()
    assert (after[~owner] == before[~owner]).all()
    assert (after != before)[owner & (who["considers"] == 1)].any()


@pytest.mark.parametrize(
    "terms",
    [{"budget": 0.0}, {"price_ceiling": 1.0}, {"cap": 0.0}, {"options": ()}],
    ids=["no budget", "all too dear", "capped at nothing", "for no car"],
)
def test_money_that_cannot_be_had_changes_nothing(here: Setting, terms: dict[str, object]) -> None:
    base = lived(here.province(), END + 1)
    paid = lived(here.province(grant(here, YUAN, START, END, **terms)), END + 1)
    assert same_run(base, paid, END + 1)


def test_money_offered_nowhere_changes_nothing(here: Setting) -> None:
    count = len(here.people.region.places)
    base = lived(here.province(), END + 1)
    paid = lived(here.province(grant(here, YUAN, START, END, [False] * count)), END + 1)
    assert same_run(base, paid, END + 1)


def test_money_where_nobody_considers_changes_nothing(here: Setting) -> None:
    closed = {"car_consideration_2015": 0.0, "car_contagion_p": 0.0, "car_contagion_q": 0.0}
    base = lived(here.province(changes=closed), END + 1)
    paid = lived(here.province(grant(here, YUAN, START, END), closed), END + 1)
    assert share(base) == 0.0
    assert same_run(base, paid, END + 1)


def test_a_budget_binds_each_year_and_more_of_it_moves_more(here: Setting) -> None:
    base, paid, last = [], [], -1.0
    base = lived(here.province(), END + 1)
    for budget in (1e8, 1e9):
        policy = grant(here, YUAN, START, END, budget=budget)
        paid = lived(here.province(policy), END + 1)
        spent = paid.treasury.books["nev_purchase_subsidy", "province"].sum(axis=(1, 2))
        assert spent.max() <= budget * (1 + 1e-9)
        moved = share(paid) - share(base)
        assert moved > last
        last = moved
    assert 0.0 < last < 0.04


def test_those_who_would_have_bought_anyway_are_paid_too(here: Setting) -> None:
    claimed = [0.0]

    def count(month, sales):  # type: ignore[no-untyped-def]
        claimed[0] += float(sales.grant_claims.sum())

    base = lived(here.province(), END + 1)
    paid = lived(after_sales(here.province(grant(here, YUAN, START, END)), count), END + 1)
    gap = (paid.ledger.expected_options - base.ledger.expected_options)[:, :, NEV].sum()
    # a logit near one half gains 2-4 points on about 50: a twelfth or less is additional
    assert 0.01 < gap / claimed[0] < 0.2


# --- green_insurance_discount -----------------------------------------------------------------------------


def test_a_discount_on_the_premium_works_like_its_present_value_off_the_price(here: Setting) -> None:
    points = 0.1
    lever = "green_insurance_discount"
    levels = here.policy.delivered[lever].copy()
    levels[START:] += points

    def cheaper_by_as_much(province, offers, again):  # type: ignore[no-untyped-def]
        worth = points * province.traffic.market.insurance[START]
        assert 500.0 < worth < 5_000.0  # a tenth of some 4,000 yuan a year for the years counted
        cost = offers.cost.copy()
        cost[NEV] -= worth
        return chances(province, START, offers._replace(cost=cost))[1]

    who, before = at(here, START, who_and_what)
    _, after = at(here, START, who_and_what, relevelled(here.policy, lever, levels))
    np.testing.assert_allclose(after, at(here, START, cheaper_by_as_much), rtol=1e-9, atol=1e-12)
    considers = who["considers"] == 1
    assert (after[~considers] == before[~considers]).all()
    assert (after - before)[considers, 4:].sum(axis=1).min() > 0.0


def test_the_discount_moves_the_share_by_some_tenths_of_a_point(here: Setting) -> None:
    lever = "green_insurance_discount"
    levels = here.policy.delivered[lever].copy()
    levels[START:] += 0.1
    base = lived(here.province(), END + 1)
    eased = lived(here.province(relevelled(here.policy, lever, levels)), END + 1)
    assert same_run(base, eased, START)
    # some 2,000 yuan, at 2-4 points for 10,000
    assert 0.1 < 100 * (share(eased) - share(base)) < 1.5


# --- green_credit_discount --------------------------------------------------------------------------------


def test_cheaper_loans_move_borrowers_only_and_by_the_interest_saved(here: Setting) -> None:
    lever = "green_credit_discount"
    levels = here.policy.delivered[lever].copy()
    levels[START:] += 1.0

    def cheaper_for_all(province, offers, again):  # type: ignore[no-untyped-def]
        market = province.traffic.market
        cost = offers.cost.copy()
        cost[NEV] -= market.loan[START][NEV]
        # 60 % of the price over three years, the debt falling in a straight line: 0.9 % of the price a point
        real = market.price[START // MONTHS_A_YEAR].reshape(12)[NEV] / market.cpi[START]
        assert market.loan[START][NEV] == pytest.approx(0.009 * real)
        return chances(province, START, offers._replace(cost=cost))[1]

    who, before = at(here, START, who_and_what)
    _, after = at(here, START, who_and_what, relevelled(here.policy, lever, levels))
    cheaper = at(here, START, cheaper_for_all)
    moved = (after != before).any(axis=1)
    considers = who["considers"] == 1
    assert not moved[~considers].any()
    np.testing.assert_allclose(after[moved], cheaper[moved], rtol=1e-9, atol=1e-12)
    # half of the buyers borrow: binomial, four standard errors
    n, p = int(considers.sum()), here.parameters["car_loan_share"]
    assert abs(moved[considers].mean() - p) < 4 * (p * (1 - p) / n) ** 0.5


def test_no_point_off_the_rate_helps_who_pays_cash(here: Setting) -> None:
    lever = "green_credit_discount"
    levels = here.policy.delivered[lever] + 3.0 * (np.arange(MONTHS) >= START)[:, None, None]
    cash = {"car_loan_share": 0.0}
    base = lived(here.province(changes=cash), END + 1)
    eased = lived(here.province(relevelled(here.policy, lever, levels), cash), END + 1)
    assert same_run(base, eased, END + 1)
    assert not any(name == lever for name, _ in eased.treasury.books)


# --- implementation_capacity ------------------------------------------------------------------------------


def test_capacity_decides_how_many_are_served_not_how_much_each_gets(here: Setting) -> None:
    paid = {}
    for capacity in (0.4, 0.8):
        scenario = scenarios.load("no_plan").with_levers(
            nev_purchase_subsidy="10000@2025-01..2025-12", implementation_capacity=capacity
        )
        policy = scenario.resolve(here.people.region)
        run = lived(here.province(policy), END + 1)
        (name,) = {one.instrument for one in policy.grants if one.lever == "nev_purchase_subsidy"}
        money = run.treasury.books[name, "province"].sum()
        units = run.treasury.units[name, "province"].sum()
        paid[capacity] = (float(units), float(money / units), share(run))
    assert 0.35 < paid[0.4][0] / paid[0.8][0] < 0.65  # about half of 0.8; city factors spread it
    assert paid[0.4][1] == pytest.approx(paid[0.8][1], rel=1e-6)
    assert paid[0.4][2] < paid[0.8][2]


def test_capacity_alone_moves_nothing(here: Setting) -> None:
    able = scenarios.load("no_plan").with_levers(implementation_capacity=1.0).resolve(here.people.region)
    assert (
        able.delivered["implementation_capacity"] != here.policy.delivered["implementation_capacity"]
    ).any()
    assert same_run(lived(here.province(), END + 1), lived(here.province(able), END + 1))


def test_the_same_buyers_answer_under_both_offers(here: Setting) -> None:
    """Asked on the spot, a grant moves expected cars without moving the month itself."""

    def twice(province, offers, again):  # type: ignore[no-untyped-def]
        cost = offers.cost.copy()
        cost[NEV] -= YUAN
        plain, cheaper = ask(province, START, offers), ask(province, START, offers._replace(cost=cost))
        return plain.expected.sum(), cheaper.expected.sum(), new_energy(plain), new_energy(cheaper)

    total, total_cheaper, few, more = at(here, START, twice)
    assert total == pytest.approx(total_cheaper)
    assert few < more


def test_a_child_policy_shares_the_parents_levers(here: Setting) -> None:
    policy = grant(here, YUAN, START, END)
    assert replace(policy, grants=()) == replace(here.policy, grants=())
