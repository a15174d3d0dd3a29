"""What one application consists of, passed to whatever needs it instead of globals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cds_service.errors import NotFound
from cds_service.explaining import Explaining, OfCall
from cds_service.feedback import Reading
from cds_service.few_at_once import FewAtOnce
from cds_service.memory import Memory, Watch
from cds_service.observability import Metrics
from cds_service.prefetch import Prefetcher
from cds_service.rate_limit import RateLimit
from cds_service.settings import Settings
from cds_service.storage.feedback import FeedbackStore
from hooks.about import About
from hooks.client_traits import ClientTraits
from hooks.service import Call, Service, make_call
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The parts of one application. `clock` gives aware moments in the hospital's zone.

    `keeping` and `looking` are for what waits for the database: keeping feedback, and telling whether it is there.
    """

    settings: Settings
    knowledge: Knowledge
    services: Mapping[str, Service]
    discovery: bytes
    about: About
    store: FeedbackStore
    reading: Reading
    memory: Memory
    explaining: Explaining
    metrics: Metrics
    limit: RateLimit
    prefetcher: Prefetcher
    clock: Callable[[], datetime]
    new_uuid: Callable[[], str]
    keeping: FewAtOnce
    looking: FewAtOnce

    @property
    def guidelines(self) -> dict[str, Guideline]:
        """All guidelines by id; the site's own with the thresholds that the site has set."""
        own = self.about.guideline
        return {**self.knowledge.guidelines, own.id: own}

    def service(self, service_id: str) -> Service:
        """The service of that id. Raises `NotFound`."""
        if service := self.services.get(service_id):
            return service
        raise NotFound("id", "there is no such service; GET /cds-services lists those there are")

    def today(self) -> date:
        """The calendar day, where the service runs."""
        return self.clock().date()

    def now(self) -> datetime:
        """This moment, in UTC."""
        return self.clock().astimezone(UTC)

    def call(
        self, today: date, client: ClientTraits, watch: Watch | None = None, explained: OfCall | None = None
    ) -> Call:
        """What a service gets beside the request, for one kind of client; without `watch` nothing rests."""
        return make_call(
            today=today,
            actions_at_once=client.actions_per_suggestion,
            new_uuid=self.new_uuid,
            rests=None if watch is None else watch.rests,
            explain=None if explained is None else explained.link,
        )
