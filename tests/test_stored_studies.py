"""Results that ship with the software are those of shipped studies, and tell whether they still hold."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from experiments import store, stored
from experiments.study_reading import read_study, study_names


@pytest.mark.parametrize("name", stored.stored_names())
def test_a_stored_result_is_that_of_the_shipped_study(name: str) -> None:
    assert name in study_names()
    document, study = stored.stored(name), read_study(name)
    assert [one["name"] for one in document["factors"]] == [factor.name for factor in study.factors]
    assert [one["outcome"] for one in document["outcomes"]] == [outcome.text for outcome in study.outcomes]
    assert document["households"] == study.households and document["samples"] >= 64
    assert document["failed"] == 0
    for outcome in document["outcomes"]:
        totals = {row["factor"]: row["total"] for row in outcome["indices"]}
        assert totals["dummy"] < 0.02 < max(totals.values()) < 1.2
        assert len(totals) == len(study.factors) and outcome["error"] < 0.2


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A result of a shipped study at the smallest size, stored elsewhere, at two points that were not run."""
    name = study_names()[0]
    study = replace(read_study(name), samples=4, households=2000)
    levels = [tuple(factor.at(share) for factor in study.factors) for share in (0.2, 0.7)]
    told = [
        {"levels": list(one), "figures": figures}
        for one, figures in zip(levels, stored.probes(study, levels), strict=True)
    ]
    factors = [{**factor.document(), "label": {}} for factor in study.factors]
    document = {
        "samples": 4,
        "households": 2000,
        "factors": factors,
        "fingerprint": "of other code",
        "probes": told,
    }
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(document))
    monkeypatch.setattr(stored, "RESULTS", tmp_path)
    stored.still_holds.cache_clear()
    return path


def change(path: Path, **parts: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **parts}))
    stored.still_holds.cache_clear()


def test_other_code_that_says_the_same_leaves_a_result_standing(small: Path) -> None:
    assert stored.stored_names() == (small.stem,)
    assert stored.still_holds(small.stem)


def test_a_result_of_a_model_that_says_otherwise_holds_no_longer(small: Path) -> None:
    probes = json.loads(small.read_text())["probes"]
    probes[1]["figures"][0] *= 1.001
    change(small, probes=probes)
    assert not stored.still_holds(small.stem)
    change(small, fingerprint=store.packages_hash(stored.MODEL))  # made by this very code
    assert stored.still_holds(small.stem)


def test_a_result_of_other_factors_holds_no_longer(small: Path) -> None:
    change(small, factors=json.loads(small.read_text())["factors"][1:])
    assert not stored.still_holds(small.stem)
