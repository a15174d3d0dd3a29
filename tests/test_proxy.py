"""The proxy to start from, as it runs: Debian's haproxy before the real service. Skipped where it is not installed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import orjson
import pytest

from tests.cds_service.fakes import SIGN, hook_request
from tests.cds_service.test_outbound import certificate
from tests.cds_service.test_server import free_port, serving

HAPROXY = shutil.which("haproxy") or "/usr/sbin/haproxy"
WRITTEN = (Path(__file__).resolve().parents[1] / "deploy" / "haproxy.cfg").read_text(encoding="utf-8")
BODY = orjson.dumps(hook_request())
PATIENCE = 20.0

pytestmark = pytest.mark.skipif(
    not Path(HAPROXY).exists() and not os.environ.get("CI"), reason="haproxy is not installed; in CI that is a failure"
)

Connect = Callable[[], ssl.SSLSocket]


@contextmanager
def proxied(folder: Path, *services: int, host: str = "127.0.0.1", names: int = 53) -> Iterator[Connect]:
    """The proxy before instances at ports of this machine, which need not be there. `names`: the name server's port."""
    port = free_port()
    (line,) = re.findall(r"    server service service:8080.*\n", WRITTEN)
    instances = [line.replace("service service:8080", f"i{one} {host}:{one}") for one in services]
    own = WRITTEN.replace(":8443", f"127.0.0.1:{port}").replace(line, "".join(instances))
    own = own.replace("127.0.0.11:53", f"127.0.0.1:{names}")
    pem = certificate(folder, "cds.example.org")
    (folder / "haproxy.cfg").write_text(own.replace("/usr/local/etc/haproxy/tls/cds.pem", str(pem)), "utf-8")
    proxy = subprocess.Popen([HAPROXY, "-db", "-f", str(folder / "haproxy.cfg")], stderr=subprocess.DEVNULL)
    context = ssl.create_default_context(cafile=str(pem))

    def connected() -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", port), PATIENCE)
        return context.wrap_socket(plain, server_hostname="cds.example.org")

    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                connected().close()
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)
        yield connected
    finally:
        proxy.terminate()
        proxy.wait()


@pytest.fixture(scope="module")
def connect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connect]:
    folder = tmp_path_factory.mktemp("proxy")
    with serving(folder) as (_, service), proxied(folder, service) as connected:
        yield connected


def head(method: str, path: str, *headers: str) -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: cds.example.org", "Connection: close", *headers)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


def call(length: int) -> bytes:
    return head("POST", SIGN, "Content-Type: application/json", f"Content-Length: {length}")


def status(connect: Connect, content: bytes) -> int:
    with connect() as connection:
        connection.sendall(content)
        return int(connection.recv(64).split()[1])


def test_what_the_proxy_says_for_itself_is_json_too(tmp_path):
    with proxied(tmp_path, free_port()) as connect, connect() as connection:
        connection.sendall(head("GET", "/cds-services"))
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    began, _, body = answer.partition(b"\r\n\r\n")
    assert began.startswith(b"HTTP/1.1 503")
    assert b"content-type: application/json" in began.lower()
    assert orjson.loads(body)["resourceType"] == "OperationOutcome"


class Leaving(socketserver.BaseRequestHandler):
    """An instance that still seems to be there, and closes the connection instead of answering."""

    def handle(self) -> None:
        if self.request.recv(65_536).startswith(b"GET /healthz"):
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def test_an_instance_that_is_started_anew_costs_no_call(tmp_path):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Leaving) as leaving:
        threading.Thread(target=leaving.serve_forever, args=(0.05,), daemon=True).start()
        with serving(tmp_path) as (_, service), proxied(tmp_path, leaving.server_address[1], service) as connect:
            assert [status(connect, call(len(BODY)) + BODY) for _ in range(4)] == [200] * 4
        leaving.shutdown()


class Names(socketserver.BaseRequestHandler):
    """A name server; every name is at the one address that is said last."""

    at: ClassVar[list[str]] = []

    def handle(self) -> None:
        asked, replies = self.request
        question = asked[12 : asked.index(b"\0", 12) + 5]
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(self.at[-1])
        replies.sendto(asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + answer, self.client_address)


