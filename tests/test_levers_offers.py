"""Road rights, chargers and publicity are offered; whether anything follows is for people to decide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calibration.asking import chances, watch
from calibration.paired import Setting, lived, relevelled, shanxi
from model.data.months import MONTHS, month_index
from model.indicators.ledger import G, L
from model.institutions.policy import Policy

START, END = month_index("2022-06"), month_index("2025-12")
NEV = slice(4, 12)
ROADS, CHARGERS, PUBLICITY = "nev_road_right_advantage", "charging_density", "publicity_intensity"


@pytest.fixture(scope="module")
def here() -> Setting:
    return shanxi(6_000)


@pytest.fixture(scope="module")
def rich(here: Setting) -> Setting:
    """Where public points are built within a month for as much money as a floor takes."""
    return replace(here, parameters=here.parameters.replace(charger_budget=1e6, charger_build_months=1))


def from_start(setting: Setting, lever: str, level: float, where: object = slice(None)) -> Policy:
    """Return the setting's policy with a lever at `level` from START on in the places `where`."""
    levels = setting.policy.delivered[lever].copy()
    levels[START:, where] = level
    return relevelled(setting.policy, lever, levels)


def deciders(setting: Setting, policy: Policy, month: int):  # type: ignore[no-untyped-def]
    """Return rows, places, considering and chances of those who decide in `month`."""
    answers = []
    province = setting.province(policy)

    def look(now, offers, again):  # type: ignore[no-untyped-def]
        if now == month:
            rows, made = chances(province, month, offers)
            c = province.society.c
            answers.append((rows, c.place[rows].copy(), c.considers[rows] == 1, made))

    lived(watch(province, look), month + 1)
    return answers[0]


def sold(province, places: object = slice(None), first: int = START, last: int = END):  # type: ignore[no-untyped-def]
    return province.ledger.expected_options[first : last + 1, places].sum(axis=(0, 1))


def share(province, places: object = slice(None), first: int = START, last: int = END) -> float:  # type: ignore[no-untyped-def]
    options = sold(province, places, first, last)
    return float(options[NEV].sum() / options.sum())


def same_run(one, other, until: int = MONTHS) -> bool:  # type: ignore[no-untyped-def]
    names = ("grouped", "placed", "options", "expected_options")
    return all(
        np.array_equal(getattr(one.ledger, name)[:until], getattr(other.ledger, name)[:until])
        for name in names
    )


# --- nev_road_right_advantage -----------------------------------------------------------------------------


def test_road_rights_change_nothing_where_no_driving_limit_exists(here: Setting) -> None:
    free = ~here.people.region.road_rights
    assert free.any()
    base = lived(here.province(), END + 1)
    granted = lived(here.province(from_start(here, ROADS, 1.0, free)), END + 1)
    assert same_run(base, granted)


def test_road_rights_move_those_who_consider_where_a_limit_exists(here: Setting) -> None:
    rights = here.people.region.road_rights
    month = START + 1
    _, place, considers, before = deciders(here, here.policy, month)
    _, _, _, after = deciders(here, from_start(here, ROADS, 1.0), month)
    moved = (after != before).any(axis=1)
    assert not moved[~rights[place]].any()
    assert not moved[~considers].any()
    touched = rights[place] & considers
    assert touched.any()
    gain = (after - before)[touched, 4:].sum(axis=1)
    assert (gain > 0.0).all()


def test_the_gain_from_road_rights_is_that_of_their_worth_in_yuan() -> None:
    larger = shanxi(40_000)
    rights = larger.people.region.road_rights
    base = lived(larger.province(), END + 1)
    granted = lived(larger.province(from_start(larger, ROADS, 1.0)), END + 1)
    assert same_run(base, granted, START)
    gain = 100 * (share(granted, rights) - share(base, rights))
    # half an index point at 10,000 yuan a point is 5,000 yuan: half of the 2-4 points of 10,000 near one half
    assert 0.5 < gain < 2.5


# --- charging_density -------------------------------------------------------------------------------------


def test_a_floor_below_what_investors_build_changes_nothing(here: Setting) -> None:
    none = relevelled(here.policy, CHARGERS, np.zeros_like(here.policy.delivered[CHARGERS]))
    province = here.province(none)
    least = [np.inf]

    def look(month, offers, again):  # type: ignore[no-untyped-def]
        traffic = province.traffic
        for investor, cars in zip(traffic.investors, traffic.expected_nev, strict=True):
            if cars > 0:
                least[0] = min(least[0], 100.0 * investor.points / cars)

    base = lived(watch(province, look), END + 1)
    assert 0.0 < least[0] < np.inf
    floor = np.full_like(none.delivered[CHARGERS], 0.8 * least[0])
    below = lived(here.province(relevelled(here.policy, CHARGERS, floor)), END + 1)
    assert same_run(base, below)
    assert (CHARGERS, "province") not in below.treasury.books


def test_a_high_floor_is_built_paid_and_used(rich: Setting) -> None:
    base = lived(rich.province(), END + 1)
    dense = lived(rich.province(from_start(rich, CHARGERS, 40.0)), END + 1)
    assert same_run(base, dense, START)
    points = [run.ledger.placed[END, :, L["points"]].sum() for run in (base, dense)]
    assert points[1] > 1.2 * points[0]
    built = dense.ledger.placed[END, :, L["points_public"]].sum()
    assert dense.treasury.units[CHARGERS, "province"].sum() == pytest.approx(built)
    gain = 100 * (share(dense) - share(base))
    # utility of chargers rises by at most 3 x 0.4 utils and is largely used up at ten per 1,000 cars
    assert 0.1 < gain < 8.0


