"""How the loops over columns and the rules inside them are compiled; nothing else calls the compiler.

Loops and rules divide by zero as numpy does. This is said of every one: numba compiles a rule for the first
who calls it and, left to itself, takes from that caller whether such a division is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import njit


def kernel[Loop: Callable[..., object]](loop: Loop) -> Loop:
    """Return the compiled form of a loop that allocates nothing and keeps no array beyond the call.

    Hence the counting of references is left out (`_nrt`): with some forty columns handed to every kernel it
    costs several times the work itself. Numba refuses to compile a loop that allocates under this setting.
    """
    compiled: Any = njit
    return cast(Loop, compiled(nogil=True, cache=True, error_model="numpy", _nrt=False)(loop))


def inlined[Rule: Callable[..., object]](rule: Rule) -> Rule:
    """Return the compiled form of a rule: its machine code is put into its callers."""
    compiled: Any = njit
    return cast(Rule, compiled(forceinline=True, error_model="numpy")(rule))


def spliced[Rule: Callable[..., object]](rule: Rule) -> Rule:
    """Return the compiled form of a short rule: it is put into its callers before their types are found."""
    compiled: Any = njit
    return cast(Rule, compiled(inline="always", error_model="numpy")(rule))


def plain[Rule: Callable[..., object]](rule: Rule) -> Rule:
    """Return the Python function that a loop or rule was compiled from, for single calls."""
    compiled: Any = rule
    return cast(Rule, compiled.py_func)
