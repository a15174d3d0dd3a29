"""Trust in callers: who is let in, and every way of not being let in, all of which look the same."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from cds_service import callers
from cds_service.keys import PUBLISHED_PRIVATE_KEYS, read_keys
from cds_service.log_lines import JsonLines
from tests.cds_service import fakes, signing
from tests.cds_service import fhir_server as fake
from tests.cds_service.fakes import FEEDBACK, SIGN
from tests.cds_service.signing import (
    AUDIENCE,
    ISSUER,
    NOW,
    PUBLIC_URL,
    REFUSAL,
    SANDBOX_KEY,
    call,
    claims,
    client_of,
    client_with_file,
    ec_key,
    header,
    jwk,
    refused,
    rsa_key,
    settings,
    token,
)

OTHER = "https://other.example.org"


@pytest.fixture
def ehr() -> Iterator[fake.FhirServer]:
    """Publishes the client's keys; whatever else is asked of it was not to be asked."""
    with fake.running() as server:
        server.on("keys", fake.body(signing.key_set().encode(), media_type="application/json"))
        yield server


@pytest.fixture
def app(make_app: Callable[..., Flask], ehr: fake.FhirServer) -> Flask:
    return make_app(settings(client_of(f'jwks_url = "{ehr.base}/keys"')))


@pytest.fixture
def of_file(make_app: Callable[..., Flask], tmp_path: Any) -> Callable[..., Flask]:
    """An application whose client's keys are in a file."""

    def make(keys: str = "", more: str = "", client: str = "", **parts: Any) -> Flask:
        return make_app(settings(client_with_file(tmp_path, keys, more=client), more=more), **parts)

    return make


# ---- who is let in ----

RIGHT: dict[str, Callable[[], str]] = {
    "ES384": token,
    "RS384": lambda: token(rsa_key(), header(alg="RS384", kid="2"), algorithm="RS384"),
    "several audiences": lambda: token(aud=["https://other.example.org", AUDIENCE]),
    "an audience with a slash at its end": lambda: token(aud=f"{AUDIENCE}/"),
    "the sandbox's two slashes": lambda: token(aud=AUDIENCE.replace("services/", "services//")),
    "an audience in capitals": lambda: token(aud=AUDIENCE.replace("https://cds", "HTTPS://CDS")),
    "its key's address": lambda: "jku",
    "claims nobody asked for": lambda: token(sub="x", tenant="y", nbf=NOW - 300, extra={"a": [1]}),
    "moments with fractions": lambda: token(iat=NOW - 0.5, exp=NOW + 299.5),
    "a clock that is behind": lambda: token(iat=NOW - 320, exp=NOW - 20),
    "a clock that is ahead": lambda: token(iat=NOW + 29, nbf=NOW + 29, exp=NOW + 329),
    "an hour": lambda: token(exp=NOW + 3600),
    "an hour from now, made some time ago": lambda: token(iat=NOW - 3000, exp=NOW + 3500),
    "an hour by a clock that is ahead": lambda: token(iat=NOW + 29, exp=NOW + 3629),
    "typ in small letters": lambda: token(head=header(typ="jwt")),
}


@pytest.mark.parametrize("written", RIGHT.values(), ids=RIGHT.keys())
def test_a_right_token_is_let_in(app, ehr, written):
    made = written()
    if made == "jku":
        made = token(head=header(jku=f"{ehr.base}/keys"))
    assert call(app, made).status_code == 200
    assert ehr.paths == ["keys"]


def test_a_token_is_remembered_for_as_long_as_a_clock_that_is_behind_may_call_it_valid(of_file):
    """Another worker that has only begun sweeps away what has expired: not what is still let in."""
    later = fakes.NOW
    first = of_file(clock=lambda: later)
    used = token(exp=NOW + 60)
    assert call(first, used).status_code == 200
    later += timedelta(seconds=89)
    assert call(of_file(clock=lambda: later), token(iat=NOW + 89, exp=NOW + 300)).status_code == 200
    assert refused(call(first, used))


