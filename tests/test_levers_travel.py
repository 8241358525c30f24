"""Service, slow lanes, parking fees and fares move trips through minutes, comfort and money, nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import scenarios
from calibration.paired import Setting, lived, relevelled, shanxi
from model.data.months import MONTHS, month_index
from model.indicators.ledger import G
from model.institutions.policy import Policy

START = month_index("2022-07")
YEAR = 12
END = START + 3 * YEAR
SERVICE, SLOW, PARKING, FARES = (
    "transit_service_level", "slow_mobility_provision", "parking_fee", "transit_fare_discount",
)  # fmt: skip
WALK, CYCLE, TRANSIT, CAR, HIRE = (
    G[f"expected_trips_{w}"] for w in ("walk", "cycle", "transit", "car", "hire")
)
TRAVEL = slice(G["trips_walk"], G["diaries"] + 1)
Book = np.ndarray


@pytest.fixture(scope="module")
def here() -> Setting:
    return shanxi(2_500)


@pytest.fixture(scope="module")
def urban(here: Setting) -> np.ndarray:
    return np.array([place.urban for place in here.people.region.places])


def at(setting: Setting, lever: str, level: float, groups: object = slice(None)) -> Policy:
    """Return the setting's policy with a lever at `level` from START on."""
    levels = setting.policy.delivered[lever].copy()
    levels[START:, :, groups] = level
    return relevelled(setting.policy, lever, levels)


def book(setting: Setting, policy: Policy | None = None) -> Book:
    return lived(setting.province(policy), END).ledger.grouped[:END]


@pytest.fixture(scope="module")
def base(here: Setting) -> Book:
    return book(here)


@pytest.fixture(scope="module")
def pairs(here: Setting, base: Book) -> dict[str, Book]:
    levels = {SERVICE: 0.9, SLOW: 1.0, PARKING: 12.0, FARES: 1.0}
    return {lever: book(here, at(here, lever, level)) for lever, level in levels.items()}


def trips(made: Book, where: np.ndarray, year: int = 2) -> dict[int, float]:
    """Return expected trips by mode in the third year after the change."""
    first = START + year * YEAR
    total = made[first : first + YEAR, where].sum(axis=(0, 1, 2))
    return {mode: float(total[mode]) for mode in (WALK, CYCLE, TRANSIT, CAR, HIRE)}


def gained(base: Book, made: Book, where: np.ndarray, year: int = 2) -> dict[int, float]:
    one, other = trips(base, where, year), trips(made, where, year)
    return {mode: other[mode] - one[mode] for mode in one}


def test_better_service_draws_riders_most_from_those_on_foot_and_wheels(base, pairs, urban) -> None:  # type: ignore[no-untyped-def]
    change = gained(base, pairs[SERVICE], urban)
    assert change[TRANSIT] > 0.1 * trips(base, urban)[TRANSIT]
    assert all(change[mode] < 0.0 for mode in (WALK, CYCLE, CAR, HIRE))
    assert -(change[WALK] + change[CYCLE]) > -(change[CAR] + change[HIRE])
    assert sum(change.values()) == pytest.approx(0.0, abs=1e-6 * trips(base, urban)[TRANSIT])


def test_slow_lanes_draw_cyclists_first(base, pairs, urban) -> None:  # type: ignore[no-untyped-def]
    change = gained(base, pairs[SLOW], urban)
    assert change[CYCLE] > max(change[WALK], 0.0) and change[CYCLE] > 0.1 * trips(base, urban)[CYCLE]
    assert change[TRANSIT] < 0.0 and change[CAR] < 0.0


def test_parking_fees_keep_own_cars_of_towns_from_the_core(base, pairs, urban) -> None:  # type: ignore[no-untyped-def]
    change = gained(base, pairs[PARKING], urban)
    assert change[CAR] < -0.03 * trips(base, urban)[CAR]
    assert all(change[mode] > 0.0 for mode in (WALK, CYCLE, TRANSIT))
    # hired cars pay no parking; only those who gave up a car remember that they drove less
    assert -0.01 * trips(base, urban)[HIRE] < change[HIRE] <= 0.0
    np.testing.assert_array_equal(pairs[PARKING][:, ~urban], base[:, ~urban])


