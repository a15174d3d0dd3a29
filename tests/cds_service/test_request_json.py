"""Bodies as clients send them: read where they can be, else refused with every fault and its path."""

from __future__ import annotations

from typing import Any

import pytest

from cds_service import request_json
from cds_service.errors import InvalidBody, UnsupportedContent
from cds_service.json_bytes import MOST_SENSELESS
from tests.cds_service import fakes
from tests.cds_service.fakes import CANARY, context, hook_request

PRESCRIBE, SELECT, SIGN, VIEW = fakes.services()


def received(content: dict[str, Any], service=SIGN) -> request_json.Received:
    return request_json.parse(content, service)


def faults(content: dict[str, Any], service=SIGN) -> list[tuple[str, str]]:
    with pytest.raises(InvalidBody) as caught:
        request_json.parse(content, service)
    return [(caught.value.path, caught.value.reason), *caught.value.others]


# ---- bodies ----


@pytest.mark.parametrize(
    "body",
    [b"{", b"not json", b'{"a": NaN}', b'{"a": Infinity}', b'{"a": 1e999, "b": nope}', b'{"a": 1e999, "b": 1.2.3}',
     b'{"a": 01}', b'{"a": 1,}', b"{'a': 1}", b'{"a": 1} {"b": 2}', b'// comment\n{"a": 1}', b'{"a": "\xff\xfe"}',
     b'{"a": "\\ud800"}', b'{"a": "\\udc00\\ud800"}', b'{"a": "\x00"}', b"[" * 100_000, b'{"a":' * 100_000,
     b"[" * 100_000 + b"]" * 100_000, '{"a": 1}'.encode("utf-16"), b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
     b"\xef\xbb\xbf", b" "],
)  # fmt: skip
def test_a_body_that_is_not_json_in_utf8_is_refused_with_its_place(body):
    with pytest.raises(InvalidBody, match=r"not JSON in UTF-8 \((line \d+, column|byte) \d+\)"):
        request_json.read_object(body)


def test_a_letter_of_another_encoding_is_told_by_its_byte():
    with pytest.raises(InvalidBody, match=r"not JSON in UTF-8 \(byte 11\)"):
        request_json.read_object('{"a":\r\n "b\u00e9"}'.encode("cp1252"))


@pytest.mark.parametrize("number", ["1e400", "-1E+999", "1.5e400", "9" * 400, "0.1e0400", "2e308"])
def test_a_number_beyond_a_double_is_no_number_and_spoils_nothing_else(number):
    body = f'{{"a": {number}, "b": 1.5, "c": "{number} \\" 1e400", "d": [1e5, {number}]}}'
    assert request_json.read_object(body.encode()) == {
        "a": [[]],
        "b": 1.5,
        "c": f'{number} " 1e400',
        "d": [100000.0, [[]]],
    }


@pytest.mark.parametrize("number", [f"0.{'0' * 400}1e400", "1" * 300, "1e-400", "12.5e100"])
def test_a_number_beside_one_beyond_a_double_stays_what_it_is(number):
    read = request_json.read_object(f'{{"a": 1e400, "b": {number}, "c": -{number}}}'.encode())
    assert read == {"a": [[]], "b": float(number), "c": -float(number)}


def test_a_body_of_more_senseless_numbers_than_an_ehr_writes_is_refused():
    some = ",".join(["1e400"] * MOST_SENSELESS)
    assert request_json.read_object(f'{{"a": [{some}]}}'.encode()) == {"a": [[[]]] * MOST_SENSELESS}
    with pytest.raises(InvalidBody, match="not JSON in UTF-8"):
        request_json.read_object(f'{{"a": [{some}, 1e400]}}'.encode())


def test_the_place_of_a_fault_behind_a_number_beyond_a_double_is_told():
    with pytest.raises(InvalidBody, match=r"line 1, column 19"):
        request_json.read_object(b'{"a": 1e400, "b": nope}')


@pytest.mark.parametrize("body", [b"", b"[]", b"1", b"null", b'"text"', b"true", b"[{}]"])
def test_a_body_that_is_not_an_object_is_refused(body):
    with pytest.raises(InvalidBody, match="the body is empty" if not body else "not a JSON object"):
        request_json.read_object(body)


def test_a_byte_order_mark_is_read_over():
    assert request_json.read_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_the_last_of_two_values_for_one_key_stands():
    assert request_json.read_object(b'{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        "application/fhir+json",
        "application/fhir+json; fhirVersion=4.0",
        "application/json+fhir",
    ],
)
def test_json_content_types_are_accepted_and_so_is_none(content_type):
    assert request_json.read_object(b"{}", content_type) == {}


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "text/html", "multipart/form-data"])
def test_another_content_type_is_unsupported(content_type):
    with pytest.raises(UnsupportedContent, match="Content-Type"):
        request_json.read_object(b"{}", content_type)


@pytest.mark.parametrize("coding", ["", "identity", "Identity", " identity ", " "])
def test_a_body_that_is_not_compressed_may_say_so(coding):
    assert request_json.read_object(b"{}", "application/json", coding) == {}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity"])
