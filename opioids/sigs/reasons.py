"""What a direction is for: "for moderate to severe back pain (4-6)". Read so that nothing else hides in it."""

from __future__ import annotations

from opioids.sigs.remarks import (
    AT_LEAST,
    DIAGNOSIS,
    DOSE_WORDS,
    FOR,
    OR_WORSE,
    REASON_ADJECTIVES,
    REASON_LINKS,
    REASONS,
    SCORE_WORDS,
    SEVERITIES,
)
from opioids.sigs.tokens import Kind, Token
from opioids.sigs.words import CLAIMS_A_NUMBER, INTERVAL_UNITS, NEEDS_A_VERB, UNITS

_WORST_PAIN = 10


def after_reasons(at: Token) -> Token | None:
    """Where a list of reasons ends: "moderate pain (4-6) or severe pain (7-10)"."""
    end, following = None, _after_reason(at)
    while following:
        end = following
        link = end.skip(*REASON_LINKS).skip("/").skip("or", "and")
        following = _after_reason(link.past(FOR)) if link is not end else None
    return end


def _after_reason(at: Token) -> Token | None:
    after = at.behind(REASONS)
    while after is None and at.text in REASON_ADJECTIVES:
        at = at.next
        link = at.skip("to", "or", "and", "-", "/", ",")
        at = link if link.text in REASON_ADJECTIVES else at
        after = at.behind(REASONS)
    if after is None and at.before.text == "breakthrough":
        after = at
    return _after_bracketed_code(_after_score(_after_severity(after))) if after else None


def _after_bracketed_code(at: Token) -> Token:
    """The end of "(G89.4)" or "(ICD-10: M54.5)"; else `at`."""
    if at.text != "(":
        return at
    named = at.next.behind(DIAGNOSIS)
    after = after_code(named.skip(":") if named else at.next)
    return after.next if after and after.text == ")" else at


def after_code(at: Token) -> Token | None:
    """The end of a diagnosis code such as "G89.4" or "S82.201A"."""
    # Not "q" and "x": "(q4h)" and "(x3)" say how often.
    if at.kind is not Kind.WORD or len(at.text) != 1 or at.text in "qx":
        return None
    digits = at.next
    if not digits.text[:1].isdecimal() or digits.spaced or len(digits.text) < 2:
        return None
    ending = digits.next
    glued = ending.kind is Kind.WORD and not ending.spaced and len(ending.text) == 1
    return ending.next if glued else ending


def _after_severity(at: Token) -> Token:
    """The end of "pain, moderate" or "pain (severe)"; else `at`."""
    opening = at.skip(",", "(", "-", ":")
    if opening is at or opening.text not in SEVERITIES:
        return at
    after = opening.next
    while after.text in ("to", "or", "and", "-") and after.next.text in SEVERITIES:
        after = after.next.next
    if at.text != "(":
        # "Moderate pain, severe pain": another reason of the list.
        return at if after.phrase(REASONS) else after
    return after.next if after.text == ")" else at


def _after_score(at: Token) -> Token:
    """The end of a pain score: "(7-10)", "scale 7-10", "(pain score 4-6)", "4-6/10", "> 5"; else `at`.

    A bare number is none without its brackets and its range: "for pain 1-2 tablets" is a dose.
    """
    opening = at.skip("(")
    start = opening.skip("pain")
    while start.text in SCORE_WORDS:
        start = start.next
    worded = start.before.text in SCORE_WORDS
    start = start.skip("of", ":", "is")
    least = start.behind(AT_LEAST)
    score = _score(least or start)
    if score is None:
        return at
    is_range, of_ten, end = score
    worse = end.behind(OR_WORSE)
    after = worse or end
    if worse or least:
        if after.text in NEEDS_A_VERB:
            return at
        worded = True
    if opening is not at:
        return after.next if after.text == ")" and (worded or of_ten or is_range) else at
    ends = after.kind is Kind.END or after.text in ",.;"
    return after if (worded or of_ten or (is_range and ends)) and not _claims(after) else at


def _claims(at: Token) -> bool:
    """Whether what follows may own the number before it: "pain level 1 tablet", "pain scale 4-6 hourly"."""
    owners = (UNITS, DOSE_WORDS, CLAIMS_A_NUMBER, INTERVAL_UNITS)
    return at.kind is Kind.FRACTION or any(at.text in words for words in owners)


def _score(at: Token) -> tuple[bool, bool, Token] | None:
    """A score from 0 to 10: whether it is a range, whether it says "out of 10", and where it ends."""
    if not _is_score(at):
        return None
    after, is_range = at.next, False
    if after.text in ("-", "to") and _is_score(after.next):
        if at.value >= after.next.value:
            return None
        after, is_range = after.next.next, True
    ten = after.skip("/", "of")
    if after.text == "out" and after.next.text == "of":
        ten = after.next.next
    of_ten = ten is not after and ten.text == str(_WORST_PAIN)
    return is_range, of_ten, ten.next if of_ten else after


def _is_score(at: Token) -> bool:
    return at.kind is Kind.NUMBER and at.text.isdecimal() and at.value <= _WORST_PAIN
