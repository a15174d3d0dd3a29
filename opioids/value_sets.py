"""Value sets of medicines that matter beside an opioid, and what counts as rescue naloxone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code, CodeSystem
from opioids.name_words import words_of
from opioids.tables import rows_of

Risk = tuple[DrugClass, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMedicines:
    """Recognises medicines that add to an opioid's risk, by ingredient code or by name.

    `unless` holds for some ingredients the words of forms that are given once, around an operation or
    against a seizure: these are not taken beside an opioid.
    """

    by_rxcui: Mapping[str, Risk]
    by_atc: Mapping[str, Risk]
    by_word: Mapping[str, Risk]
    unless: Mapping[str, re.Pattern[str]]

    def find(self, codes: Sequence[Code], names: Sequence[str]) -> Risk | None:
        """(class, ingredient) of the first risk medicine that codes or names tell of."""
        risk = self._by_code(codes) or self._by_name(names)
        if risk is None:
            return None
        unless = self.unless.get(risk[1])
        if unless and any(unless.search(" ".join(words_of(name))) for name in names):
            return None
        return risk

    def _by_code(self, codes: Sequence[Code]) -> Risk | None:
        for code in codes:
            book = {CodeSystem.RXNORM: self.by_rxcui, CodeSystem.ATC: self.by_atc}.get(code.system)
            if book and code.code in book:
                return book[code.code]
        return None

    def _by_name(self, names: Sequence[str]) -> Risk | None:
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
        unless={row["ingredient"]: re.compile(rf"\b(?:{row['unless']})\b") for row in rows if row["unless"]},
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
