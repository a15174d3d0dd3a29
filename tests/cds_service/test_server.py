"""The real server, as `opioid-cds serve` starts it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson
import pytest

from tests.cds_service.fakes import SIGN, hook_request
from tests.cds_service.test_routes import OXYCODONE

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-c", "from cds_service.cli import main; main()", "serve")
JSON = {"Content-Type": "application/json"}
MEGABYTE = 2**20
PATIENCE = 90
"""Seconds for a start, or an end, on a machine that has much else to do."""

pytestmark = pytest.mark.xdist_group("server")  # one server, however many processes test


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        # A server may refuse a body before the whole of it was sent; its answer can be read all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, body, JSON if body is not None else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def serving(folder: Path, toml: str = "") -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    (folder / "cds.toml").write_text(toml, encoding="utf-8")
    port = free_port()
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    without_input = ("sh", "-c", 'exec "$@" <&-', "sh")  # as some supervisors start it
    command = [*without_input, *COMMAND, "--port", str(port), "--config", "cds.toml"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                assert ask(port, "GET", "/cds-services")[0] == 200
                break
            except OSError:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, (folder / "log").read_text()
                time.sleep(0.02)
        yield process, port
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(PATIENCE)


def wait_for_workers(folder: Path, number: int) -> None:
    """A worker that is told to end while it starts does not hear it, and is killed later."""
    deadline = time.monotonic() + PATIENCE
    while (folder / "log").read_text().count("Started worker") < number:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[int]:
    """A server with several workers, which all end well."""
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, "[limits]\nbody_megabytes = 1\n[server]\nworkers = 3") as (process, port):
        wait_for_workers(folder, 3)
        yield port
        process.terminate()
        assert process.wait(PATIENCE) == 0


def test_it_is_alive_and_ready(server):
    assert ask(server, "GET", "/healthz") == (200, b'{"status":"alive"}')
    assert ask(server, "GET", "/readyz") == (200, b'{"status":"ready"}')


def test_it_calculates(server):
    status, body = ask(server, "POST", "/mme", orjson.dumps(OXYCODONE))
    assert (status, orjson.loads(body)["mmePerDay"]["maximum"]) == (200, 120.0)


def test_it_answers_a_hook_with_cards(server):
    status, body = ask(server, "POST", SIGN, orjson.dumps(hook_request()))
    assert status == 200
    assert isinstance(orjson.loads(body)["cards"], list)


@pytest.mark.parametrize(("length", "status"), [(MEGABYTE, 200), (MEGABYTE + 1, 413), (3 * MEGABYTE, 413)])
def test_it_limits_a_body_with_and_without_a_stated_length(server, length, status):
    body = orjson.dumps(hook_request()).ljust(length)
    chunks = (body[start : start + 65_536] for start in range(0, length, 65_536))
    assert ask(server, "POST", SIGN, body)[0] == status
    assert ask(server, "POST", SIGN, chunks)[0] == status


def test_it_speaks_one_version_of_http_alone(server):
    """While it waits to learn which, a caller that says nothing is never sent away, and a thousand hold a worker."""
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes.fromhex("000000 04 00 00000000")
    with socket.create_connection(("127.0.0.1", server), timeout=20) as caller, suppress(ConnectionResetError):
        caller.sendall(preface)
        assert not caller.recv(65_536).startswith(b"\0\0"), "it answers in frames"


def test_it_ends_when_told_and_answers_what_is_under_way(tmp_path):
    with serving(tmp_path) as (process, port):
        process.send_signal(signal.SIGHUP)  # changes nothing: it is no way to take over settings
        body = orjson.dumps(hook_request())
        with socket.create_connection(("127.0.0.1", port), timeout=20) as under_way:
            head = f"POST {SIGN} HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"
            under_way.sendall("\r\n".join((*head, "", "")).encode() + body[:10])
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            under_way.sendall(body[10:])
            assert under_way.recv(65_536).startswith(b"HTTP/1.1 200")
        assert process.wait(PATIENCE) == 0
    log = [orjson.loads(line) for line in (tmp_path / "log").read_bytes().splitlines()]
    events = [line["event"] for line in log]
    assert f"Listening at: http://127.0.0.1:{port}" in events, "each line is JSON"
    assert [event.count("worker-1") for event in events if event.startswith("Spawning")] == [1]
    assert [event for event in events if event.startswith("hang-up")] != []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="nobody tells a worker elsewhere")
def test_workers_end_with_the_main_process_that_was_killed(tmp_path):
    """What is left alone would hold the port, and answer from it."""
    with serving(tmp_path, "[server]\nworkers = 2") as (process, port):
        wait_for_workers(tmp_path, 2)
        process.kill()
        assert process.wait(PATIENCE) == -signal.SIGKILL
        deadline = time.monotonic() + PATIENCE
        while is_listened_at(port):
            assert time.monotonic() < deadline, "workers go on"
            time.sleep(0.05)


def is_listened_at(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


def test_several_workers_share_the_database_and_their_metrics(server):
    def ready() -> float:
        lines = ask(server, "GET", "/metrics")[1].decode().splitlines()
        told = 'opioid_cds_requests_total{route="/readyz",status="200"} '
        return sum(float(line.removeprefix(told)) for line in lines if line.startswith(told))

    before = ready()
    for _ in range(12):
        assert ask(server, "GET", "/readyz")[0] == 200
    assert ready() - before == 12
