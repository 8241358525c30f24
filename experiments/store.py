"""The run folder: results of one run under the hash of their inputs, whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from experiments.store_files import (
    canonical,
    cpu,
    flush_folder,
    library_version,
    pretty,
    sha,
    write,
    write_parquet,
)

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 2
ID_LENGTH = 12
PACKAGES = ("model", "scenarios", "experiments", "calibration")
SUFFIXES = (".py", ".csv", ".toml", ".txt")
LIBRARIES = ("jinlv", "numpy", "numba", "pandas", "pyarrow", "mesa", "scipy")
MANIFEST = "manifest.json"
SUMMARY = "summary.json"
WRITING = ".writing-"
_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")


class StoreError(Exception):
    """A run folder could not be written or read."""


@dataclass(frozen=True)
class Inputs:
    """All that a result depends on: resolved scenarios (name, TOML) in their order and options (JSON values).

    The order counts: the first scenario is the base of comparisons, the last one tells luck from parameters.
    Raise ValueError if a name comes twice: names are those of files and of columns.
    """

    scenarios: tuple[tuple[str, str], ...]
    options: Mapping[str, Any]

    def __post_init__(self) -> None:
        if len(dict(self.scenarios)) < len(self.scenarios):
            raise ValueError("two scenarios bear one name")

    def document(self) -> dict[str, Any]:
        """Return the inputs as they stand in the manifest, with the hash of the packages' files."""
        texts = [{"name": name, "sha256": sha(text.encode())} for name, text in self.scenarios]
        return {"scenarios": texts, "options": dict(self.options), "packages": packages_hash()}

    @property
    def id(self) -> str:
        """Return the first 12 hexadecimal digits of the hash of the inputs: the name of the run folder."""
        return id_of(self.document())


def id_of(document: Mapping[str, Any]) -> str:
    """Return the id of the inputs of a manifest."""
    return sha(canonical(document))[:ID_LENGTH]


@cache
def packages_hash(packages: tuple[str, ...] = PACKAGES) -> str:
    """Return one hash over code and tables of the packages that results depend on."""
    root = Path(__file__).resolve().parent.parent
    paths = [path for name in packages for path in (root / name).rglob("*") if path.suffix in SUFFIXES]
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.relative_to(root).as_posix()):
        digest.update(f"{path.relative_to(root).as_posix()}\0{sha(path.read_bytes())}\n".encode())
    return digest.hexdigest()


def check_writable(out: Path) -> None:
    """Make the store's folder; raise StoreError, before the work, if nothing can be written there."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / f"{WRITING}probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise StoreError(f"{out}: {error.strerror or error}") from error


def save(
    out: Path,
    inputs: Inputs,
    tables: Mapping[str, pd.DataFrame],
    summary: Mapping[str, Any],
    copied: Mapping[str, Path] | None = None,
) -> Path:
    """Write a run folder and return it; a whole folder of the same id is kept as it is.

    `copied`: name in the folder -> file whose bytes it takes over.
    Files go into a temporary sibling, are flushed to the disk and appear together by one rename: a full disk
    or a kill leaves nothing under the final name. Raise StoreError naming what stopped it.
    """
    final = out / inputs.id
    check_writable(out)
    _sweep(out)
    work = out / f"{WRITING}{inputs.id}-{socket.gethostname()}-{os.getpid()}-{_born(os.getpid())}"
    try:
        (work / "scenarios").mkdir(parents=True)
        for name, text in inputs.scenarios:
            write(work / "scenarios" / f"{name}.toml", text.encode())
        for name, frame in tables.items():
            write_parquet(work / f"{name}.parquet", frame)
        for name, path in (copied or {}).items():
            (work / name).parent.mkdir(exist_ok=True)
            write(work / name, path.read_bytes())
        write(work / SUMMARY, pretty(summary))
        write(work / MANIFEST, pretty(_manifest(work, inputs)))
        for inner in (path for path in work.iterdir() if path.is_dir()):
            flush_folder(inner)
        flush_folder(work)
        _publish(work, final)
        flush_folder(out)
    except OSError as error:
        raise StoreError(f"{final}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return final


def find(out: Path, inputs: Inputs) -> Path | None:
    """Return the whole run folder of these inputs, or None; a damaged one is set aside under another name."""
    folder = out / inputs.id
    if not folder.is_dir():
        return None
    if not verify(folder):
        return folder
    _set_aside(folder)
    return None


def read_summary(folder: Path) -> dict[str, Any]:
    """Return the summary of a run folder after checking hashes; raise StoreError naming the first fault."""
    if faults := verify(folder):
        raise StoreError(f"{folder}: {faults[0]}")
    summary: dict[str, Any] = json.loads((folder / SUMMARY).read_bytes())
    return summary


def verify(folder: Path) -> tuple[str, ...]:
    """Return what is wrong with a run folder, one text a file (`NAME: missing`); empty when it is whole."""
    try:
        raw = (folder / MANIFEST).read_bytes()
    except OSError:
        return (f"{MANIFEST}: missing",)
    try:
        manifest = json.loads(raw)
        listed: Mapping[str, str] = manifest["files"]
        whole = pretty(manifest) == raw and manifest["sha256"] == self_hash(manifest)
        whole = whole and manifest["id"] == id_of(manifest["inputs"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (f"{MANIFEST}: unreadable",)
    if not whole:
        return (f"{MANIFEST}: hash differs",)
    faults = [fault for name, digest in listed.items() if (fault := _fault(folder, name, digest))]
    if _ID.fullmatch(folder.resolve().name) and folder.resolve().name != manifest["id"]:
        faults.append(f"{MANIFEST}: id {manifest['id']} is not the folder's")
    return tuple(faults)


def unlisted(folder: Path) -> tuple[str, ...]:
    """Return what lies in a run folder and is not of the run, one text a file; empty without a manifest.

    Such a file harms no reading by name: the folder is whole, but not as it was written.
    """
    try:
        listed = {MANIFEST, *json.loads((folder / MANIFEST).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    return tuple(f"{name}: not in the manifest" for name in sorted(found - listed))


def _fault(folder: Path, name: str, digest: str) -> str:
    """Return what is wrong with one file of a manifest, or an empty text."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        return f"{name}: outside the folder"
    try:
        found = sha((folder / path).read_bytes())
    except FileNotFoundError:
        return f"{name}: missing"
    except OSError as error:
        return f"{name}: {error.strerror or error}"
    return "" if found == digest else f"{name}: hash differs"


