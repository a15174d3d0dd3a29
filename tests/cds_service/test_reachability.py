"""`check-config --connect`: whether what the settings name is there, from where the service will run."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from cds_service import cli
from cds_service.outbound import Answer, Outbound
from tests.cds_service import fhir_server as fake
from tests.cds_service import signing

CAPABLE = {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"}


@pytest.fixture
def server():
    with fake.running() as server:
        yield server


@pytest.fixture
def check(tmp_path, monkeypatch, server):
    """Writes the settings, with the fake server in them, and gives the exit code and what was said."""
    monkeypatch.chdir(tmp_path)

    def run(toml: str, *options: str) -> tuple[int, str]:
        (tmp_path / "cds.toml").write_text(toml.replace("{base}", server.base), encoding="utf-8")
        result = CliRunner().invoke(cli.main, ["check-config", "cds.toml", *options])
        return result.exit_code, result.stderr

    return run


SERVERS = '[fhir]\nallow_http = true\nallowed_servers = ["{base}"]\nprivate_networks = ["127.0.0.0/8"]\n'
KEYS = '[[auth.clients]]\nissuer = "https://ehr.example.org"\njwks_url = "{base}/keys"\n'


def test_without_being_told_to_nobody_is_asked(check, server):
    assert check(SERVERS + KEYS)[0] == 0
    assert server.seen == []


def test_servers_that_are_there_are_no_mistake(check, server):
    server.on("metadata", CAPABLE)
    server.on("keys", json.loads(signing.key_set(signing.jwk(signing.ec_key()))))
    assert check(SERVERS + KEYS, "--connect") == (0, "")
    assert server.paths == ["keys", "metadata"]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"resourceType": "Bundle"}, "its /metadata is no CapabilityStatement in JSON"),
        (fake.status(404), "its /metadata has status 404"),
        (fake.status(500), "its /metadata has status 500"),
        (fake.status(401), ""),
        (fake.status(403), ""),
    ],
)
def test_a_fhir_server_answers_its_metadata(check, server, metadata, expected):
    server.on("metadata", metadata)
    code, said = check(SERVERS, "--connect")
    assert (code, said) == (
        (1, f"cds.toml:3: fhir.allowed_servers[0]: expected a FHIR server; {expected}\n") if expected else (0, "")
    )


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            {"keys": []},
            (
                "expected a public key that can be used: "
                "P-384 for ES384, or RSA of 2048 bits or more for RS384, with a kid"
            ),
        ),
        ({"resourceType": "Bundle"}, 'expected a JSON Web Key Set: an object with "keys"'),
        (fake.status(404), "expected a key set; the answer has status 404"),
    ],
)
def test_a_key_set_holds_a_key_that_can_be_used(check, server, keys, expected):
    server.on("keys", keys)
    assert check(KEYS, "--connect") == (1, f"cds.toml:3: auth.clients[0].jwks_url: {expected}\n")


@pytest.mark.parametrize("production", [False, True])
def test_keys_that_everybody_holds_prove_nothing_in_production(check, monkeypatch, production):
    body = json.dumps({"keys": [signing.SANDBOX_KEY]}).encode()
    monkeypatch.setattr(Outbound, "get", lambda *_, **__: Answer(status=200, media_type="application/json", body=body))
    mode = "production" if production else "development"
    toml = f'mode = "{mode}"\npublic_url = "https://a"\nsite.key = "{"k" * 32}"\n{KEYS}'
    code, said = check(toml.replace("{base}", "https://ehr.example.org"), "--connect")
    refused = "cds.toml:6: auth.clients[0].jwks_url: expected no key whose private half is public: the sandbox's is\n"
    assert (code, said) == ((1, refused) if production else (0, ""))


def test_what_is_not_there_is_said(check):
    nowhere = "http://127.0.0.1:1/fhir"
    code, said = check(SERVERS.replace("{base}", nowhere) + KEYS.replace("{base}", nowhere), "--connect")
    assert code == 1
    assert said.count("expected a server that answers (connection)") == 2


def test_a_database_that_is_away_is_said_without_its_password(check):
    code, said = check('[database]\nurl = "postgresql+psycopg://cds:hunter2@127.0.0.1:1/cds"\n', "--connect")
    assert (code, said) == (
        1,
        "cds.toml:2: database.url: expected a database that can be reached (psycopg.OperationalError)\n",
    )


def test_a_database_that_may_not_be_migrated_needs_its_tables(check, tmp_path):
    (tmp_path / "old.sqlite3").touch()
    toml = '[database]\nurl = "sqlite:///old.sqlite3"\nmigrate_at_start = {}\n'
    assert check(toml.format("true"), "--connect")[0] == 0
    assert check(toml.format("false"), "--connect")[0] == 1
