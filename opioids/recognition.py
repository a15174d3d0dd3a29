"""Everything that matters about a drug, told once from its codes and names and remembered.

Drugs repeat all day, so what was recognised is kept: the dosage of an opioid is read for each order, but
what a code stands for is not worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from opioids.conditions import Conditions
from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code
from opioids.identity import Identified, Identifier, Identity
from opioids.prescriptions import IgnoredReason
from opioids.value_sets import Rescue, RescueNaloxone, Risk, RiskMedicines

Codes = tuple[Code, ...]
Names = tuple[str, ...]

LONGEST_REMEMBERED = 4096
"""Characters of the codes and names of one drug."""
MOST_REMEMBERED = 100
"""Codes and names of one drug."""

_OF_WEIGHT = frozenset(DrugClass) - {DrugClass.ANTAGONIST, DrugClass.WITHDRAWAL_SUPPORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A drug: which opioid it is or why it is none, whether it adds to an opioid's risk, whether it is for rescue.

    `risk` is the class and the ingredient of what adds to the risk; `called` what a drug is called that is
    known by its code, for orders that give nothing else.
    """

    identity: Identity
    risk: Risk | None
    rescue: Rescue
    called: str = ""
    matters: bool = field(init=False)
    """Whether it is, or may be, an opioid, or is of weight beside one; most drugs are not."""

    def __post_init__(self) -> None:
        harmless = self.identity is IgnoredReason.NOT_AN_OPIOID and self.risk is None and self.rescue is Rescue.NO
        object.__setattr__(self, "matters", not harmless)


class Recogniser:
    """Recognises drugs against the knowledge, and remembers the recent ones; `conditions` recognises those."""

    def __init__(
        self,
        identifier: Identifier,
        conditions: Conditions,
        risk_medicines: RiskMedicines,
        rescue_naloxone: RescueNaloxone,
        *,
        remembered: int = 8192,
    ) -> None:
        self.identifier = identifier
        self.conditions = conditions
        self._risk_medicines = risk_medicines
        self._rescue_naloxone = rescue_naloxone
        self._known_drug = lru_cache(maxsize=remembered)(self._drug)

    def drug(self, codes: Codes, names: Names) -> Recognised:
        """What the codes and names of a drug stand for."""
        return (self._known_drug if _are_brief(codes, names) else self._drug)(codes, names)

    def _drug(self, codes: Codes, names: Names) -> Recognised:
        # A product that matters beside an opioid is known by its name, though only its code was sent.
        products = self._risk_medicines.names_of(codes)
        identity = self.identifier.identify(codes, names or products)
        released = self.identifier.released_names(codes)
        antagonist = identity is IgnoredReason.ANTAGONIST
        rescue = self._rescue_naloxone.kind_of(codes, (*names, *released)) if antagonist else Rescue.NO
        known = (identity.product.name,) if isinstance(identity, Identified) else released
        risks = self._risk_medicines.find(codes, (*names, *known))
        of_weight = [risk for risk in risks if _is_of_weight(risk[0], identity, rescue)]
        called = next(iter((*known, *products, *(ingredient for _, ingredient in of_weight))), "")
        return Recognised(identity=identity, risk=next(iter(of_weight), None), rescue=rescue, called=called)


def _are_brief(codes: Codes, names: Names) -> bool:
    """Whether they are worth remembering: nobody is to fill the memory with long ones."""
    length = sum(map(len, names)) + sum([len(one.code) for one in codes])
    return length <= LONGEST_REMEMBERED and len(codes) + len(names) <= MOST_REMEMBERED


def _is_of_weight(drug_class: DrugClass, identity: Identity, rescue: Rescue) -> bool:
    """Whether a class matters beside an opioid.

    A blocker does where it is given to block, not where it only deters misuse of an opioid or reverses an overdose.
    """
    if drug_class is DrugClass.BLOCKER:
        given = identity in (IgnoredReason.ANTAGONIST, IgnoredReason.NOT_AN_OPIOID)
        return given and rescue is Rescue.NO
    return drug_class in _OF_WEIGHT
