"""The Flask application, put together from its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from os import urandom
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import MapAdapter

import hooks.about
import hooks.services
from cds_service import answer_json, errors, network, responses, routes
from cds_service.callers import Guard
from cds_service.deployment import unknown_names
from cds_service.explaining import Explaining
from cds_service.feedback import Reading
from cds_service.few_at_once import FewAtOnce
from cds_service.formulary_files import knowledge_with
from cds_service.log_lines import log_failure
from cds_service.memory import Memory
from cds_service.observability import Metrics
from cds_service.pages import about, calculator, explain, reports, site, taper, try_it
from cds_service.rate_limit import RateLimit
from cds_service.settings import Settings
from cds_service.settings_check import InvalidSettings
from cds_service.shell import Shell
from cds_service.snooze import ask_again_days
from cds_service.storage import database
from cds_service.storage.feedback import FeedbackStore
from cds_service.storage.seen_tokens import SeenTokens
from hooks.about import About
from hooks.service import Service
from opioids.knowledge import Knowledge

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class _Address(MapAdapter):
    """A path and a method that are asked for again and again: where they lead is found once."""

    _leads_to: Any = None

    def match(self, *args: Any, **kwargs: Any) -> Any:
        """The rule and what it takes from the path, as Flask always asks for them."""
        if self._leads_to is None:
            self._leads_to = super().match(*args, **kwargs)
        return self._leads_to


_address = lru_cache(maxsize=256)(_Address)


class Application(Flask):
    """Flask with addresses that are the same for every host, as those of this service are."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: none here is a coroutine, for which Flask would look at each at every call."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the address of a request, without the name of the host being taken apart for it."""
        if request is None:
            return super().create_url_adapter(request)
        # The path of an explanation is the secret that opens it, which nothing here may keep.
        found = _address if request.path.startswith("/cds-services") else MapAdapter
        return found(self.url_map, "", request.root_path, "", request.scheme, request.path, request.method)


class SingleSlashes:
    """The public sandbox calls `…/cds-services//id` when its discovery URL was typed with a slash."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Passes the call on with every run of slashes in the path made one."""
        path = environ.get("PATH_INFO", "")
        while "//" in path:
            path = path.replace("//", "/")
        environ["PATH_INFO"] = path
        return self._application(environ, start_response)


def local_now() -> datetime:
    """This moment in the zone of the machine: a hospital's orders are dated by its own calendar."""
    return datetime.now().astimezone()


def random_uuid() -> str:
    """A new uuid that nobody can guess: RFC 9562, version 4, as `uuid4` makes it at four times the cost."""
    digits = urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"


_VARIANT = dict(zip("0123456789abcdef", 4 * "89ab", strict=True))
"""The first two bits of this digit are no random ones."""


