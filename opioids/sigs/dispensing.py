"""What a direction says to the pharmacy and of the order: how much is handed out, from when until when it runs.

"#30", "refills: 0", "do not fill before 10/12/2026", and what order-entry systems print behind a direction:
"…, Starting Mon 11/16/2026, Until Wed 11/18/2026, Normal, Disp-30 tablet, R-0". Each is read from end to end or not at
all. None of it says how much is taken. The days are not counted from: whether 3/4 is in March or in April is not told.
"""

from __future__ import annotations

from dataclasses import dataclass

from opioids.sigs.amounts import number
from opioids.sigs.limits import days_at
from opioids.sigs.tokens import Found, Kind, Token, after_up_to, wordings, words_in
from opioids.sigs.words import COUNTED, DAY_TOTAL, UNITS, WEEKDAYS, ZONES

_FILL_DATES = wordings(
    "earliest fill date|do not fill before|do not fill until|fill on or after|may fill on or after|ok to fill"
    "|ok to fill on|dnf until|dnf before|fill after|fill on|may fill on|fill date|do not dispense before"
    "|may fill|may be filled on|may fill after|to be filled on|to fill on|do not fill prior to|dnf till"
    "|do not fill till|okay to fill|okay to fill on|ok to fill on or after|fill on/after|do not dispense until"
    "|do not start before|do not start until|do not take before"
)
_DISPENSING = wordings("disp|dispense|mitte|qty|quantity|dispense quantity|disp quantity|disp qty")
_REFILLS = ("refill", "refills", "rf", "rfs")
_LASTING = wordings(
    "must last|to last|should last|meant to last|rx must last|script must last|supply must last|quantity must last"
)
_NO_REFILLS = wordings("no refills|no refill|zero refills|nr|no early refills|no early refill|no early fills")
_MME = ("mme", "mmes", "mmed")

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
_MONTHS = frozenset(
    words_in(
        "january february march april may june july august september october november december"
        " jan feb mar apr jun jul aug sep sept oct nov dec"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensing:
    """How much the pharmacy hands out, which says nothing of how it is taken; `dated` where it names days."""

    dated: bool = False


def dispensing(at: Token) -> Found[Dispensing] | None:
    """Reads "#30", "dispense 30 tablets", "refills: 0", "30 day supply": for the pharmacy."""
    if dated := _running(at):
        return Dispensing(dated=True), dated
    after = (
        _sent_as(at) or _after_dispensing(at) or _after_number_of_doses(at) or _after_fill_date(at) or _after_mme(at)
    )
    return (Dispensing(), after) if after else None


def _after_dispensing(at: Token) -> Token | None:
    if none := at.behind(_NO_REFILLS):
        return none
    if at.kind is Kind.NUMBER:
        return _after_count(at)
    if at.text in _REFILLS or (at.text == "r" and at.next.text == "-"):
        count = at.next.skip(":", "x", "=", "-")
        return count.next if count.kind is Kind.NUMBER or count.text in ("none", "zero") else None
    if lasting := at.behind(_LASTING):
        days = days_at(lasting)
        return days[1] if days else None
    word = at.behind(_DISPENSING)
    if word is None and at.text != "#":
        return None
    read = number((word or at).skip(":", "=", "-").skip("#"))
    return read[1].skip(*UNITS) if read else None


def _after_number_of_doses(at: Token) -> Token | None:
    """Reads "for up to 10 doses", "x 3 doses": how many there are, not how often; not "x 3 doses a day"."""
    if at.text not in ("for", "x"):
        return None
    read = number(after_up_to(at.next))
    if read is None or read[0] < 2 or read[1].text != "doses":
        return None
    end = read[1].next
    return end if end.kind is Kind.END or end.text in (".", ",", ";", ")") else None


def _after_count(at: Token) -> Token | None:
    if at.next.text in _REFILLS:
        # "30 rf 0": thirty, and none again.
        again = at.next.next
        return again.next if again.kind is Kind.NUMBER else again
    days = at.next.skip("-")
    if days.text in ("day", "days") and days.next.text == "supply":
        return days.next.next
    # "30 tablet, refills 0": so many, and none again.
    after = _supplied(at)
    if after is None:
        return None
    refills = after.next
    named = refills.text in _REFILLS or refills.next.text in _REFILLS or refills.phrase(_NO_REFILLS)
    return after if named else None


def _after_fill_date(at: Token) -> Token | None:
    """Reads "do not fill before 10/12/2026", "may fill on March 3, 2026"."""
    date = at.behind(_FILL_DATES)
    return _after_date(date.skip(":")) if date else None


def _after_mme(at: Token) -> Token | None:
    """Reads "90 MME/day" and "MME: 90", which the record keeps beside the directions."""
    if at.text in _MME:
        count = at.next.past(DAY_TOTAL).skip(":", "=")
        return count.next if count.kind is Kind.NUMBER else None
    if at.kind is not Kind.NUMBER or at.next.text not in _MME:
        return None
    unit = at.next.next
    return unit.behind(DAY_TOTAL) or unit.skip("daily")


# ---- clauses that order-entry systems print ----


def _sent_as(at: Token) -> Token | None:
    """The end of the clause "Normal", "Class: E-Prescribe", "Routine"; None when there is none at `at`."""
    after = at.past(_CLASS).behind(_SENT_AS)
    return after if after and _is_clause(at, after) else None


def _running(at: Token) -> Token | None:
    """The end of the clause "Starting Mon 11/16/2026 at 0900", "Stop: 11/20/26 9:00 CST"; None when there is none."""
    found = at.behind(_BEGINS) or at.behind(_ENDS)
    if found is None:
        return None
    start = found.skip(":")
    weekday = start.behind(WEEKDAYS)
    date = weekday.skip(",") if weekday else start
    after = start.next if start.text in _DAYS_NEAR else _after_date(date)
    end = _after_time(after) if after else None
    return end if end and _is_clause(at, end) else None


def _supplied(at: Token) -> Token | None:
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


def _after_date(at: Token) -> Token | None:
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
