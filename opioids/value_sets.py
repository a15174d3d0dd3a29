"""Value sets of medicines that matter beside an opioid, and what counts as rescue naloxone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto

from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code, CodeSystem
from opioids.names.likeness import MOST_CUT_OFF, SHORTEST_START, WHOLE_NAME, Likeness
from opioids.names.words import Words, plain, words_of
from opioids.tables import rows_of

Risk = tuple[DrugClass, str]
"""The class of a medicine and its ingredient."""

_RANK = {drug_class: rank for rank, drug_class in enumerate(DrugClass)}

_IN_ANY_FORM = "any"
"""In the column `unless`: a medicine that is only given for procedures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMedicines:
    """Recognises medicines that add to an opioid's risk, by code or by name.

    `by_atc_group` holds beginnings of codes, for medicines of a class whose ingredient is not known here; `products`
    the names of products, so that a product's code alone tells as much as its name does. `starts` are names that
    are cut off, `likeness` finds what is one slip away from a name of eight letters or more ("diazapam"). A medicine
    does not count where one of its `unless` words stands beside it: what stops a seizure or is given for a procedure
    is no lasting treatment.
    """

    by_code: Mapping[Code, Risk]
    by_atc_group: Mapping[str, Risk]
    by_word: Mapping[Words, Risk]
    starts: Mapping[str, Risk]
    products: Mapping[Code, str]
    unless: Mapping[str, re.Pattern[str]]
    likeness: Likeness

    def find(self, codes: Sequence[Code], names: Sequence[str]) -> tuple[Risk, ...]:
        """(class, ingredient) of each risk medicine that codes or names tell of, the most serious first."""
        names = (*names, *self.names_of(codes))
        said = " ".join(" ".join(words_of(name)) for name in names)
        found = [*self._by_codes(codes), *(one for name in names for one in self._by_words(words_of(name)))]
        if not found and (like := next(filter(None, (self.likeness.find(words_of(name)) for name in names)), None)):
            found = [self.by_word[(like[1],)]]
        counted = {one for one in found if not (against := self.unless.get(one[1])) or not against.search(said)}
        return tuple(sorted(counted, key=lambda one: (_RANK[one[0]], one[1])))

    def names_of(self, codes: Sequence[Code]) -> tuple[str, ...]:
        """What the products of codes are called, where they are known here."""
        return tuple(self.products[code] for code in codes if code in self.products)

    def _by_codes(self, codes: Sequence[Code]) -> Iterator[Risk]:
        for code in codes:
            if code in self.by_code:
                yield self.by_code[code]
            elif code.system is CodeSystem.ATC:
                yield from (one for group, one in self.by_atc_group.items() if code.code.startswith(group))

    def _by_words(self, words: Words) -> Iterator[Risk]:
        for at, word in enumerate(words):
            found = [one for length in (1, 2) if (one := self.by_word.get(words[at : at + length]))]
            yield from found or ([self.starts[word]] if word in self.starts else self._joined_in(word))

    def _joined_in(self, word: str) -> Iterator[Risk]:
        """What a word begins with that a form or a salt is written together with ("Diazepamtropfen")."""
        for length in range(len(word) - 1, WHOLE_NAME - 1, -1):
            if one := self.by_word.get((word[:length],)):
                yield one
                return


def load_risk_medicines() -> RiskMedicines:
    """Load the classes of risk medicines from `value_sets/medications.csv` and the files beside it."""
    rows = list(rows_of("value_sets/medications.csv"))
    known = {row["ingredient"]: (DrugClass(row["drug_class"]), row["ingredient"]) for row in rows}
    words = {words_of(name): entry for name, entry in known.items()}
    rows_of_words = list(rows_of("value_sets/medication_words.csv"))
    words |= {words_of(row["word"]): known[row["ingredient"]] for row in rows_of_words}
    others = {row["word"] for row in rows_of("value_sets/look_alikes.csv")}
    brands = {row["word"] for row in rows_of_words if row["kind"] == "brand"}
    by_code: dict[Code, Risk] = {}
    for row in rows:
        for column, system in _RISK_SYSTEMS.items():
            by_code |= {Code(system, code): known[row["ingredient"]] for code in row[column].split("|") if code}
    return RiskMedicines(
        by_code=by_code,
        by_atc_group={
            row["atc_group"]: (DrugClass(row["drug_class"]), row["name"])
            for row in rows_of("value_sets/medication_groups.csv")
        },
        by_word=words,
        starts=_cut_off(words, others),
        products={
            Code(CodeSystem.RXNORM, row["rxcui"]): row["name"] for row in rows_of("value_sets/medication_products.csv")
        },
        unless={row["ingredient"]: _unless(row["unless"]) for row in rows if row["unless"]},
        likeness=_likeness(words, others, brands),
    )


