"""The statements of a direction, one after another, and the words that are none.

The order in which the readers are tried matters only where one phrase begins like another ("take with food" and
"take"); each reader takes the longest phrase that it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from opioids.products import Route
from opioids.sig_amounts import number
from opioids.sig_doses import WrittenDose, dose
from opioids.sig_limits import Length, Maximum, days_at, length, maximum
from opioids.sig_reasons import after_code, after_for, after_reasons
from opioids.sig_remarks import (
    AS_NEEDED,
    DIAGNOSIS,
    DISPENSING,
    FILL_DATES,
    FORBIDDEN_ACTS,
    FORBIDDEN_THINGS,
    LASTING,
    MARKS,
    NO_REFILLS,
    PROHIBITIONS,
    REFILLS,
    ROUTES,
    Mark,
)
from opioids.sig_times import Often, often
from opioids.sig_tokens import Direction, Found, Kind, phrase, skip, tokens
from opioids.sig_words import UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class AsNeeded:
    """The words "as needed", with or without saying for what."""

    reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What it is taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensing:
    """How much the pharmacy hands out, which says nothing of how it is taken."""


Content: TypeAlias = WrittenDose | Often | AsNeeded | Reason | Maximum | Length | Dispensing | Route
Statement: TypeAlias = Content | Mark


def statements(text: str) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """What `text` states, in order; and the runs of words that could not be read."""
    direction = tokens(text)
    read: list[Statement] = []
    unread: list[str] = []
    words: list[str] = []
    at = 0
    while direction[at].kind is not Kind.END:
        found = _statement(direction, at)
        if found is None or (words and _is_bare(found[0])):
            # A number without a unit belongs to the words beside it: "2 puffs", "every 4".
            if not words and read and _is_bare(read[-1]):
                words.append(direction[at - 1].text)
            words.append(direction[at].text)
            at += 1
            continue
        if words:
            unread.append(" ".join(words))
            words = []
        read.append(found[0])
        at = found[1]
    if words:
        unread.append(" ".join(words))
    return tuple(read), tuple(unread)


def _is_bare(stated: Statement) -> bool:
    return isinstance(stated, WrittenDose) and not stated.counted


def _statement(direction: Direction, at: int) -> Found[Statement] | None:
    for reader in _READERS:
        found = reader(direction, at)
        if found is not None:
            return found
    return None


def _mark(direction: Direction, at: int) -> Found[Statement] | None:
    return phrase(direction, at, MARKS)


def _prohibition(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "do not crush, chew, or break tablets": a list of acts none of which changes an amount."""
    found = phrase(direction, at, PROHIBITIONS)
    act = phrase(direction, found[1], FORBIDDEN_ACTS) if found else None
    if act is None:
        return None
    after = act[1]
    while act is not None:
        after = act[1]
        link = skip(direction, skip(direction, after, ",", "/"), "or", "and", "nor")
        act = phrase(direction, link, FORBIDDEN_ACTS) if link > after else None
    thing = phrase(direction, after, FORBIDDEN_THINGS)
    return Mark.ADVICE, thing[1] if thing else after


def _separator(direction: Direction, at: int) -> Found[Statement] | None:
    token = direction[at]
    if token.kind is not Kind.MARK:
        return None
    after = skip(direction, at + 1, "-") if token.text == "-" else at + 1
    dash = token.text == "-" and token.spaced and direction[after].spaced
    # "- 2 tablets" may be a negative number, a range whose start was lost, or a list.
    if token.text in "()":
        return Mark.BRACKET, after
    if token.text in ",;.:*" or (dash and direction[after].kind is Kind.WORD and at > 0):
        return Mark.SEPARATOR, after
    return None


def _route(direction: Direction, at: int) -> Found[Statement] | None:
    return phrase(direction, at, ROUTES)


def _as_needed(direction: Direction, at: int) -> Found[Statement] | None:
    found = phrase(direction, at, AS_NEEDED)
    if found is None:
        return None
    after = skip(direction, found[1], "(", ":", ",")
    after = after_reasons(direction, after_for(direction, after)) or 0
    if not after:
        return AsNeeded(reason=False), found[1]
    return AsNeeded(reason=True), after


def _reason(direction: Direction, at: int) -> Found[Statement] | None:
    start = after_for(direction, at)
    after = after_reasons(direction, start) if start > at else None
    return (Reason(), after) if after else None


def _dispensing(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "#30", "dispense 30 tablets", "refills: 0", "30 day supply": for the pharmacy."""
    none = phrase(direction, at, NO_REFILLS)
    if none is not None:
        return Dispensing(), none[1]
    if direction[at].kind is Kind.NUMBER:
        return _counted_dispensing(direction, at)
    if direction[at].text in REFILLS:
        count = skip(direction, at + 1, ":", "x", "=")
        return (Dispensing(), count + 1) if direction[count].kind is Kind.NUMBER else None
    lasting = phrase(direction, at, LASTING)
    if lasting is not None:
        days = days_at(direction, lasting[1])
        return (Dispensing(), days[1]) if days else None
    word = phrase(direction, at, DISPENSING)
    if word is None and direction[at].text != "#":
        return None
    read = number(direction, skip(direction, skip(direction, word[1] if word else at, ":"), "#"))
    return (Dispensing(), skip(direction, read[1], *UNITS)) if read else None


def _fill_date(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "do not fill before 10/12/2026": for the pharmacy."""
    found = phrase(direction, at, FILL_DATES)
    if found is None:
        return None
    start = skip(direction, found[1], ":")
    written = "".join("9" if token.kind is Kind.NUMBER else token.text for token in direction[start : start + 5])
    return (Dispensing(), start + 5) if written in ("9/9/9", "9-9-9") else None


def _diagnosis(direction: Direction, at: int) -> Found[Statement] | None:
    found = phrase(direction, at, DIAGNOSIS)
    after = after_code(direction, skip(direction, found[1], ":")) if found else None
    following = after
    while following is not None:
        after = following
        following = after_code(direction, skip(direction, after, ","))
    return (Reason(), after) if after else None


def _counted_dispensing(direction: Direction, at: int) -> Found[Statement] | None:
    if direction[at + 1].text in REFILLS:
        return Dispensing(), at + 2
    days = skip(direction, at + 1, "-")
    if direction[days].text in ("day", "days") and direction[days + 1].text == "supply":
        return Dispensing(), days + 2
    return None


_READERS: tuple[Callable[[Direction, int], Found[Statement] | None], ...] = (
    _mark,
    _prohibition,
    _dispensing,
    _fill_date,
    _diagnosis,
    often,
    maximum,
    _as_needed,
    length,
    _reason,
    _route,
    dose,
    _separator,
)
