"""Classes of medicines that matter beside an opioid."""

from __future__ import annotations

from enum import StrEnum


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
