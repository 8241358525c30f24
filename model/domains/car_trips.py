"""Kilometres by car for everyday trips, and what fewer of them leave of a car's use (articles 7, 21)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS_A_YEAR
from model.domains.garage import CLASS_COUNT, OPTIONS
from model.domains.mode_choice import CAR, COHORTS, KINDS, STATUSES
from model.domains.rounds import HOUSEHOLDS, PERSONS
from model.kernels import kernel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
POWERTRAINS = 3


@kernel
def everyday_km(q: Floats, trips: Floats, km: Floats, occupancy: float, made: Floats) -> None:
    """Write the kilometres a year `made` (P, 5, 2) that a person causes in the household's own car, petrol
    and plug-in, on everyday trips: sum_k n_k d_k q_k / occupancy, the mean of the cohorts in `q`
    (4, P, 5, 3, 4, 4); `trips` (P, 4) a person a year, `km` (4,)."""
    for p in range(made.shape[0]):
        for g in range(made.shape[1]):
            for o in range(1, STATUSES):
                total = 0.0
                for k in range(KINDS):
                    share = 0.0
                    for n in range(COHORTS):
                        share += q[n, p, g, o, k, CAR]
                    total += trips[p, k] * km[k] * share / COHORTS
                made[p, g, o - 1] = total / occupancy


@kernel
def adjust_use(
    factor: Floats,
    usual: Floats,
    everyday: Floats,
    before: Floats,
    counts: Floats,
    cars: Ints,
    km: Floats,
) -> None:
    """Write the use of a month over that of a year, `factor` (P, 5, 3), from the `usual` one (3,).

    factor = usual max(0, 1 + s (E - E0) / K), s persons a household by `counts` (P, 5, COUNTS), E and E0
    `everyday` kilometres a person (P, 5, 2) as they are and as they would be `before` the levers moved, K the
    kilometres a year of a car of the cell by `cars` and `km` (P, 5, 12).
    """
    for p in range(factor.shape[0]):
        for g in range(factor.shape[1]):
            size = counts[p, g, PERSONS] / max(counts[p, g, HOUSEHOLDS], 1.0)
            for k in range(POWERTRAINS):
                status = 0 if k == 0 else 1
                change = (everyday[p, g, status] - before[p, g, status]) * size
                standing, driven = 0, 0.0
                for j in range(k * CLASS_COUNT, (k + 1) * CLASS_COUNT):
                    standing += cars[p, g, j]
                    driven += km[p, g, j]
                left = 1.0
                if driven > 0.0 and standing > 0:
                    left += change * standing / (driven * usual[k] * MONTHS_A_YEAR)
                factor[p, g, k] = usual[k] * max(left, 0.0)


@kernel
def use_a_km(km: Floats, litres: Floats, kwh_home: Floats, kwh_away: Floats, use: Floats) -> None:
    """Write what the region's cars use on a kilometre, `use` (4,): litres of petrol cars; litres, kWh at home
    and away of plug-in cars. Without cars of a kind the last figures stay."""
    petrol = burnt = plug_in = litres_too = home = away = 0.0
    for p in range(km.shape[0]):
        for g in range(km.shape[1]):
            for j in range(OPTIONS):
                if j < CLASS_COUNT:
                    petrol += km[p, g, j]
                    burnt += litres[p, g, j]
                else:
                    plug_in += km[p, g, j]
                    litres_too += litres[p, g, j]
                    home += kwh_home[p, g, j]
                    away += kwh_away[p, g, j]
    if petrol > 0.0:
        use[0] = burnt / petrol
    if plug_in > 0.0:
        use[1], use[2], use[3] = litres_too / plug_in, home / plug_in, away / plug_in
