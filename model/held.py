"""Tuples of arrays that stay where they are for a run, handed to kernels by one address.

A kernel that takes a tuple reads every array of it from Python at each call, near half a microsecond each:
with some forty columns that is many times the work of a small run. A held tuple is read once; from then on
kernels load it from memory. Its arrays may be written, none may be replaced.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any, cast

import numpy as np
from numba import extending, typeof, types
from numba.core.datamodel.models import TupleModel

from model.kernels import kernel

WORDS = 24
"""Most words of one field: more than those of an array of nine dimensions."""


numba_types: Any = typeof
extend: Any = extending


_CLASSES: dict[Any, type[Held]] = {}


class HeldType(types.NamedTuple):
    """The type of a held tuple: to the body of a kernel a tuple like any other."""


class Held(tuple[int]):
    """The address of what is held; names lead to the tuple itself."""

    _fields = ("address",)
    held_type: HeldType
    values: Any
    memory: Any

    def __getattr__(self, name: str) -> Any:
        """Return a field or method of the tuple that is held."""
        if name in ("values", "memory"):
            raise AttributeError(name)
        return getattr(self.values, name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep what kernels have read: no field is replaced."""
        if name not in ("values", "memory"):
            raise AttributeError(f"{name} of a held tuple cannot be replaced")
        object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Hold a copy at an address of its own."""
        return hold, (self.values,)

    def _asdict(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.values._asdict())

    def _replace(self, **changed: Any) -> Any:
        return self.values._replace(**changed)


def hold[Fields: tuple[Any, ...]](values: Fields) -> Fields:
    """Return a named tuple of arrays and numbers in the form that kernels load from memory.

    To Python and to kernels it is what it holds, under the same names; iterate over `_asdict()`.
    """
    if isinstance(values, Held):
        return cast(Fields, values)
    known = (type(values), *(_form(value) for value in values))
    kind = _CLASSES.get(known)
    if kind is None:
        kind = _CLASSES[known] = _class_of(numba_types(values))
    memory = np.zeros(WORDS * len(values), np.int64)
    address = memory.ctypes.data
    _write(values, address)
    made = kind((address,))
    made.values, made.memory = values, memory
    return cast(Fields, made)


def _form(value: Any) -> Any:
    """Return what the type of a field depends on: asking the compiler takes longer than a month of a run."""
    if isinstance(value, tuple) and not isinstance(value, Held):
        raise TypeError("a held tuple holds arrays and numbers, no tuples")
    return (value.dtype, value.ndim, value.flags.num) if isinstance(value, np.ndarray) else type(value)


@cache
def _class_of(kind: Any) -> type[Held]:
    """Return the class of held tuples of a type, by which the compiler knows them."""
    held_type: Any = HeldType
    made = held_type(kind.types, kind.instance_class)
    # asked for so often that the way through __getattr__ would show in the time of a run
    fields = {name: property(attrgetter(f"values.{name}")) for name in kind.instance_class._fields}
    return type(f"Held{kind.instance_class.__name__}", (Held,), {**fields, "held_type": made})


extend.register_model(HeldType)(TupleModel)


@extend.typeof_impl.register(Held)  # type: ignore[untyped-decorator]
def _type_of(value: Held, _context: Any) -> HeldType:
    return value.held_type


@extend.unbox(HeldType)  # type: ignore[untyped-decorator]
def _load(kind: HeldType, held: Any, c: Any) -> Any:
    """Load what stands at the address."""
    number = c.pyapi.tuple_getitem(held, 0)
    address = c.pyapi.long_as_longlong(number)
    where = c.builder.inttoptr(address, c.context.get_value_type(kind).as_pointer())
    return extend.NativeValue(c.builder.load(where))


@extend.intrinsic  # type: ignore[untyped-decorator]
def _store(_typing: Any, values: Any, address: Any) -> tuple[Any, Any]:
    """Write a tuple to an address, its arrays without an owner: Python keeps them alive."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made, where = arguments
        for k, kind in enumerate(signature.args[0].types):
            if isinstance(kind, types.Array):
                array = context.make_array(kind)(context, builder, builder.extract_value(made, k))
                for owner in ("meminfo", "parent"):
                    setattr(array, owner, getattr(array, owner).type(None))
                made = builder.insert_value(made, array._getvalue(), k)
        builder.store(made, builder.inttoptr(where, made.type.as_pointer()))
        return context.get_dummy_value()

    return types.void(values, address), generate


@kernel
def _write(values: Any, address: int) -> None:
    _store(values, address)
