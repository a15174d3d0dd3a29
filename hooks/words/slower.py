"""The words of the card about a reduction that is faster than the guideline supports."""

from __future__ import annotations

from hooks.told import Text, Told, basis, make_text, paragraphs, the_orders, they
from hooks.wording import capital, mme, summary
from hooks.words.slower_schedule import schedule_text
from hooks.words.unknown_stop import (
    GRADUALLY,
    RISKS,
    in_pregnancy,
    length_words,
    others_first,
    unknown_stop_text,
    without_a_number,
)
from opioids.case import Case
from opioids.guideline import Guideline
from opioids.pace import Judged, Tier
from opioids.products import Form
from opioids.quantities import shown
from opioids.rules.slower_taper import BENZODIAZEPINE_RULE, PREGNANCY_RULE, worst

_OWN_LIMIT = "the limit at which this card warns is the service's own."
_NEITHER = "Neither the opioid nor the benzodiazepine is stopped abruptly."
_BENZODIAZEPINE = (
    "A benzodiazepine is stopped or lowered as well. One after the other is safer, and neither is stopped abruptly."
)
_LONGER_INTERVALS = (
    "The last steps are the largest for the body: longer intervals between doses, or an oral solution where there is "
    "one, can make this one easier. Opioids may be stopped when less than one dose a day is taken."
)
_LONGER, _STAY = "Longer intervals can help before.", "Staying longer on the smallest strength can help."
_LAST_STRENGTH = (
    "The last steps are the largest for the body: stay longer on the smallest strength first, and go back to it when "
    "stopping is hard."
)


def slower_text(told: Told) -> Text:
    """What changes, how fast the guideline would go, and a slower schedule."""
    case, guideline, rule = told.case, told.guideline, told.recommendation.rule
    found = worst(case, guideline)
    if found is None or _is_unknown_stop(case, rule, found):
        return unknown_stop_text(told)
    said = (rule, *told.recommendation.also)
    return make_text(
        summary=summary(_head(told, found)),
        detail=paragraphs(
            f"{_change(case, found)} {length_words(case)}",
            _baseline(found),
            _NEITHER if rule == BENZODIAZEPINE_RULE else _BENZODIAZEPINE if BENZODIAZEPINE_RULE in said else "",
            _as_needed(found),
            _end(case, found) or schedule_text(told, found),
            RISKS if _is_grave(found) else "",
            basis(told),
            _own_limit(guideline) if found.tier in (Tier.WIDE, Tier.CRITICAL, Tier.TWO_CUTS) else "",
        ),
    )


def _is_unknown_stop(case: Case, rule: str, found: Judged) -> bool:
    """Whether all stops without a number that could be told; not the end of a dose that is low by any measure."""
    if found.fall is case.unconverted_fall:
        return found.tier is Tier.ABRUPT and not found.fall.beside_others
    return case.stops_unknown and rule == Tier.ABRUPT and found.tier is not Tier.ABRUPT


def _is_grave(found: Judged) -> bool:
    """Whether the risks of going too fast are said: not for an end, small cuts, or doses that may not be taken."""
    return found.tier in (Tier.ABRUPT, Tier.CRITICAL, Tier.WIDE, Tier.PACE, Tier.SHORT_PACE) and (
        found.tier is Tier.ABRUPT or not found.fall.change.only_as_needed
    )


# ---- the summary ----


def _head(told: Told, found: Judged) -> str:
    case, guideline, rule = told.case, told.guideline, told.recommendation.rule
    if rule == PREGNANCY_RULE:
        return in_pregnancy(case)
    first = others_first(case, pregnant=PREGNANCY_RULE in told.recommendation.also)
    if rule == BENZODIAZEPINE_RULE:
        return "An opioid and a benzodiazepine are being lowered at the same time. One after the other is safer."
    if found.tier is Tier.END:
        low = "" if found.fall is case.unconverted_fall else f" ({mme(found.fall.before)})"
        return f"{_they(case, 'end')} opioids from a low dose{low}. {_LONGER if _has_intervals(case, found) else _STAY}"
    if found.tier is Tier.TWO_CUTS:
        days = guideline.pace.two_cuts_days
        return f"This is the second reduction within {days} days. Give each step time; review at least monthly."
    if found.fall.change.only_as_needed and found.tier is not Tier.ABRUPT:
        return f"{_they(case, 'lower')} as-needed opioids ({_percent(found)} less at most). Ask what was really taken."
    if found.fall.after == 0:
        if found.fall.beside_others:
            stops = f"{_they(case, 'stop')} one of several opioids at once: withdrawal can follow."
            return f"{stops} {first or GRADUALLY}"
        return _stop(case, guideline, found, first)
    return f"{_cut(case, found)}. {first}" if first else f"{_cut(case, found)}; {_suggested(told, found)}."


