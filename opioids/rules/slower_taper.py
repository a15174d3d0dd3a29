"""A warning when an order lowers or stops long-term opioids faster than the guideline supports.

The tiers TA1 to TA6, TA9 and TA10 and the statements behind them are the guideline's data. Judged is what the
order changes today and each step down that it holds for later. Not for those whom the guideline excludes, not
for a rotation between opioids, and not where an overdose has just been recorded: then stopping at once can be
right. Treatment of opioid use disorder that ends is no taper and is never made one: it is meant to go on.
"""

from __future__ import annotations

from collections.abc import Iterator

from opioids.case import Case, Focus
from opioids.conditions import ConditionGroup
from opioids.criteria_met import exclusions
from opioids.guideline import Guideline, Pace
from opioids.pace import Fall, Judged, Tier, judged
from opioids.recommendations import GRAVEST_FIRST, HeldBack, Recommendation, Topic, Urgency, make_recommendation

_URGENCY = {
    Tier.ABRUPT: Urgency.CRITICAL,
    Tier.CRITICAL: Urgency.CRITICAL,
    Tier.WIDE: Urgency.WARNING,
    Tier.PACE: Urgency.WARNING,
    Tier.SHORT_PACE: Urgency.WARNING,
    Tier.END: Urgency.INFO,
    Tier.TWO_CUTS: Urgency.INFO,
}
_MILDER = {Urgency.CRITICAL: Urgency.WARNING, Urgency.WARNING: Urgency.INFO, Urgency.INFO: Urgency.INFO}

PREGNANCY_RULE = "TA10"
BENZODIAZEPINE_RULE = "TA9"
TREATMENT_RULE = "treatment-ends"


def slower_taper(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn by the highest tier that the change, or a later step of the order, reaches."""
    if case.focus is not Focus.OPIOID:
        return HeldBack.NOT_IN_FOCUS
    falls = falls_of(case)
    if not falls and not case.stops_unknown and not case.stops_treatment:
        return HeldBack.NOT_LOWERED
    if exclusions(case, guideline):
        return HeldBack.EXCLUDED
    if case.overdosed:
        return HeldBack.OVERDOSED
    found = list(_found(case, guideline))
    if not found:
        return _why_not(falls, guideline)
    rule, urgency = min(found, key=lambda one: GRAVEST_FIRST.index(one[1]))
    return make_recommendation(
        topic=Topic.SLOWER_TAPER,
        urgency=urgency,
        rule=rule,
        also=tuple(dict.fromkeys(name for name, _ in found if name != rule)),
        statements=_statements(case, [name for name, _ in found], guideline.pace),
    )


def falls_of(case: Case) -> tuple[Fall, ...]:
    """What the orders being written lower, today and by later steps."""
    unconverted = (case.unconverted_fall,) if case.unconverted_fall else ()
    if not case.is_taper:
        return (*unconverted, *case.later_falls)
    today = Fall(
        day=case.today,
        before=case.current.maximum,
        after=case.proposed.maximum,
        change=case.change,
        therapy_days=case.therapy_days,
        past=case.past,
    )
    return (today, *unconverted, *case.later_falls)


def worst(case: Case, guideline: Guideline) -> Judged | None:
    """The gravest of the falls, of those in long-term therapy before others, for those who put it into words.

    None where nothing falls.
    """
    falls = falls_of(case)
    long = [fall for fall in falls if fall.may_last(guideline.long_term_days)]
    found = [judged(fall, guideline.pace) for fall in long or falls]
    order = list(Tier)
    return min(found, key=lambda one: order.index(one.tier) if one.tier else len(order), default=None)


def _found(case: Case, guideline: Guideline) -> Iterator[tuple[str, Urgency]]:
    """The rules that are met, each with its urgency, in the order in which they are said."""
    if case.stops_treatment:
        # Treatment that is known to be young may have been a trial; any other is as grave as an abrupt stop.
        long = case.therapy_days_at_least(guideline.long_term_days)
        yield TREATMENT_RULE, Urgency.CRITICAL if long else Urgency.WARNING
    gravest = worst(case, guideline)
    if case.stops_unknown and case.is_long_term(guideline):
        ends = gravest is not None and gravest.tier is Tier.END
        yield Tier.ABRUPT.value, Urgency.INFO if ends else Urgency.CRITICAL
    elif gravest and gravest.tier and gravest.fall.may_last(guideline.long_term_days):
        yield from _by_tier(gravest, gravest.tier)
    if ConditionGroup.PREGNANCY in case.patient.present:
        yield PREGNANCY_RULE, Urgency.WARNING
    if case.benzodiazepine_lowered and case.therapy_days_at_least(guideline.long_term_days):
        yield BENZODIAZEPINE_RULE, Urgency.WARNING


def _by_tier(found: Judged, tier: Tier) -> Iterator[tuple[str, Urgency]]:
    """Not the smallest step of one of several opioids, while the others go on."""
    if not (found.fall.beside_others and tier is Tier.END):
        yield (Tier.ABRUPT if tier is Tier.END else tier).value, _urgency(found, tier)


def _urgency(found: Judged, tier: Tier) -> Urgency:
    """As-needed doses are a maximum, not an intake: where only they fall, all but a stop is one step milder.

    So is what falls of one opioid whose share of all that is taken cannot be told, while the others go on.
    """
    urgency = _URGENCY[tier]
    if found.fall.beside_others:
        return _MILDER[urgency]
    milder = found.fall.change.only_as_needed and tier is not Tier.ABRUPT
    return _MILDER[urgency] if milder else urgency


def _why_not(falls: tuple[Fall, ...], guideline: Guideline) -> HeldBack:
    if not any(fall.may_last(guideline.long_term_days) for fall in falls):
        return HeldBack.NOT_LONG_TERM
    low = all(fall.change.smallest_step and fall.change.cut <= guideline.pace.low_dose_mme for fall in falls)
    return HeldBack.SMALLEST_STEP if low else HeldBack.WITHIN_PACE


def _statements(case: Case, rules: list[str], pace: Pace) -> tuple[str, ...]:
    by_length = pace.long_statement if case.therapy_days_at_least(pace.long_therapy_days) else pace.short_statement
    more = {
        PREGNANCY_RULE: pace.pregnancy_statement,
        BENZODIAZEPINE_RULE: pace.benzodiazepine_statement,
        TREATMENT_RULE: pace.treatment_statement,
    }
    # What is said of tapers is not said of treatment, which is none.
    only_treatment = TREATMENT_RULE in rules and not set(rules) - {TREATMENT_RULE, PREGNANCY_RULE}
    of_tapers = [] if only_treatment else [pace.abrupt_statement, by_length]
    named = [*of_tapers, *(more.get(rule) for rule in rules)]
    return tuple(dict.fromkeys(one for one in named if one))
