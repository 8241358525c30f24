"""Cars, households, persons and money balance: nothing appears from nothing, and no budget is overrun."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import scenarios
from model.data.car_terms import car_terms
from model.data.levers import levers
from model.data.load import load_region
from model.data.months import FIRST_YEAR, month_index
from model.data.parameters import Parameters
from model.data.region import Region
from model.indicators.formulas import FORMULAS
from model.indicators.ledger import GROUPED, PLACED
from model.institutions.fold import ACTING, BY_GROUP, IN_TOWNS
from model.population.synthesis import synthesise
from model.province import Province
from model.result import frame_of
from model.run import simulate
from scenarios.settings import world

KINDS = ("ice", "phev", "bev")
SHANXI = load_region("shanxi")
RELATIVE = 1e-9


@cache
def lived(
    name: str = "plan",
    region: str = "shanxi",
    households: int = 3000,
    months: int = 192,
    changes: tuple[str, ...] = (),
    assumed: tuple[str, ...] = (),
) -> Province:
    people = synthesise(region, households)
    scenario = scenarios.load(name).with_settings(changes).with_assumptions(assumed)
    province = Province(people, scenario.resolve(people.region), Parameters.central(), 6)
    province.live(months)
    return province


def column(province: Province, name: str) -> NDArray[np.float64]:
    """Return a measure by month and place (and fifth, where it is counted by fifth)."""
    months = province.month
    if name in PLACED:
        return province.ledger.placed[:months, :, PLACED.index(name)]
    return province.ledger.grouped[:months, :, :, GROUPED.index(name)]


def check_stocks(province: Province) -> None:
    """Cars by place and powertrain: stock = last stock + new + used - scrapped - left - traded, exactly."""
    for kind in KINDS:
        flow = {
            name: column(province, f"{name}_{kind}").sum(axis=2)
            for name in ("cars", "sales", "used", "scrapped", "left", "traded")
        }
        moved = flow["sales"] + flow["used"] - flow["scrapped"] - flow["left"] - flow["traded"]
        np.testing.assert_array_equal(np.diff(flow["cars"], axis=0), moved[1:], err_msg=kind)
        assert all((values >= 0).all() and (values == np.floor(values)).all() for values in flow.values())


def check_people(province: Province) -> None:
    """Households of each place lie within half a row of their path; persons are 1 to 5 a household."""
    months, weight = province.month, np.asarray(province.society.people.columns.weight)
    starts = province.society.people.starts
    homes = column(province, "households").sum(axis=2)
    for p in range(len(province.region.places)):
        rows = weight[starts[p] : starts[p + 1]]
        if rows.size:
            gap = np.abs(homes[:, p] - province.region.households[:months, p])
            assert gap.max() <= rows.max() // 2 + 1, province.region.places[p].code
    persons = column(province, "persons").sum(axis=2)
    assert (persons >= homes).all() and (persons <= 5 * homes).all()


def check_numbers(province: Province) -> None:
    """No nan, nothing infinite, nothing below zero, parts not above their whole, chances add up."""
    ledger, months = province.ledger, province.month
    for array in (ledger.grouped, ledger.placed, ledger.options, ledger.expected_options):
        assert np.isfinite(array).all()
        assert array.min() >= -1e-12 * array.max()
    homes, persons = column(province, "households"), column(province, "persons")
    assert (column(province, "considering") <= homes).all()
    assert (column(province, "attention") <= homes * (1 + 1e-12)).all()
    assert (column(province, "aware_persons") <= persons).all()
    np.testing.assert_array_equal(
        ledger.options[:months].sum(axis=2),
        sum(column(province, f"sales_{kind}").sum(axis=2) for kind in KINDS),
    )
    np.testing.assert_allclose(
        ledger.expected_options[:months].sum(axis=2), ledger.options[:months].sum(axis=2), rtol=RELATIVE
    )


def check_budgets(province: Province) -> None:
    for grant in province.policy.grants:
        books = province.treasury.books.get((grant.instrument, grant.payer))
        if grant.budget is not None and books is not None:
            assert books.sum(axis=(1, 2)).max() <= grant.budget * (1 + 1e-12)


def check_all(province: Province) -> None:
    check_stocks(province)
    check_people(province)
    check_numbers(province)
    check_budgets(province)


@pytest.mark.parametrize("region", ["shanxi", "china"])
@pytest.mark.parametrize("name", ["no_plan", "current", "plan_plus"])
def test_cars_households_and_sums_balance_to_the_unit(region: str, name: str) -> None:
    province = lived(name, region)
    check_all(province)
    for flow in ("used", "scrapped", "left", "traded"):
        assert sum(column(province, f"{flow}_{kind}").sum() for kind in KINDS) > 0, flow


def test_cars_in_the_books_are_the_cars_at_the_doors() -> None:
    province = lived()
    c = province.society.c
    owners = (np.asarray(c.active) == 1) & (np.asarray(c.car) < 12)
    for k, kind in enumerate(KINDS):
        mine = owners & (np.asarray(c.car) // 4 == k)
        parked = np.bincount(np.asarray(c.place)[mine], np.asarray(c.weight)[mine], len(SHANXI.places))
        np.testing.assert_array_equal(column(province, f"cars_{kind}")[-1].sum(axis=1), parked)


def test_persons_change_only_with_their_households_within_a_year() -> None:
    people = synthesise("shanxi", 3000)
    province = Province(people, scenarios.load("plan").resolve(SHANXI), Parameters.central(), 2)
    province.live(13)
    c = province.society.c
    while province.month < 24:
        active, size, due = (np.asarray(a).copy() for a in (c.active, c.size, c.dissolve_due))
        province.step()
        stays = (active == 1) & (np.asarray(c.active) == 1) & (np.asarray(c.dissolve_due) == due)
        assert stays.sum() > 2000 and np.array_equal(size[stays], np.asarray(c.size)[stays])
    mean = column(province, "persons")[-1].sum() / column(province, "households")[-1].sum()
    wanted = np.average(SHANXI.household_size[1], weights=SHANXI.households[23])
    assert mean == pytest.approx(wanted, rel=0.02)


def test_fifths_hold_a_fifth_of_the_persons_each_january() -> None:
    province = lived(households=20_000, months=133)
    persons = column(province, "persons")[132].sum(axis=0)
    np.testing.assert_allclose(persons / persons.sum(), 0.2, atol=0.005)


def test_national_money_is_units_times_amount() -> None:
    province = lived("current")
    terms = car_terms(SHANXI)
    sold = province.ledger.options
    for instrument, payer, each in (
        ("nev_central_subsidy", "centre", terms.central_subsidy),
        ("nev_local_match", "province", terms.local_match),
        ("purchase_tax_relief", "centre", terms.tax_forgone),
    ):
        amount = np.asarray(each).reshape(192, 12)
        money = np.einsum("mpj,mj->mp", sold, amount).reshape(16, 12, -1).sum(axis=1)
        units = np.einsum("mpj,mj->mp", sold, (amount > 0).astype(float)).reshape(16, 12, -1).sum(axis=1)
        books, counted = (
            getattr(province.treasury, what)[instrument, payer][:, :, :5].sum(axis=2)
            for what in ("books", "units")
        )
        np.testing.assert_allclose(books, money, rtol=RELATIVE)
        np.testing.assert_array_equal(counted, units)
        assert money.sum() > 0


def test_public_chargers_are_paid_for_when_they_are_built() -> None:
    province = lived("plan_plus")
    public = column(province, "points_public")
    built = np.diff(public, axis=0, prepend=np.zeros((1, public.shape[1])))
    cost = province.parameters["charger_cost"] * province.traffic.series["cpi"]
    paid = province.treasury.books["charging_density", "province"].sum(axis=2)
    yearly = (built * cost[:, None]).reshape(16, 12, -1).sum(axis=1)
    np.testing.assert_allclose(paid, yearly, rtol=RELATIVE, atol=1e-3)
    assert (built >= 0).all() and built.sum() > 0


def test_a_grant_pays_its_amount_a_car_until_a_budget_binds_and_never_more() -> None:
    province = lived(changes=("nev_purchase_subsidy=4000@2026-01..2027-12",))
    free = next(grant for grant in province.policy.grants if grant.budget is None)
    books, units = (
        x[free.instrument, free.payer] for x in (province.treasury.books, province.treasury.units)
    )
    np.testing.assert_allclose(books, 4000.0 * units, rtol=RELATIVE)
    assert units.sum() > 0

    rich = lived(households=20_000, changes=("nev_purchase_subsidy=30000@2023-01..2025-12",))
    (grant,) = (grant for grant in rich.policy.grants if grant.lever == "nev_purchase_subsidy")
    books = rich.treasury.books[grant.instrument, grant.payer].sum(axis=(1, 2))
    assert grant.budget == 3e8
    assert (books <= grant.budget * (1 + 1e-12)).all()
    assert (books[[8, 9, 10]] >= 0.95 * grant.budget).all() and not books[11:].any()


def test_places_and_groups_add_up_to_totals() -> None:
    province = lived("current")
    result = simulate(scenarios.load("current"), households=3000, seed=6)
    np.testing.assert_array_equal(result.ledger.grouped, province.ledger.grouped)
    table = frame_of(result.values, SHANXI)
    table = table[table["month"].str.endswith("-12")]
    cities = sorted({place.city for place in SHANXI.places})
    for name in (
        *("households", "population", "car_sales", "nev_sales", "nev_stock", "public_chargers"),
        *("car_petrol", "car_electricity", "car_co2"),
    ):
        rows = table[table["indicator"] == name].pivot_table(
            index="month", columns=["place", "group"], values="value"
        )
        whole = rows["all", "all"]
        for parts in (["all.urban", "all.rural"], cities, [place.code for place in SHANXI.places]):
            total = sum(rows[part, "all"] for part in parts)
            np.testing.assert_allclose(total, whole, rtol=RELATIVE, err_msg=f"{name} {parts[0]}")
        if name in ("households", "population", "car_petrol", "car_electricity", "car_co2"):
            groups = sum(rows["all", f"q{n}"] for n in range(1, 6))
            np.testing.assert_allclose(groups, whole, rtol=RELATIVE, err_msg=name)


def test_shares_lie_between_nought_and_one() -> None:
    values = simulate(scenarios.load("plan_plus"), households=8000, seed=6).values
    for k, (name, formula) in enumerate(FORMULAS.items()):
        if (name.endswith("_share") and formula.index is None) or name in (
            "nev_consideration",
            "green_awareness",
        ):
            known = values[k][~np.isnan(values[k])]
            assert known.size > 10 and known.min() >= 0.0 and known.max() <= 1.0, name


@pytest.mark.parametrize("exposures", [0, 10])
def test_awareness_stays_between_nought_and_one_at_the_ends_of_publicity(exposures: int) -> None:
    province = lived("no_plan", months=108, changes=(f"publicity_intensity={exposures}",))
    awareness = np.asarray(province.society.c.awareness)[np.asarray(province.society.c.active) == 1]
    assert awareness.min() >= 0.0 and awareness.max() <= 1.0


def _levels(draw: st.DrawFn, region: Region) -> str:
    lever = levers()[draw(st.sampled_from(ACTING))]
    part = draw(st.sampled_from([0.0, 0.01, 0.2, 0.5, 0.9, 1.0]))
    value = lever.min + part * (lever.max - lever.min)
    first = draw(st.integers(month_index("2022-06"), month_index("2024-12")))
    last = draw(st.integers(first, 191))
    text = f"{lever.key}={round(value) if lever.whole else f'{value:.6f}'}@{_month(first)}..{_month(last)}"
    codes = ["all", "all.urban", "all.rural", *(place.code for place in region.places)]
    text += "@" + draw(st.sampled_from([c for c in codes if lever.key not in IN_TOWNS or "rural" not in c]))
    if lever.key in BY_GROUP and draw(st.booleans()):
        text += "@" + ",".join(
            sorted(draw(st.sets(st.sampled_from(["q1", "q2", "q3", "q4", "q5"]), min_size=1)))
        )
    return text


def _month(index: int) -> str:
    return f"{FIRST_YEAR + index // 12}-{index % 12 + 1:02d}"


def _world(draw: st.DrawFn) -> str:
    key = draw(st.sampled_from(sorted(world())))
    row = world()[key]
    low, high = float(row["percent_low"]), float(row["percent_high"])
    value = draw(st.sampled_from(["low", "high", f"{low:+.0f}%", f"{high:+.0f}%"]))
    return f"{key}={value}"


@st.composite
def _changed(draw: st.DrawFn) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    name = draw(st.sampled_from(scenarios.names()))
    texts = [_levels(draw, SHANXI) for _ in range(draw(st.integers(1, 3)))]
    chosen = {text.partition("=")[0]: text for text in texts}
    return name, tuple(chosen.values()), (_world(draw),) if draw(st.booleans()) else ()


@settings(max_examples=25, deadline=None, derandomize=True)
@given(_changed())
def test_any_accepted_change_runs_and_keeps_the_accounts(
    change: tuple[str, tuple[str, ...], tuple[str, ...]],
) -> None:
    name, texts, assumed = change
    check_all(lived(name, "shanxi", 300, 120, texts, assumed))
