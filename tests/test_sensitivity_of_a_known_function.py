"""Study file, runner and indices together find what is known in closed form of a function in place of the
model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import experiments
from experiments.kept_points import KeptPoints
from experiments.run_points import RunsFailed, run_points
from experiments.sampling import points_of, with_dummy
from experiments.store import Inputs
from experiments.study import Study
from experiments.study_reading import read_study
from experiments.workers import Threads

A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 0.5
FIRST = (0.5 * (1 + B * math.pi**4 / 5) ** 2 / VARIANCE, A**2 / 8 / VARIANCE, 0.0)
PAIR = 8 * B**2 * math.pi**8 / 225 / VARIANCE
"""Of the first and the third factor, the only pair (Ishigami and Homma 1990)."""
TOTAL = (FIRST[0] + PAIR, FIRST[1], PAIR)
FACTORS = ("veh_price_elasticity_own", "car_running_years", "veh_maint_ice")
TEXT = """schema = 1
name = "known"
method = "{method}"
scenarios = ["plan"]
samples = {samples}
outcomes = ["nev_new_sales_share@2030"]
{more}
""" + "".join(f'[[factor]]\nparameter = "{name}"\n' for name in FACTORS)


def study_of(folder: Path, method: str = "sobol", samples: int = 1024, more: str = "") -> Study:
    path = folder / "known.toml"
    path.write_text(TEXT.format(method=method, samples=samples, more=more))
    return with_dummy(read_study(path))


class Ishigami:
    """The function over the ranges of a study's first three factors; counts its calls."""

    def __init__(self, study: Study) -> None:
        self.spans = [(factor.low, factor.high) for factor in study.factors[:3]]
        self.calls = 0

    def __call__(self, levels: Sequence[float]) -> tuple[float]:
        self.calls += 1
        x, y, z = (
            math.pi * (2 * (level - low) / (high - low) - 1)
            for level, (low, high) in zip(levels, self.spans, strict=False)
        )
        return (math.sin(x) + A * math.sin(y) ** 2 + B * z**4 * math.sin(x),)


