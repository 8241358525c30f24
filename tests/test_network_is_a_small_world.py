"""Promise: contacts are alike in place and income, clustered, near in memory, and a few are far."""

import numpy as np
import pytest

from model.population.network import DEGREE, contact
from model.population.synthesis import Population, synthesise

PEOPLE = 8_000


@pytest.fixture(scope="module")
def people() -> Population:
    return synthesise("shanxi", PEOPLE)


@pytest.fixture(scope="module")
def links(people: Population) -> np.ndarray:
    starts, place = people.starts, people.columns.place
    made = np.empty((people.rows, DEGREE), dtype=np.int64)
    for i in range(people.rows):
        first, last = int(starts[place[i]]), int(starts[place[i] + 1])
        for slot in range(DEGREE):
            made[i, slot] = contact(i, slot, first, last, people.rows, people.rewire, people.same_place)
    return made


def test_everyone_speaks_to_twelve_and_the_count_of_listeners_is_right(
    people: Population, links: np.ndarray
) -> None:
    own = np.arange(people.rows)[:, None]
    ends = np.bincount(links[links != own].ravel(), minlength=people.rows)
    assert np.array_equal(ends, people.columns.contacts)
    assert (links != own).sum(axis=1).min() >= DEGREE - 2
    assert ends.mean() == pytest.approx(DEGREE, abs=0.1)


def test_contacts_are_of_the_same_place_and_of_like_income(people: Population, links: np.ndarray) -> None:
    c = people.columns
    same = np.mean(c.place[links] == c.place[:, None])
    assert 0.85 <= same < 1.0
    alike = np.corrcoef(np.repeat(c.income_z, DEGREE), c.income_z[links].ravel())[0, 1]
    assert alike > 0.5


def test_clustering_is_that_of_acquaintance_networks(people: Population, links: np.ndarray) -> None:
    friends = [set(row) - {i} for i, row in enumerate(links.tolist())]
    for i, row in enumerate(links.tolist()):
        for j in row:
            if j != i:
                friends[j].add(i)
    shares = []
    for i in range(0, people.rows, 23):
        mine = sorted(friends[i])
        closed = sum(b in friends[a] for n, a in enumerate(mine) for b in mine[n + 1 :])
        shares.append(2 * closed / (len(mine) * (len(mine) - 1)))
    assert 0.2 <= np.mean(shares) <= 0.45


def test_most_contacts_are_near_in_memory(people: Population, links: np.ndarray) -> None:
    distance = np.abs(links - np.arange(people.rows)[:, None])
    assert np.median(distance) <= DEGREE
    assert np.mean(distance > 100) > 0.02


def test_one_household_alone_has_nobody_to_speak_to() -> None:
    alone = synthesise("shanxi", 1)
    assert contact(0, 0, 0, 1, 1, alone.rewire, alone.same_place) == 0
    assert alone.columns.contacts[0] == 0