def test_cheaper_transfers_bring_a_few_riders(base, pairs, urban) -> None:  # type: ignore[no-untyped-def]
    change, before = gained(base, pairs[FARES], urban), trips(base, urban)
    assert 0.005 < change[TRANSIT] / before[TRANSIT] < 0.05
    assert change[WALK] < 0.0 and change[CYCLE] < 0.0 and change[CAR] < 0.0
    np.testing.assert_array_equal(pairs[FARES][:, ~urban], base[:, ~urban])


def test_the_poorer_answer_a_price_more(base, pairs, urban) -> None:  # type: ignore[no-untyped-def]
    first = START + 2 * YEAR
    for lever, mode in ((FARES, TRANSIT), (PARKING, CAR)):
        one, other = (
            made[first : first + YEAR, urban][..., mode].sum(axis=(0, 1)) for made in (base, pairs[lever])
        )
        answer = np.abs(np.log(other / one))
        assert answer[0] > answer[4] > 0.0, lever


def test_a_fare_for_one_group_moves_that_group(here, base, urban) -> None:  # type: ignore[no-untyped-def]
    made = book(here, at(here, FARES, 1.0, 0))
    np.testing.assert_array_equal(made[:, :, 1:, TRAVEL], base[:, :, 1:, TRAVEL])
    assert made[START:, urban, 0, TRANSIT].sum() > base[START:, urban, 0, TRANSIT].sum()


def test_habit_lets_the_second_year_move_more_than_the_first(here, base, pairs, urban) -> None:  # type: ignore[no-untyped-def]
    def growth(one: Book, other: Book) -> list[float]:
        return [trips(other, urban, y)[TRANSIT] / trips(one, urban, y)[TRANSIT] - 1.0 for y in (0, 1, 2)]

    first, second, third = growth(base, pairs[SERVICE])
    assert 1.1 * first < second < third
    free = replace(here, parameters=here.parameters.replace(trv_habit=0.0))
    first, second, third = growth(book(free), book(free, at(free, SERVICE, 0.9)))
    assert second == pytest.approx(first, rel=0.02) and third == pytest.approx(first, rel=0.03)


def with_region(setting: Setting, **changes: object) -> Setting:
    region = replace(setting.people.region, **changes)  # type: ignore[arg-type]
    return replace(setting, people=replace(setting.people, region=region))


def test_where_nobody_changes_lines_the_discount_moves_nothing(here: Setting) -> None:
    lines = with_region(here, transfer_weight=np.zeros(len(here.people.region.places)))
    np.testing.assert_array_equal(book(lines), book(lines, at(lines, FARES, 1.0)))


def test_where_nobody_pays_for_parking_the_fee_moves_nothing(here: Setting) -> None:
    free = replace(here, parameters=here.parameters.replace(trv_parking_paid=0.0))
    np.testing.assert_array_equal(book(free), book(free, at(free, PARKING, 20.0)))


def test_where_nobody_owns_a_car_the_parking_fee_moves_nothing(here: Setting) -> None:
    carless = replace(here, people=replace(here.people, columns=no_cars(here)))
    carless = replace(carless, parameters=here.parameters.replace(car_first_purchase_rate=0.0))
    calm = book(carless)
    assert calm[..., G["cars_ice"]].sum() == 0.0 and calm[..., HIRE].sum() > 0.0
    np.testing.assert_array_equal(calm, book(carless, at(carless, PARKING, 20.0)))


def no_cars(setting: Setting):  # type: ignore[no-untyped-def]
    columns = setting.people.columns
    return columns._replace(car=np.full_like(columns.car, 255))


def test_service_arrives_late_and_as_places_can_carry_it_but_prices_at_once(here: Setting) -> None:
    ordered = (f"{SERVICE}=0.9@2022-06..2030-12", f"{PARKING}=12@2022-06..2030-12@*.urban")
    policy = scenarios.load("no_plan").with_settings(ordered).resolve(here.people.region)
    where = np.array([place.urban for place in here.people.region.places])
    fee, service = policy.delivered[PARKING], policy.delivered[SERVICE]
    assert (fee[START:, where] == 12.0).all() and (fee[:, ~where] == 0.0).all()
    ordered_gap = policy.ordered[SERVICE][MONTHS - 1] - 0.5
    arrived = service[MONTHS - 1] - 0.5
    assert (arrived <= ordered_gap + 1e-12).all() and 0.0 < arrived.mean() < ordered_gap.mean()
    assert (service[START] < service[END]).any()
