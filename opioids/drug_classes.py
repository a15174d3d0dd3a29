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
    ANTAGONIST = "antagonist_or_deterrent"
    WITHDRAWAL_SUPPORT = "withdrawal_support"
