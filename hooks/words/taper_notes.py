"""What there is to say about a taper plan beside its doses: remarks, and what to watch for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hooks.words.language import Say, english, message
from hooks.words.taper import strength_words
from opioids.conditions import ConditionGroup
from opioids.national_names import name_in
from opioids.patient import Patient
from opioids.products import Product
from opioids.quantities import shown
from opioids.tapers.profiles import Basis, LaterPace, Sign, TaperProfile, Tapers
from opioids.tapers.values import First, FirstStep, PlanNote, StepNote, TaperPlan, TaperStep

_STEP_NOTES = {
    StepNote.NO_SMALLER_UNIT: message("no smaller step of this product is known"),
    StepNote.LONGER_STAY: message("stay longer on it"),
    StepNote.LOW_DOSE: message("a large part of what is left: stay longer if needed"),
    StepNote.FIXED_TIME: message("as-needed doses become one dose at a fixed time"),
    StepNote.NOW_IMMEDIATE: message("an extended-release dose becomes a smaller immediate-release one"),
    StepNote.FROM_A_PATCH: message(
        "patches are not worn at longer intervals: plan with somebody experienced how to go on from the last one"
    ),
    StepNote.LAST: message(
        "longer intervals may help before it; opioids may be stopped when less than one dose a day is taken"
    ),
}


def step_words(step: FirstStep | TaperStep, say: Say = english) -> str:
    """What there is to say about a step; rounding to whole units is said once, of the whole plan. That it lasts longer
    is not said beside "stay longer if needed".
    """
    if StepNote.LAST in step.notes:
        said = [StepNote.NO_SMALLER_UNIT] if StepNote.NO_SMALLER_UNIT in step.notes else []
        end = StepNote.FROM_A_PATCH if StepNote.FROM_A_PATCH in step.notes else StepNote.LAST
        return "; ".join(say(_STEP_NOTES[note]) for note in (*said, end))
    unsaid = {StepNote.ROUNDED, *([StepNote.LONGER_STAY] if StepNote.LOW_DOSE in step.notes else [])}
    return "; ".join(say(_STEP_NOTES[note]) for note in step.notes if note not in unsaid)


_PLAN_NOTES = {
    PlanNote.CONFIRM_USE: message(
        "As-needed doses are counted at their maximum. Ask what is really taken before the first "
        "step: if it is less, that is the true start."
    ),
    PlanNote.METHADONE: message(
        "Methadone: its half-life is long and differs from person to person, so a step is felt late. "
        "Get experienced advice, and go slower rather than faster. Where it treats opioid use disorder, it should go "
        "on."
    ),
    PlanNote.PATCHES: message(
        "Patches go by whole systems and are never cut: steps of 10%% are mostly impossible with them. "
        "Each step lasts longer instead; moving to an opioid by mouth needs experienced advice."
    ),
    PlanNote.NOT_FIRST: message(
        "Not possible from the first step on (%(order)s): its smallest step is more than the pace, so the others go "
        "down before it."
    ),
    PlanNote.LEFT_ALONE: message("Not tapered and left as it is: %(left_alone)s."),
    PlanNote.NO_TABLETS: message(
        "Made from a number alone: morphine equivalents without tablets. Give the orders to get steps "
        "in strengths that exist."
    ),
    PlanNote.ENDS_ABOVE: message("Tablets cannot meet %(target)s MME/day exactly: the plan ends just above it."),
    PlanNote.BEGUN: message("The taper began at %(begun)s MME/day: percentages are counted from there."),
    PlanNote.OTHER_COUNTRY: message(
        "The strengths are those on the lists of the United States. Which are sold in your country is known of few: "
        "go through the steps with the pharmacy before the first one; a smaller strength makes a smaller step."
    ),
    PlanNote.GEOMETRIC_TAIL: message(
        "Shares of what is left never reach nothing, so the last steps are small and alike; with tablets they "
        "go by the smallest ones, longer intervals, and stopping when less than one dose a day is taken."
    ),
    PlanNote.SUPERVISED: message("This pace is for a supervised setting."),
    PlanNote.NO_NUMBER: message(
        "The guideline names no pace in numbers; this one is from another publication (%(profile)s)."
    ),
    PlanNote.PROVISIONAL: message("Provisional: the source of this pace has not been checked."),
    PlanNote.PROVISIONAL_FACTORS: message(
        "Provisional: the factors of %(table)s have not been checked against their source."
    ),
}


_SPOKEN_OF = message(
    "When they are ordered, a card of this service will call these steps large or fast: %(steps)s. The plan allows "
    "for it: keep to its days, or go more slowly."
)


def plan_notes(plan: TaperPlan, say: Say = english) -> list[str]:
    """What there is to say about the whole plan."""
    known = {
        "order": _chosen_words(plan, say),
        "left_alone": ", ".join(plan.left_alone),
        "target": shown(plan.target or Decimal(0)),
        "begun": shown(plan.begun_at or Decimal(0)),
        "profile": say(plan.profile.label),
        "table": plan.table,
    }
    said = [say(_PLAN_NOTES[note]) % known for note in plan.notes]
    if any(StepNote.ROUNDED in step.notes for step in plan.steps):
        said.insert(0, say("Steps are rounded to whole units that exist, so some are a little more than the pace."))
    if plan.spoken_of:
        said.append(say(_SPOKEN_OF) % {"steps": ", ".join(map(str, plan.spoken_of))})
    if plan.solutions:
        names = ", ".join(map(_solution, plan.solutions))
        said.append(say("Smaller last steps are possible with an oral solution: %(names)s.") % {"names": names})
    return said


def whose_pace(plan: TaperPlan) -> str:
    """From where a pace is that is not the guideline's own; empty where it is."""
    note = PlanNote.NO_NUMBER
    return _PLAN_NOTES[note] % {"profile": plan.profile.label} if note in plan.notes else ""


