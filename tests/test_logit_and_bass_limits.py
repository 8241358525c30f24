"""In limits that theory knows, the model gives what theory gives: logit, mixed logit, Bass, forgetting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import scenarios
from model.behaviour.choice import CLOSED, nested_logit
from model.behaviour.influence import Spread, begin_considering, first_considerers, spread_numbers
from model.data.parameters import Parameters
from model.domains import garage, transport
from model.domains.car_choice import Offers, Tastes
from model.domains.rounds import monthly_round, parts_of, room_for
from model.domains.sales import Sales, empty_sales
from model.domains.timing import Timing
from model.domains.wishes import Wishes
from model.markets.vehicles import tastes_of
from model.population.columns import Columns, allocate
from model.population.incomes import MINDED
from model.population.network import count_listening
from model.population.synthesis import synthesise
from model.province import Province
from model.start import car_life

Floats = NDArray[np.float64]
OPTIONS, CLASSES = 12, 4
NUMBERS = Parameters.central()
NOBODY = np.zeros((1, 5))


def alike(rows: int) -> Columns:
    """Return households of one place who are alive, alike, without car and with every contact counted."""
    c = allocate(rows)
    for name in ("weight", "active", "size", "openness", "receptivity"):
        getattr(c, name)[:] = 1
    return c


def offered(rng: np.random.Generator) -> Offers:
    """Return a market in which options differ in worth and price; one is closed."""
    base = rng.normal(0.0, 0.5, (1, OPTIONS))
    base[0, 9] = CLOSED
    zero = np.zeros(OPTIONS)
    return Offers(
        base=base, cost=rng.uniform(5e4, 2e5, OPTIONS), fixed=rng.uniform(0.0, 2e4, (1, 5, OPTIONS)),
        run_home=zero, run_away=zero, scrap_money=zero, scrap_before=-10_000, swap_money=zero,
        loan_money=np.zeros((1, 5, OPTIONS)), grants=np.zeros((0, 1, 5, OPTIONS)), covered=np.zeros((0, 1)),
        needs_old_car=np.zeros(0, np.bool_), grant_keys=np.zeros(0, np.int64),
        income_level=1.0, energy=np.zeros((2, OPTIONS)), fuel=np.zeros((2, OPTIONS)),
    )  # fmt: skip


def plain_tastes(**changes: float) -> Tastes:
    """Return buyers without spread, norm, plug or used cars, unless changed."""
    none = {"sd_bev": 0.0, "sd_phev": 0.0, "norm": 0.0, "plug": 0.0, "plug_phev": 0.0, "used_odds": -500.0}
    return tastes_of(NUMBERS)._replace(**{**none, **changes})


def bought(c: Columns, offers: Offers, tastes: Tastes, seed: int) -> Sales:
    """Let every household decide once."""
    rows = c.active.size
    starts, everyone = np.array([0, rows]), np.arange(rows)
    never = Wishes(np.zeros(1), 0.0, np.ones((1, 5, 2)), 0.0, 0.0, 0, tastes.log_floor)
    sales = empty_sales(1, 0)
    use = np.zeros((2, 16, OPTIONS))
    transport.choose(
        c, starts, starts, everyone, np.array([rows]), offers, tastes, car_life(NUMBERS), never, 60,
        np.uint64(seed), sales, garage.empty_fleet(1), garage.empty_used(rows, 1.0, use, use), 0.1, 0.85,
        np.zeros((3, OPTIONS)), np.zeros(rows, np.int64),
    )  # fmt: skip
    return sales


def logit(v: Floats) -> Floats:
    """Return the multinomial logit along the last axis."""
    odds = np.exp(v - v.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def nested(v: Floats, nest: float) -> Floats:
    """Return the nested logit with nests k, k + 4, k + 8, from logsums over all options."""
    odds = np.exp(v / nest)
    inside = odds.reshape(*v.shape[:-1], 3, CLASSES).sum(axis=-2)
    top = inside**nest
    of_class = np.tile(top / inside / top.sum(axis=-1, keepdims=True), 3)
    return odds * of_class


@pytest.mark.parametrize("rows", [1_000, 10_000, 100_000])
def test_without_influence_and_with_equal_tastes_shares_are_the_softmax(rows: int) -> None:
    tastes, z = plain_tastes(nest=1.0), []
    for seed in range(8):
        offers, c = offered(np.random.default_rng(seed)), alike(rows)
        c.considers[:] = 1
        sales = bought(c, offers, tastes, seed + 1)
        p = logit(offers.base[0] - tastes.price * (offers.cost + offers.fixed[0, 0]))
        share = sales.drawn.sum(axis=(0, 1)) / rows
        assert share.sum() == pytest.approx(1.0) and share[9] == p[9] == 0.0
        np.testing.assert_allclose(sales.expected.sum(axis=(0, 1)) / rows, p, rtol=1e-9)
        z.append((share - p)[p > 0] / np.sqrt(p * (1 - p) / rows)[p > 0])
    assert np.abs(z).max() <= 4.0
    assert 0.75 < np.std(z) < 1.25


def test_who_does_not_consider_buys_petrol_by_the_softmax_of_petrol_cars() -> None:
    tastes, offers, c = plain_tastes(nest=1.0), offered(np.random.default_rng(3)), alike(50_000)
    sales = bought(c, offers, tastes, 5)
    p = logit((offers.base[0] - tastes.price * (offers.cost + offers.fixed[0, 0]))[:CLASSES])
    share = sales.drawn.sum(axis=(0, 1)) / 50_000
    assert not share[CLASSES:].any()
    assert (np.abs(share[:CLASSES] - p) <= 4 * np.sqrt(p * (1 - p) / 50_000)).all()


@pytest.mark.parametrize("nest", [0.3, 0.6, 1.0])
def test_the_nested_logit_is_its_closed_form_and_plain_at_lambda_one(nest: float) -> None:
    rng, made = np.random.default_rng(7), np.empty(OPTIONS)
    for _ in range(50):
        v = rng.normal(0.0, 3.0, OPTIONS)
        nested_logit(v, v.size, CLASSES, nest, made)
        np.testing.assert_allclose(made, nested(v, nest), rtol=1e-10)
        if nest == 1.0:
            np.testing.assert_allclose(made, logit(v), rtol=1e-12)
        nested_logit(v + 1e4, v.size, CLASSES, nest, made)
        np.testing.assert_allclose(made, nested(v, nest), rtol=1e-7)


def mixed_shares(offers: Offers, tastes: Tastes) -> Floats:
    """Return the shares of the mixed logit by the trapezoidal rule over both tastes (correlated normals)."""
    grid = np.linspace(-8.0, 8.0, 401)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    weight = np.exp(-0.5 * (a**2 + b**2))
    r = tastes.r_phev
    v = np.broadcast_to(
        offers.base[0] - tastes.price * (offers.cost + offers.fixed[0, 0]), (*a.shape, OPTIONS)
    ).copy()
    v[..., 4:8] += tastes.price * tastes.sd_phev * (r * a + math.sqrt(1 - r * r) * b)[..., None]
    v[..., 8:] += tastes.price * tastes.sd_bev * a[..., None]
    return (nested(v, tastes.nest) * weight[..., None]).sum(axis=(0, 1)) / weight.sum()


def test_with_unequal_tastes_shares_are_the_mixed_logit_integral() -> None:
    offers = offered(np.random.default_rng(11))
    offers.base[0, 9] = -0.4
    tastes = plain_tastes(sd_bev=70_000.0, sd_phev=60_000.0)
    wanted = mixed_shares(offers, tastes)

    # chances averaged over Gauss-Hermite nodes: each node is a household with the node's weight
    x, w = np.polynomial.hermite_e.hermegauss(40)
    one, two = (m.ravel() for m in np.meshgrid(x, x, indexing="ij"))
    c = alike(one.size)
    r = tastes.r_attitude
    c.attitude[:], c.taste_a[:], c.taste_b[:] = r * one, math.sqrt(1 - r * r) * one, two
    c.weight[:] = np.round(np.outer(w, w).ravel() / w.max() ** 2 * 2e9)
    c.considers[:] = 1
    sales = bought(c, offers, tastes, 1)
    np.testing.assert_allclose(sales.expected.sum(axis=(0, 1)) / c.weight.sum(), wanted, atol=1e-6)

    # and drawn by people whose tastes are drawn
    rows, rng = 100_000, np.random.default_rng(12)
    c = alike(rows)
    c.attitude[:], c.taste_a[:], c.taste_b[:] = rng.normal(size=(3, rows))
    c.considers[:] = 1
    share = bought(c, offers, tastes, 2).drawn.sum(axis=(0, 1)) / rows
    assert (np.abs(share - wanted) <= 4 * np.sqrt(wanted * (1 - wanted) / rows)).all()
    equal = nested(offers.base[0] - tastes.price * (offers.cost + offers.fixed[0, 0]), tastes.nest)
    assert np.abs(equal - wanted).max() > 0.01


def quiet_timing() -> Timing:
    """Return the timing of a month in which no dates move purchases."""
    people = synthesise("shanxi", 100)
    province = Province(people, scenarios.load("no_plan").resolve(people.region), NUMBERS, 1)
    return province.traffic.timing(0, province.treasury.funded(0))._replace(dates_move=False)


QUIET = quiet_timing()


def talk(p: float, q: float, mixing: float) -> Spread:
    """Return the numbers of a plain Bass process of `p`, `q` a step; attention keeps still."""
    return Spread(
        decay=0.0, gain=0.0, talk=0.0, receptivity_sd=0.0, aware_from=1.0, innovation=p, imitation=q,
        sales=0.0, norm=0.0, attention_base=1.0, mixing=mixing,
    )  # fmt: skip


class Crowd:
    """Households of one place among whom consideration spreads by the model's own round."""

    def __init__(self, rows: int, seed: int, rewire: float = 0.1) -> None:
        self.c, self.starts, self.rewire = alike(rows), np.array([0, rows]), rewire
        self.c.awareness[:] = 1.0
        count_listening(self.c.contacts, self.starts, rewire, 1.0)
        self.standing = np.zeros((1, 5, 3))
        first_considerers(
            self.c, self.starts, 0.0, np.uint64(seed), self.standing, MINDED, rewire, 1.0
        )  # fmt: skip
        self.parts = parts_of(self.starts)
        self.began, self.deciders = np.zeros(rows, np.int64), np.zeros(rows, np.int64)
        self.n_began, self.n_deciders = np.zeros((2, self.parts.place.size), np.int64)

    @property
    def considering(self) -> float:
        return float(np.asarray(self.c.considers).mean())

    def step(self, spread: Spread, exposures: Floats = NOBODY) -> None:
        monthly_round(
            0, 1, self.c, self.parts, 0, exposures, self.considering, 0.0, spread, QUIET, self.began,
            self.n_began, self.deciders, self.n_deciders, room_for(self.parts.place.size),
        )  # fmt: skip
        begin_considering(
            self.c, self.starts, self.parts.rows, self.began, self.n_began, self.standing, MINDED,
            self.rewire, 1.0, np.zeros(1),
        )  # fmt: skip
        assert self.standing[0, :, MINDED].sum() == self.c.considers.sum()

    def path(self, spread: Spread, steps: int) -> Floats:
        made = []
        for _ in range(steps):
            self.step(spread)
            made.append(self.considering)
        return np.array(made)


