"""No car that waits for a second buyer is kept, or sold, beyond its end or its time of waiting."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from calibration.paired import shanxi
from model.domains.garage import UsedCars, clear_out, empty_used
from model.population.columns import NO_CAR, Columns

PATIENCE = 6
WORN = {"car_scrap_within": 1.0, "car_used_wait": 24.0, "car_trade_rate": 0.4, "car_trade_hold": 12.0}


def queue_of(dues: list[int], sinces: list[int]) -> UsedCars:
    """Return queues of six places whose petrol cars, options 0, 1, .., stand across the seam of the ring."""
    used = empty_used(6, 1.0, np.zeros((2, 1, 12)), np.zeros((2, 1, 12)))
    used.head[:], used.tail[:] = 4, 4
    for n, (due, since) in enumerate(zip(dues, sinces, strict=True)):
        k = used.tail[0] % 6
        used.option[0, k], used.bought[0, k], used.due[0, k], used.since[0, k] = n, 10 * n, due, since
        used.tail[0] += 1
    return used


def waiting(used: UsedCars, queue: int) -> list[tuple[int, int, int, int]]:
    places = np.arange(used.head[queue], used.tail[queue]) % used.option.shape[1]
    columns = (used.option, used.bought, used.due, used.since)
    return [tuple(int(column[queue, k]) for column in columns) for k in places]  # type: ignore[misc]


def test_a_car_past_its_end_leaves_from_behind_a_sound_one() -> None:
    used = queue_of([40, 21, 20, 19, 30], [14, 15, 16, 17, 18])
    clear_out(used, 20, PATIENCE)
    assert waiting(used, 0) == [(0, 0, 40, 14), (1, 10, 21, 15), (4, 40, 30, 18)]
    clear_out(used, 21, PATIENCE)
    assert waiting(used, 0) == [(4, 40, 30, 18)]
    assert waiting(used, 1) == []


def test_sound_cars_stay_as_they_stand() -> None:
    used = queue_of([40] * 6, [15] * 6)
    before = waiting(used, 0)
    clear_out(used, 21, PATIENCE)
    assert waiting(used, 0) == before and len(before) == 6
    clear_out(used, 22, PATIENCE)
    assert waiting(used, 0) == []


def cars_of(c: Columns, rows: NDArray[np.bool_]) -> set[tuple[int, int, int]]:
    """Return option, month of purchase and end of the cars of some households."""
    return set(zip(c.car[rows].tolist(), c.car_bought[rows].tolist(), c.car_due[rows].tolist(), strict=True))


def test_over_the_years_no_car_waits_or_changes_hands_beyond_its_end() -> None:
    province = shanxi(3_000).province(changes=WORN)
    c, used, ended, sold = province.society.c, province.traffic.used, 0, 0
    while province.month < 120:
        month, had = province.month, np.asarray(c.car) != NO_CAR
        before = [car for queue in range(2) for car in waiting(used, queue)]
        ended += sum(due <= month for _, _, due, _ in before[1:])
        sound = cars_of(c, had) | {(option, bought, due) for option, bought, due, _ in before if due > month}
        province.step()
        assert all(due > month for queue in range(2) for _, _, due, _ in waiting(used, queue))
        second_hand = np.asarray(c.active).astype(bool) & ~had & (c.car != NO_CAR) & (c.car_bought < month)
        assert cars_of(c, second_hand) <= sound
        sold += second_hand.sum()
    assert ended > 10 and sold > 100
