"""Conditions that matter beside an opioid, by group.

A condition is matched by its ICD-10-CM code, by a SNOMED CT root, or, where a chart has neither, by the
words of its name; the last is said, because words are weaker than codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from opioids.drug_codes import Code, CodeSystem
from opioids.names.words import words_of
from opioids.products import Pharmacology
from opioids.tables import Row, rows_of


class ConditionGroup(StrEnum):
    """The groups of conditions that rules ask for."""

    SLEEP_DISORDERED_BREATHING = "sleep_disordered_breathing"
    OPIOID_USE_DISORDER = "opioid_use_disorder"
    OPIOID_DEPENDENCE_UNCONFIRMED = "opioid_dependence_unconfirmed"
    """A code that stands for a disorder as well as for mere physical dependence: only the patient can tell."""
    SUBSTANCE_USE_DISORDER = "substance_use_disorder_other"
    OPIOID_OVERDOSE_HISTORY = "opioid_overdose_history"
    CHRONIC_RESPIRATORY = "chronic_respiratory"
    RENAL_IMPAIRMENT = "renal_impairment"
    HEPATIC_IMPAIRMENT = "hepatic_impairment"
    DEPRESSION = "depression"
    SUICIDALITY = "suicidality"
    UNSTABLE_MENTAL_HEALTH = "unstable_mental_health"
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


END_OF_LIFE = frozenset({ConditionGroup.PALLIATIVE_HOSPICE, ConditionGroup.LIKELY_TERMINAL})
"""Where sedation may be meant, and what reverses an opioid is not simply wanted."""


class Sign(NamedTuple):
    """A group that a concept belongs to: whether a code says so (or only words), whether it is over, or suspected."""

    group: ConditionGroup
    by_code: bool
    past: bool
    suspected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    """How a group is recognised. Words count unless other words stand beside them, or `negated` ones right before.

    Where `history_counts`, what is over belongs to the group's history: `past` are the words, and
    `history_icd10` the codes, that say so. Elsewhere `past` words are like any other `unless`. A code of
    `unsure_icd10` counts only with one of the words of `sure` beside it.
    """

    icd10: re.Pattern[str] | None
    snomed: frozenset[str]
    terms: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    past: re.Pattern[str] | None
    history_counts: bool
    history_icd10: re.Pattern[str] | None
    icd9: re.Pattern[str] | None
    unsure_icd10: re.Pattern[str] | None
    sure: re.Pattern[str] | None
    negated: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Recognises conditions by group, and the reasons that make an opioid a treatment of opioid use disorder.

    `lasting_days` tells of groups that pass by themselves: what was recorded longer ago is over.
    """

    patterns: Mapping[ConditionGroup, _Pattern]
    treatment: _Pattern
    lasting_days: Mapping[ConditionGroup, int]

    def keeps_history(self, group: ConditionGroup) -> bool:
        """Whether the group's history raises the risk as well: a past overdose is no less a warning for being past."""
        return self.patterns[group].history_counts

    def groups(self, codes: Sequence[Code], words: Sequence[str]) -> Mapping[ConditionGroup, bool]:
        """The groups that a concept belongs to; the value is True when a code says so, not only the name."""
        found = {group: _matches(pattern, codes, words, with_history=False) for group, pattern in self.patterns.items()}
        return {group: by_code for group, by_code in found.items() if by_code is not None}

    def signs(self, codes: Sequence[Code], words: Sequence[str]) -> tuple[Sign, ...]:
        """The same, with what is over or in remission in groups whose history raises the risk as well."""
        present = self.groups(codes, words)
        found = [Sign(group, by_code, past=False) for group, by_code in present.items()]
        for group, pattern in self.patterns.items():
            if pattern.history_counts and group not in present:
                by_code = _matches(pattern, codes, words, with_history=True)
                if by_code is not None:
                    found.append(Sign(group, by_code, past=True))
        return tuple(found)

    def is_reason_for_disorder(self, codes: Sequence[Code], words: Sequence[str]) -> bool:
        """Whether the reason of an order says that it treats opioid use disorder.

        Laxer than the problem list: methadone for a dependence in remission, for "MAT" or for
        "maintenance" is its treatment.
        """
        reason = self.treatment
        return _has_code(reason, codes, words, with_history=False) or _has_words(reason, words, with_history=False)


def _matches(pattern: _Pattern, codes: Sequence[Code], words: Sequence[str], *, with_history: bool) -> bool | None:
    """True when a code says so, False when only words do, None when neither does."""
    if _has_code(pattern, codes, words, with_history=with_history):
        return True
    if any(code.system is CodeSystem.ICD10 for code in codes):
        return None
    return False if _has_words(pattern, words, with_history=with_history) else None


def _has_code(pattern: _Pattern, codes: Sequence[Code], words: Sequence[str], *, with_history: bool) -> bool:
    books = {
        CodeSystem.ICD10: (pattern.icd10, pattern.history_icd10 if with_history else None),
        CodeSystem.ICD9: (pattern.icd9,),
    }
    plain = [(code.system, code.code.replace(".", "").upper()) for code in codes]
    if _is_unsure(pattern, plain, words):
        return False
    return any(
        (system is CodeSystem.SNOMED and code in pattern.snomed)
        or any(book and book.match(code) for book in books.get(system, ()))
        for system, code in plain
    )


def _is_unsure(pattern: _Pattern, codes: Sequence[tuple[CodeSystem, str]], words: Sequence[str]) -> bool:
    """Whether a code of the concept needs words beside it that are not there, whatever its other codes say."""
    unsure, sure = pattern.unsure_icd10, pattern.sure
    if unsure is None or sure is None:
        return False
    if not any(system is CodeSystem.ICD10 and unsure.match(code) for system, code in codes):
        return False
    return not any(sure.search(" ".join(words_of(word))) for word in words)


def _has_words(pattern: _Pattern, words: Sequence[str], *, with_history: bool) -> bool:
    against = [one for one in (pattern.unless, None if with_history else pattern.past) if one]
    texts = (" ".join(words_of(word)) for word in words)
    return any(_speaks_of(pattern, text) and not any(one.search(text) for one in against) for text in texts)


def _speaks_of(pattern: _Pattern, text: str) -> bool:
    """Whether one of the terms stands in a text and is not denied there."""
    if pattern.terms is None:
        return False
    if pattern.negated is None:
        return pattern.terms.search(text) is not None
    return any(not pattern.negated.search(text[: found.start()]) for found in pattern.terms.finditer(text))


def load_conditions() -> Conditions:
    """Load `value_sets/conditions.csv` and `value_sets/treatment_reasons.csv`.

    Words are compared as plain words with single spaces, and the words of a file may hold `<opioid>`,
    which stands for the name of any opioid of the formulary.
    """
    ingredients = rows_of("formulary/ingredients.csv")
    opioid = "|".join(row["name"] for row in ingredients if row["pharmacology"] != Pharmacology.ANTAGONIST)
    rows = list(rows_of("value_sets/conditions.csv"))
    (reason,) = rows_of("value_sets/treatment_reasons.csv")
    return Conditions(
        patterns={ConditionGroup(row["group"]): _pattern(row, opioid) for row in rows},
        treatment=_pattern(reason, opioid),
        lasting_days={ConditionGroup(row["group"]): int(row["lasts_days"]) for row in rows if row["lasts_days"]},
    )


def _pattern(row: Row, opioid: str) -> _Pattern:
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
        unsure_icd10=compiled("unsure_icd10cm"),
        sure=words("sure_terms"),
        negated=compiled("negated"),
    )
