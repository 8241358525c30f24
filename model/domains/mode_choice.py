"""How people weigh walking, cycling, transit and the car: chances by last year's mode (articles 7, 21)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.domains.garage import CLASS_COUNT
from model.kernels import inlined, kernel
from model.population.columns import NO_CAR

Floats = NDArray[np.float64]

WALK, CYCLE, TRANSIT, CAR = range(4)
MODES = KINDS = 4
STATUSES = 3
"""What stands at the door: no car, a petrol car, a plug-in car."""

COHORTS = 4
"""Households that choose anew in the same quarter of the year share their expectations."""


class Table(NamedTuple):
    """Attraction of the modes in a quarter, by place, fifth, status and kind of trip: `weight`
    (P, 5, 3, 4, 4) e_m = exp(V_m), `total` (P, 5, 3, 4) their sum, `cuts` (P, 5, 3, 4, 4, 3) cumulated
    chances of the first three modes by last year's mode."""

    weight: Floats
    total: Floats
    cuts: Floats


def empty_table(places: int) -> Table:
    """Return a table to be written."""
    shape = (places, 5, STATUSES, KINDS)
    return Table(np.zeros((*shape, MODES)), np.zeros(shape), np.zeros((*shape, MODES, MODES - 1)))


@inlined
def status_of(car: int) -> int:
    """Return the status of a household by the option of its car, or NO_CAR."""
    if car == NO_CAR:
        return 0
    return 1 if car < CLASS_COUNT else 2


@kernel
def write_chances(table: Table, habit: float) -> None:
    """Write sums and cumulated chances of a table from its weights.

    P(m | l) = e_m (1 + H 1[m = l]) / (sum_j e_j + H e_l), l last year's mode, H = `habit` = exp(h) - 1
    (state dependence; Heckman 1981, Gaerling and Axhausen 2003).
    """
    for p in range(table.total.shape[0]):
        for g in range(5):
            for o in range(STATUSES):
                for k in range(KINDS):
                    e = table.weight[p, g, o, k]
                    total = e[0] + e[1] + e[2] + e[3]
                    table.total[p, g, o, k] = total
                    for last in range(MODES):
                        each, so_far = 1.0 / (total + habit * e[last]), 0.0
                        for m in range(MODES - 1):
                            so_far += e[m] * each
                            if m == last:
                                so_far += habit * e[m] * each
                            table.cuts[p, g, o, k, last, m] = so_far


@kernel
def at_rest(q: Floats, table: Table, habit: float) -> None:
    """Write the expected shares `q` (P, 5, 3, 4, 4) that choosing anew does not change.

    q_l proportional to e_l (S + H e_l): then the flows q_l P(m | l) and q_m P(l | m) are equal.
    """
    for p in range(q.shape[0]):
        for g in range(5):
            for o in range(STATUSES):
                for k in range(KINDS):
                    e, total, norm = table.weight[p, g, o, k], table.total[p, g, o, k], 0.0
                    for m in range(MODES):
                        q[p, g, o, k, m] = e[m] * (total + habit * e[m])
                        norm += q[p, g, o, k, m]
                    for m in range(MODES):
                        q[p, g, o, k, m] /= norm


@kernel
def choose_anew(q: Floats, table: Table, habit: float) -> None:
    """Move expected shares `q` (P, 5, 3, 4, 4) by one choice: q_m <- sum_l q_l P(m | l)."""
    for p in range(q.shape[0]):
        for g in range(5):
            for o in range(STATUSES):
                for k in range(KINDS):
                    e, total = table.weight[p, g, o, k], table.total[p, g, o, k]
                    here, base = q[p, g, o, k], 0.0
                    for m in range(MODES):
                        here[m] /= total + habit * e[m]
                        base += here[m]
                    for m in range(MODES):
                        here[m] = e[m] * (base + habit * here[m])
