"""What an imported release means here: whole products, parts of products, and why something is only a part.

The rules are those that the shipped products follow, and a test holds them against each of these. A product that
does not fit one of them is not lost: it stays known by its ingredient, so that an order of it is uncounted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from opioids.names.words import words_of
from opioids.products import Component, Form, Ingredient, Product, Route, Strength, StrengthUnit, form_told_by
from opioids.rxnorm_release import WHOLE, Content, ReleasedDrug, RxNormRelease, TermType
from opioids.tables import Row, rows_of

_STRENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,9})?) (MG|MCG|G)(?:/(ML|HR|ACTUAT))?")
_MILLIGRAMS = {"MG": Decimal(1), "MCG": Decimal("0.001"), "G": Decimal(1000)}
_UNITS = {
    None: StrengthUnit.MG,
    "ML": StrengthUnit.MG_PER_ML,
    "HR": StrengthUnit.MCG_PER_HOUR,
    "ACTUAT": StrengthUnit.MG_PER_ACTUATION,
}
_FITTING = {
    Form.SOLID: {StrengthUnit.MG},
    Form.LIQUID: {StrengthUnit.MG_PER_ML, StrengthUnit.MG},
    Form.PATCH: {StrengthUnit.MCG_PER_HOUR, StrengthUnit.MG_PER_ACTUATION},
    Form.SPRAY: {StrengthUnit.MG_PER_ACTUATION},
}
_COMPONENTS = frozenset({TermType.COMPONENT, TermType.BRANDED_COMPONENT})
"""Parts whose strength is that of one unit; a pack's is not."""

_RELEASED_SLOWLY = "yes"


@dataclass(slots=True, kw_only=True)
class Ruled:
    """What became of the drugs of a release.

    `rows` are whole products in the columns of `products.csv`, `parts` what tells less, by RxCUI; `reasons` say why
    a product is only a part. `retired` are codes that are out of use, `names` what is left of those without an opioid.
    """

    rows: list[Row] = field(default_factory=list)
    parts: dict[str, Product] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)


def rule(release: RxNormRelease, opioids: Mapping[str, Ingredient], known: frozenset[str]) -> Ruled:
    """Sort the drugs of a release.

    Args:
        release: the imported facts.
        opioids: the opioid ingredients by RxCUI.
        known: codes of shipped products, whose own rulings stand.
    """
    rules, ruled = _Rules(release, opioids), Ruled()
    for drug in release.drugs:
        if drug.retired:
            ruled.retired.add(drug.rxcui)
        if drug.rxcui in known:
            continue
        if drug.term_type in WHOLE:
            measured = rules.measured(drug)
            if not isinstance(measured, str):
                ruled.rows.extend(rules.rows(drug, measured))
                continue
            ruled.reasons[drug.rxcui] = measured
        part = rules.part(drug)
        if part.components:
            ruled.parts[drug.rxcui] = part
        else:
            ruled.names[drug.rxcui] = drug.name
    return ruled


def strength_of(text: str) -> Strength | None:
    """A strength as RxNorm writes it ("0.025 MG/HR"); None when it is none of an opioid's units."""
    match = _STRENGTH.fullmatch(text.upper())
    if match is None or not Decimal(match[1]):
        return None
    unit = _UNITS[match[3]]
    milligrams = Decimal(match[1]) * _MILLIGRAMS[match[2]]
    value = milligrams * 1000 if unit is StrengthUnit.MCG_PER_HOUR else milligrams
    return Strength(value=value.normalize() + 0, unit=unit)