def test_a_site_says_how_far_clocks_may_differ(of_file):
    late = {"iat": NOW - 400, "exp": NOW - 50}
    assert refused(call(of_file(), token(**late)))
    assert call(of_file(more="leeway_seconds = 60"), token(**late)).status_code == 200


def test_each_address_has_its_own_audience(app):
    for path in ("/cds-services", SIGN, FEEDBACK):
        assert call(app, token(aud=f"{PUBLIC_URL}{path}"), path).status_code == 200
        assert refused(call(app, token(aud=f"{PUBLIC_URL}/cds-services/opioid-patient-view"), path))


def test_the_calculator_asks_for_a_token_too(app):
    order = {"resourceType": "MedicationRequest", "status": "active"}
    assert refused(app.test_client().post("/mme", json=order))
    signed = {"Authorization": f"Bearer {token(aud=f'{PUBLIC_URL}/mme')}"}
    assert app.test_client().post("/mme", json=order, headers=signed).status_code == 200


def test_a_path_before_the_service_belongs_to_the_audience(make_app, ehr):
    client = client_of(f'jwks_url = "{ehr.base}/keys"')
    app = make_app(settings(client, public_url="https://gateway.example.org/opioids/"))
    assert call(app, token(aud=f"https://gateway.example.org/opioids{SIGN}")).status_code == 200
    assert refused(call(app, token()))


def test_the_host_header_is_never_part_of_the_audience(app):
    assert refused(call(app, token(aud=f"https://evil.example.org{SIGN}"), Host="evil.example.org"))
    assert call(app, token(), Host="evil.example.org", X_Forwarded_Host="evil.example.org").status_code == 200


def test_a_client_may_have_an_audience_of_its_own(of_file):
    app = of_file(client='audience = "sand_man"')
    assert call(app, token(aud="sand_man")).status_code == 200
    assert call(app, token(aud=["x", "sand_man"]), FEEDBACK).status_code == 200
    assert refused(call(app, token()))


def test_keys_in_a_file_and_another_key_address_that_is_listed(of_file):
    app = of_file(client='key_addresses = ["https://ehr.example.org/keys/1"]')
    assert call(app, token(head=header(jku="https://ehr.example.org/keys/1"))).status_code == 200
    assert call(app, token()).status_code == 200
    assert refused(call(app, token(head=header(jku="https://ehr.example.org/keys/2"))))


# ---- who is not ----

HS_SECRET = json.dumps(jwk(ec_key())).encode()


def unsigned(algorithm: str) -> str:
    return f"{signing.encoded(json.dumps(header(alg=algorithm)).encode())}.{token().split('.')[1]}."


