"""Faults of the command line itself (unknown option, command or value), told like every other bad input."""

from __future__ import annotations

import re
from typing import Any

import typer

from model.errors import InputError, nearest

ASKING_FOR_HELP = ("-h", "-?", "--h", "--hel")
CHANGES = ("--set", "--vary")
"""Options of `run` that people try on a comparison."""
_NO_COMMAND = re.compile(r"No such command '(?P<word>.*?)'\..*", re.DOTALL)
_EXTRA = re.compile(r"Got unexpected extra argument\S* \((?P<word>.*)\)", re.DOTALL)


def as_input_error(error: typer.TyperException) -> InputError:
    """Return the InputError that says what typer found wrong, with the nearest valid name."""
    context = getattr(error, "ctx", None)
    if (option := getattr(error, "option_name", None)) is not None:
        return _option(str(option), context, missing=not hasattr(error, "possibilities"))
    if (parameter := getattr(error, "param", None)) is not None:
        return InputError("argument_missing", field=str(parameter.name).upper())
    message = error.format_message()
    if found := _NO_COMMAND.fullmatch(message):
        known = list(getattr(getattr(context, "command", None), "commands", {}))
        word = found["word"]
        return InputError(
            "command_unknown", allowed=", ".join(known), near=nearest(word, known), values=(word,)
        )
    if found := _EXTRA.fullmatch(message):
        return InputError("argument_extra", values=(found["word"],))
    return InputError("usage", values=(message,))


def _option(option: str, context: Any, *, missing: bool) -> InputError:
    """Return the fault of an option that does not exist or came without its value."""
    if missing:
        return InputError("option_without_value", field=option)
    if option in CHANGES and context.info_name == "compare":
        return InputError("set_elsewhere", field=option)
    known = [name for entry in context.command.params for name in entry.opts if name.startswith("-")]
    known = sorted({*known, "--help"})
    return InputError(
        "option_unknown",
        field=option,
        allowed=" ".join(known),
        near="--help" if option in ASKING_FOR_HELP else nearest(option, known),
    )
