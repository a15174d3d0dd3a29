"""The words of the card about a reduction that is faster than the guideline supports."""

from __future__ import annotations

from decimal import Decimal

from hooks.told import Text, Told, basis, listed, paragraphs
from hooks.wording import mme, months, summary
from opioids.case import Case
from opioids.guideline import Guideline
from opioids.quantities import shown

_RISKS = (
    "Going too fast risks withdrawal, a mental-health crisis, overdose and suicide. Pause when it gets hard; going "
    "back one step is no failure. Stop at once only for signs of overdose or when the medicine is verifiably not taken."
)
_OWN_LIMIT = "The guideline gives the pace; the limit at which this card warns is the service's own."


def slower_text(told: Told) -> Text:
    """What changes, how fast the guideline would go, and a slower schedule."""
    case, guideline = told.case, told.guideline
    percent = shown(case.change.percent, 1)
    change = f"{mme(case.current.maximum)} now, {mme(case.proposed.maximum)} with this order: {percent}% less."
    if case.change.only_as_needed:
        return Text(
            summary=summary(
                f"This order lowers as-needed opioids ({percent}% less at most). Ask what was really taken."
            ),
            detail=paragraphs(
                f"{change} {_length(case)}",
                "Only as-needed doses are cut: if they were taken regularly, smaller steps are safer.",
                _schedule(case, guideline),
                basis(told),
            ),
        )
    return Text(
        summary=summary(_head(case, guideline, percent)),
        detail=paragraphs(
            f"{change} {_length(case)}",
            _schedule(case, guideline),
            _RISKS,
            basis(told),
            _OWN_LIMIT if told.recommendation.rule in ("TA4", "TA5") else "",
        ),
    )


def _head(case: Case, guideline: Guideline, percent: str) -> str:
    if case.proposed.maximum > 0:
        return f"This order lowers opioids by {percent}% in one step. Smaller steps are safer after long-term use."
    what, hint = ("long-term opioids", "A") if case.is_long_term(guideline) else ("opioids", "If taken for long, a")
    counted = "" if case.change.to_zero else "all counted "
    fall = f"({mme(case.current.maximum)} to 0{'' if case.complete else ', of what could be seen'})"
    return f"This order stops {counted}{what} at once {fall}. {hint} gradual taper is safer."


def _length(case: Case) -> str:
    if case.therapy_days is None:
        return "How long opioids have been taken cannot be told from the chart: judged with wider limits."
    return f"Opioids for at least {months(case.therapy_days)}."


def _schedule(case: Case, guideline: Guideline) -> str:
    """A slower schedule as a step and an interval; the guideline sets no target, so neither does the card."""
    pace = guideline.pace
    long = case.therapy_days_at_least(pace.long_therapy_days)
    most = pace.most_percent if long else pace.short_most_percent
    if most is None:
        return ""
    step = case.current.maximum * most / Decimal(100)
    days = pace.long_window_days if long else pace.short_window_days
    percent = shown(most)
    lines = [f"- Steps of about {percent}% (here about {shown(step, 0)} MME/day) every {days} days, or slower."]
    for name in sorted({line.ingredient.name for line in case.current.counted}):
        amounts = [line for line in case.current.counted if line.ingredient.name == name]
        daily = sum((line.dose_per_day.maximum for line in amounts), Decimal(0))
        share = shown(daily * most / Decimal(100), 1)
        unit = amounts[0].unit
        lines.append(
            f"- {name}: now {shown(daily)} {unit} a day, so about {share} {unit} a day per step, "
            "rounded to strengths that exist."
        )
    lines.append("- Review before each step; keep the step as long as the patient needs.")
    return listed("A slower schedule:", lines)
