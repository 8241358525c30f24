"""Where compiled kernels are kept: a folder named by the code they come from.

Numba looks only at the file of a kernel to decide whether its stored machine code is still good, not at the
files of the functions inlined into it. A folder for each state of the package makes stale code impossible.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def cache_folder() -> Path:
    """Return the folder for kernels of the code as it stands; JINLV_CACHE or the user's cache folder is
    its parent."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    home = os.environ.get("JINLV_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "jinlv" / digest.hexdigest()[:16]


def use_cache_folder() -> None:
    """Point numba at the folder, unless the user has chosen one with NUMBA_CACHE_DIR."""
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())
    if "numba" in sys.modules:  # it read its settings before we came
        sys.modules["numba"].config.reload_config()
