"""Every error is an OperationOutcome with the path to the fault, and never a value of the request."""

from __future__ import annotations

import logging

import orjson
import pytest
from flask import abort
from werkzeug.test import EnvironBuilder, run_wsgi_app

from cds_service.log_lines import LOGGER, JsonLines
from tests.cds_service import fakes
from tests.cds_service.fakes import CANARY, FEEDBACK, SIGN, context, hook_request

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
DEEP = b"[" * 100_000

ERRORS = {
    "unreadable": ("POST", SIGN, b"{", JSON, 400, "invalid"),
    "empty": ("POST", SIGN, b"", JSON, 400, "invalid"),
    "NaN": ("POST", SIGN, b'{"hook": NaN}', JSON, 400, "invalid"),
    "nested too deeply": ("POST", SIGN, DEEP, JSON, 400, "invalid"),
    "lone surrogate": ("POST", SIGN, b'{"hook": "\\ud83d"}', JSON, 400, "invalid"),
    "not UTF-8": ("POST", SIGN, b'{"hook": "\xe9"}', JSON, 400, "invalid"),
    "not an object": ("POST", SIGN, b"[1]", JSON, 400, "invalid"),
    "wrong hook": ("POST", SIGN, orjson.dumps(hook_request(hook="patient-view")), JSON, 400, "invalid"),
    "no patient": ("POST", SIGN, orjson.dumps(context(patientId=...)), JSON, 400, "invalid"),
    "feedback unreadable": ("POST", FEEDBACK, b"{", JSON, 400, "invalid"),
    "feedback empty": ("POST", FEEDBACK, b"", JSON, 400, "invalid"),
    "calculator unreadable": ("POST", "/mme", b"{", JSON, 400, "invalid"),
    "calculator deep": ("POST", "/mme", DEEP, JSON, 400, "invalid"),
    "calculator empty": ("POST", "/mme", b"", JSON, 400, "invalid"),
    "calculator wrong table": ("POST", "/mme?table=x", b"{}", JSON, 400, "invalid"),
    "unknown address": ("GET", "/nowhere", b"", None, 404, "not-found"),
    "unknown service": ("POST", "/cds-services/x", b"{}", JSON, 404, "not-found"),
    "unknown service's feedback": ("POST", "/cds-services/x/feedback", b"{}", JSON, 404, "not-found"),
    "address that is not text": ("GET", "/%ff%fe", b"", None, 404, "not-found"),
    "dots in the address": ("GET", "/static/../../etc/passwd", b"", None, 404, "not-found"),
    "GET a service": ("GET", SIGN, b"", None, 405, "not-supported"),
    "PUT a service": ("PUT", SIGN, b"{}", JSON, 405, "not-supported"),
    "DELETE discovery": ("DELETE", "/cds-services", b"", None, 405, "not-supported"),
    "POST discovery": ("POST", "/cds-services", b"{}", JSON, 405, "not-supported"),
    "GET the calculator": ("GET", "/mme", b"", None, 405, "not-supported"),
    "TRACE": ("TRACE", "/mme", b"", None, 405, "not-supported"),
    "nothing to judge": ("POST", SIGN, orjson.dumps(context(patientId="needs-more")), JSON, 412, "required"),
    "too long": ("POST", SIGN, b" " * 3_000_000, JSON, 413, "too-long"),
    "too long for the page": ("POST", "/try", b"body=" + b"x" * 3_000_000, FORM, 413, "too-long"),
    "XML": ("POST", SIGN, b"<a/>", "application/fhir+xml", 415, "not-supported"),
    "form": ("POST", "/mme", b"a=1", FORM, 415, "not-supported"),
    "senseless": ("POST", SIGN, orjson.dumps(context(patientId="senseless")), JSON, 422, "processing"),
    "calculator without orders": ("POST", "/mme", b"{}", JSON, 422, "processing"),
    "a fault of ours": ("POST", SIGN, orjson.dumps(context(patientId="breaks")), JSON, 500, "exception"),
}


