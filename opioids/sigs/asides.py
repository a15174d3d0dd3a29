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
from opioids.sigs.tokens import Direction, Found, Kind, Phrases, after_up_to, phrase, skip
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


def caution(direction: Direction, at: int) -> Found[Mark] | None:
    """Reads what must not be done, what must be avoided, and what did not help."""
    return _prohibition(direction, at) or _avoided(direction, at) or _unrelieved(direction, at)


def _prohibition(direction: Direction, at: int) -> Found[Mark] | None:
    """Reads "do not crush, chew, or break tablets": a list of acts none of which changes an amount."""
    found = phrase(direction, at, PROHIBITIONS)
    after = _after_list(direction, found[1], FORBIDDEN_ACTS) if found else None
    if after is None:
        return None
    thing = phrase(direction, after, FORBIDDEN_THINGS)
    return Mark.ADVICE, thing[1] if thing else after


def _avoided(direction: Direction, at: int) -> Found[Mark] | None:
    """Reads "do not take with alcohol or other sedatives", "avoid grapefruit juice"."""
    found = phrase(direction, at, AVOIDED_ACTS)
    after = _after_list(direction, found[1], AVOIDED) if found else None
    return (Mark.ADVICE, after) if after else None


def _unrelieved(direction: Direction, at: int) -> Found[Mark] | None:
    """Reads "not relieved by Tylenol or ibuprofen"."""
    found = phrase(direction, at, UNRELIEVED)
    after = found[1] if found else None
    while after is not None and direction[after].text in OTHER_DRUGS:
        end = after + 1
        link = skip(direction, skip(direction, end, ",", "/"), "or", "and")
        after = link if direction[link].text in OTHER_DRUGS else None
        if after is None:
            return Mark.ADVICE, skip(direction, end, "alone")
    return None


def _after_list(direction: Direction, at: int, members: Phrases[None]) -> int | None:
    """Where a list of phrases ends: "crush, chew or break"; None where none of them stands."""
    member = phrase(direction, at, members)
    after = None
    while member is not None:
        after = member[1]
        link = skip(direction, skip(direction, after, ",", "/"), "or", "and", "nor", "&")
        member = phrase(direction, link, members) if link > after else None
    return after


def site(direction: Direction, at: int) -> Found[Mark] | None:
    """Reads where a patch is put: "to clean, dry, hairless area of upper back or chest"."""
    found = phrase(direction, at, SITE_PREFIXES)
    after = _after_site(direction, found[1]) if found else None
    following = after
    while following is not None:
        after = following
        link = skip(direction, skip(direction, after, ","), "or", "and", "/")
        prefix = phrase(direction, link, SITE_PREFIXES)
        following = _after_site(direction, prefix[1] if prefix else link) if link > after else None
    return (Mark.ADVICE, after) if after else None


def _after_site(direction: Direction, at: int) -> int | None:
    while direction[at].text in SITE_WORDS:
        at = skip(direction, at + 1, ",", "-", "/", "and", "or")
    found = phrase(direction, at, SITES)
    return found[1] if found else None


# ---- for the pharmacy ----


def dispensing(direction: Direction, at: int) -> Found[Dispensing] | None:
    """Reads "#30", "dispense 30 tablets", "refills: 0", "30 day supply": for the pharmacy."""
    if dated := running(direction, at):
        return Dispensing(dated=True), dated
    after = (
        sent_as(direction, at)
        or _after_dispensing(direction, at)
        or _after_number_of_doses(direction, at)
        or _after_fill_date(direction, at)
        or _after_mme(direction, at)
    )
    return (Dispensing(), after) if after else None


def _after_dispensing(direction: Direction, at: int) -> int | None:
    none = phrase(direction, at, NO_REFILLS)
    if none is not None:
        return none[1]
    if direction[at].kind is Kind.NUMBER:
        return _after_count(direction, at)
    if direction[at].text in REFILLS or (direction[at].text == "r" and direction[at + 1].text == "-"):
        count = skip(direction, at + 1, ":", "x", "=", "-")
        return count + 1 if direction[count].kind is Kind.NUMBER or direction[count].text in ("none", "zero") else None
    lasting = phrase(direction, at, LASTING)
    if lasting is not None:
        days = days_at(direction, lasting[1])
        return days[1] if days else None
    word = phrase(direction, at, DISPENSING)
    if word is None and direction[at].text != "#":
        return None
    read = number(direction, skip(direction, skip(direction, word[1] if word else at, ":", "=", "-"), "#"))
    return skip(direction, read[1], *UNITS) if read else None


def _after_number_of_doses(direction: Direction, at: int) -> int | None:
    """Reads "for up to 10 doses", "x 3 doses": how many there are, not how often; not "x 3 doses a day"."""
    if direction[at].text not in ("for", "x"):
        return None
    read = number(direction, after_up_to(direction, at + 1))
    if read is None or read[0] < 2 or direction[read[1]].text != "doses":
        return None
    end = direction[read[1] + 1]
    return read[1] + 1 if end.kind is Kind.END or end.text in (".", ",", ";", ")") else None


def _after_count(direction: Direction, at: int) -> int | None:
    if direction[at + 1].text in REFILLS:
        # "30 rf 0": thirty, and none again.
        return at + 3 if direction[at + 2].kind is Kind.NUMBER else at + 2
    days = skip(direction, at + 1, "-")
    if direction[days].text in ("day", "days") and direction[days + 1].text == "supply":
        return days + 2
    # "30 tablet, refills 0": so many, and none again.
    after = supplied(direction, at)
    if after is None:
        return None
    named = direction[after + 1].text in REFILLS or direction[after + 2].text in REFILLS
    return after if named or phrase(direction, after + 1, NO_REFILLS) else None


def _after_fill_date(direction: Direction, at: int) -> int | None:
    """Reads "do not fill before 10/12/2026", "may fill on March 3, 2026"."""
    found = phrase(direction, at, FILL_DATES)
    if found is None:
        return None
    return after_date(direction, skip(direction, found[1], ":"))


def _after_mme(direction: Direction, at: int) -> int | None:
    """Reads "90 MME/day" and "MME: 90", which the record keeps beside the directions."""
    if direction[at].text in MME:
        a_day = phrase(direction, at + 1, DAY_TOTAL)
        count = skip(direction, a_day[1] if a_day else at + 1, ":", "=")
        return count + 1 if direction[count].kind is Kind.NUMBER else None
    if direction[at].kind is not Kind.NUMBER or direction[at + 1].text not in MME:
        return None
    a_day = phrase(direction, at + 2, DAY_TOTAL)
    return a_day[1] if a_day else skip(direction, at + 2, "daily")


def diagnosis(direction: Direction, at: int) -> Found[Reason] | None:
    """Reads "DX: G89.4, M54.5" and a code that stands alone ("G89.29")."""
    found = phrase(direction, at, DIAGNOSIS)
    start = skip(direction, found[1], ":") if found else at
    if not found and "." not in direction[at + 1].text:
        return None
    after = after_code(direction, start)
    following = after
    while following is not None:
        after = following
        following = after_code(direction, skip(direction, after, ","))
    return (Reason(), after) if after else None
