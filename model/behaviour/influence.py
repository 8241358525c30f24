"""How considering a new-energy car spreads from household to household, and the norm that goes with it.

A household that does not consider one begins to when its accumulated hazard reaches its own unit exponential:
dH_i/dt = o_i [p A_i / A_0 + q f_i + q_s S] (1 + k n_i): Bass (1969) on a network, with f_i the share of
contacts who
consider, S the new-energy share of last year's sales, A_i / A_0 attention relative to the attention at
the publicity of 2022,
n_i the share of contacts who drive one (descriptive norm), o_i the openness by income, place and intention.
Hazards with fixed thresholds (Gibson and Bruck 1999) give every scenario the same luck.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.behaviour.attention import monthly_decay, steady
from model.behaviour.attitudes import intention_slope
from model.behaviour.draws import CONSIDER, INITIAL, exponential, uniform
from model.data.parameters import Parameters
from model.population.columns import Columns
from model.population.network import tell

Rows = NDArray[np.int64]


class Spread(NamedTuple):
    """Numbers of attention and influence; rates a month unless said.

    `mixing` 0 talks to contacts only, 1 to everybody alike (the Bass limit).
    """

    decay: float
    gain: float
    talk: float
    receptivity_sd: float
    aware_from: float
    innovation: float
    imitation: float
    sales: float
    norm: float
    attention_base: float
    mixing: float


def spread_numbers(parameters: Parameters, exposures_2022: float, mixing: float = 0.0) -> Spread:
    """Return the numbers of attention and influence from a parameter set (rates there are a year).

    The pull of publicity is such that a mean household rests at `aw_reference_level` under the reference
    exposures.
    """
    decay = monthly_decay(parameters["soc_publicity_halflife"])
    level, exposures = parameters["aw_reference_level"], parameters["aw_reference_exposures"]
    pull = decay * level / (1.0 - level)
    gain = pull / math.log1p(exposures)
    norm_sd = parameters["soc_norm_sd"]
    return Spread(
        decay=decay,
        gain=gain,
        talk=parameters["aw_word_of_mouth"] * pull,
        receptivity_sd=parameters["aw_receptivity_sd"],
        aware_from=parameters["aw_threshold"],
        innovation=parameters["car_contagion_p"] / 12.0,
        imitation=parameters["car_contagion_q"] / 12.0,
        sales=parameters["car_contagion_sales"] / 12.0,
        norm=intention_slope(parameters) * parameters["soc_tpb_sn"] / norm_sd,
        attention_base=steady(exposures_2022, gain, decay),
        mixing=mixing,
    )


@njit(nogil=True, cache=True)
def take_bearings(
    c: Columns,
    urban: NDArray[np.bool_],
    income_or: float,
    rural_or: float,
    slope: float,
    attitude_path: float,
    control_path: float,
    control_mean: float,
    control_sd: float,
) -> None:
    """Each January: write `openness` from income, place and the steady part of intention (attitude and
    control)."""
    per_log_income = math.log(income_or)
    spread = slope * math.sqrt(attitude_path * attitude_path + control_path * control_path)
    for i in range(c.active.size):
        if c.active[i]:
            control = (c.home_charger[i] - control_mean) / control_sd if control_sd > 0 else 0.0
            lift = slope * (attitude_path * c.attitude[i] + control_path * control) - 0.5 * spread * spread
            relative = min(max(float(c.relative_income[i]), 0.05), 20.0)
            openness = math.exp(lift + per_log_income * math.log(relative))
            c.openness[i] = np.float32(openness if urban[c.place[i]] else openness * rural_or)


@njit(nogil=True, cache=True)
def first_considerers(
    c: Columns, starts: Rows, share: float, seed: np.uint64, rewire: float, same_place: float
) -> None:
    """Write who considers at the start: `share` of households, in proportion to openness, and all
    thresholds."""
    total = heads = 0.0
    for i in range(c.active.size):
        if c.active[i]:
            total += c.weight[i] * float(c.openness[i])
            heads += c.weight[i]
    mean = total / heads if heads > 0 else 1.0
    for p in range(starts.size - 1):
        for i in range(starts[p], starts[p + 1]):
            c.consider_threshold[i] = np.float32(exponential(seed, CONSIDER, i, 0))
            if c.active[i] == 0:
                continue
            if uniform(seed, INITIAL, i, 1) < 1.0 - math.exp(math.log(1.0 - share) * c.openness[i] / mean):
                c.considers[i] = np.uint8(1)
                tell(i, 1, c.considering_contacts, starts[p], starts[p + 1], rewire, same_place)


@njit(nogil=True, cache=True)
def begin_considering(
    c: Columns,
    starts: Rows,
    rows: Rows,
    counts: Rows,
    minded: NDArray[np.float64],
    rewire: float,
    same_place: float,
) -> None:
    """Write the households that began to consider this month and tell their contacts.

    `rows` (N,) holds the rows of each place from `starts[p]`, `counts` (P,) how many.
    """
    for p in range(starts.size - 1):
        for k in range(counts[p]):
            i = rows[starts[p] + k]
            c.considers[i] = np.uint8(1)
            minded[p, c.quintile[i]] += c.weight[i]
            tell(i, 1, c.considering_contacts, starts[p], starts[p + 1], rewire, same_place)


@njit(nogil=True, cache=True)
def replace_minds(
    c: Columns,
    starts: Rows,
    gone: Rows,
    n_gone: int,
    came: Rows,
    n_came: int,
    share: NDArray[np.float64],
    awareness: NDArray[np.float64],
    minded: NDArray[np.float64],
    month: int,
    seed: np.uint64,
    rewire: float,
    same_place: float,
) -> None:
    """Forget the minds of dissolved households; new ones think like their place (`share`, `awareness`
    (P,))."""
    for k in range(n_gone):
        i = gone[k]
        p = c.place[i]
        if c.considers[i]:
            tell(i, -1, c.considering_contacts, starts[p], starts[p + 1], rewire, same_place)
        c.considers[i] = np.uint8(0)
    for k in range(n_came):
        i = came[k]
        p = c.place[i]
        c.awareness[i] = np.float32(awareness[p])
        c.openness[i] = np.float32(1.0)
        c.consider_hazard[i] = np.float32(0.0)
        c.consider_threshold[i] = np.float32(exponential(seed, CONSIDER, i, month + 1))
        if uniform(seed, INITIAL, i, 2 + month) < share[p]:
            c.considers[i] = np.uint8(1)
            minded[p, c.quintile[i]] += c.weight[i]
            tell(i, 1, c.considering_contacts, starts[p], starts[p + 1], rewire, same_place)
