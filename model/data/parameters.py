"""The numbers that enter equations: one central set, and draws from their priors or fitted sets."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from model.data.tables import REGIONS, TABLES, Row, read_table
from model.errors import InputError, nearest

ROLES = ("input", "check", "answer", "superseded")
DISTRIBUTIONS = ("normal", "lognormal", "beta", "triangular", "uniform", "poisson", "fixed")
FITTED = REGIONS / "china"
"""Where a fit to the nation leaves its results: central.csv (one set) and draws.csv (many)."""

_P5_TO_P95 = 3.29  # a normal's 5th and 95th percentile are 3.29 standard deviations apart


class Parameters(Mapping[str, float]):
    """One set of values of all parameters with role `input`, and of fitted constants; never changed.

    Reading a key of another role raises KeyError naming the role: a published effect (`check`), a
    future (`answer`) or a replaced value (`superseded`) may enter no equation.
    """

    __slots__ = ("_values", "label")

    def __init__(self, values: Mapping[str, float], label: str = "central") -> None:
        self._values = MappingProxyType(dict(values))
        self.label = label

    def __reduce__(self) -> tuple[type[Parameters], tuple[dict[str, float], str]]:
        """Return how another process makes an equal set."""
        return Parameters, (dict(self._values), self.label)

    def __getitem__(self, key: str) -> float:
        try:
            return self._values[key]
        except KeyError:
            row = _table().get(key)
            why = f"has role {row['role']}, no run may read it" if row else "is not a parameter"
            raise KeyError(f"{key} {why}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Parameters({self.label}, {len(self)} values, {self.fingerprint[:12]})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameters) and dict(self._values) == dict(other._values)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of keys and values."""
        text = "\n".join(f"{key}={value!r}" for key, value in sorted(self._values.items()))
        return hashlib.sha256(text.encode()).hexdigest()

    def replace(self, changes: Mapping[str, float] | None = None, /, **more: float) -> Parameters:
        """Return a copy with other values; raise InputError(code "parameter") for an unknown key."""
        wanted = {**(changes or {}), **more}
        for key, value in wanted.items():
            if key not in self._values:
                row = _table().get(key)
                raise InputError(
                    "parameter",
                    field=key[:80],
                    near=nearest(key, self._values),
                    values=(key[:80], row["role"] if row else ""),
                )
            if not math.isfinite(value):
                raise InputError("parameter", field=key, allowed="a finite number", values=(key, str(value)))
        changed = {key: float(value) for key, value in wanted.items()}
        return Parameters({**self._values, **changed}, self.label)

    @classmethod
    def central(cls) -> Parameters:
        """Return the central value of every input; a fitted central set replaces the prior's."""
        return _central()


@cache
def _central() -> Parameters:
    values = {key: row.number("central") for key, row in _table().items() if row["role"] == "input"}
    path = FITTED / "central.csv"
    if path.exists():
        for row in read_table(path, keys=("key",), numbers=("value",)):
            values[_fitted_key(row)] = row.number("value")
    return Parameters(values, "central")


def prior_draws(n: int, seed: int = 1) -> tuple[Parameters, ...]:
    """Return the central priors and then n sets sampled from the priors, no fitted value among them.

    Each key has its own generator, PCG64 seeded by (seed, SHA-256 of the key), so that a new row
    shifts no other and the first draws do not depend on n.
    """
    inputs = {key: row for key, row in _table().items() if row["role"] == "input"}
    middle = Parameters({key: row.number("central") for key, row in inputs.items()}, "central priors")
    sampled = {
        key: sample(row, n, np.random.Generator(np.random.PCG64((seed, _key_number(key)))))
        for key, row in inputs.items()
    }
    sets = [
        Parameters({key: float(column[index]) for key, column in sampled.items()}, f"draw {index + 1}")
        for index in range(n)
    ]
    return (middle, *sets)


