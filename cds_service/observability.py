"""What can be counted of the service from outside: Prometheus metrics, with labels from closed lists."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from hooks.protocol import Card
from opioids.mme import MmeTotal
from opioids.recommendations import Topic

SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counters of one application. With a `shared` folder the workers of one server add up theirs."""

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        self._registry = CollectorRegistry()
        own = self._registry
        requests = Counter("opioid_cds_requests", "Requests answered", ["route", "status"], registry=own)
        seconds = Histogram(
            "opioid_cds_service_seconds", "Time to answer", ["service"], registry=own, buckets=SECONDS_BUCKETS
        )
        cards = Counter("opioid_cds_cards", "Cards shown", ["topic"], registry=own)
        in_shadow = Counter(
            "opioid_cds_cards_in_shadow", "Cards that a service in shadow would have shown", ["topic"], registry=own
        )
        # What each call counts: the library finds the counter of a label by a lock and a walk over its names.
        self._requests, self._seconds = cache(requests.labels), cache(seconds.labels)
        self._cards, self._in_shadow = cache(cards.labels), cache(in_shadow.labels)
        self._held_back = Counter("opioid_cds_cards_held_back", "Cards held back by a snooze", ["topic"], registry=own)
        self._notes_lost = Counter("opioid_cds_notes_lost", "Calls that could not be noted", registry=own)
        self._explanations_lost = Counter(
            "opioid_cds_explanations_lost", "Explanations of cards that could not be kept", registry=own
        )
        self._snooze_unknown = Counter(
            "opioid_cds_snooze_unknown", "Calls for which the database could not tell what rests", registry=own
        )
        self._uncounted = Counter("opioid_cds_uncounted", "Orders not counted by POST /mme", ["reason"], registry=own)
        self._orders = Counter("opioid_cds_orders", "Orders read by POST /mme", ["result"], registry=own)
        self._refused = Counter("opioid_cds_refused", "Calls refused with 401", ["reason"], registry=own)
        self._reads = Counter("opioid_cds_fhir_reads", "Reads from FHIR servers", ["outcome"], registry=own)

    def answered(self, route: str, status: int) -> None:
        """Counts one answer."""
        self._requests(route, str(status)).inc()

    def evaluated(self, service_id: str, seconds: float, cards: tuple[Card, ...], *, shadow: bool = False) -> None:
        """Counts one call of a service, and its cards."""
        self._seconds(service_id).observe(seconds)
        counter = self._in_shadow if shadow else self._cards
        for card in cards:
            counter(str(card.source.topic)).inc()

    def refused(self, reason: str) -> None:
        """Counts one call that was refused."""
        self._refused.labels(reason).inc()

    def read_from_fhir(self, outcome: str) -> None:
        """Counts one read from a FHIR server."""
        self._reads.labels(outcome).inc()

    def held_back(self, topic: Topic) -> None:
        """Counts one card that a snooze held back."""
        self._held_back.labels(topic.value).inc()

    def notes_lost(self, number: int) -> None:
        """Counts calls that could not be noted: the database was away for too long."""
        self._notes_lost.inc(number)

    def explanations_lost(self, number: int) -> None:
        """Counts explanations that could not be kept: their links explain in general."""
        self._explanations_lost.inc(number)

    def snooze_unknown(self) -> None:
        """Counts one call for which nobody could tell what rests: everything was shown."""
        self._snooze_unknown.inc()

    def calculated(self, total: MmeTotal) -> None:
        """Counts the orders of one calculation."""
        self._orders.labels("counted").inc(len({line.reference for line in total.counted}))
        self._orders.labels("uncounted").inc(len(total.uncounted))
        self._orders.labels("ignored").inc(len(total.ignored))
        for order in total.uncounted:
            self._uncounted.labels(order.reason.value).inc()

    def exposition(self) -> bytes:
        """All of it as Prometheus text."""
        if self._shared is None:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together, path=str(self._shared))  # type: ignore[no-untyped-call]
        return generate_latest(together)