def test_complete_mixing_is_the_bass_recursion_of_the_same_steps() -> None:
    p, q, steps = 0.01, 0.3, 40
    wanted, n = [], 0.0
    for _ in range(steps):
        n += (1.0 - n) * (1.0 - math.exp(-(p + q * n)))
        wanted.append(n)
    paths = np.array([Crowd(20_000, seed).path(talk(p, q, 1.0), steps) for seed in range(20)])
    error = paths.std(axis=0, ddof=1) / math.sqrt(20)
    assert (np.abs(paths.mean(axis=0) - wanted) <= 4 * error + 1e-9).all()
    assert paths.mean(axis=0)[[0, 15, 39]] == pytest.approx(np.array(wanted)[[0, 15, 39]], abs=0.01)


def bass(p: float, q: float, years: Floats) -> Floats:
    """Return the closed form of Bass (1969)."""
    gone = np.exp(-(p + q) * years)
    return (1.0 - gone) / (1.0 + q / p * gone)


def test_at_52_steps_a_year_the_closed_form_of_bass_is_met_within_a_hundredth() -> None:
    p, q, years = 0.03, 0.38, 15
    path = Crowd(200_000, 1).path(talk(p / 52, q / 52, 1.0), 52 * years)
    gap = np.abs(path - bass(p, q, np.arange(1, 52 * years + 1) / 52))
    assert gap.max() <= 0.01
    coarse = Crowd(200_000, 1).path(talk(p, q, 1.0), years)
    assert np.abs(coarse - bass(p, q, np.arange(1.0, years + 1))).max() > 0.03


