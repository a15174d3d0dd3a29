"""Short ways to say products, sigs, prescriptions and cases in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from opioids.case import Case, Focus
from opioids.change import Change
from opioids.drug_classes import Companion, DrugClass
from opioids.mme import MmeTotal, mme_total
from opioids.patient import Patient
from opioids.prescriptions import Ignored, IgnoredReason, Order, Prescription, Sig, Standing
from opioids.products import Component, Form, Ingredient, Pharmacology, Product, Route, Strength, StrengthUnit
from opioids.quantities import Ceiling, Dose, Frequency, PerDay, Unit, steadily

TODAY = date(2026, 1, 31)

OXYCODONE = Ingredient(name="oxycodone", rxcui="7804", pharmacology=Pharmacology.AGONIST)
MORPHINE = Ingredient(name="morphine", rxcui="7052", pharmacology=Pharmacology.AGONIST)
METHADONE = Ingredient(name="methadone", rxcui="6813", pharmacology=Pharmacology.AGONIST)
FENTANYL = Ingredient(name="fentanyl", rxcui="4337", pharmacology=Pharmacology.AGONIST)
MEPERIDINE = Ingredient(name="meperidine", rxcui="6754", pharmacology=Pharmacology.AGONIST)
NALTREXONE = Ingredient(name="naltrexone", rxcui="7243", pharmacology=Pharmacology.ANTAGONIST)
BUPRENORPHINE = Ingredient(name="buprenorphine", rxcui="1819", pharmacology=Pharmacology.PARTIAL_AGONIST)


def product(ingredient: Ingredient = OXYCODONE, strength: object = 5, **given: Any) -> Product:
    """A tablet of 5 mg of oxycodone, unless said otherwise; `strength=None` for a bare ingredient."""
    unit = given.pop("unit", StrengthUnit.MG)
    value = None if strength is None else Strength(value=Decimal(str(strength)), unit=unit)
    bare = {"form": Form.UNKNOWN, "noun": "", "route": None}
    made = {
        "name": f"{ingredient.name} product",
        "rxcui": "",
        "components": (Component(ingredient=ingredient, strength=value),),
        "form": Form.SOLID,
        "noun": "tablet",
        "route": Route.ORAL,
        **(bare if strength is None else {}),
    }
    return Product(**{**made, **given})


def solution(ingredient: Ingredient = MORPHINE, strength: object = 2, **given: Any) -> Product:
    return product(ingredient, strength, **{"unit": StrengthUnit.MG_PER_ML, "form": Form.LIQUID, "noun": "", **given})


LOZENGE = product(FENTANYL, "0.4", noun="lozenge", route=Route.TRANSMUCOSAL)


def patch(strength: object = 25, **given: Any) -> Product:
    made = {"unit": StrengthUnit.MCG_PER_HOUR, "form": Form.PATCH, "noun": "patch", "route": Route.TRANSDERMAL}
    return product(FENTANYL, strength, **{**made, **given})


def dose(low: object, high: object = None, unit: Unit = Unit.EACH, noun: str = "") -> Dose:
    return Dose(low=Decimal(str(low)), high=Decimal(str(low if high is None else high)), unit=unit, noun=noun)


def per_day(count: object, days: object = 1) -> PerDay:
    return PerDay(count=Decimal(str(count)), days=Decimal(str(days)))


def often(count: object, days: object = 1) -> Frequency:
    return steadily(per_day(count, days))


def ceiling(value: object, unit: Unit = Unit.MG, days: object = 1, noun: str = "") -> Ceiling:
    return Ceiling(value=Decimal(str(value)), unit=unit, days=Decimal(str(days)), noun=noun)


def sig(amount: object = 1, count: object = 2, **given: Any) -> Sig:
    """One unit twice a day, unless said otherwise."""
    made = {"dose": dose(amount), "frequency": often(count)}
    return Sig(**{**made, **given})


def prescription(reference: str = "a", *sigs: Sig, of: Product | None = None, **given: Any) -> Prescription:
    drug = product() if of is None else of
    return Prescription(reference=reference, medication=drug.name, product=drug, sigs=sigs or (sig(),), **given)


def order(key: str = "a", content: Any = None, **given: Any) -> Order:
    made = {
        "key": key,
        "reference": key,
        "medication": key,
        "standing": Standing.ACTIVE,
        "content": prescription(key) if content is None else content,
    }
    return Order(**{**made, **given})


def draft(key: str = "d", content: Any = None, **given: Any) -> Order:
    return order(key, content, **{"standing": Standing.DRAFT, **given})


# ---- cases ----


def morphine_total(table, mg_per_day: object, reference: str = "a", **given: Any) -> MmeTotal:
    """A total of so many MME a day of morphine by mouth; 0 for none."""
    amount = Decimal(str(mg_per_day))
    taken = sig(dose=dose(amount, unit=Unit.MG), frequency=often(1), route=Route.ORAL, **given)
    contents = [prescription(reference, taken, of=product(MORPHINE, None))] if amount else []
    return mme_total(contents, table, TODAY)


def with_ignored(total: MmeTotal, reason: IgnoredReason) -> MmeTotal:
    return replace(total, ignored=(Ignored(reference="i", medication="i", reason=reason),))


def change(before: object, after: object, **given: Any) -> Change:
    """From one total to another, in MME a day."""
    first, second = Decimal(str(before)), Decimal(str(after))
    made = {
        "cut": first - second,
        "percent": 100 * (first - second) / first if first else Decimal(0),
        "to_zero": not second,
        "rotation": False,
        "judgeable": True,
        "only_as_needed": False,
        "step": first - second if given.pop("smallest_step", False) else None,
    }
    return Change(**{**made, **given})


def case(table, before: object = 100, after: object = None, **given: Any) -> Case:
    """A patient of 50 on long-term morphine, whose order of today changes the dose from `before` to `after`."""
    later = before if after is None else after
    made = {
        "today": TODAY,
        "focus": Focus.OPIOID,
        "patient": Patient(age=50, conditions={}, conditions_seen=True),
        "current": morphine_total(table, before),
        "proposed": morphine_total(table, later),
        "change": change(before, later),
        "therapy_days": 400,
        "companions": (),
        "naloxone_at_hand": False,
        "gaps": (),
    }
    sedatives = given.pop("sedatives", {})
    if sedatives:
        made["companions"] = tuple(companion(group, name) for group, name in sedatives.items())
    return Case(**{**made, **given})


def companion(drug_class: DrugClass, ingredient: str = "x", *, written: bool = False, **given: Any) -> Companion:
    """A medicine beside the opioid, taken already unless it is being written."""
    made = {"medication": ingredient, "taken": False, "opioid_too": False, **given}
    return Companion(drug_class=drug_class, ingredient=ingredient, written=written, **made)
