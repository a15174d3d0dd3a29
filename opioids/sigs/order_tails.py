"""What an order-entry system prints behind a direction: how the order was sent, and from when until when it runs.

"…, Starting Mon 11/16/2026, Until Wed 11/18/2026, Normal, Disp-30 tablet, R-0". Each is a clause of its own, read
from end to end or not at all. The days are not counted from: whether 3/4 is in March or in April is not told.
"""

from __future__ import annotations

from opioids.sigs.tokens import Direction, Kind, phrase, skip, wordings, words_in
from opioids.sigs.words import COUNTED, WEEKDAYS, ZONES

_SENT_AS = wordings(
    "normal|e-prescribe|eprescribe|e-prescribed|print|no print|local print|phone in|fax|historical med|historical"
    "|otc|sample|mail order|routine|normal, routine|maintenance|acute|soft stop|hard stop|physician stop"
    "|dispense as written|substitution permitted|substitution allowed|until discontinued|until specified"
)
"""Classes, priorities and kinds of an order."""
_CLASS = wordings("class:|order class:|priority:|order priority:|type:|order type:")
_BEGINS = wordings(
    "starting|starting on|start|start on|start date|beginning|beginning on|first dose|first dose on|start date/time"
    "|first dose (after last modification)|first dose (after last modification) on"
    "|first dose (after last reorder)|first dose (after last reorder) on"
)
_ENDS = wordings("until|stop|stop date|end date|ending|ending on|last dose|last dose on|stop date/time")
_DAYS_NEAR = frozenset(words_in("today tomorrow now"))
_PARTS = (",", ";", ".", "-")
_LEAST_SUPPLY = 10


def sent_as(direction: Direction, at: int) -> int | None:
    """The end of the clause "Normal", "Class: E-Prescribe", "Routine"; None when there is none at `at`."""
    label = phrase(direction, at, _CLASS)
    found = phrase(direction, label[1] if label else at, _SENT_AS)
    return found[1] if found and _is_clause(direction, at, found[1]) else None


def running(direction: Direction, at: int) -> int | None:
    """The end of the clause "Starting Mon 11/16/2026 at 0900", "Stop: 11/20/26 9:00 CST"; None when there is none."""
    found = phrase(direction, at, _BEGINS) or phrase(direction, at, _ENDS)
    if found is None:
        return None
    start = skip(direction, found[1], ":")
    if direction[start].text in _DAYS_NEAR:
        after: int | None = start + 1
    else:
        day = phrase(direction, start, WEEKDAYS)
        after = after_date(direction, skip(direction, day[1], ",") if day else start)
    end = _after_time(direction, after) if after else None
    return end if end and _is_clause(direction, at, end) else None


def supplied(direction: Direction, at: int) -> int | None:
    """The end of the clause "30 tab(s)" before ", 0 refills": how many are handed out; None when there is none.

    Only of more than anybody takes at a time: "1 tab, 0 refills" may be the dose.
    """
    token = direction[at]
    if token.kind is not Kind.NUMBER or token.value < _LEAST_SUPPLY:
        return None
    after = skip(direction, at + 1, *COUNTED)
    return after if direction[after].text == "," and _is_clause(direction, at, after) else None


def _after_time(direction: Direction, at: int) -> int:
    """The end of "at 0900", "9:00:00 CST", "at 9:00 AM", which may stand behind a date."""
    start = skip(direction, at, "at", "@")
    if direction[start].kind is not Kind.NUMBER:
        return at
    after = start + 1
    while direction[after].text == ":" and direction[after + 1].kind is Kind.NUMBER:
        after += 2
    if after == start + 1 and (start == at or len(direction[start].text) != 4):
        return at
    return skip(direction, skip(direction, after, "am", "pm"), *ZONES)


def _is_clause(direction: Direction, at: int, after: int) -> bool:
    """Whether what stands from `at` to `after` is parted from what is before and behind it."""
    end = direction[after]
    return direction[at - 1].text in _PARTS and (end.kind is Kind.END or end.text in _PARTS)


# ---- dates: where they end, never which day they are ----

_MONTHS = frozenset(
    words_in(
        "january february march april may june july august september october november december"
        " jan feb mar apr jun jul aug sep sept oct nov dec"
    )
)


def after_date(direction: Direction, at: int) -> int | None:
    """Where "10/12/2026", "2026-10-12", "10/12", "March 3, 2026" or "March" ends; None when no date stands at `at`."""
    if direction[at].text in _MONTHS:
        return _after_month(direction, at)
    written = "".join("9" if token.kind is Kind.NUMBER else token.text for token in direction[at : at + 5])
    if written in ("9/9/9", "9-9-9"):
        return at + 5
    return at + 3 if written[:3] == "9/9" and written[3:4] not in ("/", "9") else None


def _after_month(direction: Direction, at: int) -> int | None:
    day = skip(direction, at + 1, ".")
    if direction[day].kind is not Kind.NUMBER or len(direction[day].text) > 2:
        # "Do not fill until March".
        return at + 1
    after = skip(direction, day + 1, "st", "nd", "rd", "th")
    year = direction[skip(direction, after, ",")]
    return skip(direction, after, ",") + 1 if year.kind is Kind.NUMBER and len(year.text) == 4 else after
