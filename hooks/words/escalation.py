"""The words of the card before a dose is raised: what more pain on opioids can be, and what to do first."""

from __future__ import annotations

from hooks.told import Text, Told, basis, listed, make_text, paragraphs
from hooks.wording import capital, course_line, mme, summary
from opioids.case import Case
from opioids.conditions import ConditionGroup
from opioids.outcomes import Benefit
from opioids.quantities import shown

_BEFORE_IT = [
    "- Hold the increase while you look: sleep, mood, new findings, what is really taken.",
    "- Make other pain care as good as it can be. A rotation or a slow reduction goes with specialist advice.",
    "- Nothing is stopped abruptly; have naloxone at home; if the dose goes up, look again within 1 to 4 weeks.",
]


def escalation_text(told: Told) -> Text:
    """What rises, what the record shows, and how the causes of more pain differ."""
    case, looks_like = told.case, told.guideline.lookalikes
    before, after = shown(case.current.maximum), mme(case.proposed.maximum)
    differ = [f"- {capital(one.name)}: {one.words}" for one in looks_like]
    return make_text(
        summary=summary(
            f"Before raising the dose from {before} to {after}, reassess: more pain can be tolerance, hyperalgesia or "
            "withdrawal."
        ),
        detail=paragraphs(
            _record(case),
            listed("More pain can be any of these (pointers, provisional; not a diagnosis):", differ),
            listed("Before the dose goes up:", _BEFORE_IT),
            basis(told),
        ),
    )


def _record(case: Case) -> str:
    lines = [course_line(one) for one in case.courses]
    if case.benefit is Benefit.NOT_IMPROVED:
        lines.append("- By these scores nothing has got better.")
    if ConditionGroup.HYPERALGESIA in case.patient.conditions:
        lines.append("- Hyperalgesia or allodynia is on the problem list.")
    return "\n".join(lines)
