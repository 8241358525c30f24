"""The floors of the house: imports run one way, nothing shadows a name, makes its own dice or runs text."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("model", "scenarios", "experiments", "calibration", "app")
INNER = {
    "errors": 0,
    "data": 1,
    "population": 2,
    "behaviour": 3,
    "domains": 4,
    "markets": 5,
    "institutions": 5,
    "indicators": 5,
    "compiled": -1,
    "kernels": -2,
    "held": -1,
    "abreast": -1,
    "start": 6,
    "outset": 6,
    "society": 7,
    "incentives": 7,
    "furnishing": 8,
    "home_incentives": 8,
    "metering": 8,
    "homes": 9,
    "depots": 7,
    "traffic": 8,
    "journeys": 8,
    "payments": 9,
    "reasons": 9,
    "province": 10,
    "state": 11,
    "result": 12,
    "run": 13,
}
LEAVES = ("model.institutions.policy", "model.behaviour.draws")
"""Free for all floors: the policy type and the keyed draws import nothing of the model but `kernels`."""
NUMPY = ("np", "numpy")
DICE_ALLOWED = ("model/data/parameters.py", "calibration/")
FORBIDDEN_MODULES = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "yaml"}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}
SOURCES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree):
    """Return the dotted names a file imports, with those under TYPE_CHECKING and inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def upward(path, tree):
    """Return the imports of a file that climb to a higher floor."""
    floor = FLOORS.index(name_of(path).split("/")[0])
    for name, line in imported(tree):
        top = name.split(".")[0]
        if top in FLOORS and FLOORS.index(top) > floor:
            yield f"{name_of(path)}:{line}: {name}"


def upward_inside_model(path, tree):
    """Return the imports of a file of the model that climb or cross to a neighbour floor."""
    parts = path.relative_to(ROOT / "model").with_suffix("").parts
    own = parts[0]
    if own == "__init__":
        return
    for name, line in imported(tree):
        target = name.split(".")
        if target[0] != "model" or len(target) < 2 or target[1] not in INNER or target[1] == own:
            continue
        if any(name == leaf or name.startswith(f"{leaf}.") for leaf in LEAVES):
            continue
        if INNER[target[1]] >= INNER[own]:
            yield f"{name_of(path)}:{line}: {name}"


def test_every_module_of_the_model_has_a_floor():
    found = {path.stem for path in (ROOT / "model").iterdir() if path.is_dir() or path.suffix == ".py"}
    assert found - {"__init__", "__pycache__"} <= set(INNER)


def test_imports_run_down_the_floors():
    assert [fault for path in SOURCES for fault in upward(path, tree_of(path))] == []


def test_imports_inside_the_model_run_down():
    inside = [path for path in SOURCES if name_of(path).startswith("model/")]
    assert [fault for path in inside for fault in upward_inside_model(path, tree_of(path))] == []


@pytest.mark.parametrize("leaf", LEAVES)
def test_leaves_import_nothing_of_the_model(leaf):
    path = ROOT / f"{leaf.replace('.', '/')}.py"
    inside = {name for name, _ in imported(tree_of(path)) if name.split(".")[0] in FLOORS}
    assert {name for name in inside if not name.startswith("model.kernels")} == set()


def test_only_kernels_calls_the_compiler():
    """So that no loop or rule is left whose faults depend on who calls it first."""
    callers = {
        name_of(path) for path in SOURCES for name, _ in imported(tree_of(path)) if name == "numba.njit"
    }
    assert callers == {"model/kernels.py"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("model/data/x.py", "import scenarios"),
        ("scenarios/x.py", "from experiments.store import save"),
        ("calibration/x.py", "def f():\n    from app.cli import main"),
    ],
)
def test_a_climbing_import_is_seen(file, text):
    assert list(upward(ROOT / file, ast.parse(text)))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("model/data/x.py", "from model.population.columns import Households"),
        ("model/markets/x.py", "from model.institutions.treasury import Treasury"),
        ("model/behaviour/x.py", "import model.domains"),
        ("model/domains/x.py", "from model import province"),
    ],
)
def test_a_climbing_import_inside_the_model_is_seen(file, text):
    assert list(upward_inside_model(ROOT / file, ast.parse(text)))


def test_no_file_shadows_a_package_or_the_standard_library():
    taken = {
        *FLOORS,
        *sys.stdlib_module_names,
        "mesa",
        "numpy",
        "numba",
        "pandas",
        "plotly",
        "streamlit",
        "rich",
    }
    taken |= {"typer", "scipy", "pydantic", "tests", "babel", "networkx", "tomlkit", "SALib", "pyarrow"}
    files = (path for floor in ("app", "experiments", "calibration") for path in (ROOT / floor).iterdir())
    names = {path.stem for path in files if path.name != "__init__.py" and path.suffix in ("", ".py")}
    assert names & taken == set()


def test_tests_are_flat_and_no_package():
    assert not (ROOT / "tests" / "__init__.py").exists()
    assert [p for p in (ROOT / "tests").rglob("test_*.py") if p.parent != ROOT / "tests"] == []


def dice(tree):
    """Return the lines on which a file reaches for a random generator of Python or NumPy."""
    for name, line in imported(tree):
        if name.split(".")[0] in ("random", "secrets") or name.startswith("numpy.random"):
            yield line
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "random" and ast.unparse(node.value) in NUMPY:
            yield node.lineno


def test_nothing_makes_its_own_dice():
    others = [path for path in SOURCES if not name_of(path).startswith(DICE_ALLOWED)]
    assert [f"{name_of(path)}:{line}" for path in others for line in dice(tree_of(path))] == []


@pytest.mark.parametrize(
    "text", ["import random", "from numpy.random import default_rng", "x = np.random.rand()"]
)
def test_dice_are_seen(text):
    assert list(dice(ast.parse(text)))


def dangers(tree):
    """Return the lines on which a file could run what a file or a user says."""
    for name, line in imported(tree):
        if name.split(".")[0] in FORBIDDEN_MODULES or name.startswith("multiprocessing.Pool"):
            yield line
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                yield node.lineno
            unsafe = (word for word in node.keywords if word.arg in ("allow_pickle", "unsafe_allow_html"))
            yield from (node.lineno for word in unsafe if getattr(word.value, "value", True))


def test_nothing_runs_text_or_pickles():
    assert [f"{name_of(path)}:{line}" for path in SOURCES for line in dangers(tree_of(path))] == []


@pytest.mark.parametrize("text", ["import pickle", "eval('1')", "np.load(f, allow_pickle=True)"])
def test_dangers_are_seen(text):
    assert list(dangers(ast.parse(text)))


def test_every_file_opens_with_a_sentence_on_what_it_is_about():
    silent = [
        name_of(path) for path in SOURCES if path.stat().st_size and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []
