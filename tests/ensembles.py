"""An ensemble of two scenarios written by hand, whose effects can be reckoned on paper."""

from dataclasses import replace

import numpy as np
import pandas as pd

import scenarios
from experiments.effects import effects_of
from experiments.ensemble import Ensemble
from model.data.load import load_region
from model.data.months import MONTHS, month_index
from model.data.parameters import Parameters
from model.indicators.formulas import FORMULAS
from model.indicators.reading import cells

REGION = load_region("shanxi")
CELLS = cells(REGION)
ROW = {name: k for k, name in enumerate(FORMULAS)}


def policy(text=""):
    scenario = scenarios.load("no_plan")
    return (scenario.with_settings([text]) if text else scenario).resolve(REGION)


def rolling(monthly):
    total = np.cumsum(monthly)
    return np.concatenate([total[:12], total[12:] - total[:-12]])


def world(
    replicates=3, extra=10.0, saved=2.0, bonus=6000.0, claims=25.0, group="q1", payer="province", km=0.0
):
    """Return an ensemble written by hand: from 2026-01 to 2028-12 `extra` more cars a month, `claims` paid
    `bonus` yuan each in the villages of Taiyuan, `saved` tonnes less CO2 a month from 2026 on, and of
    1000 km a month `km` less."""
    treated, base = policy("nev_purchase_subsidy=6000@2026-01..2028-12"), policy()
    values = np.full((2, replicates, len(FORMULAS), len(CELLS.month)), np.nan)
    first, last = month_index("2026-01"), month_index("2028-12")
    sold, co2 = np.full(MONTHS, 100.0), np.full(MONTHS, 50.0)
    more, less = sold.copy(), co2.copy()
    more[first : last + 1] += extra
    less[first:] -= saved
    far = np.full(MONTHS, 1000.0)
    nearer = far.copy()
    nearer[first:] -= km
    for s, (cars, tonnes, driven) in enumerate([(sold, co2, far), (more, less, nearer)]):
        values[s, :, ROW["nev_sales"], :MONTHS] = rolling(cars)
        values[s, :, ROW["car_co2"], :MONTHS] = rolling(tonnes)
        values[s, :, ROW["car_km"], :MONTHS] = rolling(driven)
    values[:, :, ROW["households"]] = 1000.0
    values[:, :, ROW["car_energy_spending"]] = 900.0
    values[1, :, ROW["car_energy_spending"]] = 890.0
    rows = [
        ("plan_like", r + 1, "nev_purchase_subsidy.ab12cd", payer, "140100.rural", group, year)
        for r in range(replicates)
        for year in (2026, 2027, 2028)
    ]
    outlays = pd.DataFrame(
        rows, columns=["scenario", "replicate", "instrument", "payer", "place", "group", "year"]
    )
    outlays = outlays.assign(value=12 * claims * bonus, units=12 * claims)
    return Ensemble(
        names=("no_plan", "plan_like"),
        labels={},
        region=REGION,
        values=values,
        luck=np.zeros((0, len(FORMULAS), len(CELLS.month))),
        outlays=outlays,
        policies=(replace(base, name="no_plan"), replace(treated, name="plan_like")),
        parameters=(Parameters.central(),) * replicates,
        meta={"until": "2030-12"},
    )


def found(**changes):
    return effects_of(world(**changes), "plan_like", "no_plan")
