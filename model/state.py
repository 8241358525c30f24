"""The state of a run at the end of a month, as plain arrays: what a later run needs to go on from there.

A run that is stopped and goes on is the same, bit for bit, as one that was never stopped; runs whose policies
part later can share one history.
"""

from __future__ import annotations

import hashlib
import io
from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.data.months import MONTHS, PLAN_ISSUED, month_text
from model.domains.timing import KNOWN_AHEAD
from model.errors import InputError
from model.institutions.policy import Policy
from model.outset import REFERENCE
from model.population.columns import FIXED
from model.province import Province

Array = NDArray[Any]
BOOK, POT = "book:", "pot:"
GIVEN = ("log_sd", "log_size", "persons", "earned", "households", "energy", "fuel")
"""Arrays beside the state that come from tables or are written before they are read."""
LEDGER = ("grouped", "placed", "options", "expected_options")


@dataclass(frozen=True)
class State:
    """The state after `month` months of a run. `arrays` by name, `key` what the run and its past rest on."""

    month: int
    key: str
    arrays: Mapping[str, Array]

    def save(self, path: Path) -> None:
        """Write the state to a file: SHA-256 of what follows, then an npz without pickled objects."""
        made, about = io.BytesIO(), {"_month": np.array(self.month), "_key": np.array(self.key)}
        np.savez_compressed(made, allow_pickle=False, **about, **self.arrays)
        content = made.getvalue()
        path.write_bytes(hashlib.sha256(content).digest() + content)


def load(path: Path) -> State:
    """Read a state from a file; raise InputError when it is not one, or not as it was written."""
    fault = InputError("state", file=str(path), field="resume", allowed="state file", values=(str(path),))
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise fault from cause
    digest, content = content[: hashlib.sha256().digest_size], content[hashlib.sha256().digest_size :]
    if not content or hashlib.sha256(content).digest() != digest:
        raise fault
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return State(int(arrays.pop("_month")), str(arrays.pop("_key")), arrays)


def key_of(province: Province) -> str:
    """Return what a run rests on up to its month: people, numbers, seed, assumptions, and the policy so far
    with what it has promised."""
    made = hashlib.sha256()
    people, policy = province.society.people, province.policy
    made.update(f"{people.region.name} {people.rows} {int(province.society.seed)} {policy.calendar}".encode())
    made.update(repr((province.month, sorted(province.parameters.items()))).encode())
    made.update(repr(province.society.spread.attention_base).encode())
    for series in sorted(policy.world):
        made.update(series.encode() + policy.world[series].tobytes())
    for lever in sorted(policy.delivered):
        made.update(lever.encode() + policy.delivered[lever][: province.month].tobytes())
    for path in province.journeys.levels(REFERENCE):  # the constants of the modes belong to that month
        made.update(path.tobytes())
    for part in _known(policy, province.month):
        made.update(part)
    return made.hexdigest()


def _promises(policy: Policy, month: int) -> Iterator[bytes]:
    """Yield the grants that people know of before `month`."""
    for grant in policy.grants:
        if grant.amount[:month].any():
            terms = (grant.lever, grant.instrument, grant.options, grant.cap, grant.price_ceiling)
            rules = (grant.requires, grant.budget, grant.payer, grant.of_price, grant.take_up)
            what = (grant.goods, grant.pot)
            money = grant.amount[:month].tobytes() + grant.coverage[:month].tobytes()
            yield repr((terms, rules, what)).encode() + money


def parting(one: Policy, other: Policy) -> int:
    """Return for how many months, from January 2015, runs of two policies are the same run: what they do and
    what they have promised is equal so far. 0 if they differ before the plan or in what is assumed."""
    levels = one.delivered.keys() == other.delivered.keys()
    worlds = one.world.keys() == other.world.keys() and all(
        np.array_equal(path, other.world[name]) for name, path in one.world.items()
    )
    if not (levels and worlds and one.parameters == other.parameters) or one.calendar != other.calendar:
        return 0
    month = min(
        (_first_apart(path, other.delivered[name]) for name, path in one.delivered.items()), default=MONTHS
    )
    later = range(PLAN_ISSUED + 1, month + 1)
    told = bisect_left(later, True, key=lambda ahead: _known(one, ahead) != _known(other, ahead))
    return later[told - 1] if told > 0 else 0


