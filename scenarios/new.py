"""Write a new scenario file: what it extends and what it changes, in words to read and to go on editing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from model.data.levers import levers
from model.errors import InputError
from scenarios.checking import SCHEMA, read_name
from scenarios.faults import Spot
from scenarios.loading import check_as, load, names
from scenarios.paths import paths
from scenarios.places import GROUP_NAMES
from scenarios.scenario import Change, Scenario
from scenarios.settings import read_assumptions
from scenarios.writing import change_lines, quoted

RANGE = {"en": "# {label}, {unit}, {low} to {high}", "zh": "# {label}，{unit}，{low} 至 {high}"}


def draft(
    name: str,
    parent: Scenario,
    settings: Sequence[str] = (),
    assumptions: Sequence[str] = (),
    label: tuple[str | None, str | None] = (None, None),
    *,
    extends: str = "",
    lang: str = "en",
    units: Mapping[str, str] | None = None,
) -> str:
    """Return the text of a scenario file that changes its parent as settings and assumptions say.

    `label`: in Chinese and in English; by default it says what is changed. `extends`: how the file names
    its parent (default: the parent's name). `lang` is the language of the comments, `units` unit -> words.
    Read back, the file makes the same policy as
    `parent.with_settings(settings).with_assumptions(assumptions)`. Raise InputError for a faulty text.
    """
    changed = parent.with_settings(settings).with_assumptions(assumptions)
    read_name(name, Spot())
    if name in names():
        raise Spot().fault("name_taken", "name", name)
    usual = {"zh": name, "en": name} if changed is parent else changed.label
    words = {key: label[k] or usual[key] for k, key in enumerate(("zh", "en"))}
    lines = [
        f"schema = {SCHEMA}",
        f"name = {quoted(name)}",
        f"label = {{ zh = {quoted(words['zh'])}, en = {quoted(words['en'])} }}",
        f"extends = {quoted(extends or parent.name)}",
    ]
    for change in changed.changes[len(parent.changes) :]:
        lines += ["", "[[change]]", *_commented(change, lang, units or {})]
    for one in read_assumptions(assumptions):
        lines += ["", "[[assume]]", f"key = {quoted(one.key)}", f"value = {quoted(one.text)}"]
    return "\n".join(lines) + "\n"


def _commented(change: Change, lang: str, units: Mapping[str, str]) -> list[str]:
    """Return the lines of a change under a comment with label, unit and range of its lever."""
    lever, path = levers()[change.lever], paths()[change.lever]
    unit = units.get(lever.unit, lever.unit)
    bounds = {"low": f"{path.low:g}", "high": f"{path.high:g}"}
    usual = ["places = "] * (change.places == ("all",)) + ["groups = "] * (change.groups == GROUP_NAMES)
    lines = (line for line in change_lines(replace(change, layer=0)) if not line.startswith(tuple(usual)))
    return [RANGE[lang].format(label=lever.label[lang], unit=unit, **bounds), *lines]


def parent_in(folder: Path, text: str) -> tuple[Scenario, str]:
    """Return the scenario a file of `folder` is to extend, and how it names it there.

    A shipped scenario by name or label, NAME or NAME.toml of the folder, or a path into the folder.
    """
    path = Path(text)
    if text.endswith(".toml") and path.parent.resolve() in (folder.resolve(), Path.cwd()):
        text = path.stem
    elif path.name != text:
        raise Spot().fault("bad_extends", "extends", text, allowed=", ".join((*names(), "NAME.toml")))
    parent = load(text, folder=folder)
    return parent, parent.name if not parent.chain else text


def write(folder: Path, name: str, text: str, *, force: bool = False) -> Path:
    """Write NAME.toml whole or not at all, after reading it back; return its path.

    Raise InputError if the file is there and `force` is not given, and for every fault of the text.
    """
    path = folder / f"{name}.toml"
    if not force and os.path.lexists(path):
        raise InputError("file_exists", str(path), allowed="--force")
    part = folder / f".{name}.toml.{os.getpid()}.part"
    try:
        part.write_bytes(text.encode("utf-8"))
        for fault in check_as(part, path):
            raise replace(fault, file=str(path) if fault.file == str(part) else fault.file)
        _put(part, path, force)
    finally:
        part.unlink(missing_ok=True)
    return path


def _put(part: Path, path: Path, force: bool) -> None:
    """Give a finished file its name; an existing one is replaced only by `force`."""
    if force:
        os.replace(part, path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise InputError("file_exists", str(path), allowed="--force") from None
    except OSError:  # a file system without links: the name is taken first, then the content moved in
        with path.open("xb"):
            pass
        os.replace(part, path)
