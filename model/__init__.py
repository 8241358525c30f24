"""The province: households, firms and institutions of Shanxi deciding month by month, 2015-2030.

`simulate` and `RunResult` are loaded on first use, so that `import model` stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.compiled import use_cache_folder

if TYPE_CHECKING:
    from model.result import RunResult
    from model.run import simulate

use_cache_folder()

__all__ = ["RunResult", "simulate"]


def __getattr__(name: str) -> Any:
    if name == "simulate":
        from model.run import simulate

        return simulate
    if name == "RunResult":
        from model.result import RunResult

        return RunResult
    raise AttributeError(f"module 'model' has no attribute {name!r}")