class _Rules:
    """The rules with the files that they rest on, for one release."""

    def __init__(self, release: RxNormRelease, opioids: Mapping[str, Ingredient]) -> None:
        self._opioids = opioids
        self._forms = {row["dose_form"]: row for row in rows_of("formulary/dose_forms.csv")}
        self._for_disorder = list(rows_of("formulary/disorder_rules.csv"))
        partners = list(rows_of("formulary/partners.csv"))
        self._against_coughs = {words_of(word): row for row in partners for word in row["words"].split("|")}
        self._ordinary = _ordinary_words(partners)
        self._source = f"RxNorm {release.version}"
        self._edition = release.day.isoformat() if release.day else "date not stated"

    def measured(self, drug: ReleasedDrug) -> Sequence[tuple[Content, Strength]] | str:
        """The opioids of a product with their strengths, or why it cannot be counted by its code."""
        form = self._forms.get(drug.dose_form)
        if form is None or Form(form["form"]) is Form.UNKNOWN:
            return f"dose form {drug.dose_form or 'not stated'}"
        own = self._own(drug)
        if not own:
            return "no opioid among its ingredients"
        found = [(one, strength) for one in own if (strength := strength_of(one.strength))]
        written = ", ".join(one.strength or "not stated" for one in own)
        if len(found) < len(own):
            return f"strength {written}"
        units = {strength.unit for _, strength in found}
        if len(units) > 1 or not units <= _FITTING[Form(form["form"])]:
            return f"strength {written} with dose form {drug.dose_form}"
        return found

    def rows(self, drug: ReleasedDrug, measured: Sequence[tuple[Content, Strength]]) -> Iterator[Row]:
        """The rows of a whole product, one for each opioid and salt in it."""
        form, ingredients = self._forms[drug.dose_form], {one.rxcui for one in drug.contents}
        for content, strength in measured:
            opioid = self._opioids[content.rxcui]
            route = form["opioid_route"] or form["route"]
            purpose = self._purpose(drug, opioid, route, strength)
            slow = strength.unit is not StrengthUnit.MG_PER_ACTUATION and form["extended_release"] == _RELEASED_SLOWLY
            yield {
                "rxcui": drug.rxcui,
                "name": drug.name,
                "brand": drug.brand if self._is_telling(drug.brand) else "",
                "ingredient": opioid.name,
                "strength": f"{strength.value:f}",
                "strength_unit": strength.unit.value,
                "dose_form": drug.dose_form,
                "route": route,
                "units_per_dose": "1",
                "extended_release": "yes" if slow or (purpose and route == Route.INJECTION) else "no",
                "use": self._use(drug, opioid),
                "usual_purpose": purpose,
                "combination": "yes" if len(ingredients) > 1 else "no",
                "source": self._source,
                "edition": self._edition,
            }

    def part(self, drug: ReleasedDrug) -> Product:
        """What a code tells that is no whole product, or one that cannot be counted."""
        own = self._own(drug)
        alone = drug.term_type in _COMPONENTS and len({one.rxcui for one in own}) == len(own)
        strengths = {one.rxcui: strength_of(one.strength) for one in own if alone}
        ingredients = {one.rxcui: self._opioids[one.rxcui] for one in own}
        form = self._forms.get(drug.dose_form)
        route = form["opioid_route"] or form["route"] if form else ""
        told = {form_told_by(strength).form for strength in strengths.values() if strength}
        return Product(
            name=drug.name,
            rxcui=drug.rxcui,
            components=tuple(
                Component(ingredient=ingredient, strength=strengths.get(rxcui))
                for rxcui, ingredient in ingredients.items()
            ),
            form=Form(form["form"]) if form else told.pop() if len(told) == 1 else Form.UNKNOWN,
            noun=form["noun"] if form else "",
            route=Route(route) if route else None,
            extended_release=form is not None and form["extended_release"] == _RELEASED_SLOWLY,
            combination=len({one.rxcui for one in drug.contents}) > 1,
            veterinary=drug.only_for_animals,
        )

    def _is_telling(self, brand: str) -> bool:
        """Whether a brand names a drug by itself: "Cough Syrup" would make every cough syrup an opioid."""
        return any(word.isalpha() and word not in self._ordinary for word in words_of(brand))

    def _own(self, drug: ReleasedDrug) -> Sequence[Content]:
        return [one for one in drug.contents if one.rxcui in self._opioids]

    def _use(self, drug: ReleasedDrug, opioid: Ingredient) -> str:
        if drug.only_for_animals:
            return "veterinary"
        words = [word for content in drug.contents for word in words_of(content.name)]
        rows = [row for word in words if (row := self._against_coughs.get((word,)))]
        return "cough-and-cold" if any(row["cough_with"] in ("any", opioid.name) for row in rows) else "analgesic"

    def _purpose(self, drug: ReleasedDrug, opioid: Ingredient, route: str, strength: Strength) -> str:
        beside = {word for content in drug.contents for word in words_of(content.name)}
        for row in self._for_disorder:
            if (
                row["ingredient"] == opioid.name
                and row["dose_form"] in ("", drug.dose_form)
                and row["route"] in ("", route)
                and (not row["beside"] or row["beside"] in beside)
                and (not row["at_least"] or _is_at_least(strength, row))
            ):
                return "opioid use disorder"
        return ""


def _ordinary_words(partners: Iterable[Row]) -> frozenset[str]:
    """Words that name no drug, or another one."""
    found = {word for row in partners for words in row["words"].split("|") for word in words_of(words)}
    for path, column in _ORDINARY:
        found |= {word for row in rows_of(path) for word in words_of(row[column])}
    return frozenset(found)


_ORDINARY = (
    ("formulary/vague_words.csv", "word"),
    ("formulary/brand_words.csv", "word"),
    ("formulary/look_alikes.csv", "word"),
    ("value_sets/medications.csv", "ingredient"),
    ("value_sets/medication_words.csv", "word"),
)


def _is_at_least(strength: Strength, row: Row) -> bool:
    return strength.unit.value == row["strength_unit"] and strength.value >= Decimal(row["at_least"])