STRANGERS: dict[str, Callable[[], str | None]] = {
    "no header": lambda: None,
    "nothing after Bearer": lambda: "",
    "not a token": lambda: "x",
    "two parts": lambda: ".".join(token().split(".")[:2]),
    "four parts": lambda: f"{token()}.x",
    "two tokens": lambda: f"{token()}, Bearer {token()}",
    "no signature": lambda: f"{token().rpartition('.')[0]}.",
    "a letter that is none": lambda: token()[:-1] + "\u00e9",
    "padding": lambda: f"{token()}==",
    "huge": lambda: token(extra="x" * 9000),
    "alg none": lambda: f"{unsigned('none')}x",
    "alg none without a signature": lambda: unsigned("none"),
    "alg None": lambda: f"{unsigned('None')}x",
    "HS256 with the public key": lambda: token(HS_SECRET, header(alg="HS256"), algorithm="HS256"),
    "HS384 with the public key": lambda: token(HS_SECRET, header(alg="HS384"), algorithm="HS384"),
    "ES256": lambda: token(ec_key("p256", "SECP256R1"), header(alg="ES256"), algorithm="ES256"),
    "RS256": lambda: token(rsa_key(), header(alg="RS256", kid="2"), algorithm="RS256"),
    "PS384": lambda: token(rsa_key(), header(alg="PS384", kid="2"), algorithm="PS384"),
    "no alg": lambda: token(head=header(alg=...)),
    "a list of algs": lambda: token(head=header(alg=["ES384"])),
    "RS384 in the header of an ES384 key": lambda: token(rsa_key(), header(alg="RS384"), algorithm="RS384"),
    "ES384 in the header of an RS384 key": lambda: token(head=header(kid="2")),
    "another's key": lambda: token(ec_key("stranger")),
    "another's key in the header": lambda: token(ec_key("stranger"), header(jwk=jwk(ec_key("stranger")))),
    "its own key in the header": lambda: token(head=header(jwk=jwk(ec_key()))),
    "x5u": lambda: token(head=header(x5u="https://evil.example.org/x.pem")),
    "x5c": lambda: token(head=header(x5c=["x"])),
    "crit": lambda: token(head=header(crit=["exp"])),
    "b64": lambda: token(head=header(b64=False, crit=["b64"])),
    "a signature of other claims": lambda: ".".join([*token().split(".")[:2], token().split(".")[2]]),
    "no kid": lambda: token(head=header(kid=...)),
    "an empty kid": lambda: token(head=header(kid="")),
    "a kid that is a number": lambda: token(head=header(kid=1)),
    "a kid that is a list": lambda: token(head=header(kid=["1"])),
    "a kid with a NUL": lambda: token(head=header(kid="1\0")),
    "a kid with a line break": lambda: token(head=header(kid="1\n")),
    "a very long kid": lambda: token(head=header(kid="1" * 1000)),
    "no typ": lambda: token(head=header(typ=...)),
    "another typ": lambda: token(head=header(typ="at+jwt")),
    "a typ that is a number": lambda: token(head=header(typ=1)),
    "a foreign jku": lambda: token(head=header(jku="https://evil.example.org/keys")),
    "a jku of null": lambda: token(head=header(jku=None)),
    "a jku that is a list": lambda: token(head=header(jku=["https://ehr.example.org/keys"])),
    "no iss": lambda: token(iss=...),
    "an unknown iss": lambda: token(iss="https://evil.example.org"),
    "an iss with a slash more": lambda: token(iss=f"{ISSUER}/"),
    "an iss in capitals": lambda: token(iss=ISSUER.upper()),
    "a list of iss": lambda: token(iss=[ISSUER]),
    "an iss with a NUL": lambda: token(iss=f"{ISSUER}\0"),
    "no aud": lambda: token(aud=...),
    "another aud": lambda: token(aud="https://other.example.org/cds-services/opioid-order-sign"),
    "the aud of another address": lambda: token(aud=f"{PUBLIC_URL}/cds-services"),
    "an aud that only begins alike": lambda: token(aud=f"{AUDIENCE}-x"),
    "no aud at all in the list": lambda: token(aud=[]),
    "numbers among the aud": lambda: token(aud=[AUDIENCE, 1]),
    "an aud that is an object": lambda: token(aud={AUDIENCE: 1}),
    "no exp": lambda: token(exp=...),
    "expired": lambda: token(iat=NOW - 600, exp=NOW - 300),
    "just expired": lambda: token(exp=NOW - 30),
    "an exp as text": lambda: token(exp=str(NOW + 300)),
    "an exp that is true": lambda: token(exp=True),
    "an exp without end": lambda: token(body=json.dumps(claims()).replace(str(NOW + 300), "1e400").encode()),
    "an exp that is NaN": lambda: token(body=json.dumps(claims()).replace(str(NOW + 300), "NaN").encode()),
    "an exp longer than any float": lambda: token(exp=10**400),
    "an iat longer than any float": lambda: token(iat=-(10**400)),
    "an exp in a million years": lambda: token(exp=NOW * 20_000),
    "a life that is too long": lambda: token(exp=NOW + 3631),
    "NaN in a claim that nobody asked for": lambda: token(body=json.dumps(claims(x=float("nan"))).encode()),
    "an iat that is true": lambda: token(iat=True),
    "no iat": lambda: token(iat=...),
    "issued in the future": lambda: token(iat=NOW + 31),
    "issued in the future, and valid already": lambda: token(iat=NOW + 31, nbf=NOW),
    "not yet valid": lambda: token(nbf=NOW + 31),
    "an nbf as text": lambda: token(nbf="0"),
    "no jti": lambda: token(jti=...),
    "an empty jti": lambda: token(jti=""),
    "a jti that is a number": lambda: token(jti=1),
    "a jti with a NUL": lambda: token(jti="a\0"),
    "a claim twice": lambda: token(body=json.dumps(claims())[:-1].encode() + b', "iss": "x"}'),
    "a header member twice": lambda: token(head=b'{"alg": "none", "alg": "ES384", "typ": "JWT", "kid": "1"}'),
    "claims that are a list": lambda: token(body=b"[]"),
    "claims that are no JSON": lambda: token(body=b"{"),
    "claims in Latin-1": lambda: token(body=json.dumps(claims()).replace("token-", "t\u00e9-").encode("latin-1")),
    "claims that are too deep": lambda: token(body=b"[" * 5000),
    "a header that is no object": lambda: token(head=b'"ES384"'),
}  # fmt: skip


