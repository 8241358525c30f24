"""Fit the free constants of homes to national figures of 2015-2021: one central set and every draw.

`python -m calibration.home_fit --workers 2` writes its keys into model/data/regions/china/central.csv and
draws.csv and leaves all other rows as they are (a new fit of the car market, `calibration.fit`, comes first).
Free are the rate of first purchases of each kind, to the stock of the surveys, and level and trend of other
uses of electricity, to residential use without what winter adds. A draw keeps its sample of all other
parameters, unless no level and trend within BASE and TREND brings it to the nation (its appliances alone use
more): then its parameters of homes are dealt anew. Nothing later than 2021 and nothing of Shanxi enters.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from calibration.home_solve import HomeFit, solve
from calibration.home_targets import HomeTargets, home_targets
from calibration.paired import Setting, nation
from model.data.parameters import FITTED, Parameters, draws, fitted_draw_count, prior_draws

DEALT = "fit_home_deals"
HOME = ("el_", "ap_", "home_", "fit_home_")
"""How the keys of homes begin: these rows of draws.csv are this fit's."""
ALLOWED, DEALS = 0.03, 20
"""Largest gap of a year's electricity of a draw that stands; how often a draw is dealt at most."""


@cache
def _nation(households: int) -> tuple[Setting, HomeTargets]:
    setting = nation(households)
    return setting, home_targets(setting.people.region)


def fit_central(households: int) -> HomeFit:
    """Return the fit of the central parameters."""
    setting, targets = _nation(households)
    prior = prior_draws(0)[0]
    given = Parameters.central().replace({key: prior[key] for key in prior if key.startswith(HOME)})
    return solve(setting, given, targets, rounds=10, tolerance=0.0003)


def fit_draw(task: tuple[int, int, dict[str, float]]) -> tuple[int, dict[str, float], HomeFit]:
    """Return (draw, values of all keys of homes, fit) of one draw; `task` is (draw, households, constants of
    the central fit, from which the draw sets out). DEALT tells how often its sample was drawn."""
    number, households, start = task
    setting, targets = _nation(households)
    total = fitted_draw_count()
    known = draws(total)[number - 1]
    for deal in range(DEALS):
        prior = prior_draws(total * (deal + 1))[total * deal + number]
        values = {key: prior[key] for key in sorted(prior) if key.startswith(HOME)} | start
        fit = solve(setting, known.replace(values), targets)
        if fit.electricity <= ALLOWED:
            break
    return number, {**values, **fit.values, DEALT: float(deal + 1)}, fit


def gaps_of(fit: HomeFit) -> dict[str, float]:
    """Return the gaps of a fit as they are shipped."""
    return {"fit_home_gap_electricity": fit.electricity, "fit_home_gap_stock": fit.stock}


_SOURCE = "fit to national figures of homes 2015-2021 (calibration/home_fit.py)"


def _unit(key: str) -> str:
    known = {
        "el_base_2015": "kWh/year",
        "fit_home_gap_electricity": "share",
        "fit_home_gap_stock": "sets a household",
    }
    return known.get(key, "1/year")


def _kept(path: Path, column: int) -> list[str]:
    """Return the lines of a table, header first, without those of keys of homes."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.split(",")[column].startswith(HOME)]


def _write(path: Path, lines: list[str]) -> None:
    part = path.with_suffix(".part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    part.replace(path)


def write_central(fit: HomeFit) -> None:
    """Write this fit's rows into central.csv."""
    path, values = FITTED / "central.csv", fit.values | gaps_of(fit)
    rows = [f"{key},{round(value, 8)!r},{_unit(key)},{_SOURCE},derived" for key, value in values.items()]
    _write(path, _kept(path, 0) + rows)


def write_draws(found: dict[int, dict[str, float]]) -> None:
    """Write this fit's rows into draws.csv, those of a draw after its others."""
    path = FITTED / "draws.csv"
    header, *lines = _kept(path, 1)
    made = [header]
    for number, values in sorted(found.items()):
        made += [line for line in lines if line.split(",", 1)[0] == str(number)]
        made += [f"{number},{key},{round(float(value), 8)!r}" for key, value in values.items()]
    _write(path, made)


def main() -> None:
    """Fit and write."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--households", type=int, default=20_000)
    asked.add_argument("--central-households", type=int, default=100_000)
    asked.add_argument("--workers", type=int, default=2)
    options = asked.parse_args()
    central = fit_central(options.central_households)
    write_central(central)
    print(f"central: {central}\n{central.values}", flush=True)
    tasks = [(n + 1, options.households, central.values) for n in range(fitted_draw_count())]
    found: dict[int, dict[str, float]] = {}
    fits = []
    with ProcessPoolExecutor(options.workers, mp_context=get_context("forkserver")) as pool:
        for number, values, fit in pool.map(fit_draw, tasks):
            found[number] = values | gaps_of(fit)
            fits.append(fit)
            print(f"draw {number}: {fit}, deal {values[DEALT]:.0f}", flush=True)
    write_draws(found)
    for name in ("electricity", "stock", "left"):
        gaps = 100 * np.array([getattr(fit, name) for fit in fits])
        print(f"{name}: median {np.median(gaps):.2f}, largest {gaps.max():.2f} (draw {gaps.argmax() + 1})")


if __name__ == "__main__":
    main()
