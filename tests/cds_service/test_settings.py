"""Settings: where each comes from, every mistake named by key and line, and what production refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cds_service.settings import Settings, load, read
from cds_service.settings_check import InvalidSettings
from cds_service.settings_schema import validator_of
from cds_service.settings_sections import ClientProfile, Mode
from cds_service.settings_sources import UnreadableSettings, line_of
from hooks.evaluation import PREFETCH
from tests import settings_document

PRODUCTION = 'mode = "production"\npublic_url = "https://cds.example.org"\n'

EVERYTHING = """
mode = "production"
public_url = "https://cds.example.org/"
[database]
url = "postgresql+psycopg://cds@db/cds"
[cors]
origins = ["https://ehr.example.org"]
[guideline]
profile = "us-cdc-2022"
table = "cdc-2016"
[fhir]
allowed_servers = ["https://ehr.example.org/fhir/"]
allow_http = false
deadline_seconds = 2.5
[auth]
required = true
[[auth.clients]]
issuer = "https://ehr.example.org"
jwks_url = "https://ehr.example.org/jwks"
audience = "https://cds.example.org/cds-services/opioid-order-sign"
profile = "epic"
[[auth.clients]]
issuer = "https://other.example.org"
jwks_file = "keys.json"
[limits]
body_megabytes = 16
requests_per_second = 50
[services.opioid-order-sign]
enabled = true
shadow = true
[server]
host = "0.0.0.0"
port = 9000
workers = 2
threads = 8
"""


def loaded(folder: Path, toml: str = "", **environ: str):
    file = folder / "cds.toml"
    file.write_text(toml, encoding="utf-8")
    return load(file, environ)


def mistakes(folder: Path, toml: str = "", **environ: str) -> list[str]:
    with pytest.raises(InvalidSettings) as caught:
        loaded(folder, toml, **environ)
    return [str(mistake).replace(f"{folder}/", "") for mistake in caught.value.mistakes]


def test_nothing_set_gives_the_defaults_that_are_promised():
    settings = load(environ={})
    assert settings.mode is Mode.DEVELOPMENT
    assert settings.public_url is None
    assert settings.database.url == "sqlite:///opioid-cds.sqlite3"
    assert settings.cors.origins == ("*",)
    assert (settings.guideline.profile, settings.guideline.table) == ("us-cdc-2022", None)
    assert settings.fhir.allowed_servers == ()
    assert not settings.fhir.allow_http
    assert settings.fhir.deadline_seconds == 2.5
    assert not settings.auth.required
    assert settings.auth.clients == ()
    assert (settings.limits.body_bytes, settings.limits.requests_per_second) == (16 * 2**20, 0)
    assert settings.switch("opioid-order-sign").enabled
    assert not settings.switch("opioid-order-sign").shadow
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8080)
    assert settings.pages.enabled


def test_every_promised_key_is_read_from_toml(tmp_path):
    settings = loaded(tmp_path, EVERYTHING)
    assert settings.production
    assert settings.public_url == "https://cds.example.org"
    assert settings.database.url == "postgresql+psycopg://cds@db/cds"
    assert settings.cors.origins == ("https://ehr.example.org",)
    assert settings.guideline.table == "cdc-2016"
    assert settings.fhir.allowed_servers == ("https://ehr.example.org/fhir",)
    first, second = settings.auth.clients
    assert first.profile is ClientProfile.EPIC
    assert (second.jwks_url, second.jwks_file, second.profile) == (None, "keys.json", ClientProfile.GENERIC)
    assert settings.limits.requests_per_second == 50
    assert settings.switch("opioid-order-sign").shadow
    assert (settings.server.workers, settings.server.threads) == (2, 8)
    assert not settings.pages.enabled


def test_every_value_can_come_from_the_environment():
    settings = load(
        environ={
            "OPIOID_CDS_MODE": "production",
            "OPIOID_CDS_PUBLIC_URL": "https://cds.example.org",
            "OPIOID_CDS_DATABASE__URL": "sqlite:////var/lib/cds.sqlite3",
            "OPIOID_CDS_CORS__ORIGINS": '["https://a.example.org"]',
            "OPIOID_CDS_GUIDELINE__PROFILE": "us-cdc-2016",
            "OPIOID_CDS_FHIR__ALLOWED_SERVERS": '["https://a.example.org/fhir"]',
            "OPIOID_CDS_FHIR__ALLOW_HTTP": "FALSE",
            "OPIOID_CDS_FHIR__DEADLINE_SECONDS": "1",
            "OPIOID_CDS_AUTH__CLIENTS": '[{"issuer": "https://a.example.org", "jwks_file": "a.json"}]',
            "OPIOID_CDS_LIMITS__BODY_MEGABYTES": "0.5",
            "OPIOID_CDS_SERVICES__OPIOID_ORDER_SIGN__SHADOW": "1",
            "OPIOID_CDS_SERVICES__OPIOID_PATIENT_VIEW": '{"enabled": false}',
            "OPIOID_CDS_PAGES__ENABLED": "true",
            "UNRELATED": "x",
        }
    )
    assert settings.database.url == "sqlite:////var/lib/cds.sqlite3"
    assert settings.cors.origins == ("https://a.example.org",)
    assert settings.guideline.profile == "us-cdc-2016"
    assert settings.fhir.deadline_seconds == 1
    assert settings.auth.required, "clients are configured and mode is production"
    assert settings.limits.body_bytes == 2**19
    assert settings.switch("opioid-order-sign").shadow
    assert not settings.switch("opioid-patient-view").enabled
    assert settings.pages.enabled


def test_the_environment_wins_over_the_file_key_by_key(tmp_path):
    toml = '[guideline]\nprofile = "us-cdc-2016"\ntable = "cdc-2016"\n'
    settings = loaded(tmp_path, toml, OPIOID_CDS_GUIDELINE='{"table": "cdc-2022"}')
    assert (settings.guideline.profile, settings.guideline.table) == ("us-cdc-2016", "cdc-2022")


def test_a_deeper_variable_wins_over_a_table_given_as_json():
    environ = {"OPIOID_CDS_SERVER": '{"port": 1, "host": "::"}', "OPIOID_CDS_SERVER__PORT": "2"}
    assert (load(environ=environ).server.port, load(environ=environ).server.host) == (2, "::")


def test_an_empty_variable_counts_as_not_set():
    assert load(environ={"OPIOID_CDS_PUBLIC_URL": "", "OPIOID_CDS_CORS__ORIGINS": ""}).cors.origins == ("*",)


def test_the_file_can_be_named_by_the_environment(tmp_path):
    file = tmp_path / "named.toml"
    file.write_text("[server]\nport = 9999\n", encoding="utf-8")
    assert load(environ={"OPIOID_CDS_CONFIG": str(file)}).server.port == 9999


def test_the_file_that_is_named_at_the_command_line_is_read_before_the_one_of_the_environment(tmp_path):
    file = tmp_path / "of-the-environment.toml"
    file.write_text("[server]\nport = 9999\n", encoding="utf-8")
    assert loaded(tmp_path, "[server]\nport = 1111\n", OPIOID_CDS_CONFIG=str(file)).server.port == 1111


def test_a_file_with_a_byte_order_mark_and_windows_lines_is_read(tmp_path):
    file = tmp_path / "cds.toml"
    file.write_bytes(b"\xef\xbb\xbf[server]\r\nport = 9999\r\n")
    assert load(file, {}).server.port == 9999


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('mode = "prod"', 'cds.toml:1: mode: expected "development" or "production"'),
        ("mode = 5", 'cds.toml:1: mode: expected "development" or "production"'),  # breaks two rules, is said once
        ("[cors]\n\norigins = 3", "cds.toml:3: cors.origins: expected a list of origins"),
        *(
            (
                f'[cors]\norigins = [\n  "*",\n  "{origin}",\n]',
                'cds.toml:2: cors.origins[1]: expected "*" or an origin without a path, such as "https://ehr.example.org"',
            )
            for origin in ("https://x.org/path", "https://*.example.org", "https://u@ehr.org")
        ),
        ('[reports]\nuser = "a:b"', "cds.toml:2: reports.user: expected a name without a colon"),
        *(
            (
                f"[limits]\nbody_megabytes = {size}",
                "cds.toml:2: limits.body_megabytes: expected a number from 0.01 to 1024",
            )
            for size in ("0", "1e-9", "0.0099", "1025", "true", "inf")
        ),
        ("[limits]\nrequests_per_second = nan", "cds.toml:2: limits.requests_per_second: expected a finite number"),
        ('[site]\nkey_file = "a\\u0000b"', "cds.toml:2: site.key_file: expected text without a zero byte"),
        ("[server]\nport = 65536", "cds.toml:2: server.port: expected a port, 1 to 65535"),
        ("# x\n\nserver = 3", "cds.toml:3: server: expected a table"),
        (
            '[[auth.clients]]\nissuer = "a"\njwks_file = "k"\n[[auth.clients]]\njwks_file = "k"',
            'cds.toml:4: auth.clients[1].issuer: missing; expected the client\'s "iss"',
        ),
        (
            '[[auth.clients]]\nissuer = "a"\njwks_file = "k"\nprofile = "cerner"',
            "cds.toml:4: auth.clients[0].profile: expected one of generic, epic, oracle-health, athena, sandbox",
        ),
        *(
            (
                f'[[auth.clients]]\nissuer = "a"\n{keys}',
                "cds.toml:1: auth.clients[0]: expected exactly one of jwks_url and jwks_file",
            )
            for keys in ("", 'jwks_file = "k"\njwks_url = "https://a/k"')
        ),
        ("[auth]\nrequired = true", "cds.toml:2: auth.required: true, but no client is configured: nobody could call"),
        (
            '[fhir]\nallowed_servers = ["https://a/x/../fhir"]',
            "cds.toml:2: fhir.allowed_servers[0]: expected a plain URL: no dot segments, no hidden characters",
        ),
        (
            '[fhir]\nprivate_networks = ["10.20.0.1/16"]',
            "cds.toml:2: fhir.private_networks[0]: expected a network whose address ends where its mask does",
        ),
        (
            '[fhir]\nprivate_networks = ["10.20.0.0"]',
            'cds.toml:2: fhir.private_networks[0]: expected a network, such as "10.20.0.0/16"',
        ),
        (
            '[auth]\nrequired = true\n[[auth.clients]]\nissuer = "a"\njwks_file = "k"',
            "cds.toml:3: auth.clients[0]: expected an audience, or public_url: tokens are made for a URL",
        ),
        (
            '[fhir]\nallowed_servers = ["http://a/fhir"]',
            "cds.toml:2: fhir.allowed_servers[0]: expected https, as fhir.allow_http is false",
        ),
        *(
            (
                f'[database]\nurl = "{url}"',
                'cds.toml:2: database.url: expected "sqlite:///<file>", "sqlite://" (in memory) or "postgresql+psycopg://<user>@<host>/<database>"',
            )
            for url in ("mysql://x", "sqlite:///:memory:")
        ),
        *(
            (
                f'public_url = "{url}"',
                'cds.toml:1: public_url: expected an absolute URL, such as "https://cds.example.org"',
            )
            for url in (
                "https://u:hunter2@cds.org",
                "https://cds.org/?a=b",
                "https://cds.org#a",
                "https://",
                "//cds.org",
                "cds.org",
            )
        ),
        (
            '[discovery]\nversion = "2.0"',
            'cds.toml:2: discovery.version: expected a version with three parts, such as "2.0.1"',
        ),
        (
            '[discovery]\nleave_out = ["encounters"]',
            f"cds.toml:2: discovery.leave_out[0]: expected one of {', '.join(PREFETCH)}",
        ),
    ],
)
def test_a_wrong_value_is_named_by_key_and_line(tmp_path, toml, expected):
    assert mistakes(tmp_path, toml) == [expected]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0.0.0.0", "::", "::1", "fe80::1%eth0", "localhost", "cds_1", "cds-1.example.org", "example."]
)
def test_a_host_that_can_be_is_listened_at(tmp_path, host):
    assert loaded(tmp_path, f'[server]\nhost = "{host}"').server.host == host


@pytest.mark.parametrize(
    "host",
    [
        *("x y", " ", "a:80", "http://a", "[::1]", "999.1.1.1", "127.1", "0"),
        *("a..b", ".a", "-a", "a-", "*", "ä", "a" * 64, "a." * 127),
    ],
)
def test_a_host_that_cannot_be_is_named(tmp_path, host):
    said = "cds.toml:2: server.host: expected the name of a host or an IP address, without a port"
    assert mistakes(tmp_path, f'[server]\nhost = "{host}"') == [said]


CLIENT = '[[auth.clients]]\nissuer = "a"\naudience = "b"\n'
SENSELESS_URLS = {
    'public_url = "{}"': "cds.toml:1: public_url",
    '[cors]\norigins = ["https://a", "{}"]': "cds.toml:2: cors.origins[1]",
    CLIENT + 'jwks_url = "{}"': "cds.toml:4: auth.clients[0].jwks_url",
    CLIENT + 'jwks_file = "k"\nkey_addresses = ["{}"]': "cds.toml:5: auth.clients[0].key_addresses[0]",
}


@pytest.mark.parametrize(("toml", "where"), SENSELESS_URLS.items(), ids=SENSELESS_URLS.values())
@pytest.mark.parametrize(
    "url", ["https://x..y", "https://-", "https://a:99999", "https://a:0", "https://a:b", "https://[x]"]
)
def test_a_url_whose_host_cannot_be_is_named(tmp_path, toml, where, url):
    said = f"{where}: expected a host that can be, in plain letters, and a port from 1 to 65535"
    assert mistakes(tmp_path, toml.format(url)) == [said]


@pytest.mark.parametrize("toml", SENSELESS_URLS)
@pytest.mark.parametrize("url", ["https://[::1]:8443", "http://ehr_1:80", "https://a.example.org"])
def test_a_url_whose_host_can_be_is_taken(tmp_path, toml, url):
    assert loaded(tmp_path, toml.format(url))


def test_of_a_url_of_keys_only_the_host_is_judged(tmp_path):
    assert loaded(tmp_path, CLIENT + 'jwks_url = "https://a?keys=https://..//"')
    assert loaded(tmp_path, CLIENT + 'jwks_url = "https://a/x//y#z"')


def test_the_host_of_a_database_has_no_spaces(tmp_path):
    said = "cds.toml:2: database.url: expected a host without spaces"
    assert mistakes(tmp_path, '[database]\nurl = "postgresql+psycopg://x y/cds"') == [said]
    assert loaded(tmp_path, '[database]\nurl = "postgresql+psycopg://a user:a word@db:5432/cds"')


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("modus = 1", "cds.toml:1: modus: unknown; known here: auth, cards, cors, database, "),
        ("[server]\nprot = 1", "cds.toml:2: server.prot: unknown; known here: host, metrics_directory, port, "),
        ("[services.opioid-order]\nenabled = true", "cds.toml:1: services.opioid-order: unknown; known here: opioid-"),
        ('[services.opioid-order-sign]\nshadov = "x"', "cds.toml:2: services.opioid-order-sign.shadov: unknown; "),
        ('[[auth.clients]]\nissuer = "a"\njwks = "k"', "cds.toml:3: auth.clients[0].jwks: unknown; known here: "),
    ],
)
def test_an_unknown_key_is_an_error_that_lists_the_known(tmp_path, toml, expected):
    assert mistakes(tmp_path, toml)[0].startswith(expected)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("OPIOID_CDS_PROT", "1", "OPIOID_CDS_PROT: no such setting"),
        ("OPIOID_CDS_", "1", "OPIOID_CDS_: no such setting"),
        ("OPIOID_CDS_SERVER__PORT__X", "1", "OPIOID_CDS_SERVER__PORT__X: no such setting"),
        ("OPIOID_CDS_SERVER__PORT", "http", "OPIOID_CDS_SERVER__PORT: server.port: expected a port, 1 to 65535"),
        ("OPIOID_CDS_SERVER__PORT", "[" * 100_000, "OPIOID_CDS_SERVER__PORT: server.port: expected a port, 1 to 65535"),
        ("OPIOID_CDS_CORS__ORIGINS", "https://a", "OPIOID_CDS_CORS__ORIGINS: cors.origins: expected a list of origins"),
        ("OPIOID_CDS_FHIR__ALLOW_HTTP", "yes", "OPIOID_CDS_FHIR__ALLOW_HTTP: fhir.allow_http: expected true or false"),
        ("OPIOID_CDS_SERVER", '{"prot": 1}', "OPIOID_CDS_SERVER: server.prot: unknown"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path, variable, value, expected):
    (mistake,) = mistakes(tmp_path, "", **{variable: value})
    assert mistake.partition("; known here: ")[0] == expected


def test_all_mistakes_are_told_at_once(tmp_path):
    assert len(mistakes(tmp_path, 'mode = "x"\n[server]\nport = 0\n', OPIOID_CDS_X="1")) == 3


def test_a_mistake_never_shows_the_value(tmp_path):
    said = mistakes(tmp_path, '[database]\nurl = "postgres://cds:hunter2@db"\n[cors]\norigins = ["hunter2"]\n')
    assert len(said) == 2
    assert "hunter2" not in "".join(said)


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('mode = "production"', "public_url: missing; expected the https URL that callers use"),
        ('mode = "production"\npublic_url = "http://a"', "cds.toml:2: public_url: expected https in production"),
        (PRODUCTION + '[cors]\norigins = ["*"]', "cds.toml:4: cors.origins[0]: expected named origins in production"),
        (PRODUCTION + '[database]\nurl = "sqlite://"', "cds.toml:4: database.url: expected a file or a server in prod"),
        (PRODUCTION + "[fhir]\nallow_http = true", "cds.toml:4: fhir.allow_http: expected false in production"),
        (
            PRODUCTION + '[auth]\nrequired = false\n[[auth.clients]]\nissuer = "a"\njwks_file = "k"',
            "cds.toml:4: auth.required: expected true in production",
        ),
        (
            PRODUCTION + '[[auth.clients]]\nissuer = "a"\njwks_url = "http://a/k"',
            "cds.toml:5: auth.clients[0].jwks_url: expected https in production",
        ),
        *(
            (
                f"{PRODUCTION}[[auth.clients]]\n{client}",
                "cds.toml:3: auth.clients[0]: expected no sandbox in production",
            )
            for client in (
                'issuer = "a"\njwks_file = "k"\nprofile = "sandbox"',
                'issuer = "https://sandbox.cds-hooks.org"\njwks_file = "k"',
                'issuer = "a"\njwks_url = "https://Sandbox.cds-hooks.org/.well-known/jwks.json"',
                'issuer = "a"\njwks_url = "https://a/k"\nkey_addresses = ["https://sandbox.cds-hooks.org/k"]',
            )
        ),
    ],
)
def test_production_refuses_what_is_unsafe(tmp_path, toml, expected):
    (mistake,) = mistakes(tmp_path, toml)
    assert expected in mistake


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ('[site]\nkey = "{key}"\nkey_file = "k"', "cds.toml:1: site: expected at most one of key and key_file"),
        ('[site]\nkey = "short"', "cds.toml:2: site.key: expected at least 32 characters that nobody can guess"),
        (
            "[retention]\ncard_days = 89",
            "cds.toml:2: retention.card_days: expected at least snooze.days: a snooze rests on what is kept",
        ),
        (
            "[snooze]\nenabled = true\n[notes]\nenabled = false",
            "cds.toml:2: snooze.enabled: expected false, as notes.enabled is false: a snooze rests on noted cards",
        ),
        (
            PRODUCTION + "[snooze]\nenabled = true",
            "cds.toml:4: snooze.enabled: expected a site key beside it in production (site.key or site.key_file)",
        ),
        ("[feedback.reasons]\na = 1", "cds.toml:2: feedback.reasons.a: expected the code of a reason that cards offer"),
    ],
)
def test_what_is_kept_is_consistent(tmp_path, toml, expected):
    assert mistakes(tmp_path, toml.replace("{key}", "k" * 32)) == [expected]


@pytest.mark.parametrize("name", ["feedback_days", "card_days"])
def test_what_a_snooze_rests_on_may_be_kept_just_as_long_as_it_lasts(tmp_path, name):
    assert getattr(loaded(tmp_path, f"[snooze]\ndays = 30\n[retention]\n{name} = 30").retention, name) == 30
    assert len(mistakes(tmp_path, f"[snooze]\ndays = 30\n[retention]\n{name} = 29")) == 1


def test_a_threshold_is_the_number_that_was_written(tmp_path):
    thresholds = loaded(
        tmp_path, "[guideline.thresholds]\ncaution_mme = 50.1\nlong_term_days = 30"
    ).guideline.thresholds
    assert {one.value: str(value) for one, value in thresholds.given().items()} == {
        "caution_mme": "50.1",
        "long_term_days": "30",
    }


def test_snoozing_is_on_where_it_can_work(tmp_path):
    key = f'[site]\nkey = "{"k" * 32}"\n'
    assert loaded(tmp_path).snooze.enabled
    assert loaded(tmp_path, PRODUCTION + key).snooze.enabled
    assert loaded(tmp_path, PRODUCTION + '[site]\nkey_file = "key"\n').snooze.enabled
    assert not loaded(tmp_path, PRODUCTION).snooze.enabled
    assert not loaded(tmp_path, "[notes]\nenabled = false").snooze.enabled
    assert loaded(tmp_path, PRODUCTION, OPIOID_CDS_SITE__KEY="k" * 32).snooze.enabled


def test_production_allows_no_origin_unless_one_is_named(tmp_path):
    assert loaded(tmp_path, PRODUCTION).cors.origins == ()


@pytest.mark.parametrize(("servers", "threads"), [("[]", 4), ('["https://a.example.org/fhir"]', 32)])
def test_where_requests_wait_for_servers_there_are_more_threads(tmp_path, servers, threads):
    assert loaded(tmp_path, f"[fhir]\nallowed_servers = {servers}").server.threads == threads
    assert loaded(tmp_path, f"[fhir]\nallowed_servers = {servers}\n[server]\nthreads = 8").server.threads == 8


def test_two_clients_with_one_issuer_are_a_mistake(tmp_path):
    client = '[[auth.clients]]\nissuer = "a"\njwks_file = "k"\n'
    assert mistakes(tmp_path, client * 2) == [
        "cds.toml:2: auth.clients[0].issuer: expected an issuer that no other client has",
        "cds.toml:5: auth.clients[1].issuer: expected an issuer that no other client has",
    ]


@pytest.mark.parametrize("content", [b"mode = ", b"[a\n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_a_file_that_is_not_toml_or_not_there_is_unreadable(tmp_path, content):
    file = tmp_path / "cds.toml"
    with pytest.raises(UnreadableSettings, match="No such file"):
        load(file, {})
    file.write_bytes(content)
    with pytest.raises(UnreadableSettings, match=r"cds\.toml: not"):
        load(file, {})


def test_the_representation_of_settings_holds_no_password():
    settings, _ = read(environ={"OPIOID_CDS_DATABASE__URL": "postgresql+psycopg://cds:hunter2@db/cds"})
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb.c = 2\n", ("b", "c"), 2),
        ("[a]\n# b = 1\nb = 2", ("a", "b"), 3),
        ('a = """\nb = 1\n"""\nb = 2', ("b",), 4),
        ("[[a]]\nb = 1\n[[a]]\nb = 2", ("a", 1, "b"), 4),
        ("[a]\nb = 1", ("a", "missing"), 1),
        ("a = [\n 1,\n 2,\n]\n", ("a", 1), 1),
        ("a = {b = {c = 1}}", ("a", "b", "c"), 1),
        ("a = 1", ("b",), None),
        ("", ("b",), None),
    ],
)
def test_the_line_of_a_key_is_that_of_its_statement_or_of_its_nearest_table(text, path, line):
    assert line_of(text, path) == line


# ---- what is generated ----


def test_an_origin_is_known_as_browsers_write_it(tmp_path):
    assert loaded(tmp_path, '[cors]\norigins = ["https://EHR.Example.ORG"]').cors.origins == (
        "https://ehr.example.org",
    )


def test_the_schema_that_is_made_of_the_models_is_one():
    Draft202012Validator.check_schema(validator_of(Settings).schema)


def test_the_table_of_settings_is_that_of_the_models():
    text = settings_document.DOCUMENT.read_text(encoding="utf-8")
    assert text == settings_document.document(text), "run `python -m tests.settings_document`"


def test_the_table_lists_every_promised_key_with_its_meaning():
    rows = {row[0]: row for row in settings_document.rows()}
    assert {"mode", "database.url", "auth.clients[].issuer", "services.opioid-order-sign.shadow"} < set(rows)
    assert [key for key, row in rows.items() if not all(row)] == []


def test_settings_cannot_be_changed():
    settings = load(environ={})
    with pytest.raises(ValueError, match="frozen"):
        settings.server.port = 1
    with pytest.raises(ValueError, match="frozen"):
        settings.mode = Mode.PRODUCTION


def test_settings_that_exist_have_been_checked():
    with pytest.raises(InvalidSettings, match=r"server\.port: expected a port"):
        Settings(server={"port": 0})
    with pytest.raises(InvalidSettings, match="public_url: missing"):
        Settings(mode="production")
