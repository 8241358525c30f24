"""What the national market of 2015-2021 says: the only figures that shape constants of the car model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.data.region import Region

Floats = NDArray[np.float64]
FIRST, LAST = 2015, 2021
YEARS = LAST - FIRST + 1


@dataclass(frozen=True)
class NationalTargets:
    """Shares by year (7,) or (7, .): `household` and `fleet` (7, 2) shares of PHEV and BEV in the
    purchases of
    persons and of fleets, `ice_mix` (7, 4) classes of petrol cars, `mini_of_bev` (7,), `household_sales`
    mean cars a year bought by persons, `chargers` public points at the ends of 2018 and 2021,
    `rural_ratio` rural over urban new-energy share and `income_odds` highest over lowest fifth, means of
    2018-2021."""

    household: Floats
    fleet: Floats
    ice_mix: Floats
    mini_of_bev: Floats
    household_sales: float
    chargers: tuple[float, float]
    rural_ratio: float
    income_odds: float


def _path(observed: pd.DataFrame, indicator: str, first: int = FIRST) -> Floats:
    rows = observed[(observed["indicator"] == indicator) & (observed["place"] == "all")]
    values = {int(str(r.year)): float(str(r.value)) for r in rows.itertuples() if str(r.year).isdigit()}
    return np.array([values[year] for year in range(first, LAST + 1)])


def national_targets(china: Region) -> NationalTargets:
    """Return the targets from the observed series of the national pack.

    Fleets take `fleet_share_of_car_sales` of all cars and (1 - private share) of new-energy ones; the
    split into PHEV and BEV is taken as that of all sales.
    """
    seen = china.observed
    kinds = np.stack([_path(seen, "phev_sales_share"), _path(seen, "bev_sales_share")], axis=1)
    private = _path(seen, "private_share_of_nev_sales")[:, None]
    fleet = china.series["fleet_share_of_car_sales"][6 : 12 * YEARS : 12][:, None]
    retail = _path(seen, "car_sales", 2018)
    later = seen[seen["year"].astype(str).isin(["2018", "2019", "2020", "2021"])]
    ratio = later.loc[later["indicator"] == "rural_to_urban_nev_share_ratio", "value"].astype(float).mean()
    odds = later.loc[later["indicator"] == "nev_odds_ratio_income", "value"].astype(float).mean()
    return NationalTargets(
        household=kinds * private / (1.0 - fleet),
        fleet=kinds * (1.0 - private) / fleet,
        ice_mix=china.market.mix[:YEARS, 0],
        mini_of_bev=china.market.mix[:YEARS, 2, 0],
        household_sales=float(retail.mean() * (1.0 - fleet[3:].mean())),
        chargers=(
            float(_path(seen, "public_chargers", 2016)[2]),
            float(_path(seen, "public_chargers", 2016)[5]),
        ),
        rural_ratio=float(ratio),
        income_odds=float(odds),
    )
