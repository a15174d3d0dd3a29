"""Connections: where they go, that they are ended in time, and TLS."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cds_service.addresses import AddressPolicy
from cds_service.errands import Deadline, Errand, ErrandPool
from cds_service.outbound import Answer, Fault, Outbound, Unanswered
from tests.cds_service import fhir_server as fake

LOOPBACK = AddressPolicy(networks=(ip_network("127.0.0.0/8"),))


def get(outbound: Outbound, url: str, seconds: float = 5.0, most_bytes: int = 1000) -> Answer:
    return outbound.get(url, Errand(Deadline.after(seconds)), headers={}, most_bytes=most_bytes)


def fault(outbound: Outbound, url: str, seconds: float = 5.0, most_bytes: int = 1000) -> Fault:
    with pytest.raises(Unanswered) as caught:
        get(outbound, url, seconds, most_bytes)
    return caught.value.fault


@pytest.fixture
def server() -> Iterator[fake.FhirServer]:
    with fake.running() as server:
        server.on("x", {"resourceType": "Basic"})
        yield server


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(server):
    outbound = Outbound(policy=AddressPolicy(), resolver=lambda *_: ["127.0.0.1"])
    assert fault(outbound, f"http://ehr.example.org:{server.port}/fhir/x") is Fault.FORBIDDEN_ADDRESS
    assert server.seen == []


def test_a_name_in_a_listed_network_is_and_the_server_is_told_the_name(server):
    outbound = Outbound(policy=LOOPBACK, resolver=lambda *_: ["127.0.0.1"])
    assert get(outbound, f"http://ehr.example.org:{server.port}/fhir/x").status == 200
    assert server.seen[0].headers["Host"] == f"ehr.example.org:{server.port}"


def test_a_name_that_changes_its_address_between_look_and_call_is_only_looked_up_once(server):
    asked = []

    def rebinding(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    outbound = Outbound(policy=LOOPBACK, resolver=rebinding)
    assert get(outbound, f"http://ehr.example.org:{server.port}/fhir/x").status == 200
    assert asked == ["ehr.example.org"]


def test_the_next_address_is_tried_when_one_does_not_answer(server):
    outbound = Outbound(policy=LOOPBACK, resolver=lambda *_: ["127.0.0.9", "127.0.0.1"])
    assert get(outbound, f"http://ehr.example.org:{server.port}/fhir/x").status == 200


def test_a_name_that_does_not_exist_is_a_failed_connection():
    def unknown(*_: object) -> list[str]:
        raise OSError("no such host")

    assert fault(Outbound(policy=LOOPBACK, resolver=unknown), "http://ehr.example.org/x") is Fault.CONNECTION
    assert fault(Outbound(policy=None, resolver=lambda *_: []), "http://ehr.example.org/x") is Fault.CONNECTION


def test_connections_are_kept_open_between_calls(server):
    outbound = Outbound(policy=AddressPolicy())
    for _ in range(3):
        get(outbound, f"{server.base}/x")
    assert len({one.connection for one in server.seen}) == 1


@pytest.mark.parametrize("kept_open", [True, False])
def test_a_connection_is_ended_from_outside_whatever_the_server_does(server, kept_open):
    outbound = Outbound(policy=AddressPolicy())
    if kept_open:
        get(outbound, f"{server.base}/x")
    server.on("slow", fake.drip(server, b"HTTP/1.1 200 OK\r\nX: "))
    errand, found = Errand(Deadline.after(60)), []
    thread = Thread(target=lambda: found.append(_faulted(outbound, f"{server.base}/slow", errand)))
    thread.start()
    assert eventually(lambda: "slow" in server.paths)
    errand.end()
    thread.join(fake.LONGEST_WAIT / 2)
    assert found == [Fault.TIMEOUT]
    assert len({one.connection for one in server.seen}) == 1


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + fake.LONGEST_WAIT
    while not holds() and time.monotonic() < until:
        time.sleep(0.005)
    return holds()


@pytest.mark.parametrize(("size", "most", "fits"), [(999, 1000, True), (1000, 1000, True), (1001, 1000, False)])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_is_as_long_as_allowed_and_no_longer(server, size, most, fits, packed):
    server.on("y", fake.zipped(b"x" * size) if packed else fake.body(b"x" * size))
    outbound = Outbound(policy=AddressPolicy())
    if fits:
        assert len(get(outbound, f"{server.base}/y", most_bytes=most).body) == size
    else:
        assert fault(outbound, f"{server.base}/y", most_bytes=most) is Fault.TOO_LARGE


def test_what_an_error_has_to_say_is_not_read(server):
    server.on("y", fake.body(b"x" * 1000, 500))
    answer = get(Outbound(policy=AddressPolicy()), f"{server.base}/y", most_bytes=10)
    assert (answer.status, answer.body) == (500, b"")


def test_a_connection_that_is_made_after_the_work_was_ended_is_shut_down_at_once():
    ours, theirs = socket.socketpair()
    errand = Errand(Deadline.after(60))
    errand.end()
    with ours, theirs:
        theirs.settimeout(fake.LONGEST_WAIT)
        errand.uses(ours)
        assert theirs.recv(1) == b""
    errand.leaves()


def test_a_deadline_that_has_passed_leaves_no_time_and_a_shorter_one_comes_first():
    clock = iter([0.0, 5.0, 1.0, 1.0, 1.0]).__next__
    assert Deadline.after(3, clock).remaining() == 0
    until = Deadline.after(3, lambda: 1.0)
    assert [until.at_most(length).remaining() for length in (2, 3, 4)] == [2, 3, 3]


def test_work_that_waited_too_long_for_a_thread_is_not_begun():
    pool, gate, taken, begun = ErrandPool(1), Event(), Event(), []

    def occupying(_: Errand) -> bool:
        taken.set()
        return gate.wait(fake.LONGEST_WAIT)

    thread = Thread(target=lambda: pool.run({"a": occupying}, Deadline.after(60)))
    thread.start()
    assert taken.wait(fake.LONGEST_WAIT)
    assert pool.run({"b": begun.append}, Deadline.after(0.02)) == {}
    gate.set()
    thread.join()
    assert pool.run({"c": lambda _: "done"}, Deadline.after(fake.LONGEST_WAIT)) == {"c": "done"}
    assert begun == []


def test_what_a_work_has_when_its_time_is_up_is_not_lost_where_it_counts_in_parts():
    gate, counts, tells_more = Event(), Event(), Event()

    def endless(begun: Event) -> Callable[[Errand], str]:
        def work(errand: Errand) -> str:
            errand.so_far = "a part"
            begun.set()
            gate.wait(fake.LONGEST_WAIT)
            return "the whole"

        return work

    # Time is up once both are under way, however long a busy machine takes for that.
    deadline = Deadline.after(5.0, lambda: 60.0 if counts.is_set() and tells_more.is_set() else 0.0)
    works = {"counts": endless(counts), "tells more": endless(tells_more)}
    assert ErrandPool(2).run(works, deadline, beside={"tells more"}) == {"counts": "a part"}
    gate.set()


def test_a_fault_of_the_program_is_not_hidden():
    def broken(_: Errand) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ErrandPool(1).run({"a": broken}, Deadline.after(fake.LONGEST_WAIT))


# ---- TLS ----


def certificate(folder: Path, name: str) -> Path:
    """A certificate for a name, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


