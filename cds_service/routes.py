"""The addresses of the service, one small function each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import orjson
from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from cds_service import answer_json, client_profiles, feedback, mme_answer, request_json
from cds_service.callers import at_hand, caller
from cds_service.client_profiles import profile_of
from cds_service.errors import JSON_TYPE, NotReady
from cds_service.few_at_once import Crowded
from cds_service.log_lines import safe_instance
from cds_service.memory import Watch
from cds_service.queries import DEFAULT_TABLE, check_names, conversion_table, day
from cds_service.shell import Shell
from fhir_mappings import calculator
from fhir_mappings.elements import UnsuitableBody
from hooks.protocol import SenselessContent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LONGEST_WAIT = 1.0
"""Seconds that feedback waits for the notes of cards to be written."""


def register(app: Flask, shell: Shell) -> None:
    """Adds all addresses that machines call."""

    def at(path: str, view: Callable[..., Response], method: str) -> None:
        app.add_url_rule(path, view.__name__, partial(view, shell), methods=[method])

    at("/cds-services", discovery, "GET")
    at("/cds-services/<service_id>", call_service, "POST")
    at("/cds-services/<service_id>/feedback", record_feedback, "POST")
    at("/mme", mme, "POST")
    app.add_url_rule("/healthz", "healthz", healthz, methods=["GET"])
    at("/readyz", readyz, "GET")
    at("/metrics", metrics, "GET")


def discovery(shell: Shell) -> Response:
    """Lists the services; written once, when the application starts."""
    return _json(shell.discovery)


def call_service(shell: Shell, service_id: str) -> Response:
    """Answers one call with cards; a service in shadow works in full but shows nothing."""
    service, (asked, kept) = shell.service(service_id), at_hand()
    environ, facts = asked.environ, kept.facts
    facts["service"] = service.id
    started = perf_counter()
    received = request_json.parse(_body(shell, environ), service)
    facts["hook_instance"] = safe_instance(received.request.hook_instance)
    shadow = shell.settings.switch(service.id).shadow
    profile = profile_of(caller(kept), received, environ.get("HTTP_AUTHORIZATION"), shell.settings.auth.profile)
    traits = client_profiles.known()[profile]
    now = shell.clock()
    watch = Watch(shell.memory, received, service, now)
    explained = shell.explaining.of_call(now) if not shadow else None
    call = shell.call(now.date(), traits, watch, explained)
    asking = perf_counter()
    filled = shell.prefetcher.fill(received, service, call, asking - started)
    if filled.outcomes:
        shell.metrics.fhir_seconds.observe(perf_counter() - asking)
        facts["fhir"] = dict(Counter(outcome.value for outcome in filled.outcomes))
    cards = traits.shows(service.evaluate(filled.request, call))
    answer = answer_json.render(() if shadow else cards)
    watch.note(cards, shadow=shadow)
    if explained is not None:
        explained.keep(cards)
    shell.metrics.evaluated(service.id, perf_counter() - started, cards, shadow=shadow)
    facts["topics"] = [str(card.source.topic) for card in cards]
    if shadow:
        facts["shadow"] = True
    return _json(answer)


def record_feedback(shell: Shell, service_id: str) -> Response:
    """Keeps what a prescriber did with cards: all items, or none when one is wrong."""
    service = shell.service(service_id)
    g.facts["service"] = service.id
    items = feedback.parse(_body(shell, request.environ), service.id, shell.reading)
    g.facts["feedback_items"] = len(items)
    try:
        with shell.keeping.turn():
            # The card may have been shown a moment ago: what is known of it goes first.
            shell.memory.recorder.flush(LONGEST_WAIT)
            shell.store.record(items, shell.now())
    except (SQLAlchemyError, Crowded) as error:
        raise NotReady("", "feedback cannot be kept at the moment; send it again later") from error
    shell.metrics.replied(item.outcome for item in items)
    return _json(b"{}")


def mme(shell: Shell) -> Response:
    """The calculator alone."""
    check_names(name for name, _ in request.args.items(multi=True))
    table = conversion_table(shell.knowledge, request.args.get("table", DEFAULT_TABLE))
    written_day = request.args.get("asOf")
    as_of = shell.today() if written_day is None else day(written_day, "asOf")
    try:
        total = calculator.calculate(_body(shell, request.environ), knowledge=shell.knowledge, table=table, as_of=as_of)
    except UnsuitableBody as error:
        raise SenselessContent(error.path, error.reason) from None
    shell.metrics.calculated(total)
    g.facts.update(counted=len(total.counted), uncounted=len(total.uncounted), ignored=len(total.ignored))
    return _json(orjson.dumps(mme_answer.answer(total)))


def healthz() -> Response:
    """Says that the process answers, and nothing more."""
    return _json(b'{"status":"alive"}')


def readyz(shell: Shell) -> Response:
    """Says whether all that is needed is there. Raises `NotReady`."""
    trouble = "not reachable"
    try:
        with shell.looking.turn():
            if not shell.store.is_ready():
                raise NotReady("database", "its tables are not those of this version")
            trouble = "nothing can be written to it"
            shell.store.try_writing()
    except (SQLAlchemyError, Crowded) as error:
        raise NotReady("database", trouble) from error
    if not shell.knowledge.tables:
        raise NotReady("knowledge", "no conversion table is loaded")
    return _json(b'{"status":"ready"}')


def metrics(shell: Shell) -> Response:
    """Prometheus text."""
    return Response(shell.metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _body(shell: Shell, environ: WSGIEnvironment) -> dict[str, Any]:
    most = shell.settings.limits.body_bytes
    body = _sent(environ, most)
    if len(body) > most:
        raise RequestEntityTooLarge
    return request_json.read_object(body, environ.get("CONTENT_TYPE", ""), environ.get("HTTP_CONTENT_ENCODING", ""))


def _sent(environ: WSGIEnvironment, most: int) -> bytes:
    """The bytes of a body. One whose length is known is read at once: Werkzeug would copy it five times."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit()):
        return request.get_data(cache=False)
    return cast(bytes, environ["wsgi.input"].read(min(int(length), most + 1)))


class _AsItIs(Response):
    """An answer of bytes that are there already. Werkzeug would look through its headers and wrap it once more."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Sends it."""
        start_response(self.status, list(self.headers))
        return () if environ["REQUEST_METHOD"] == "HEAD" else cast(list[bytes], self.response)


def _json(content: bytes) -> Response:
    return _AsItIs(content, content_type=JSON_TYPE)
