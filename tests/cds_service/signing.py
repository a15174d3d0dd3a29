"""Clients' keys and tokens, right ones and wrong ones."""

from __future__ import annotations

import base64
import json
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from flask import Flask
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from werkzeug.test import TestResponse

from tests.cds_service import fakes

ISSUER = "https://ehr.example.org"
PUBLIC_URL = "https://cds.example.org"
AUDIENCE = f"{PUBLIC_URL}{fakes.SIGN}"
NOW = int(fakes.NOW.timestamp())

REFUSAL = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "login"}]}

SANDBOX_KEY = {
    "kty": "EC",
    "use": "sig",
    "crv": "P-384",
    "kid": "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f",
    "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
    "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
    "alg": "ES384",
}
"""The public half of the public sandbox's key, as it is published."""

_numbers = count(1)


@cache
def ec_key(name: str = "own", curve: str = "SECP384R1") -> ec.EllipticCurvePrivateKey:
    """One key a name, for as long as the tests run."""
    return ec.generate_private_key(getattr(ec, curve)())


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(key: Any, kid: str = "1", **changes: Any) -> dict[str, Any]:
    """The public half as it is published; a change to ... takes a member away."""
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    plain = {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def whole_jwk(key: ec.EllipticCurvePrivateKey, kid: str = "1") -> dict[str, Any]:
    """Both halves, as they must never be published."""
    return {**json.loads(ECAlgorithm.to_jwk(key)), "kid": kid, "use": "sig", "key_ops": ["sign", "verify"]}


def key_set(*keys: dict[str, Any]) -> str:
    return json.dumps({"keys": keys or (jwk(ec_key()), jwk(rsa_key(), kid="2"))})


def claims(**changes: Any) -> dict[str, Any]:
    """What a right token says, each with an id of its own; a change to ... takes a claim away."""
    plain = {"iss": ISSUER, "aud": AUDIENCE, "iat": NOW, "exp": NOW + 300, "jti": f"token-{next(_numbers)}"}
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def header(**changes: Any) -> dict[str, Any]:
    plain = {"alg": "ES384", "typ": "JWT", "kid": "1"}
    return {name: value for name, value in {**plain, **changes}.items() if value is not ...}


def token(key: Any = None, head: Any = None, body: Any = None, algorithm: str = "ES384", **changes: Any) -> str:
    """A signed token. `head` and `body` may be bytes, sent as they are; `changes` go to the claims."""
    parts = [header() if head is None else head, claims(**changes) if body is None else body]
    signed = ".".join(encoded(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts)
    signature = jwt.get_algorithm_by_name(algorithm).sign(signed.encode(), key or ec_key())
    return f"{signed}.{encoded(signature)}"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


# ---- a service that asks for them ----


def settings(*clients: str, more: str = "", public_url: str = PUBLIC_URL) -> str:
    url = f'public_url = "{public_url}"\n' if public_url else ""
    return f"{url}[auth]\nrequired = true\n{more}\n" + "".join(clients)


def client_of(keys: str, issuer: str = ISSUER, more: str = "") -> str:
    return f'[[auth.clients]]\nissuer = "{issuer}"\n{keys}\n{more}\n'


def client_with_file(folder: Path, keys: str = "", issuer: str = ISSUER, more: str = "") -> str:
    """A client whose keys are in a file of the folder: those above unless others are given."""
    (folder / "keys.json").write_text(keys or key_set(), encoding="utf-8")
    return client_of(f'jwks_file = "{folder / "keys.json"}"', issuer, more)


def call(app: Flask, written: str | None, path: str = fakes.SIGN, **headers: str) -> TestResponse:
    sent = {"Authorization": f"Bearer {written}", **headers} if written is not None else headers
    if path.endswith("feedback"):
        return app.test_client().post(path, json={"feedback": [fakes.feedback_item()]}, headers=sent)
    if path == "/cds-services":
        return app.test_client().get(path, headers=sent)
    return app.test_client().post(path, json=fakes.hook_request(), headers=sent)


def refused(answer: TestResponse) -> bool:
    """Whether it is the one refusal, to the letter."""
    assert answer.status_code == 401, answer.text
    assert answer.json == REFUSAL
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    return True
