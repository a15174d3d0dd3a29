"""The settings, table by table: type, default, what is expected, and what each one means.

The JSON Schema that they are checked with and the table in docs/configuration.md are made of these and of the tables
that stand in modules of their own (`settings_guideline`, `settings_kept`, `settings_reports`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from cds_service.settings_values import BaseUrl, Network, Origin, Section, Url, setting

REPOSITORY_CONVERSATIONS = Path(__file__).resolve().parents[1] / "fixtures" / "conversations"


class Mode(StrEnum):
    """How strict the defaults are; production refuses unsafe settings."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ClientProfile(StrEnum):
    """What is known of a kind of client."""

    GENERIC = "generic"
    EPIC = "epic"
    ORACLE_HEALTH = "oracle-health"
    ATHENA = "athena"
    SANDBOX = "sandbox"


class Database(Section):
    """Where feedback is kept."""

    url: str = setting(
        "sqlite:///opioid-cds.sqlite3",
        "Where feedback and shown cards are kept. May hold a password: it is never shown.",
        '"sqlite:///<file>", "sqlite://" (in memory) or "postgresql+psycopg://<user>@<host>/<database>"',
        pattern=r"^(sqlite://|sqlite:///(?!:memory:).+|postgresql\+psycopg://.+)\Z",
        repr=False,
    )
    migrate_at_start: bool = setting(
        True, "Whether the service brings the tables up to date when it starts, or `opioid-cds migrate` does."
    )


class Cors(Section):
    """Which browser pages may call."""

    origins: tuple[Origin, ...] = setting(
        ("*",),
        'Origins whose pages may call; `"*"` alone means any.',
        "a list of origins",
        otherwise="none in production",
    )


class FormularyFiles(Section):
    """What a hospital adds to the drugs that are known: see docs/formulary.md."""

    file: str | None = setting(
        None,
        "A formulary made by `opioid-cds import-rxnorm`; it adds products to the shipped ones.",
        "the path of a file",
        min_length=1,
    )
    ndc_file: str | None = setting(
        None,
        "The hospital's own list of NDCs: CSV with the columns `ndc` and `rxcui`.",
        "the path of a file",
        min_length=1,
    )


class Fhir(Section):
    """What may be read from FHIR servers during one request."""

    allowed_servers: tuple[BaseUrl, ...] = setting(
        (), "Base URLs that may be read from; nothing else is.", "a list of base URLs"
    )
    allow_http: bool = setting(False, "Whether servers may be read without TLS. Production refuses it.")
    deadline_seconds: float = setting(
        2.5, "Time for everything that one request reads.", "a number above 0, at most 30", gt=0, le=30
    )
    private_networks: tuple[Network, ...] = setting(
        (),
        "Private networks in which the names of allowed servers may lie. Without it a name that leads to a private, "
        "loopback or link-local address is not read from; an address that is itself listed is.",
        "a list of networks",
    )
    ca_file: str | None = setting(
        None,
        "Certificates (PEM) to trust for servers and for clients' keys, instead of the public ones.",
        "the path of a file",
        min_length=1,
    )


class Client(Section):
    """One EHR that signs its calls. Exactly one of `jwks_url` and `jwks_file` is given."""

    issuer: str = setting(..., "The `iss` of the client's tokens.", 'the client\'s "iss"', min_length=1)
    jwks_url: Url | None = setting(
        None, "Where the client publishes its keys.", "the absolute URL of the client's keys"
    )
    jwks_file: str | None = setting(
        None, "A file with the client's keys, instead.", "the path of a file with the client's keys", min_length=1
    )
    audience: str | None = setting(
        None,
        "The `aud` of the client's tokens.",
        'the "aud" that the client sends',
        otherwise="the URL of the endpoint called",
        min_length=1,
    )
    key_addresses: tuple[Url, ...] = setting(
        (),
        "Values of `jku` that tokens of this client may carry beside `jwks_url`. Nothing is ever fetched from them.",
        "a list of absolute URLs",
    )
    profile: ClientProfile = setting(
        ClientProfile.GENERIC,
        "What is known of this kind of client.",
        "one of generic, epic, oracle-health, athena, sandbox",
    )


