"""Find scenarios by name or path, follow what they extend, and check them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from model.errors import InputError, nearest
from scenarios.checking import (
    HIGHEST_LAYER,
    MOST_CHANGES,
    MOST_RESOLVED,
    SCHEMA,
    blocks_of,
    collect,
    meeting,
    read_base,
    read_calendar,
    read_change,
    read_label,
    read_name,
    read_without,
)
from scenarios.faults import Spot, shown
from scenarios.fields import known_keys, required, table_of, text_of
from scenarios.reading import LARGEST_FILE, LARGEST_RESOLVED, read_document
from scenarios.scenario import Assumption, Scenario
from scenarios.settings import assumed_twice, read_assumption

LIBRARY = Path(__file__).parent / "library"
SHIPPED_ORDER = ("no_plan", "current", "plan")
LONGEST_CHAIN = 16
MOST_BESIDE = 50
KEYS = ("schema", "name", "label", "about", "extends", "calendar", "without", "change", "assume")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def names() -> tuple[str, ...]:
    """Return the shipped scenarios, the three of the main comparison first."""
    found = {path.stem for path in LIBRARY.glob("*.toml")}
    return tuple(name for name in SHIPPED_ORDER if name in found) + tuple(sorted(found - set(SHIPPED_ORDER)))


def load(name_or_path: str | os.PathLike[str], *, folder: Path | None = None) -> Scenario:
    """Return a scenario by the name or label of a shipped one or the path of a file.

    With `folder`, NAME also means the file NAME.toml there. Raise InputError for a fault.
    """
    scenario, faults = _find(name_or_path, folder)
    if faults:
        raise faults[0]
    return scenario


def check(path: str | os.PathLike[str], *, folder: Path | None = None) -> list[InputError]:
    """Return the faults of a scenario file, none if it is sound; `folder` as for `load`."""
    text = os.fspath(path)
    try:
        return (_named(text, folder) or _load_file(Path(text), ()))[1]
    except InputError as fault:
        return [replace(fault, near=fault.near or _meant(text)) if fault.code == "file_missing" else fault]


def check_as(part: Path, path: Path) -> list[InputError]:
    """Return the faults of a file that is going to be renamed to `path`, which it may not extend."""
    try:
        return _load_file(part, (path,))[1]
    except InputError as fault:
        return [fault]


def restore(path: Path) -> Scenario:
    """Return a scenario that `to_toml` wrote, as into a run folder; raise InputError for a fault.

    Unlike a file of a user it may bear the name of a shipped scenario and hold a base, and it may be as
    large as all the files it was made from.
    """
    scenario, faults = _load_file(path, (), resolved=True)
    if faults:
        raise faults[0]
    return scenario


def _find(name_or_path: str | os.PathLike[str], folder: Path | None) -> tuple[Scenario, list[InputError]]:
    text = os.fspath(name_or_path)
    found = _named(text, folder)
    if found is not None:
        return found
    looks_a_file = text.endswith(".toml") or {"/", os.sep} & set(text) or text in (".", "..")
    if isinstance(name_or_path, str) and not looks_a_file:
        beside = _beside(folder) if folder is not None else []
        raise Spot().fault("unknown_scenario", "scenario", text, among=[*names(), *beside], near=_meant(text))
    try:
        return _load_file(Path(text), ())
    except InputError as fault:
        raise (replace(fault, near=_meant(text)) if fault.code == "file_missing" else fault) from None


def _named(text: str, folder: Path | None) -> tuple[Scenario, list[InputError]] | None:
    """Return the scenario of a name: a shipped one, by its label too, or NAME.toml of the folder."""
    if (name := _labels().get(text)) is not None:
        return shipped(name), []
    if folder is not None and _FILE.fullmatch(text) and os.path.lexists(folder / f"{text}.toml"):
        return _load_file(folder / f"{text}.toml", ())
    return None


def _beside(folder: Path, but: Path | None = None) -> list[str]:
    """Return the names of the scenario files of a folder, the first of them."""
    return sorted(one.stem for one in folder.glob("*.toml") if one != but)[:MOST_BESIDE]


def _meant(text: str) -> str:
    """Return a file NAME.toml that is there, or the shipped scenario of that name or label, else empty."""
    if "\0" not in text and Path(f"{text}.toml").is_file():
        return f"{text}.toml"
    last = Path(text).name.removesuffix(".toml")
    return _labels().get(last, "") or _labels().get(nearest(text, _labels()), "")


@cache
def _labels() -> Mapping[str, str]:
    """Return name, or label in either language -> name of the shipped scenarios."""
    return {label: name for name in names() for label in (name, *shipped(name).label.values())}


@cache
def shipped(name: str) -> Scenario:
    """Return a shipped scenario."""
    scenario, faults = _load_file(LIBRARY / f"{name}.toml", ())
    if faults:
        raise faults[0]
    return scenario


def _load_file(
    path: Path, chain: tuple[Path, ...], resolved: bool = False
) -> tuple[Scenario, list[InputError]]:
    document, spot = read_document(path, LARGEST_RESOLVED if resolved else LARGEST_FILE)
    chain = (*chain, path)
    is_shipped = path.parent == LIBRARY or (resolved and "base" in document)
    known_keys(document, (*KEYS, "base") if is_shipped else KEYS, spot)
    schema = required(document, "schema", spot)
    if schema is True or schema != SCHEMA:
        raise spot.fault("bad_schema", "schema", schema, allowed=str(SCHEMA))
    name = read_name(required(document, "name", spot), spot)
    label = read_label(document["label"], spot, "label") if "label" in document else {"zh": name, "en": name}
    about = read_label(document["about"], spot, "about") if "about" in document else {}
    if is_shipped:
        base = read_base(required(document, "base", spot), spot)
        return Scenario(name, label, base, about, calendar=read_calendar(document, "announced", spot)), []
    if name in names() and not resolved:
        raise spot.fault("name_taken", "name", name)
    parent = _parent(required(document, "extends", spot), spot, path, chain)
    without = read_without(document.get("without", []), parent.base, spot)
    child = replace(
        parent,
        name=name,
        label=label,
        about=about,
        chain=(*parent.chain, parent.name),
        without_articles=tuple(sorted({*parent.without_articles, *without})),
        calendar=read_calendar(document, parent.calendar, spot),
    )
    return _with_blocks(child, document, spot, resolved)


def _with_blocks(
    child: Scenario, document: Mapping[str, object], spot: Spot, resolved: bool
) -> tuple[Scenario, list[InputError]]:
    """Return a scenario with the changes and assumptions of its own file, and the faults among them."""
    faults: list[InputError] = []
    layer = child.next_layer
    most = MOST_RESOLVED if resolved else MOST_CHANGES
    highest = MOST_RESOLVED if resolved else HIGHEST_LAYER
    changes = collect(
        blocks_of(document, "change", spot, most),
        lambda block, at: read_change(block, at, layer, highest),
        faults,
    )
    faults += meeting(changes)
    assumed = collect(blocks_of(document, "assume", spot, most), _read_assume, faults)
    faults += assumed_twice(assumed)
    keys = {one.key for one, _ in assumed}
    kept = tuple(old for old in child.assumptions if old.key not in keys)
    child = replace(
        child,
        changes=(*child.changes, *(change for change, _ in changes)),
        assumptions=(*kept, *(one for one, _ in assumed)),
    )
    return child, sorted(faults, key=lambda fault: fault.line)


def _read_assume(value: object, spot: Spot) -> Assumption:
    block = table_of(value, spot, "assume")
    known_keys(block, ("key", "value", "note"), spot)
    key = text_of(required(block, "key", spot), spot, "key")
    given = required(block, "value", spot)
    text = f"{given:.15g}" if isinstance(given, float) else given
    if isinstance(given, int) and not isinstance(given, bool):
        text = shown(given)
    note = text_of(block.get("note", ""), spot, "note")
    return read_assumption(key, text_of(text, spot, "value").strip(), spot, note)


def _parent(value: object, spot: Spot, path: Path, chain: tuple[Path, ...]) -> Scenario:
    """Return the scenario a file extends: a shipped one, or a file in the same folder."""
    name = text_of(value, spot, "extends")
    if name in names():
        return shipped(name)
    if not _FILE.fullmatch(name):
        raise spot.fault("bad_extends", "extends", name, allowed=", ".join((*names(), "NAME.toml")))
    file = path.parent / (name if name.endswith(".toml") else f"{name}.toml")
    if file.name in {one.name for one in chain}:
        raise spot.fault("circular_extends", "extends", name)
    if len(chain) >= LONGEST_CHAIN:
        raise spot.fault("chain_too_long", "extends", name, allowed=str(LONGEST_CHAIN))
    if not file.exists():
        among = [*names(), *_beside(path.parent, path)]
        raise spot.fault("unknown_parent", "extends", name, among=among)
    parent, faults = _load_file(file, chain)
    if faults:
        raise faults[0]
    return parent
