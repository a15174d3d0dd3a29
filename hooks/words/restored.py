"""The words of the card about a dose that is taken up again after a time on less."""

from __future__ import annotations

from hooks.told import Text, Told, basis, paragraphs
from hooks.wording import mme, summary
from hooks.words.taper_notes import NALOXONE

_AFTER_LESS = (
    "- Tolerance may be lost within a week on less: the earlier dose can be too much now.\n"
    "- Ask first what got harder: withdrawal, pain, mood, or something new.\n"
    "- If going back is right, then to the last dose that was enough, not to the full earlier one; then pause there."
)
_AFTER_NONE = (
    "- Tolerance may be lost within a week without: the earlier dose can be too much now.\n"
    "- Ask first what was taken in the meantime, also from elsewhere, and how the pain was without.\n"
    "- If an opioid is right again, begin as for somebody who has had none, and look at it again soon."
)


def restored_text(told: Told) -> Text:
    """What was taken for how long, and what to think of before the dose goes up again."""
    case = told.case
    days = (case.today - case.past.levels[-1].since).days
    lowered = bool(case.current.counted)
    what = "The dose was lowered" if lowered else "By the chart opioids ended"
    before = f"{mme(case.current.maximum)} for {days} days" if lowered else f"No opioid on the chart for {days} days"
    return Text(
        summary=summary(f"{what} {days} days ago: tolerance may be lost. Do not simply resume the earlier dose."),
        detail=paragraphs(
            f"{before}, {mme(case.proposed.maximum)} with this order.",
            _AFTER_LESS if lowered else _AFTER_NONE,
            "" if case.naloxone_at_hand else NALOXONE,
            basis(told),
        ),
    )
