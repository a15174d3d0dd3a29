"""What the service remembers: which cards it showed to whom about whom, by pseudonyms, and which topics rest.

Nothing here may hinder an answer: without the database, or without a key, cards are shown all the same.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service import snooze
from cds_service.log_lines import log_failure
from cds_service.observability import Metrics
from cds_service.pseudonyms import Pseudonyms, SiteKey, configured_key
from cds_service.request_json import Received
from cds_service.settings import Settings
from cds_service.snooze import Terms
from cds_service.storage import database, site_keys
from cds_service.storage.cards import Keeper, NotedCall, NotedCard, State, make_noted_call
from cds_service.storage.recorder import Recorder
from cds_service.storage.snoozes import AWAY_SECONDS, Away, Replies
from hooks.drafts import orders_in
from hooks.picture import Picture
from hooks.protocol import Card
from hooks.service import Service
from opioids.recommendations import Recommendation, Topic


class Memory:
    """One application's memory. Raises `InvalidSettings` when the site key is in a file that cannot be used."""

    def __init__(self, settings: Settings, engine: Engine, metrics: Metrics) -> None:
        self.metrics = metrics
        self._key = configured_key(settings.site)
        self._draws_key = self._key is None and not settings.production
        self._no_key_before = 0.0
        self._lock = Lock()
        self.notes = settings.notes.enabled
        self.snoozes = settings.snooze.enabled
        self.terms = Terms.of(settings.snooze)
        self._quick = database.connect_impatiently(settings.database.url) or engine
        self.replies = Replies(self._quick)
        self.recorder = Recorder[NotedCall](Keeper(engine).keep, metrics.notes_lost.inc)

    def key(self) -> SiteKey | None:
        """The key for pseudonyms; None when there is none, or the database that should hold it is away."""
        if self._draws_key and self._key is None:
            self._draw()
        return self._key

    def close(self) -> None:
        """Writes what waits and lets go of the database."""
        self.recorder.close()
        self.replies.close()

    def _draw(self) -> None:
        if time.monotonic() < self._no_key_before or not self._lock.acquire(blocking=False):
            return
        try:
            self._key = SiteKey(site_keys.key_of(self._quick))
        except SQLAlchemyError:
            self._no_key_before = time.monotonic() + AWAY_SECONDS
        finally:
            self._lock.release()


class Watch:
    """One call: asked what rests while it is judged, and told what was shown when it is over."""

    def __init__(self, memory: Memory, received: Received, service: Service, now: datetime) -> None:
        self._memory = memory
        self._received = received
        self._service = service
        self._now = now
        # Without notes nobody asks for pseudonyms, and no key is drawn for them.
        self._who = Pseudonyms(memory.key() if memory.notes else None, received)
        self._picture: Picture | None = None
        self._found: tuple[Recommendation, ...] = ()
        self._resting: frozenset[Topic] = frozenset()

    def rests(self, picture: Picture, found: tuple[Recommendation, ...]) -> Collection[Topic]:
        """The topics that rest for this caller about this patient; none where that cannot be told."""
        self._picture, self._found = picture, found
        memory = self._memory
        if not memory.snoozes or not self._who.patient or not any(one.may_rest for one in found):
            return ()
        now = self._now.astimezone(UTC)
        try:
            replies = memory.replies.about(self._who.patient, now - memory.terms.longest)
        except (Away, SQLAlchemyError) as error:
            memory.metrics.snooze_unknown.inc()
            if isinstance(error, SQLAlchemyError):
                log_failure("snooze not known", error)
            return ()
        if replies:
            self._resting = snooze.resting(
                replies, picture=picture, who=(self._who.prescriber, self._who.group), now=now, terms=memory.terms
            )
        return self._resting

    def note(self, cards: tuple[Card, ...], *, shadow: bool) -> None:
        """Notes the call, the cards that were shown (or would have been), and those that were held back."""
        if not self._memory.notes:
            return
        who, service = self._who, self._service
        state = str(State.SHADOW if shadow else State.SHOWN)
        noted = [NotedCard(card.uuid, state, str(card.source.topic), card.rule, str(card.indicator)) for card in cards]
        for one in self._found:
            if one.topic in self._resting and one.may_rest:
                topic = str(one.topic)
                noted.append(NotedCard(None, str(State.SNOOZED), topic, one.rule, str(one.urgency)))
                self._memory.metrics.held_back.labels(topic).inc()
        self._memory.recorder.note(
            make_noted_call(
                at=self._now,
                service_id=service.id,
                hook=service.hook,
                orders=orders_in(self._received.request),
                shadow=shadow,
                prescriber=who.prescriber,
                prescriber_group=who.group if noted else "",
                patient=who.patient if noted else "",
                picture=self._picture,
                cards=tuple(noted),
            )
        )
