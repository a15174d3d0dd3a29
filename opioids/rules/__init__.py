"""The rules, one recommendation each: `(Case, Guideline) -> Recommendation | HeldBack`.

A rule decides; it holds no number of its own (those are the guideline's data) and no words for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from opioids.case import Case
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules.data_incomplete import data_incomplete
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.mme_total import mme_total
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.slower_taper import slower_taper

Rule = Callable[[Case, Guideline], Recommendation | HeldBack]

RULES: tuple[Rule, ...] = (slower_taper, naloxone_offer, data_incomplete, mme_total, deprescribing_review)

MOST_AT_ONCE = 3

_SAFETY_FIRST = (
    Topic.SLOWER_TAPER,
    Topic.NALOXONE_OFFER,
    Topic.SEDATIVE_OVERLAP,
    Topic.DATA_INCOMPLETE,
    Topic.MME_TOTAL,
    Topic.DOSE_ESCALATION,
    Topic.DEPRESCRIBING_REVIEW,
)
_URGENCY = (Urgency.CRITICAL, Urgency.WARNING, Urgency.INFO)


def recommend(case: Case, guideline: Guideline, rules: Iterable[Rule] = RULES) -> tuple[Recommendation, ...]:
    """What there is to say, most urgent first, and no more than a prescriber can take in at once.

    Safety decides what stays: a warning about a stop, naloxone and sedatives are never dropped for a
    milder topic, and what could not be seen is said before what was added up.
    """
    return _kept([rule(case, guideline) for rule in rules])


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule made of a case; `told` is false for a recommendation that more urgent ones left no room for."""

    rule: str
    found: Recommendation | HeldBack
    told: bool


def verdicts(case: Case, guideline: Guideline, rules: Iterable[Rule] = RULES) -> tuple[Verdict, ...]:
    """Every rule in its order, those that held back with their reason."""
    found = [(rule.__name__, rule(case, guideline)) for rule in rules]
    kept = _kept([one for _, one in found])
    return tuple(Verdict(rule=name, found=one, told=one in kept) for name, one in found)


def _kept(found: Iterable[Recommendation | HeldBack]) -> tuple[Recommendation, ...]:
    spoken = [one for one in found if isinstance(one, Recommendation)]
    spoken.sort(key=lambda one: _SAFETY_FIRST.index(one.topic))
    return tuple(sorted(spoken[:MOST_AT_ONCE], key=lambda one: _URGENCY.index(one.urgency)))
