"""The words of a taper plan: what is taken at each step, what there is to say about it, and what to watch for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from opioids.products import Form, Product, StrengthUnit
from opioids.quantities import shown
from opioids.shelf import strength_of
from opioids.tapers.values import First, NoPlan, Obstacle, PlannedDose, PlanNote, StepNote, TaperPlan, TaperStep

_TIMES = {
    2: ("in the morning", "in the evening"),
    3: ("in the morning", "at midday", "in the evening"),
    4: ("in the morning", "at midday", "in the evening", "at bedtime"),
}
_COUNTS = {1: "once a day", 2: "twice a day", 3: "three times a day", 4: "four times a day"}


def doses_words(doses: Iterable[PlannedDose]) -> str:
    """`oxycodone ER 30 mg in the morning, 40 mg in the evening; oxycodone 5 mg as needed, up to 3 a day`."""
    drugs: dict[str, list[PlannedDose]] = {}
    for dose in doses:
        drugs.setdefault(_drug(dose), []).append(dose)
    return "; ".join(f"{drug} {_taken(group)}" for drug, group in drugs.items()) or "no opioid"


def _drug(dose: PlannedDose) -> str:
    """The name of a formulation; as-needed doses of the same tablets are told apart by being said apart."""
    name = dose.product.components[0].ingredient.name
    if dose.is_worn:
        return f"{name} patch"
    if dose.product.form is Form.LIQUID:
        return f"{name} {shown(strength_of(dose.product), 4)} mg/mL"
    return f"{name} ER" if dose.product.extended_release else name


def _taken(doses: list[PlannedDose]) -> str:
    needed = [_as_needed(dose) for dose in doses if dose.at_most is not None]
    if doses[0].is_worn:
        return " and ".join(f"{_amount(dose)}" for dose in doses) + " worn"
    schedules: dict[int, dict[int, list[PlannedDose]]] = {}
    for dose in doses:
        if dose.at_most is None:
            schedules.setdefault(dose.times, {}).setdefault(dose.time or 0, []).append(dose)
    return ", ".join([*(words for times in schedules.values() for words in _by_the_clock(times)), *needed])


def _by_the_clock(times: dict[int, list[PlannedDose]]) -> Iterator[str]:
    """One schedule, of so many dose times a day: the same amount at each of them is said once."""
    amounts = {time: " and ".join(map(_amount, group)) for time, group in times.items()}
    count = next((group[0].times for group in times.values()), 0)
    if len(amounts) == count and len(set(amounts.values())) == 1:
        often = _COUNTS.get(count, f"{count} times a day")
        yield f"{amounts[next(iter(amounts))]} {often}"
        return
    if count not in _TIMES and count > 1:
        yield from (
            f"{amount} at {number} of {count} doses a day" for amount, number in Counter(amounts.values()).items()
        )
        return
    for time, amount in amounts.items():
        yield f"{amount} {time_words(time, count)}"


def time_words(time: int, times: int) -> str:
    """When a dose is taken, of so many a day."""
    if times == 1:
        return "once a day"
    named = _TIMES.get(times)
    return named[time] if named else f"at dose {time + 1} of {times}"


def _amount(dose: PlannedDose) -> str:
    strength = strength_of(dose.product)
    if dose.product.form is Form.LIQUID:
        return f"{shown(dose.units)} mL ({shown(dose.units * strength)} mg)"
    unit = "mcg/h" if _is_rate(dose) else "mg"
    each = f"{shown(strength, 4)} {unit}"
    return each if dose.units == 1 else f"{shown(dose.units)} x {each}"


def _is_rate(dose: PlannedDose) -> bool:
    strength = dose.product.components[0].strength
    return strength is not None and strength.unit is StrengthUnit.MCG_PER_HOUR


def _as_needed(dose: PlannedDose) -> str:
    most = dose.at_most or Decimal(0)
    unit = " mL" if dose.product.form is Form.LIQUID else ""
    return f"{_amount(dose)} as needed, at most {shown(most)}{unit} a day"


def directions_words(dose: PlannedDose, count: int) -> str:
    """`1 tablet by mouth in the morning`: the directions of one dose that is taken `count` times a day."""
    if dose.is_worn:
        return f"{_units(dose)} on the skin, changed every 3 days"
    if dose.at_most is not None:
        unit = "mL" if dose.product.form is Form.LIQUID else f"{dose.product.noun}s"
        return f"{_units(dose)} by mouth as needed, at most {shown(dose.at_most)} {unit} a day"
    often = _COUNTS.get(count, f"{count} times a day")
    return f"{_units(dose)} by mouth {time_words(dose.time or 0, dose.times) if count == 1 else often}"


def _units(dose: PlannedDose) -> str:
    if dose.product.form is Form.LIQUID:
        return f"{shown(dose.units)} mL"
    plural = "" if dose.units == 1 else "es" if dose.is_worn else "s"
    return f"{shown(dose.units)} {dose.product.noun}{plural}"


def step_line(step: TaperStep, plan: TaperPlan) -> str:
    """One step in one line: `oxycodone ER 30 mg twice a day (112.5 MME/day)`."""
    total = f"{shown(step.mme)} MME/day"
    return f"{doses_words(step.doses)} ({total})" if plan.has_tablets else total


# ---- remarks ----

_STEP_NOTES = {
    StepNote.NO_SMALLER_UNIT: "no smaller step of this product exists",
    StepNote.LONGER_STAY: "stay longer on it",
    StepNote.LOW_DOSE: "a large part of what is left: stay longer if needed",
    StepNote.FIXED_TIME: "as-needed doses become one dose at a fixed time",
    StepNote.NOW_IMMEDIATE: "an extended-release dose becomes a smaller immediate-release one",
    StepNote.LAST: "longer intervals may help before it; opioids may be stopped when less than one dose a day is taken",
}


def step_words(step: TaperStep) -> str:
    """What there is to say about a step; rounding to whole units is said once, of the whole plan."""
    if StepNote.LAST in step.notes:
        return _STEP_NOTES[StepNote.LAST]
    return "; ".join(_STEP_NOTES[note] for note in step.notes if note is not StepNote.ROUNDED)


_PLAN_NOTES = {
    PlanNote.CONFIRM_USE: "As-needed doses are counted at their maximum. Ask what is really taken before the first "
    "step: if it is less, that is the true start.",
    PlanNote.METHADONE: "Methadone: its half-life is long and differs from person to person, so a step is felt late. "
    "Get experienced advice, and go slower rather than faster.",
    PlanNote.PATCHES: "Patches go by whole systems and are never cut: steps of 10% are mostly impossible with them. "
    "Each step lasts longer instead; moving to an opioid by mouth needs experienced advice.",
    PlanNote.LEFT_ALONE: "Not tapered and left as it is: {left_alone}.",
    PlanNote.NO_TABLETS: "Made from a number alone: morphine equivalents without tablets. Give the orders to get steps "
    "in strengths that exist.",
    PlanNote.ENDS_ABOVE: "Tablets cannot meet {target} MME/day exactly: the plan ends just above it.",
    PlanNote.GEOMETRIC_TAIL: "Shares of what is left never reach nothing: the last steps are by the smallest tablets, "
    "longer intervals, and stopping when less than one dose a day is taken.",
    PlanNote.SUPERVISED: "This pace is for a supervised setting.",
    PlanNote.NO_NUMBER: "The guideline names no pace in numbers; this one is from another publication ({profile}).",
    PlanNote.PROVISIONAL: "Provisional: the source of this pace has not been checked.",
    PlanNote.PREGNANCY: "Pregnancy: not without obstetric and addiction expertise.",
}


def plan_notes(plan: TaperPlan) -> list[str]:
    """What there is to say about the whole plan."""
    known = {
        "left_alone": ", ".join(plan.left_alone),
        "target": shown(plan.target or Decimal(0)),
        "profile": plan.profile.label,
    }
    said = [_PLAN_NOTES[note].format(**known) for note in plan.notes]
    if any(StepNote.ROUNDED in step.notes for step in plan.steps):
        said.insert(0, "Steps are rounded to whole units that exist, so some are a little more than the pace.")
    if plan.solutions:
        names = ", ".join(map(_solution, plan.solutions))
        said.append(f"Smaller last steps are possible with an oral solution: {names}.")
    return said


def _solution(product: Product) -> str:
    return f"{product.components[0].ingredient.name} {shown(strength_of(product), 4)} mg/mL"


_FIRST = {
    First.EXTENDED: "extended-release forms first",
    First.IMMEDIATE: "immediate-release forms first",
    First.ONLY: "",
}


def order_words(plan: TaperPlan) -> str:
    """Which formulation or drug is lowered first; empty where there is nothing to choose."""
    return f"{plan.lead} first" if plan.lead else _FIRST[plan.first]


def pace_words(plan: TaperPlan) -> str:
    """`about 10% every 28 days or slower`."""
    return f"about {shown(plan.percent)}% every {plan.interval_days} days, or slower"


SIGNS = {
    "withdrawal": "withdrawal that is hard to bear",
    "worse-for-a-month": "pain or function worse for more than a month",
    "mood-or-suicide": "low mood, thoughts of suicide, or a mental-health crisis",
    "acute-pain": "new acute pain or surgery",
    "pregnancy": "pregnancy",
    "impending-overdose": "confusion, heavy sedation or slurred speech (an overdose may be coming)",
    "verified-not-taken": "the medicine is verifiably not taken",
    "pregnant": "pregnancy: obstetric and addiction expertise first",
    "long-or-high-dose": "a year or more on opioids, or a high dose at the start",
    "unstable-mental-health": "unstable mental health or thoughts of suicide",
    "unstable-heart": "unstable heart disease or severe high blood pressure",
    "opioid-use-disorder": "opioid use disorder: offer its treatment instead",
    "benzodiazepine-taper": "a benzodiazepine is being tapered as well: one at a time",
    "cognitive-impairment": "memory or understanding is impaired",
}
"""What each sign of `knowledge/tapers/signs.csv` says."""

HOLD = (
    "Any step can be held as long as it is needed; going back one step is no failure. Review before each step, and at "
    "least monthly."
)
NALOXONE = (
    "Offer naloxone and show how to use it: tolerance falls with the dose, and within a week an earlier dose may be "
    "too much."
)

_OBSTACLES = {
    Obstacle.NOTHING_TAKEN: "no opioid is being taken",
    Obstacle.UNCOUNTED: "part of the dose is not known, and a plan must not rest on a floor",
    Obstacle.TREATMENT: "treatment of opioid use disorder is never tapered because of morphine equivalents; it should "
    "go on",
    Obstacle.ONLY_BUPRENORPHINE: "buprenorphine is not tapered by morphine equivalents",
    Obstacle.PRODUCT_UNKNOWN: "which product and strength is taken is not known, so no tablets can be told",
    Obstacle.FORM: "the strengths of this form do not stand for one another",
    Obstacle.NOT_DAILY: "it is not taken a whole number of times a day",
    Obstacle.DIRECTIONS: "what is taken at a time cannot be told",
    Obstacle.TARGET_NOT_BELOW: "the end that was asked for is not below the present dose",
}


def obstacle_words(found: NoPlan) -> str:
    """Why there is no plan, and what stands in the way."""
    names = ", ".join(found.medications)
    return f"{_OBSTACLES[found.obstacle]}{f': {names}' if names else ''}"
