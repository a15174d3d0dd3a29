"""The words of the card about a dose that is taken up again after a time on less."""

from __future__ import annotations

from hooks.told import Text, Told, basis, paragraphs
from hooks.wording import mme, summary
from hooks.words.taper_notes import NALOXONE

_ADVICE = (
    "- Tolerance may be lost within a week on less: the earlier dose can be too much now.\n"
    "- Ask first what got harder: withdrawal, pain, mood, or something new.\n"
    "- If going back is right, then to the last dose that was enough, not to the full earlier one; then pause there."
)


def restored_text(told: Told) -> Text:
    """What was taken for how long, and what to think of before the dose goes up again."""
    case = told.case
    days = (case.today - case.past.levels[-1].since).days
    what = "The dose was lowered" if case.current.counted else "Opioids ended"
    return Text(
        summary=summary(f"{what} {days} days ago: tolerance may be lost. Do not simply resume the earlier dose."),
        detail=paragraphs(
            f"{mme(case.current.maximum)} for {days} days, {mme(case.proposed.maximum)} with this order.",
            _ADVICE,
            "" if case.naloxone_at_hand else NALOXONE,
            basis(told),
        ),
    )
