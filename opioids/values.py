"""Frozen values that cost little to make: every call makes hundreds of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar, cast, dataclass_transform

Value = TypeVar("Value")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def quickly_made(cls: type[Value]) -> type[Value]:
    """A dataclass, frozen, with slots and keywords only, the same in every respect but the time it takes to make one.

    A frozen dataclass sets each of its fields through `object.__setattr__`, at about ten times what an assignment
    costs, and for a value with many fields that is most of its cost. Here the fields are assigned to an object of a
    twin class that has the same slots and is open; what it becomes by its last step, the class itself, is frozen.

    Raises `TypeError` for a class that inherits, that has slots of its own, or whose field is not given by keyword.
    """
    if cls.__bases__ != (object,):
        raise TypeError(f"{cls.__name__} inherits: its slots would not be all of its fields")
    cls = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    names = tuple(one.name for one in fields(cls))  # type: ignore[arg-type]  # it is a dataclass: the line above
    cls.__new__, cls._made = _makers(cls, type(cls.__name__, (), {"__slots__": names}))  # type: ignore[attr-defined,method-assign]
    # Copying and pickling make a value by `__new__` alone.
    given = tuple(one.name for one in fields(cls) if one.init)  # type: ignore[arg-type]  # as above
    cls.__getnewargs_ex__ = lambda self: ((), {name: getattr(self, name) for name in given})  # type: ignore[attr-defined]
    del cls.__init__
    return cls


def maker(cls: type[Value]) -> type[Value]:
    """What a quickly made class is called by where calls make many: a function, for less than half of the cost.

    A call of a class builds a dictionary of its keywords, a call of a function does not (up to 15 of them). It takes
    the same keywords and makes the same values, which is why it has the type of the class; it is no class.
    """
    return cast(type[Value], cls._made)  # type: ignore[attr-defined]


def _makers(cls: type[Any], twin: type[Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The `__new__` of the class, written out as dataclasses write their `__init__`, and the same as a function."""
    known: dict[str, Any] = {"cls": cls, "_twin": twin}
    parameters, lines = [], [" self = _twin()"]
    for one in fields(cls):
        if not one.kw_only:
            raise TypeError(f"{cls.__name__}.{one.name} is not given by keyword")
        value = one.name
        if one.default_factory is not MISSING:
            known[f"_make_{one.name}"] = one.default_factory
            made = f"_make_{one.name}()"
            value = f"{made} if {one.name} is _make_{one.name} else {one.name}" if one.init else made
            parameters += [f"{one.name}=_make_{one.name}"] if one.init else []
        elif not one.init:
            continue  # `__post_init__` tells it from the others
        elif one.default is not MISSING:
            known[f"_default_{one.name}"] = one.default
            parameters.append(f"{one.name}=_default_{one.name}")
        else:
            parameters.append(one.name)
        lines.append(f" self.{one.name} = {value}")
    lines.append(" self.__class__ = cls")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    named, body = ", ".join(parameters), "\n".join([*lines, " return self"])
    source = f"def __new__(cls, *, {named}):\n{body}\ndef made(*, {named}):\n{body}"
    exec(source, known)  # noqa: S102 - names of fields, which the class's own source holds
    made_by: Callable[..., Any] = known["__new__"]
    made_by.__qualname__ = f"{cls.__qualname__}.__new__"
    return made_by, staticmethod(known["made"])
