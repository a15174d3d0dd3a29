"""What each topic's card says: one function per topic, from a case to a summary and a detail."""

from __future__ import annotations

from collections.abc import Callable

from hooks.slower_words import slower_text
from hooks.told import Text, Told, basis, listed, paragraphs
from hooks.wording import (
    counted_line,
    left_out_lines,
    mme,
    months,
    plain,
    summary,
    uncounted_item,
    uncounted_line,
)
from opioids.case import Case, Focus, Gap
from opioids.guideline import Guideline
from opioids.prescriptions import IgnoredReason
from opioids.quantities import shown
from opioids.recommendations import Topic


def text_of(told: Told) -> Text:
    """The words for a recommendation about a case."""
    return _WRITERS[told.recommendation.topic](told)


def _total(told: Told) -> Text:
    case, total = told.case, told.case.proposed
    return Text(
        summary=_total_summary(case),
        detail=paragraphs(
            _sums(case),
            "\n".join(map(counted_line, total.counted)),
            listed("Not counted:", list(map(uncounted_line, total.uncounted))),
            listed("Left out:", left_out_lines(total.ignored)),
            _before(case),
            _rotation(case),
            _methadone(case),
            _exclusion(case, told.guideline),
            "MME adds up risk. It must not be used to work out the dose of another opioid.",
        ),
    )


def _total_summary(case: Case) -> str:
    total = case.proposed
    where = "on the active list" if case.focus is Focus.CHART else "with this order"
    missing = [uncounted_item(one) for one in total.uncounted]
    if not total.counted and missing:
        return summary("MME/day cannot be computed: ", missing)
    if not total.counted:
        return summary(f"0 MME/day {where}: ", [f"{plain(name, 48)} is not converted" for name in _not_converted(case)])
    scheduled = "" if total.scheduled == total.maximum else f" ({shown(total.scheduled)} scheduled)"
    if case.complete:
        return summary(
            f"{mme(total.maximum)} {where}{scheduled}: ", sorted({one.ingredient.name for one in total.counted})
        )
    if not missing:
        return summary(f"At least {mme(total.maximum)} {where}{scheduled}: not everything could be seen.")
    return summary(f"At least {mme(total.maximum)} {where}{scheduled}; not counted: ", missing)