def _manifest(work: Path, inputs: Inputs) -> dict[str, Any]:
    """Return the manifest of the files written so far."""
    files = sorted(path for path in work.rglob("*") if path.is_file())
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "id": inputs.id,
        "inputs": inputs.document(),
        "files": {path.relative_to(work).as_posix(): sha(path.read_bytes()) for path in files},
        "versions": versions(),
        "machine": machine(),
    }
    return {**manifest, "sha256": self_hash(manifest)}


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that results may depend on."""
    return {"python": platform.python_version(), **{name: library_version(name) for name in LIBRARIES}}


def machine() -> dict[str, str]:
    """Return processor, system and architecture."""
    return {"cpu": cpu(), "system": platform.system(), "architecture": platform.machine()}


def self_hash(manifest: Mapping[str, Any]) -> str:
    """Return the hash of a manifest without its own hash."""
    return sha(canonical({key: value for key, value in manifest.items() if key != "sha256"}))


def _publish(work: Path, final: Path) -> None:
    """Rename the finished folder to its final name; a whole folder that is already there stays."""
    try:
        os.replace(work, final)
    except OSError:
        if not final.is_dir():
            raise
        if not verify(final):
            return
        _set_aside(final)
        os.replace(work, final)


def _set_aside(folder: Path) -> None:
    """Rename a damaged run folder to a free name beside it, so that nothing is lost or misread."""
    number = 1
    while (aside := folder.with_name(f"{folder.name}.damaged-{number}")).exists():
        number += 1
    folder.rename(aside)


def _sweep(out: Path) -> None:
    """Remove temporary folders whose process on this machine is dead, of whatever run."""
    ours = re.compile(rf"{re.escape(WRITING)}[0-9a-f]+-{re.escape(socket.gethostname())}-(\d+)-(\d*)")
    for leftover in out.glob(f"{WRITING}*"):
        if (found := ours.fullmatch(leftover.name)) and not _alive(int(found[1]), found[2]):
            shutil.rmtree(leftover, ignore_errors=True)


def _alive(pid: int, born: str) -> bool:
    """Return whether the process with this number that was born then still runs on this machine.

    Numbers come again, after some ten thousand processes on a usual machine: a later process is another one.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return _born(pid) in (born, "")


def _born(pid: int) -> str:
    """Return when a process was born, in ticks since the machine started.

    `dead` if it has ended and nobody asked how; empty where a system does not tell.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    fields = status.rpartition(")")[2].split()
    return "dead" if fields[0] in "ZX" else fields[19]
