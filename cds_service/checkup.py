"""A check-up of a running deployment from outside: what a caller would meet, and what nobody outside should see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from statistics import median
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit

from cds_service.checkup_calls import Answer, Deployment, diagnosis
from cds_service.site_sheet import EXPECTED, worked_case

SLOW_SECONDS = 0.5
"""The specification asks for answers "on the order of 500 ms"."""
CALLS = 5
ORIGIN = "https://ehr.invalid"

SAFETY_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class State(StrEnum):
    """How a check came out."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "WRONG"


FINE, NOTE, WRONG = State


class Found(NamedTuple):
    """One thing that was looked at, and how it is."""

    state: State
    what: str
    words: str


def check_up(deployment: Deployment) -> Iterator[Found]:
    """Everything that is looked at, in an order that a person would follow. Raises `Unreachable`."""
    alive = _alive(deployment)
    yield _transport(deployment)  # told once something answered: only then is the certificate known to be trusted
    yield alive
    yield _ready(deployment)
    discovery = deployment.ask("GET", "/cds-services")
    services = _services(discovery)
    yield from _discovery(discovery, services)
    yield from _calls(deployment, services or {})
    yield _preflight(deployment)
    yield from _errors(deployment)
    yield _metrics(deployment)
    yield _pages(deployment)


def _transport(deployment: Deployment) -> Found:
    parts = urlsplit(deployment.url)
    if parts.scheme == "https":
        return Found(FINE, "transport", "TLS with a certificate that is trusted here")
    if parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return Found(NOTE, "transport", "plain http on this machine: in front of it TLS is needed")
    return Found(WRONG, "transport", "plain http: requests hold patient data, use https")


def _alive(deployment: Deployment) -> Found:
    answer = deployment.ask("GET", "/healthz")
    if answer.is_redirect:
        return Found(WRONG, "/healthz", "redirects: register the address it redirects to")
    if answer.status_code == 200 and answer.tree.get("status") == "alive":
        return Found(FINE, "/healthz", "alive")
    return Found(WRONG, "/healthz", f"answers {answer.status_code}: is this the service?")


def _ready(deployment: Deployment) -> Found:
    answer = deployment.ask("GET", "/readyz")
    if answer.status_code == 200 and answer.tree.get("status") == "ready":
        return Found(FINE, "/readyz", "ready: knowledge loaded, database reachable")
    if answer.status_code == 404:
        return Found(NOTE, "/readyz", "hidden from outside")
    return Found(WRONG, "/readyz", f"answers {answer.status_code}: {diagnosis(answer)}")


def _discovery(answer: Answer, services: Mapping[str, str] | None) -> Iterator[Found]:
    if answer.status_code == 401:
        yield Found(NOTE, "discovery", "needs a token: give one with --token to look further")
        return
    if services is None:
        yield Found(WRONG, "discovery", f"answers {answer.status_code} and lists nothing")
        return
    words = f"{len(services)} services: {', '.join(services)}" if services else "no service is enabled"
    yield Found(FINE if services else WRONG, "discovery", words)
    missing = [name for name, value in SAFETY_HEADERS.items() if answer.headers.get(name) != value]
    if missing:
        words = f"not as the service sends them: {', '.join(missing)}; does a proxy change them?"
        yield Found(WRONG, "headers", words)


def _services(answer: Answer) -> dict[str, str] | None:
    listed = answer.tree.get("services")
    if answer.status_code != 200 or not isinstance(listed, list):
        return None
    return {str(one.get("id")): str(one.get("hook")) for one in listed if isinstance(one, dict)}


def _calls(deployment: Deployment, services: Mapping[str, str]) -> Iterator[Found]:
    signing = next((id_ for id_, hook in services.items() if hook == "order-sign"), "opioid-order-sign")
    content = json.dumps(worked_case()).encode()
    answer = deployment.ask("POST", f"/cds-services/{signing}", content)
    yield _advice(answer, token=deployment.token is not None)
    if answer.status_code != 200:
        return
    times = []
    for _ in range(CALLS):
        started = perf_counter()
        deployment.ask("POST", f"/cds-services/{signing}", content)
        times.append(perf_counter() - started)
    typical = median(times)
    yield Found(
        FINE if typical < SLOW_SECONDS else WRONG,
        "time",
        f"{typical * 1000:.0f} ms for one call from here (median of {CALLS})",
    )


def _advice(answer: Answer, *, token: bool) -> Found:
    what = "worked case"
    if answer.status_code == 401 and token:
        return Found(WRONG, what, "the token given is refused")
    if answer.status_code == 401:
        return Found(NOTE, what, "callers must prove who they are: give --token to look further")
    cards = answer.tree.get("cards")
    if answer.status_code != 200 or not isinstance(cards, list):
        return Found(WRONG, what, f"answers {answer.status_code}: {diagnosis(answer)}")
    if not cards:
        return Found(NOTE, what, "no card: the service is in shadow, or its cards are snoozed")
    summaries = [str(card.get("summary")) for card in cards if isinstance(card, dict)]
    if any(EXPECTED in summary for summary in summaries):
        return Found(FINE, what, f"{len(cards)} cards, {EXPECTED}")
    words = f"{len(cards)} cards, none says {EXPECTED}: is another conversion table or guideline set on purpose?"
    return Found(NOTE, what, words)


def _preflight(deployment: Deployment) -> Found:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = deployment.ask("OPTIONS", "/cds-services/opioid-order-sign", headers=asked)
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    if answer.status_code not in (200, 204):
        return Found(WRONG, "preflight", f"answers {answer.status_code}: browsers cannot call")
    if allowed in ("*", ORIGIN):
        return Found(NOTE, "preflight", "pages of any origin may call: name the EHR's in cors.origins")
    return Found(FINE, "preflight", "an unknown origin is given nothing")


def _errors(deployment: Deployment) -> Iterator[Found]:
    """Errors must be OperationOutcomes and hold nothing of the machine: a proxy's own pages break clients."""
    asked = (
        ("unreadable body", "POST", "/cds-services/opioid-order-sign", b"{", (400, 401)),
        ("unknown service", "POST", "/cds-services/no-such-service", b"{}", (404, 401)),
        ("wrong method", "GET", "/cds-services/opioid-order-sign", None, (405, 401)),
    )
    for what, method, path, content, expected in asked:
        answer = deployment.ask(method, path, content)
        kind = answer.tree.get("resourceType")
        if answer.status_code in expected and kind == "OperationOutcome":
            yield Found(FINE, what, f"{answer.status_code} with an OperationOutcome")
        else:
            found = f"{answer.status_code} with {kind or 'something else'}"
            yield Found(WRONG, what, f"{found}, expected {expected[0]} with an OperationOutcome")


def _metrics(deployment: Deployment) -> Found:
    if deployment.ask("GET", "/metrics").status_code == 200:
        return Found(NOTE, "/metrics", "can be read from here: keep it inside")
    return Found(FINE, "/metrics", "hidden from here")


def _pages(deployment: Deployment) -> Found:
    if deployment.ask("GET", "/", headers={"Accept": "text/html"}).status_code == 200:
        return Found(NOTE, "pages", "the page for trying it out is offered: only for synthetic data")
    return Found(FINE, "pages", "not offered")
