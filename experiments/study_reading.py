"""The door for study files: a plain TOML file becomes a Study, or one precise error."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.outcomes import Outcome, read_outcome
from experiments.study import GRID, METHODS, MORRIS, SOBOL, Study
from experiments.study_factors import read_factors
from model.data.months import FIRST_YEAR, LAST_YEAR, month_index
from model.errors import InputError, nearest
from scenarios.checking import SCHEMA, blocks_of, read_label, read_name
from scenarios.faults import Spot
from scenarios.fields import known_keys, required, text_of, texts_of, whole_of
from scenarios.reading import read_document

if TYPE_CHECKING:
    from model.data.region import Region
    from scenarios.scenario import Scenario

STUDIES = Path(__file__).parent / "studies"
HEAD = ("schema", "name", "label", "about", "method", "scenarios", "region", "households", "until", "seed")
SIZES = {
    MORRIS: ("samples", "expected"),
    SOBOL: ("samples", "second_order", "expected"),
    GRID: ("replicates",),
}
OF_METHOD = tuple(dict.fromkeys(key for keys in SIZES.values() for key in keys))
KEYS = (*HEAD, "outcomes", *OF_METHOD, "factor")
YES_OR_NO = {"second_order": False, "expected": True}
"""Keys of a sample, with what holds where they are not given."""
MOST_FACTORS, MOST_OUTCOMES, MOST_SCENARIOS = 100, 100, 50
MOST_HOUSEHOLDS = 20_000_000
MOST_RUNS = 10_000_000
MOST_TRAJECTORIES, MOST_REPLICATES = 10_000, 200
LEAST_SAMPLES, MOST_SAMPLES = 4, 65_536
"""Powers of two between which Sobol's N lies; a quarter of the least still has two halves."""
LARGEST_SEED = 10**9
USUAL = {"region": "shanxi", "households": 5_000, "until": f"{LAST_YEAR}-12", "seed": 1}


def study_names() -> tuple[str, ...]:
    """Return the names of the shipped studies."""
    return tuple(sorted(path.stem for path in STUDIES.glob("*.toml")))


def read_study(name_or_path: str | os.PathLike[str], *, methods: tuple[str, ...] = METHODS) -> Study:
    """Return the study of a file or the shipped one of that name; raise InputError for its first fault.

    `methods`: those that the caller carries out.
    """
    text = os.fspath(name_or_path)
    study, faults = _load(STUDIES / f"{text}.toml" if text in study_names() else Path(text), text, methods)
    if faults:
        raise faults[0]
    return study


def check_study(name_or_path: str | os.PathLike[str]) -> list[InputError]:
    """Return the faults of a study file, none if it is sound."""
    try:
        text = os.fspath(name_or_path)
        return _load(STUDIES / f"{text}.toml" if text in study_names() else Path(text), text, METHODS)[1]
    except InputError as fault:
        return [fault]


def _load(path: Path, typed: str, methods: tuple[str, ...]) -> tuple[Study, list[InputError]]:
    try:
        document, spot = read_document(path)
    except InputError as fault:
        if fault.code != "file_missing":
            raise
        beside = f"{typed}.toml"
        is_beside = "\0" not in typed and Path(beside).is_file()
        near = beside if is_beside else nearest(path.name.removesuffix(".toml"), study_names())
        raise replace(fault, code="study_missing", near=near, values=(typed,)) from None
    known_keys(document, KEYS, spot)
    schema = required(document, "schema", spot)
    if isinstance(schema, bool) or schema != SCHEMA:
        raise spot.fault("bad_schema", "schema", schema, allowed=str(SCHEMA))
    name = _name(required(document, "name", spot), spot)
    method = _method(required(document, "method", spot), spot, methods)
    region = _region(document, spot)
    study = Study(
        name=name,
        label=read_label(document["label"], spot, "label")
        if "label" in document
        else {"zh": name, "en": name},
        about=read_label(document["about"], spot, "about") if "about" in document else {},
        method=method,
        scenarios=_scenarios(document, method, spot, path.parent),
        outcomes=(),
        factors=(),
        region=region.name,
        households=_whole(document, "households", 1, _most_households(region), spot),
        until=_until(document, spot),
        seed=_whole(document, "seed", 0, LARGEST_SEED, spot),
    )
    study = _sized(study, document, spot)
    study = replace(study, outcomes=_outcomes(document, region, study.until, spot))
    blocks = blocks_of(document, "factor", spot, MOST_FACTORS)
    if not blocks:
        raise spot.fault("no_factor", "factor", allowed="[[factor]]")
    factors, faults = read_factors(blocks, method, region, max(one.month for one in study.outcomes))
    study = replace(study, factors=tuple(factors))
    if not faults and study.runs > MOST_RUNS:
        raise spot.fault("too_many_runs", "factor", study.runs, allowed=f"1..{MOST_RUNS}")
    return study, sorted(faults, key=lambda fault: fault.line)


def _name(value: object, spot: Spot) -> str:
    """Return a study's name: it becomes a file's name, so it is plain."""
    try:
        return read_name(value, spot)
    except InputError as fault:
        raise (replace(fault, code="bad_study_name") if fault.code == "bad_name" else fault) from None


