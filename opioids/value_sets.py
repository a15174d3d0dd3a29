"""Value sets: conditions and medicines that matter beside an opioid, and what counts as rescue naloxone.

A condition is matched by its ICD-10-CM code, by a SNOMED CT root, or, where a chart has neither, by the
words of its name; the last is said, because words are weaker than codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from opioids.drug_classes import DrugClass
from opioids.formulary import words_of
from opioids.identity import Code, CodeSystem
from opioids.tables import Review, rows_of


class ConditionGroup(StrEnum):
    """The groups of conditions that rules ask for."""

    SLEEP_DISORDERED_BREATHING = "sleep_disordered_breathing"
    OPIOID_USE_DISORDER = "opioid_use_disorder"
    SUBSTANCE_USE_DISORDER = "substance_use_disorder_other"
    OPIOID_OVERDOSE_HISTORY = "opioid_overdose_history"
    CHRONIC_RESPIRATORY = "chronic_respiratory"
    RENAL_IMPAIRMENT = "renal_impairment"
    HEPATIC_IMPAIRMENT = "hepatic_impairment"
    DEPRESSION = "depression"
    SUICIDALITY = "suicidality"
    ANXIETY_PTSD = "anxiety_ptsd"
    PREGNANCY = "pregnancy"
    CANCER_ACTIVE = "cancer_active"
    PALLIATIVE_HOSPICE = "palliative_hospice"
    LIKELY_TERMINAL = "likely_terminal"
    SICKLE_CELL_DISEASE = "sickle_cell_disease"
    CONSTIPATION = "constipation"
    OPIOID_ADVERSE_EFFECT = "opioid_adverse_effect"
    FALLS_FRACTURE = "falls_fracture"
    HYPERALGESIA = "hyperalgesia"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    icd10: re.Pattern[str] | None
    snomed: frozenset[str]
    terms: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    review: Review


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Recognises conditions by group."""

    patterns: Mapping[ConditionGroup, _Pattern]

    def means(self, group: ConditionGroup, codes: Sequence[Code], words: Sequence[str]) -> bool:
        """Whether a concept belongs to the group, by code or else by name."""
        return _matches(self.patterns[group], codes, words) is not None

    def groups(self, codes: Sequence[Code], words: Sequence[str]) -> Mapping[ConditionGroup, bool]:
        """The groups that a concept belongs to; the value is True when a code says so, not only the name."""
        found = {group: _matches(pattern, codes, words) for group, pattern in self.patterns.items()}
        return {group: by_code for group, by_code in found.items() if by_code is not None}


def _matches(pattern: _Pattern, codes: Sequence[Code], words: Sequence[str]) -> bool | None:
    for code in codes:
        if (
            code.system is CodeSystem.ICD10
            and pattern.icd10
            and pattern.icd10.match(code.code.replace(".", "").upper())
        ):
            return True
        if code.system is CodeSystem.SNOMED and code.code in pattern.snomed:
            return True
    if any(code.system is CodeSystem.ICD10 for code in codes) or pattern.terms is None:
        return None
    for word in words:
        lower = word.lower()
        if pattern.terms.search(lower) and not (pattern.unless and pattern.unless.search(lower)):
            return False
    return None


def load_conditions() -> Conditions:
    """Load the condition groups from `value_sets/conditions.csv`."""
    return Conditions(
        patterns={
            ConditionGroup(row["group"]): _Pattern(
                icd10=_compiled(row["icd10cm"]),
                snomed=frozenset(filter(None, row["snomed"].split("|"))),
                terms=_compiled(row["terms"] and rf"\b(?:{row['terms']})"),
                unless=_compiled(row["unless"]),
                review=Review(row["review"]),
            )
            for row in rows_of("value_sets/conditions.csv")
        }
    )


def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMedicines:
    """Recognises medicines that add to an opioid's risk, by ingredient code or by name."""

    by_rxcui: Mapping[str, tuple[DrugClass, str]]
    by_atc: Mapping[str, tuple[DrugClass, str]]
    by_word: Mapping[str, tuple[DrugClass, str]]

    def find(self, codes: Sequence[Code], names: Sequence[str]) -> tuple[DrugClass, str] | None:
        """(class, ingredient) of the first risk medicine that codes or names tell of."""
        for code in codes:
            book = {CodeSystem.RXNORM: self.by_rxcui, CodeSystem.ATC: self.by_atc}.get(code.system)
            if book and code.code in book:
                return book[code.code]
        for name in names:
            for word in words_of(name):
                if word in self.by_word:
                    return self.by_word[word]
        return None


def load_risk_medicines() -> RiskMedicines:
    """Load the classes of risk medicines from `value_sets/medications.csv`."""
    rows = list(rows_of("value_sets/medications.csv"))
    entries = [(row, (DrugClass(row["drug_class"]), row["ingredient"])) for row in rows]
    return RiskMedicines(
        by_rxcui={row["rxcui"]: entry for row, entry in entries if row["rxcui"]},
        by_atc={code: entry for row, entry in entries for code in row["atc"].split("|") if code},
        by_word={words_of(row["ingredient"])[-1]: entry for row, entry in entries},
    )


class Rescue(StrEnum):
    """Whether a product is meant to reverse an overdose at home."""

    YES = "yes"
    OUTSIDE_HOSPITAL = "when prescribed for use outside a hospital"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueNaloxone:
    """Tells a naloxone (or nalmefene) product meant to reverse an overdose at home from all others."""

    rescue: frozenset[str]
    conditional: frozenset[str]
    not_rescue: frozenset[str]

    def kind_of(self, codes: Sequence[Code], names: Sequence[str]) -> Rescue:
        """Whether codes and names stand for a rescue product.

        A combination with an opioid never is one, nor is naloxone of another strength or use. Ampoules
        and vials are one only when prescribed for use outside a hospital.
        """
        rxnorm = {code.code for code in codes if code.system is CodeSystem.RXNORM}
        if rxnorm & self.not_rescue:
            return Rescue.NO
        if rxnorm & self.rescue:
            return Rescue.YES
        if rxnorm & self.conditional:
            return Rescue.OUTSIDE_HOSPITAL
        return Rescue.YES if any(_is_rescue_name(words_of(name)) for name in names) else Rescue.NO


_BRANDS = frozenset(
    ["narcan", "kloxxado", "rivive", "rextovy", "rezenopy", "zimhi", "evzio", "nyxoid", "prenoxad", "opvee", "zurnai"],
)
_FOR_RESCUE = _BRANDS | frozenset(["nasal", "spray", "autoinjector", "auto", "kit", "rescue", "home"])
_WITH_OPIOID = frozenset(
    [
        "buprenorphine",
        "pentazocine",
        "oxycodone",
        "tilidine",
        "suboxone",
        "zubsolv",
        "bunavail",
        "targin",
        "targiniq",
        "targinact",
    ]
)


def _is_rescue_name(words: tuple[str, ...]) -> bool:
    known = frozenset(words)
    if known & _WITH_OPIOID:
        return False
    return bool(known & _BRANDS) or (bool(known & {"naloxone", "nalmefene"}) and bool(known & _FOR_RESCUE))


def load_rescue_naloxone() -> RescueNaloxone:
    """Load which naloxone products are for rescue from `value_sets/rescue_naloxone.csv`."""
    rows = list(rows_of("value_sets/rescue_naloxone.csv"))

    def codes(state: str) -> frozenset[str]:
        return frozenset(row["code"] for row in rows if row["code"] and row["rescue"] == state)

    return RescueNaloxone(rescue=codes("true"), conditional=codes("conditional"), not_rescue=codes("false"))
