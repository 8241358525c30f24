"""The runs of a sweep: every scenario at every point of a grid under every replicate, by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from experiments.common_past import Trunk, trunk_of
from experiments.design_points import grid, scenario_at, task_at
from experiments.ensemble import replicate_sets
from experiments.readings import Asked, Readings, read_run
from experiments.store import packages_hash
from experiments.study import LEVER, Study
from model.data.load import load_region
from model.data.parameters import Parameters

PARTS = 64
"""A sweep is kept in about as many parts, and shared out among shards by them."""
LARGEST_PART = 256
OTHER_CODE = "OtherCode"


class OtherCode(Exception):
    """A worker runs another version of this software."""


@dataclass(frozen=True)
class Spot:
    """Where a run stands: number of its scenario and of its point (from 0) and its replicate (from 1)."""

    scenario: int
    point: int
    replicate: int


@dataclass(frozen=True)
class SweepRuns:
    """The runs of a study by number: replicates move fastest, then points, then scenarios."""

    study: Study

    @cached_property
    def points(self) -> tuple[tuple[float, ...], ...]:
        """Return the levels of the factors at each point."""
        return grid(self.study)

    @property
    def total(self) -> int:
        """Return how many runs there are."""
        return self.study.runs

    def spot(self, number: int) -> Spot:
        """Return where a run stands."""
        rest, replicate = divmod(number, self.study.replicates)
        scenario, point = divmod(rest, len(self.points))
        return Spot(scenario, point, replicate + 1)

    def told(self, number: int) -> dict[str, Any]:
        """Return what tells a run from the others: scenario, levels by factor, replicate, seed."""
        spot, study = self.spot(number), self.study
        names = [factor.name for factor in study.factors]
        levels = dict(zip(names, self.points[spot.point], strict=True))
        seed = study.seed + spot.replicate - 1
        name = study.scenarios[spot.scenario].name
        return {"scenario": name, "levels": levels, "replicate": spot.replicate, "seed": seed}

    @property
    def part_size(self) -> int:
        """Return how many runs make a part; it depends on the study alone, as its bytes must."""
        return min(max(self.total // PARTS, 1), LARGEST_PART)

    @property
    def parts(self) -> int:
        """Return how many parts there are."""
        return -(-self.total // self.part_size)

    def of_part(self, part: int) -> range:
        """Return the runs of a part."""
        return range(part * self.part_size, min((part + 1) * self.part_size, self.total))

    def of_shard(self, shard: int, shards: int) -> range:
        """Return the parts of shard `shard` (from 1) of `shards`."""
        return range(shard - 1, self.parts, shards)

    def trunk(self, number: int) -> Trunk | None:
        """Return the past that the points of a run's scenario share, if it is worth keeping."""
        return self._trunks[self.spot(number).scenario]

    @cached_property
    def _trunks(self) -> tuple[Trunk | None, ...]:
        """Return the common past of each scenario; a lever leaves it first at one of its outer levels."""
        study, region = self.study, load_region(self.study.region)
        usual = tuple(factor.values[0] for factor in study.factors)
        outer = [usual] + [
            (*usual[:k], end(factor.values), *usual[k + 1 :])
            for k, factor in enumerate(study.factors) if factor.kind == LEVER for end in (min, max)
        ]  # fmt: skip
        return tuple(
            trunk_of(
                scenario.resolve(region),
                (scenario_at(study, scenario, levels).resolve(region) for levels in outer),
            )
            for scenario in study.scenarios
        )

    def asked(self) -> Asked:
        """Return what is asked of every run."""
        study = self.study
        return Asked(study.region, study.households, study.until, study.outcomes, study.expected)


def key_of(number: int) -> str:
    """Return the name under which the reading of a run is kept."""
    return f"{number:09d}"


@cache
def _sets(count: int) -> Sequence[Parameters | None]:
    return replicate_sets(count)


@dataclass(frozen=True)
class RunOfSweep:
    """What a worker does with the number of a run: it keeps the reading in a file and returns the number.

    Doing it twice is doing it once. `code`: the version of this software that the sweep is of.
    """

    runs: SweepRuns
    readings: Readings
    code: str

    def __call__(self, number: int) -> int:
        """Run, keep what was read, return the number; raise OtherCode if this is another version."""
        if packages_hash() != self.code:
            raise OtherCode(packages_hash())
        if self.readings.read(key_of(number)) is None:
            study, spot = self.runs.study, self.runs.spot(number)
            policy, parameters, seed = task_at(
                study,
                study.scenarios[spot.scenario],
                self.runs.points[spot.point],
                load_region(study.region),
                drawn=_sets(study.replicates)[spot.replicate - 1],
                replicate=spot.replicate,
            )
            made = read_run(self.runs.asked(), policy, parameters, seed, trunk=self.runs.trunk(number))
            self.readings.keep(key_of(number), made)
        return number


def numbers(runs: SweepRuns, parts: Sequence[int]) -> Iterator[int]:
    """Yield the runs of parts."""
    for part in parts:
        yield from runs.of_part(part)
