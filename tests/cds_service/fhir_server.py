"""A FHIR server on loopback that does what a test tells it, and remembers all that reached it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

Exchange = BaseHTTPRequestHandler
Reply = Callable[[Exchange], None]

FHIR_JSON = "application/fhir+json; charset=utf-8"
LONGEST_WAIT = 5.0


@dataclass(slots=True)
class Seen:
    """One request that came in."""

    method: str
    path: str
    headers: dict[str, str]
    connection: int


@dataclass(slots=True)
class FhirServer:
    """`replies` by path (with its query); whatever is not there is answered 404."""

    port: int = 0
    replies: dict[str, Reply] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    released: Event = field(default_factory=Event)
    """Set at the end of a test, so that replies that wait need not wait on."""
    lock: Lock = field(default_factory=Lock)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir"

    def on(self, path: str, reply: Reply | dict[str, Any]) -> None:
        """Answers `/fhir/{path}` so; a resource is sent as it is."""
        self.replies[f"/fhir/{path}" if path else "/fhir"] = reply if callable(reply) else resource(reply)

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, below the base, in no order that means anything."""
        return sorted(one.path.removeprefix("/fhir/") for one in self.seen)


@contextmanager
def running() -> Iterator[FhirServer]:
    """A server for one test."""
    state = FhirServer()

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = LONGEST_WAIT

        def answer(self) -> None:
            with state.lock:
                state.seen.append(Seen(self.command, self.path, dict(self.headers), self.client_address[1]))
            reply = state.replies.get(self.path) or status(404)
            try:
                reply(self)
            except OSError:  # the caller has gone: that is what some tests are about
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815 - the library's names

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *args: Any) -> None:
            """Callers that hang up are part of the tests."""

    with Server(("127.0.0.1", 0), Answering) as server:
        state.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.released.set()
            server.shutdown()
            thread.join()


# ---- what it can answer ----


def resource(content: Any, code: int = 200, **headers: str) -> Reply:
    """JSON."""
    return body(json.dumps(content).encode(), code, **headers)


def body(content: bytes, code: int = 200, media_type: str = FHIR_JSON, **headers: str) -> Reply:
    """These bytes; `Some_Header` is sent as `Some-Header`."""

    def reply(exchange: Exchange) -> None:
        exchange.send_response(code)
        sent = {"Content-Type": media_type, "Content-Length": str(len(content)), **headers}
        for name, value in sent.items():
            exchange.send_header(name.replace("_", "-"), value)
        exchange.end_headers()
        exchange.wfile.write(content)

    return reply


def status(code: int, **headers: str) -> Reply:
    """An error with an OperationOutcome, as FHIR servers send it."""
    issue = {"severity": "error", "code": "processing", "diagnostics": "CANARY-server-words"}
    return resource({"resourceType": "OperationOutcome", "issue": [issue]}, code, **headers)


def html(code: int = 200) -> Reply:
    """A page for people, as proxies send it."""
    return body(b"<html><body>Sign in</body></html>", code, "text/html")


def zipped(content: bytes) -> Reply:
    """These bytes, compressed."""
    return body(gzip.compress(content), Content_Encoding="gzip")


def silence(server: FhirServer) -> Reply:
    """Takes the request and never answers."""
    return lambda _: server.released.wait(LONGEST_WAIT) and None


def drip(server: FhirServer, start: bytes, every: float = 0.02) -> Reply:
    """Sends the start of an answer, then white space now and then, for ever."""

    def reply(exchange: Exchange) -> None:
        exchange.wfile.write(start)
        while not server.released.wait(every):
            exchange.wfile.write(b" ")
            exchange.wfile.flush()
        exchange.close_connection = True

    return reply


def hang_up(exchange: Exchange) -> None:
    """Closes the connection without a word."""
    exchange.close_connection = True


def cut_off(content: bytes) -> Reply:
    """Promises more than it sends."""

    def reply(exchange: Exchange) -> None:
        exchange.send_response(200)
        exchange.send_header("Content-Type", FHIR_JSON)
        exchange.send_header("Content-Length", str(len(content) + 10))
        exchange.end_headers()
        exchange.wfile.write(content)
        exchange.close_connection = True

    return reply


def endless(code: int = 200, **headers: str) -> Reply:
    """As much JSON as anybody is willing to take."""

    def reply(exchange: Exchange) -> None:
        exchange.send_response(code)
        for name, value in {"Content-Type": FHIR_JSON, **headers}.items():
            exchange.send_header(name, value)
        exchange.end_headers()
        exchange.close_connection = True
        while True:
            exchange.wfile.write(b"[" * 1_000_000)

    return reply


def first(times: int, reply: Reply, then: Reply) -> Reply:
    """One answer so many times, then the other."""
    left = [times]

    def either(exchange: Exchange) -> None:
        left[0] -= 1
        (reply if left[0] >= 0 else then)(exchange)

    return either
