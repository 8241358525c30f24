"""Turn a region's margins (residents, urban share, household size, GDP) into values by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.data.months import FIRST_YEAR, MONTHS, MONTHS_A_YEAR, YEARS
from model.data.region import HEATING, SIZES, Floats, Ints, Place
from model.data.tables import Row
from model.errors import InputError

YEAR_ENDS = tuple(range(FIRST_YEAR - 1, FIRST_YEAR + YEARS))
_CENSUS = 2020 + 10 / 12
_GROWTH_KNOWN_TO = 2025.0


@dataclass(frozen=True)
class Margins:
    """Rows of margins.csv, asked by variable and place; the narrowest row holds.

    A row's `place` is the place's code, its city's code, `all.urban`, `all.rural` or `all`.
    """

    rows: Mapping[tuple[str, str], Row]
    places: Sequence[Place]

    def get(self, variable: str, default: float | None = None) -> Floats:
        """Return a variable for every place, shape (P,); raise InputError where no row holds."""
        return np.array([self._one(variable, place, default) for place in self.places])

    def single(self, variable: str) -> float:
        """Return a variable that is one number for the region."""
        return self.rows["all", variable].number("value")

    def _one(self, variable: str, place: Place, default: float | None) -> float:
        part = "urban" if place.urban else "rural"
        for code in (place.code, place.city, f"all.{part}", "all"):
            if (code, variable) in self.rows:
                return self.rows[code, variable].number("value")
        if default is None:
            raise InputError("table", "margins.csv", field=variable, values=("missing place", place.code))
        return default


def persons(margins: Margins, paths: Mapping[str, Floats]) -> Floats:
    """Return residents in families by place at the end of each year, shape (17, P).

    City shares: census share x exp(g tau), tau years since the census, growing at a fraction of g
    after 2024. Urban share of a city: logistic(logit(u) + delta_t), delta_t such that the cities
    add up to the region's urban residents. Source: census 2020 and later communiques.
    """
    ends = np.array(YEAR_ENDS, dtype=np.float64)[:, None] + 1
    fade = margins.single("share_growth_fade")
    tau = np.minimum(ends, _GROWTH_KNOWN_TO) - _CENSUS + fade * np.maximum(ends - _GROWTH_KNOWN_TO, 0)
    first = _first_of_city(margins.places)
    share = margins.get("population_share") * first * np.exp(margins.get("relative_growth") * tau)
    share /= share.sum(axis=1, keepdims=True)
    family = paths["population"] * paths["family_share"]
    by_city = (share * family[:, None]) @ _same_city(margins.places)
    urban = _urban_shares(by_city * first, margins.get("urbanisation"), paths["urbanisation"])
    is_urban = np.array([place.urban for place in margins.places])
    # a city's parts other than the first urban one (plate-quota cities) are carved out in `households`
    return np.where(
        is_urban, np.where(_main_urban(margins.places), by_city * urban, 0), by_city * (1 - urban)
    )


def households(margins: Margins, paths: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return households and persons a household by place at year ends, both (17, P).

    Region total = family persons / mean size (or the series `households`); cities differ by their
    census size, rural homes are `rural_size_ratio` larger; sums over places keep the region's totals.
    """
    people = persons(margins, paths)
    places = margins.places
    same = _same_city(places)
    relative = np.where([place.urban for place in places], 1.0, margins.single("rural_size_ratio"))
    weight = people / relative
    in_city = people @ same / margins.get("size_ratio")
    homes = weight / (weight @ same) * in_city
    total = paths["households"] if "households" in paths else people.sum(axis=1) / paths["household_size"]
    homes *= (total / homes.sum(axis=1))[:, None]
    size = np.divide(people, homes, out=np.zeros_like(people), where=homes > 0)
    carved = margins.get("household_share", 0.0)
    for index in np.flatnonzero(carved):
        main = _main_of(places, int(index))
        homes[:, index] = carved[index] * total
        homes[:, main] -= homes[:, index]
        size[:, index] = size[:, main]
    return homes, size


def monthly_households(year_ends: Floats) -> Ints:
    """Return whole households at the end of each month, shape (192, P).

    Year ends are rounded by the largest remainder, so that they add up to the rounded region; the
    months between lie on a straight line, rounded place by place, so a place never zigzags.
    """
    whole = np.array([largest_remainder(row) for row in year_ends], dtype=np.float64)
    step = np.arange(1, MONTHS_A_YEAR + 1)[None, :, None] / MONTHS_A_YEAR
    line = whole[:-1, None, :] + step * (whole[1:] - whole[:-1])[:, None, :]
    return np.floor(line + 0.5).astype(np.int64).reshape(MONTHS, -1)