def test_sobol_indices_of_ishigami_are_those_of_the_closed_form(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    found = experiments.sensitivity(study, evaluate=Ishigami(study), threads=1)
    table = found.indices.set_index("factor")
    for name, first, total in zip(FACTORS, FIRST, TOTAL, strict=True):
        row = table.loc[name]
        assert row["first"] == pytest.approx(first, abs=0.01)
        assert row["total"] == pytest.approx(total, abs=0.01)
        assert row["first_low"] < first < row["first_high"]
        assert row["total_low"] < total < row["total_high"]
    assert abs(table.loc["dummy", "first"]) < 0.02 and table.loc["dummy", "total"] < 0.02
    assert found.found[0] is not None and found.found[0].error < 0.05


def test_another_scramble_finds_them_too_if_less_well(tmp_path: Path) -> None:
    """The accuracy does not hang on one lucky scramble."""
    from experiments.indices import indices_of

    study, worst = study_of(tmp_path), []
    for scramble in range(1, 11):
        points = points_of(study, scramble)
        figures = run_points(study, points, evaluate=Ishigami(study), crew=Threads(1))
        found = indices_of(study, points, figures.values[:, 0])
        assert found is not None
        off = found.factors[["first", "total"]].to_numpy()[:3] - np.transpose([FIRST, TOTAL])
        worst.append(float(np.abs(off).max()))
    assert np.median(worst) < 0.02 and max(worst) < 0.06


def test_the_error_shrinks_from_a_quarter_of_the_sample_to_all_of_it(tmp_path: Path) -> None:
    study = study_of(tmp_path, samples=4096)
    table = experiments.sensitivity(study, evaluate=Ishigami(study), threads=1).convergence
    known = dict(zip(FACTORS, TOTAL, strict=True))
    rows = table[table["factor"].isin(FACTORS)]
    off = (rows["total"] - rows["factor"].map(known)).abs().groupby(rows["samples"]).max()
    assert list(off.index) == [1024, 2048, 4096]
    assert off[4096] < 0.01 and off[4096] < off[1024] + 0.005


def test_a_smaller_sample_is_the_beginning_of_a_larger_one(tmp_path: Path) -> None:
    small, large = (points_of(study_of(tmp_path, samples=samples)) for samples in (64, 256))
    assert np.array_equal(small, large[: len(small)])


def test_pairs_are_told_on_request(tmp_path: Path) -> None:
    study = study_of(tmp_path, more="second_order = true")
    found = experiments.sensitivity(study, evaluate=Ishigami(study), threads=1)
    pairs = found.pairs.set_index(["factor", "other"])["second"]
    assert len(pairs) == 6
    assert pairs[FACTORS[0], FACTORS[2]] == pytest.approx(PAIR, abs=0.03)
    assert pairs[FACTORS[0], FACTORS[1]] == pytest.approx(0.0, abs=0.03)
    assert experiments.sensitivity(study_of(tmp_path, samples=16), evaluate=Ishigami(study)).pairs.empty


def test_morris_ranks_the_factors_and_finds_nothing_in_a_dummy(tmp_path: Path) -> None:
    study = study_of(tmp_path, method="morris", samples=60)
    table = experiments.sensitivity(study, evaluate=Ishigami(study), threads=1).indices.set_index("factor")
    assert table.loc["dummy", "mu_star"] == 0
    assert (table.loc[list(FACTORS), "mu_star"] > 1).all()
    assert (table.loc[list(FACTORS), "sigma"] > 1).all()  # none of them acts along a straight line


def test_a_point_that_differs_in_the_dummy_alone_is_not_run_again(tmp_path: Path) -> None:
    study = study_of(tmp_path, samples=64)
    function = Ishigami(study)
    found = experiments.sensitivity(study, evaluate=function, threads=2)
    assert function.calls == found.distinct == 64 * 5
    assert len(found.values) == study.runs == 64 * 6


def test_figures_do_not_depend_on_the_threads(tmp_path: Path) -> None:
    study = study_of(tmp_path, samples=64)
    one, four = (
        experiments.sensitivity(study, evaluate=Ishigami(study), threads=threads).indices
        for threads in (1, 4)
    )
    assert one.equals(four)


def test_a_study_that_stops_goes_on_from_what_it_kept(tmp_path: Path) -> None:
    study = study_of(tmp_path, samples=64)
    kept = KeptPoints.of(tmp_path, Inputs((("plan", ""),), study.options()))

    class Killed(BaseException):
        pass

    class Fragile(Ishigami):
        def __call__(self, levels: Sequence[float]) -> tuple[float]:
            if self.calls == 100:
                raise Killed
            return super().__call__(levels)

    with pytest.raises(Killed):
        experiments.sensitivity(study, evaluate=Fragile(study), threads=1, kept=kept)
    log = kept.folder / "points.log"
    data = bytearray(log.read_bytes()[:-5])  # a line torn by the kill,
    data[len(data) // 2] ^= 1  # and a flipped bit in another
    log.write_bytes(bytes(data))
    before = len(kept.read())
    assert 97 <= before <= 99
    rest = Ishigami(study)
    again = experiments.sensitivity(study, evaluate=rest, threads=1, kept=kept)
    assert rest.calls == 5 * study.samples - before
    whole = experiments.sensitivity(study, evaluate=Ishigami(study), threads=1)
    assert again.runs.equals(whole.runs) and again.indices.equals(whole.indices)


def test_a_run_that_fails_costs_its_block_and_is_told(tmp_path: Path) -> None:
    study = study_of(tmp_path, samples=64)

    class Faulty(Ishigami):
        def __call__(self, levels: Sequence[float]) -> tuple[float]:
            made = super().__call__(levels)
            if self.calls == 12:
                raise ArithmeticError("no answer here")
            return made

    found = experiments.sensitivity(study, evaluate=Faulty(study), threads=1)
    assert [failure.error for failure in found.failures] == ["ArithmeticError: no answer here"]
    assert found.found[0] is not None and found.found[0].blocks == 63
    assert not found.indices.isna().to_numpy().any()


def test_a_study_in_which_every_run_fails_says_why(tmp_path: Path) -> None:
    def nothing(_: Sequence[float]) -> tuple[float]:
        raise ArithmeticError("no answer anywhere")

    with pytest.raises(RunsFailed, match="ArithmeticError: no answer anywhere"):
        experiments.sensitivity(study_of(tmp_path, samples=4), evaluate=nothing, threads=1)


def test_an_outcome_that_nothing_moves_has_no_indices(tmp_path: Path) -> None:
    found = experiments.sensitivity(study_of(tmp_path, samples=16), evaluate=lambda _: (0.25,), threads=1)
    assert found.found == ("unmoved",)
    assert found.indices.empty


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    from model.run import Cancelled

    study = study_of(tmp_path, samples=64)
    function = Ishigami(study)
    with pytest.raises(Cancelled):
        experiments.sensitivity(study, evaluate=function, threads=1, progress=lambda done, _: done >= 10)
    assert 10 <= function.calls <= 12  # what was handed out is not waited for
