"""The settings: the only place that reads the environment and TOML.

Everything else receives a `Settings`. Names, defaults and meaning are listed in docs/configuration.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cds_service.settings_check import InvalidSettings, KeyPath, Mistake, schema_mistakes, unsafe
from cds_service.settings_guideline import Cards, Discovery, GuidelineChoice
from cds_service.settings_kept import Explain, Feedback, Notes, Retention, Site, Snooze
from cds_service.settings_reports import Reports
from cds_service.settings_schema import validator_of
from cds_service.settings_sections import (
    Auth,
    Cors,
    Database,
    Fhir,
    FormularyFiles,
    Limits,
    Mode,
    Pages,
    Server,
    Services,
    ServiceSwitch,
)
from cds_service.settings_sources import PREFIX, EnvironmentSource, FileSource, ReadBefore, Sources, TreeSource, overlay
from cds_service.settings_values import PublicUrl, setting

LookAt = Callable[["Settings"], Iterable[Mistake]]

CONFIG_VARIABLE = f"{PREFIX}CONFIG"
"""Names the TOML file when no `--config` is given."""
DOCTOR_VARIABLE = f"{PREFIX}DOCTOR_TOKEN"
"""No setting, but may stand in the environment of whoever starts the service and looks at it."""


_RESTS_ON: Mapping[str, frozenset[str]] = {
    "auth": frozenset({"public_url"}),
    "explain": frozenset({"site"}),
    "retention": frozenset({"snooze", "notes", "site", "mode"}),
    "snooze": frozenset({"notes", "site"}),
}
"""Tables whose mistakes can come from what stands in others, or is missing there."""

THREADS_THAT_WORK = 4
THREADS_THAT_WAIT = 32
"""In each process: a request that waits for a FHIR server holds a thread and needs no processor."""


class Settings(BaseSettings):
    """All that can be set. One that exists has been checked: raises `InvalidSettings` on construction."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", regex_engine="python-re")

    mode: Mode = setting(
        Mode.DEVELOPMENT,
        "How strict the defaults are; production refuses unsafe settings.",
        '"development" or "production"',
    )
    public_url: PublicUrl | None = setting(
        None,
        "What callers use: the audiences of tokens are built from it, never from the Host header. "
        "Needed in production.",
        'an absolute URL, such as "https://cds.example.org"',
    )
    database: Database = Field(default_factory=Database)
    cors: Cors = Field(default_factory=Cors)
    guideline: GuidelineChoice = Field(default_factory=GuidelineChoice)
    formulary: FormularyFiles = Field(default_factory=FormularyFiles)
    cards: Cards = Field(default_factory=Cards)
    fhir: Fhir = Field(default_factory=Fhir)
    auth: Auth = Field(default_factory=Auth)
    limits: Limits = Field(default_factory=Limits)
    services: Services = Field(default_factory=Services)
    site: Site = Field(default_factory=Site)
    feedback: Feedback = Field(default_factory=Feedback)
    notes: Notes = Field(default_factory=Notes)
    snooze: Snooze = Field(default_factory=Snooze)
    explain: Explain = Field(default_factory=Explain)
    retention: Retention = Field(default_factory=Retention)
    discovery: Discovery = Field(default_factory=Discovery)
    server: Server = Field(default_factory=Server)
    pages: Pages = Field(default_factory=Pages)
    reports: Reports = Field(default_factory=Reports)

    @property
    def production(self) -> bool:
        """Whether the strict mode is on."""
        return self.mode is Mode.PRODUCTION

    def switch(self, service_id: str) -> ServiceSwitch:
        """The switches of one service; on and visible when it has none here."""
        switch = getattr(self.services, service_id.removeprefix("opioid-").replace("-", "_"), None)
        return switch if isinstance(switch, ServiceSwitch) else ServiceSwitch()

    @model_validator(mode="before")
    @classmethod
    def _checked(cls, given: dict[str, Any]) -> dict[str, Any]:
        if mistakes := schema_mistakes(validator_of(cls), given):
            raise InvalidSettings(mistakes)
        return _with_defaults(given)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if mistakes := unsafe(self):
            raise InvalidSettings(mistakes, rest=self)
        return self