class Auth(Section):
    """Who may call."""

    required: bool = setting(
        False,
        "Whether each call must be signed by a configured client.",
        otherwise="true in production when a client is configured",
    )
    clients: tuple[Client, ...] = setting((), "The EHRs that may call.", "a list of tables, [[auth.clients]]")
    leeway_seconds: float = setting(30, "How far the clocks of clients may be off.", "seconds, 0 to 300", ge=0, le=300)
    without_database: Literal["refuse", "alone"] = setting(
        "refuse",
        "What happens to signed calls while the database is away, which knows the tokens that were used: they are "
        "refused (503), or each process goes by what it has seen itself.",
        '"refuse" or "alone"',
    )
    profile: ClientProfile = setting(
        ClientProfile.GENERIC,
        "The profile of callers that need not prove who they are, unless they can be recognised.",
        "one of generic, epic, oracle-health, athena, sandbox",
    )


class Limits(Section):
    """How much is taken from a client."""

    body_megabytes: float = setting(
        16,
        "The longest body that is read, in MB of 2^20 bytes; a longer one is answered 413.",
        "a number from 0.01 to 1024",
        ge=0.01,
        le=1024,
    )
    requests_per_second: float = setting(
        0,
        "For each client: the one that signs its calls, else whoever calls from one address. Each worker counts for "
        "itself, so that n workers admit up to n times as many. 0 for no limit here (a proxy's job).",
        "a number, 0 for no limit",
        ge=0,
    )

    @property
    def body_bytes(self) -> int:
        """The longest body that is read."""
        return int(self.body_megabytes * 2**20)


class ServiceSwitch(Section):
    """One service."""

    enabled: bool = setting(True, "Whether the service is offered.")
    shadow: bool = setting(False, "Whether it works and is counted but shows no card; `false` promotes it.")


def _switch(service_id: str) -> Any:
    return Field(default_factory=ServiceSwitch, alias=service_id)


class Services(Section):
    """Each service by its id."""

    medication_prescribe: ServiceSwitch = _switch("opioid-medication-prescribe")
    order_select: ServiceSwitch = _switch("opioid-order-select")
    order_sign: ServiceSwitch = _switch("opioid-order-sign")
    patient_view: ServiceSwitch = _switch("opioid-patient-view")


class Server(Section):
    """How `opioid-cds serve` listens."""

    host: str = setting("127.0.0.1", "Address to listen on.", "an address to listen on", min_length=1)
    port: int = setting(8080, "Port to listen on.", "a port, 1 to 65535", ge=1, le=65535)
    workers: int = setting(1, "Processes.", "a number of processes, 1 to 256", ge=1, le=256)
    threads: int = setting(
        4,
        "Threads in each process: so many requests are answered, or wait for a FHIR server, at once.",
        "a number of threads in each worker, 1 to 256",
        otherwise="32 when FHIR servers may be read from",
        ge=1,
        le=256,
    )
    stop_seconds: int = setting(
        15, "Time to finish what is under way when told to stop.", "seconds, 1 to 300", ge=1, le=300
    )
    metrics_directory: str | None = setting(
        None,
        "A folder in which several processes add up their metrics.",
        "the path of a folder",
        otherwise="a temporary one",
        min_length=1,
    )


class Pages(Section):
    """The page for people at `/`."""

    enabled: bool = setting(True, "Whether it is offered.", otherwise="false in production")
    conversations: Path = Field(
        default_factory=lambda: REPOSITORY_CONVERSATIONS,
        description="The folder of recorded conversations that it offers.",
        json_schema_extra={"expected": "the path of a folder", "otherwise": "those of the source"},
    )
