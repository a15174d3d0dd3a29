"""`GET /` and `POST /try`: try a request and see the cards as a prescriber would."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files

import orjson
from flask import Flask, Response, g, render_template, request

from cds_service import wire
from cds_service.errors import outcome_of
from cds_service.pages import conversations, markdown
from cds_service.pages.conversations import DAY, Conversation
from cds_service.queries import day
from cds_service.shell import Shell
from hooks.protocol import Card, RequestError, Service

POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; img-src data:"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a request: the status, the cards and the answer as JSON."""

    status: int
    cards: tuple[Card, ...]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the form holds when it is shown; `day` is the day that is judged, as it was written."""

    service_id: str
    day: str
    conversation: str = ""
    body: str = ""


def register(app: Flask, shell: Shell) -> None:
    """Adds the page and its stylesheet."""
    stylesheet = files(__package__).joinpath("static/page.css").read_bytes()
    app.jinja_env.filters["card_markdown"] = markdown.render
    app.jinja_env.filters["as_json"] = _as_json
    app.add_url_rule("/", "page", partial(show, shell), methods=["GET"])
    app.add_url_rule("/try", "try", partial(attempt, shell), methods=["POST"])
    app.add_url_rule("/static/page.css", "stylesheet", partial(_stylesheet, stylesheet), methods=["GET"])


def show(shell: Shell) -> Response:
    """The page, with the chosen conversation in the box."""
    offered = _offered(shell)
    key = request.args.get("conversation", "")
    form = Form(service_id=next(iter(shell.services), ""), day=shell.today().isoformat())
    for chosen in offered:  # only what is offered is ever opened
        if chosen.key == key:
            form = Form(service_id=chosen.service_id, day=DAY.isoformat(), conversation=key, body=chosen.request)
    return _page(shell, form, offered, None)


def attempt(shell: Shell) -> Response:
    """The page with what the service answers to the request in the box.

    Faults of that request are shown on the page with the status and `OperationOutcome` a client would get.
    """
    sent = request.form
    form = Form(
        service_id=sent.get("service", ""),
        day=sent.get("day", "") or shell.today().isoformat(),
        conversation=sent.get("conversation", ""),
        body=sent.get("body", ""),
    )
    return _page(shell, form, _offered(shell), _tried(shell, form))


def _tried(shell: Shell, form: Form) -> Tried:
    try:
        service = shell.service(form.service_id)
        g.facts["service"] = service.id
        return _answered(shell, service, form)
    except RequestError as error:
        return Tried(status=error.status, cards=(), answer=_as_json(outcome_of(error)))


def _answered(shell: Shell, service: Service, form: Form) -> Tried:
    content = wire.read_object(form.body.encode("utf-8", "surrogatepass"))
    call = replace(shell.call(), today=day(form.day, "day"))
    cards = service.evaluate(wire.parse(content, service).request, call)
    return Tried(status=200, cards=cards, answer=_as_json(orjson.loads(wire.render(cards))))


def _page(shell: Shell, form: Form, offered: tuple[Conversation, ...], tried: Tried | None) -> Response:
    chosen = next((one for one in offered if one.key == form.conversation), None)
    page = render_template(
        "page.html",
        services=tuple(shell.services.values()),
        conversations=offered,
        chosen=chosen,
        form=form,
        tried=tried,
    )
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return response


def _offered(shell: Shell) -> tuple[Conversation, ...]:
    return conversations.found_in(shell.settings.pages.conversations, shell.services)


def _stylesheet(content: bytes) -> Response:
    return Response(content, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})


def _as_json(content: object) -> str:
    return orjson.dumps(content, option=orjson.OPT_INDENT_2, default=dict).decode()