@pytest.fixture
def limited(make_app):
    return make_app("[limits]\nbody_megabytes = 2")


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS)
def test_every_error_is_an_operation_outcome_with_the_headers_for_browsers(limited, case):
    method, path, body, content_type, status, code = case
    answer = limited.test_client().open(
        path, method=method, data=body, content_type=content_type, headers={"Origin": "https://ehr.example.org"}
    )
    assert answer.status_code == status
    assert answer.content_type == JSON
    assert answer.json["resourceType"] == "OperationOutcome"
    assert answer.json["issue"]
    for issue in answer.json["issue"]:
        assert issue["severity"] == "error"
        assert issue["code"] == code
        assert issue["diagnostics"]
    assert "<" not in answer.text.replace("<file>", "")
    assert "Traceback" not in answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_method_is_told_the_right_ones(client):
    assert set(client.get(SIGN).headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_every_fault_of_a_body_is_an_issue_that_names_its_path_in_words_and_for_machines(client):
    body = context(patientId=...)
    del body["hookInstance"]
    issues = client.post(SIGN, json=body).json["issue"]
    assert [issue["expression"] for issue in issues] == [["context.patientId"], ["hookInstance"]]
    assert all(issue["diagnostics"].startswith(f"{issue['expression'][0]}: missing") for issue in issues)


@pytest.mark.parametrize(("length", "status"), [(2 * 2**20, 200), (2 * 2**20 + 1, 413), (6_000_000, 413)])
def test_a_body_is_limited_with_and_without_a_stated_length(limited, length, status):
    body = orjson.dumps(hook_request()).ljust(length)
    assert limited.test_client().post(SIGN, data=body, content_type=JSON).status_code == status
    environ = EnvironBuilder(path=SIGN, method="POST", data=body, content_type=JSON).get_environ()
    del environ["CONTENT_LENGTH"]
    environ["wsgi.input_terminated"] = True
    _, answered, _ = run_wsgi_app(limited.wsgi_app, environ, buffered=True)
    assert answered.startswith(str(status))


# ---- browsers ----


def test_a_browser_that_asks_first_is_told_of_an_address_that_there_is_not(client):
    answer = client.options("/no-such-address", headers={"Origin": "https://ehr.example.org"})
    assert (answer.status_code, answer.json["resourceType"]) == (404, "OperationOutcome")


@pytest.mark.parametrize("path", ["/cds-services", SIGN, FEEDBACK, "/mme", "/healthz", "/cds-services/", f"{SIGN}/"])
def test_a_preflight_is_answered(client, path):
    asked = {
        "Origin": "https://sandbox.cds-hooks.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    answer = client.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.data == b""
    assert "Content-Type" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("", "authorization, content-type"),
        ("Content-Type", "authorization, content-type"),
        ("traceparent,X-Correlation-Id , content-type", "authorization, content-type, traceparent, x-correlation-id"),
        ("x-a b", "authorization, content-type"),
        ("x-a,,x-b", "authorization, content-type"),
        ("*", "authorization, content-type"),
        ("x" * 65, "authorization, content-type"),
        (",".join(f"x-{number}" for number in range(33)), "authorization, content-type"),
    ],
)
def test_a_page_may_send_headers_of_its_own(client, asked, allowed):
    sent = {"Origin": "https://ehr.example.org", "Access-Control-Request-Headers": asked}
    assert client.options(SIGN, headers=sent).headers["Access-Control-Allow-Headers"] == allowed


def test_a_named_origin_is_allowed_and_another_is_not(make_app):
    client = make_app('[cors]\norigins = ["https://ehr.example.org"]').test_client()
    for path, method in (("/cds-services", "GET"), ("/nowhere", "GET"), (SIGN, "GET"), (SIGN, "OPTIONS")):
        named = client.open(path, method=method, headers={"Origin": "https://ehr.example.org"})
        assert named.headers["Access-Control-Allow-Origin"] == "https://ehr.example.org"
        assert named.headers["Vary"] == "Origin"
        for origin in ("https://evil.example.org", "https://ehr.example.org.evil.org", "null"):
            other = client.open(path, method=method, headers={"Origin": origin})
            assert "Access-Control-Allow-Origin" not in other.headers
            assert "Access-Control-Allow-Methods" not in other.headers
            assert "Access-Control-Allow-Headers" not in other.headers
            assert other.headers["Vary"] == "Origin"


def test_production_asks_for_encrypted_transport_and_allows_no_origin_by_default(make_app):
    client = make_app('mode = "production"\npublic_url = "https://cds.example.org"').test_client()
    answer = client.get("/cds-services", headers={"Origin": "https://a.example.org"})
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/cds-services", "/healthz", "/readyz", "/metrics"])
def test_head_is_answered_like_get_without_a_body(client, path):
    answer = client.head(path)
    assert (answer.status_code, answer.data) == (200, b"")


