"""Everything that matters about a drug, told once from its codes and names and remembered.

Drugs repeat all day, so what was recognised is kept: the dosage of an opioid is read for each order, but
what a code stands for is not worked out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from opioids.drug_classes import DrugClass
from opioids.identity import Code, Identifier, Identity
from opioids.value_sets import ConditionGroup, Conditions, Rescue, RescueNaloxone, RiskMedicines

Codes = tuple[Code, ...]
Names = tuple[str, ...]

_SEDATING = frozenset(DrugClass) - {DrugClass.ANTAGONIST, DrugClass.WITHDRAWAL_SUPPORT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A drug: which opioid it is or why it is none, whether it sedates, whether it reverses an overdose."""

    identity: Identity
    sedative: tuple[DrugClass, str] | None
    rescue: Rescue


class Recogniser:
    """Recognises drugs and conditions against the knowledge, and remembers the recent ones."""

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
        self.drug = lru_cache(maxsize=remembered)(self._drug)
        self.condition = lru_cache(maxsize=remembered)(self._condition)

    def _drug(self, codes: Codes, names: Names) -> Recognised:
        """What the codes and names of a drug stand for."""
        risk = self._risk_medicines.find(codes, names)
        return Recognised(
            identity=self.identifier.identify(codes, names),
            sedative=risk if risk and risk[0] in _SEDATING else None,
            rescue=self._rescue_naloxone.kind_of(codes, names),
        )

    def _condition(self, codes: Codes, names: Names) -> tuple[tuple[ConditionGroup, bool], ...]:
        """The groups that a condition or its history belongs to, each with whether a code says so."""
        return tuple(self.conditions.groups_with_history(codes, names).items())
