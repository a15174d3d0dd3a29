"""The words of the cards about medicines beside an opioid: those that sedate, and those that block."""

from __future__ import annotations

from hooks.guideline_words import CLASSES
from hooks.told import NO_STATEMENT, Text, Told, basis, listed, make_text, paragraphs
from hooks.wording import safe, summary
from hooks.words.naloxone import says_naloxone
from opioids.case import MAY_BE_NONE, Case
from opioids.drug_classes import SEDATING, Companion, DrugClass
from opioids.prescriptions import IgnoredReason
from opioids.recommendations import BLOCKER_RULE

_BESIDE = {**CLASSES, DrugClass.OTHER_CNS_DEPRESSANT: "also sedates"}
_NEVER_AT_ONCE = frozenset({DrugClass.BENZODIAZEPINE, DrugClass.Z_DRUG, DrugClass.BARBITURATE})

_SURELY, _MAYBE = "an opioid", "is, or may be, an opioid"
_NEVER_COUNTED = {
    IgnoredReason.PARTIAL_AGONIST: _SURELY,
    IgnoredReason.OPIOID_USE_DISORDER_TREATMENT: "treatment of opioid use disorder",
}


def companions_text(told: Told) -> Text:
    """Sedatives, or the blocker, whichever the rule found."""
    return _blocker(told) if told.recommendation.rule == BLOCKER_RULE else _sedatives(told)


def _sedatives(told: Told) -> Text:
    case = told.case
    found = [one for one in case.companions if one.drug_class in SEDATING]
    found.sort(key=lambda one: (SEDATING.index(one.drug_class), one.ingredient))
    others = [one for one in case.companions if one.drug_class is DrugClass.OTHER_CNS_DEPRESSANT]
    treated = case.in_treatment and not case.has_opioid
    head = "Treatment of opioid use disorder with " if treated else "An opioid with "
    named: dict[DrugClass, dict[str, None]] = {}
    for one in found or others:
        named.setdefault(one.drug_class, {})[one.ingredient] = None
    classes = [f"{CLASSES[one]} ({', '.join(ingredients)})" for one, ingredients in named.items()]
    return make_text(
        summary=summary(f"Breathing can slow. {head}", classes),
        detail=paragraphs(
            listed("Together:", [*_opioids(case), *map(_line, (*found, *others))]),
            listed("To consider:", _advice(told, found or others)),
            basis(told) or NO_STATEMENT,
        ),
    )


def _opioids(case: Case) -> list[str]:
    """The opioids that the sedatives go with, each medicine once; a product that holds both is named as the latter."""
    with_orders = case.proposed
    named = {one.medication: _SURELY for one in with_orders.counted}
    named |= {one.medication: _MAYBE if one.reason in MAY_BE_NONE else _SURELY for one in with_orders.uncounted}
    named |= {one.medication: words for one in with_orders.ignored if (words := _NEVER_COUNTED.get(one.reason))}
    both = {one.medication for one in case.companions if one.opioid_too}
    return [f"- {safe(medication)}: {words}" for medication, words in named.items() if medication not in both]


def _line(one: Companion) -> str:
    both = ", opioid and sedative in one product" if one.opioid_too else ""
    return f"- {_named(one)}: {_BESIDE[one.drug_class]}, {_where(one)}{both}"


def _where(one: Companion) -> str:
    return "being raised" if one.raised else "being ordered" if one.written else "on the list"


def _named(one: Companion) -> str:
    """The medicine as it was sent, and the ingredient where a brand or a bare code does not tell it."""
    told = one.ingredient.lower() in one.medication.lower()
    return safe(one.medication) if told else f"{safe(one.medication)} ({one.ingredient})"


def _advice(told: Told, found: list[Companion]) -> list[str]:
    case, naloxone = told.case, "; offer naloxone" if says_naloxone(told) else ""
    lines = [
        "- Is the higher dose needed, or is there a choice that sedates less? Decide with the patient."
        if any(one.raised for one in found)
        else _first_question(case, adds_sedative=any(one.is_new for one in found)),
        f"- Watch for drowsiness in the days after a change{naloxone}, and tell the household.",
    ]
    if any(one.taken and one.drug_class in _NEVER_AT_ONCE for one in found):
        lines.insert(1, "- Never stop a benzodiazepine or its like at once: it is tapered.")
    if case.in_treatment:
        lines.append("- Treatment of opioid use disorder goes on: sedatives are no reason to withhold it.")
    return lines


def _first_question(case: Case, *, adds_sedative: bool) -> str:
    """What to ask first: of what is only being added whether it is needed, of what stands whether it still is."""
    if case.in_treatment:
        if adds_sedative:
            return "- Is what is being added needed, or is there a choice that sedates less?"
        return "- Is what sedates still needed? Decide with the patient whether, and how slowly, to lower it."
    if case.takes_any_opioid or not case.list_seen:
        if adds_sedative:
            return "- Is what is being added needed, or is there a choice that sedates less? Decide with the patient."
        return "- Is each of them still needed? Decide with the patient which to lower first, one at a time."
    if adds_sedative:
        return "- Are both needed? Decide with the patient, and begin with one at a time."
    return "- Is an opioid needed beside what sedates, or would other pain care do? Decide with the patient."


def _blocker(told: Told) -> Text:
    case = told.case
    found = [one for one in case.companions if one.drug_class is DrugClass.BLOCKER]
    name = found[0].ingredient.capitalize()
    if case.takes_any_opioid and any(one.is_new for one in found):
        line = f"{name} with opioids in the body brings on withdrawal at once. Do not start it now."
        advice = [
            "- It may be started only after a time without any opioid; how long depends on the opioid: see its label.",
            "- An opioid that has been taken for long is not stopped for it at once either.",
            "- For opioid use disorder, ask for advice on buprenorphine or methadone instead.",
        ]
    else:
        line = f"{name} blocks opioids: they may not work beside it, and withdrawal or overdose may follow."
        advice = [
            "- Ask which of the two is really taken.",
            "- A higher dose to overcome the block can end in an overdose when the block wears off.",
            "- For pain in the meantime choose something other than an opioid, or ask for advice.",
        ]
    return make_text(
        summary=summary(line),
        detail=paragraphs(
            listed(
                "Together:", [*_opioids(case), *(f"- {_named(one)}: blocks opioids, {_where(one)}" for one in found)]
            ),
            listed("To consider:", advice),
            "This follows from what the medicines do, not from a guideline's statement.",
        ),
    )