def _likeness(names: Mapping[Words, Risk], others: Collection[str], brands: Collection[str]) -> Likeness:
    """What finds a name that is misspelt by one letter, of an ingredient; brands are made to look like anything."""
    single = [words[0] for words in names if len(words) == 1]
    long = [word for word in single if len(word) >= WHOLE_NAME and word not in brands]
    return Likeness(ingredients=(), marketed=(), brands=long, others={*others, *single})


def _cut_off(names: Mapping[Words, Risk], others: Collection[str]) -> dict[str, Risk]:
    """The beginnings of single names that stand for one medicine alone."""
    found: dict[str, set[Risk]] = {}
    for word, risk in ((words[0], risk) for words, risk in names.items() if len(words) == 1):
        for length in range(max(SHORTEST_START, len(word) - MOST_CUT_OFF), len(word)):
            found.setdefault(word[:length], set()).add(risk)
    return {start: next(iter(risks)) for start, risks in found.items() if len(risks) == 1 and start not in others}


_RISK_SYSTEMS = {"rxcui": CodeSystem.RXNORM, "snomed": CodeSystem.SNOMED, "atc": CodeSystem.ATC}


def _unless(words: str) -> re.Pattern[str]:
    return re.compile("" if words == _IN_ANY_FORM else rf"\b(?:{words})\b")


class Rescue(StrEnum):
    """Whether a product is meant to reverse an overdose at home."""

    YES = auto()
    OUTSIDE_HOSPITAL = auto()
    NO = auto()


_RESCUE = {"false": Rescue.NO, "true": Rescue.YES, "conditional": Rescue.OUTSIDE_HOSPITAL}
"""The words of the files, in the order in which one is believed before the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueNaloxone:
    """Tells a naloxone (or nalmefene) product meant to reverse an overdose at home from all others."""

    by_code: Mapping[Code, Rescue]
    by_words: Sequence[tuple[re.Pattern[str], Rescue]]
    ingredient: frozenset[Code]

    def kind_of(self, codes: Sequence[Code], names: Sequence[str]) -> Rescue:
        """Whether codes and names of an antagonist, with no opioid beside it, stand for a rescue product.

        A product's code decides, else the words, else the bare ingredient. Ampoules, vials and naloxone of a form
        that is not told are for rescue when prescribed for use outside a hospital.
        """
        coded = {self.by_code[code] for code in codes if code in self.by_code}
        said = map(plain, names)
        named = (next((rescue for pattern, rescue in self.by_words if pattern.search(name)), None) for name in said)
        found = coded or set(filter(None, named))
        if not found and not self.ingredient.isdisjoint(codes):
            return Rescue.OUTSIDE_HOSPITAL
        return next((one for one in _RESCUE.values() if one in found), Rescue.NO)


def load_rescue_naloxone() -> RescueNaloxone:
    """Load which naloxone products are for rescue from `value_sets/rescue_naloxone.csv` and `rescue_words.csv`."""
    rows = [(Code(CodeSystem(row["system"]), row["code"]), row) for row in rows_of("value_sets/rescue_naloxone.csv")]
    by_words = tuple(
        (re.compile(rf"\b(?:{row['terms']})(?![a-z])"), _RESCUE[row["rescue"]])
        for row in rows_of("value_sets/rescue_words.csv")
    )
    known = {code: _RESCUE[row["rescue"]] for code, row in rows if row["code"] and row["route"] != _INGREDIENT}
    return RescueNaloxone(
        by_code=known,
        by_words=by_words,
        ingredient=frozenset(code for code, row in rows if row["route"] == _INGREDIENT),
    )


_INGREDIENT = "any"
"""In the column `route`: a code of the ingredient, whatever it is in."""
