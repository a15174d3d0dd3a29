"""Timing codes of FHIR and their words ("BID", "every 4 hours", "once") into how often."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fhir_mappings.elements import Json, concept_codes, concept_words
from opioids.quantities import Frequency, steadily, times
from opioids.sigs.directions import read_frequency

_CODES = {
    "OD": times(1), "BED": times(1), "WK": times(1, 7), "MO": times(1, "30.4375"), "1/D": times(1),
}  # fmt: skip
"""Those that written directions do not know, or know as something else."""

_SNOMED = {
    "229797004": (times(1), times(1)), "229799001": (times(2), times(2)), "229798009": (times(3), times(3)),
    "307439001": (times(4), times(4)), "396107007": (times(1), times(2)), "396108002": (times(1), times(3)),
    "396109005": (times(1), times(4)), "396111001": (times(2), times(4)), "225752000": (times(6), times(12)),
    "225754004": (times(6), times(8)), "396127008": (times(4), times(8)), "396139000": (times(3), times(4)),
    "396140003": (times(2), times(3)), "225756002": (times(6), times(6)), "307468000": (times(4), times(4)),
    "307469008": (times(3), times(3)), "307470009": (times(2), times(2)), "396125000": (times(1), times(1)),
    "396126004": (times(2, 3), times(2, 3)), "396131002": (times(1, 2), times(1, 2)),
    "396143001": (times(1, 3), times(1, 3)),
}  # fmt: skip
"""SNOMED CT's frequencies ("every four hours") and spans of them ("every 6 to 8 hours"), fewest and most times a day:
those of the American quality measure of opioids prescribed together (CMS506)."""

_ONCE = frozenset(
    {"ONCE", "ONE TIME", "ONE TIME ONLY", "1 TIME", "1 TIME ONLY", "ONE-TIME", "X1", "X 1", "STAT", "NOW", "ONCE ONLY"}
    | {"ONE TIME DOSE", "ONE-TIME DOSE", "1 TIME DOSE", "SINGLE DOSE"}
)
"""Names of a single dose, which is no dose of every day."""


@dataclass(frozen=True, slots=True)
class CodedTiming:
    """What a timing code says: how often (None: nothing that is known), whether as needed, or a single time."""

    frequency: Frequency | None = None
    as_needed: bool = False
    once: bool = False


_SAYS_NOTHING = CodedTiming()


def read_code(code: Json) -> CodedTiming:
    """A timing code such as BID, or its words such as "every 4 hours as needed"."""
    if not code:
        return _SAYS_NOTHING
    codes = sorted([value for _, value in concept_codes(code)], key=_is_once)  # "now, and every 6 hours" is no one dose
    told = [one for word in (*codes, *concept_words(code)) if (one := _told(word))]
    if not told:
        return _SAYS_NOTHING
    # The first says how often; the words beside a code may be all that says "as needed".
    return replace(told[0], as_needed=True) if any(one.as_needed for one in told) else told[0]


def _is_once(word: str) -> bool:
    return word.upper() in _ONCE


def _told(word: str) -> CodedTiming | None:
    if found := _CODES.get(word.upper()):
        return CodedTiming(frequency=steadily(found))
    if span := _SNOMED.get(word):
        return CodedTiming(frequency=Frequency(low=span[0], high=span[1]))
    if _is_once(word):
        return CodedTiming(once=True)
    read = read_frequency(word.removesuffix("(qualifier value)"))
    return CodedTiming(*read) if read else None
