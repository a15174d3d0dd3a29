"""What a card can be about."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What a recommendation is about. EHRs key acknowledgements to these codes: they never change."""

    MME_TOTAL = "MmeTotal"
    DEPRESCRIBING_REVIEW = "DeprescribingReview"
    SLOWER_TAPER = "SlowerTaper"
    NALOXONE_OFFER = "NaloxoneOffer"
    DOSE_ESCALATION = "DoseEscalation"
    SEDATIVE_OVERLAP = "SedativeOverlap"
    DATA_INCOMPLETE = "DataIncomplete"
