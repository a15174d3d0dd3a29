"""Words for people: safe to show, brief, and the same for the same case.

Text that came with a request (drug names) is never trusted: it is shortened and made harmless, because
EHRs render card details as Markdown and some let HTML through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from hooks.protocol import SUMMARY_LIMIT
from opioids.mme import Supplement
from opioids.mme_lines import MmeLine
from opioids.outcomes import Course
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.quantities import shown
from opioids.record_codes import Measured

_LONGEST_NAME = 120
_LONGEST_ITEM = 64
"""What the names of combinations and of extended-release tablets take, so that no strength is cut in two."""
_SHORTER_ITEMS = (40, 24)
_MOST_ITEMS = SUMMARY_LIMIT // 2
"""No more fit into a summary, however short they are: two characters stand between them."""
_MARKUP = str.maketrans(
    {"<": "&lt;", ">": "&gt;", "&": "&amp;", **{letter: f"\\{letter}" for letter in "\\`*_~#|"}},
)
_LINK = re.compile(r"(?i)(://|www\.|mailto:|@)")
_BRACKET = re.compile(r"\]\s?(?=[(\[:])")
"""What can end the text of a link: a space behind it is enough for some readers of Markdown, a backslash for others."""
_LIST = re.compile(r"^([-+=]|\d+[.)]|\[[ xX]?\])(?=\s|$)")


def plain(text: str, longest: int = _LONGEST_NAME) -> str:
    """Text from a request on one line, printable, no longer than `longest`."""
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def safe(text: str) -> str:
    """Text from a request for a card's Markdown: no markup, no HTML, no link of any kind works in it."""
    return _safe(text if len(text) <= _LONGEST_NAME else plain(text))


@lru_cache(maxsize=4096)
def _safe(text: str) -> str:
    words = plain(text).translate(_MARKUP)
    if "]" in words:
        words = _BRACKET.sub(r"\\] ", words)
    if _LIST.match(words):
        words = "\u200b" + words
    return _LINK.sub(lambda match: match.group(0)[0] + " " + match.group(0)[1:], words)


def mme(value: Decimal) -> str:
    """An amount of MME a day as people write it."""
    return f"{shown(value)} MME/day"


def capital(words: str) -> str:
    """Words as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


def summary(sentence: str, items: Sequence[str] = ()) -> str:
    """One line within the limit: the sentence with as many items as fit, and how many more there are."""
    for longest in (SUMMARY_LIMIT, *_SHORTER_ITEMS):
        shortened = [_item(item, longest) for item in items[:_MOST_ITEMS]]
        for count in range(len(shortened), 0, -1):
            rest = len(items) - count
            line = f"{sentence}{'; '.join(shortened[:count])}{f' (+{rest} more)' if rest else ''}."
            if len(line) <= SUMMARY_LIMIT:
                return line
    bare = sentence.rstrip(" :;")
    return plain(bare if bare.endswith((".", "?")) else f"{bare}.", SUMMARY_LIMIT)


def _item(text: str, longest: int) -> str:
    """Text for a summary, which some clients show as HTML."""
    return _short_item(text if len(text) <= SUMMARY_LIMIT else plain(text, SUMMARY_LIMIT), longest)


@lru_cache(maxsize=4096)
def _short_item(text: str, longest: int) -> str:
    return plain(text, longest).replace("<", "(").replace(">", ")")


def within_brackets(text: str) -> str:
    """The text as it stands within round brackets: its own become square ones."""
    return text.replace("(", "[").replace(")", "]")


def counted_line(line: MmeLine) -> str:
    """One drug's arithmetic as a list item."""
    assumed = f" ({within_brackets('; '.join(map(safe, line.assumptions)))})" if line.assumptions else ""
    return f"- {safe(line.medication)}: {line.arithmetic}{assumed}"


def uncounted_line(one: Uncounted) -> str:
    """One order that could not be counted, with what is missing."""
    return f"- {safe(one.medication)}: {safe(one.detail)}"


def supplement_words(beside: Supplement) -> str:
    """What an uncounted order comes to by another table: for orientation, under that table's name."""
    amount = mme(beside.mme_per_day.maximum)
    return f". For orientation, not in the total: {amount} by {beside.table} ({within_brackets(beside.arithmetic)})"


def uncounted_item(one: Uncounted) -> str:
    """The same in few words, for a summary."""
    return f"{plain(one.medication, _LONGEST_ITEM)} ({_IN_FEW_WORDS.get(one.reason) or one.reason.replace('-', ' ')})"


_IN_FEW_WORDS = {
    UncountedReason.NO_FACTOR: "no MME factor",
    UncountedReason.ROUTE_NOT_CONVERTIBLE: "no MME factor by this route",
    UncountedReason.RESOURCE_INVALID: "order not readable",
    UncountedReason.REFERENCE_UNRESOLVED: "medicine not sent",
}
"""Reasons whose codes are not what a prescriber says."""


_SAID_WHEN_LEFT_OUT = {
    IgnoredReason.OUTSIDE_PERIOD: "{detail}",
    IgnoredReason.NOT_ACTIVE: "{detail}",
    IgnoredReason.REPLACED: "{detail}",
    IgnoredReason.PARTIAL_AGONIST: "not converted (partial agonist)",
    IgnoredReason.OPIOID_USE_DISORDER_TREATMENT: "treatment of opioid use disorder, never part of the total",
}


_NAMED_STATES = ("on hold", "stopped now")
"""Of orders that are not active, those that a prescriber would look for."""


def left_out(ignored: Sequence[Ignored]) -> tuple[tuple[str, str], ...]:
    """Orders of opioids that add nothing but that a prescriber would look for: the medicine, and why; each once."""
    found = {
        (one.medication, words.format(detail=one.detail)): None
        for one in ignored
        if (words := _SAID_WHEN_LEFT_OUT.get(one.reason))
        and (one.reason is not IgnoredReason.NOT_ACTIVE or one.detail.startswith(_NAMED_STATES))
    }
    return tuple(found)


def left_out_lines(ignored: Sequence[Ignored]) -> list[str]:
    """The same as list items."""
    return list(dict.fromkeys(f"- {safe(medication)}: {safe(why)}" for medication, why in left_out(ignored)))


def months(days: int) -> str:
    """A length of therapy in words, rounded down; a year is one only after 365 days."""
    if days >= 730:
        return f"{days // 365} years"
    if days >= 60:
        return f"{days // 30 if days >= 365 else min(days // 30, 11)} months"
    return "1 day" if days == 1 else f"{days} days"


_SCORED = {Measured.PAIN: "Pain", Measured.PAIN_AND_FUNCTION: "Pain and function (PEG)"}


def course_line(course: Course) -> str:
    """The first and the last score on one scale as a list item."""
    first, last = course.first, course.last
    return f"- {_SCORED[last.kind]} (0 to 10): {shown(first.value)} on {first.day}, {shown(last.value)} on {last.day}"
