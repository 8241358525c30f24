"""Questions put to the model: scenarios under the same luck, side by side, their effects and what is kept.

`run_ensemble`, `compare`, `sensitivity` and `solve` are loaded on first use, so that `import experiments`
stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.ensemble import run_ensemble
    from experiments.paired import compare
    from experiments.sampled_study import sensitivity
    from experiments.solving import solve

__all__ = ["compare", "run_ensemble", "sensitivity", "solve"]


def __getattr__(name: str) -> Any:
    if name == "run_ensemble":
        from experiments.ensemble import run_ensemble

        return run_ensemble
    if name == "compare":
        from experiments.paired import compare

        return compare
    if name == "sensitivity":
        from experiments.sampled_study import sensitivity

        return sensitivity
    if name == "solve":
        from experiments.solving import solve

        return solve
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")