def test_a_compressed_body_is_unsupported(coding):
    with pytest.raises(UnsupportedContent, match="Content-Encoding"):
        request_json.read_object(b"{}", "application/json", coding)


# ---- the envelope ----


def test_a_plain_request_is_read():
    request = received(hook_request(prefetch={"patient": {"resourceType": "Patient"}, "medications": None})).request
    assert (request.hook, request.patient_id) == ("order-sign", "p1")
    assert request.hook_instance == "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"
    assert request.context["draftOrders"] == {"resourceType": "Bundle", "entry": []}
    assert request.prefetch == {"patient": {"resourceType": "Patient"}, "medications": None}


@pytest.mark.parametrize("sent", [{}, {"prefetch": None}, {"prefetch": {}}])
def test_a_prefetch_that_was_not_sent_holds_nothing(sent):
    assert received({**context(), **sent}).request.prefetch == {}


def test_resources_are_handed_on_and_not_copied():
    bundle: dict[str, Any] = {"entry": [{"resource": {"nested": []}}]}
    patient: dict[str, Any] = {}
    request = received({**context(draftOrders=bundle), "prefetch": {"patient": patient}}).request
    assert request.context["draftOrders"] is bundle
    assert request.prefetch["patient"] is patient


SERVER = 'expected the base URL of a FHIR server, such as "https://ehr.example.org/fhir"'
OBJECT = "expected a JSON object"
HOOK = "expected the hook's name, a non-empty string"
INSTANCE = "expected a non-empty string, unique for the call"
ENTRIES = "expected the Bundle's entries: a list, or a single one"
PATIENT = "expected the patient's id, a non-empty string"


@pytest.mark.parametrize(
    ("content", "path", "reason"),
    [
        (hook_request(hook=...), "hook", f"missing; {HOOK}"),
        *((hook_request(hook=wrong), "hook", HOOK) for wrong in (None, "", " ", 1, True, [], {})),
        (hook_request(hookInstance=...), "hookInstance", f"missing; {INSTANCE}"),
        *((hook_request(hookInstance=wrong), "hookInstance", INSTANCE) for wrong in (None, "", "\t", 1.5, False, [])),
        (hook_request(context=...), "context", f"missing; {OBJECT}"),
        *((hook_request(context=wrong), "context", OBJECT) for wrong in (None, "x", 1, True, [], [{}])),
        (context(patientId=...), "context.patientId", f"missing; {PATIENT}"),
        (context(patientId=None), "context.patientId", f"missing; {PATIENT}"),
        *((context(patientId=wrong), "context.patientId", PATIENT) for wrong in ("", "  ", 7, True, [], {"id": "1"})),
        (context(patientId="Patient/"), "context.patientId", "expected the patient's id after Patient/"),
        *((context(userId=wrong), "context.userId", "expected a string") for wrong in (1, [], {}, True)),
        *((context(encounterId=wrong), "context.encounterId", "expected a string") for wrong in (1, [], {}, True)),
        *((context(selections=wrong), "context.selections", "expected a list of strings") for wrong in ("x", 1, {})),
        (context(selections=["a", 1]), "context.selections[1]", 'expected a string such as "MedicationRequest/1"'),
        (context(selections=[None]), "context.selections[0]", 'expected a string such as "MedicationRequest/1"'),
        *((context(draftOrders=wrong), "context.draftOrders", "expected a Bundle") for wrong in ("x", 1, True)),
        *((context(draftOrders={"entry": wrong}), "context.draftOrders.entry", ENTRIES) for wrong in ("x", 1, True)),
        *((context(medications=wrong), "context.medications", "expected a Bundle") for wrong in ("x", 1, True)),
        (context(medications={"entry": 1}), "context.medications.entry", ENTRIES),
        *((hook_request(prefetch=wrong), "prefetch", OBJECT) for wrong in ("x", 1, True, [])),
        *(
            (hook_request(fhirServer=wrong), "fhirServer", SERVER)
            for wrong in (1, True, [], {}, "not a url", "ehr.example.org/fhir", "/fhir", "ftp://ehr/fhir", "https://")
        ),
        *(
            (hook_request(fhirServer=wrong), "fhirServer", SERVER)
            for wrong in ("https://ehr/fhir and more", " https://ehr/fhir")
        ),
        (hook_request(hook="patient-view"), "hook", 'expected "order-sign", the hook of this service'),
    ],
)
def test_a_wrong_envelope_is_refused_with_its_path(content, path, reason):
    assert faults(content) == [(path, reason)]


def test_all_faults_are_told_at_once_and_none_shows_a_value():
    content = hook_request(hook=[CANARY], hookInstance={CANARY: 1}, context={"patientId": [CANARY], CANARY: 1})
    found = faults(content)
    assert [path for path, _ in found] == ["context.patientId", "hook", "hookInstance"]
    assert CANARY not in str(found)


def test_a_hook_of_another_service_is_not_repeated_in_the_error():
    assert CANARY not in str(faults(hook_request(hook=CANARY)))


