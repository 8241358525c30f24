"""Write the fitted constants of the car model: one central set and the draws of every ensemble.

`python -m calibration.fit --draws 200 --workers 2` rewrites model/data/regions/china/central.csv and
draws.csv. A draw
is a sample of the priors with its constants solved anew, so that all draws agree with the nation of
2015-2021 and
differ in what they say later. Form is uncertain too: how fast a shock fades and how fast consideration
spreads are categories, dealt out evenly.
"""

from __future__ import annotations

import argparse
import csv
import itertools
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import scenarios
from calibration.national import Fit, Inversion
from model.data.load import load_region
from model.data.months import LAST_YEAR
from model.data.parameters import Parameters, prior_draws

FOLDER = Path(__file__).resolve().parents[1] / "model" / "data" / "regions" / "china"
FADES = (1.0, 0.85, 0.6)
AWARENESS = (("slow", 0.36, 0.0), ("central", 0.46, 0.0), ("fast", 0.56, 0.5))
"""Name, share considering at the end of 2020 (range of the surveys), weight of the sales share (a year)."""
FORMS = tuple(itertools.product(FADES, AWARENESS))
CENTRAL_FORM = FADES[1], AWARENESS[1]
SHOCK_SEED = 197


class _Noted(Parameters):
    """Parameters that remember which keys were read."""

    read: set[str]

    def __getitem__(self, key: str) -> float:
        """Return a value and note its key."""
        self.__dict__.setdefault("read", set()).add(key)
        return super().__getitem__(key)


def publicity() -> np.ndarray:
    """Return the publicity path (M,) that the fit assumes: the provincial one without the plan."""
    policy = scenarios.load("no_plan").resolve(load_region("shanxi"))
    return np.asarray(policy.delivered["publicity_intensity"].mean(axis=(1, 2)))


def fit_central(households: int) -> Fit:
    """Return the fit of the central parameters."""
    fade, (_, share, sales) = CENTRAL_FORM
    prior = prior_draws(0)[0].replace(car_shock_persistence=fade, car_contagion_sales=sales)
    return Inversion(prior, households, publicity(), share).solve(rounds=40, tolerance=0.0002)


def fit_draw(task: tuple[int, int, int]) -> tuple[int, dict[str, float], float]:
    """Return (draw, values by key, largest gap) of one draw; `task` is (draw, draws, households)."""
    number, total, households = task
    fade, (_, share, sales) = FORMS[(number - 1) % len(FORMS)]
    prior = prior_draws(total)[number].replace(car_shock_persistence=fade, car_contagion_sales=sales)
    noted = _Noted(dict(prior), prior.label)
    fit = Inversion(noted, households, publicity(), share).solve()
    generator = np.random.Generator(np.random.PCG64((SHOCK_SEED, number)))
    values = {key: prior[key] for key in sorted(noted.read) if key in prior}
    values |= fit.values
    for kind in ("bev", "phev"):
        for year in range(2022, LAST_YEAR + 1):
            values[f"shock_{kind}_{year}"] = float(generator.standard_normal())
    return number, values, fit.error


def write_central(fit: Fit) -> None:
    """Write central.csv."""
    rows = [
        (key, repr(round(float(value), 6)), _unit(key), _SOURCE, "derived")
        for key, value in fit.values.items()
    ]
    _write(FOLDER / "central.csv", ("key", "value", "unit", "source", "quality"), rows)


_SOURCE = "inversion of national expected shares 2015-2021 (calibration/national.py)"


def _unit(key: str) -> str:
    if key.startswith("fit_"):
        return "utils"
    known = {
        "car_first_purchase_rate": "1/year",
        "car_contagion_q": "1/year",
        "car_investor_rollout": "log",
        "car_investor_rollout_time": "year",
    }
    return known.get(key, "odds ratio" if key.endswith("_or") else "CNY of 2022")


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)
    part.replace(path)


def main() -> None:
    """Fit and write."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--draws", type=int, default=200)
    asked.add_argument("--households", type=int, default=40_000)
    asked.add_argument("--central-households", type=int, default=200_000)
    asked.add_argument("--workers", type=int, default=2)
    options = asked.parse_args()
    central = fit_central(options.central_households)
    write_central(central)
    print(f"central: {central.rounds} rounds, largest gap {100 * central.error:.3f} points")
    tasks = [(number, options.draws, options.households) for number in range(1, options.draws + 1)]
    rows: list[tuple[int, str, str]] = []
    gaps = []
    with ProcessPoolExecutor(options.workers, mp_context=get_context("forkserver")) as pool:
        for number, values, gap in pool.map(fit_draw, tasks):
            rows += [(number, key, repr(round(float(value), 8))) for key, value in values.items()]
            gaps.append(gap)
            print(f"draw {number}: largest gap {100 * gap:.3f} points", flush=True)
    if rows:
        _write(FOLDER / "draws.csv", ("draw", "key", "value"), rows)
        print(f"gaps: median {100 * np.median(gaps):.3f}, largest {100 * max(gaps):.3f} points")


if __name__ == "__main__":
    main()
