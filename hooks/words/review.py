"""The words of the card that invites to weigh benefits against harms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hooks.told import Text, Told, basis, holds, listed, make_text, paragraphs, reasons_told
from hooks.wording import capital, course_line, mme, months
from hooks.words.taper import doses_words
from hooks.words.taper_notes import first_others, step_words
from opioids.case import Case
from opioids.conditions import ConditionGroup
from opioids.criteria import Circumstance, Criterion
from opioids.guideline import Guideline
from opioids.quantities import shown

_IN_TIME = (
    "Time to talk it over: do opioids still help this person more than they harm? A slow, personal plan is an option."
)
_AT_THE_START = (
    "Before starting at this dose, talk it over: will opioids help more than they harm, and how will they end?"
)
_AT_ANY_START = "When starting an opioid, agree now how long it will last and how it will end."

_TALK = (
    "- What does it make possible, what does it cost: sleep, mood, bowels, falls, memory?\n"
    "- The body adapts: a dose does less with time, and for some pain gets worse on opioids.\n"
    "- Nothing is lost by talking; going on, with better other pain care, is a valid answer."
)
_TALK_AT_THE_START = (
    "- Agree what the medicine should make possible, and when you will look at it together.\n"
    "- Agree how long it is meant to last and how it will be ended, in small steps.\n"
    "- Keep the other care for pain going beside it."
)
_ROTATED_TO = ("buprenorphine", "methadone")
_ALONG_THE_WAY = "a review at least monthly; naloxone at home. Nobody has to stop at once."


def review_text(told: Told) -> Text:
    """An invitation to a conversation, and how it may be led."""
    if told.case.starting:
        return _start(told)
    case = told.case
    return make_text(
        summary=_IN_TIME,
        detail=paragraphs(
            _why(told),
            listed("To talk about:", [_TALK]),
            _schedule(told),
            listed("What helps:", _support(told.guideline)),
            _disorder(case),
            basis(told),
            _unseen(case),
        ),
    )


def _start(told: Told) -> Text:
    case = told.case
    by_dose = any(one.point is not None for one in told.recommendation.reasons)
    return make_text(
        summary=_AT_THE_START if by_dose else _AT_ANY_START,
        detail=paragraphs(_why(told), listed("Before starting:", [_TALK_AT_THE_START]), basis(told), _unseen(case)),
    )


def _why(told: Told) -> str:
    """How long, how much, for which reasons, and by which scores."""
    case, met = told.case, told.recommendation.reasons
    days = case.therapy_days if case.is_long_term(told.guideline) else None
    long = f"opioids prescribed for at least {months(days)}" if days else ""
    facts = "; ".join(part for part in (_dose(case), long) if part)
    reasons = [one for one in _said_once(met, told.guideline) if one.looks_for is not Circumstance.STARTING]
    lines = [f"- {words}" for words in reasons_told(reasons, told)]
    return paragraphs(f"{facts}.", "\n".join([*lines, *(course_line(one) for one in case.courses)]))


def _dose(case: Case) -> str:
    """The daily dose; of a floor of nothing only that it is not known."""
    if case.proposed_complete:
        return mme(case.proposed.maximum)
    return f"At least {mme(case.proposed.maximum)}" if case.proposed.maximum else "The daily dose is not known"


def _said_once(met: Sequence[Criterion], guideline: Guideline) -> list[Criterion]:
    """Of several dose points the highest one, at a start that for starting: the others go without saying."""
    by_dose = [one for point in guideline.dose_points for one in met if one.point is point.name]
    at_the_start = [one for one in by_dose if one.looks_for is Circumstance.START_DOSE]
    highest = (at_the_start or by_dose)[-1:]
    return [one for one in met if one.point is None or one in highest]


def _schedule(told: Told) -> str:
    """How it could go on; for some the conversation only, because their schedule needs other expertise first."""
    case = told.case
    if not case.speaks_against_a_schedule:
        return listed("If both wish to reduce:", [*_steps(told), _when_it_is_hard(case)])
    return listed("No schedule from here:", first_others(case.patient))


def _when_it_is_hard(case: Case) -> str:
    """What to do then; who takes one of the opioids to rotate to, or is just leaving it, is not told to."""
    there = any(holds(total, name) for total in (case.current, case.proposed) for name in _ROTATED_TO)
    rotate = "" if there else "; with advice, rotate to buprenorphine or methadone"
    return (
        f"- When it is hard: pause or go slower; ask about withdrawal and mood{rotate}. Look for opioid use disorder; "
        "offer its treatment."
    )


def _steps(told: Told) -> Iterator[str]:
    """How large steps are, and which tablets the first one could be; never where they end."""
    pace = told.guideline.pace
    size = f", at most {shown(pace.most_percent)}% every {pace.long_window_days} days" if pace.most_percent else ""
    yield f"- Small steps{size}; {_ALONG_THE_WAY}"
    for number, step in enumerate(told.first_steps):
        words = doses_words(step.doses, country=told.guideline.jurisdiction)
        notes = f" ({said})" if (said := step_words(step)) else ""
        yield f"- {'Or' if number else 'A first step could be'}: {words}{notes}."


def _support(guideline: Guideline) -> list[str]:
    return [f"- {capital(one.words)}: {one.effect} ({one.certainty})" for one in guideline.support]


def _disorder(case: Case) -> str:
    if ConditionGroup.OPIOID_USE_DISORDER not in case.patient.present:
        return ""
    taken = [name for name in _ROTATED_TO if holds(case.proposed, name)]
    if taken:
        return (
            f"Opioid use disorder is recorded, and {taken[0]} is taken: if that is its treatment, say so on the order. "
            "It is then left out of the dose, and goes on; a taper alone is no treatment."
        )
    return (
        "Opioid use disorder is recorded: offer buprenorphine or methadone; a taper alone is no treatment of it, and "
        "dose points do not apply to treatment."
    )


def _unseen(case: Case) -> str:
    if case.patient.conditions_seen:
        return ""
    return (
        "The problem list was not visible: cancer treatment, palliative care and sickle cell disease, for which "
        "this advice is not meant, could not be ruled out."
    )