@contextmanager
def over_tls(file: Path, wait: Event | None = None) -> Iterator[int]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if wait is not None:
                wait.wait(fake.LONGEST_WAIT)
            fake.body(b"{}")(self)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Callers that do not trust the certificate hang up."""

    with Server(("127.0.0.1", 0), Answering) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server.server_address[1]
        if wait is not None:
            wait.set()
        server.shutdown()
        thread.join()


def resolver(*_: object) -> list[str]:
    return ["127.0.0.1"]


def test_a_server_is_trusted_by_its_certificate_for_its_own_name_only(tmp_path):
    file = certificate(tmp_path, "ehr.example.org")
    with over_tls(file) as port:
        trusting = Outbound(policy=LOOPBACK, ca_file=str(file), resolver=resolver)
        assert get(trusting, f"https://ehr.example.org:{port}/x").status == 200
        assert fault(trusting, f"https://other.example.org:{port}/x") is Fault.INSECURE
        assert (
            fault(Outbound(policy=LOOPBACK, resolver=resolver), f"https://ehr.example.org:{port}/x") is Fault.INSECURE
        )


def test_a_late_answer_over_tls_is_ended_in_time(tmp_path):
    file, wait = certificate(tmp_path, "ehr.example.org"), Event()
    with over_tls(file, wait) as port:
        outbound = Outbound(policy=LOOPBACK, ca_file=str(file), resolver=resolver)
        began = time.monotonic()
        assert ErrandPool(1).run(
            {"a": lambda errand: _faulted(outbound, f"https://ehr.example.org:{port}/x", errand)}, Deadline.after(0.3)
        ) in ({}, {"a": Fault.TIMEOUT})
        assert time.monotonic() - began < fake.LONGEST_WAIT / 2


def _faulted(outbound: Outbound, url: str, errand: Errand) -> Fault | None:
    try:
        outbound.get(url, errand, headers={}, most_bytes=10)
    except Unanswered as error:
        return error.fault
    return None


# ---- waiting ----


def looks(*, gives_up_at: int | None = None, done: bool = False) -> tuple[list[int], dict[str, str]]:
    """How many had to wait together at each look, and what came of two works of which one never ends."""
    asked: list[int] = []

    def gives_up(least: int) -> bool:
        asked.append(least)
        return least == gives_up_at

    released = Event()

    def late(_: Errand) -> str:
        released.wait(fake.LONGEST_WAIT)
        return "too late"

    works: dict[str, Callable[[Errand], str]] = {"late": late, "done": lambda _: "y"}
    chosen = works if done else {"late": late}
    found = ErrandPool(2).run(chosen, Deadline.after(0.2), gives_up=gives_up)
    released.set()
    return asked, found


def test_a_crowd_is_asked_about_first_and_a_few_later():
    assert looks() == ([16, 2], {})
    assert looks(gives_up_at=16) == ([16], {})
    assert looks(done=True) == ([], {"done": "y"}), "the server answers"
