"""Tonnes of CO2 that household cars save: what cleaner cars bring, and apart what is saved by driving less.

Only the first is what money for cars buys. A parking fee or a better bus saves petrol too, but no car is
bought for it: its tonnes in the same quotient would make every car subsidy beside it look cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.books import constants
from experiments.paired import interval
from experiments.pairs import Pair, discount
from model.data.months import FIRST_YEAR, MONTHS_A_YEAR
from model.data.parameters import Parameters
from model.start import car_life

Floats = NDArray[np.float64]
LONGEST_LIFE = 50 * MONTHS_A_YEAR


@dataclass(frozen=True)
class Tonnes:
    """Tonnes saved (R,) by span; `cleaner` with what is driven more taken off, `driving_less` apart.

    Spans: to the end of the run and, of `cleaner`, over life, each plain and discounted. Over the first span
    the two add up to all that the cars of households save.
    """

    cleaner: dict[str, Floats]
    driving_less: dict[str, Floats]


def tonnes_of(pair: Pair) -> Tonnes:
    """Return the tonnes of CO2 of household cars saved, petrol from the tank and grid electricity.

    Emission is kilometres times emission a kilometre; the two-factor split without remainder (Sun 1998;
    Albrecht, Francois and Schoors 2002) gives each factor its change at the mean of the other: cleaner =
    -K dE, driving = -E dK. Where more is driven over the run (median of replicates), that counts
    against cleaner cars (rebound, and cars that would not have been there); where less, the saving is told
    apart, and a rebound beside it lowers that one. One rule for all replicates: one by its own sign would
    count the luck of each against cars alone. Over life the saving of the last twelve months goes on for the
    remaining life of the additional cars.
    """
    cleaner, driving = split(*(pair.levels(name) for name in ("car_km", "car_co2")))
    nothing = np.zeros_like(driving)
    more = interval(driving.sum(axis=1))[0] < 0.0
    credited, apart = (cleaner + driving, nothing) if more else (cleaner, driving)
    year = FIRST_YEAR + np.arange(pair.lived) // MONTHS_A_YEAR
    weight, rate = discount(year.astype(np.float64)), constants()["discount_rate"]
    last = credited[:, -MONTHS_A_YEAR:].sum(axis=1)
    plain, faded = (_remaining_lives(pair, at) for at in (0.0, rate))
    made = {"to_end": credited.sum(axis=1), "to_end_discounted": credited @ weight}
    made["life"] = made["to_end"] + last * plain
    made["life_discounted"] = made["to_end_discounted"] + last * faded * weight[-1]
    less = {"to_end": apart.sum(axis=1), "to_end_discounted": apart @ weight}
    return Tonnes(cleaner=made, driving_less=less)


def split(km: tuple[Floats, Floats], tonnes: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return what is saved by fewer tonnes a kilometre and by fewer kilometres, of monthly (treated, base).

    Where nobody drives nothing is emitted, so that either saving is 0.
    """
    each = [np.divide(t, k, out=np.zeros_like(t), where=k > 0.0) for t, k in zip(tonnes, km, strict=True)]
    cleaner = -0.5 * (km[0] + km[1]) * (each[0] - each[1])
    return cleaner, -0.5 * (each[0] + each[1]) * (km[0] - km[1])


def _remaining_lives(pair: Pair, rate: float) -> Floats:
    sets, bought = pair.ensemble.parameters, pair.saved("nev_sales")
    return np.array([remaining_life(one, row, rate) for one, row in zip(sets, bought, strict=True)])


def remaining_life(parameters: Parameters, bought: Floats, rate: float) -> float:
    """Return the years that cars bought in past months still run, on average, discounted at `rate` a year.

    L = sum_a w_a int_0 S(a + t) e^(-rate t) dt / sum_a w_a S(a), S Weibull survival of the parameter set;
    w_a = `bought` (months,) additional cars by month of purchase, the last one newest; fewer cars weigh
    nothing. 0 if none were bought.
    """
    life = car_life(parameters)
    weight = np.maximum(bought[::-1], 0.0)
    age = np.arange(weight.size + LONGEST_LIFE)
    survival = np.exp(-((age / life.scale) ** life.shape))
    fade = (1.0 + rate) ** (-np.arange(LONGEST_LIFE) / MONTHS_A_YEAR)
    alive = float(weight @ survival[: weight.size])
    left = sum(w * float(survival[a : a + LONGEST_LIFE] @ fade) for a, w in enumerate(weight) if w > 0.0)
    return left / alive / MONTHS_A_YEAR if alive > 0.0 else 0.0
