"""Taper plans in the words of the specification's tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from fhir_mappings.calculator import calculate
from opioids.knowledge import Knowledge
from opioids.quantities import shown
from opioids.tapers.equivalents import plan_of_equivalents
from opioids.tapers.pacing import Standard, Wish
from opioids.tapers.planning import plans
from opioids.tapers.values import First, NoPlan, PlannedDose, TaperPlan, TaperStep
from tests.spec.notation import order_of
from tests.spec.tables import AS_OF

START = date(2026, 2, 2)


def planned(row: dict[str, str], knowledge: Knowledge) -> TaperPlan | NoPlan:
    """The plan that a row of the table of plans asks for."""
    asked = dict(word.split("=", 1) for word in row["asked"].split())
    standard = standard_of(knowledge, row["guideline"], asked)
    wish = Wish(
        start=START,
        percent=Decimal(asked["pace"]) if "pace" in asked else None,
        interval_days=int(asked["interval"]) if "interval" in asked else None,
        first=First(asked["first"]) if "first" in asked else None,
        target=Decimal(asked["to"]) if "to" in asked else None,
        begun_at=Decimal(asked["begun"]) if "begun" in asked else None,
        halves=asked.get("halves") == "yes",
    )
    if row["taken"].endswith(" MME"):
        return plan_of_equivalents(Decimal(row["taken"].removesuffix(" MME")), standard, wish)
    resources = []
    for index, cell in enumerate(row["taken"].split(" & ")):
        coded, directions = cell.split(": ", 1)
        resources.append(order_of(f"o{index}", coded, directions, {})[0])
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in resources]}
    total = calculate(bundle, knowledge=knowledge, table=standard.table, as_of=AS_OF)
    made = plans(total, standard, wish)
    return made if isinstance(made, NoPlan) else made[int(asked.get("choice", 1)) - 1]


def standard_of(knowledge: Knowledge, guideline: str, asked: dict[str, str]) -> Standard:
    loaded = knowledge.guidelines[guideline]
    days = int(asked["days"]) if "days" in asked else None
    named = asked.get("profile")
    profile = knowledge.tapers.profiles[named] if named else knowledge.tapers.profile_for(guideline, days)
    return Standard(
        guideline=loaded,
        table=knowledge.tables[asked.get("table", "cdc-2022")],
        profile=profile,
        shelf=knowledge.shelf_of(loaded.jurisdiction),
        practice=knowledge.tapers.practice,
    )


def row_of(step: TaperStep, plan: TaperPlan) -> dict[str, str]:
    """A step as a row: week, regimen, MME, cut in percent of the start and of the step before, and remarks."""
    return {
        "step": str(step.number),
        "week": shown(Decimal((step.start - plan.steps[0].start).days) / 7, 1),
        "taken": regimen(step.doses) if plan.has_tablets else "",
        "MME/day": shown(step.mme, 2),
        "of the start": shown(step.cut_percent, 1),
        "of the step before": shown(step.cut_of_previous_percent, 1),
        "remarks": ", ".join(note.value for note in step.notes),
    }


def regimen(doses: Iterable[PlannedDose]) -> str:
    """`oxycodone ER 30 + 40; oxycodone 5 x 3 prn`: amounts at each dose time, units of one dose in brackets."""
    parts: dict[str, dict[int, list[str]]] = {}
    words: list[str] = []
    for dose in doses:
        component = dose.product.components[0]
        name = component.ingredient.name + (" ER" if dose.product.extended_release else "")
        each = f"{shown(component.strength.value, 4)}"
        amount = each if dose.units == 1 else f"{shown(dose.units)} x {each}"
        liquid = dose.product.form.value == "liquid"
        if liquid:
            name, amount = f"{name} {each} mg/mL", f"{shown(dose.units)} mL"
        if dose.at_most is not None:
            most = shown(dose.at_most)
            words.append(
                f"{name} {amount} prn, at most {most}" if liquid or dose.units > 1 else f"{name} {each} x {most} prn"
            )
        elif dose.time is None:
            parts.setdefault(name, {}).setdefault(-1, []).append(amount)
        else:
            parts.setdefault(name, {time: [] for time in range(dose.times)})[dose.time].append(amount)
    found = []
    for name, times in parts.items():
        if -1 in times:
            found.append(f"{name} {' and '.join(times[-1])} worn")
        else:
            found.append(f"{name} {' + '.join(_dose(times[time]) for time in sorted(times))}")
    return "; ".join([*found, *words]) or "nothing"


def _dose(units: list[str]) -> str:
    return "0" if not units else units[0] if len(units) == 1 else f"({' and '.join(units)})"