@contextmanager
def at(address: str, port: int, answer: bytes) -> Iterator[None]:
    """An instance that answers everything with a status."""

    class Answering(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            self.request.sendall(b"HTTP/1.1 " + answer + b"\r\nContent-Length: 0\r\n\r\n")

    with socketserver.ThreadingTCPServer((address, port), Answering) as instance:
        threading.Thread(target=instance.serve_forever, args=(0.05,), daemon=True).start()
        yield
        instance.shutdown()


def test_an_instance_is_found_again_under_another_address(tmp_path):
    """A container that is made anew, as for each new version, has another one."""

    def answers(connect: Connect, expected: int) -> bool:
        until = time.monotonic() + PATIENCE
        while (told := status(connect, head("GET", "/cds-services"))) != expected and time.monotonic() < until:
            time.sleep(0.1)
        return told == expected

    port = free_port()
    with socketserver.UDPServer(("127.0.0.1", 0), Names) as names:
        threading.Thread(target=names.serve_forever, args=(0.05,), daemon=True).start()
        Names.at[:] = ["127.0.0.2"]
        with (
            at("127.0.0.2", port, b"200 OK"),
            at("127.0.0.3", port, b"202 Accepted"),
            proxied(tmp_path, port, host="service", names=names.server_address[1]) as connect,
        ):
            assert answers(connect, 200)
            Names.at.append("127.0.0.3")
            assert answers(connect, 202)
        names.shutdown()


def test_no_header_passes_that_the_service_would_take_for_one_of_the_proxys_own(tmp_path):
    """WSGI knows `X_Forwarded_User` by the same name as `X-Forwarded-User`."""
    told: list[bytes] = []

    class Listening(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            told.append(self.request.recv(65_536))
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listening) as instance:
        threading.Thread(target=instance.serve_forever, args=(0.05,), daemon=True).start()
        with proxied(tmp_path, instance.server_address[1]) as connect:
            assert (
                status(connect, head("GET", "/reports", "X_Forwarded_User: me", "X-Forwarded_User: me", "X-Own: y"))
                == 200
            )
        instance.shutdown()
    (call,) = [one.lower() for one in told if b"/reports" in one]
    assert b"x-own: y" in call
    assert b"user" not in call


def test_each_answer_of_the_proxys_own_is_one_that_can_be_read():
    written = re.findall(r"http-error status (\d+) content-type application/json string '(.*)'", WRITTEN)
    assert [int(status) for status, _ in written] == [400, 408, 502, 503, 504]
    assert {orjson.loads(body)["resourceType"] for _, body in written} == {"OperationOutcome"}


def test_a_call_is_passed_on(connect):
    assert status(connect, call(len(BODY)) + BODY) == 200


@pytest.mark.parametrize(
    "path", ["/metrics", "/readyz", "/metrics/", "//metrics", "///readyz//", "/%6detrics", "/metrics?x", "/%2Fmetrics"]
)
def test_what_is_for_operators_is_hidden_however_it_is_written(connect, path):
    assert status(connect, head("GET", path)) == 404


def test_a_body_at_the_limit_is_passed_on_and_a_longer_one_is_not(connect):
    assert status(connect, call(900_000) + BODY.ljust(900_000)) == 200
    assert status(connect, call(1_000_000) + BODY.ljust(1_000_000)) == 413


@pytest.mark.parametrize("sent", [b"{", b"{" * 100_000], ids=["hardly begun", "longer than a usual buffer"])
@pytest.mark.parametrize("framing", [call(900_000), head("POST", SIGN, "Transfer-Encoding: chunked") + b"fffff\r\n"])
def test_bodies_that_do_not_end_keep_no_thread_of_the_service(connect, framing, sent):
    slow = [connect() for _ in range(8)]  # twice as many as the service has threads
    try:
        for one in slow:
            one.sendall(framing + sent)
        assert status(connect, call(len(BODY)) + BODY) == 200
    finally:
        for one in slow:
            one.close()
