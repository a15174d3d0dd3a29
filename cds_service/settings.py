"""The settings: the only place that reads the environment and TOML.

Everything else receives a `Settings`. Names, defaults and meaning are described in docs/configuration.md.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from cds_service.settings_check import Mistake, schema_mistakes, unsafe
from cds_service.settings_sources import PREFIX, Sources, from_environment, overlay

CONFIG_VARIABLE = f"{PREFIX}CONFIG"
"""Names the TOML file when no `--config` is given."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where feedback is kept. The URL may hold a password: it is never shown."""

    url: str = field(default="sqlite:///opioid-cds.sqlite3", repr=False)
    migrate_at_start: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """Which browser pages may call; `"*"` alone means any."""

    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineChoice:
    """Which guideline speaks; `table` is None for the guideline's own conversion table."""

    profile: str = "us-cdc-2022"
    table: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fhir:
    """Which FHIR servers may be read from, and for how many seconds in all during one request."""

    allowed_servers: tuple[str, ...] = ()
    allow_http: bool = False
    deadline_seconds: float = 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One EHR that signs its calls. Exactly one of `jwks_url` and `jwks_file` is given."""

    issuer: str
    jwks_url: str | None = None
    jwks_file: str | None = None
    audience: str | None = None
    profile: ClientProfile = ClientProfile.GENERIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Who may call; nobody has to prove it while `required` is false."""

    required: bool
    clients: tuple[Client, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is taken from a client: MB (2**20 bytes) in a body, requests a second (0: no limit)."""

    body_megabytes: float = 16
    requests_per_second: float = 0

    @property
    def body_bytes(self) -> int:
        """The longest body that is read."""
        return int(self.body_megabytes * 2**20)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSwitch:
    """Whether a service is offered; in `shadow` it works and is counted but shows no card."""

    enabled: bool = True
    shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """`version`: the CDS Hooks version that discovery advertises."""

    version: str = "2.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """How `opioid-cds serve` listens. `metrics_directory`: where several workers add up their metrics."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    threads: int = 4
    stop_seconds: int = 15
    metrics_directory: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The page for people at `/`, and the folder of conversations that it offers."""

    enabled: bool
    conversations: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that can be set, checked."""

    mode: Mode
    public_url: str | None
    database: Database
    cors: Cors
    guideline: GuidelineChoice
    fhir: Fhir
    auth: Auth
    limits: Limits
    services: Mapping[str, ServiceSwitch]
    discovery: Discovery
    server: Server
    pages: Pages

    @property
    def production(self) -> bool:
        """Whether the strict mode is on."""
        return self.mode is Mode.PRODUCTION

    def switch(self, service_id: str) -> ServiceSwitch:
        """The switches of one service, by default on and visible."""
        return self.services.get(service_id, ServiceSwitch())


class UnreadableSettings(Exception):
    """The file cannot be read as TOML."""


class InvalidSettings(Exception):
    """The settings were read and are wrong; `mistakes` says where and why, without values."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def load(path: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings alone, as `read` gives them."""
    return read(path, environ)[0]


def read(path: str | Path | None = None, environ: Mapping[str, str] | None = None) -> tuple[Settings, Sources]:
    """Settings from the file (if any) under the environment, which wins; and where each was written.

    Without `path` the file is the one that OPIOID_CDS_CONFIG names. Raises `UnreadableSettings` or
    `InvalidSettings`.
    """
    environ = os.environ if environ is None else environ
    path = path or environ.get(CONFIG_VARIABLE) or None
    text = _text(Path(path)) if path else ""
    variables = from_environment({name: value for name, value in environ.items() if name != CONFIG_VARIABLE})
    tree = overlay(_toml(text, path), variables.tree)
    sources = Sources(file=str(path or ""), text=text, variables=variables.origins)
    mistakes = (*variables.mistakes, *schema_mistakes(tree))
    if mistakes:
        raise InvalidSettings(tuple(sources.located(mistake) for mistake in mistakes))
    settings = _typed(tree)
    if mistakes := unsafe(settings):
        raise InvalidSettings(tuple(sources.located(mistake) for mistake in mistakes))
    return settings, sources


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UnreadableSettings(f"{path}: {reason}") from None


def _toml(text: str, path: str | Path | None) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableSettings(f"{path}: not TOML: {error}") from None


def _typed(tree: Mapping[str, Any]) -> Settings:
    mode = Mode(tree.get("mode", Mode.DEVELOPMENT))
    production = mode is Mode.PRODUCTION
    public_url = tree.get("public_url")
    return Settings(
        mode=mode,
        public_url=public_url.rstrip("/") if public_url else None,
        database=Database(**tree.get("database", {})),
        cors=Cors(origins=tuple(tree.get("cors", {}).get("origins", () if production else ("*",)))),
        guideline=GuidelineChoice(**tree.get("guideline", {})),
        fhir=_fhir(tree.get("fhir", {})),
        auth=_auth(tree.get("auth", {}), production=production),
        limits=Limits(**tree.get("limits", {})),
        services={name: ServiceSwitch(**switch) for name, switch in tree.get("services", {}).items()},
        discovery=Discovery(**tree.get("discovery", {})),
        server=Server(**tree.get("server", {})),
        pages=_pages(tree.get("pages", {}), production=production),
    )


def _fhir(section: Mapping[str, Any]) -> Fhir:
    servers = tuple(server.rstrip("/") for server in section.get("allowed_servers", ()))
    return Fhir(**{**section, "allowed_servers": servers})


def _auth(section: Mapping[str, Any], *, production: bool) -> Auth:
    clients = tuple(
        Client(**{**client, "profile": ClientProfile(client.get("profile", "generic"))})
        for client in section.get("clients", ())
    )
    return Auth(required=section.get("required", production and bool(clients)), clients=clients)


def _pages(section: Mapping[str, Any], *, production: bool) -> Pages:
    folder = section.get("conversations")
    return Pages(
        enabled=section.get("enabled", not production),
        conversations=Path(folder) if folder else REPOSITORY_CONVERSATIONS,
    )
