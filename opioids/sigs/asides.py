"""What a direction says beside how it is taken: for the pharmacy, for the record, and cautions.

None of it changes an amount. Each reader takes only what it knows from end to end; a word too many refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from opioids.sigs.amounts import number
from opioids.sigs.aside_words import (
    AVOIDED,
    AVOIDED_ACTS,
    DISPENSING,
    FILL_DATES,
    FORBIDDEN_ACTS,
    FORBIDDEN_THINGS,
    LASTING,
    MME,
    NO_REFILLS,
    PROHIBITIONS,
    REFILLS,
    SITE_PREFIXES,
    SITE_WORDS,
    SITES,
    UNRELIEVED,
)
from opioids.sigs.limits import days_at
from opioids.sigs.order_tails import after_date, running, sent_as, supplied
from opioids.sigs.reasons import after_code
from opioids.sigs.remarks import DIAGNOSIS, OTHER_DRUGS, Mark
from opioids.sigs.tokens import Found, Kind, Phrases, Token, after_up_to
from opioids.sigs.words import DAY_TOTAL, UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What it is taken for; `severity` when it says how bad the pain is."""

    severity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensing:
    """How much the pharmacy hands out, which says nothing of how it is taken; `dated` where it names days."""

    dated: bool = False


# ---- cautions ----


def caution(at: Token) -> Found[Mark] | None:
    """Reads what must not be done, what must be avoided, and what did not help."""
    return _prohibition(at) or _avoided(at) or _unrelieved(at)


def _prohibition(at: Token) -> Found[Mark] | None:
    """Reads "do not crush, chew, or break tablets": a list of acts none of which changes an amount."""
    acts = at.behind(PROHIBITIONS)
    after = _after_list(acts, FORBIDDEN_ACTS) if acts else None
    return (Mark.ADVICE, after.past(FORBIDDEN_THINGS)) if after else None


def _avoided(at: Token) -> Found[Mark] | None:
    """Reads "do not take with alcohol or other sedatives", "avoid grapefruit juice"."""
    avoided = at.behind(AVOIDED_ACTS)
    after = _after_list(avoided, AVOIDED) if avoided else None
    return (Mark.ADVICE, after) if after else None


def _unrelieved(at: Token) -> Found[Mark] | None:
    """Reads "not relieved by Tylenol or ibuprofen"."""
    drug, end = at.behind(UNRELIEVED), None
    while drug and drug.text in OTHER_DRUGS:
        end = drug.next
        drug = end.skip(",", "/").skip("or", "and")
    return (Mark.ADVICE, end.skip("alone")) if end else None


def _after_list(at: Token, members: Phrases[None]) -> Token | None:
    """Where a list of phrases ends: "crush, chew or break"; None where none of them stands."""
    end, following = None, at.behind(members)
    while following:
        end = following
        link = end.skip(",", "/").skip("or", "and", "nor", "&")
        following = link.behind(members) if link is not end else None
    return end


def site(at: Token) -> Found[Mark] | None:
    """Reads where a patch is put: "to clean, dry, hairless area of upper back or chest"."""
    place, end = at.behind(SITE_PREFIXES), None
    while place and (after := _after_site(place)):
        end = after
        link = end.skip(",").skip("or", "and", "/")
        place = link.past(SITE_PREFIXES) if link is not end else None
    return (Mark.ADVICE, end) if end else None


def _after_site(at: Token) -> Token | None:
    while at.text in SITE_WORDS:
        at = at.next.skip(",", "-", "/", "and", "or")
    return at.behind(SITES)


# ---- for the pharmacy ----


def dispensing(at: Token) -> Found[Dispensing] | None:
    """Reads "#30", "dispense 30 tablets", "refills: 0", "30 day supply": for the pharmacy."""
    if dated := running(at):
        return Dispensing(dated=True), dated
    after = sent_as(at) or _after_dispensing(at) or _after_number_of_doses(at) or _after_fill_date(at) or _after_mme(at)
    return (Dispensing(), after) if after else None


def _after_dispensing(at: Token) -> Token | None:
    if none := at.behind(NO_REFILLS):
        return none
    if at.kind is Kind.NUMBER:
        return _after_count(at)
    if at.text in REFILLS or (at.text == "r" and at.next.text == "-"):
        count = at.next.skip(":", "x", "=", "-")
        return count.next if count.kind is Kind.NUMBER or count.text in ("none", "zero") else None
    if lasting := at.behind(LASTING):
        days = days_at(lasting)
        return days[1] if days else None
    word = at.behind(DISPENSING)
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
    if at.next.text in REFILLS:
        # "30 rf 0": thirty, and none again.
        again = at.next.next
        return again.next if again.kind is Kind.NUMBER else again
    days = at.next.skip("-")
    if days.text in ("day", "days") and days.next.text == "supply":
        return days.next.next
    # "30 tablet, refills 0": so many, and none again.
    after = supplied(at)
    if after is None:
        return None
    refills = after.next
    named = refills.text in REFILLS or refills.next.text in REFILLS or refills.phrase(NO_REFILLS)
    return after if named else None


def _after_fill_date(at: Token) -> Token | None:
    """Reads "do not fill before 10/12/2026", "may fill on March 3, 2026"."""
    date = at.behind(FILL_DATES)
    return after_date(date.skip(":")) if date else None


def _after_mme(at: Token) -> Token | None:
    """Reads "90 MME/day" and "MME: 90", which the record keeps beside the directions."""
    if at.text in MME:
        count = at.next.past(DAY_TOTAL).skip(":", "=")
        return count.next if count.kind is Kind.NUMBER else None
    if at.kind is not Kind.NUMBER or at.next.text not in MME:
        return None
    unit = at.next.next
    return unit.behind(DAY_TOTAL) or unit.skip("daily")


def diagnosis(at: Token) -> Found[Reason] | None:
    """Reads "DX: G89.4, M54.5" and a code that stands alone ("G89.29")."""
    named = at.behind(DIAGNOSIS)
    if not named and "." not in at.next.text:
        return None
    end, following = None, after_code(named.skip(":") if named else at)
    while following:
        end = following
        following = after_code(end.skip(","))
    return (Reason(), end) if end else None
