"""What an order-entry system prints behind a direction: how the order was sent, and from when until when it runs.

"…, Starting Mon 11/16/2026, Until Wed 11/18/2026, Normal, Disp-30 tablet, R-0". Each is a clause of its own, read
from end to end or not at all. The days are not counted from: whether 3/4 is in March or in April is not told.
"""

from __future__ import annotations

from opioids.sigs.tokens import Kind, Token, wordings, words_in
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


def sent_as(at: Token) -> Token | None:
    """The end of the clause "Normal", "Class: E-Prescribe", "Routine"; None when there is none at `at`."""
    after = at.past(_CLASS).behind(_SENT_AS)
    return after if after and _is_clause(at, after) else None


def running(at: Token) -> Token | None:
    """The end of the clause "Starting Mon 11/16/2026 at 0900", "Stop: 11/20/26 9:00 CST"; None when there is none."""
    found = at.behind(_BEGINS) or at.behind(_ENDS)
    if found is None:
        return None
    start = found.skip(":")
    weekday = start.behind(WEEKDAYS)
    date = weekday.skip(",") if weekday else start
    after = start.next if start.text in _DAYS_NEAR else after_date(date)
    end = _after_time(after) if after else None
    return end if end and _is_clause(at, end) else None


def supplied(at: Token) -> Token | None:
    """The end of the clause "30 tab(s)" before ", 0 refills": how many are handed out; None when there is none.

    Only of more than anybody takes at a time: "1 tab, 0 refills" may be the dose.
    """
    if at.kind is not Kind.NUMBER or at.value < _LEAST_SUPPLY:
        return None
    after = at.next.skip(*COUNTED)
    return after if after.text == "," and _is_clause(at, after) else None


def _after_time(at: Token) -> Token:
    """The end of "at 0900", "9:00:00 CST", "at 9:00 AM", which may stand behind a date."""
    start = at.skip("at", "@")
    if start.kind is not Kind.NUMBER:
        return at
    after = start.next
    while after.text == ":" and after.next.kind is Kind.NUMBER:
        after = after.next.next
    if after is start.next and (start is at or len(start.text) != 4):
        return at
    return after.skip("am", "pm").skip(*ZONES)


def _is_clause(at: Token, end: Token) -> bool:
    """Whether what stands from `at` to `end` is parted from what is before and behind it."""
    return at.before.text in _PARTS and (end.kind is Kind.END or end.text in _PARTS)


# ---- dates: where they end, never which day they are ----

_MONTHS = frozenset(
    words_in(
        "january february march april may june july august september october november december"
        " jan feb mar apr jun jul aug sep sept oct nov dec"
    )
)


def after_date(at: Token) -> Token | None:
    """Where "10/12/2026", "2026-10-12", "10/12", "March 3, 2026" or "March" ends; None when no date stands at `at`."""
    if at.text in _MONTHS:
        return _after_month(at)
    sign, second = at.next, at.next.next
    if at.kind is not Kind.NUMBER or sign.text not in ("/", "-") or second.kind is not Kind.NUMBER:
        return None
    end = second.next
    if end.text == sign.text and end.next.kind is Kind.NUMBER:
        return end.next.next
    return end if sign.text == "/" and end.text != "/" and end.kind is not Kind.NUMBER else None


def _after_month(at: Token) -> Token | None:
    day = at.next.skip(".")
    if day.kind is not Kind.NUMBER or len(day.text) > 2:
        # "Do not fill until March".
        return at.next
    after = day.next.skip("st", "nd", "rd", "th")
    year = after.skip(",")
    return year.next if year.kind is Kind.NUMBER and len(year.text) == 4 else after