# ---- nothing of a patient leaves by the side door ----

LEAKS = {
    "in a body that is not JSON": ("POST", SIGN, f'{{"{CANARY}": '.encode(), JSON),
    "in the hook": ("POST", SIGN, orjson.dumps(hook_request(hook=CANARY)), JSON),
    "in the hook instance": ("POST", SIGN, orjson.dumps(hook_request(hookInstance=CANARY)), JSON),
    "in the patient's id": ("POST", SIGN, orjson.dumps(context(patientId=CANARY)), JSON),
    "in a value of the wrong type": ("POST", SIGN, orjson.dumps(context(patientId={CANARY: CANARY})), JSON),
    "in selections": ("POST", SIGN, orjson.dumps(context(selections=[{CANARY: CANARY}, CANARY])), JSON),
    "in an unknown key": ("POST", SIGN, orjson.dumps(hook_request(**{CANARY: CANARY})), JSON),
    "in orders": ("POST", SIGN, orjson.dumps(context(draftOrders={"entry": [{"resource": {"text": CANARY}}]})), JSON),
    "in a token": (
        "POST",
        SIGN,
        orjson.dumps(hook_request(fhirServer="https://e", fhirAuthorization={"access_token": CANARY})),
        JSON,
    ),
    "in an exception": ("POST", SIGN, orjson.dumps(context(patientId="breaks")), JSON),
    "in the address": ("GET", f"/{CANARY}", b"", None),
    "in the service's id": ("POST", f"/cds-services/{CANARY}", b"{}", JSON),
    "in the query": ("POST", f"/mme?table={CANARY}&asOf={CANARY}", b"{}", JSON),
    "in an order of the calculator": ("POST", "/mme", orjson.dumps({"resourceType": CANARY, "id": CANARY}), JSON),
    "in the method": (CANARY, "/mme", b"", None),
    "in the content type": ("POST", "/mme", b"{}", f"text/{CANARY}"),
    "in feedback": (
        "POST",
        FEEDBACK,
        orjson.dumps({"feedback": [fakes.feedback_item(card={CANARY: 1}, outcome=CANARY, outcomeTimestamp=CANARY)]}),
        JSON,
    ),
    "in a feedback comment": (
        "POST",
        FEEDBACK,
        orjson.dumps({"feedback": [fakes.feedback_item(overrideReason={"userComment": CANARY})]}),
        JSON,
    ),
}


@pytest.mark.parametrize("case", LEAKS.values(), ids=LEAKS)
def test_no_value_of_a_request_reaches_logs_errors_or_metrics(client, caplog, capfd, tmp_path, case):
    method, path, body, content_type = case
    caplog.set_level(logging.DEBUG)
    answer = client.open(
        path,
        method=method,
        data=body,
        content_type=content_type,
        headers={"Authorization": f"Bearer {CANARY}", "User-Agent": CANARY, "Referer": f"https://x/{CANARY}"},
    )
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(record.name == LOGGER for record in caplog.records)
    assert CANARY not in "\n".join(lines)
    assert CANARY not in caplog.text
    captured = capfd.readouterr()
    assert CANARY not in captured.out + captured.err
    assert CANARY not in client.get("/metrics").text
    assert all(CANARY.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_fault_of_ours_is_logged_by_type_and_place(client, caplog):
    caplog.set_level(logging.INFO)
    client.post(SIGN, json=context(patientId="breaks"))
    line = orjson.loads(JsonLines().format(caplog.records[-1]))
    assert line["level"] == "error"
    assert line["status"] == 500
    assert line["failure"] == "builtins.ValueError"
    assert "tests.cds_service.fakes.answer:" in line["place"]


# ---- errors that other parts raise ----


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "login"), (403, "forbidden"), (406, "not-supported"), (409, "processing"), (502, "exception"),
     (503, "transient")],
)  # fmt: skip
def test_every_status_has_its_outcome(app, status, code):
    app.add_url_rule("/raises", view_func=lambda: abort(status, description=CANARY))
    answer = app.test_client().get("/raises")
    assert (answer.status_code, answer.content_type) == (status, JSON)
    assert answer.json["issue"][0]["code"] == code
    assert CANARY not in answer.text
