"""How often one client may call: a bucket of tokens for each, refilled as time goes by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from cds_service.errors import TooManyRequests

CLIENTS_REMEMBERED = 10_000


class RateLimit:
    """Allows each client `per_second` calls a second, with bursts of one second's worth. Per worker."""

    def __init__(self, per_second: float, seconds: Callable[[], float] = monotonic) -> None:
        self._per_second = per_second
        self._burst = max(per_second, 1.0)
        self._seconds = seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def require(self, client: str) -> None:
        """Raises `TooManyRequests` when this call may not go on."""
        if not self.admits(client):
            raise TooManyRequests("", "more requests a second than this service allows")

    def admits(self, client: str) -> bool:
        """Whether this call may go on; it is counted when it may."""
        if not self._per_second:
            return True
        with self._lock:
            now = self._seconds()
            tokens, since = self._buckets.pop(client, (self._burst, now))
            tokens = min(self._burst, tokens + (now - since) * self._per_second)
            admitted = tokens >= 1
            self._buckets[client] = (tokens - 1 if admitted else tokens, now)
            if len(self._buckets) > CLIENTS_REMEMBERED:
                self._buckets.popitem(last=False)
        return admitted
