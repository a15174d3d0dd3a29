"""The CDS Hooks vocabulary as values that obey the specification's limits on construction.

Source: CDS Hooks 2.0.1 and 3.0.0-ballot (https://cds-hooks.hl7.org). A value that exists is a
value that may be sent, so no later code has to check it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from fhir_mappings.elements import Json
from opioids.recommendations import Topic
from opioids.values import maker, quickly_made

SUMMARY_LIMIT = 139
"""The specification asks for fewer than 140 characters."""


class Indicator(StrEnum):
    """How urgent a card is, in the specification's three words."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


TOPIC_SYSTEM = "urn:opioid-cds:topic"


class RequestError(Exception):
    """A request that cannot be served; `path` points to the fault, `reason` holds no patient data."""

    status = 400

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class PreconditionFailed(RequestError):
    """Nothing useful can be said without data that cannot be had (HTTP 412)."""

    status = 412


class SenselessContent(RequestError):
    """The body is readable FHIR but not something this service can judge (HTTP 422)."""

    status = 422


@quickly_made
class HookRequest:
    """One call of a service. `context` and `prefetch` hold FHIR JSON as it came.

    `fhir_version` is the release that the client says it speaks; empty where it does not.
    """

    hook: str
    hook_instance: str
    patient_id: str
    context: Mapping[str, Json]
    prefetch: Mapping[str, Json] = field(default_factory=dict)
    fhir_version: str = ""


make_request = maker(HookRequest)


@dataclass(frozen=True, kw_only=True)
class Coding:
    """A code with its system and the words shown for it. Without slots, because orjson then writes it much faster."""

    code: str
    system: str
    display: str

    def __post_init__(self) -> None:
        if not (self.code and self.system and self.display):
            raise ValueError("a coding needs code, system and display")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Who says so: shown under the card."""

    label: str
    url: str
    topic: Topic

    def __post_init__(self) -> None:
        if not (self.label and self.url.startswith("https://")):
            raise ValueError("a source has a label, and its url is absolute and https")


class ActionType(StrEnum):
    """What the EHR is asked to do with a resource."""

    CREATE = "create"
    DELETE = "delete"


@quickly_made
class Action:
    """One step of a suggestion. `resource` is complete FHIR JSON, validated where it was built; to delete, its key."""

    type: ActionType
    description: str
    resource: Mapping[str, Json]

    def __post_init__(self) -> None:
        if not (self.description and self.resource.get("resourceType")):
            raise ValueError("an action has a description, and a resource that names its type")


make_action = maker(Action)


class SelectionBehavior(StrEnum):
    """How many of a card's suggestions a prescriber can take."""

    ANY = "any"
    AT_MOST_ONE = "at-most-one"


@quickly_made
class Suggestion:
    """A choice the prescriber can take with one click."""

    label: str
    uuid: str
    actions: tuple[Action, ...]

    def __post_init__(self) -> None:
        if not (self.label and self.actions):
            raise ValueError("a suggestion has a label and does something")


make_suggestion = maker(Suggestion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page to open from the card."""

    label: str
    url: str

    def __post_init__(self) -> None:
        if not (self.label and self.url.startswith(("https://", "http://"))):
            raise ValueError("a link has a label, and its url is absolute")


@quickly_made
class DosePair:
    """Morphine milligram equivalents a day (MME/day), exact; rounding happens when it is written."""

    scheduled: Decimal
    maximum: Decimal


make_dose_pair = maker(DosePair)


@quickly_made
class Finding:
    """What all cards of an answer rest on, for machines: with a card's topic and rule the extension
    `org.opioid-cds.finding`.
    """

    guideline: str
    table: str
    current: DosePair
    proposed: DosePair
    complete: bool


make_finding = maker(Finding)


@quickly_made
class Card:
    """One concern, in one line, with the detail behind it.

    `rule` is the id under which its basis is documented, `extensions` are texts that a client asks for by name.
    """

    uuid: str
    summary: str
    detail: str
    indicator: Indicator
    source: Source
    rule: str
    finding: Finding
    suggestions: tuple[Suggestion, ...] = ()
    links: tuple[Link, ...] = ()
    override_reasons: tuple[Coding, ...] = ()
    selection: SelectionBehavior = SelectionBehavior.AT_MOST_ONE
    extensions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (0 < len(self.summary) <= SUMMARY_LIMIT and self.summary.isprintable()):
            raise ValueError(f"a summary is one line of 1 to {SUMMARY_LIMIT} characters")
        if not self.detail:
            raise ValueError("a card explains itself")


make_card = maker(Card)
