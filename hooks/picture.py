"""What a card rested on, as numbers and codes alone: enough to tell later whether it has changed."""

from __future__ import annotations

from decimal import Decimal

from opioids.case import Case
from opioids.criteria import Circumstance
from opioids.values import maker, quickly_made


@quickly_made
class Picture:
    """The daily dose with the orders being written, and what adds to its risk. Holds nothing that names a patient.

    `mme` is the greatest MME/day, `uncounted` the number of orders that add an unknown amount; `sedatives`
    and `risks` are codes of drug classes, of condition groups and of circumstances.
    """

    mme: Decimal
    uncounted: int
    sedatives: frozenset[str]
    risks: frozenset[str]

    def is_graver_than(self, then: Picture, rise_percent: Decimal) -> bool:
        """Whether it differs from an earlier one so that silence asked for then no longer holds.

        The dose has risen by `rise_percent` or more, one more order adds an unknown amount, or a sedative
        or a risk is new. What has gone is no reason to speak.
        """
        risen = self.mme > then.mme and self.mme * 100 >= then.mme * (100 + rise_percent)
        more_unknown = self.uncounted > then.uncounted
        return risen or more_unknown or not self.sedatives <= then.sedatives or not self.risks <= then.risks


make_picture = maker(Picture)


def picture_of(case: Case) -> Picture:
    """The picture of a case."""
    risks = set(map(str, case.patient.conditions))
    if case.patient.is_older:
        risks.add(str(Circumstance.AGE_65))
    if case.in_treatment:
        risks.add(str(Circumstance.TREATMENT))
    return make_picture(
        mme=case.proposed.maximum,
        uncounted=len(case.proposed.uncounted),
        sedatives=frozenset([str(one.drug_class) for one in case.companions]),
        risks=frozenset(risks),
    )
