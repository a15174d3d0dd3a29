"""The words of the card that invites to weigh benefits against harms."""

from __future__ import annotations

from hooks.told import Text, Told, basis, paragraphs
from hooks.wording import mme, months

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


def review_text(told: Told) -> Text:
    """An invitation to a conversation, and how it may be led."""
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
