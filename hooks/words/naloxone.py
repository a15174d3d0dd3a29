"""The words of the card that offers naloxone: why, and what to show the household."""

from __future__ import annotations

from hooks.told import Text, Told, basis, listed, make_text, paragraphs, reasons_told
from hooks.wording import summary
from opioids.conditions import ConditionGroup
from opioids.criteria import Circumstance, Criterion
from opioids.recommendations import Recommendation
from opioids.rules.naloxone_offer import naloxone_offer

_HOUSEHOLD = (
    "Show patient and household how to recognize an overdose and use naloxone; ask about children and others at home. "
    "What came from a pharmacy or a take-home program may not show in this chart: ask first."
)
_NO_PRODUCT = "No product is suggested here: what is supplied differs from place to place."
_END_OF_LIFE = (
    "Palliative care or a terminal illness is recorded: naloxone takes pain relief away as well. Whether it fits, for "
    "the household too, is best decided with those who lead the care."
)


def says_naloxone(told: Told) -> bool:
    """Whether another card has to speak of naloxone: none is at hand, and no card of its own offers it or rests."""
    if told.case.naloxone_at_hand or told.naloxone_offered:
        return False
    return not isinstance(naloxone_offer(told.case, told.guideline), Recommendation)


def naloxone_text(told: Told) -> Text:
    """The criteria that were met, as reasons, and how to hand it over."""
    met = _each_once(told)
    explicit = [one for one in met if one.explicit and one.looks_for is not Circumstance.AT_RISK]
    supporting = [one for one in met if not one.explicit]
    # "At risk" is no reason of its own: what raises the risk is.
    reasons = reasons_told(explicit or supporting, told)
    also = reasons_told(supporting, told) if explicit else []
    line = summary("Offer naloxone: ", reasons)
    unsaid = [words for words in reasons if words not in line]
    return make_text(
        summary=line,
        detail=paragraphs(
            listed("Also:", [f"- {words}" for words in (*unsaid, *also)]),
            _END_OF_LIFE if told.case.patient.is_at_end_of_life else "",
            _HOUSEHOLD,
            _supply(told),
            basis(told),
        ),
    )


_DISORDER = frozenset({ConditionGroup.OPIOID_USE_DISORDER, ConditionGroup.OPIOID_DEPENDENCE_UNCONFIRMED})


def _each_once(told: Told) -> list[Criterion]:
    """The criteria that were met; a disorder and its treatment are one reason, and treatment that ends is none."""
    met = told.recommendation.reasons
    sought = {one.looks_for for one in met}
    if Circumstance.TREATMENT not in sought:
        return list(met)
    others = [one for one in met if one.looks_for is not Circumstance.TREATMENT]
    if told.case.stops_treatment and any(one.explicit for one in others):
        return others
    return [one for one in met if one.looks_for not in _DISORDER]


def _supply(told: Told) -> str:
    guideline = told.guideline
    return guideline.naloxone_supply or ("" if guideline.naloxone_order else _NO_PRODUCT)