def test_a_sparse_network_is_slower_than_complete_mixing_and_a_ring_slowest() -> None:
    p, q, steps = 0.002, 0.4, 30
    for seed in range(20):
        complete = Crowd(4_000, seed).path(talk(p, q, 1.0), steps).sum()
        network = Crowd(4_000, seed).path(talk(p, q, 0.0), steps).sum()
        ring = Crowd(4_000, seed, rewire=0.0).path(talk(p, q, 0.0), steps).sum()
        assert complete > network > ring, seed


@pytest.mark.parametrize("half_life", [1.0, 2.0, 6.0])
def test_awareness_halves_in_its_half_life_when_publicity_stops(half_life: float) -> None:
    spread = spread_numbers(NUMBERS.replace(soc_publicity_halflife=half_life, aw_word_of_mouth=0.0), 2.0)
    crowd = Crowd(50, 1)
    crowd.c.awareness[:] = 0.8
    for month in range(1, 25):
        crowd.step(spread)
        left = 0.8 * 0.5 ** (month / half_life)
        np.testing.assert_allclose(crowd.c.awareness, left, rtol=1e-5)


def test_awareness_rests_where_publicity_holds_it() -> None:
    level, exposures = NUMBERS["aw_reference_level"], NUMBERS["aw_reference_exposures"]
    spread: Any = spread_numbers(NUMBERS.replace(aw_word_of_mouth=0.0), exposures)
    assert spread.attention_base == pytest.approx(level)
    crowd = Crowd(10, 1)
    for _ in range(60):
        crowd.step(spread, np.full((1, 5), exposures))
    np.testing.assert_allclose(crowd.c.awareness, level, rtol=1e-5)
