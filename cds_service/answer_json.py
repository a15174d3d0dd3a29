"""Answers as they are sent: cards and discovery as JSON, and numbers as they stand in it."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from functools import lru_cache

import orjson

from cds_service.json_bytes import JsonObject
from hooks.protocol import TOPIC_SYSTEM, Action, ActionType, Card, DosePair, Finding, Suggestion
from hooks.service import Service
from opioids.quantities import round_half_up

FINDING_EXTENSION = "org.opioid-cds.finding"


def render(cards: tuple[Card, ...]) -> bytes:
    """The answer of a service, without any empty value but `cards: []`. orjson knows enumerations and dataclasses."""
    mme = _mme_per_day(cards[0].finding) if cards else {}  # cards of one answer are about one case
    return orjson.dumps({"cards": [_card(card, mme) for card in cards]})


def render_discovery(services: tuple[Service, ...], *, version: str, without: Collection[str] = ()) -> bytes:
    """The answer of discovery, without the prefetch keys that a site does not want to be asked for."""
    return orjson.dumps({"services": [_service(service, version, without) for service in services]})


@lru_cache(maxsize=1024)
def number(value: Decimal, places: int = 2) -> float:
    """A JSON number, rounded half up."""
    return float(round_half_up(value, places))


def _service(service: Service, version: str, without: Collection[str]) -> JsonObject:
    entry: JsonObject = {
        "hook": service.hook,
        "title": service.title,
        "description": service.description,
        "id": service.id,
        "version": version,
        "hookVersion": service.hook_version,
        "prefetch": {key: template for key, template in service.prefetch.items() if key not in without},
        "usageRequirements": service.usage_requirements,
    }
    return {name: value for name, value in entry.items() if value}


def _card(card: Card, mme: JsonObject) -> JsonObject:
    source = card.source
    written_card: JsonObject = {
        "uuid": card.uuid,
        "summary": card.summary,
        "detail": card.detail,
        "indicator": card.indicator,
        "source": {
            "label": source.label,
            "url": source.url,
            "topic": {"code": source.topic, "system": TOPIC_SYSTEM},
        },
    }
    if card.suggestions:
        written_card["suggestions"] = [_suggestion(suggestion) for suggestion in card.suggestions]
        written_card["selectionBehavior"] = card.selection
    if card.override_reasons:
        written_card["overrideReasons"] = card.override_reasons
    if card.links:
        written_card["links"] = [{"label": link.label, "url": link.url, "type": "absolute"} for link in card.links]
    finding = {
        "topic": source.topic,
        "guideline": card.finding.guideline,
        "table": card.finding.table,
        "rule": card.rule,
        "mmePerDay": mme,
    }
    written_card["extension"] = {FINDING_EXTENSION: finding, **card.extensions}
    return written_card


def _mme_per_day(finding: Finding) -> JsonObject:
    current, proposed = _doses(finding.current), _doses(finding.proposed)
    return {"current": current, "proposed": proposed, "complete": finding.complete}


def _doses(pair: DosePair) -> JsonObject:
    return {"scheduled": number(pair.scheduled), "maximum": number(pair.maximum)}


def _suggestion(suggestion: Suggestion) -> JsonObject:
    written_suggestion: JsonObject = {"label": suggestion.label, "uuid": suggestion.uuid}
    written_suggestion["actions"] = [_action(action) for action in suggestion.actions]
    return written_suggestion


def _action(action: Action) -> JsonObject:
    written_action: JsonObject = {"type": action.type, "description": action.description}
    resource = action.resource
    if action.type is ActionType.DELETE:
        written_action["resourceId"] = f"{resource['resourceType']}/{resource['id']}"
    else:
        # Built without empties, and validated, where it comes from.
        written_action["resource"] = resource
    return written_action
