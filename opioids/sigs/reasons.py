"""As needed, and what for: "prn", "for moderate to severe back pain (4-6)", "DX: G89.4".

A reason is read so that nothing else hides in it: a number that may be a dose is no score.
"""

from __future__ import annotations

from dataclasses import dataclass

from opioids.sigs.remarks import DOSE_WORDS
from opioids.sigs.tokens import Found, Kind, Token, wordings, words_in
from opioids.sigs.words import CLAIMS_A_NUMBER, INTERVAL_UNITS, NEEDS_A_VERB, UNITS

_AS_NEEDED = wordings(
    "prn|as needed|as-needed|if needed|when needed|when required|as required|if required|as necessary|when necessary"
    "|if necessary|as needed only|prn p|prn pn|prf|prf p|prf pn|bei bedarf|bb|bei schmerzen|wenn noetig"
)
_FOR = wordings(
    "for|for:|for the|to treat|to relieve|to control|for relief of|for the relief of|for treatment of"
    "|indication:|indications:|reason:|dx:|diagnosis:"
)
_REASON_ADJECTIVES = frozenset(
    words_in(
        "mild moderate mod severe acute baseline chronic breakthrough cancer neuropathic nerve postoperative postop "
        "postsurgical surgical back neck knee hip shoulder joint leg foot arm hand chest abdominal pelvic muscle "
        "dental tooth bone intense persistent diabetic low lower upper left right worse opioid"
    )
)
_REASONS = wordings(
    "pain|pains|pain relief|pain control|pain management|btp|pain med|headache|headaches|toothache|migraine|migraines"
    "|cough|coughing|diarrhea|spasm|spasms|fever|discomfort|shortness of breath|dyspnea|sob|anxiety|insomnia|sleep"
    "|breathlessness|withdrawal|withdrawal symptoms|opioid use disorder|opioid dependence|oud|arthritis|sciatica"
    "|sickle cell pain|sickle cell crisis|fracture|surgery pain|post-op pain|post op pain|post-operative pain"
    "|congestion|nausea|vomiting|wheezing|swelling|anxiety attacks|symptoms|restless legs|neuropathy|osteoarthritis"
    "|air hunger|post-surgical pain|post surgical pain|cramps|injury|rls|dental work"
)
_DIAGNOSIS = wordings("dx|dx code|icd|icd10|icd-10|icd 10|icd-10 code|icd10 code|diagnosis|diagnosis code|dx codes")
_REASON_LINKS = ("and", "to", "-", "&", ",")
"""Before another reason, beside "/", "or" and "and" alone: "pain and/or cough", "pain, or cough"."""
_SCORE_WORDS = frozenset(words_in("scale score level rating rated"))
_SEVERITIES = frozenset(words_in("mild moderate mod severe"))
_AT_LEAST = wordings(">|>=|≥|> or =|greater than|more than|above|at least|greater than or equal to")
_OR_WORSE = wordings("or more|or greater|or higher|or above|and above|or worse|and up|and higher")
_WORST_PAIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What it is taken for; `severity` when it says how bad the pain is."""

    severity: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AsNeeded:
    """The words "as needed", with or without saying for what."""

    reason: Reason | None = None


def as_needed(at: Token) -> Found[AsNeeded] | None:
    """Reads "prn", "as needed for moderate pain (4-6)"."""
    needed = at.behind(_AS_NEEDED)
    if needed is None:
        return None
    start = needed.skip("(", ":", ",", "-").past(_FOR)
    after = _after_reasons(start)
    return (AsNeeded(reason=_reason_of(start, after)), after) if after else (AsNeeded(), needed)


def reason(at: Token) -> Found[Reason] | None:
    """Reads "for moderate to severe back pain", "to treat cough"."""
    start = at.behind(_FOR)
    after = _after_reasons(start) if start else None
    return (_reason_of(start, after), after) if start and after else None


def _reason_of(start: Token, after: Token) -> Reason:
    words = start.until(after)
    return Reason(severity=any(token.text in _SEVERITIES or token.kind is Kind.NUMBER for token in words))


def diagnosis(at: Token) -> Found[Reason] | None:
    """Reads "DX: G89.4, M54.5" and a code that stands alone ("G89.29")."""
    named = at.behind(_DIAGNOSIS)
    if not named and "." not in at.next.text:
        return None
    end, following = None, _after_code(named.skip(":") if named else at)
    while following:
        end = following
        following = _after_code(end.skip(","))
    return (Reason(), end) if end else None


# ---- where a reason ends ----


def _after_reasons(at: Token) -> Token | None:
    """Where a list of reasons ends: "moderate pain (4-6) or severe pain (7-10)"."""
    end, following = None, _after_reason(at)
    while following:
        end = following
        link = end.skip(*_REASON_LINKS).skip("/").skip("or", "and")
        following = _after_reason(link.past(_FOR)) if link is not end else None
    return end


def _after_reason(at: Token) -> Token | None:
    after = at.behind(_REASONS)
    while after is None and at.text in _REASON_ADJECTIVES:
        at = at.next
        link = at.skip("to", "or", "and", "-", "/", ",")
        at = link if link.text in _REASON_ADJECTIVES else at
        after = at.behind(_REASONS)
    if after is None and at.before.text == "breakthrough":
        after = at
    return _after_bracketed_code(_after_score(_after_severity(after))) if after else None


def _after_bracketed_code(at: Token) -> Token:
    """The end of "(G89.4)" or "(ICD-10: M54.5)"; else `at`."""
    if at.text != "(":
        return at
    named = at.next.behind(_DIAGNOSIS)
    after = _after_code(named.skip(":") if named else at.next)
    return after.next if after and after.text == ")" else at


def _after_code(at: Token) -> Token | None:
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
    if opening is at or opening.text not in _SEVERITIES:
        return at
    after = opening.next
    while after.text in ("to", "or", "and", "-") and after.next.text in _SEVERITIES:
        after = after.next.next
    if at.text != "(":
        # "Moderate pain, severe pain": another reason of the list.
        return at if after.phrase(_REASONS) else after
    return after.next if after.text == ")" else at


def _after_score(at: Token) -> Token:
    """The end of a pain score: "(7-10)", "scale 7-10", "(pain score 4-6)", "4-6/10", "> 5"; else `at`.

    A bare number is none without its brackets and its range: "for pain 1-2 tablets" is a dose.
    """
    opening = at.skip("(")
    start = opening.skip("pain")
    while start.text in _SCORE_WORDS:
        start = start.next
    worded = start.before.text in _SCORE_WORDS
    start = start.skip("of", ":", "is")
    least = start.behind(_AT_LEAST)
    score = _score(least or start)
    if score is None:
        return at
    is_range, of_ten, end = score
    worse = end.behind(_OR_WORSE)
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
