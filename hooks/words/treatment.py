"""The words of the card about treatment of opioid use disorder that is stopped."""

from __future__ import annotations

from hooks.told import NO_STATEMENT, Text, Told, basis, listed, make_text, paragraphs, they
from hooks.wording import capital, safe, summary
from hooks.words.taper_notes import CHANGE_IN_PREGNANCY
from opioids.case import Case
from opioids.conditions import ConditionGroup
from opioids.prescriptions import IgnoredReason
from opioids.quantities import shown
from opioids.rules.slower_taper import worst

_TREATMENT = "treatment of opioid use disorder, and none takes its place. It is meant to go on."
_WITHOUT_IT = "Without it tolerance may be lost within a week: an opioid that is taken then can end in an overdose."
_TO_CONSIDER = [
    "- Ask what is behind it: side effects, cost, travel, stigma, or a wish to be without.",
    "- Another form or medicine may suit better. If somebody else takes it over, leave no days between.",
    "- Where it has to stop, ask for addiction advice first, and say that coming back is always possible.",
]


def treatment_ends_text(told: Told) -> Text:
    """What is stopped, what that means, and what to ask first; never a schedule, because it is not tapered."""
    case = told.case
    treated = [one for one in case.current.ignored if one.reason is IgnoredReason.OPIOID_USE_DISORDER_TREATMENT]
    return make_text(
        summary=summary(f"{capital(they(case, 'stop'))} {_TREATMENT}"),
        detail=paragraphs(
            f"What stops: {'; '.join(dict.fromkeys(safe(one.medication) for one in treated))}.",
            _WITHOUT_IT,
            CHANGE_IN_PREGNANCY if ConditionGroup.PREGNANCY in case.patient.present else "",
            listed("To consider:", _TO_CONSIDER),
            _falls_as_well(told, case),
            basis(told) or NO_STATEMENT,
        ),
    )


def _falls_as_well(told: Told, case: Case) -> str:
    found = worst(case, told.guideline)
    return f"Opioids for pain fall as well, by {shown(found.fall.change.percent, 1)}%." if found else ""
