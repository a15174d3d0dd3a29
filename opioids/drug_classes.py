"""Medicines that matter beside an opioid, taken or being written, by their class."""

from __future__ import annotations

from enum import StrEnum

from opioids.values import maker, quickly_made


class DrugClass(StrEnum):
    """Classes of medicines that matter beside an opioid."""

    BENZODIAZEPINE = "benzodiazepine"
    GABAPENTINOID = "gabapentinoid"
    Z_DRUG = "z_drug"
    MUSCLE_RELAXANT = "muscle_relaxant"
    BARBITURATE = "barbiturate"
    OTHER_CNS_DEPRESSANT = "other_cns_depressant"
    BLOCKER = "opioid_blocker"
    """Blocks opioids in the whole body for a day or longer: taken beside one, it brings on withdrawal."""
    ANTAGONIST = "antagonist_or_deterrent"
    WITHDRAWAL_SUPPORT = "withdrawal_support"


SEDATING = (
    DrugClass.BENZODIAZEPINE,
    DrugClass.GABAPENTINOID,
    DrugClass.Z_DRUG,
    DrugClass.MUSCLE_RELAXANT,
    DrugClass.BARBITURATE,
)
"""Classes that are warned of beside an opioid, in the order in which a card names them."""


@quickly_made
class Companion:
    """A medicine of weight beside an opioid: its class and its ingredient.

    `written` is true when it is being written, `taken` when it is on the list already: both for a renewal, and for a
    higher dose, which is `raised`. `opioid_too` is true for a product that holds both.
    """

    drug_class: DrugClass
    ingredient: str
    medication: str
    written: bool
    taken: bool
    opioid_too: bool
    raised: bool = False

    @property
    def is_new(self) -> bool:
        """Whether it comes with the orders being written."""
        return self.written and not self.taken


make_companion = maker(Companion)