@pytest.mark.parametrize("written", STRANGERS.values(), ids=STRANGERS.keys())
def test_everybody_else_is_refused_in_one_way_and_nobody_is_called_for_it(app, ehr, written):
    answer = call(app, written())
    assert refused(answer)
    assert answer.headers["Content-Length"] == str(len(json.dumps(REFUSAL, separators=(",", ":"))))
    allowed = {"keys"} if ehr.paths else set()
    assert set(ehr.paths) == allowed, "the client's own key set is the only thing that is ever fetched"


PRECHECKED = ["a foreign jku", "an unknown iss", "another aud", "expired", "alg none", "HS256 with the public key",
              "a kid with a NUL", "not yet valid", "another typ", "a claim twice", "x5u"]  # fmt: skip


@pytest.mark.parametrize("name", PRECHECKED)
def test_what_can_be_told_without_keys_fetches_no_keys(app, ehr, name):
    assert refused(call(app, STRANGERS[name]()))
    assert ehr.seen == []


@pytest.mark.parametrize("scheme", ["Basic", "bearerx", "Bearer:", ""])
def test_another_scheme_is_no_token(app, scheme):
    answer = app.test_client().post(SIGN, json={}, headers={"Authorization": f"{scheme} {token()}"})
    assert refused(answer)


def test_a_token_is_good_once(app):
    once = token()
    assert call(app, once).status_code == 200
    assert refused(call(app, once))


def test_a_token_that_was_refused_was_not_used(app):
    one = claims()
    assert refused(call(app, token(ec_key("stranger"), body=one)))
    assert call(app, token(body=one)).status_code == 200


def test_two_clients_may_use_the_same_ids(make_app, tmp_path):
    app = make_app(settings(client_with_file(tmp_path), client_with_file(tmp_path, issuer=OTHER)))
    assert call(app, token(jti="same")).status_code == 200
    assert call(app, token(jti="same", iss=OTHER)).status_code == 200
    assert refused(call(app, token(jti="same")))


# ---- limits: a client by its name, a stranger by the address ----


def from_address(app: Flask, address: str, written: str | None) -> int:
    sent = {"Authorization": f"Bearer {written}"} if written else {}
    where = {"REMOTE_ADDR": address}
    answer = app.test_client().post(SIGN, json=fakes.hook_request(), headers=sent, environ_base=where)
    return answer.status_code


def test_clients_behind_one_address_are_limited_apart_and_one_at_two_addresses_is_one(make_app, tmp_path):
    clients = client_with_file(tmp_path), client_with_file(tmp_path, issuer=OTHER)
    app = make_app(f"{settings(*clients)}[limits]\nrequests_per_second = 0.001\n")
    assert from_address(app, "10.0.0.1", token()) == 200
    assert from_address(app, "10.0.0.1", token(iss=OTHER)) == 200, "another client at the same address"
    assert from_address(app, "10.0.0.2", token()) == 429, "the same client from another address"


