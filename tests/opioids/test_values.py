"""Values that are made quickly are frozen dataclasses in every other respect."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace

import pytest

from opioids.values import maker, quickly_made


@quickly_made
class Quick:
    """A value with every kind of field."""

    needed: int
    named: str = "unnamed"
    listed: list[int] = field(default_factory=list)
    own: dict[str, int] = field(default_factory=dict, init=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """The same, made as dataclasses are."""

    needed: int
    named: str = "unnamed"
    listed: list[int] = field(default_factory=list)
    own: dict[str, int] = field(default_factory=dict, init=False, compare=False)


def told(value: object) -> dict[str, object]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


@pytest.mark.parametrize("given", [{"needed": 1}, {"needed": 1, "named": "x"}, {"needed": 1, "listed": [2]}], ids=str)
def test_fields_are_what_was_given_or_their_defaults(given):
    assert told(Quick(**given)) == told(Plain(**given))
    assert repr(Quick(**given)) == repr(Plain(**given)).replace("Plain", "Quick")


@pytest.mark.parametrize("given", [{}, {"needed": 1, "other": 2}, {"needed": 1, "own": {}}], ids=str)
def test_what_a_dataclass_refuses_is_refused(given):
    for one in (Plain, Quick):
        with pytest.raises(TypeError):
            one(**given)
    with pytest.raises(TypeError):
        Quick(1)


@pytest.mark.parametrize("given", [{"needed": 1}, {"needed": 1, "named": "x", "listed": [2]}], ids=str)
def test_its_maker_makes_the_same_values(given):
    made = maker(Quick)(**given)
    assert type(made) is Quick
    assert made == Quick(**given)
    assert made.listed is not maker(Quick)(needed=1).listed
    with pytest.raises(FrozenInstanceError):
        made.needed = 2


@pytest.mark.parametrize("given", [{}, {"needed": 1, "other": 2}, {"needed": 1, "own": {}}], ids=str)
def test_its_maker_refuses_what_the_class_refuses(given):
    with pytest.raises(TypeError):
        maker(Quick)(**given)
    with pytest.raises(TypeError):
        maker(Quick)(1)


def test_it_is_frozen():
    value = Quick(needed=1)
    with pytest.raises(FrozenInstanceError):
        value.needed = 2
    with pytest.raises(FrozenInstanceError):
        del value.needed
    # Which of the two these raise depends on the version of Python.
    with pytest.raises((TypeError, FrozenInstanceError)):
        value.__class__ = Plain
    with pytest.raises((TypeError, FrozenInstanceError)):
        value.other = 2


def test_every_value_has_lists_of_its_own():
    first, second = Quick(needed=1), Quick(needed=1)
    assert first.listed is not second.listed
    assert first.own is not second.own


def test_equality_and_hash_go_by_the_fields_that_are_compared():
    assert Quick(needed=1, listed=[1]) == Quick(needed=1, listed=[1]) != Quick(needed=2, listed=[1])
    assert Quick(needed=1) != Plain(needed=1)
    assert type(Quick(needed=1)) is Quick


def test_it_can_be_replaced_copied_and_pickled():
    value = Quick(needed=1, named="x", listed=[3])
    assert replace(value, needed=2) == Quick(needed=2, named="x", listed=[3])
    for same in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):  # noqa: S301 - our own bytes
        assert same == value
        assert type(same) is Quick


def test_a_check_after_making_is_made():
    @quickly_made
    class Positive:
        number: int

        def __post_init__(self) -> None:
            if self.number <= 0:
                raise ValueError("expected a positive number")

    assert Positive(number=1).number == 1
    with pytest.raises(ValueError, match="positive"):
        Positive(number=0)


def test_a_class_that_inherits_has_slots_of_its_own_or_takes_places_is_refused():
    class Child(Plain):
        more: int

    class Slotted:
        __slots__ = ("needed",)
        needed: int

    class Placed:
        needed: int = field(kw_only=False)

    for one in (Child, Slotted, Placed):
        with pytest.raises(TypeError):
            quickly_made(one)
