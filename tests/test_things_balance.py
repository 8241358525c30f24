"""Things of homes add up, in integers, in every month, place, fifth and slot."""

import numpy as np
import pytest

from calibration.paired import shanxi
from model.data.months import MONTHS_A_YEAR
from model.domains.appliances import FAR, KIND_OF, KINDS
from model.domains.goods import count_things
from model.indicators.ledger import G

UNTIL = 10 * MONTHS_A_YEAR
FLOWS = ("sold", "first", "discarded", "left", "units")


@pytest.fixture(scope="module")
def province():
    province = shanxi(2_000, "plan").province()
    province.recounted = []
    while province.month < UNTIL:
        january = province.month % MONTHS_A_YEAR == 0
        province.step()
        if january:
            society, stock = province.society, np.zeros_like(province.homes.stock)
            society.team.each(count_things, society.c, society.people.starts, province.homes.things, stock)
            province.recounted.append(np.array_equal(stock, province.homes.stock))
    return province


def flows(province, kind):
    """Return sold, first, discarded, left and units of a kind by month and place (M, P)."""
    grouped = province.ledger.grouped[:UNTIL].sum(axis=2)
    return (grouped[:, :, G[f"{flow}_{kind}"]] for flow in FLOWS)


def test_units_change_by_what_is_bought_given_up_and_left(province) -> None:
    for kind in KINDS:
        sold, first, discarded, left, units = flows(province, kind)
        change = np.diff(units, axis=0)
        assert np.array_equal(change, (sold - discarded - left)[1:]), kind
        assert (sold >= first).all() and (discarded >= sold - first).all() and sold.sum() > 0


def test_what_is_replaced_and_returned_is_part_of_what_is_sold(province) -> None:
    grouped = province.ledger.grouped[:UNTIL]
    graded = grouped[:, :, :, G["sold_grade1"] : G["sold_grade1"] + 5].sum(axis=3)
    by_kind = sum(grouped[:, :, :, G[f"sold_{kind}"]] for kind in KINDS if kind != "lamps")
    first = sum(grouped[:, :, :, G[f"first_{kind}"]] for kind in KINDS if kind != "lamps")
    assert np.array_equal(graded, by_kind)
    assert np.array_equal(grouped[:, :, :, G["replaced"]], graded - first)
    assert (grouped[:, :, :, G["returned"]] <= grouped[:, :, :, G["replaced"]]).all()
    assert (grouped[:, :, :, G["rebated"]] <= graded).all() and grouped[:, :, :, G["rebated"]].sum() > 0
    expected = grouped[:, :, :, G["expected_grade1"] : G["expected_grade1"] + 5].sum(axis=3)
    assert np.allclose(expected, graded)


def test_the_running_count_is_that_of_a_recount(province) -> None:
    assert len(province.recounted) == UNTIL // MONTHS_A_YEAR and all(province.recounted)


def test_every_home_is_counted_once_and_every_home_alive_is_lit(province) -> None:
    homes, stock = province.society.standing[:, :, 0], province.homes.stock
    assert (stock.sum(axis=3) == homes[:, :, None]).all()
    assert not stock[:, :, -1, 0].any()


def test_further_air_conditioners_are_where_there_is_or_was_a_first(province) -> None:
    slots, alive = province.homes.things.slots, province.society.c.active.astype(bool)
    planned = (slots[alive, 1] >> 3 < FAR) & (slots[alive, 1] & 7 == 0)
    assert not (planned & (slots[alive, 0] & 7 == 0)).any()
    assert not (slots[~alive, : len(KIND_OF)] & 7).any() and (province.homes.things.due[~alive] == FAR).all()