def test_strangers_are_limited_by_their_address_and_stand_in_no_clients_way(of_file):
    app = of_file(client="[limits]\nrequests_per_second = 0.001\n")
    assert [from_address(app, "10.0.0.1", None) for _ in range(2)] == [401, 429]
    assert from_address(app, "10.0.0.2", None) == 401
    assert from_address(app, "10.0.0.1", token()) == 200


def test_operators_and_browsers_that_ask_before_they_call_need_no_token(app):
    assert [app.test_client().get(path).status_code for path in ("/healthz", "/readyz", "/metrics")] == [200] * 3
    answer = app.test_client().options(SIGN, headers={"Origin": "https://x.example.org"})
    assert answer.status_code == 204
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_every_address_either_asks_for_a_token_or_is_free_on_purpose(app):
    asking = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(("/cds-services", "/mme"))}
    assert asking == {"/cds-services", "/cds-services/<service_id>", "/cds-services/<service_id>/feedback", "/mme"}
    for rule in app.url_map.iter_rules():
        if rule.rule in asking:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            assert refused(app.test_client().open(rule.rule.replace("<service_id>", "x"), method=method))


def test_without_clients_nobody_is_asked_and_that_is_said_loudly_at_the_start(make_app, tmp_path, caplog):
    assert call(make_app(), "x").status_code == 200
    callers.warn_if_open(fakes.settings(tmp_path, "", "sqlite://"))
    (warning,) = caplog.records
    assert (warning.levelno, "ANYBODY" in warning.msg) == (logging.WARNING, True)


def test_where_callers_sign_and_pages_do_not_that_is_said(tmp_path, caplog):
    signed = settings(client_of('jwks_file = "k"'))
    callers.warn_if_open(fakes.settings(tmp_path, signed, "sqlite://"))
    assert ["pages" in record.msg for record in caplog.records] == [True]
    callers.warn_if_open(fakes.settings(tmp_path, f"{signed}[pages]\nenabled = false\n", "sqlite://"))
    assert len(caplog.records) == 1


def test_in_production_a_configured_client_is_enough(make_app, tmp_path):
    app = make_app(f'mode = "production"\npublic_url = "{PUBLIC_URL}"\n{client_with_file(tmp_path)}')
    assert app.test_client().get("/cds-services").status_code == 401


# ---- what is said of it, and to whom ----


def test_the_reason_goes_to_the_log_and_the_metrics_and_nothing_of_the_token_does(app, caplog):
    caplog.set_level(logging.INFO, logger="opioid_cds")
    written = token(aud="https://other.example.org", jti="CANARY", sub="CANARY")
    refused(call(app, written))
    refused(call(app, token(iss="https://CANARY.example.org")))
    lines = [json.loads(JsonLines().format(one)) for one in caplog.records if one.msg == "answered"]
    assert [(one["refused"], one.get("client")) for one in lines] == [("audience", ISSUER), ("issuer", None)]
    said = app.test_client().get("/metrics").text + json.dumps([one.facts for one in caplog.records], default=str)
    assert 'opioid_cds_refused_total{reason="audience"} 1.0' in said
    assert "CANARY" not in said
    assert written[:40] not in said


# ---- keys that must not serve ----

