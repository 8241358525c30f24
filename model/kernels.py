"""How the loops over columns are compiled: one decorator for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit


def kernel[Loop: Callable[..., object]](loop: Loop) -> Loop:
    """Return the compiled form of a loop that allocates nothing and keeps no array beyond the call.

    Hence the counting of references is left out (`_nrt`): with some forty columns handed to every kernel it
    costs several times the work itself. Numba refuses to compile a loop that allocates under this setting. A
    division by zero gives what numpy gives.
    """
    compiled: Any = njit
    return cast(Loop, compiled(nogil=True, cache=True, error_model="numpy", _nrt=False)(loop))