def _method(value: object, spot: Spot, methods: tuple[str, ...]) -> str:
    method = text_of(value, spot, "method")
    if method not in METHODS:
        raise spot.fault("bad_method", "method", method, among=METHODS)
    if method not in methods:
        code = "method_for_sweep" if method == GRID else "method_for_sensitivity"
        raise spot.fault(code, "method", method, allowed=", ".join(methods))
    return method


def _region(document: Mapping[str, object], spot: Spot) -> Region:
    from model.data.load import load_region, region_names

    name = text_of(document.get("region", USUAL["region"]), spot, "region")
    if name not in region_names():
        raise spot.fault("region", "region", name, among=region_names())
    return load_region(name)


def _most_households(region: Region) -> int:
    """Return the largest number of households that can be simulated: no more than there are."""
    return min(int(region.households.max(axis=0).sum()), MOST_HOUSEHOLDS)


def _whole(document: Mapping[str, object], key: str, least: int, most: int, spot: Spot) -> int:
    return whole_of(document.get(key, USUAL.get(key)), spot, key, least, most)


def _until(document: Mapping[str, object], spot: Spot) -> str:
    text = text_of(document.get("until", USUAL["until"]), spot, "until")
    try:
        month_index(text)
    except ValueError:
        year = text[:4] if text[:4].isdigit() and FIRST_YEAR <= int(text[:4]) <= LAST_YEAR else ""
        allowed, near = f"{FIRST_YEAR}-01..{LAST_YEAR}-12", f"{year}-12" if year else ""
        raise spot.fault("until", "until", text, allowed=allowed, near=near) from None
    return text


def _sized(study: Study, document: Mapping[str, object], spot: Spot) -> Study:
    """Return the study with samples or replicates, as its method wants them."""
    for key in document:
        if key in OF_METHOD and key not in SIZES[study.method]:
            allowed = ", ".join(SIZES[study.method])
            raise spot.fault("key_not_of_method", key, key, study.method, allowed=allowed)
    if study.method == GRID:
        return replace(
            study, replicates=whole_of(document.get("replicates", 1), spot, "replicates", 1, MOST_REPLICATES)
        )
    samples = read_samples(required(document, "samples", spot), study.method, spot)
    second, expected = (_yes(document, key, usual, spot) for key, usual in YES_OR_NO.items())
    return replace(study, samples=samples, second_order=second, expected=expected)


def _yes(document: Mapping[str, object], key: str, usual: bool, spot: Spot) -> bool:
    value = document.get(key, usual)
    if not isinstance(value, bool):
        raise spot.fault("wrong_type", key, value, allowed="true, false")
    return value


def read_samples(value: object, method: str, spot: Spot) -> int:
    """Return the size of a sample: trajectories of Morris, or Sobol's N, a power of two."""
    if method == MORRIS:
        return whole_of(value, spot, "samples", 2, MOST_TRAJECTORIES)
    samples = whole_of(value, spot, "samples", LEAST_SAMPLES, MOST_SAMPLES)
    if samples & (samples - 1):
        near = 1 << samples.bit_length() - 1
        allowed = ", ".join(str(1 << k) for k in range(2, MOST_SAMPLES.bit_length()))
        raise spot.fault("not_a_power", "samples", samples, allowed=allowed, near=str(near))
    return samples


def _scenarios(document: Mapping[str, object], method: str, spot: Spot, folder: Path) -> tuple[Scenario, ...]:
    """Return the scenarios of a study, by name or from files beside it."""
    texts = texts_of(required(document, "scenarios", spot), spot, "scenarios")
    if method != GRID and len(texts) > 1:
        raise spot.fault("one_scenario", "scenarios", len(texts), method, allowed="1")
    if len(texts) > MOST_SCENARIOS:
        raise spot.fault("too_many", "scenarios", len(texts), allowed=str(MOST_SCENARIOS))
    found: list[Scenario] = []
    for text in texts:
        one = _scenario(text, spot, folder)
        if one.name in (earlier.name for earlier in found):
            raise spot.fault("names_repeated", "scenarios", one.name)
        found.append(one)
    return tuple(found)


def _scenario(text: str, spot: Spot, folder: Path) -> Scenario:
    """Return a scenario; a fault inside its file is told of that file, one of its name of the study."""
    import scenarios

    is_path = text.endswith(".toml") or os.sep in text
    if "\0" in text:
        raise spot.fault("unknown_scenario", "scenarios", text, among=scenarios.names())
    try:
        return scenarios.load(folder / text if is_path else text, folder=folder)
    except InputError as fault:
        if fault.code not in ("unknown_scenario", "file_missing"):
            raise
        near = fault.near or nearest(Path(text).name.removesuffix(".toml"), scenarios.names())
        allowed = ", ".join((*scenarios.names(), "NAME.toml"))
        raise spot.fault("unknown_scenario", "scenarios", text, allowed=allowed, near=near) from None


def _outcomes(document: Mapping[str, object], region: Region, until: str, spot: Spot) -> tuple[Outcome, ...]:
    """Return what is asked of each run, nothing twice."""
    texts = texts_of(required(document, "outcomes", spot), spot, "outcomes")
    if len(texts) > MOST_OUTCOMES:
        raise spot.fault("too_many", "outcomes", len(texts), allowed=str(MOST_OUTCOMES))
    found: list[Outcome] = []
    for text in texts:
        outcome = read_outcome(text, region, until, spot)
        if outcome in found:
            raise spot.fault("outcome_twice", "outcomes", text)
        found.append(outcome)
    return tuple(found)
