"""German words of directions, each read as the English one that stands for it; and the decimal comma beside them."""

from __future__ import annotations

import re

_ENGLISH = {
    "und": "and", "oder": "or", "alle": "every", "stunde": "hour", "stunden": "hours", "stdl": "hourly",
    "std": "hours", "tag": "day", "tage": "days", "taeglich": "daily", "tgl": "daily", "taegl": "daily", "bis": "to",
    "woche": "week", "wochen": "weeks", "pro": "per", "morgens": "morning", "mittags": "noon", "abends": "evening",
    "nachts": "bedtime", "einmal": "once", "zweimal": "twice", "dreimal": "thrice", "mal": "times", "ein": "one",
    "eine": "one", "einen": "one", "zwei": "two", "drei": "three", "maximal": "max", "hoechstens": "max",
    "schmerzen": "pain", "gegen": "for", "pflaster": "patch", "tropfen": "drops", "nehmen": "take",
    "einnehmen": "take", "je": "take", "aufkleben": "apply", "wechseln": "change", "dosierung": "directions",
}  # fmt: skip
_GERMAN = re.compile(rf"\b(?:{'|'.join(_ENGLISH)}|tablette|tabletten|kapsel|kapseln|bedarf)\b")
_UP_TO = re.compile(r"\bbis\s+zu\b")
_A_DAY = re.compile(r"\b(?:am|jeden)\s+tag\b")
"""An "am" alone is a time of day of English directions."""
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]{1,4}),([0-9]|25|75|[0-9]{3})(?![0-9.,]*[0-9])")


def in_english(word: str) -> str:
    """The English word for a German one, spelled without umlauts; any other word as it is."""
    return _ENGLISH.get(word, word)


def with_english_numbers(text: str) -> str:
    """`text`, in lower case and without umlauts, with "bis zu 4" as "up to 4" and "2,5" as "2.5" beside German words.

    "Am Tag" is "pro Tag". Elsewhere "2,5" may be two numbers, and "5,10" may be anywhere. "2,500" becomes "2.500",
    which is refused as thousands or a fraction.
    """
    limits = _UP_TO.sub("up to", text) if "bis" in text else text
    limits = _A_DAY.sub("pro tag", limits) if "tag" in limits else limits
    return _DECIMAL_COMMA.sub(r"\1.\2", limits) if "," in limits and _GERMAN.search(limits) else limits