def draws(n: int, seed: int = 1) -> tuple[Parameters, ...]:
    """Return n sets sampled from the priors; draw r carries the values of fitted draw r, in turn
    (draws.csv)."""
    fitted = _fitted_draws()
    base = dict(_central())
    sets = []
    for index, prior in enumerate(prior_draws(n, seed)[1:]):
        values = {**base, **prior}
        if fitted:
            values.update(fitted[index % len(fitted)])
        sets.append(Parameters(values, prior.label))
    return tuple(sets)


def sample(row: Row, n: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Return n values of a parameter's prior, shape (n,).

    normal: sd = (high - low) / 3.29; lognormal: mu = ln central, sigma = ln(high / low) / 3.29; beta
    by moments with that sd; triangular and uniform: hard bounds; poisson: central is the mean.
    """
    low, central, high = (row.number(column) for column in ("low", "central", "high"))
    kind = row["distribution"]
    if kind == "fixed" or (low == high and kind != "poisson"):
        return np.full(n, central)
    if kind == "normal":
        return generator.normal(central, (high - low) / _P5_TO_P95, n)
    if kind == "lognormal":
        return generator.lognormal(math.log(central), math.log(high / low) / _P5_TO_P95, n)
    if kind == "beta":
        weight = central * (1 - central) / ((high - low) / _P5_TO_P95) ** 2 - 1
        return generator.beta(central * weight, (1 - central) * weight, n)
    if kind == "triangular":
        return generator.triangular(low, central, high, n)
    if kind == "uniform":
        return generator.uniform(low, high, n)
    return generator.poisson(central, n).astype(np.float64)


def catalogue() -> tuple[dict[str, str], ...]:
    """Return every parameter as text: key, label zh/en, unit, low, central, high, role, source and so on."""
    return tuple(
        {
            "key": row["key"],
            "domain": row["domain"],
            "role": row["role"],
            "zh": row["meaning_zh"],
            "en": row["meaning"],
            **{
                name: row[name]
                for name in ("unit", "low", "central", "high", "distribution", "quality", "source")
            },
            "note": row["note"],
        }
        for row in _table().values()
    )


@cache
def _table() -> dict[str, Row]:
    rows = read_table(TABLES / "parameters.csv", keys=("key",), numbers=("low", "central", "high"))
    for row in rows:
        row.one_of("role", ROLES)
        kind = row.one_of("distribution", DISTRIBUTIONS)
        low, central, high = (row.number(column) for column in ("low", "central", "high"))
        if not low <= central <= high:
            raise row.fault("central", "outside its range", f"{low} to {high}")
        if kind == "lognormal" and low <= 0:
            raise row.fault("low", "lognormal needs positive values")
        if kind == "beta" and low < high and central * (1 - central) <= ((high - low) / _P5_TO_P95) ** 2:
            raise row.fault("distribution", "range too wide for a beta")
    return {row["key"]: row for row in rows}


def fitted_draw_count() -> int:
    """Return how many fitted draws are shipped; 0 without a fit."""
    return len(_fitted_draws())


@cache
def fitted_keys() -> frozenset[str]:
    """Return the keys of the constants that the fit solves for, together (central.csv)."""
    path = FITTED / "central.csv"
    return frozenset(row["key"] for row in read_table(path)) if path.exists() else frozenset()


@cache
def _fitted_draws() -> tuple[dict[str, float], ...]:
    path = FITTED / "draws.csv"
    if not path.exists():
        return ()
    sets: dict[int, dict[str, float]] = {}
    for row in read_table(
        path, required=("draw", "key", "value"), keys=("draw", "key"), numbers=("draw", "value")
    ):
        sets.setdefault(int(row.number("draw")), {})[_fitted_key(row)] = row.number("value")
    return tuple(sets[number] for number in sorted(sets))


def _fitted_key(row: Row) -> str:
    """Return the key of a fitted value: an input, or a constant that only the fit knows."""
    known = _table().get(row["key"])
    if known is not None and known["role"] != "input":
        raise row.fault("key", "not an input", "parameters with role input")
    return row["key"]


def _key_number(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
