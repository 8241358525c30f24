"""A household that forms and decides at once waits for its next car with a draw of its own."""

from __future__ import annotations

import numpy as np

from calibration.paired import lived, shanxi
from model.behaviour.draws import FIRST_CAR, NEWCOMER, exponential
from model.data.months import MONTHS

EAGER = {"car_first_purchase_rate": 6.0, "car_first_purchase_rural": 1.0}
SECOND_YEAR, THIRD_YEAR = 13, 24


def test_newcomers_who_decide_at_once_draw_a_new_threshold() -> None:
    province = lived(shanxi(10_000).province(changes=EAGER), SECOND_YEAR)
    c, seed = province.society.c, province.society.seed
    thresholds = []
    while province.month < THIRD_YEAR:
        month, formed = province.month, np.asarray(c.dissolve_due).copy()
        province.step()
        new = np.asarray(c.active).astype(bool) & (formed != c.dissolve_due) & (c.buy_from > month)
        for i in np.nonzero(new)[0]:
            first = np.float32(exponential(seed, FIRST_CAR, i, NEWCOMER + month))
            assert c.buy_left[i] != first, "the draw that brought the first decision"
            thresholds.append(float(c.buy_left[i]))
    # what brings a decision within a month is small; a new threshold is a unit exponential
    assert len(thresholds) > 50
    assert abs(np.mean(thresholds) - 1.0) < 4.0 / np.sqrt(len(thresholds))


def test_the_draws_of_a_newcomer_lie_apart_from_all_others_of_the_stream() -> None:
    months = set(range(-1, MONTHS))
    others = months | {10_000 + month for month in months}
    assert not others & {NEWCOMER + month for month in months}
