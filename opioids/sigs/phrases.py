"""The statements of a direction, one after another, and the words that are none.

The order in which the readers are tried matters only where one phrase begins like another ("take with food" and
"take"); each reader takes the longest phrase that it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from opioids.products import Route
from opioids.quantities import Unit
from opioids.sigs.asides import Dispensing, Reason, caution, diagnosis, dispensing, site
from opioids.sigs.clock import Moments
from opioids.sigs.doses import dose
from opioids.sigs.limits import Length, Maximum, Stage, Sum, length, maximum, stage, stated_sum
from opioids.sigs.reasons import after_for, after_reasons
from opioids.sigs.remarks import AS_NEEDED, MARKS, ROUTES, SEVERITIES, Mark
from opioids.sigs.schedule import schedule
from opioids.sigs.strengths import WrittenDose
from opioids.sigs.times import Often, often
from opioids.sigs.tokens import Direction, Found, Kind, phrase, skip, tokens
from opioids.sigs.words import COUNTED, EXTENDED, PATCH, PRODUCT_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class AsNeeded:
    """The words "as needed", with or without saying for what."""

    reason: Reason | None = None


Content: TypeAlias = WrittenDose | Often | AsNeeded | Reason | Maximum | Length | Sum | Dispensing | Route | Stage
Statement: TypeAlias = Content | Mark


def statements(text: str) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """What `text` states, in order; and the runs of words that could not be read."""
    direction = tokens(text)
    read: list[Statement] = []
    unread: list[str] = []
    words: list[str] = []
    at = 0
    while direction[at].kind is not Kind.END:
        day = schedule(direction, at) if not words else None
        if day is not None:
            for pair in day[0]:
                read.extend((Mark.SEPARATOR, *pair))
            at = day[1]
            continue
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
    unread.extend(_another_product(direction, read))
    return tuple(read), tuple(unread)


def _another_product(direction: Direction, read: Sequence[Statement]) -> tuple[str, ...]:
    """In "1 ER tab bid and 1 IR tab prn" tablets of two products are counted, and an order is of one."""
    written = {token.text for token in direction}
    extended = written & EXTENDED if "ir" in written else ()
    counted = any(isinstance(one, WrittenDose) and one.dose.unit is Unit.EACH for one in read)
    return (f"ir beside {min(extended)}",) if extended and counted else ()


def doses_first(stated: Sequence[Statement]) -> Sequence[Statement]:
    """In "AM: 1 tab, PM: 2 tabs" each time heads its dose; here it stands behind it, as in other directions."""
    places = [place for place, each in enumerate(stated) if isinstance(each, Moments | WrittenDose)]
    pairs = list(zip(places[::2], places[1::2], strict=False))
    if len(pairs) < 2 or 2 * len(pairs) < len(places):
        return stated
    if not all(isinstance(stated[time], Moments) and isinstance(stated[taken], WrittenDose) for time, taken in pairs):
        return stated
    between = [each for time, taken in pairs for each in stated[time + 1 : taken]]
    parted = all(Mark.SEPARATOR in stated[taken:time] for (_, taken), (time, _) in pairwise(pairs))
    if not parted or any(each not in (Mark.SEPARATOR, Mark.VERB) for each in between):
        return stated
    ordered = list(stated)
    for time, taken in pairs:
        ordered[time], ordered[taken] = ordered[taken], ordered[time]
    return ordered


def _is_bare(stated: Statement) -> bool:
    return isinstance(stated, WrittenDose) and not stated.counted


def _statement(direction: Direction, at: int) -> Found[Statement] | None:
    for reader in _READERS:
        found = reader(direction, at)
        if found is not None:
            return found
    return None


def _mark(direction: Direction, at: int) -> Found[Statement] | None:
    if at == 0 and direction[0].text == "t" and direction[1].kind in (Kind.NUMBER, Kind.FRACTION):
        return Mark.VERB, 1  # "T 1 T PO BID": elsewhere a t counts tablets
    return phrase(direction, at, MARKS)


def _separator(direction: Direction, at: int) -> Found[Statement] | None:
    token = direction[at]
    if token.kind is not Kind.MARK:
        return None
    if token.text in "()[]":
        return Mark.BRACKET, at + 1
    # "= 1 tab, Oral, q6hr": the strength that some systems print before the sign was not told.
    if token.text in ",;.:*" or (token.text == "=" and at == 0):
        return Mark.SEPARATOR, at + 1
    return (Mark.SEPARATOR, at + 1) if _is_dash(direction, at) else None


def _is_dash(direction: Direction, at: int) -> bool:
    """Whether a hyphen parts two clauses. "- 2 tablets" may be a negative number, or a range whose start was lost."""
    if direction[at].text != "-" or at == 0:
        return False
    after = skip(direction, at + 1, "-")
    words = direction[after].kind in (Kind.WORD, Kind.END) and direction[at - 1].kind is not Kind.NUMBER
    return words or dispensing(direction, after) is not None


def _limit_of_a_day(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "daily max 4 tablets" and "daily total: 20 mg", whose first word alone would be a frequency."""
    if direction[at].text != "daily":
        return None
    return maximum(direction, at) or stated_sum(direction, at)


def _form(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads the form in "10 mg, ER tab, oral, q12hr": the product's own, in a clause of its own.

    Never a patch: beside one a mass may be its rate.
    """
    noun = skip(direction, at, *PRODUCT_KINDS)
    parted = direction[at - 1].text == direction[noun + 1].text == ","
    unit = COUNTED.get(direction[noun].text)
    counted = unit is not None and unit.noun != PATCH
    return (Mark.ADVICE, noun + 1) if parted and counted else None


def _route(direction: Direction, at: int) -> Found[Statement] | None:
    return phrase(direction, at, ROUTES)


def _as_needed(direction: Direction, at: int) -> Found[Statement] | None:
    found = phrase(direction, at, AS_NEEDED)
    if found is None:
        return None
    start = after_for(direction, skip(direction, found[1], "(", ":", ",", "-"))
    after = after_reasons(direction, start) or 0
    if not after:
        return AsNeeded(), found[1]
    return AsNeeded(reason=_reason_of(direction, start, after)), after


def _reason(direction: Direction, at: int) -> Found[Statement] | None:
    start = after_for(direction, at)
    after = after_reasons(direction, start) if start > at else None
    return (_reason_of(direction, start, after), after) if after else None


def _reason_of(direction: Direction, start: int, after: int) -> Reason:
    tokens_ = direction[start:after]
    return Reason(severity=any(token.text in SEVERITIES or token.kind is Kind.NUMBER for token in tokens_))


_READERS: tuple[Callable[[Direction, int], Found[Statement] | None], ...] = (
    caution,
    _mark,
    dispensing,
    diagnosis,
    _limit_of_a_day,
    often,
    stated_sum,
    maximum,
    _as_needed,
    length,
    _reason,
    site,
    _form,
    _route,
    stage,
    dose,
    _separator,
)