def _first_apart(path: Array, other: Array) -> int:
    """Return the first month in which two paths (M, ...) differ, M if they do not."""
    apart = np.flatnonzero((path != other).reshape(len(path), -1).any(axis=1))
    return int(apart[0]) if apart.size else len(path)


def _known(policy: Policy, month: int) -> list[bytes]:
    """Return the grants that people know of in the months before `month`."""
    # Nobody knew of the province's money before the plan was issued.
    return sorted(_promises(policy, month + (KNOWN_AHEAD if month > PLAN_ISSUED else 0)))


def take(province: Province) -> State:
    """Return a copy of the state of a province."""
    arrays = {name: array.copy() for name, array in _standing(province).items()}
    traffic, treasury, ledger = province.traffic, province.treasury, province.ledger
    arrays["works:months"] = np.array([month for month, _ in traffic.works.under_way], np.int64)
    arrays["works:points"] = np.array([points for _, points in traffic.works.under_way])
    arrays["scalars"] = np.array([traffic.nev_share, traffic.works.left])
    arrays["investors"] = np.array([(i.private, i.public, i.begun) for i in traffic.investors])
    for (instrument, payer), money in treasury.books.items():
        arrays[f"{BOOK}{instrument}:{payer}"] = np.stack([money, treasury.units[instrument, payer]])
    arrays.update({f"{POT}{name}": pot for name, pot in treasury.pots.items()})
    for name in LEDGER:
        arrays[f"ledger:{name}"] = getattr(ledger, name)[: province.month].copy()
    return State(province.month, key_of(province), arrays)


def give(province: Province, state: State) -> None:
    """Put a province, new and with a past equal to that of the state, into the state.

    Raises InputError when people, numbers, seed, assumptions or the policy so far differ.
    """
    province.month = state.month
    if key_of(province) != state.key:
        month = month_text(state.month - 1)
        raise InputError("other_past", field="resume", allowed="the same past", values=(month,))
    arrays, traffic, treasury = state.arrays, province.traffic, province.treasury
    for name, array in _standing(province).items():
        np.copyto(array, arrays[name])
    months, points = arrays["works:months"].tolist(), arrays["works:points"]
    traffic.works.under_way = deque(zip(months, points.copy(), strict=True))
    traffic.nev_share, traffic.works.left = arrays["scalars"].tolist()
    for investor, (private, public, begun) in zip(
        traffic.investors, arrays["investors"].tolist(), strict=True
    ):
        investor.private, investor.public, investor.begun = private, public, begun
    traffic.count_points()
    for name, array in arrays.items():
        if name.startswith(BOOK):
            instrument, payer = name.removeprefix(BOOK).rsplit(":", 1)
            treasury.books[instrument, payer], treasury.units[instrument, payer] = array.copy()
    treasury.refill({name.removeprefix(POT): a for name, a in arrays.items() if name.startswith(POT)})
    for name in LEDGER:
        getattr(province.ledger, name)[: state.month] = arrays[f"ledger:{name}"]


def _standing(province: Province) -> dict[str, Array]:
    """Return the arrays that a run writes in place, by name."""
    society, traffic, homes = province.society, province.traffic, province.homes
    found = {f"c:{name}": array for name, array in society.c._asdict().items() if name not in FIXED}
    groups: tuple[tuple[str, Any], ...] = (
        ("reserve", society.reserve),
        ("incomes", society.incomes),
        ("stock", traffic.stock),
        ("used", traffic.used),
        ("things", homes.things),
        ("meters", homes.metering.meters),
    )
    for group, arrays in groups:
        written = {name: a for name, a in arrays._asdict().items() if name not in GIVEN}
        found.update({f"{group}:{name}": array for name, array in written.items()})
    found.update({f"depots:{name}": array for name, array in traffic.depots.memory.items()})
    found.update({f"traffic:{name}": array for name, array in traffic.memory.items()})
    found.update({f"homes:{name}": array for name, array in homes.memory.items()})
    found.update({f"metering:{name}": array for name, array in homes.metering.memory.items()})
    found.update({f"journeys:{name}": array for name, array in province.journeys.memory.items()})
    return found | {
        "counts": society.counts,
        "standing": society.standing,
        "surveyed": society.surveyed,
        "shift": traffic.incentives.shift,
    }