def largest_remainder(values: Floats, total: int | None = None) -> Ints:
    """Return integers near `values` that add up to `total` (default: their rounded sum)."""
    low = np.floor(values).astype(np.int64)
    missing = int(round(float(values.sum())) if total is None else total) - int(low.sum())
    order = np.argsort(-(values - low), kind="stable")
    low[order[:missing]] += 1
    return low


def incomes(margins: Margins, people: Floats, urban: Floats, rural: Floats) -> Floats:
    """Return mean disposable income a person by place, shape (Y, P), in current CNY.

    Place = mean of its part (urban or rural) x (GDP per head / mean)^e, scaled by one factor a year
    so that the person-weighted mean is the published one; rows `income_relative` are held as given.
    """
    gdp = margins.get("gdp_per_head")
    guess = (gdp / gdp.mean()) ** margins.single("income_gdp_elasticity")
    given = margins.get("income_relative", -1.0)
    result = np.empty_like(people)
    for part, mean in ((True, urban), (False, rural)):
        of_part = np.array([place.urban is part for place in margins.places])
        held, free = of_part & (given > 0), of_part & (given <= 0)
        rest = people[:, of_part].sum(axis=1) - people[:, held] @ given[held]
        scale = rest / (people[:, free] @ guess[free])
        result[:, held] = mean[:, None] * given[held]
        result[:, free] = mean[:, None] * scale[:, None] * guess[free]
    return result


def relative_by_income(
    margins: Margins, base: Floats, weight: Floats, income: Floats, elasticity: float
) -> Floats:
    """Return base x (income / mean of the part)^elasticity, keeping each part's weighted mean, shape (P,)."""
    result = base.copy()
    for part in (True, False):
        of_part = np.array([place.urban is part for place in margins.places])
        tilt = income[of_part] ** elasticity
        result[of_part] *= tilt * weight[of_part].sum() / (tilt @ weight[of_part])
    return result


def size_shares(margins: Margins, mean_size: Floats) -> Floats:
    """Return households by size class (P, 5): q_k exp(theta k), theta such that the mean size is met.

    q_k: shares of the reference census; class 5 counts as its mean size. Exponential tilting is the
    one-parameter family nearest to q in relative entropy (Csiszar 1975).
    """
    prior = np.array([margins.single(f"size_prior_{size}") for size in SIZES])
    persons_by_class = np.array([*SIZES[:-1], margins.single("size_5_mean")], dtype=np.float64)
    low, high = np.full(len(mean_size), -4.0), np.full(len(mean_size), 4.0)
    for _ in range(60):
        theta = (low + high) / 2
        tilted = prior * np.exp(theta[:, None] * (persons_by_class - persons_by_class.mean()))
        tilted /= tilted.sum(axis=1, keepdims=True)
        small = tilted @ persons_by_class < mean_size
        low, high = np.where(small, theta, low), np.where(small, high, theta)
    return np.asarray(tilted)


def heating(margins: Margins) -> Floats:
    """Return heating shares (P, 4); raise InputError where they do not add up to one."""
    shares = np.stack([margins.get(f"heating_{kind}") for kind in HEATING], axis=1)
    for place, total in zip(margins.places, shares.sum(axis=1), strict=True):
        if abs(total - 1) > 1e-9:
            raise InputError(
                "table", "margins.csv", field="heating", values=("sum", place.code, f"{total:.4f}")
            )
    return shares


def _same_city(places: Sequence[Place]) -> Floats:
    return np.array([[float(a.city == b.city) for b in places] for a in places])


def _first_of_city(places: Sequence[Place]) -> Floats:
    cities = [place.city for place in places]
    return np.array([float(cities.index(city) == index) for index, city in enumerate(cities)])


def _main_urban(places: Sequence[Place]) -> NDArray[np.bool_]:
    return np.array([place.code.endswith(".urban") for place in places])


def _main_of(places: Sequence[Place], index: int) -> int:
    return [place.code for place in places].index(f"{places[index].city}.urban")


def _urban_shares(city_people: Floats, reference: Floats, target: Floats) -> Floats:
    """Return urban shares (17, P) of the places' cities that add up to the region's urban share."""
    logit = np.log(reference / (1 - reference))
    goal = target * city_people.sum(axis=1)
    low, high = np.full(len(target), -6.0), np.full(len(target), 6.0)
    for _ in range(60):
        delta = (low + high) / 2
        share = 1 / (1 + np.exp(-(logit + delta[:, None])))
        short = (city_people * share).sum(axis=1) < goal
        low, high = np.where(short, delta, low), np.where(short, high, delta)
    return np.asarray(share)