def _stop(case: Case, guideline: Guideline, found: Judged, first: str) -> str:
    long = case.is_long_term(guideline)
    what, hint = ("long-term opioids", GRADUALLY) if long else ("opioids", f"If taken for long, a{GRADUALLY[1:]}")
    counted = "" if found.fall.change.to_zero else "all counted "
    fall = f"({mme(found.fall.before)} to 0{'' if case.complete else ', of what could be seen'})"
    return f"{_they(case, 'stop')} {counted}{what} at once {fall}. {first or hint}"


def _cut(case: Case, found: Judged) -> str:
    if found.earlier and found.tier is not Tier.CRITICAL:
        return f"With {the_orders(case)} opioids fall by {shown(found.percent, 1)}% within {found.window_days} days"
    today = found.fall.day == case.today
    what = _they(case, "lower") if today else f"On {found.fall.day.isoformat()} {they(case, 'lower')}"
    lowered = "one of several opioids" if found.fall.beside_others else "opioids"
    return f"{what} {lowered} by {_percent(found)} in one step"


def _they(case: Case, do: str) -> str:
    return capital(they(case, do))


def _percent(found: Judged) -> str:
    return f"{shown(found.fall.change.percent, 1)}%"


_AFTER = {365: " after a year or more", 90: " after three months"}


def _suggested(told: Told, found: Judged) -> str:
    """What the guideline says of the pace, in a few words."""
    pace, short, taken = told.guideline.pace, told.guideline.short, found.fall.therapy_days
    most, days = pace.percent_after(taken), pace.window_after(taken)
    if most is None:
        return f"{short} asks for small, slow steps"
    often = {7: "a week", 14: "in two weeks", 28: "a month"}.get(days, f"in {days} days")
    paced = {(pace.most_percent, pace.long_window_days), (pace.short_most_percent, pace.short_window_days)}
    after = _AFTER.get(pace.long_therapy_days, "") if pace.is_long(taken) and len(paced) > 1 else ""
    return f"{short} suggests about {shown(most)}% {often} or slower{after}"


# ---- the detail ----


def _own_limit(guideline: Guideline) -> str:
    names_a_pace = guideline.pace.most_percent is not None
    return f"The guideline gives the pace; {_OWN_LIMIT}" if names_a_pace else capital(_OWN_LIMIT)


def _change(case: Case, found: Judged) -> str:
    """From which dose to which; a step that the order holds for a later day is not what changes today."""
    fall = found.fall
    if fall is case.unconverted_fall:
        what = "\n".join(without_a_number(case))
        falls = f"Its own dose falls by {_percent(found)}; in MME it cannot be told." if fall.after else "It stops."
        return f"{what}\n\n{falls}{' Another opioid goes on beside it.' if fall.beside_others else ''}"
    less = f": {_percent(found)} less" if fall.after else ""
    if fall.day == case.today:
        return f"{mme(fall.before)} now, {mme(fall.after)} with {the_orders(case)}{less}."
    when = fall.day.isoformat()
    return f"{mme(fall.before)} until {when}, {mme(fall.after)} from then on{less}."


def _baseline(found: Judged) -> str:
    """Of which dose the pace is measured, where it is not the present one, together with what fell shortly before."""
    share, steady = f"{shown(found.percent, 1)}%", found.baseline > found.fall.before
    if steady:
        share += f" of {mme(found.baseline)}, the highest steady dose of the last year"
    if found.earlier:
        return f"Together with an earlier reduction: {share}, in {found.window_days} days."
    return f"That is {share}." if steady else ""


def _as_needed(found: Judged) -> str:
    if not found.fall.change.only_as_needed:
        return ""
    return "Only as-needed doses are cut: if they were taken regularly, smaller steps are safer."


def _end(case: Case, found: Judged) -> str:
    """What helps at the last step, where it may be taken: a patch is worn all the time, and has no longer intervals."""
    if found.tier is not Tier.END or case.speaks_against_a_schedule:
        return ""
    return _LONGER_INTERVALS if _has_intervals(case, found) else _LAST_STRENGTH


def _has_intervals(case: Case, found: Judged) -> bool:
    if found.fall is case.unconverted_fall:
        return not case.current.holds_partial_agonist
    return any(line.product.form is not Form.PATCH for line in case.current.counted)
