"""`Recommendation` to `Card`: words, indicator, suggestion, override reasons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache, lru_cache

from fhir_mappings.orders import naloxone_request
from fhir_mappings.releases import Release
from hooks.protocol import Action, ActionType, Card, Coding, DosePair, Finding, Indicator, Link, Source, Suggestion
from hooks.service import Call
from hooks.slower_way import slower_suggestions
from hooks.told import Told, paragraphs, provisional, provisional_factors
from hooks.words import text_of
from hooks.words.incomplete import incomplete_text
from opioids.case import Case
from opioids.guideline import Guideline, NaloxoneOrder
from opioids.quantities import shown
from opioids.recommendations import Topic, Urgency

OVERRIDE_SYSTEM = "urn:opioid-cds:override-reason"

_OVERRIDES = {
    Topic.NALOXONE_OFFER: (
        ("already-has-naloxone", "Already has naloxone"),
        ("patient-declined", "Discussed and declined"),
    ),
    Topic.DEPRESCRIBING_REVIEW: (
        ("benefits-outweigh-harms", "Benefits outweigh harms{ask_again}"),
        ("already-discussed", "Already discussed, or a taper is under way"),
        ("not-applicable", "Does not apply to this patient"),
    ),
    Topic.SLOWER_TAPER: (
        ("faster-for-safety", "A faster change is needed for safety"),
        ("not-taking", "The patient is verifiably not taking it"),
        ("agreed-with-patient", "Agreed with the patient"),
    ),
    Topic.SEDATIVE_OVERLAP: (
        ("known-and-managed", "Known, and being looked after"),
        ("no-longer-taken", "One of them is no longer taken"),
    ),
    Topic.DOSE_ESCALATION: (
        ("already-reassessed", "Reassessed with the patient"),
        ("temporary", "Temporary, as for acute pain"),
    ),
}
"""A small set that never changes, because EHRs map these codes by hand."""

_INDICATORS = {urgency: Indicator(urgency.value) for urgency in Urgency}

ASK_AGAIN_DAYS = 90
"""For how long a reason silences its topic, unless a site sets another time."""
_SPANS = ((30, "month"), (7, "week"))


@cache
def override_reasons(ask_again_days: int | None = ASK_AGAIN_DAYS) -> Mapping[Topic, Mapping[str, str]]:
    """The reasons offered on the cards of each topic: code and words.

    `ask_again_days` is for how long a reason silences its topic; None where nothing does.
    """
    words = "" if ask_again_days is None else f": ask again in {span_in_words(ask_again_days)}"
    return {
        topic: {code: display.format(ask_again=words) for code, display in reasons}
        for topic, reasons in _OVERRIDES.items()
    }


def span_in_words(days: int) -> str:
    """Days as people say them: in whole months of 30 days or whole weeks where they come to that."""
    length, word = next((one for one in _SPANS if days % one[0] == 0), (1, "day"))
    count = days // length
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


@cache
def _offered_reasons(ask_again_days: int | None) -> Mapping[Topic, tuple[Coding, ...]]:
    return {
        topic: tuple(Coding(code=code, system=OVERRIDE_SYSTEM, display=display) for code, display in reasons.items())
        for topic, reasons in override_reasons(ask_again_days).items()
    }


def finding_of(case: Case, guideline: Guideline) -> Finding:
    """What all cards about a case rest on."""
    current, proposed = case.current, case.proposed
    return Finding(
        guideline=guideline.id,
        table=proposed.table,
        current=DosePair(scheduled=current.scheduled, maximum=current.maximum),
        proposed=DosePair(scheduled=proposed.scheduled, maximum=proposed.maximum),
        complete=case.complete,
    )


def card_of(told: Told, finding: Finding, *, patient_id: str, release: Release, call: Call) -> Card:
    """The card that tells a prescriber what a rule found."""
    recommendation, guideline = told.recommendation, told.guideline
    text = text_of(told)
    suggestions: tuple[Suggestion, ...] = ()
    if recommendation.topic is Topic.NALOXONE_OFFER and guideline.naloxone_order:
        suggestions = (_naloxone_suggestion(guideline.naloxone_order, patient_id, release, call),)
    elif recommendation.topic is Topic.SLOWER_TAPER:
        suggestions = tuple(slower_suggestions(told, patient_id, release, call))
    return Card(
        uuid=call.new_uuid(),
        summary=text.summary,
        detail=paragraphs(text.detail, _gaps(told), provisional_factors(told), provisional(guideline)),
        indicator=_INDICATORS[recommendation.urgency],
        source=_source(guideline.short, guideline.url, recommendation.topic),
        rule=recommendation.rule,
        finding=finding,
        suggestions=suggestions,
        links=_links(told, call),
        override_reasons=_offered_reasons(told.ask_again_days).get(recommendation.topic, ()),
    )


def _gaps(told: Told) -> str:
    if not told.tells_gaps:
        return ""
    text = incomplete_text(told)
    return paragraphs(text.summary, text.detail)


def _links(told: Told, call: Call) -> tuple[Link, ...]:
    """One link is enough: the page that explains the card leads on to what all cards rest on."""
    if call.explain is not None:
        return (call.explain(told),)
    return (_link(told.guideline.short, told.about),) if told.about else ()


# One of each for all cards of an application, which have the same guideline.
@lru_cache(maxsize=64)
def _source(short: str, url: str, topic: Topic) -> Source:
    return Source(label=f"{short} opioid guideline", url=url, topic=topic)


@lru_cache(maxsize=64)
def _link(short: str, about: str) -> Link:
    return Link(label=f"What this rests on ({short})", url=about)


def _naloxone_suggestion(order: NaloxoneOrder, patient_id: str, release: Release, call: Call) -> Suggestion:
    label, description = _naloxone_words(order.name, order.quantity)
    resource = naloxone_request(order, patient_id, release)
    action = Action(type=ActionType.CREATE, description=description, resource=resource)
    return Suggestion(label=label, uuid=call.new_uuid(), actions=(action,))


@lru_cache(maxsize=64)
def _naloxone_words(name: str, quantity: Decimal) -> tuple[str, str]:
    label = f"Add {name[:1].lower()}{name[1:]}, {shown(quantity)} devices"
    return label, f"Draft order: {name}, for use in an emergency"
