"""An opioid together with a benzodiazepine or another medicine that sedates, in drafts or on the list.

What sedates less (antihistamines and some others) is information, and only where it is being added to an opioid.
Not in palliative care and terminal illness, where both are meant, and not in hospital. A treatment of
opioid use disorder is never withheld for it: that is said, and nothing more urgent.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.drug_classes import SEDATING, Companion, DrugClass
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency, make_recommendation

WITHOUT_A_STATEMENT = "sedatives"
"""The rule's id where the guideline says nothing of the classes at hand."""


def sedative_overlap(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn of an overlap that an order brings about; inform about one that stands already, or is milder."""
    if case.focus in (Focus.NEITHER, Focus.RESCUE):
        return HeldBack.NOT_IN_FOCUS
    if not case.would_take_any_opioid:
        return HeldBack.NO_OPIOID
    if case.in_hospital:
        return HeldBack.IN_HOSPITAL
    if case.patient.is_at_end_of_life:
        return HeldBack.EXCLUDED
    sedatives = [one for one in case.companions if one.drug_class in SEDATING]
    if not sedatives and not _adds_a_milder_one(case):
        return HeldBack.NO_SEDATIVE
    found = {one.drug_class for one in sedatives}
    classes = [one for one in SEDATING if one in found] or [DrugClass.OTHER_CNS_DEPRESSANT]
    statements = tuple(dict.fromkeys([guideline.sedatives[one] for one in classes if one in guideline.sedatives]))
    return make_recommendation(
        topic=Topic.SEDATIVE_OVERLAP,
        urgency=Urgency.WARNING if sedatives and _is_brought_about(case, sedatives) else Urgency.INFO,
        rule=statements[0] if statements else WITHOUT_A_STATEMENT,
        statements=statements,
    )


def _adds_a_milder_one(case: Case) -> bool:
    """Whether something that sedates less is being added, and no opioid is being written."""
    milder = (one for one in case.companions if one.drug_class is DrugClass.OTHER_CNS_DEPRESSANT)
    return case.focus is Focus.SEDATIVE and any(one.is_new for one in milder)


def _is_brought_about(case: Case, sedatives: list[Companion]) -> bool:
    """Whether one of the two is new with this order, or rises; a renewal brings nothing about."""
    if any(one.is_new or one.raised for one in sedatives):
        return True
    starts = not case.takes_any_opioid and case.has_opioid
    return case.focus is Focus.OPIOID and (starts or case.change.cut < 0)
