"""What each topic's card says: one module a topic, from a case to a summary and a detail."""

from __future__ import annotations

from collections.abc import Callable

from hooks.told import Text, Told
from hooks.words.escalation import escalation_text
from hooks.words.incomplete import incomplete_text
from hooks.words.naloxone import naloxone_text
from hooks.words.restored import restored_text
from hooks.words.review import review_text
from hooks.words.sedatives import companions_text
from hooks.words.slower import slower_text
from hooks.words.tolerance import without_tolerance_text
from hooks.words.total import total_text
from hooks.words.treatment import treatment_ends_text
from opioids.recommendations import RESTORED_RULE, WITHOUT_TOLERANCE_RULE, Topic
from opioids.rules.slower_taper import TREATMENT_RULE


def text_of(told: Told) -> Text:
    """The words for a recommendation about a case."""
    said = told.recommendation
    return (_BY_RULE.get(said.rule) or _WRITERS[said.topic])(told)


_BY_RULE: dict[str, Callable[[Told], Text]] = {
    RESTORED_RULE: restored_text,
    TREATMENT_RULE: treatment_ends_text,
    WITHOUT_TOLERANCE_RULE: without_tolerance_text,
}
"""What is another concern than its topic's own."""

_WRITERS: dict[Topic, Callable[[Told], Text]] = {
    Topic.MME_TOTAL: total_text,
    Topic.NALOXONE_OFFER: naloxone_text,
    Topic.DEPRESCRIBING_REVIEW: review_text,
    Topic.SLOWER_TAPER: slower_text,
    Topic.DATA_INCOMPLETE: incomplete_text,
    Topic.SEDATIVE_OVERLAP: companions_text,
    Topic.DOSE_ESCALATION: escalation_text,
}
