"""What a direction is for: "for moderate to severe back pain (4-6)". Read so that nothing else hides in it."""

from __future__ import annotations

from opioids.sig_remarks import DOSE_WORDS, FOR, REASON_ADJECTIVES, REASON_LINKS, REASONS, SCORE_WORDS, SEVERITIES
from opioids.sig_tokens import Direction, Kind, phrase, skip
from opioids.sig_words import UNITS

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
    while direction[at].text in REASON_ADJECTIVES:
        at += 1
        link = skip(direction, at, "to", "or", "and", "-", "/", ",")
        at = link if direction[link].text in REASON_ADJECTIVES else at
    found = phrase(direction, at, REASONS)
    return _after_score(direction, _after_severity(direction, found[1])) if found else None


def _after_severity(direction: Direction, at: int) -> int:
    """The end of "pain, moderate" or "pain (severe)"; else `at`."""
    opening = skip(direction, at, ",", "(", "-", ":")
    if opening == at or direction[opening].text not in SEVERITIES:
        return at
    after = opening + 1
    while direction[after].text in ("to", "or", "and", "-") and direction[after + 1].text in SEVERITIES:
        after += 2
    if direction[at].text != "(":
        return after
    return after + 1 if direction[after].text == ")" else at


def _after_score(direction: Direction, at: int) -> int:
    """The end of a pain score: "(7-10)", "scale 7-10", "(pain score 4-6)", "4-6/10"; else `at`.

    A bare number is none without its brackets and its range: "for pain 1-2 tablets" is a dose.
    """
    opening = skip(direction, at, "(")
    start = skip(direction, opening, "pain")
    while direction[start].text in SCORE_WORDS:
        start += 1
    worded = direction[start - 1].text in SCORE_WORDS
    score = _score(direction, skip(direction, start, "of", ":", "is"))
    if score is None:
        return at
    is_range, of_ten, after = score
    if opening > at:
        return after + 1 if direction[after].text == ")" and (worded or of_ten or is_range) else at
    claimed = (
        direction[after].text in UNITS or direction[after].text in DOSE_WORDS or direction[after].kind is Kind.FRACTION
    )
    return after if (worded or of_ten) and not claimed else at


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
