"""The addresses over HTTP: discovery, services, calculator, health, readiness and metrics."""

from __future__ import annotations

import gzip
import json
import sqlite3
import time
from datetime import date, timedelta

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from cds_service.app import local_now
from cds_service.settings_guideline import PrefetchKey
from hooks.evaluation import PREFETCH
from hooks.service import Call
from tests.cds_service import fakes
from tests.cds_service.fakes import SIGN, context, hook_request
from tests.cds_service.hospital import opened
from tests.hooks.orders import bundle, order

SERVICE_IDS = [f"opioid-{hook}" for hook in fakes.HOOKS]

OXYCODONE = order("a", "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet", authoredOn=...)


@pytest.mark.parametrize("path", ["/cds-services", "/healthz", "/no-such-address"])
def test_no_answer_may_be_framed_guessed_at_or_kept(client, path):
    headers = client.get(path).headers
    told = ("X-Frame-Options", "X-Content-Type-Options", "Cache-Control", "Referrer-Policy")
    assert [headers[name] for name in told] == ["DENY", "nosniff", "no-store", "no-referrer"]
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("path", ["/", "/about", "/explain/x", "/static/page.css", "/no-such-address"])
def test_no_header_stands_twice(client, path):
    """Browsers obey both of two policies: under that of other answers a page is without its stylesheet."""
    names = [name for name, _ in client.get(path, headers={"Accept": "text/html"}).headers]
    assert sorted(names) == sorted(set(names))


# ---- discovery ----


def test_discovery_lists_the_four_services(client):
    answer = client.get("/cds-services")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert [service["id"] for service in answer.json["services"]] == SERVICE_IDS


def test_a_service_that_is_switched_off_is_neither_listed_nor_found(make_app):
    client = make_app("[services.opioid-order-sign]\nenabled = false").test_client()
    assert "opioid-order-sign" not in [service["id"] for service in client.get("/cds-services").json["services"]]
    assert client.post(SIGN, json=hook_request()).status_code == 404


def test_the_advertised_version_can_be_set(make_app):
    client = make_app('[discovery]\nversion = "3.0.0"').test_client()
    assert {service["version"] for service in client.get("/cds-services").json["services"]} == {"3.0.0"}


def test_prefetch_keys_can_be_left_out_of_discovery_and_are_understood_all_the_same(make_app):
    client = make_app('[discovery]\nleave_out = ["medicationOrders", "encounter"]', services=None).test_client()
    for service in client.get("/cds-services").json["services"]:
        assert set(PREFETCH) - set(service["prefetch"]) == {"medicationOrders", "encounter"}
        assert service["prefetch"]["medications"] == PREFETCH["medications"]
    draft = order("d", "oxycodone 5", status="draft")
    sent = {**context(draftOrders=bundle(draft)), "prefetch": {"medicationOrders": bundle(OXYCODONE)}}
    (total,) = [
        one for one in client.post(SIGN, json=sent).json["cards"] if one["source"]["topic"]["code"] == "MmeTotal"
    ]
    assert total["summary"].startswith("135 MME/day")


def test_every_prefetch_key_can_be_left_out_and_without_any_there_is_no_prefetch(make_app):
    assert [*PrefetchKey] == [*PREFETCH]
    client = make_app(f"[discovery]\nleave_out = {json.dumps([*PREFETCH])}", services=None).test_client()
    assert all("prefetch" not in service for service in client.get("/cds-services").json["services"])


# ---- calling a service ----


def test_a_service_answers_with_cards(client):
    answer = client.post(SIGN, json=hook_request())
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert [card["uuid"] for card in answer.json["cards"]] == ["00000000-0000-4000-8000-000000000001"]


def test_discovery_and_services_answer_whatever_the_slashes(client):
    for path in ("/cds-services/", "//cds-services", "/cds-services//"):
        assert client.get(path).status_code == 200, path
    for path in (f"{SIGN}/", "/cds-services//opioid-order-sign", "/cds-services///opioid-order-sign//"):
        assert client.post(path, json=hook_request()).status_code == 200, path


def test_nothing_to_say_is_an_empty_list_of_cards(client):
    assert client.post(SIGN, json=context(patientId="silent")).data == b'{"cards":[]}'


def test_a_service_gets_the_day_from_the_clock_and_uuids_from_their_source(make_app):
    seen: list[Call] = []

    def remember(request, call):
        seen.append(call)
        return ()

    make_app(services=fakes.services(remember)).test_client().post(SIGN, json=hook_request())
    assert seen[0].today == date(2026, 1, 31)
    assert seen[0].new_uuid() == "00000000-0000-4000-8000-000000000001"


