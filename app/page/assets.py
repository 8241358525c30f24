"""What the page carries along: the drawing library and the figures, packed as text that a browser unpacks."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).parent / "vendor"
VERSION = "4.1.1"
"""Version of plotly.js in the vendored bundle: scatter, bar and pie charts only (MIT, LICENSE.plotly)."""
BUNDLE = f"plotly-basic-{VERSION}.min.js.gz"
SHA256 = "f313efa663f6eabdb4629d17b4c484bcecc922a2dc79055a64417eee1e042546"
"""Of the packed bundle."""


def fitting() -> bool:
    """Return whether the vendored bundle is there, whole and of the version of plotly here."""
    from plotly.offline import get_plotlyjs_version

    path = VENDOR / BUNDLE
    whole = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == SHA256
    return whole and bool(get_plotlyjs_version() == VERSION)


@cache
def library() -> str:
    """Return the packed drawing library: the vendored bundle, else the larger one of the installed plotly."""
    if fitting():
        return base64.b64encode((VENDOR / BUNDLE).read_bytes()).decode()
    from plotly.offline import get_plotlyjs

    return packed(get_plotlyjs())


def packed(text: str) -> str:
    """Return a text packed with gzip and written in base64; the same text always gives the same."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def figures(drawn: Sequence[Mapping[str, Any]]) -> str:
    """Return figures (language -> figure) packed as one list."""
    return packed(json.dumps(list(drawn), ensure_ascii=False, allow_nan=False, separators=(",", ":")))