def left_out_words(medicines: Iterable[str], say: Say) -> str:
    """Which orders a plan does without because nobody takes them yet; empty where there are none."""
    names = ", ".join(medicines)
    return say("Not in the plan, because it is only being written: %(names)s.") % {"names": names} if names else ""


def start_words(steps: Sequence[TaperStep], on: date, say: Say) -> str:
    """What there is to say of a start that is not the day `on` of the orders; empty where there is nothing."""
    start = steps[0].start
    if start > on:
        return say("Until %(start)s what is taken now goes on as it is.") % {"start": start.isoformat()}
    if any(step.start < on for step in steps[1:]):
        said = say(
            "From this start, steps lie before %(day)s. Where the orders are what is taken now, choose a later start."
        )
        return said % {"day": on.isoformat()}
    return ""


def later_pace_words(plans: Iterable[TaperPlan], later: LaterPace, say: Say) -> str:
    """That a plan goes on beyond the day from which on the guideline's slower pace holds; empty where it does not."""
    if all(plan.steps[-1].start < later.day for plan in plans):
        return ""
    said = say(
        "On %(day)s opioids will have been taken for %(days)s days: from then on the slower pace holds (%(profile)s, "
        "steps of %(interval)s days). Plan the rest anew before then."
    )
    return said % {
        "day": later.day.isoformat(),
        "days": later.therapy_days,
        "profile": say(later.profile.label),
        "interval": later.profile.interval_days,
    }


def _solution(product: Product) -> str:
    return f"{product.components[0].ingredient.name} {strength_words(product)}"


_FIRST = {
    First.EXTENDED: message("extended-release forms first"),
    First.IMMEDIATE: message("immediate-release forms first"),
}


def order_words(plan: TaperPlan, say: Say = english) -> str:
    """Which formulation or drug is lowered first, or when it can be; empty where there is nothing to choose."""
    chosen = _chosen_words(plan, say)
    if PlanNote.NOT_FIRST in plan.notes:
        return say("%(order)s, as soon as a step is small enough") % {"order": chosen}
    return chosen