def _not_converted(case: Case) -> list[str]:
    left_out = (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    return list(dict.fromkeys(one.medication for one in case.proposed.ignored if one.reason in left_out))


def _sums(case: Case) -> str:
    total = case.proposed
    if not total.counted:
        return f"{'Nothing could be' if total.uncounted else 'No opioid was'} counted (factors: {total.table})."
    at_least = "" if case.complete else "At least "
    needed = " with every as-needed dose and the upper end of every range" if total.scheduled != total.maximum else ""
    scheduled = f", {mme(total.scheduled)} as scheduled" if needed else ""
    return f"{at_least}**{mme(total.maximum)}**{needed}{scheduled} (factors: {total.table})."


def _before(case: Case) -> str:
    """The dose before the order, as far as it is known."""
    if case.focus is Focus.CHART:
        return ""
    if case.list_seen and case.current.complete:
        return f"Before this order: {mme(case.current.maximum)}."
    if not case.current.counted:
        return "The dose before this order is not known."
    return f"Before this order: at least {mme(case.current.maximum)}."


def _methadone(case: Case) -> str:
    if all(line.ingredient.name != "methadone" for line in case.proposed.counted):
        return ""
    return (
        "Methadone: its half-life is long and differs from person to person, and its effect on breathing peaks later "
        "than its pain relief."
    )


def _rotation(case: Case) -> str:
    if not case.change.rotation:
        return ""
    return (
        "One opioid is replaced by another: a different total is expected. Tolerance does not carry over fully; "
        "do not take the new dose from this total."
    )


def _exclusion(case: Case, guideline: Guideline) -> str:
    """Said when it matters: why advice on the dose is held back."""
    reasons = case.exclusions(guideline)
    if case.in_treatment:
        return "Treatment of opioid use disorder is under way: dose points do not apply to it, and it should go on."
    if not reasons:
        return ""
    words = " and ".join(dict.fromkeys(one.words for one in reasons))
    named = {group for group, by_code in case.patient.conditions.items() if not by_code}
    by_name = any(one.looks_for in named for one in reasons)
    read = " (read from a problem's name, not its code)" if by_name else ""
    return f"{guideline.short} does not give dose or taper advice for this patient: {words}{read}."


def _naloxone(told: Told) -> Text:
    reasons = list(dict.fromkeys(one.words for one in told.recommendation.reasons if one.explicit))
    supporting = list(dict.fromkeys(one.words for one in told.recommendation.reasons if not one.explicit))
    return Text(
        summary=summary("Offer naloxone: ", reasons),
        detail=paragraphs(
            listed("Why:", [f"- {words}" for words in reasons]),
            listed("Also:", [f"- {words}" for words in supporting]),
            "Show patient and household how to recognize an overdose and use the spray. Naloxone from a pharmacy or "
            "a take-home program may not show in this chart: ask first.",
            basis(told),
        ),
    )


_TALK = (
    "- Ask what the medicine still makes possible, and what it costs: sleep, mood, bowels, falls, memory.\n"
    "- Decide together: going on, with other pain care made better, is a valid answer.\n"
    "- If both wish to reduce: an individual plan in small steps, with pauses whenever they are needed, "
    "support for pain and mood, and naloxone at home. Nobody has to stop at once."
)
_TALK_AT_THE_START = (
    "- Agree what the medicine should make possible, and when you will look at it together.\n"
    "- Agree how long it is meant to last and how it will be ended, in small steps.\n"
    "- Keep the other care for pain going beside it."
)
_IN_TIME = (
    "Time to talk it over: do opioids still help this person more than they harm? A slow, personal plan is an option."
)
_AT_THE_START = (
    "Before starting at this dose, talk it over: will opioids help more than they harm, and how will they end?"
)


def _review(told: Told) -> Text:
    case, guideline = told.case, told.guideline
    starting = case.list_seen and not case.current.counted and not case.current.uncounted
    long = (
        f"Opioids for at least {months(case.therapy_days)}. "
        if case.therapy_days and case.is_long_term(guideline)
        else ""
    )
    total = f"{'' if case.complete else 'At least '}{mme(case.proposed.maximum)}."
    unseen = (
        ""
        if case.patient.conditions_seen
        else "The problem list was not visible: cancer treatment, palliative care and sickle cell disease, for which "
        "this advice is not meant, could not be ruled out."
    )
    return Text(
        summary=_AT_THE_START if starting else _IN_TIME,
        detail=paragraphs(
            f"{long}{total}",
            _TALK_AT_THE_START if starting else _TALK,
            basis(told),
            unseen,
        ),
    )


_GAPS = {
    Gap.MEDICATIONS_NOT_SENT: "the medication list was not sent",
    Gap.MEDICATIONS_FAILED: "the medication list could not be read by the EHR",
    Gap.MEDICATIONS_PARTIAL: "only part of the medication list was sent",
    Gap.DRAFTS_NOT_SENT: "the orders being written were not sent",
}


def _incomplete(told: Told) -> Text:
    case = told.case
    others = Gap.OTHER_PATIENT in case.gaps
    gaps = [_GAPS[gap] for gap in case.gaps if gap is not Gap.OTHER_PATIENT]
    uncounted = list(
        {(one.reference, one.reason): one for one in (*case.proposed.uncounted, *case.current.uncounted)}.values()
    )
    items = [*gaps, *(f"not counted: {uncounted_item(one)}" for one in uncounted)]
    if others:
        items.insert(0, "an order for another patient was left out")
    head = "Incomplete: " if gaps or uncounted else "Check the chart: "
    return Text(
        summary=summary(head, items),
        detail=paragraphs(
            "An order for another patient was sent along and not counted. Check that the right chart is open."
            if others
            else "",
            listed("What could not be seen:", [f"- {gap}" for gap in gaps]),
            listed("What could not be counted:", list(map(uncounted_line, uncounted))),
            "Totals cover only what was seen and counted, so the true dose may be higher." if gaps or uncounted else "",
        ),
    )


_WRITERS: dict[Topic, Callable[[Told], Text]] = {
    Topic.MME_TOTAL: _total,
    Topic.NALOXONE_OFFER: _naloxone,
    Topic.DEPRESCRIBING_REVIEW: _review,
    Topic.SLOWER_TAPER: slower_text,
    Topic.DATA_INCOMPLETE: _incomplete,
}
