"""Words for what goes wrong with files and workers: a run folder, what the system says of a disk."""

from __future__ import annotations

import re

from app.wording.catalogue import mark, translator

FAULTS = frozenset(
    (
        mark("missing"),
        mark("unreadable"),
        mark("hash differs"),
        mark("outside the folder"),
        mark("not in the manifest"),
        mark("No space left on device"),
        mark("File too large"),
        mark("Disk quota exceeded"),
        mark("Permission denied"),
        mark("Read-only file system"),
        mark("Not a directory"),
        mark("File exists"),
        mark("Input/output error"),
        mark("No such file or directory"),
        mark("Is a directory"),
        mark("File name too long"),
        mark("Operation not permitted"),
        mark("Too many levels of symbolic links"),
        mark("Invalid argument"),
        mark("no worker process comes up"),
        mark("no worker is left"),
        mark("the workers run another version of this software"),
        mark("the workers do not write here"),
    )
)
_OTHER_FOLDER = re.compile(r"id (\w+) is not the folder's")


def fault_text(fault: str, lang: str) -> str:
    """Return a fault `WHERE: WHAT` in a language; a WHAT that is not known stays as it is."""
    say = translator(lang)
    where, colon, what = fault.rpartition(": ")
    colon = "：" if colon and lang == "zh" else colon
    if found := _OTHER_FOLDER.fullmatch(what):
        what = say("the folder bears another id than {id}").format(id=found[1])
    return f"{where}{colon}{say(what) if what in FAULTS else what}"
