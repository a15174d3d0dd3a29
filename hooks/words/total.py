"""The words of the card about the daily total: how it adds up, and what could not be counted."""

from __future__ import annotations

from hooks.told import Text, Told, basis, holds, listed, make_text, paragraphs, the_orders
from hooks.wording import (
    counted_line,
    left_out_lines,
    mme,
    summary,
    supplement_words,
    uncounted_item,
    uncounted_line,
)
from hooks.words.taper_notes import CHANGE_IN_PREGNANCY
from opioids.case import Case, Focus
from opioids.conditions import ConditionGroup
from opioids.criteria_met import exclusions
from opioids.guideline import Guideline
from opioids.mme import MmeTotal
from opioids.national_names import name_in
from opioids.prescriptions import IgnoredReason
from opioids.quantities import shown


def total_text(told: Told) -> Text:
    """The sum, drug by drug, and what stands beside it."""
    case, total = told.case, told.case.proposed
    return make_text(
        summary=_total_summary(case, told.guideline.jurisdiction),
        detail=paragraphs(
            _sums(case),
            "\n".join(map(counted_line, total.counted)),
            listed("Not counted:", _not_counted(total)),
            listed("Left out:", left_out_lines(total.ignored)),
            _before(case),
            _rotation(case),
            _rotation_in_pregnancy(case),
            _methadone(case),
            _exclusion(case, told.guideline),
            basis(told),
            "MME adds up risk. It must not be used to work out the dose of another opioid.",
        ),
    )


def _total_summary(case: Case, country: str) -> str:
    total = case.proposed
    where = "on the active list" if case.focus is Focus.CHART else f"with {the_orders(case)}"
    if total.provisional:
        where += ", provisional factors"
    missing = [uncounted_item(one) for one in total.uncounted]
    if not total.counted and missing:
        return summary("MME/day cannot be computed: ", missing)
    if not total.counted and not case.list_seen:
        return summary(f"MME/day {where} is not known: not everything could be seen.")
    if not total.counted:
        return summary(f"0 MME/day {where}; not converted: ", _not_converted(case))
    scheduled = "" if total.scheduled == total.maximum else f" ({shown(total.scheduled)} scheduled)"
    if case.proposed_complete:
        names = sorted({name_in(country, one.ingredient.name) for one in total.counted})
        return summary(f"{mme(total.maximum)} {where}{scheduled}: ", names)
    if not missing:
        return summary(f"At least {mme(total.maximum)} {where}{scheduled}: not everything could be seen.")
    return summary(f"At least {mme(total.maximum)} {where}{scheduled}; not counted: ", missing)


def _not_counted(total: MmeTotal) -> list[str]:
    """What could not be counted, each with the figure of the table that stands beside, where it has one."""
    beside = {one.uncounted: one for one in total.supplements}
    return [f"{uncounted_line(one)}{supplement_words(beside[one]) if one in beside else ''}" for one in total.uncounted]


def _not_converted(case: Case) -> list[str]:
    left_out = (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    return list(dict.fromkeys(one.medication for one in case.proposed.ignored if one.reason in left_out))


def _sums(case: Case) -> str:
    total = case.proposed
    if not total.counted and not total.uncounted and not case.list_seen:
        return f"No opioid was counted, but not everything could be seen: this is no zero (factors: {total.table})."
    if not total.counted:
        return f"{'Nothing could be' if total.uncounted else 'No opioid was'} counted (factors: {total.table})."
    provisional = ", provisional" if total.provisional else ""
    at_least = "" if case.proposed_complete else "At least "
    needed = " with every as-needed dose and the upper end of every range" if total.scheduled != total.maximum else ""
    scheduled = f", {mme(total.scheduled)} as scheduled" if needed else ""
    return f"{at_least}**{mme(total.maximum)}**{needed}{scheduled} (factors: {total.table}{provisional})."


def _before(case: Case) -> str:
    """The dose before the order, as far as it is known."""
    if case.focus is Focus.CHART:
        return ""
    if case.list_seen and case.current.complete:
        beside = ", and buprenorphine, which is not converted" if case.current.holds_partial_agonist else ""
        return f"Before {the_orders(case)}: {mme(case.current.maximum)}{beside}."
    if not case.current.counted:
        return f"The dose before {the_orders(case)} is not known."
    return f"Before {the_orders(case)}: at least {mme(case.current.maximum)}."


def _methadone(case: Case) -> str:
    if not holds(case.proposed, "methadone"):
        return ""
    return (
        "Methadone: its half-life is long and differs from person to person, and its effect on breathing peaks later "
        "than its pain relief."
    )


def _rotation(case: Case) -> str:
    if not case.change.rotation:
        return ""
    return (
        f"{_what_rotates(case)}: a different total is expected{_by_how_much(case)}. Tolerance does not "
        "carry over fully: too much can end in an overdose, too little in withdrawal. Do not take the new dose from "
        "this total."
    )


def _rotation_in_pregnancy(case: Case) -> str:
    """A rotation is no reduction, and yet a change: whose expertise comes first, where no other card says it."""
    there = case.change.rotation and ConditionGroup.PREGNANCY in case.patient.present
    return CHANGE_IN_PREGNANCY if there else ""


def _what_rotates(case: Case) -> str:
    """Whether another opioid comes in a whole one's place, or takes over a part of it."""
    stays = {line.ingredient.name for line in case.proposed.counted}
    whole = case.current.holds_partial_agonist or _not_converted(case)
    in_steps = not whole and all(line.ingredient.name in stays for line in case.current.counted)
    return "One opioid takes over a part of another" if in_steps else "One opioid is replaced by another"


def _by_how_much(case: Case) -> str:
    """How far the totals before and with the order lie apart, where both are known and are of full agonists."""
    share = case.change.percent
    if not (case.complete and share) or case.current.holds_partial_agonist or _not_converted(case):
        return ""
    return f", here {shown(abs(share), 1)}% {'less' if share > 0 else 'more'}"


def _exclusion(case: Case, guideline: Guideline) -> str:
    """Said when it matters: why advice on the dose is held back."""
    reasons = exclusions(case, guideline)
    if case.in_treatment and not case.stops_treatment:
        return "Treatment of opioid use disorder is under way: dose points do not apply to it, and it should go on."
    if not reasons:
        return ""
    words = " and ".join(dict.fromkeys(one.words for one in reasons))
    named = {group for group, by_code in case.patient.conditions.items() if not by_code}
    by_name = any(one.looks_for in named for one in reasons)
    read = " (read from a problem's name, not its code)" if by_name else ""
    return f"{guideline.short} does not give dose or taper advice for this patient: {words}{read}."
