"""A request put to a service for people to look at: the answer, how it came about, and what an EHR would do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from time import perf_counter
from typing import Any, TypeVar

import orjson

import hooks.services
from cds_service import answer_json, client_profiles, request_json, snooze
from cds_service.errors import InvalidBody, outcome_of
from cds_service.pages import client_changes, ehr
from cds_service.pages.client_changes import Change
from cds_service.pages.site import as_json
from cds_service.queries import day
from cds_service.settings_sections import ClientProfile
from cds_service.shell import Shell
from cds_service.storage.snoozes import Reply
from hooks.client_traits import ClientTraits, DetailFormat
from hooks.picture import picture_of
from hooks.protocol import Card, Coding, RequestError, Suggestion
from hooks.service import Service
from hooks.trace import Trace
from opioids.recommendations import Topic

One = TypeVar("One")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is asked: the service, the guideline it judges by, the day as it was written, and the request's body.

    `client` is the kind of client that asks; where it is empty the request tells, as it does without a token.
    `resting` holds the topics that an earlier reply silenced while the request was tried.
    """

    service_id: str
    guideline: str
    day: str
    client: str = ""
    body: str = ""
    conversation: str = ""
    resting: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of it. `seconds` is the time from the body to the answer; a refused request has no trace.

    `cards` are those that the `client` gets; `changes` is what its profile did to them.
    """

    status: int
    answer: str
    seconds: float
    cards: tuple[Card, ...] = ()
    client: ClientTraits | None = None
    changes: tuple[Change, ...] = ()
    trace: Trace | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the client takes a card's detail without Markdown."""
        return self.client is not None and self.client.detail is DetailFormat.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What was done with a card: a suggestion taken, or the card closed with a reason (or none).

    `feedback` is the message with which an EHR tells the service, as JSON.
    """

    card: Card
    suggestion: Suggestion | None
    reason: Coding | None
    feedback: str


class Bench:
    """The services under every guideline that can be chosen, put together when they are first needed."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.services = cache(self._services)

    @property
    def guidelines(self) -> tuple[str, ...]:
        """The guidelines that can be judged by: the site's own first."""
        knowledge = self._shell.knowledge
        known = [name for name, one in knowledge.guidelines.items() if one.default_table in knowledge.tables]
        return tuple(dict.fromkeys((self._shell.settings.guideline.profile, *sorted(known))))

    @property
    def clients(self) -> tuple[str, ...]:
        """The kinds of client whose answer can be seen."""
        return tuple(profile.value for profile in client_profiles.known())

    def _services(self, guideline: str) -> Mapping[str, Service]:
        """Raises `InvalidBody` for a guideline that is not known."""
        if guideline not in self.guidelines:
            raise InvalidBody("guideline", f"expected one of {', '.join(self.guidelines)}")
        if guideline == self._shell.settings.guideline.profile:
            return self._shell.services
        knowledge = self._shell.knowledge
        table = knowledge.guidelines[guideline].default_table
        built = hooks.services.build(knowledge, guideline=guideline, table=table)
        return {service.id: service for service in built if service.id in self._shell.services}

    def ask(self, choice: Choice) -> Tried:
        """What the service answers; a fault of the request is shown with the status that a client would get."""
        started = perf_counter()
        try:
            self._shell.service(choice.service_id)
            service = self.services(choice.guideline)[choice.service_id]
            received = request_json.parse(_object(choice.body), service)
            request, client = received.request, self._client(choice.client, received)
            today = day(choice.day, "day")
            # Nothing that is tried is kept, so the links are those of a site that keeps nothing.
            explained = self._shell.explaining.of_call(self._shell.now(), keeps=False)
            call = replace(self._shell.call(today, client, explained=explained), rests=lambda *_: choice.resting)
            decided = service.evaluate(request, call)
            cards = client.shows(decided)
            answer = answer_json.render(cards)
        except RequestError as error:
            seconds = perf_counter() - started
            return Tried(status=error.status, answer=as_json(outcome_of(error)), seconds=seconds)
        seconds = perf_counter() - started
        return Tried(
            status=200,
            answer=as_json(orjson.loads(answer)),
            seconds=seconds,
            cards=cards,
            client=client,
            changes=client_changes.between(decided, cards, plain=client.detail is DetailFormat.PLAIN),
            trace=service.trace(request, call) if service.trace else None,
        )

    def _client(self, named: str, received: request_json.Received) -> ClientTraits:
        """The kind of client that was chosen, else the one that a call without a token would be taken for."""
        if named and named not in self.clients:
            raise InvalidBody("client", f"expected one of {', '.join(self.clients)}")
        default = self._shell.settings.auth.profile
        profile = ClientProfile(named) if named else client_profiles.profile_of(None, received, None, default)
        return client_profiles.known()[profile]

    def accept(self, choice: Choice, which: str) -> tuple[Choice, Reaction] | None:
        """The choice after a suggestion (`<card>.<suggestion>`, counted from 0) was taken; None when there is none."""
        card_number, _, number = which.partition(".")
        card = _at(self.ask(choice).cards, card_number)
        suggestion = _at(card.suggestions, number) if card else None
        if card is None or suggestion is None:
            return None
        following = ehr.after(suggestion, _object(choice.body))
        feedback = ehr.accepted(card, suggestion, self._moment())
        reaction = Reaction(card=card, suggestion=suggestion, reason=None, feedback=as_json(feedback))
        return replace(choice, body=as_json(following)), reaction

    def override(self, choice: Choice, which: str, reason_of: Callable[[str], str]) -> tuple[Choice, Reaction] | None:
        """The choice after a card was closed; `reason_of` gives the code chosen for the card of that number.

        What the reason silences is told by the same terms as for a reply that was kept.
        """
        tried = self.ask(choice)
        card = _at(tried.cards, which)
        if card is None:
            return None
        code = reason_of(which)
        reason = next((one for one in card.override_reasons if one.code == code), None)
        feedback = ehr.overridden(card, reason, self._moment())
        reaction = Reaction(card=card, suggestion=None, reason=reason, feedback=as_json(feedback))
        return replace(choice, resting=choice.resting | self._silenced(card, reason, tried.trace)), reaction

    def _silenced(self, card: Card, reason: Coding | None, trace: Trace | None) -> frozenset[Topic]:
        memory = self._shell.memory
        if reason is None or trace is None or not memory.snoozes:
            return frozenset()
        picture, now = picture_of(trace.case), self._shell.now()
        reply = Reply(
            topic=card.source.topic.value,
            outcome="overridden",
            reason=reason.code,
            prescriber_group="",
            at=now,
            picture=picture,
        )
        return snooze.resting((reply,), picture=picture, who=(), now=now, terms=memory.terms)

    def _moment(self) -> str:
        return self._shell.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _object(body: str) -> dict[str, Any]:
    return request_json.read_object(body.encode("utf-8", "surrogatepass"))


def _at(found: tuple[One, ...], number: str) -> One | None:
    return found[int(number)] if number.isascii() and number.isdigit() and int(number) < len(found) else None
