"""What can be counted of the service from outside: Prometheus metrics, with labels from closed lists."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from hooks.protocol import Card
from opioids.mme import MmeTotal

SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


SHARED_FILES, SHARED_BYTES = ("counter", "histogram"), 2**16
"""What the library calls its files, and as much of each as it maps from the start: twice what is counted here."""


class Metrics:
    """The counters of one application. With a `shared` folder the workers of one server add up theirs."""

    def __init__(self, shared: Path | None = None) -> None:
        self._shared = shared
        if shared is not None:
            _take_room(shared)
        self._registry = own = CollectorRegistry()

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(f"opioid_cds_{name}", words, labels, registry=own)

        # What each call counts: the library finds the counter of a label by a lock and a walk over its names.
        self._requests = cache(counter("requests", "Requests answered", "route", "status").labels)

        def histogram(name: str, words: str, *labels: str) -> Histogram:
            return Histogram(f"opioid_cds_{name}", words, labels, registry=own, buckets=SECONDS_BUCKETS)

        self._seconds = cache(histogram("service_seconds", "Time to answer", "service").labels)
        self._cards = cache(counter("cards", "Cards shown", "topic").labels)
        in_shadow = counter("cards_in_shadow", "Cards that a service in shadow would have shown", "topic")
        self._in_shadow = cache(in_shadow.labels)
        self.held_back = counter("cards_held_back", "Cards held back by a snooze", "topic")
        self.notes_lost = counter("notes_lost", "Calls that could not be noted")
        self.explanations_lost = counter("explanations_lost", "Explanations of cards that could not be kept")
        self.snooze_unknown = counter("snooze_unknown", "Calls for which the database could not tell what rests")
        self._uncounted = counter("uncounted", "Orders not counted by POST /mme", "reason")
        self._orders = counter("orders", "Orders read by POST /mme", "result")
        self.refused = counter("refused", "Calls refused with 401", "reason")
        self.fhir_reads = counter("fhir_reads", "Reads from FHIR servers", "outcome")
        self.fhir_seconds = histogram("fhir_seconds", "Time that calls waited for FHIR servers")
        self._feedback = counter("feedback", "Items of feedback", "outcome")

    def answered(self, route: str, status: int) -> None:
        """Counts one answer."""
        self._requests(route, str(status)).inc()

    def evaluated(self, service_id: str, seconds: float, cards: tuple[Card, ...], *, shadow: bool = False) -> None:
        """Counts one call of a service, and its cards."""
        self._seconds(service_id).observe(seconds)
        counter = self._in_shadow if shadow else self._cards
        for card in cards:
            counter(str(card.source.topic)).inc()

    def replied(self, outcomes: Iterable[str]) -> None:
        """Counts what prescribers did with cards."""
        for outcome in outcomes:
            self._feedback.labels(outcome).inc()

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


def _take_room(folder: Path) -> None:
    """Writes the files of this process out once. Raises `OSError` on a full disk.

    The library leaves holes in them and writes through memory: on a disk that had filled up since, a new label ended
    one worker after another (SIGBUS).
    """
    for kind in SHARED_FILES:
        file = folder / f"{kind}_{os.getpid()}.db"
        if not file.exists():
            file.write_bytes(bytes(SHARED_BYTES))
