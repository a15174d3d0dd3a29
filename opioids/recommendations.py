"""What a rule has to say: a topic, how urgent it is, and the reasons; the words come later."""

from __future__ import annotations

from enum import StrEnum

from opioids.criteria import Criterion
from opioids.values import maker, quickly_made

BLOCKER_RULE = "opioid-blocker"
"""The rule about a blocker beside an opioid: it shares its topic with sedatives, and does not rest with them."""


RESTORED_RULE = "TA7"
"""The rule about a dose that is taken up again: it speaks before the one about any other rise."""


WITHOUT_TOLERANCE_RULE = "without-tolerance"
"""The rule about a product that is only for people who are used to opioids: it speaks before any other rise."""


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


GRAVEST_FIRST = (Urgency.CRITICAL, Urgency.WARNING, Urgency.INFO)


@quickly_made
class Recommendation:
    """One concern about one case. `rule` is the id under which the rule's basis is documented; `also` holds those of
    milder findings that belong to the same concern.
    """

    topic: Topic
    urgency: Urgency
    rule: str
    also: tuple[str, ...] = ()
    reasons: tuple[Criterion, ...] = ()
    statements: tuple[str, ...] = ()

    @property
    def may_rest(self) -> bool:
        """Whether a prescriber may ask not to hear about it again for a while.

        Never a stop or a cut so fast that it is critical, a blocker beside an opioid, a product for which tolerance
        is lacking, or what could not be seen: silence about these would be mistaken for safety.
        """
        if self.topic is Topic.SLOWER_TAPER:
            return self.urgency is not Urgency.CRITICAL
        return self.topic is not Topic.DATA_INCOMPLETE and self.rule not in (BLOCKER_RULE, WITHOUT_TOLERANCE_RULE)


make_recommendation = maker(Recommendation)


class HeldBack(StrEnum):
    """Why a rule has nothing to say about a case: the first reason that it came upon."""

    NOT_IN_FOCUS = "not-in-focus"
    """Nothing that the rule speaks about is being looked at or written."""
    NO_OPIOID = "no-opioid"
    EXCLUDED = "excluded"
    """The guideline's advice on doses is not meant for this patient."""
    IN_TREATMENT = "in-treatment"
    """Opioid use disorder is being treated."""
    NOT_REACHED = "not-reached"
    """The total is complete and below the first dose point."""
    NO_CRITERION = "no-criterion"
    """None of the guideline's criteria that suffice alone is met."""
    ONLY_FOR_COUGH = "only-for-cough"
    BEING_LOWERED = "being-lowered"
    NOT_LOWERED = "not-lowered"
    """The dose is not lowered, or it cannot be told, or one opioid replaces another."""
    NOT_LONG_TERM = "not-long-term"
    SMALLEST_STEP = "smallest-step"
    """A small cut, and the smallest that the marketed strengths allow."""
    WITHIN_PACE = "within-pace"
    NALOXONE_AT_HAND = "naloxone-at-hand"
    NOTHING_MISSING = "nothing-missing"
    IN_HOSPITAL = "in-hospital"
    """Care takes place in a hospital, and the order is not for the time after it."""
    NO_SEDATIVE = "no-sedative"
    NO_BLOCKER = "no-blocker"
    NOT_RAISED = "not-raised"
    """The dose does not rise, or it cannot be told, or no opioid was taken before."""
    NOT_PAST_A_POINT = "not-past-a-point"
    TOLERANT = "tolerant"
    """Nothing is begun that is only for people who are used to opioids, or by the chart they are."""
    OVERDOSED = "overdosed"
    """An overdose has just been recorded: stopping at once can be right."""
    NOT_LOWERED_BEFORE = "not-lowered-before"
    """The dose that rises is not known to have been lowered before."""
