"""A server on loopback that must never hear from the service."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread


@dataclass(kw_only=True)
class Decoy:
    """Its address, and how many have connected."""

    base: str
    callers: int = 0


@contextmanager
def waiting() -> Iterator[Decoy]:
    """Counts who connects, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        decoy = Decoy(base=f"http://127.0.0.1:{listener.getsockname()[1]}")
        listener.settimeout(0.2)
        open_ = [True]

        def count() -> None:
            while open_:
                with suppress(TimeoutError):
                    caller, _ = listener.accept()
                    decoy.callers += 1
                    caller.close()

        thread = Thread(target=count)
        thread.start()
        try:
            yield decoy
        finally:
            open_.clear()
            thread.join()