def test_a_service_in_shadow_works_and_is_counted_and_shows_nothing(make_app):
    client = make_app("[services.opioid-order-sign]\nshadow = true").test_client()
    assert client.post(SIGN, json=hook_request()).json == {"cards": []}
    assert metric(client, "opioid_cds_cards_in_shadow_total", topic="MmeTotal") == 1
    assert metric(client, "opioid_cds_cards_total", topic="MmeTotal") == 0


@pytest.mark.parametrize(
    ("patient", "status", "code", "path"),
    [("needs-more", 412, "required", "prefetch.medications"), ("senseless", 422, "processing", "context.draftOrders")],
)
def test_what_a_service_cannot_judge_is_said_with_its_status(client, patient, status, code, path):
    answer = client.post(SIGN, json=context(patientId=patient))
    assert answer.status_code == status
    (issue,) = answer.json["issue"]
    assert (issue["severity"], issue["code"], issue["expression"]) == ("error", code, [path])
    assert issue["diagnostics"].startswith(f"{path}: ")


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_site_says_how_many_cards_there_are_at_most(make_app, most):
    """The total, naloxone and a sedative beside the opioid have something to say."""
    hospital = opened(make_app, f"[cards]\nmost = {most}\n")
    shown = hospital.sign(taken=(order("o", "oxycodone ER 40"), order("l", "lorazepam")))
    assert len(shown) == most


# ---- the calculator ----


def test_the_calculator_answers_as_promised(client):
    answer = client.post("/mme?asOf=2026-01-31", json=OXYCODONE)
    assert answer.status_code == 200
    assert list(answer.json) == ["table", "asOf", "complete", "mmePerDay", "counted", "uncounted", "ignored"]
    assert (answer.json["table"], answer.json["asOf"], answer.json["complete"]) == ("cdc-2022", "2026-01-31", True)
    assert answer.json["mmePerDay"] == {"scheduled": 120.0, "maximum": 120.0}
    (line,) = answer.json["counted"]
    assert " ".join(line) == (
        "reference medication ingredient route asNeeded dosePerDay factor mmePerDay arithmetic assumptions"
    )
    assert line["ingredient"] == {"rxcui": "7804", "name": "oxycodone"}
    assert (line["reference"], line["route"], line["asNeeded"]) == ("MedicationRequest/a", "oral", False)
    assert line["dosePerDay"] == {"scheduled": 80.0, "maximum": 80.0, "unit": "mg"}
    assert line["factor"] == 1.5


def taken(id_: str, medicine: str, often: int, days: int, **dosage: object) -> dict[str, object]:
    repeat = {"frequency": often, "period": days, "periodUnit": "d"}
    one = {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}], **dosage}
    return {**OXYCODONE, "id": id_, "medicationCodeableConcept": {"text": medicine}, "dosageInstruction": [one]}


def test_what_is_taken_as_needed_is_told_apart_in_every_number(client):
    order = taken("n", "oxycodone hydrochloride 5 MG Oral Tablet", 1, 3, asNeededBoolean=True)
    answer = client.post("/mme?asOf=2026-01-31", json=order).json
    (line,) = answer["counted"]
    assert answer["mmePerDay"] == {"scheduled": 0.0, "maximum": 2.5}
    assert (line["asNeeded"], line["mmePerDay"]) == (True, {"scheduled": 0.0, "maximum": 2.5})
    assert line["dosePerDay"] == {"scheduled": 0.0, "maximum": 1.6667, "unit": "mg"}


def test_what_another_table_says_of_an_order_stands_beside_it_and_in_no_total(client):
    order = taken("p", "meperidine hydrochloride 50 mg oral tablet", 4, 1)
    answer = client.post("/mme?asOf=2026-01-31", json=order).json
    assert (answer["complete"], answer["mmePerDay"]) == (False, {"scheduled": 0.0, "maximum": 0.0})
    beside = answer["uncounted"][0]["supplementary"]
    assert list(beside) == ["table", "mmePerDay", "arithmetic", "assumptions"]
    assert beside["table"] != answer["table"]
    assert beside["mmePerDay"]["maximum"] > 0
    assert beside["assumptions"] == ["the product was read from its name"]


@pytest.mark.parametrize(("name", "meant"), [("asof", "asOf"), ("AsOf", "asOf"), ("Table", "table")])
def test_a_name_of_the_query_in_another_letter_case_is_refused(client, name, meant):
    answer = client.post(f"/mme?{name}=2020-02-29", json=OXYCODONE)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["diagnostics"] == f'{name}: expected the name as "{meant}"'
    assert client.post("/mme?asOf=2026-01-31&trace=1", json=OXYCODONE).status_code == 200


