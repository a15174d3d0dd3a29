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
from opioids.sigs.tokens import Direction, Kind, phrase, skip
from opioids.sigs.words import CLAIMS_A_NUMBER, INTERVAL_UNITS, NEEDS_A_VERB, UNITS

_WORST_PAIN = 10


def after_for(direction: Direction, at: int) -> int:
    """The end of "for", "to treat" and the like; else `at`."""
    found = phrase(direction, at, FOR)
    return found[1] if found else at


def after_reasons(direction: Direction, at: int) -> int | None:
    """Where a list of reasons ends: "moderate pain (4-6) or severe pain (7-10)"."""
    end = _after_reason(direction, at)
    following = end
    while following is not None:
        end = following
        link = skip(direction, end, *REASON_LINKS)
        link = skip(direction, skip(direction, link, "/"), "or", "and")
        following = _after_reason(direction, after_for(direction, link)) if link > end else None
    return end


def _after_reason(direction: Direction, at: int) -> int | None:
    found = phrase(direction, at, REASONS)
    while found is None and direction[at].text in REASON_ADJECTIVES:
        at += 1
        link = skip(direction, at, "to", "or", "and", "-", "/", ",")
        at = link if direction[link].text in REASON_ADJECTIVES else at
        found = phrase(direction, at, REASONS)
    if found is None and direction[at - 1].text == "breakthrough":
        found = None, at
    if found is None:
        return None
    return _after_bracketed_code(direction, _after_score(direction, _after_severity(direction, found[1])))


def _after_bracketed_code(direction: Direction, at: int) -> int:
    """The end of "(G89.4)" or "(ICD-10: M54.5)"; else `at`."""
    if direction[at].text != "(":
        return at
    named = phrase(direction, at + 1, DIAGNOSIS)
    code = after_code(direction, skip(direction, named[1], ":") if named else at + 1)
    return code + 1 if code is not None and direction[code].text == ")" else at


def after_code(direction: Direction, at: int) -> int | None:
    """The end of a diagnosis code such as "G89.4" or "S82.201A"."""
    letter = direction[at]
    # Not "q" and "x": "(q4h)" and "(x3)" say how often.
    if letter.kind is not Kind.WORD or len(letter.text) != 1 or letter.text in "qx":
        return None
    digits = direction[at + 1]
    if not digits.text[:1].isdecimal() or digits.spaced or len(digits.text) < 2:
        return None
    ending = direction[at + 2]
    glued = ending.kind is Kind.WORD and not ending.spaced and len(ending.text) == 1
    return at + 3 if glued else at + 2


def _after_severity(direction: Direction, at: int) -> int:
    """The end of "pain, moderate" or "pain (severe)"; else `at`."""
    opening = skip(direction, at, ",", "(", "-", ":")
    if opening == at or direction[opening].text not in SEVERITIES:
        return at
    after = opening + 1
    while direction[after].text in ("to", "or", "and", "-") and direction[after + 1].text in SEVERITIES:
        after += 2
    if direction[at].text != "(":
        # "Moderate pain, severe pain": another reason of the list.
        return at if phrase(direction, after, REASONS) else after
    return after + 1 if direction[after].text == ")" else at


def _after_score(direction: Direction, at: int) -> int:
    """The end of a pain score: "(7-10)", "scale 7-10", "(pain score 4-6)", "4-6/10", "> 5"; else `at`.

    A bare number is none without its brackets and its range: "for pain 1-2 tablets" is a dose.
    """
    opening = skip(direction, at, "(")
    start = skip(direction, opening, "pain")
    while direction[start].text in SCORE_WORDS:
        start += 1
    worded = direction[start - 1].text in SCORE_WORDS
    start = skip(direction, start, "of", ":", "is")
    least = phrase(direction, start, AT_LEAST)
    score = _score(direction, least[1] if least else start)
    if score is None:
        return at
    is_range, of_ten, after = score
    worse = phrase(direction, after, OR_WORSE)
    after = worse[1] if worse else after
    if worse or least:
        if direction[after].text in NEEDS_A_VERB:
            return at
        worded = True
    if opening > at:
        return after + 1 if direction[after].text == ")" and (worded or of_ten or is_range) else at
    ends = direction[after].kind is Kind.END or direction[after].text in ",.;"
    return after if (worded or of_ten or (is_range and ends)) and not _claims(direction, after) else at


def _claims(direction: Direction, at: int) -> bool:
    """Whether what follows may own the number before it: "pain level 1 tablet", "pain scale 4-6 hourly"."""
    token = direction[at]
    owners = (UNITS, DOSE_WORDS, CLAIMS_A_NUMBER, INTERVAL_UNITS)
    return token.kind is Kind.FRACTION or any(token.text in words for words in owners)


def _score(direction: Direction, at: int) -> tuple[bool, bool, int] | None:
    """A score from 0 to 10: whether it is a range, whether it says "out of 10", and where it ends."""
    if not _is_score(direction, at):
        return None
    after, is_range = at + 1, False
    if direction[after].text in ("-", "to") and _is_score(direction, after + 1):
        if direction[at].value >= direction[after + 1].value:
            return None
        after, is_range = after + 2, True
    ten = skip(direction, after, "/", "of")
    if direction[after].text == "out" and direction[after + 1].text == "of":
        ten = after + 2
    of_ten = ten > after and direction[ten].text == str(_WORST_PAIN)
    return is_range, of_ten, ten + 1 if of_ten else after


def _is_score(direction: Direction, at: int) -> bool:
    token = direction[at]
    return token.kind is Kind.NUMBER and token.text.isdecimal() and token.value <= _WORST_PAIN
