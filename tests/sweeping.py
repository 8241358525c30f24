"""A small sweep and pieces of work for tests of workers: what worker processes import by name."""

import os
import time
from pathlib import Path

STUDY = """schema = 1
name = "subsidy-grid"
label = { zh = "购车补贴网格", en = "Subsidy grid" }
method = "grid"
scenarios = ["no_plan", "plan"]
households = 400
until = "2023-12"
replicates = 2
outcomes = ["nev_stock@2023", "electricity_bill@2023@all@q1"]
[[factor]]
lever = "nev_purchase_subsidy"
from = "2022-07"
to = "2023-12"
values = [0, 8000]
[[factor]]
parameter = "car_km_income_elasticity"
values = [0.1, 0.3, 0.2]
"""
POISON, BAD = 5, 7


def tree(folder):
    """Return the bytes of every file of a folder of results."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def squared(number):
    """Return a square; one number is an error."""
    if number == BAD:
        raise ValueError("no seven")
    return number * number


def squared_or_dead(number):
    """Return a square; one number is an error, one ends the process."""
    if number == POISON:
        os._exit(9)
    return squared(number)


def told_pid(folder):
    """Wait a little, leaving a note of who does so."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(0.3)
    return os.getpid()