def _chosen_words(plan: TaperPlan, say: Say) -> str:
    if plan.lead:
        return say("%(drug)s first") % {"drug": name_in(plan.country, plan.lead)}
    return say(_FIRST[plan.first]) if plan.first in _FIRST else ""


def pace_words(plan: TaperPlan, say: Say = english) -> str:
    """`about 10% every 28 days or slower`."""
    said = say("about %(percent)s%% every %(days)s days, or slower")
    return said % {"percent": shown(plan.percent), "days": plan.interval_days}


_BASES = {
    Basis.ORIGINAL: message("Counted from the dose at the start."),
    Basis.ORIGINAL_THEN_CURRENT: message(
        "Counted from the dose at the start, and from the present one once little is left."
    ),
    Basis.CURRENT: message("Counted from the present dose."),
}


def basis_words(profile: TaperProfile, say: Say = english) -> str:
    """Of which dose the percentage of a pace is: a tenth of the first dose is a third of the last but one."""
    return say(_BASES[profile.basis])


_SIGNS = {
    "withdrawal": message("withdrawal that is hard to bear"),
    "worse-for-a-month": message("pain or function worse for more than a month"),
    "mood-or-suicide": message("low mood, thoughts of suicide, or a mental-health crisis"),
    "acute-pain": message("new acute pain or surgery"),
    "pregnancy": message("pregnancy"),
    "impending-overdose": message("confusion, heavy sedation or slurred speech (an overdose may be coming)"),
    "verified-not-taken": message("the medicine is verifiably not taken"),
    "pregnant": message("pregnancy: obstetric and addiction expertise first"),
    "long-or-high-dose": message("a year or more on opioids, or a high dose at the start"),
    "unstable-mental-health": message("unstable mental health or thoughts of suicide"),
    "unstable-heart": message("unstable heart disease or severe high blood pressure"),
    "opioid-use-disorder": message("opioid use disorder: offer its treatment instead"),
    "benzodiazepine-taper": message("a benzodiazepine is being tapered as well: one at a time"),
    "cognitive-impairment": message("memory or understanding is impaired"),
}
"""What each sign of `knowledge/tapers/signs.csv` says."""

_HEADINGS = {
    "pause": message("Pause when there is"),
    "stop": message("Stop at once only for"),
    "slow": message("Go slowly with"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One kind of what to watch for, under its heading: each sign with its words."""

    kind: str
    heading: str
    signs: tuple[tuple[Sign, str], ...]


def watch_for(tapers: Tapers, say: Say = english) -> tuple[Watched, ...]:
    """What to watch for on the way down: reasons to pause, to stop at once, to go slowly."""
    return tuple(
        Watched(
            kind=kind,
            heading=say(heading),
            signs=tuple((one, say(_SIGNS[one.id])) for one in tapers.signs if one.kind == kind),
        )
        for kind, heading in _HEADINGS.items()
    )


HOLD = message(
    "Any step can be held as long as it is needed; going back one step is no failure. Review before each step, and at "
    "least monthly."
)
NALOXONE = message(
    "Offer naloxone and show how to use it: tolerance falls with the dose, and within a week an earlier dose may be "
    "too much."
)

CHANGE_IN_PREGNANCY = (
    "Pregnancy is recorded: withdrawal can harm mother and child; obstetric and addiction expertise come before any "
    "change."
)

_FIRST_OTHERS = {
    ConditionGroup.PREGNANCY: CHANGE_IN_PREGNANCY,
    ConditionGroup.SUICIDALITY: (
        "Suicidality is recorded: safety and mental-health care come first; keep the dose as it is meanwhile."
    ),
    ConditionGroup.UNSTABLE_MENTAL_HEALTH: (
        "A severe mental illness is recorded: where it is not stable, get mental-health care first."
    ),
}


def first_others(patient: Patient) -> list[str]:
    """Why no schedule is for this patient now: whose expertise comes first, as list items."""
    return [f"- {words}" for group, words in _FIRST_OTHERS.items() if group in patient.present]
