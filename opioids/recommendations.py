"""What a rule has to say: a topic, how urgent it is, and the reasons; the words come later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from opioids.guideline import Criterion
from opioids.topics import Topic

__all__ = ["Recommendation", "Topic", "Urgency"]


class Urgency(StrEnum):
    """How much a recommendation may interrupt, mildest first."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One concern about one case. `rule` is the id under which the rule's basis is documented."""

    topic: Topic
    urgency: Urgency
    rule: str
    reasons: tuple[Criterion, ...] = ()
    statements: tuple[str, ...] = ()
