"""The constants of the modes, at which trips in an average town stand as surveys found them (article 7)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.data.parameters import Parameters
from model.domains.mode_choice import CAR, CYCLE, KINDS, MODES, TRANSIT, WALK
from model.domains.travel_terms import CONSTANTS, Ground, Levels, Prices, Terms, weigh
from model.errors import InputError
from model.kernels import kernel

Floats = NDArray[np.float64]

_ROUNDS, _DAMP, _CLOSE = 2000, 0.4, 1e-13
_LEAST, _MOST = 0.02, 0.95
"""Shares of owners' trips by their car between which the four shares can be met."""

_OWN, _HIRED = 3, 4


class Surveyed(NamedTuple):
    """Trips of the average town: `kinds` (4,) shares of the kinds, `owners` (5,) share of households with a
    car by fifth, `ways` (5,) shares of walking, cycling, transit, own and hired car among all trips."""

    kinds: Floats
    owners: Floats
    ways: Floats


def surveyed(parameters: Parameters, kinds: Floats) -> Surveyed:
    """Return what surveys say of trips in the average town.

    Owners' share by car own = (car - (1 - A) hired) / A, with A the share of owners for which the shares
    stand, at least as large as these trips need. Raises InputError where owners would hardly drive.
    """
    q = parameters
    shares = np.array([q[f"trv_share_{mode}_urban"] for mode in ("walk", "bike", "pt", "car")])
    shares /= shares.sum()
    hired, car = q["trv_hire_share"], float(shares[CAR])
    anchor = max(q["trv_anchor_ownership"], (car - hired) / (_MOST - hired))
    owners = np.clip(anchor + q["trv_ownership_slope"] * np.linspace(-0.5, 0.5, 5), 0.0, 1.0)
    mean = float(owners.mean())
    own = car - (1.0 - mean) * hired
    if shares.min() <= 0.0 or not 0.0 < mean < 1.0 or not _LEAST * mean <= own or hired <= 0.0:
        raise _unmet()
    return Surveyed(kinds, owners, np.array([*shares[:CAR], own, (1.0 - mean) * hired]))


def _unmet() -> InputError:
    return InputError("trip_shares", field="trv_share_car_urban", values=("trv_share_car_urban",))


@kernel
def _ways_at_rest(weight: Floats, made: Floats, habit: float, town: Surveyed, got: Floats) -> None:
    """Write the shares `got` (5,) of the ways that choosing anew does not change: q_l ~ e_l (S + H e_l)."""
    a = np.exp(made[0]), np.exp(made[1]), np.exp(made[2]), np.exp(made[3])
    for way in range(got.size):
        got[way] = 0.0
    for g in range(town.owners.size):
        for o in range(2):
            part = (town.owners[g] if o == 1 else 1.0 - town.owners[g]) / town.owners.size
            last = _OWN if o == 1 else _HIRED
            for k in range(KINDS):
                e = weight[0, g, o, k]
                w, c, t, r = e[WALK], e[CYCLE] * a[0], e[TRANSIT] * a[1], e[CAR] * a[last - 1]
                s = w + c + t + r
                each = part * town.kinds[k] / (s * s + habit * (w * w + c * c + t * t + r * r))
                got[WALK] += each * w * (s + habit * w)
                got[CYCLE] += each * c * (s + habit * c)
                got[TRANSIT] += each * t * (s + habit * t)
                got[last] += each * r * (s + habit * r)


@kernel
def _solve(weight: Floats, made: Floats, habit: float, town: Surveyed, got: Floats) -> bool:
    """Write the constants `made` (4,) that meet the survey, from weights (1, 5, 2, 4, 4) without constants;
    tells whether they do.

    a_m += 0.4 [ln(target_m / share_m) - ln(target_walk / share_walk)].
    """
    for _ in range(_ROUNDS):
        _ways_at_rest(weight, made, habit, town, got)
        base, most = np.log(town.ways[WALK] / got[WALK]), 0.0
        for way in range(1, got.size):
            short = np.log(town.ways[way] / got[way]) - base
            made[way - 1] += _DAMP * short
            most = max(most, abs(short))
        if most < _CLOSE:
            return True
    return False


def solve_constants(
    terms: Terms, ground: Ground, levels: Levels, worth: Floats, prices: Prices, town: Surveyed
) -> Floats:
    """Return the constants (4,) by CONSTANTS, `ground` and `levels` being of the average town (P = 1),
    `worth` and `prices` of 2022.

    Only the shares of the survey are met, nothing later. Raises InputError where no constants meet them.
    """
    weight, made = np.zeros((1, 5, 2, KINDS, MODES)), np.zeros(len(CONSTANTS))
    weigh(terms, made, ground, levels, worth, prices, weight)
    if not _solve(weight, made, terms.habit, town, np.zeros(len(town.ways))):
        raise _unmet()
    return made
