"""The names that notebooks use are there, and the packages stay light until one of them is used."""

import subprocess
import sys

import pytest

import experiments
from experiments import ensemble, paired, sampled_study

HEAVY = ("pandas", "numba", "mesa", "pyarrow", "typer")


def test_the_public_names_are_functions_even_after_their_modules_are_loaded():
    assert experiments.run_ensemble is ensemble.run_ensemble
    assert experiments.compare is paired.compare
    assert experiments.sensitivity is sampled_study.sensitivity
    assert {"compare", "run_ensemble", "sensitivity"} <= set(experiments.__all__)
    assert not hasattr(experiments, "unheard_of")


@pytest.mark.parametrize("package", ["model", "scenarios", "experiments"])
def test_importing_a_package_loads_nothing_heavy(package):
    text = f"import sys, {package}; print(*(set({HEAVY!r}) & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