def test_at_most_twenty_faults_are_told():
    assert len(faults(context(selections=[1] * 500))) == 20


@pytest.mark.parametrize(
    "content",
    [
        hook_request(),
        hook_request(hookInstance="3f1dde72-162b-11ec-9f55-0242ac120002"),
        hook_request(hookInstance="123"),
        hook_request(prefetch=None),
        hook_request(prefetch={}),
        *(
            hook_request(fhirServer=server)
            for server in (None, "", " ", "HTTPS://EHR.example.org/fhir", "http://ehr:8080/fhir/")
        ),
        hook_request(extension={"com.epic.x": {}}, unknown=[1]),
        *(context(userId=user) for user in (..., None)),
        *(context(encounterId=encounter) for encounter in (None, "e1")),
        *(context(selections=selected) for selected in (None, [])),
        *(context(draftOrders=drafts) for drafts in (..., None, [], {}, {"entry": None})),
        context(draftOrders={"entry": [1, None, "x", {"resource": 3}]}),
        context(draftOrders={"entry": {"resource": {"resourceType": "MedicationRequest"}}}),
        context(medications={"entry": {}}),
        context(medications=[{"resourceType": "MedicationOrder"}]),
        context(unknown=3),
    ],
)
def test_what_real_clients_send_is_accepted(content):
    assert received(content).request.patient_id == "p1"


def test_null_in_the_context_counts_as_absent():
    request = received(context(draftOrders=None, encounterId=None)).request
    assert "draftOrders" not in request.context
    assert "encounterId" not in request.context


@pytest.mark.parametrize(
    "written",
    ["p1", "Patient/p1", "https://ehr.example.org/fhir/Patient/p1", "Patient/p1/_history/3", " p1 ", "Patient/p1 "],
)
def test_the_patient_s_id_is_read_without_its_type(written):
    assert received(context(patientId=written)).request.patient_id == "p1"


def test_an_old_client_s_list_of_orders_becomes_medications():
    content = hook_request(
        hook="medication-prescribe", context=[{"id": "a"}], patient="Patient/p1", user="Practitioner/1"
    )
    request = received(content, PRESCRIBE).request
    assert request.patient_id == "p1"
    assert request.context == {"patientId": "Patient/p1", "medications": [{"id": "a"}]}


def test_an_old_client_s_list_needs_the_patient_beside_it():
    assert faults(hook_request(hook="medication-prescribe", context=[]), PRESCRIBE)[0][0] == "context.patientId"


def test_the_patient_beside_the_context_serves_when_the_context_has_none():
    assert received({**context(patientId=...), "patient": "p9"}).request.patient_id == "p9"
    assert received({**context(patientId=None), "patient": "p9"}).request.patient_id == "p9"


def test_the_patient_in_the_context_stands_over_the_one_beside_it():
    assert received({**context(), "patient": "p9"}).request.patient_id == "p1"


# ---- FHIR access ----

AUTHORIZATION = {"access_token": "t0k3n", "token_type": "Bearer", "expires_in": 300, "scope": "x", "subject": "y"}


def test_the_server_and_its_token_are_kept_apart_from_the_request():
    fhir = received(hook_request(fhirServer="https://ehr/fhir", fhirAuthorization=AUTHORIZATION)).fhir
    assert fhir is not None
    assert (fhir.server, fhir.token) == ("https://ehr/fhir", "t0k3n")
    assert "t0k3n" not in repr(fhir)


@pytest.mark.parametrize(
    "authorization",
    [
        *(None, "Bearer x", [], {}),
        *({"access_token": token} for token in (None, 3, "", "a b", "a\r\nHost: x")),
        *({"access_token": "t", "token_type": kind} for kind in ("Basic", "mac", 1)),
    ],
)
def test_a_malformed_authorization_counts_as_none(authorization):
    fhir = received(hook_request(fhirServer="https://ehr/fhir", fhirAuthorization=authorization)).fhir
    assert fhir is not None
    assert fhir.token is None


@pytest.mark.parametrize("kind", [{"token_type": "Bearer"}, {"token_type": "bearer"}, {"token_type": "BEARER"}, {}])
def test_the_type_of_a_token_may_be_written_in_any_case_or_left_out(kind):
    """The specification asks for the type, and knows only one."""
    authorization = {"access_token": AUTHORIZATION["access_token"], **kind}
    fhir = received(hook_request(fhirServer="https://ehr/fhir", fhirAuthorization=authorization)).fhir
    assert fhir is not None
    assert fhir.token == AUTHORIZATION["access_token"]


@pytest.mark.parametrize("server", [{}, {"fhirServer": None}, {"fhirServer": ""}, {"fhirServer": " "}])
def test_authorization_is_for_a_server_and_one_that_is_malformed_counts_as_none(server):
    with pytest.raises(InvalidBody) as raised:
        received(hook_request(fhirAuthorization=AUTHORIZATION, **server))
    assert raised.value.path == "fhirServer"
    assert received(hook_request(fhirAuthorization={}, **server)).fhir is None
