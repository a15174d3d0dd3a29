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
from opioids.drug_codes import Code, CodeSystem
from opioids.name_words import words_of
from opioids.products import Pharmacology
from opioids.tables import rows_of


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
    """How a group is recognised. Words count unless other words stand beside them.

    Where `history_counts`, what is over belongs to the group's history: `past` are the words, and
    `history_icd10` the codes, that say so. Elsewhere `past` words are like any other `unless`.
    """

    icd10: re.Pattern[str] | None
    snomed: frozenset[str]
    terms: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    past: re.Pattern[str] | None = None
    history_counts: bool = False
    history_icd10: re.Pattern[str] | None = None
    icd9: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Recognises conditions by group, and the reasons that make an opioid a treatment of opioid use disorder."""

    patterns: Mapping[ConditionGroup, _Pattern]
    treatment: _Pattern

    def means(self, group: ConditionGroup, codes: Sequence[Code], words: Sequence[str]) -> bool:
        """Whether a concept belongs to the group, by code or else by name."""
        return _matches(self.patterns[group], codes, words) is not None

    def groups(self, codes: Sequence[Code], words: Sequence[str]) -> Mapping[ConditionGroup, bool]:
        """The groups that a concept belongs to; the value is True when a code says so, not only the name."""
        found = {group: _matches(pattern, codes, words) for group, pattern in self.patterns.items()}
        return {group: by_code for group, by_code in found.items() if by_code is not None}

    def groups_with_history(self, codes: Sequence[Code], words: Sequence[str]) -> Mapping[ConditionGroup, bool]:
        """The same, with what is over or in remission in groups whose history raises the risk as well."""
        found = {
            group: _matches(pattern, codes, words, with_history=pattern.history_counts)
            for group, pattern in self.patterns.items()
        }
        return {group: by_code for group, by_code in found.items() if by_code is not None}

    def is_reason_for_disorder(self, codes: Sequence[Code], words: Sequence[str]) -> bool:
        """Whether the reason of an order says that it treats opioid use disorder.

        Laxer than the problem list: methadone for a dependence in remission, for "MAT" or for
        "maintenance" is its treatment.
        """
        return _has_code(self.treatment, codes, with_history=False) or _has_words(
            self.treatment, words, with_history=False
        )


def _matches(
    pattern: _Pattern, codes: Sequence[Code], words: Sequence[str], *, with_history: bool = False
) -> bool | None:
    """True when a code says so, False when only words do, None when neither does."""
    if _has_code(pattern, codes, with_history=with_history):
        return True
    if any(code.system is CodeSystem.ICD10 for code in codes):
        return None
    return False if _has_words(pattern, words, with_history=with_history) else None


def _has_code(pattern: _Pattern, codes: Sequence[Code], *, with_history: bool) -> bool:
    books = {
        CodeSystem.ICD10: (pattern.icd10, pattern.history_icd10 if with_history else None),
        CodeSystem.ICD9: (pattern.icd9,),
    }
    for code in codes:
        if code.system is CodeSystem.SNOMED and code.code in pattern.snomed:
            return True
        plain = code.code.replace(".", "").upper()
        if any(book and book.match(plain) for book in books.get(code.system, ())):
            return True
    return False


def _has_words(pattern: _Pattern, words: Sequence[str], *, with_history: bool) -> bool:
    if pattern.terms is None:
        return False
    against = [one for one in (pattern.unless, None if with_history else pattern.past) if one]
    texts = (" ".join(words_of(word)) for word in words)
    return any(pattern.terms.search(text) and not any(one.search(text) for one in against) for text in texts)


def load_conditions() -> Conditions:
    """Load `value_sets/conditions.csv` and `value_sets/treatment_reasons.csv`.

    Words are compared as plain words with single spaces, and the words of a file may hold `<opioid>`,
    which stands for the name of any opioid of the formulary.
    """
    ingredients = rows_of("formulary/ingredients.csv")
    opioid = "|".join(row["name"] for row in ingredients if row["pharmacology"] != Pharmacology.ANTAGONIST)
    patterns = {ConditionGroup(row["group"]): _pattern(row, opioid) for row in rows_of("value_sets/conditions.csv")}
    (reason,) = rows_of("value_sets/treatment_reasons.csv")
    return Conditions(patterns=patterns, treatment=_pattern(reason, opioid))


def _pattern(row: Mapping[str, str], opioid: str) -> _Pattern:
    def compiled(column: str) -> re.Pattern[str] | None:
        text = row.get(column)
        return re.compile(text) if text else None

    def words(column: str) -> re.Pattern[str] | None:
        text = row.get(column)
        return re.compile(rf"\b(?:{text.replace('<opioid>', opioid)})") if text else None

    return _Pattern(
        icd10=compiled("icd10cm"),
        snomed=frozenset(filter(None, row["snomed"].split("|"))),
        terms=words("terms"),
        unless=words("unless"),
        past=words("past"),
        history_counts=row.get("history") == "counts",
        history_icd10=compiled("history_icd10cm"),
        icd9=compiled("icd9cm"),
    )


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
    """Load the classes of risk medicines from `value_sets/medications.csv`; the last word of a row names it."""
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
