"""How considering a new-energy car spreads from household to household, and the norm that goes with it.

A household that does not consider one begins to when its accumulated hazard reaches its own unit exponential:
dH_i/dt = o_i [p A_i / A_0 + q f_i + q_s S] (1 + k n_i): Bass (1969) on a network, with f_i the share of
contacts who
consider, S the new-energy share of last year's sales, A_i / A_0 attention relative to the attention at
the publicity of 2022,
n_i the share of contacts who drive one (descriptive norm), o_i the openness by income, place and intention.
Hazards with fixed thresholds (Gibson and Bruck 1999) give every scenario the same luck; kept is what is left
of the threshold, infinite for those who consider.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.behaviour.attention import monthly_decay, steady
from model.behaviour.attitudes import intention_slope
from model.behaviour.draws import CONSIDER, INITIAL, exponential, uniform
from model.data.parameters import Parameters
from model.kernels import inlined, kernel
from model.population.columns import Columns, stretch
from model.population.network import contact, tell

Rows = NDArray[np.int64]
Floats = NDArray[np.float64]


AHEAD = 32
"""Households that begin to consider whose columns are read ahead."""


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


class Bearings(NamedTuple):
    """What openness depends on: log odds per log of `income` and of a `rural` place, `urban` (P,); slopes of
    intention per standard deviation of `attitude` and of `control` (a charger at home, share `homes`,
    one over its deviation `homes_scale`, 0 if all are alike), `floor` of the log of relative income."""

    urban: NDArray[np.bool_]
    income: float
    rural: float
    attitude: float
    control: float
    homes: float
    homes_scale: float
    floor: float


def bearings_of(parameters: Parameters, urban: NDArray[np.bool_], homes: float) -> Bearings:
    """Return what openness depends on, `homes` being the share of households with a charger at home."""
    slope, spread = intention_slope(parameters), math.sqrt(homes * (1.0 - homes))
    return Bearings(
        urban=urban,
        income=math.log(parameters["car_consideration_income_or"]),
        rural=math.log(parameters["car_consideration_rural_or"]),
        attitude=slope * parameters["soc_tpb_att"],
        control=slope * parameters["soc_tpb_pbc"],
        homes=homes,
        homes_scale=1.0 / spread if spread > 0.0 else 0.0,
        floor=math.log(parameters["car_relative_income_floor"]),
    )


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


@inlined
def _openness(c: Columns, i: int, bearings: Bearings) -> float:
    """Return the openness of household `i` from income, place and the steady part of intention."""
    a, b = bearings.attitude, bearings.control
    control = (c.home_charger[i] - bearings.homes) * bearings.homes_scale
    lift = a * c.attitude[i] + b * control - 0.5 * (a * a + b * b)
    if not bearings.urban[c.place[i]]:
        lift += bearings.rural
    return math.exp(lift + bearings.income * max(float(c.log_income[i]), bearings.floor))


@kernel
def take_bearings(first: int, last: int, c: Columns, starts: Rows, bearings: Bearings) -> None:
    """Each January, in some places: write `openness` (rows that consider or do not live have no use for
    it)."""
    for p in range(first, last):
        d = stretch(c, starts[p], starts[p + 1])
        for i in range(starts[p + 1] - starts[p]):
            d.openness[i] = np.float32(_openness(d, i, bearings))


@kernel
def first_considerers(
    c: Columns,
    starts: Rows,
    share: float,
    seed: np.uint64,
    standing: Floats,
    minded: int,
    rewire: float,
    same_place: float,
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
            if c.active[i] == 0:
                continue
            c.consider_left[i] = np.float32(exponential(seed, CONSIDER, i, 0))
            if uniform(seed, INITIAL, i, 1) < 1.0 - math.exp(math.log(1.0 - share) * c.openness[i] / mean):
                _begin(c, i, starts, standing, minded, rewire, same_place)


@inlined
def _begin(
    c: Columns, i: int, starts: Rows, standing: Floats, minded: int, rewire: float, same_place: float
) -> None:
    """Let household `i` consider new-energy cars from now on, and tell its contacts."""
    p = c.place[i]
    c.considers[i] = np.uint8(1)
    c.consider_left[i] = np.float32(np.inf)
    standing[p, c.quintile[i], minded] += c.weight[i]
    tell(i, 1, c.considering_contacts, starts[p], starts[p + 1], rewire, same_place)


@kernel
def begin_considering(
    c: Columns,
    starts: Rows,
    parts: Rows,
    rows: Rows,
    counts: Rows,
    standing: Floats,
    minded: int,
    rewire: float,
    same_place: float,
    seen: Floats,
) -> None:
    """Write the households that began to consider this month and tell their contacts.

    `rows` (N,) holds the rows of each part of the region from `parts[s]`, `counts` (S,) how many;
    `seen` (1,) is scratch.
    """
    for s in range(parts.size - 1):
        end = parts[s] + counts[s]
        for first in range(parts[s], end, AHEAD):
            last = min(first + AHEAD, end)
            # Columns are read ahead, so that the memory works on many rows at once.
            for k in range(first, last):
                i = rows[k]
                seen[0] += c.place[i] + c.quintile[i] + c.weight[i] + c.considers[i]
                seen[0] += c.consider_left[i] + c.considering_contacts[i]
            for k in range(first, last):
                _begin(c, max(rows[k], 0), starts, standing, minded, rewire, same_place)


@kernel
def replace_minds(
    c: Columns,
    starts: Rows,
    gone: Rows,
    n_gone: int,
    came: Rows,
    n_came: int,
    standing: Floats,
    minded: int,
    bearings: Bearings,
    month: int,
    seed: np.uint64,
    rewire: float,
    same_place: float,
) -> None:
    """Forget the minds of dissolved households; a new one is as aware as a household it talks to, and
    considers with the share of its place.

    `standing` (P, 5, .) running counts, of which the first is households and `minded` those who consider.
    """
    for k in range(n_gone):
        i = gone[k]
        p = c.place[i]
        if c.considers[i]:
            tell(i, -1, c.considering_contacts, starts[p], starts[p + 1], rewire, same_place)
        c.considers[i] = np.uint8(0)
        c.consider_left[i] = np.float32(np.inf)
    for k in range(n_came):
        i = came[k]
        p = c.place[i]
        other = contact(i, 0, starts[p], starts[p + 1], c.active.size, rewire, same_place)
        c.awareness[i] = c.awareness[other]
        c.openness[i] = np.float32(_openness(c, i, bearings))
        c.consider_left[i] = np.float32(exponential(seed, CONSIDER, i, month + 1))
        heads = considering = 0.0
        for g in range(standing.shape[1]):
            heads += standing[p, g, 0]
            considering += standing[p, g, minded]
        if uniform(seed, INITIAL, i, 2 + month) * heads < considering:
            _begin(c, i, starts, standing, minded, rewire, same_place)
