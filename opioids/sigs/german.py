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
    "fuer": "for", "dann": "then", "frueh": "morning", "stuendlich": "hourly", "tageshoechstdosis": "mdd",
    "montags": "monday", "dienstags": "tuesday", "mittwochs": "wednesday", "donnerstags": "thursday",
    "freitags": "friday", "samstags": "saturday", "sonntags": "sunday",
}  # fmt: skip
_GERMAN = re.compile(rf"\b(?:{'|'.join(_ENGLISH)}|tablette|tabletten|kapsel|kapseln|bedarf)\b")
_SAID_AS = {
    "bis zu": "up to", "am tag": "pro tag", "jeden tag": "pro tag", "jeden zweiten tag": "alle 2 tage",
    "am morgen": "morgens", "am mittag": "mittags", "am abend": "abends", "vor dem schlafengehen": "zur nacht",
    "nach bedarf": "bei bedarf", "b. bed.": "bei bedarf", "b. b.": "bei bedarf", "eine halbe": "1/2",
    "tbl. in": "tbl in",
}  # fmt: skip
"""Phrases, each with another one that says the same. An "am" alone is a time of day of English directions."""
_PHRASES = re.compile(rf"\b(?:{'|'.join(re.escape(said) for said in _SAID_AS)})(?![a-z])".replace(r"\ ", r"\s+"))
_GLUED = re.compile(r"(?<=[0-9])(?:-(?=mal\b)|(?=xtgl\b))")
"""Between number and word of "2-mal" and "2xtgl"."""
_DECIMAL_COMMA = re.compile(r"(?<![0-9.,])([0-9]{1,4}),([0-9]|25|75|[0-9]{3})(?![0-9.,]*[0-9])")


def in_english(word: str) -> str:
    """The English word for a German one, spelled without umlauts; any other word as it is."""
    return _ENGLISH.get(word, word)


def with_english_numbers(text: str) -> str:
    """`text`, in lower case and without umlauts, with "bis zu 4" as "up to 4" and "2,5" as "2.5" beside German words.

    Elsewhere "2,5" may be two numbers, and "5,10" may be anywhere. "2,500" becomes "2.500", which is refused as
    thousands or a fraction. The signs in which prescriptions there have to enclose directions (»1-0-1«) say nothing.
    """
    said = _PHRASES.sub(lambda phrase: _SAID_AS[" ".join(phrase.group().split())], text)
    said = _GLUED.sub(" ", said).replace(" xtgl", " x tgl").replace(">>", " ").replace("<<", " ")
    return _DECIMAL_COMMA.sub(r"\1.\2", said) if "," in said and _GERMAN.search(said) else said