@pytest.mark.parametrize("query", ["asOf=2026-01-31&asOf=2020-01-31", "table=cdc-2022&table=anzca-2021"])
def test_a_name_of_the_query_that_is_given_twice_is_refused(client, query):
    answer = client.post(f"/mme?{query}", json=OXYCODONE)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["diagnostics"] == f"{query.partition('=')[0]}: expected it once"


def test_the_calculator_judges_today_unless_told(client):
    assert client.post("/mme", json=OXYCODONE).json["asOf"] == "2026-01-31"


def test_what_is_not_counted_or_ignored_is_listed_with_its_reason(client):
    nameless = {"resourceType": "MedicationRequest", "id": "b", "status": "active", "intent": "order"}
    stopped = {**OXYCODONE, "id": "c", "status": "stopped"}
    undosed = {**OXYCODONE, "id": "d", "dosageInstruction": []}
    answer = client.post("/mme", json=bundle(nameless, stopped, undosed)).json
    assert answer["complete"] is False
    assert list(answer["uncounted"][0]) == ["reference", "medication", "reason", "detail"]
    assert list(answer["ignored"][0]) == ["reference", "medication", "reason"]
    assert [(one["reference"], one["reason"]) for one in answer["ignored"]] == [("MedicationRequest/c", "not-active")]
    assert ("MedicationRequest/d", "dose-missing") in [(one["reference"], one["reason"]) for one in answer["uncounted"]]


def test_a_number_beyond_a_double_spoils_only_its_order(client):
    senseless = {**OXYCODONE, "id": "senseless"}
    senseless["dosageInstruction"] = [{**OXYCODONE["dosageInstruction"][0], "doseAndRate": [{"doseQuantity": "DOSE"}]}]
    body = orjson.dumps(bundle(OXYCODONE, senseless)).replace(b'"DOSE"', b'{"value": 1e400, "unit": "mg"}')
    answer = client.post("/mme?asOf=2026-01-31", data=body, content_type="application/json").json
    assert (answer["complete"], answer["mmePerDay"]["maximum"]) == (False, 120.0)
    assert [(one["reference"], one["reason"]) for one in answer["uncounted"]] == [
        ("MedicationRequest/senseless", "dose-unreadable")
    ]


@pytest.mark.parametrize("table", ["", "cdc-1999", "../etc/passwd", "CDC-2022"])
def test_an_unknown_table_is_refused_and_the_known_are_listed(client, table):
    answer = client.post("/mme", query_string={"table": table}, json=OXYCODONE)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["expression"] == ["table"]
    assert "cdc-2022" in answer.json["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    "as_of",
    ["", "today", "2026-02-30", "20260131", "2026-1-31", "2026-W05-6", "2026-01-31T00:00:00Z", "0001-01-01",
     "\u0662026-01-31"],
)  # fmt: skip
def test_a_day_that_is_not_a_day_is_refused(client, as_of):
    answer = client.post("/mme", query_string={"asOf": as_of}, json=OXYCODONE)
    assert answer.status_code == 400
    assert answer.json["issue"][0]["expression"] == ["asOf"]


@pytest.mark.parametrize("body", [{}, {"resourceType": "Patient"}, {"resourceType": 3}, {"hook": "order-sign"}])
def test_readable_json_without_an_order_is_unprocessable(client, body):
    answer = client.post("/mme", json=body)
    assert answer.status_code == 422
    assert answer.json["issue"][0]["code"] == "processing"


# ---- health ----


def test_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_not_ready_while_the_database_is_away_and_cards_and_discovery_go_on(make_app, tmp_path):
    folder = tmp_path / "later"
    client = make_app(database=f"sqlite:///{folder / 'x.sqlite3'}").test_client()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["issue"][0] == {
        "severity": "error",
        "code": "transient",
        "diagnostics": "database: not reachable",
        "expression": ["database"],
    }
    assert [client.get(path).status_code for path in ("/healthz", "/cds-services")] == [200, 200]
    assert client.post(SIGN, json=hook_request()).status_code == 200
    assert client.post(fakes.FEEDBACK, json={"feedback": [fakes.feedback_item()]}).status_code == 503
    folder.mkdir()
    assert client.get("/readyz").status_code == 200
    assert client.post(fakes.FEEDBACK, json={"feedback": [fakes.feedback_item()]}).status_code == 200


