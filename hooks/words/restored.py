"""The words of the card about a dose that is taken up again after a time on less."""

from __future__ import annotations

from hooks.told import Text, Told, basis, make_text, paragraphs, the_orders
from hooks.wording import mme, summary
from hooks.words.naloxone import says_naloxone
from hooks.words.taper_notes import NALOXONE

_AFTER_LESS = (
    "- Tolerance may be lost within a week on less: the earlier dose can be too much now.\n"
    "- Ask first what got harder: withdrawal, pain, mood, or something new.\n"
    "- If going back is right, then to the last dose that was enough, not to the full earlier one; then pause there."
)
_ONE_STEP_BACK = (
    "- Going back one step is no failure. Stay there until it is steady, then go on in smaller steps, or more slowly.\n"
    "- Ask what got harder: withdrawal, pain, mood, or something new.\n"
    "- Tolerance may be less after a week on the lower dose: this one step, not the doses before it."
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
    before = f"{mme(case.current.maximum)} for {days} days" if lowered else f"No opioid on the chart for {days} days"
    head, advice = _words(told, days)
    return make_text(
        summary=summary(head),
        detail=paragraphs(
            f"{before}, {mme(case.proposed.maximum)} with {the_orders(case)}.",
            advice,
            NALOXONE if says_naloxone(told) else "",
            basis(told),
        ),
    )


def _words(told: Told, days: int) -> tuple[str, str]:
    """The summary, and what to think of first."""
    if told.case.goes_back_one_step(told.guideline):
        return (
            f"One step back, {days} days after the dose was lowered: tolerance may be less. Pause here.",
            _ONE_STEP_BACK,
        )
    lowered = bool(told.case.current.counted)
    what = "The dose was lowered" if lowered else "By the chart opioids ended"
    head = f"{what} {days} days ago: tolerance may be lost. Do not simply resume the earlier dose."
    return head, _AFTER_LESS if lowered else _AFTER_NONE
