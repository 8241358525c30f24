"""Scenarios: the plan's text and measures, the shipped scenarios, and files of users that extend them."""

from scenarios.checking import waiting
from scenarios.loading import check, load, names
from scenarios.scenario import Scenario
from scenarios.writing import diff, show

__all__ = ["Scenario", "check", "diff", "load", "names", "show", "waiting"]
