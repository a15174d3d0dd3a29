"""The command line: what it prints, how it ends, and that it never tells a secret."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import zoneinfo
from pathlib import Path
from unittest.mock import Mock

import orjson
import pytest
from click.testing import CliRunner, Result

from cds_service import cli
from cds_service.commands import serve
from cds_service.settings import load
from tests.cds_service.signing import SANDBOX_KEY
from tests.cds_service.test_outbound import certificate
from tests.cds_service.test_routes import OXYCODONE

ROOT = Path(__file__).resolve().parents[2]
UNDOSED = {**OXYCODONE, "id": "b", "dosageInstruction": []}
LISINOPRIL = {**OXYCODONE, "id": "c", "medicationCodeableConcept": {"text": "lisinopril 10 MG Oral Tablet"}}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPIOID_CDS_CONFIG", "")  # what `serve` sets for its workers is taken back after the test
    monkeypatch.setenv("COLUMNS", "120")  # or the width would be that of whatever runs the tests

    def invoke(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli.main, arguments, input=stdin)

    return invoke


@pytest.fixture
def file(tmp_path):
    def write(name: str, content: object) -> str:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else orjson.dumps(content))
        return name

    return write


# ---- mme ----


def test_a_complete_regimen_is_added_up_and_ends_with_0(run, file):
    result = run("mme", file("a.json", OXYCODONE), "--as-of", "2026-01-31")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "MME/day on 2026-01-31, table cdc-2022"
    assert any(line.split()[:2] == ["120", "120"] and "MedicationRequest/a" in line for line in lines)
    assert any("x 1.5 = 120 MME/day" in line for line in lines)
    assert lines[-1].split() == ["120", "120", "total"]


def test_an_incomplete_regimen_says_what_is_missing_and_ends_with_1(run, file):
    result = run("mme", file("a.json", OXYCODONE), file("b.json", UNDOSED), file("c.json", LISINOPRIL))
    assert result.exit_code == 1
    assert "INCOMPLETE: 1 not counted" in result.output
    assert "MedicationRequest/b]: dose-missing" in result.output
    assert "MedicationRequest/c]: not-an-opioid" in result.output


@pytest.mark.parametrize("entries", [list, lambda one: one[0]], ids=["a list", "no list"])
def test_several_files_and_bundles_are_one_regimen(run, file, entries):
    bundle = {"resourceType": "Bundle", "entry": entries([{"resource": {**OXYCODONE, "id": "x"}}])}
    result = run("mme", file("a.json", OXYCODONE), file("bundle.json", bundle), "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["mmePerDay"]["maximum"] == 240.0


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"resourceType": "Bundle", "entry": "x"}, "other.json: entry: expected a list"),
        ({"resourceType": "Bundle", "entry": None}, "other.json: entry: expected a list"),
        ({"resourceType": "Patient"}, "other.json: resourceType: expected"),
        ({"entry": []}, "other.json: resourceType: expected"),
    ],
)
def test_one_of_several_files_that_cannot_be_read_is_not_passed_over(run, file, other, words):
    result = run("mme", file("order.json", OXYCODONE), file("other.json", other))
    assert result.exit_code == 2
    assert words in result.stderr
    assert "order.json" not in result.stderr
    assert result.stdout == ""


def test_a_medication_in_another_file_is_found(run, file):
    medication = {"resourceType": "Medication", "id": "m", "code": OXYCODONE["medicationCodeableConcept"]}
    order = {key: value for key, value in OXYCODONE.items() if key != "medicationCodeableConcept"}
    order["medicationReference"] = {"reference": "Medication/m"}
    result = run("mme", file("order.json", order), file("medication.json", medication), "--json")
    assert json.loads(result.output)["mmePerDay"]["maximum"] == 120.0


def test_the_json_is_the_answer_of_the_service(run, file, client):
    printed = json.loads(run("mme", file("a.json", OXYCODONE), "--json", "--as-of", "2026-01-31").output)
    assert printed == client.post("/mme?asOf=2026-01-31", json=OXYCODONE).json
    assert list(printed) == ["table", "asOf", "complete", "mmePerDay", "counted", "uncounted", "ignored"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_what_cannot_be_written_is_no_finding_about_the_orders(file, tmp_path, options):
    name = file("a.json", OXYCODONE)
    program = [sys.executable, "-c", "from cds_service.cli import main; main()", "mme", str(tmp_path / name), *options]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(program, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "output: No space left on device\n")


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (BrokenPipeError(32, "x"), 1, ""),  # as `| head -1` does: nothing is wrong with the orders, nor with the disk
        (OSError("the printer is out of paper"), 2, "output: the printer is out of paper\n"),
    ],
    ids=["nobody reads on", "a fault without words of the system"],
)
def test_a_fault_of_the_output_is_told_unless_nobody_reads_on(run, file, monkeypatch, fault, code, said):
    monkeypatch.setattr("cds_service.commands.mme.indented", Mock(side_effect=fault))
    result = run("mme", file("a.json", OXYCODONE), "--json")
    assert (result.exit_code, result.output) == (code, said)


def test_a_dash_is_standard_input(run):
    result = run("mme", "-", "--json", stdin=orjson.dumps(OXYCODONE))
    assert json.loads(result.output)["complete"] is True


def test_another_table_and_day_can_be_chosen(run, file):
    answer = json.loads(
        run("mme", file("a.json", OXYCODONE), "--json", "--table", "cdc-2016", "--as-of", "2020-02-29").output
    )
    assert (answer["table"], answer["asOf"]) == ("cdc-2016", "2020-02-29")


def test_standard_input_that_is_closed_is_empty(run, monkeypatch):
    monkeypatch.setattr("cds_service.mme_input.sys", Mock(stdin=None))
    result = run("mme", "-")
    assert (result.exit_code, result.stderr) == (2, "-: the body is empty; expected a JSON object\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["mme"], "Missing argument"),
        (["mme", "none.json"], "none.json: No such file or directory"),
        (["mme", "."], ".: Is a directory"),
        (["mme", "bad.json"], "bad.json: the body is not JSON in UTF-8 (line 1, column"),
        (["mme", "empty.json"], "empty.json: the body is empty"),
        (["mme", "list.json"], "list.json: the body is not a JSON object"),
        (["mme", "patient.json"], "patient.json: "),
        (["mme", "good.json", "bad.json"], "bad.json: "),
        (["mme", "drug.json", "drug.json"], "drug.json, drug.json: resourceType: expected a Bundle, Medication"),
        (["mme", "good.json", "--table", "cdc-1999"], "--table: expected one of "),
        (["mme", "good.json", "--as-of", "yesterday"], "--as-of: expected a day as YYYY-MM-DD"),
        (["mme", "-", "-"], "standard input (-) can be given once"),
        (["mme", "--nonsense"], "No such option"),
        (["nonsense"], "No such command"),
    ],
)
def test_what_cannot_be_read_is_said_and_ends_with_2(run, file, arguments, words):
    file("good.json", OXYCODONE)
    file("bad.json", b"{")
    file("empty.json", b"")
    file("list.json", b"[]")
    file("patient.json", {"resourceType": "Patient"})
    file("drug.json", {"resourceType": "Medication"})
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


def test_text_of_an_order_cannot_steer_the_terminal(run, file):
    named = {**OXYCODONE, "medicationCodeableConcept": {"text": "oxycodone \x1b[2J 10 MG Oral Tablet\r\n"}}
    result = run("mme", file("a.json", named))
    assert "\x1b" not in result.output
    assert "\r" not in result.output


# ---- check-config ----


def test_a_configuration_without_mistakes_ends_with_0_unless_a_variable_is_wrong(run, file, monkeypatch):
    monkeypatch.setenv("OPIOID_CDS_DOCTOR_TOKEN", "CANARY")  # the doctor's, and no unknown setting
    result = run("check-config", file("cds.toml", b'mode = "production"\npublic_url = "https://cds.example.org"\n'))
    assert result.exit_code == 0
    assert result.output.startswith("cds.toml: no mistakes, mode production\n")
    assert "CANARY" not in result.output
    monkeypatch.setenv("OPIOID_CDS_SERVER__PROT", "1")
    result = run("check-config", "cds.toml")
    assert (result.exit_code, result.stderr) == (1, "OPIOID_CDS_SERVER__PROT: no such setting\n")


def test_the_settings_in_effect_are_told_with_where_they_come_from(run, file, monkeypatch):
    monkeypatch.setenv("OPIOID_CDS_LIMITS__BODY_MEGABYTES", "2")
    toml = b"""[server]
