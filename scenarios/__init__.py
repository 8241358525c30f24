"""Scenarios: the plan's text and measures, the shipped scenarios, and files of users that extend them."""

from scenarios.checking import waiting
from scenarios.comparing import diff
from scenarios.loading import check, load, names, restore
from scenarios.scenario import Scenario
from scenarios.settings import Variation, read_variation
from scenarios.writing import show

__all__ = [
    "Scenario",
    "Variation",
    "check",
    "diff",
    "load",
    "names",
    "read_variation",
    "restore",
    "show",
    "waiting",
]
