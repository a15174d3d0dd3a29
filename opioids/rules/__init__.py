"""The rules, one recommendation each: `(Case, Guideline) -> Recommendation | HeldBack`.

A rule decides; it holds no number of its own (those are the guideline's data) and no words for people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import product

from opioids.case import Case
from opioids.guideline import Guideline
from opioids.recommendations import (
    GRAVEST_FIRST,
    RESTORED_RULE,
    WITHOUT_TOLERANCE_RULE,
    HeldBack,
    Recommendation,
    Topic,
    Urgency,
)
from opioids.rules.data_incomplete import data_incomplete
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.dose_escalation import dose_escalation
from opioids.rules.mme_total import mme_total
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.opioid_blocker import opioid_blocker
from opioids.rules.restored_dose import restored_dose
from opioids.rules.sedative_overlap import sedative_overlap
from opioids.rules.slower_taper import slower_taper
from opioids.rules.without_tolerance import without_tolerance

Rule = Callable[[Case, Guideline], Recommendation | HeldBack]

RULES: tuple[Rule, ...] = (
    slower_taper,
    opioid_blocker,
    naloxone_offer,
    sedative_overlap,
    data_incomplete,
    mme_total,
    without_tolerance,
    restored_dose,
    dose_escalation,
    deprescribing_review,
)

MOST_AT_ONCE = 3

SAFETY_FIRST = (
    Topic.SLOWER_TAPER,
    Topic.NALOXONE_OFFER,
    Topic.SEDATIVE_OVERLAP,
    Topic.DATA_INCOMPLETE,
    Topic.MME_TOTAL,
    Topic.DOSE_ESCALATION,
    Topic.DEPRESCRIBING_REVIEW,
)

Rests = Callable[[tuple[Recommendation, ...]], Collection[Topic]]
"""Tells, of what there would be to say, the topics that a prescriber has asked not to hear about again for now."""


def nothing_rests(found: tuple[Recommendation, ...]) -> Collection[Topic]:  # noqa: ARG001 - one of several answers
    """Nobody has asked for silence."""
    return ()


def recommend(
    case: Case,
    guideline: Guideline,
    rules: Iterable[Rule] = RULES,
    rests: Rests = nothing_rests,
    most: int = MOST_AT_ONCE,
) -> tuple[Recommendation, ...]:
    """What there is to say, most urgent first, and no more than a prescriber can take in at once.

    Safety decides what stays: a warning about a stop, naloxone and sedatives are never dropped for a
    milder topic, and what could not be seen is said before what was added up. What rests makes room.
    """
    return _kept(_awake(_spoken([rule(case, guideline) for rule in rules]), rests), most)


def left_unsaid(case: Case, guideline: Guideline, told: tuple[Recommendation, ...]) -> bool:
    """Whether something could not be seen or counted, and graver topics left no room to say so."""
    if Topic.DATA_INCOMPLETE in [one.topic for one in told]:
        return False
    return isinstance(data_incomplete(case, guideline), Recommendation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule made of a case; `told` is false for a recommendation that more urgent ones left no room for.

    `rests` is true for one that is not told because a prescriber asked not to hear about it for now.
    """

    rule: str
    found: Recommendation | HeldBack
    told: bool
    rests: bool


def verdicts(
    case: Case,
    guideline: Guideline,
    rules: Iterable[Rule] = RULES,
    rests: Rests = nothing_rests,
    most: int = MOST_AT_ONCE,
) -> tuple[Verdict, ...]:
    """Every rule in its order, those that held back with their reason."""
    found = [(rule.__name__, rule(case, guideline)) for rule in rules]
    spoken = _spoken([one for _, one in found])
    awake = _awake(spoken, rests)
    kept = _kept(awake, most)
    return tuple(
        Verdict(rule=name, found=one, told=one in kept, rests=one in spoken and one not in awake) for name, one in found
    )


def _spoken(found: Iterable[Recommendation | HeldBack]) -> tuple[Recommendation, ...]:
    return tuple([one for one in found if isinstance(one, Recommendation)])


def _awake(spoken: tuple[Recommendation, ...], rests: Rests) -> list[Recommendation]:
    """Those that do not rest; what may never be silenced stays, whatever is said of its topic."""
    resting = rests(spoken) if spoken else ()
    return [one for one in spoken if one.topic not in resting or not one.may_rest]


def _kept(spoken: list[Recommendation], most: int) -> tuple[Recommendation, ...]:
    kept = sorted(_merged(spoken), key=lambda one: _WEIGHT[one.topic, one.urgency])[:most]
    return tuple(sorted(kept, key=lambda one: _PLACE[one.topic, one.urgency]))


def _merged(spoken: list[Recommendation]) -> list[Recommendation]:
    """One concern once: before a dose is raised, reassessing is the review, and what was lowered before comes first."""
    rises = [one for one in spoken if one.topic in _ONLY_RISES]
    if not rises:
        return spoken
    said = min(rises, key=lambda one: _SPEAKS_FIRST.get(one.rule, len(_SPEAKS_FIRST)))
    # The label's warning is no review: how an opioid will end is agreed at its start all the same.
    others = _ONLY_RISES if said.rule == WITHOUT_TOLERANCE_RULE else _RISES_AND_REVIEW
    return [one for one in spoken if one is said or one.topic not in others]


_SPEAKS_FIRST = {WITHOUT_TOLERANCE_RULE: 0, RESTORED_RULE: 1}
_ONLY_RISES = frozenset({Topic.DOSE_ESCALATION})
_RISES_AND_REVIEW = frozenset({Topic.DEPRESCRIBING_REVIEW, Topic.DOSE_ESCALATION})


def _weight(topic: Topic, urgency: Urgency) -> tuple[int, bool]:
    """What stays before what: by topic, but a dose for which tolerance is lacking comes before any information."""
    warns = _warns_of_a_rise(topic, urgency)
    return SAFETY_FIRST.index(Topic.SEDATIVE_OVERLAP if warns else topic), warns


def _place(topic: Topic, urgency: Urgency) -> tuple[int, bool]:
    """What is told before what: a dose that may be too much is thought over before what helps where it was."""
    return GRAVEST_FIRST.index(urgency), not _warns_of_a_rise(topic, urgency)


def _warns_of_a_rise(topic: Topic, urgency: Urgency) -> bool:
    return topic is Topic.DOSE_ESCALATION and urgency is not Urgency.INFO


_WEIGHT = {one: _weight(*one) for one in product(Topic, Urgency)}
_PLACE = {one: _place(*one) for one in product(Topic, Urgency)}
