"""Importing this module loads the model with every kernel: what a process does once, before its first run.

The server from which worker processes are forked imports it: they are ready as soon as they are there.
"""

from model import simulate
from scenarios import load

simulate(load("plan"), households=1)