def load(path: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings alone, as `read` gives them."""
    return read(path, environ)[0]


def read(
    path: str | Path | None = None, environ: Mapping[str, str] | None = None, *, beside: LookAt | None = None
) -> tuple[Settings, Sources]:
    """Settings from the file (if any) under the environment, which wins; and where each was written.

    Without `path` the file is the one that OPIOID_CDS_CONFIG names. Raises `UnreadableSettings` or
    `InvalidSettings`; where something is wrong already, `beside` may find more in the rest.
    """
    environ = os.environ if environ is None else environ
    file = FileSource(Settings, path or environ.get(CONFIG_VARIABLE) or None)
    set_here = {name: text for name, text in environ.items() if name not in (CONFIG_VARIABLE, DOCTOR_VARIABLE)}
    variables = EnvironmentSource(Settings, set_here)
    sources = Sources(file=file, variables=variables)
    settings, rest, found = _built(variables, file)
    mistakes = variables.mistakes + found
    if settings is not None and not mistakes:
        return settings, sources
    wrong: list[KeyPath] = []
    if rest is None:
        wrong = [mistake.path for mistake in mistakes]
        _, rest, found = _built(ReadBefore(Settings, _without(overlay(file.tree, variables.tree), wrong)))
        mistakes += tuple(one for one in found if not _may_follow(one.path, wrong))
    if rest is not None and beside is not None:
        mistakes += tuple(one for one in beside(rest) if not _may_follow(one.path, wrong))
    located = (sources.located(mistake) for mistake in mistakes)
    raise InvalidSettings(tuple(sorted(located, key=lambda one: (one.source, one.line or 0))))


def _built(*sources: TreeSource) -> tuple[Settings | None, Settings | None, tuple[Mistake, ...]]:
    """The settings; those that are at least right in themselves, each alone; and what is wrong."""
    try:
        settings = Settings(_build_sources=(sources, {}))  # type: ignore[call-arg]  # pydantic-settings' own
    except InvalidSettings as error:
        return None, error.rest, error.mistakes
    except ValidationError as error:
        found = error.errors(include_input=False)
        return None, None, tuple(Mistake(path=one["loc"], message=one["msg"]) for one in found)
    return settings, settings, ()


def _without(tree: Mapping[str, Any], wrong: Collection[KeyPath]) -> dict[str, Any]:
    """The tree without the values at these paths; one within a list takes the list with it."""
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        paths = [path[1:] for path in wrong if path and path[0] == key]
        if not paths:
            kept[key] = value
        elif isinstance(value, Mapping) and all(paths):
            kept[key] = _without(value, paths)
    return kept


def _may_follow(path: KeyPath, wrong: Collection[KeyPath]) -> bool:
    """Whether a mistake may be one only because the settings at other paths were left out."""
    table = str(path[0]) if path else ""
    rests_on = {table} | _RESTS_ON.get(table, frozenset())
    return any(other[0] in rests_on for other in wrong if other)


def _with_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, with the defaults that depend on the mode."""
    production = given.get("mode") == Mode.PRODUCTION
    clients = given.get("auth", {}).get("clients")
    site = given.get("site", {})
    notes = given.get("notes", {}).get("enabled", True)
    url = given.get("public_url")
    reads = bool(given.get("fhir", {}).get("allowed_servers"))
    return {
        **given,
        **({"public_url": url.rstrip("/")} if url else {}),
        "cors": {"origins": () if production else ("*",), **given.get("cors", {})},
        "auth": {"required": production and bool(clients), **given.get("auth", {})},
        "snooze": {"enabled": notes and (bool(site) or not production), **given.get("snooze", {})},
        "explain": {"enabled": bool(site) or not production, **given.get("explain", {})},
        "pages": {"enabled": not production, **given.get("pages", {})},
        "server": {"threads": THREADS_THAT_WAIT if reads else THREADS_THAT_WORK, **given.get("server", {})},
    }
