"""Links from cards to the page that explains them, and what is kept for that page where a site wants it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Engine

from cds_service.explain_seal import name_of, opened, sealed
from cds_service.explain_tokens import SECRET_BYTES, Named, Tokens, UnknownToken, expiry
from cds_service.log_lines import log_failure
from cds_service.observability import Metrics
from cds_service.pseudonyms import SiteKey
from cds_service.settings import Settings
from cds_service.storage import explanations as storage
from cds_service.storage.explanations import Sealed
from cds_service.storage.recorder import Recorder
from hooks.in_particular import InParticular, in_particular
from hooks.protocol import Card, Link
from hooks.told import Told
from opioids.recommendations import Topic

LABEL = "Why this card, and what would change it"
MOST_WAITING = 1000
"""Explanations that wait for a database that is away: each holds all that is known of a case while it waits."""
LONGEST_WAIT = 1.0
"""Seconds that the page waits for an explanation of a moment ago to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An explanation that is still to be put into words and sealed, which happens beside the answers."""

    told: Told
    summary: str
    named: Named
    key: SiteKey


class Explaining:
    """The explanations of one application. `key` gives the site key, None while there is none.

    Without a public URL no card links anywhere; the pages of this site can link all the same.
    """

    def __init__(self, settings: Settings, key: Callable[[], SiteKey | None], engine: Engine, metrics: Metrics) -> None:
        self._hours = settings.explain.hours
        self._links = settings.explain.enabled and settings.public_url is not None
        self._base = f"{settings.public_url}/explain/"
        self._key = key
        self._engine = engine
        self._lost = metrics.explanations_lost.inc
        self._tokens = lru_cache(maxsize=1)(Tokens)
        self.alike = lru_cache(maxsize=256)(self._alike)
        self._stores = settings.explain.store
        self.recorder = Recorder[Pending](self._keep, self._lost, most=MOST_WAITING)

    def of_call(self, now: datetime, *, keeps: bool = True) -> OfCall | None:
        """What gives the cards of one call their links; None where they get none.

        Without `keeps` nothing is kept for them, whatever the settings.
        """
        key = self._key() if self._links else None
        if key is None:
            return None
        return OfCall(self, key, expiry(now.timestamp(), self._hours), stores=self._stores and keeps)

    def token_of(self, card: Card, now: datetime) -> str | None:
        """A token for a page that shows a card which links nowhere: it explains in general, and nothing is kept."""
        key, found = self._key(), card.finding
        if key is None:
            return None
        expires = expiry(now.timestamp(), self._hours)
        named = Named(topic=card.source.topic, guideline=found.guideline, table=found.table, expires=expires)
        return self._tokens(key).written(named)

    def read(self, token: str, now: datetime) -> Named:
        """What a token names. Raises `UnknownToken` or `ExpiredToken`."""
        key = self._key()
        if key is None:
            raise UnknownToken
        return self._tokens(key).read(token, now.timestamp())

    def kept_for(self, named: Named, now: datetime) -> InParticular | None:
        """What was kept for a link; None when there is nothing, yet or any more.

        Raises `sqlalchemy.exc.SQLAlchemyError` while the database is away.
        """
        key = self._key()
        if key is None or not named.secret:
            return None
        self.recorder.flush(LONGEST_WAIT)
        content = storage.find(self._engine, name_of(named.secret, key), now)
        return None if content is None else opened(content, named.secret, key)

    def link(self, key: SiteKey, named: Named) -> Link:
        """The link that names this."""
        return Link(label=LABEL, url=self._base + self._tokens(key).written(named))

    def _alike(self, key: SiteKey, topic: Topic, guideline: str, table: str, expires: int) -> Link:
        """The link of all cards of an hour for which nothing is kept: signed once."""
        return self.link(key, Named(topic=topic, guideline=guideline, table=table, expires=expires))

    def _keep(self, pending: Sequence[Pending]) -> None:
        storage.keep(self._engine, list(self._sealed(pending)))

    def _sealed(self, pending: Sequence[Pending]) -> Iterator[Sealed]:
        for one in pending:
            secret, key = one.named.secret, one.key
            try:
                content = sealed(in_particular(one.told, one.summary), secret, key)
            except Exception as error:  # noqa: BLE001 - one that cannot be explained must not take the others along
                self._lost(1)
                log_failure("card not explained", error)
                continue
            expires_at = datetime.fromtimestamp(one.named.expires, UTC)
            yield Sealed(name=name_of(secret, key), content=content, expires_at=expires_at)


class OfCall:
    """One call's links. What is kept is kept only for cards that were shown."""

    def __init__(self, explaining: Explaining, key: SiteKey, expires: int, *, stores: bool) -> None:
        self._stores = stores
        self._explaining = explaining
        self._key = key
        self._expires = expires
        self._told: dict[str, tuple[Told, Named]] = {}

    def link(self, told: Told) -> Link:
        """The link for the card that tells this."""
        topic, guideline, table = told.recommendation.topic, told.guideline.id, told.case.proposed.table
        if not self._stores:
            return self._explaining.alike(self._key, topic, guideline, table, self._expires)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        named = Named(topic=topic, guideline=guideline, table=table, expires=self._expires, secret=secret)
        link = self._explaining.link(self._key, named)
        self._told[link.url] = told, named
        return link

    def keep(self, cards: tuple[Card, ...]) -> None:
        """Keeps the explanations of the cards that were shown with their links."""
        for card in cards:
            for link in card.links:
                if link.url in self._told:
                    told, named = self._told[link.url]
                    pending = Pending(told=told, summary=card.summary, named=named, key=self._key)
                    self._explaining.recorder.note(pending)