port = 9000
[[auth.clients]]
issuer = "https://ehr.example.org"
jwks_url = "https://ehr.example.org/jwks"
"""
    lines = run("check-config", file("cds.toml", toml)).output.splitlines()
    assert 'mode = "development"  # default' in lines
    assert "port = 9000  # cds.toml:2" in lines
    assert 'issuer = "https://ehr.example.org"  # cds.toml:4' in lines
    assert "body_megabytes = 2.0  # OPIOID_CDS_LIMITS__BODY_MEGABYTES" in lines
    assert "# jwks_file is not set" in lines


def test_the_settings_in_effect_could_be_used_again(run, file, tmp_path):
    toml = (
        b'public_url = "https://cds.example.org"\n[cors]\norigins = ["https://a.example.org"]\n'
        b'[services.opioid-order-sign]\nshadow = true\n[[auth.clients]]\nissuer = "\\"a\\""\njwks_url = "https://a/k"\n'
    )
    printed = run("check-config", file("cds.toml", toml)).output.partition("\n")[2]
    (tmp_path / "again.toml").write_text(printed, encoding="utf-8")
    assert load(tmp_path / "again.toml", {}) == load(tmp_path / "cds.toml", {})


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        (b"[cors]\norigin = 1\n", "cds.toml:2: cors.origin: unknown; known here: origins\n"),
        (b'[guideline]\nprofile = "mars-2030"\n', "cds.toml:2: guideline.profile: unknown; known here: "),
        (
            b'[guideline]\n\ntable = "cdc-1999"\n',
            "cds.toml:3: guideline.table: unknown; known here: anzca-2021, ca-2017, cdc-2016",
        ),
        (
            b'[database]\nurl = "sqlite:////no/such/folder/x.sqlite3"\n',
            "cds.toml:2: database.url: expected a file in a folder that exists and can be written to\n",
        ),
        (
            b'[[auth.clients]]\nissuer = "a"\njwks_file = "none.json"\n',
            "cds.toml:3: auth.clients[0].jwks_file: expected a file that can be read\n",
        ),
        (
            b'[[auth.clients]]\nissuer = "a"\njwks_file = "."\n',
            "cds.toml:3: auth.clients[0].jwks_file: expected a file that can be read\n",
        ),
        *(
            (
                f'[database]\nurl = "{url}"\n'.encode(),
                "cds.toml:2: database.url: expected a database URL that can be read\n",
            )
            for url in ("postgresql+psycopg://u@[::1/x", "sqlite:///x?timeout=long")
        ),
        (
            b'[database]\nurl = "postgresql+psycopg://u@h:65536/x"\n',
            "cds.toml:2: database.url: expected a port from 1 to 65535\n",
        ),
        (b'[database]\nurl = "sqlite:///."\n', "cds.toml:2: database.url: expected a file in a folder that exists"),
        (b'[site]\nkey_file = "none"\n', "cds.toml:2: site.key_file: expected a file that can be read\n"),
        (b'[site]\nkey_file = "cds.toml"\n#', "cds.toml:2: site.key_file: expected at least 32 characters in the file"),
        (
            b'[feedback.reasons]\n"Benefits > risks" = "benefit"\n',
            "cds.toml:2: feedback.reasons.Benefits > risks: unknown; known here: agreed-with-patient, ",
        ),
    ],
)
def test_mistakes_are_named_by_key_and_line_and_end_with_1(run, file, toml, expected):
    result = run("check-config", file("cds.toml", toml))
    assert result.exit_code == 1
    assert result.stderr.startswith(expected)
    assert result.stdout == ""


KEY = "a key that nobody can guess, or so"
CLIENT = 'auth.clients = [{issuer = "https://ehr.example.org", jwks_url = "https://ehr.example.org/jwks"}]\n'
CLINIC = CLIENT.replace("example.org", "clinic.org")


def test_the_site_key_is_never_told(run, file):
    result = run("check-config", file("cds.toml", f'[site]\nkey = "{KEY}"\n'.encode()))
    assert result.exit_code == 0
    assert 'key = "***"  # cds.toml:2' in result.output
    short = run("check-config", file("cds.toml", f'[site]\nkey = "{KEY[:20]}"\n'.encode()))
    assert short.exit_code == 1
    assert KEY[:20] not in result.output + short.output


@pytest.mark.parametrize(
    "place",
    ["u:{}@db/cds", "u:{}@/cds?host=/run/postgresql", "u@db/cds?password={}", "db/cds?user=u&Password={}",
     "db/cds?sslpassword={}"],
)  # fmt: skip
def test_a_secret_of_the_databases_url_is_never_told_wherever_it_stands(run, file, place):
    url = f"postgresql+psycopg://{place.format(KEY.replace(' ', '-'))}"
    result = run("check-config", file("cds.toml", f'[database]\nurl = "{url}"\n'.encode()))
    assert (result.exit_code, "/cds" in result.output) == (0, True)
    assert "nobody" not in result.output


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        (
            "[feedback]\ncomments = true\n",
            "cds.toml:2: feedback.comments: warning: comments are kept as written, and can hold patient data\n",
        ),
        (
            f'mode = "production"\npublic_url = "https://x"\n{CLINIC}',
            "cds.toml: site.key: warning: missing: nothing is snoozed, and the report cannot tell prescribers apart\n",
        ),
        (
            f'mode = "production"\npublic_url = "https://x"\nsite.key = "{KEY}"\n{CLINIC}[pages]\nenabled=true',
            "cds.toml:6: pages.enabled: warning: pages to try and to calculate ask for no token: synthetic data only\n",
        ),
        (
            f'mode = "production"\npublic_url = "https://x.clinic.org"\nsite.key = "{KEY}"\n',
            "cds.toml: auth.clients: warning: none: anybody who reaches this service may call it\n",
        ),
    ],
)
def test_what_should_be_known_is_a_warning_and_no_mistake(run, file, toml, expected):
    result = run("check-config", file("cds.toml", toml.encode()))
    assert result.exit_code == 0
    assert result.stderr == expected


def test_addresses_left_from_the_example_are_warned_about_in_production(run, file):
    said = "warning: the address of an example: replace it"
    file("key", b"k" * 64)
    example = (ROOT / "deploy" / "cds.toml").read_text(encoding="utf-8")
    example = example.replace("/run/secrets/opioid-cds-site-key", "key")
    warned = run("check-config", file("cds.toml", example.encode()))
    assert warned.exit_code == 0
    assert [line.split(": ")[1] for line in warned.stderr.splitlines() if line.endswith(said)] == [
        "public_url", "cors.origins[0]", "auth.clients[0].jwks_url", "fhir.allowed_servers[0]",
        "auth.clients[0].issuer",
    ]  # fmt: skip
    for settled in (example.replace("example.org", "clinic.org"), example.replace('mode = "production"', "")):
        assert said not in run("check-config", file("cds.toml", settled.encode())).stderr


@pytest.mark.parametrize(
    ("address", "warned"),
    [("https://example.com:8443", True), ("https://EHR.Example/fhir", True), ("https://example.org.", True),
     ("https://counterexample.org", False), ("https://example.clinic.org", False), ("https://[of-ours]", False),
     ("any words", False)],
)  # fmt: skip
def test_the_address_of_an_example_is_told_by_its_host(run, file, address, warned):
    client = f'auth.clients = [{{issuer = "{address}", jwks_url = "https://ehr.clinic.org/jwks"}}]\n'
    toml = f'mode = "production"\npublic_url = "https://x"\nsite.key = "{KEY}"\n{client}'
    result = run("check-config", file("cds.toml", toml.encode()))
    assert result.exit_code == 0, result.output
    assert ("auth.clients[0].issuer: warning: the address of an example" in result.stderr) == warned


def test_a_medication_list_that_nobody_is_asked_for_is_warned_about(run, file):
    said = "discovery.leave_out[1]: warning: the medication list: no client is asked for it"
    toml = '[discovery]\nleave_out = ["patient", "medications"]\n'
    assert said in run("check-config", file("cds.toml", toml.encode())).stderr
    readable = '[fhir]\nallowed_servers = ["https://ehr.example.org/fhir"]\n'
    assert "warning" not in run("check-config", file("cds.toml", (toml + readable).encode())).stderr
    assert "warning" not in run("check-config", file("cds.toml", toml.replace(', "medications"', "").encode())).stderr


@pytest.mark.parametrize(
    "network",
    ["0.0.0.0/0", "0.0.0.0/32", "169.254.169.254/32", "127.0.0.0/8", "::/0", "fe80::/64", "::ffff:127.0.0.1/128"],
)
def test_network_that_holds_the_machine_itself_is_warned_about_in_production(run, file, network):
    networks = f'[fhir]\nprivate_networks = ["10.0.0.0/8", "{network}"]\n'
    said = "holds loopback or link-local addresses: a name of an allowed server may lead to this machine itself"
    production = run(
        "check-config", file("cds.toml", f'mode = "production"\npublic_url = "https://x"\n{networks}'.encode())
    )
    assert production.exit_code == 0
    assert f"cds.toml:4: fhir.private_networks[1]: warning: {said}\n" in production.stderr
    assert run("check-config", file("cds.toml", networks.encode())).stderr == ""


@pytest.mark.parametrize(
    ("mode", "keys", "expected"),
    [
        ("development", "x", 'expected a JSON Web Key Set: an object with "keys"'),
        ("development", '{"keys": []}', "expected a public key that can be used: P-384 for ES384, or RSA of 2048 bits"),
        ("production", json.dumps({"keys": [SANDBOX_KEY]}), "expected no key whose private half is public"),
        ("development", json.dumps({"keys": [SANDBOX_KEY]}), None),
    ],
)
@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
def test_a_file_of_keys_holds_keys_that_can_be_used(run, file, monkeypatch, command, mode, keys, expected):
    monkeypatch.setattr(serve, "listen", lambda *_: None)
    monkeypatch.setattr(serve, "free_address", lambda host, _: host)
    file("keys.json", keys.encode())
    client = '[[auth.clients]]\nissuer = "a"\njwks_file = "keys.json"\n'
    result = run(*command, file("cds.toml", f'mode = "{mode}"\npublic_url = "https://a"\n{client}'.encode()))
    if expected is None:
        assert result.exit_code == 0, result.stderr
    else:
        assert result.exit_code == 1
        assert result.stderr.startswith(f"cds.toml:5: auth.clients[0].jwks_file: {expected}")


@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('fhir.ca_file = "none.pem"', "fhir.ca_file: expected a file that can be read"),
        ('fhir.ca_file = "."', "fhir.ca_file: expected a file that can be read"),
        ('fhir.ca_file = "keys.json"', "fhir.ca_file: expected certificates in PEM, such as"),
        ('fhir.ca_file = "empty"', "fhir.ca_file: expected certificates in PEM, such as"),
        ('pages.conversations = "none"', "pages.conversations: expected a folder that exists"),
        ('pages.conversations = "empty"', "pages.conversations: expected a folder that exists"),
        ('server.metrics_directory = "none"', "server.metrics_directory: expected a folder that exists and can be"),
        ('server.metrics_directory = "empty"', "server.metrics_directory: expected a folder that exists and can be"),
        ('feedback.reasons = {a = "no-such-reason"}', "feedback.reasons.a: unknown; known here: agreed-with-patient"),
        (
            'database.url = "postgresql+psycopg://u:be@CANARY@h/x"',
            "database.url: expected a database URL whose password has each @ written as %40\n",
        ),
    ],
)
def test_what_check_config_refuses_is_not_served(run, file, monkeypatch, command, toml, expected):
    monkeypatch.setattr(serve, "listen", lambda *_: None)
    file("keys.json", {"keys": []})
    file("empty", b"")
    result = run(*command, file("cds.toml", toml.encode()))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"cds.toml:1: {expected}")
    assert "CANARY" not in result.output


def test_a_folder_that_nobody_may_write_to_keeps_no_metrics(run, file, monkeypatch):
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)  # as for a user who is not root
    result = run("check-config", file("cds.toml", b'server.metrics_directory = "."'))
    assert result.stderr.startswith("cds.toml:1: server.metrics_directory: expected a folder that exists and can be")


@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
@pytest.mark.parametrize(
    ("zone", "code"),
    [
        *(("America/Chicgo", 1), (":Mars/Olympus", 1), ("Chicago", 1), ("America", 1)),
        *((zone, 1) for zone in ('"America/Chicago"', "America/Chicago ", "America/", "America/../x")),
        *((zone, 0) for zone in ("America/Chicago", ":America/Chicago", "Etc/UTC", "GMT", "EST5EDT4", "", ":")),
        *((zone, 0) for zone in ("CST6CDT,M3.2.0,M11.1.0", "<+03>-3", "UTC-14", "/etc/localtime", ":/etc/localtime")),
    ],
)
def test_a_time_zone_that_the_machine_would_take_for_utc_is_refused(
    run, file, monkeypatch, tmp_path, command, zone, code
):
    monkeypatch.setattr(serve, "listen", lambda *_: None)
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "nowhere"), str(tmp_path)))
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "Chicago").touch()
    monkeypatch.setenv("TZ", zone)
    result = run(*command, file("cds.toml", b""))
    expected = "TZ: expected a time zone of this machine, such as America/Chicago\n"
    assert (result.exit_code, result.stderr) == (code, expected if code else "")


MANY = """mode = "production"
[cors]
origins = ["*"]
[guideline]
profile = "mars-2030"
[limits]
body_megabytes = "much"
[fhir]
ca_file = "none.pem"
[feedback.reasons]
"LGL-7" = "because"
[servces]
"""


@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
def test_every_mistake_is_named_at_once_in_the_order_of_the_file(run, file, command):
    result = run(*command, file("cds.toml", MANY.encode()))
    assert result.exit_code == 1
    assert [": ".join(line.split(": ")[:2]) for line in result.stderr.splitlines()] == [
        "cds.toml: public_url",
        "cds.toml:3: cors.origins[0]",
        "cds.toml:5: guideline.profile",
        "cds.toml:7: limits.body_megabytes",
        "cds.toml:9: fhir.ca_file",
        "cds.toml:11: feedback.reasons.LGL-7",
        "cds.toml:12: servces",
    ]


KEYS_WRONG_IN_THEMSELVES = (
    "auth.required: expected true or false",
    "auth.clients[0].jwks_url",
    "public_url",
    "site.key",
    "fhir.allow_http: expected true or false",
    "mode",
    "snooze.days",
    "guideline.profile",
    "reports.proxy_secret",
)


@pytest.mark.parametrize(
    "toml",
    [
        'auth.required = "yes"\n[[auth.clients]]\nissuer = "a"\njwks_url = "nowhere"',
        'public_url = 7\nauth.required = true\n[[auth.clients]]\nissuer = "a"\njwks_url = "https://a/jwks"',
        'mode = "production"\npublic_url = "https://a"\nsite.key = "short"\nsnooze.enabled = true',
        'mode = "production"\npublic_url = "https://a"\nsite.key = "short"\nexplain.enabled = true',
        'fhir.allow_http = "yes"\nfhir.allowed_servers = ["http://a/fhir"]',
        'mode = "produktion"\nretention.feedback_days = 3',
        'snooze.days = "90"\nretention.card_days = 3',
        "guideline.profile = 7\nguideline.thresholds.high_mme = 40",
        'reports.enabled = true\nreports.user_header = "X-User"\nreports.proxy_secret = "short"',
    ],
)
def test_no_mistake_is_named_that_only_follows_from_another(run, file, toml):
    wrong = run("check-config", file("cds.toml", toml.encode())).stderr.splitlines()
    assert wrong
    assert [line for line in wrong if not line.partition(": ")[2].startswith(KEYS_WRONG_IN_THEMSELVES)] == []


def test_certificates_a_folder_for_metrics_and_a_database_in_memory_are_accepted(run, file, tmp_path):
    named = f'fhir.ca_file = "{certificate(tmp_path, "ehr").name}"\nserver.metrics_directory = "."'
    result = run("check-config", file("cds.toml", f'{named}\ndatabase.url = "sqlite://"'.encode()))
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
def test_a_database_without_its_driver_is_a_mistake(run, file, monkeypatch, command):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = run(*command, file("cds.toml", b'[database]\nurl = "postgresql+psycopg://cds@db/cds"\n'))
    assert result.exit_code == 1
    assert result.stderr == "cds.toml:2: database.url: the driver of this kind of database is not installed\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cds.toml: No such file or directory"),
        (b"[cors\n", "not TOML"),
        (b"\xff", "not UTF-8 text"),
        (b"server.workers = 1" + b"0" * 5000, "a number is too long"),
        (b"cors.origins = " + b"[" * 3000 + b"]" * 3000, "tables nest too deep"),
    ],
)
def test_a_configuration_that_is_not_toml_or_not_there_ends_with_2(run, file, content, words):
    result = run("check-config", file("cds.toml", content) if content else "cds.toml")
    assert result.exit_code == 2
    assert words in result.stderr


# ---- serve ----


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--config", "none.toml"], 2),
        (["--config", "bad.toml"], 1),
        (["--config", "unknown.toml"], 1),
        *((["--port", port], 2) for port in ("0", "x", "65536", "80_80")),
    ],
)
def test_the_service_does_not_start_with_wrong_settings(run, file, arguments, code):
    file("bad.toml", b'mode = "production"')
    file("unknown.toml", b'[guideline]\nprofile = "mars-2030"')
    result = run("serve", *arguments)
    assert result.exit_code == code
    assert ("Invalid value for '--port'" in result.output) is (arguments[0] == "--port")


def test_the_service_listens_where_it_is_told(run, file, monkeypatch):
    listened = []
    monkeypatch.setattr(serve, "listen", lambda settings, host, port: listened.append((host, port)))
    monkeypatch.setattr(serve, "free_address", lambda host, port: host)
    monkeypatch.setenv("OPIOID_CDS_CONFIG", "")
    assert run("serve").exit_code == 0
    assert run("serve", "--config", file("cds.toml", b'[server]\nhost = "::1"\nport = 1234')).exit_code == 0
    assert run("serve", "--host", "0.0.0.0", "--port", "9").exit_code == 0
    assert listened == [("127.0.0.1", 8080), ("::1", 1234), ("0.0.0.0", 9)]


def test_the_server_is_started_with_the_numbers_of_the_settings(run, file, monkeypatch):
    started = Mock()
    monkeypatch.setattr(serve, "Granian", started)
    monkeypatch.setattr(serve, "free_address", lambda host, port: host)
    toml = b"[server]\nport = 1234\nworkers = 1\nthreads = 7\nstop_seconds = 9"
    assert run("serve", "--config", file("cds.toml", toml)).exit_code == 0
    told = started.call_args.kwargs
    assert (told["port"], told["workers"], told["blocking_threads"], told["workers_kill_timeout"]) == (1234, 1, 7, 9)
    started.return_value.serve.assert_called_once_with()


def test_the_folder_of_the_settings_is_where_workers_add_up_their_metrics(run, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(serve, "listen", lambda *_: seen.append(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    monkeypatch.setattr(serve, "free_address", lambda host, port: host)
    for name in ("PROMETHEUS_MULTIPROC_DIR", "OPIOID_CDS_SERVER__METRICS_DIRECTORY"):
        monkeypatch.setenv(name, "")  # what `serve` sets for its workers is taken back after the test
    monkeypatch.setenv("OPIOID_CDS_SERVER__WORKERS", "2")
    monkeypatch.setenv("OPIOID_CDS_SERVER__METRICS_DIRECTORY", str(tmp_path))
    assert run("serve").exit_code == 0
    assert seen == [str(tmp_path)]


@pytest.mark.parametrize("options", [[], [(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)]], ids=["alone", "sharing"])
def test_the_service_shares_its_port_with_nobody(run, options):
    with socket.socket() as other:
        for option in options:
            other.setsockopt(*option)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", "--port", str(port))
    assert result.exit_code == 2
    assert result.stderr == f"cannot listen at 127.0.0.1, port {port}: Address already in use\n"


@pytest.mark.parametrize("host", ["a..b", "192.0.2.1", "nobody.example"])
def test_the_service_does_not_start_where_it_cannot_listen(run, host, monkeypatch):
    if host == "nobody.example":
        unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        monkeypatch.setattr(socket, "getaddrinfo", Mock(side_effect=unknown))
    result = run("serve", "--host", host, "--port", "54321")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"cannot listen at {host}, port 54321: ")
    assert "Traceback" not in result.output


def test_a_host_may_be_named():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert serve.free_address("localhost", port) == "127.0.0.1"
    assert serve.free_address("127.0.0.1", port) == "127.0.0.1"


def test_a_name_that_stands_for_addresses_of_both_kinds_means_the_older_kind(monkeypatch):
    """Probes and proxies that are told `localhost` mostly try 127.0.0.1 first, or alone."""
    tcp = (socket.SOCK_STREAM, 6, "")
    found = [(socket.AF_INET6, *tcp, ("::1", 0, 0, 0)), (socket.AF_INET, *tcp, ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert serve.free_address("localhost", 0) == "127.0.0.1"


def test_the_list_of_commands_names_each_and_loads_none(run):
    program = (
        "import sys\nfrom cds_service.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print([name for name in sys.modules if name.startswith('cds_service.')], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert [name for name in cli.COMMANDS if f"\n  {name} " not in done.stdout] == []
    assert done.stderr == "['cds_service.cli']\n"


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_in_the_list_exists_under_its_name_and_its_help_is_for_those_who_use_it(run, name):
    helped = run(name, "--help")
    assert (helped.exit_code, helped.output) == (0, run(name, "-h").output)
    assert helped.output.startswith(f"Usage: main {name} ")
    assert "None" not in helped.output, "what only programmers read"