def create_app(
    settings: Settings,
    *,
    knowledge: Knowledge | None = None,
    services: tuple[Service, ...] | None = None,
    clock: Callable[[], datetime] = local_now,
    new_uuid: Callable[[], str] = random_uuid,
) -> Flask:
    """The application. Raises `InvalidSettings` when they name a guideline, table or file that there is not."""
    knowledge = knowledge or knowledge_with(settings.formulary)
    offered = build_services(settings, knowledge) if services is None else services
    offered = tuple(service for service in offered if settings.switch(service.id).enabled)
    shared = settings.server.metrics_directory
    metrics = Metrics(Path(shared) if shared else None)
    engine = database.connect(settings.database.url)
    memory = Memory(settings, engine, metrics)
    shell = Shell(
        settings=settings,
        knowledge=knowledge,
        services={service.id: service for service in offered},
        discovery=answer_json.render_discovery(
            offered, version=settings.discovery.version, without=settings.discovery.leave_out
        ),
        about=about_of(settings, knowledge),
        store=FeedbackStore(engine, migrate=settings.database.migrate_at_start),
        reading=Reading(comments=settings.feedback.comments, reasons=settings.feedback.reasons),
        memory=memory,
        explaining=Explaining(settings, memory.key, engine, metrics),
        metrics=metrics,
        limit=RateLimit(settings.limits.requests_per_second),
        prefetcher=network.prefetcher(settings.fhir, metrics),
        clock=clock,
        new_uuid=new_uuid,
        keeping=FewAtOnce(max(1, settings.server.threads // 2)),
        looking=FewAtOnce(1),
    )
    _prepare(shell.store)
    app = _flask(shell, _guard(shell, engine))
    app.extensions["opioid_cds"] = shell
    return app


def build_services(settings: Settings, knowledge: Knowledge) -> tuple[Service, ...]:
    """The services under the guideline and conversion table that the settings name."""
    if mistakes := tuple(unknown_names(settings, knowledge)):
        raise InvalidSettings(mistakes)
    profile, table = _names(settings, knowledge)
    return hooks.services.build(knowledge, guideline=profile, table=table, choices=choices_of(settings))


def about_of(settings: Settings, knowledge: Knowledge) -> About:
    """What stands behind the cards, told at `/about`."""
    profile, table = _names(settings, knowledge)
    return hooks.about.about(knowledge, guideline=profile, table=table, choices=choices_of(settings))


def _names(settings: Settings, knowledge: Knowledge) -> tuple[str, str]:
    choice = settings.guideline
    return choice.profile, choice.table or knowledge.guidelines[choice.profile].default_table


def choices_of(settings: Settings) -> hooks.services.Choices:
    """What the site has chosen beside the guideline."""
    choice = settings.guideline
    return hooks.services.Choices(
        thresholds=choice.thresholds.given(),
        escalation=choice.escalation != "off",
        most_at_once=settings.cards.most,
        about=f"{settings.public_url}/about" if settings.public_url else "",
        ask_again_days=ask_again_days(settings),
    )


def _prepare(store: FeedbackStore) -> None:
    """Cards need no database: when it is away at the start, /readyz says so and tries again."""
    try:
        store.prepare()
    except SQLAlchemyError as error:
        log_failure("database not reachable", error)


def _guard(shell: Shell, engine: Engine) -> Guard | None:
    gate = network.gate(shell.settings, lambda: shell.clock().timestamp())
    if gate is None:
        return None
    seen = SeenTokens(
        database.connect_carelessly(shell.settings.database.url) or engine,
        prepare=shell.store.is_ready,  # which makes the tables in a file that is new
        alone_if_away=shell.settings.auth.without_database == "alone",
    )
    return Guard(gate, seen, shell.metrics, shell.limit)


def _flask(shell: Shell, guard: Guard | None) -> Flask:
    app = Application("cds_service", static_folder=None, template_folder="pages/templates")
    # One byte more than is accepted: Werkzeug cuts a body without length off at the limit and says nothing.
    app.config["MAX_CONTENT_LENGTH"] = shell.settings.limits.body_bytes + 1
    app.config["MAX_FORM_MEMORY_SIZE"] = shell.settings.limits.body_bytes
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # it would redirect, and browsers do not follow a redirected preflight
    app.before_request(responses.start)
    if guard is not None:
        app.before_request(guard.check)
    if shell.settings.limits.requests_per_second:
        app.before_request(partial(responses.admit, shell.limit))
    app.after_request(partial(responses.finish, shell.metrics))
    errors.register(app)
    routes.register(app, shell)
    pages = site.register(app, shell)
    about.register(app, pages)
    if shell.settings.explain.enabled:
        explain.register(app, pages)
    if shell.settings.reports.enabled:
        reports.register(app, pages)
    if shell.settings.pages.enabled:
        try_it.register(app, pages)
        calculator.register(app, pages)
        taper.register(app, pages)
    inner = SingleSlashes(app.wsgi_app)
    app.wsgi_app = responses.CommonHeaders(inner, shell.settings)  # type: ignore[method-assign]  # as Flask says
    return app
