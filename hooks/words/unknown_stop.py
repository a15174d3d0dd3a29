"""The words of the card about a stop of opioids of which the dose cannot be told."""

from __future__ import annotations

from hooks.told import Text, Told, basis, listed, make_text, paragraphs, they
from hooks.wording import capital, months, safe, summary, uncounted_line
from hooks.words.taper_notes import first_others
from opioids.case import Case
from opioids.prescriptions import WITHOUT_A_FACTOR, IgnoredReason
from opioids.rules.slower_taper import PREGNANCY_RULE

RISKS = (
    "Going too fast risks withdrawal, a mental-health crisis, overdose and suicide. Pause when it gets hard; going "
    "back one step is no failure. Stop at once only for signs of overdose or when the medicine is verifiably not taken."
)
GRADUALLY, SEEK_ADVICE = "A gradual taper is safer.", "Pregnancy: seek expert advice first."
CARE_FIRST = "Mental-health care comes first."
"""How a summary about a stop ends. No taper is proposed, however slow, where others are to be asked first."""
NOT_NOW = "No schedule from here; keep the dose steady until then:"


def in_pregnancy(case: Case) -> str:
    """The summary where pregnancy is the gravest reason: whose expertise comes before any taper."""
    seek = "Seek obstetric and addiction expertise before tapering."
    return f"{capital(they(case, 'lower'))} opioids in pregnancy. {seek}"


def others_first(case: Case, *, pregnant: bool) -> str:
    """Whose advice comes before any change, in a summary's words; empty where a taper can be spoken of."""
    return SEEK_ADVICE if pregnant else CARE_FIRST if case.speaks_against_a_schedule else ""


def unknown_stop_text(told: Told) -> Text:
    """A stop of opioids of which the dose could not be told, all or a part: how much falls cannot be said."""
    case, rule = told.case, told.recommendation.rule
    pregnant = PREGNANCY_RULE in (rule, *told.recommendation.also)
    known = {one.reason for one in case.current.uncounted} <= WITHOUT_A_FACTOR
    why = "they have no MME factor" if known else "the dose could not be computed"
    stops = capital(they(case, "stop"))
    stop = f"{stops} long-term opioids at once; {why}."
    if not case.current.uncounted:
        stop = f"{stops} long-term buprenorphine at once: withdrawal can follow."
    return make_text(
        summary=summary(
            in_pregnancy(case)
            if rule == PREGNANCY_RULE
            else f"{stop} {others_first(case, pregnant=pregnant) or GRADUALLY}"
        ),
        detail=paragraphs(
            listed("What stops, and why its dose cannot be told:", without_a_number(case)),
            length_words(case),
            listed(NOT_NOW, first_others(case.patient)),
            RISKS,
            basis(told),
        ),
    )


def without_a_number(case: Case) -> list[str]:
    """What is taken now and has no dose in MME, and why."""
    partial = [one for one in case.current.ignored if one.reason is IgnoredReason.PARTIAL_AGONIST]
    lines = [f"- {safe(one.medication)}: {case.current.table} does not convert a partial agonist" for one in partial]
    return [*map(uncounted_line, case.current.uncounted), *lines]


def length_words(case: Case) -> str:
    """How long opioids have been taken, as far as it can be told."""
    if case.therapy_days is None:
        return "How long opioids have been taken cannot be told from the chart: judged with wider limits."
    return f"Opioids prescribed for at least {months(case.therapy_days)}."