def test_chargers_move_only_those_who_consider(rich: Setting) -> None:
    month = START + 2  # works begin with the first quarter after START and take a month
    _, _, considers, before = deciders(rich, rich.policy, month)
    _, _, _, after = deciders(rich, from_start(rich, CHARGERS, 40.0), month)
    assert (after[~considers] == before[~considers]).all()
    assert ((after - before)[considers, 4:].sum(axis=1) >= 0.0).all()
    assert (after != before)[considers].any()


def test_the_second_doubling_of_chargers_does_less_than_the_first(rich: Setting) -> None:
    levels = [
        share(lived(rich.province(from_start(rich, CHARGERS, f)), END + 1)) for f in (25.0, 50.0, 100.0)
    ]
    assert levels[0] <= levels[1] <= levels[2]
    assert levels[2] - levels[1] < levels[1] - levels[0]


def test_chargers_without_anybody_who_considers_sell_no_car(rich: Setting) -> None:
    closed = {"car_consideration_2015": 0.0, "car_contagion_p": 0.0, "car_contagion_q": 0.0}
    dense = lived(rich.province(from_start(rich, CHARGERS, 40.0), closed), END + 1)
    assert sold(dense)[NEV].sum() == 0.0


# --- publicity_intensity ----------------------------------------------------------------------------------


def test_each_doubling_of_publicity_raises_attention_by_less(here: Setting) -> None:
    runs = [lived(here.province(from_start(here, PUBLICITY, level)), END + 1) for level in (2.0, 4.0, 8.0)]
    assert same_run(runs[0], runs[2], START)
    rows = [run.ledger.grouped[END].sum(axis=(0, 1)) for run in runs]
    attention = [float(row[G["attention"]] / row[G["households"]]) for row in rows]
    gains = np.diff(attention)
    assert gains[0] > gains[1] > 0.02
    # a mean household rests at A = pull / (pull + d), pull growing with the logarithm of 1 + exposures
    level, exposures = (here.parameters[f"aw_reference_{name}"] for name in ("level", "exposures"))
    for seen, e in zip(attention, (2.0, 4.0, 8.0), strict=True):
        odds = level / (1.0 - level) * np.log1p(e) / np.log1p(exposures)
        assert seen == pytest.approx(odds / (1.0 + odds), abs=0.06)


def test_publicity_makes_a_few_more_people_consider_and_buy() -> None:
    # it feeds the innovation term alone, one in a hundred a year at the level of 2022: in 3.6 years silence
    # costs at most 3.6 points of those who do not consider yet, a quarter of households on average
    considering, shares = [], []
    for seed in (1, 2):
        larger = shanxi(40_000, seed=seed)
        for level in (0.0, 8.0):
            run = lived(larger.province(from_start(larger, PUBLICITY, level)), END + 1)
            row = run.ledger.grouped[END].sum(axis=(0, 1))
            considering.append(100 * float(row[G["considering"]] / row[G["households"]]))
            shares.append(100 * share(run, first=END - 23))
    gain, sold_more = (np.array(x).reshape(2, 2) @ (-1.0, 1.0) for x in (considering, shares))
    assert (gain > 0.0).all()
    assert 0.1 < gain.mean() < 1.5
    assert 0.0 < sold_more.mean() < gain.mean()


def test_in_its_first_month_publicity_moves_only_those_whom_it_made_consider() -> None:
    larger = shanxi(20_000)
    rows, _, considered, before = deciders(larger, larger.policy, START)
    again, _, considers, after = deciders(larger, from_start(larger, PUBLICITY, 10.0), START)
    assert (rows == again).all()
    assert (considers >= considered).all()
    assert (after[considers == considered] == before[considers == considered]).all()


def test_publicity_to_people_who_all_consider_sells_no_car(here: Setting) -> None:
    everyone = {"car_contagion_p": 1e9}
    base = lived(here.province(changes=everyone), END + 1)
    loud = lived(here.province(from_start(here, PUBLICITY, 10.0), everyone), END + 1)
    row = base.ledger.grouped[START - 1].sum(axis=(0, 1))
    assert row[G["considering"]] == row[G["households"]]
    assert (
        base.ledger.grouped[END, :, :, G["attention"]] != loud.ledger.grouped[END, :, :, G["attention"]]
    ).any()
    assert np.array_equal(base.ledger.expected_options, loud.ledger.expected_options)
    assert np.array_equal(base.ledger.options, loud.ledger.options)


def test_attention_fades_when_publicity_stops(here: Setting) -> None:
    levels = here.policy.delivered[PUBLICITY].copy()
    levels[START : START + 6] = 10.0
    base = lived(here.province(), END + 1)
    burst = lived(here.province(relevelled(here.policy, PUBLICITY, levels)), END + 1)
    gap = (burst.ledger.grouped - base.ledger.grouped)[:, :, :, G["attention"]].sum(axis=(1, 2))
    peak = gap[START : START + 12].max()
    half_life = here.parameters["soc_publicity_halflife"]
    assert peak > 0.0
    assert gap[START + 6 + int(2 * half_life)] < 0.5 * peak


def test_publicity_reaches_the_group_it_is_addressed_to_first(here: Setting) -> None:
    levels = here.policy.delivered[PUBLICITY].copy()
    levels[START:, :, 0] = 10.0
    base = lived(here.province(), START + 1)
    run = lived(here.province(relevelled(here.policy, PUBLICITY, levels)), START + 1)
    gap = (run.ledger.grouped - base.ledger.grouped)[START, :, :, G["attention"]].sum(axis=0)
    assert gap[0] > 0.0
    assert gap[1:].tolist() == [0.0] * 4
