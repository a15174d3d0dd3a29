"""`Recommendation` to `Card`: words, indicator, suggestion, override reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, lru_cache

from fhir_mappings.orders import naloxone_request
from fhir_mappings.releases import Release
from hooks.protocol import (
    ActionType,
    Card,
    Coding,
    Finding,
    Indicator,
    Link,
    Source,
    Suggestion,
    make_action,
    make_card,
    make_dose_pair,
    make_finding,
    make_suggestion,
)
from hooks.service import Call
from hooks.slower_way import slower_suggestions
from hooks.standards import Standards
from hooks.told import Told, paragraphs, provisional, provisional_factors
from hooks.words import text_of
from hooks.words.incomplete import incomplete_text
from opioids.case import Case
from opioids.guideline import Guideline
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


def finding_of(case: Case, guideline: Guideline) -> Finding:
    """What all cards about a case rest on."""
    current, proposed = case.current, case.proposed
    return make_finding(
        guideline=guideline.id,
        table=proposed.table,
        current=make_dose_pair(scheduled=current.scheduled, maximum=current.maximum),
        proposed=make_dose_pair(scheduled=proposed.scheduled, maximum=proposed.maximum),
        complete=case.complete,
    )


class CardWriter:
    """Writes the cards of one application: what depends on its standards alone is made once."""

    def __init__(self, standards: Standards) -> None:
        guideline, about = standards.guideline, standards.about
        label, rests_on = f"{guideline.short} opioid guideline", f"What this rests on ({guideline.short})"
        self._sources = {topic: Source(label=label, url=guideline.url, topic=topic) for topic in Topic}
        self._links = (Link(label=rests_on, url=about),) if about else ()
        self._provisional = provisional(guideline)
        self._reasons = {
            topic: tuple(Coding(code=code, system=OVERRIDE_SYSTEM, display=words) for code, words in reasons.items())
            for topic, reasons in override_reasons(standards.ask_again_days).items()
        }

    def card(self, told: Told, finding: Finding, *, patient_id: str, release: Release, call: Call) -> Card:
        """The card that tells a prescriber what a rule found."""
        recommendation = told.recommendation
        topic, text = recommendation.topic, text_of(told)
        suggested = _SUGGESTIONS.get(topic)
        return make_card(
            uuid=call.new_uuid(),
            summary=text.summary,
            detail=paragraphs(text.detail, _gaps(told), provisional_factors(told), self._provisional),
            indicator=_INDICATORS[recommendation.urgency],
            source=self._sources[topic],
            rule=recommendation.rule,
            finding=finding,
            suggestions=tuple(suggested(told, patient_id, release, call)) if suggested else (),
            # One link is enough: the page that explains the card leads on to what all cards rest on.
            links=self._links if call.explain is None else (call.explain(told),),
            override_reasons=self._reasons.get(topic, ()),
        )


def _gaps(told: Told) -> str:
    if not told.tells_gaps:
        return ""
    text = incomplete_text(told)
    return paragraphs(text.summary, text.detail)


def _naloxone_suggestions(told: Told, patient_id: str, release: Release, call: Call) -> Iterator[Suggestion]:
    """The guideline's rescue product, where it has one."""
    if order := told.guideline.naloxone_order:
        label, description = _naloxone_words(order.name, order.quantity)
        resource = naloxone_request(order, patient_id, release)
        action = make_action(type=ActionType.CREATE, description=description, resource=resource)
        yield make_suggestion(label=label, uuid=call.new_uuid(), actions=(action,))


@lru_cache(maxsize=64)
def _naloxone_words(name: str, quantity: Decimal) -> tuple[str, str]:
    label = f"Add {name[:1].lower()}{name[1:]}, {shown(quantity)} devices"
    return label, f"Draft order: {name}, for use in an emergency"


_SUGGESTIONS = {Topic.NALOXONE_OFFER: _naloxone_suggestions, Topic.SLOWER_TAPER: slower_suggestions}
