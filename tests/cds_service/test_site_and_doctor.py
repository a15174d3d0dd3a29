"""The integration sheet and the check-up from outside, as an analyst and an operator use them."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat

import orjson
import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from cds_service import checkup, checkup_calls, cli
from cds_service.settings import load
from cds_service.site_sheet import kinds
from hooks.cards import override_reasons
from opioids.recommendations import Topic
from tests.cds_service.test_outbound import certificate

PUBLIC = 'public_url = "https://cds.hospital.example"\n'


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPIOID_CDS_CONFIG", raising=False)
    monkeypatch.setenv("OPIOID_CDS_DATABASE__URL", f"sqlite:///{tmp_path / 'doctor.sqlite3'}")
    return lambda *arguments, **more: CliRunner().invoke(cli.main, arguments, **more)


@pytest.fixture
def sheet(run, tmp_path):
    """The sheet of a service with these settings."""

    def printed(toml: str = "", kind: str = "generic"):
        (tmp_path / "cds.toml").write_text(toml, encoding="utf-8")
        return run("site", kind, "--config", "cds.toml")

    return printed


@pytest.fixture
def app(put_up, tmp_path):
    return put_up(load(environ={"OPIOID_CDS_DATABASE__URL": f"sqlite:///{tmp_path / 'a.sqlite3'}"}))


@contextmanager
def served(application: Callable[..., object]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def doctor(run):
    """What the doctor says of whatever stands at the address."""

    def examined(application, *options: str, **more):
        with served(application) as url:
            return run("doctor", url, *options, **more)

    return examined


def answering(status: str, body, *headers: tuple[str, str]):
    """Something that answers everything so."""

    def answer(_environ, start_response):
        start_response(status, [("Content-Type", "application/json"), *headers])
        return [body] if isinstance(body, bytes) else body

    return answer


def noting(app, noted: Callable[[dict], object]):
    """The service, with whatever calls it told beforehand."""

    def told(environ, start):
        noted(environ)
        return app(environ, start)

    return told


# ---- the sheet ----


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_sheet_holds_every_address_topic_and_reason_to_type_in(sheet, kind):
    result = sheet(PUBLIC, kind)
    assert result.exit_code == 0, result.output
    assert "https://cds.hospital.example/cds-services/opioid-patient-view\n" in result.output
    assert "https://cds.hospital.example/cds-services/opioid-patient-view/feedback\n" in result.output
    assert "`MedicationRequest?patient={{context.patientId}}&status=active`" in result.output
    for topic in Topic:
        assert f"- `{topic.value}`" in result.output
    for reasons in override_reasons().values():
        for code, words in reasons.items():
            assert f"  - `{code}`: {words}" in result.output
    assert f'profile = "{kind}"' in result.output


def test_only_the_hooks_that_an_ehr_calls_are_on_its_sheet(run):
    assert "opioid-order-sign" not in run("site", "oracle-health").output
    assert "medication-prescribe" not in run("site", "epic").output
    assert "/opioid-medication-prescribe\n" in run("site", "generic").output


SWITCHED = "[services.opioid-order-select]\nenabled = false\n[services.opioid-order-sign]\nshadow = true\n"
CLIENT = '[[auth.clients]]\nissuer = "https://ehr.example"\njwks_url = "https://ehr.example/keys"\nprofile = "epic"\n'


@pytest.mark.parametrize(
    ("toml", "said", "not_said"),
    [
        (SWITCHED, "opioid-order-sign (in shadow", "opioid-order-select"),
        ('[discovery]\nleave_out = ["medicationOrders"]\n', "- `medications`: ", "- `medicationOrders`: "),
        ("", "- `medicationOrders`: ", "`public_url` is not set"),
        (CLIENT, "`iss` https://ehr.example; keys https://ehr.example/keys", "no client is configured"),
        ("[snooze]\ndays = 14\n", "ask again in 2 weeks", "ask again in 3 months"),
    ],
    ids=["services that are switched", "a key left out", "every key", "a client", "how long a reason holds"],
)
def test_the_sheet_says_what_the_settings_say(sheet, toml, said, not_said):
    output = sheet(PUBLIC + toml).output
    assert said in output
    assert not_said not in output


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[formulary]\nndc_file = "none.csv"\n', "cds.toml:2: formulary.ndc_file: none.csv: No such file or directory"),
        ('[guideline]\nprofile = "none"\n', "cds.toml:2: guideline.profile: unknown; known here: "),
    ],
)
def test_the_sheet_is_that_of_a_service_that_would_start(sheet, toml, said):
    result = sheet(toml)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(said)


def test_a_missing_public_address_is_said_at_the_top(run):
    assert "`public_url` is not set" in "\n".join(run("site", "generic").output.splitlines()[:4])


def test_the_test_request_on_the_sheet_answers_what_the_sheet_says(sheet, app):
    (sent,) = re.findall(r"curl https://cds\.hospital\.example/cds-services/opioid-order-sign .*-d '([^']*)'",
                         sheet(PUBLIC).output, re.DOTALL)  # fmt: skip
    answer = app.test_client().post("/cds-services/opioid-order-sign", json=orjson.loads(sent))
    assert any("142.5 MME/day" in card["summary"] for card in answer.get_json()["cards"])


# ---- the doctor ----


def test_a_sound_deployment_is_found_sound(doctor, app):
    result = doctor(app)
    assert result.exit_code == 0, result.output
    assert "fine  worked case: " in result.output
    assert "142.5 MME/day" in result.output
    assert "WRONG" not in result.output


def test_the_doctor_goes_straight_to_the_address_with_the_token_that_it_was_given(doctor, tmp_path, monkeypatch, app):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    sent = set()
    noted = noting(app, lambda environ: sent.add(environ.get("HTTP_AUTHORIZATION")))
    assert doctor(noted, "--token", "given").exit_code == 0
    assert sent == {"Bearer given", None}


def test_services_in_shadow_are_told(doctor, tmp_path, put_up):
    environ = {
        "OPIOID_CDS_DATABASE__URL": f"sqlite:///{tmp_path / 'a.sqlite3'}",
        "OPIOID_CDS_SERVICES__OPIOID_ORDER_SIGN__SHADOW": "true",
    }
    said = doctor(put_up(load(environ=environ))).output
    assert "note  worked case: no card: the service is in shadow" in said


class Stranger(BaseHTTPRequestHandler):
    """Something else that listens at the address: answers everything with a page."""

    def do_GET(self):
        page = b"<html>Welcome to nginx</html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_OPTIONS(self):
        self.send_error(501)

    def log_message(self, *_arguments):
        """Says nothing."""


@contextmanager
def strangers() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        yield server
        server.shutdown()


def listening(server: ThreadingHTTPServer) -> int:
    """Begins to answer, and gives the port."""
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server.server_port


def test_every_fault_of_something_else_at_the_address_is_named(run):
    with strangers() as server:
        result = run("doctor", f"http://127.0.0.1:{listening(server)}")
    assert result.exit_code == 1
    wrong = [line.split(":")[0] for line in result.output.splitlines() if line.startswith("WRONG")]
    expected = ["discovery", "worked case", "preflight", "unreadable body", "unknown service", "wrong method"]
    assert [name.removeprefix("WRONG ") for name in wrong] == ["/healthz", "/readyz", *expected]
    assert result.output.splitlines()[-1] == "8 wrong"


ODD = {
    "nested as deep as it goes": answering("200 OK", b"[" * 100_000),
    "half a character": answering("200 OK", b'{"services": [{"id": "\\ud800", "hook": "x"}]}'),
    "colours for a terminal": answering("500 Oh", b'{"issue": [{"diagnostics": "\\u001b[31mred"}]}'),
    "a number of issues": answering("500 Oh", b'{"issue": 5}'),
    "a redirect to no address": answering("302 Found", b"", ("Location", "http://[::1")),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_whatever_stands_at_the_address_is_looked_at_to_the_end(doctor, odd):
    result = doctor(odd, color=True)
    assert result.exit_code == 1, result.exception
    assert re.search(r"^\d+ wrong$", result.output.splitlines()[-1])
    assert "\x1b" not in result.output


def test_an_answer_without_an_end_is_not_waited_for(doctor, monkeypatch):
    monkeypatch.setattr(checkup_calls, "MOST_BYTES", 1_000_000)
    result = doctor(answering("200 OK", repeat(b" " * 65_536)))
    assert (result.exit_code, result.output) == (2, "127.0.0.1: an answer that does not end\n")


@pytest.mark.parametrize(
    ("path", "status", "body", "said"),
    [
        ("no-such-service", "404 Not Found", b"<html>not found</html>", "unknown service: 404 with something else"),
        ("no-such-service", "500 Oh", b'{"resourceType": "OperationOutcome"}', "unknown service: 500 with Oper"),
        ("readyz", "503 Service Unavailable", b"", "/readyz: answers 503"),
    ],
)
def test_an_answer_that_is_not_the_services_own_is_wrong(doctor, app, path, status, body, said):
    other = answering(status, body)
    result = doctor(lambda environ, start: (other if environ["PATH_INFO"].endswith(path) else app)(environ, start))
    assert result.exit_code == 1
    assert f"WRONG {said}" in result.output


def test_what_stands_in_front_of_the_service_is_told_by_what_it_changes(run, app, monkeypatch):
    """Each change alone in a line: a probe that is sent on, one that is hidden, headers that are lost or echoed."""
    monkeypatch.setattr(checkup, "SLOW_SECONDS", 0.0)

    def changed(environ, start_response):
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]

        def start(status, headers, *more):
            kept = [one for one in headers if one[0] not in ("Referrer-Policy", "Access-Control-Allow-Origin")]
            if path == "/cds-services":
                kept.append(("Referrer-Policy", "unsafe-url"))
            if method == "OPTIONS":
                kept.append(("Access-Control-Allow-Origin", environ["HTTP_ORIGIN"]))
            return start_response(status, kept, *more)

        others = {
            "/healthz": answering("302 Found", b"", ("Location", "/readyz")),
            "/readyz": answering("404 Not Found", b""),
            "/cds-services/no-such-service": answering("404 Not Found", b'{"resourceType": "Bundle"}'),
        }
        return others[path](environ, start_response) if path in others else app(environ, start)

    with served(changed) as url:
        said = run("doctor", url.replace("127.0.0.1", "localhost")).output
    assert "note  transport: plain http on this machine" in said
    assert "WRONG /healthz: redirects" in said
    assert "note  /readyz: hidden from outside" in said
    assert "WRONG headers: not as the service sends them: Referrer-Policy; does a proxy change them?" in said
    assert "note  preflight: pages of any origin may call" in said
    assert "WRONG unknown service: 404 with Bundle, expected 404 with an OperationOutcome" in said
    assert re.search(r"^WRONG time: \d+ ms for one call", said, re.MULTILINE)
    assert "note  /metrics: can be read from here" in said


def test_a_worked_case_that_comes_to_something_else_is_not_fine(doctor):
    output = doctor(answering("200 OK", b'{"cards": [{"summary": "1425 MME/day with this order"}]}')).output
    assert "note  worked case: 1 cards, none says 142.5 MME/day: is another conversion table" in output


def test_a_deployment_that_offers_nothing_is_wrong(doctor):
    nothing = answering("200 OK", b'{"services": []}', *checkup.SAFETY_HEADERS.items())
    result = doctor(nothing)
    assert "WRONG discovery: no service is enabled" in result.output
    assert result.exit_code == 1


def test_an_address_that_takes_calls_and_says_nothing_is_given_up(run, monkeypatch):
    monkeypatch.setattr(checkup_calls, "SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        late = threading.Timer(5, silent.close)
        late.start()
        result = run("doctor", f"http://127.0.0.1:{silent.getsockname()[1]}")
        late.cancel()
    assert (result.exit_code, result.output) == (2, "127.0.0.1: no answer within 0.05 s\n")


def test_the_doctor_asks_for_json_unless_it_looks_for_a_page(run, app):
    asked, addresses = set(), set()

    def note(environ):
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/opioids")
        asked.add((environ["PATH_INFO"] == "/", environ.get("HTTP_ACCEPT")))
        addresses.add(environ["RAW_URI"])

    with served(noting(app, note)) as url:
        assert run("doctor", f"{url}/opioids/").exit_code == 0
    assert asked == {(True, "text/html"), (False, "application/json")}
    assert "/opioids/readyz" in addresses
    assert not any("//" in one for one in addresses)


def outcome(**issue: str) -> bytes:
    return orjson.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", **issue}]})


def test_what_an_answer_says_is_told_up_to_a_length(doctor):
    broken = answering("500 Internal Server Error", outcome(code="exception", diagnostics="x" * 1000))
    output = doctor(broken).output
    assert f"answers 500: {'x' * 300}\n" in output
    assert "x" * 301 not in output


def test_refused_calls_are_told_as_such(doctor):
    refusing = answering("401 Unauthorized", outcome(code="login"))
    assert "note  worked case: callers must prove who they are" in doctor(refusing).output
    assert "WRONG worked case: the token given is refused" in doctor(refusing, "--token", "x.y.z").output


def test_a_certificate_of_the_hospitals_own_is_trusted_where_it_is_named(run, tmp_path):
    file = certificate(tmp_path, "localhost")
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secured.load_cert_chain(file)
    with strangers() as server:
        server.socket = secured.wrap_socket(server.socket, server_side=True)
        url = f"https://localhost:{listening(server)}"
        trusting, other = run("doctor", url, "--ca-file", str(file)), run("doctor", url)
    assert trusting.output.startswith("fine  transport: TLS with a certificate that is trusted here\n")
    untrusted = "localhost: its certificate is not trusted (--ca-file: whom to trust), or TLS failed\n"
    assert (other.exit_code, other.output) == (2, untrusted)


def test_the_doctors_token_can_stand_in_the_environment_where_no_list_of_processes_shows_it(doctor, monkeypatch):
    monkeypatch.setenv("OPIOID_CDS_DOCTOR_TOKEN", "of-the-environment")
    sent = set()
    doctor(noting(answering("401 Unauthorized", b""), lambda environ: sent.add(environ.get("HTTP_AUTHORIZATION"))))
    assert "Bearer of-the-environment" in sent


NO_ADDRESSES = [
    *("cds.example.org", "ftp://cds.example.org", "https://", "http://[::1", "http://h:99999", "http://h:x"),
    *("https://cds.example.org/?a=b", "https://cds.example.org/#a"),
]


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_a_mistake_of_usage(run, url):
    result = run("doctor", url)
    assert result.exit_code == 2
    assert result.stderr == "expected an address such as https://cds.example.org\n"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        *((f"{scheme}://127.0.0.1:1", "127.0.0.1: no connection") for scheme in ("http", "https")),
        *(
            (f"https://{host}", f"{host}: no answer that can be read")
            for host in ("cds..example.org", "a" * 64 + ".example.org", "%zz")
        ),
    ],
    ids=lambda one: one[:40],
)
def test_where_nothing_answers_or_nothing_can_it_ends_with_2(run, url, said):
    result = run("doctor", url)
    assert (result.exit_code, result.output) == (2, f"{said}\n")
