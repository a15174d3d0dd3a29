"""What a rule has to say: a topic, how urgent it is, and the reasons; the words come later."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from opioids.guideline import Criterion


class Topic(StrEnum):
    """What a recommendation is about. EHRs key acknowledgements to these codes: they never change."""

    MME_TOTAL = "MmeTotal"
    DEPRESCRIBING_REVIEW = "DeprescribingReview"
    SLOWER_TAPER = "SlowerTaper"
    NALOXONE_OFFER = "NaloxoneOffer"
    DOSE_ESCALATION = "DoseEscalation"
    SEDATIVE_OVERLAP = "SedativeOverlap"
    DATA_INCOMPLETE = "DataIncomplete"


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
