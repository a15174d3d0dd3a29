"""The statements of a direction, one after another, and the words that are none.

The order in which the readers are tried matters only where one phrase begins like another ("take with food" and
"take"); each reader takes the longest phrase that it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from opioids.products import Route
from opioids.quantities import Unit
from opioids.sigs.asides import caution, site
from opioids.sigs.clock import Moments
from opioids.sigs.dispensing import Dispensing, dispensing
from opioids.sigs.doses import dose
from opioids.sigs.limits import Length, Maximum, Stage, Sum, length, maximum, stage, stated_sum
from opioids.sigs.reasons import AsNeeded, Reason, as_needed, diagnosis, reason
from opioids.sigs.remarks import MARKS, ROUTES, Mark
from opioids.sigs.schedule import schedule
from opioids.sigs.strengths import WrittenDose
from opioids.sigs.times import Often, often
from opioids.sigs.tokens import Found, Kind, Token, tokens
from opioids.sigs.words import COUNTED, EXTENDED, PATCH, PRODUCT_KINDS

Content: TypeAlias = WrittenDose | Often | AsNeeded | Reason | Maximum | Length | Sum | Dispensing | Route | Stage
Statement: TypeAlias = Content | Mark


def statements(text: str) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """What `text` states, in order; and the runs of words that could not be read."""
    first = at = tokens(text)
    read: list[Statement] = []
    unread: list[str] = []
    words: list[str] = []
    while at.kind is not Kind.END:
        day = schedule(at) if not words else None
        if day is not None:
            for pair in day[0]:
                read.extend((Mark.SEPARATOR, *pair))
            at = day[1]
            continue
        found = _statement(at)
        if found is None or (words and _is_bare(found[0])):
            # A number without a unit belongs to the words beside it: "2 puffs", "every 4".
            if not words and read and _is_bare(read[-1]):
                words.append(at.before.text)
            words.append(at.text)
            at = at.next
            continue
        if words:
            unread.append(" ".join(words))
            words = []
        read.append(found[0])
        at = found[1]
    if words:
        unread.append(" ".join(words))
    unread.extend(_another_product(first, at, read))
    return tuple(read), tuple(unread)


def _another_product(first: Token, end: Token, read: Sequence[Statement]) -> tuple[str, ...]:
    """In "1 ER tab bid and 1 IR tab prn" tablets of two products are counted, and an order is of one."""
    written = {token.text for token in first.until(end)}
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


def _statement(at: Token) -> Found[Statement] | None:
    for reader in _READERS:
        found = reader(at)
        if found is not None:
            return found
    return None


def _mark(at: Token) -> Found[Statement] | None:
    if at.text == "t" and at.is_first and at.next.kind in (Kind.NUMBER, Kind.FRACTION):
        return Mark.VERB, at.next  # "T 1 T PO BID": elsewhere a t counts tablets
    return at.phrase(MARKS)


def _separator(at: Token) -> Found[Statement] | None:
    if at.kind is not Kind.MARK:
        return None
    if at.text in "()[]":
        return Mark.BRACKET, at.next
    # "= 1 tab, Oral, q6hr": the strength that some systems print before the sign was not told.
    if at.text in ",;.:*" or (at.text == "=" and at.is_first):
        return Mark.SEPARATOR, at.next
    return (Mark.SEPARATOR, at.next) if _is_dash(at) else None


def _is_dash(at: Token) -> bool:
    """Whether a hyphen parts two clauses. "- 2 tablets" may be a negative number, or a range whose start was lost."""
    if at.text != "-" or at.is_first:
        return False
    after = at.next.skip("-")
    words = after.kind in (Kind.WORD, Kind.END) and at.before.kind is not Kind.NUMBER
    return words or dispensing(after) is not None


def _limit_of_a_day(at: Token) -> Found[Statement] | None:
    """Reads "daily max 4 tablets" and "daily total: 20 mg", whose first word alone would be a frequency."""
    if at.text != "daily":
        return None
    return maximum(at) or stated_sum(at)


def _form(at: Token) -> Found[Statement] | None:
    """Reads the form in "10 mg, ER tab, oral, q12hr": the product's own, in a clause of its own.

    Never a patch: beside one a mass may be its rate.
    """
    noun = at.skip(*PRODUCT_KINDS)
    parted = at.before.text == noun.next.text == ","
    unit = COUNTED.get(noun.text)
    counted = unit is not None and unit.noun != PATCH
    return (Mark.ADVICE, noun.next) if parted and counted else None


def _route(at: Token) -> Found[Statement] | None:
    return at.phrase(ROUTES)


_READERS: tuple[Callable[[Token], Found[Statement] | None], ...] = (
    caution,
    _mark,
    dispensing,
    diagnosis,
    _limit_of_a_day,
    often,
    stated_sum,
    maximum,
    as_needed,
    length,
    reason,
    site,
    _form,
    _route,
    stage,
    dose,
    _separator,
)