@pytest.mark.parametrize("what", ["deleted", "replaced by an empty one"])
def test_a_database_file_that_goes_while_it_is_open_is_noticed_and_made_anew(make_app, tmp_path, what):
    file = tmp_path / "x.sqlite3"
    client = make_app(database=f"sqlite:///{file}").test_client()
    told = {"feedback": [fakes.feedback_item()]}
    assert client.post(fakes.FEEDBACK, json=told).status_code == 200
    for one in tmp_path.glob("x.sqlite3*"):
        one.unlink()
    if what != "deleted":
        file.touch()
    assert client.post(SIGN, json=hook_request()).status_code == 200
    # What cannot be kept is not acknowledged; the EHR sends it again.
    answers = [client.post(fakes.FEEDBACK, json=told).status_code for _ in range(2)]
    assert answers in ([503, 200], [200, 200])
    with sqlite3.connect(file) as kept:
        assert kept.execute("SELECT count(*) FROM feedback").fetchone() == (1,)
    kept.close()


def test_a_database_that_could_not_be_written_is_opened_anew(make_app, engines):
    """As after a file system was mounted read-only, or a file belonged to somebody else, until that was mended."""
    client = make_app().test_client()
    told = {"feedback": [fakes.feedback_item()]}
    assert client.post(fakes.FEEDBACK, json=told).status_code == 200
    with engines[0].connect() as connection:
        connection.connection.cursor().execute("PRAGMA query_only=ON")
    told["feedback"][0]["outcomeTimestamp"] = "2026-02-01T12:00:00Z"
    assert [client.post(fakes.FEEDBACK, json=told).status_code for _ in range(2)] == [503, 200]


def test_a_probe_brings_the_tables_into_a_database_that_is_new(make_app, tmp_path):
    file = tmp_path / "x.sqlite3"
    client = make_app(database=f"sqlite:///{file}").test_client()
    assert client.get("/readyz").status_code == 200
    for one in tmp_path.glob("x.sqlite3*"):
        one.unlink()
    assert client.get("/readyz").status_code == 200
    assert client.post(fakes.FEEDBACK, json={"feedback": [fakes.feedback_item()]}).status_code == 200
    assert file.exists()


# ---- metrics ----


def metric(client, name: str, **labels: str) -> float:
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return 0.0


def test_metrics_count_requests_cards_and_orders(client):
    client.post(SIGN, json=hook_request())
    client.post(SIGN, json=context(patientId="needs-more"))
    client.post("/mme", json={"resourceType": "Bundle", "entry": [{"resource": OXYCODONE}]})
    client.post("/mme", json={**OXYCODONE, "dosageInstruction": []})
    client.get("/nowhere")
    route = "/cds-services/<service_id>"
    assert metric(client, "opioid_cds_requests_total", route=route, status="200") == 1
    assert metric(client, "opioid_cds_requests_total", route=route, status="412") == 1
    assert metric(client, "opioid_cds_requests_total", route="unmatched", status="404") == 1
    assert metric(client, "opioid_cds_service_seconds_count", service="opioid-order-sign") == 1
    assert metric(client, "opioid_cds_cards_total", topic="MmeTotal") == 1
    assert metric(client, "opioid_cds_orders_total", result="counted") == 1
    assert metric(client, "opioid_cds_orders_total", result="uncounted") == 1
    assert metric(client, "opioid_cds_uncounted_total", reason="dose-missing") == 1


def test_two_applications_count_apart(make_app):
    one, other = make_app().test_client(), make_app().test_client()
    one.post(SIGN, json=hook_request())
    assert metric(other, "opioid_cds_cards_total", topic="MmeTotal") == 0


# ---- limits ----


def test_a_client_that_calls_too_often_is_slowed_down_and_health_is_not(make_app):
    client = make_app("[limits]\nrequests_per_second = 0.001").test_client()
    assert client.get("/cds-services").status_code == 200
    refused = client.get("/cds-services")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert refused.json["issue"][0]["code"] == "throttled"
    assert [client.get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200] * 3


def test_a_compressed_body_is_unsupported(client):
    body = gzip.compress(orjson.dumps(hook_request()))
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert client.post(SIGN, data=body, headers=headers).status_code == 415
    assert client.post(SIGN, data=body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(("zone", "hours"), [("UTC-14", 14), ("UTC+11", -11), ("UTC", 0)])
def test_a_day_is_that_of_the_place_where_the_service_runs(monkeypatch, zone, hours):
    """Orders are dated by the hospital's own calendar; POSIX writes zones east of Greenwich with a minus."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert local_now().utcoffset() == timedelta(hours=hours)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(("path", "remembered"), [(SIGN, True), ("/explain/the-secret-of-a-link", False), ("/", False)])
def test_only_where_the_services_are_is_remembered(make_app, path, remembered):
    """The path of an explanation is what opens it."""
    app = make_app()
    with app.test_request_context(path, method="POST") as first, app.test_request_context(path, method="POST") as again:
        assert (first.url_adapter is again.url_adapter) is remembered