UNSUITABLE = {
    "another curve": lambda: (jwk(ec_key("p256", "SECP256R1")), ec_key("p256", "SECP256R1"), "ES256", "ES384"),
    "P-521": lambda: (jwk(ec_key("p521", "SECP521R1")), ec_key("p521", "SECP521R1"), "ES512", "ES384"),
    "a short RSA key": lambda: (jwk(rsa_key(1024)), rsa_key(1024), "RS384", "RS384"),
    "a key for encryption": lambda: (jwk(ec_key(), use="enc"), ec_key(), "ES384", "ES384"),
    "a key that may not verify": lambda: (jwk(ec_key(), key_ops=["sign"]), ec_key(), "ES384", "ES384"),
    "operations that are no list": lambda: (jwk(ec_key(), key_ops=None), ec_key(), "ES384", "ES384"),
    "a key for another algorithm": lambda: (jwk(ec_key(), alg="ES256"), ec_key(), "ES384", "ES384"),
    "a key that calls itself ES384 and is RSA": lambda: (jwk(rsa_key(), alg="ES384"), rsa_key(), "RS384", "RS384"),
    "a key that was published whole": lambda: (signing.whole_jwk(ec_key()), ec_key(), "ES384", "ES384"),
    "a symmetric key": lambda: ({"kty": "oct", "k": "eA", "kid": "1"}, ec_key(), "ES384", "ES384"),
    "a key without an id": lambda: (jwk(ec_key(), kid=...), ec_key(), "ES384", "ES384"),
    "a point off the curve": lambda: (jwk(ec_key(), x=jwk(ec_key("other"))["x"]), ec_key(), "ES384", "ES384"),
    "half a key": lambda: (jwk(ec_key(), y=...), ec_key(), "ES384", "ES384"),
    "no key": lambda: ("x", ec_key(), "ES384", "ES384"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("made", UNSUITABLE.values(), ids=UNSUITABLE.keys())
def test_an_unsuitable_key_serves_nobody(of_file, made):
    published, private, algorithm, said = made()
    app = of_file(json.dumps({"keys": [published]}))
    assert refused(call(app, token(private, header(alg=said), algorithm=algorithm)))


def test_two_keys_of_one_id_are_both_tried(of_file):
    app = of_file(json.dumps({"keys": [jwk(ec_key("older")), jwk(ec_key())]}))
    assert call(app, token()).status_code == 200
    assert call(app, token(ec_key("older"))).status_code == 200


def test_the_sandbox_key_is_known_by_its_thumbprint_however_it_is_named():
    document = json.dumps({"keys": [{**SANDBOX_KEY, "kid": "renamed", "use": ...}]}, default=lambda _: "sig").encode()
    ((key,),) = read_keys(document).values()
    assert key.thumbprint in PUBLISHED_PRIVATE_KEYS
    assert read_keys(document, refused=PUBLISHED_PRIVATE_KEYS) == {}


# ---- fetching and changing keys ----


def test_keys_are_fetched_once_for_many_calls(app, ehr):
    for _ in range(5):
        assert call(app, token()).status_code == 200
    assert ehr.paths == ["keys"]


BROKEN_SETS = {
    "404": fake.status(404),
    "a redirect": fake.status(302, Location="/fhir/elsewhere"),
    "a page": fake.html(),
    "no JSON": fake.body(b"{"),
    "no keys": fake.resource({}),
    "keys that are no list": fake.resource({"keys": {}}),
    "no usable key": fake.resource({"keys": [{}]}),
    "too large": fake.body(b" " * 2**18 + signing.key_set().encode()),
    "hanging up": fake.hang_up,
    "keys with a 500": fake.body(signing.key_set().encode(), 500),
}


@pytest.mark.parametrize("reply", BROKEN_SETS.values(), ids=BROKEN_SETS.keys())
def test_a_key_set_that_cannot_be_had_lets_nobody_in(app, ehr, reply):
    ehr.on("keys", reply)
    ehr.on("elsewhere", fake.body(signing.key_set().encode()))
    assert refused(call(app, token()))
    assert refused(call(app, token()))
    assert ehr.paths == ["keys"], "and is not asked for again at once"


@pytest.mark.parametrize("reply", [fake.status(500), fake.resource({"keys": []})], ids=["500", "empty"])
def test_keys_that_served_until_now_are_not_lost_to_a_failure_but_to_a_new_set(app, ehr, reply):
    assert call(app, token()).status_code == 200
    ehr.on("keys", reply)
    assert call(app, token()).status_code == 200
