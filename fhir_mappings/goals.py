"""Goals agreed with the patient, of every release: whether one about pain or function is not being met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fhir_mappings.elements import Element, concept_codes, concept_words, elements, string
from opioids.record_codes import GoalWords

_NOT_AGREED = frozenset({"cancelled", "rejected", "entered-in-error", "proposed", "on-hold"})


def goals_not_met(goals: Iterable[Element], words: GoalWords) -> bool:
    """Whether the record says of any goal about pain, function or opioids that it is not being met."""
    return any(_is_unmet(goal, words) and any(map(words.is_relevant, _texts(goal))) for goal in goals)


def _is_unmet(goal: Element, words: GoalWords) -> bool:
    """R4 and R5 tell the achievement apart from the life of a goal; STU3 has one status for both."""
    lifecycle = string(goal.get("lifecycleStatus")).lower() or string(goal.get("status")).lower()
    if lifecycle in _NOT_AGREED:
        return False
    states = {code.lower() for _, code in concept_codes(goal.get("achievementStatus"))} | {lifecycle}
    return not words.unmet.isdisjoint(states)


def _texts(goal: Element) -> Iterator[str]:
    for name in ("description", "category"):
        value = goal.get(name)
        yield from concept_words(value)
        for one in elements(value):
            yield from concept_words(one)
    for target in elements(goal.get("target")):
        yield from concept_words(target.get("measure"))
