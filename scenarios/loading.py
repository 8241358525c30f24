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
from scenarios.reading import read_document
from scenarios.scenario import Assumption, Scenario
from scenarios.settings import assumed_twice, read_assumption

LIBRARY = Path(__file__).parent / "library"
SHIPPED_ORDER = ("no_plan", "current", "plan")
LONGEST_CHAIN = 16
KEYS = ("schema", "name", "label", "about", "extends", "calendar", "without", "change", "assume")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def names() -> tuple[str, ...]:
    """Return the shipped scenarios, the three of the main comparison first."""
    found = {path.stem for path in LIBRARY.glob("*.toml")}
    return tuple(name for name in SHIPPED_ORDER if name in found) + tuple(sorted(found - set(SHIPPED_ORDER)))


def load(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Return a scenario by the name of a shipped one or the path of a file; raise InputError for a fault."""
    scenario, faults = _find(name_or_path)
    if faults:
        raise faults[0]
    return scenario


def check(path: str | os.PathLike[str]) -> list[InputError]:
    """Return the faults of a scenario file, none if it is sound."""
    text = os.fspath(path)
    try:
        return (_find(path) if text in names() else _load_file(Path(text), ()))[1]
    except InputError as fault:
        return [replace(fault, near=fault.near or _meant(text)) if fault.code == "file_missing" else fault]


def _find(name_or_path: str | os.PathLike[str]) -> tuple[Scenario, list[InputError]]:
    text = os.fspath(name_or_path)
    if text in names():
        return shipped(text), []
    if isinstance(name_or_path, str) and not text.endswith(".toml") and not {"/", os.sep} & set(text):
        raise Spot().fault("unknown_scenario", "scenario", text, among=names(), near=_meant(text))
    try:
        return _load_file(Path(text), ())
    except InputError as fault:
        raise (replace(fault, near=_meant(text)) if fault.code == "file_missing" else fault) from None


def _meant(text: str) -> str:
    """Return a file NAME.toml that is there, or the shipped scenario of that name or label, else empty."""
    if "\0" not in text and Path(f"{text}.toml").is_file():
        return f"{text}.toml"
    labels = {label: name for name in names() for label in (name, *shipped(name).label.values())}
    return labels.get(Path(text).name, "") or labels.get(nearest(text, labels), "")


@cache
def shipped(name: str) -> Scenario:
    """Return a shipped scenario."""
    scenario, faults = _load_file(LIBRARY / f"{name}.toml", ())
    if faults:
        raise faults[0]
    return scenario


def _load_file(path: Path, chain: tuple[Path, ...]) -> tuple[Scenario, list[InputError]]:
    document, spot = read_document(path)
    chain = (*chain, path)
    is_shipped = path.parent == LIBRARY
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
    if name in names():
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
    return _with_blocks(child, document, spot)


def _with_blocks(
    child: Scenario, document: Mapping[str, object], spot: Spot
) -> tuple[Scenario, list[InputError]]:
    """Return a scenario with the changes and assumptions of its own file, and the faults among them."""
    faults: list[InputError] = []
    layer = child.next_layer
    changes = collect(
        blocks_of(document, "change", spot), lambda block, at: read_change(block, at, layer), faults
    )
    faults += meeting(changes)
    assumed = collect(blocks_of(document, "assume", spot), _read_assume, faults)
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
        beside = [one.stem for one in path.parent.glob("*.toml") if one != path]
        raise spot.fault("unknown_parent", "extends", name, among=[*names(), *beside[:50]])
    parent, faults = _load_file(file, chain)
    if faults:
        raise faults[0]
    return parent
