"""A check-up of a running deployment from outside: what a caller would meet, and what nobody outside should see."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from cds_service.checkup_calls import Answer, Deployment, diagnosis, json_in
from cds_service.site_sheet import EXPECTED, worked_case

SLOW_SECONDS = 0.5
"""The specification asks for answers "on the order of 500 ms"."""
CALLS = 5
ORIGIN = "https://ehr.invalid"

SAFETY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class State(StrEnum):
    """How a check came out."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
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
    services = None
    for found, listed in _discovery(deployment):
        services = listed or services
        yield found
    yield from _calls(deployment, services or {})
    yield _preflight(deployment)
    yield from _errors(deployment)
    yield _metrics(deployment)
    yield _pages(deployment)


def _transport(deployment: Deployment) -> Found:
    parts = urlsplit(deployment.url)
    if parts.scheme == "https":
        return Found(state=State.FINE, what="transport", words="TLS with a certificate that is trusted here")
    if parts.hostname in ("127.0.0.1", "::1", "localhost"):
        return Found(
            state=State.NOTE, what="transport", words="plain http on this machine: in front of it TLS is needed"
        )
    return Found(state=State.WRONG, what="transport", words="plain http: requests hold patient data, use https")


def _alive(deployment: Deployment) -> Found:
    answer = deployment.ask("GET", "/healthz")
    if answer.is_redirect:
        return Found(state=State.WRONG, what="/healthz", words="redirects: register the address it redirects to")
    if answer.status_code == 200 and _status(answer) == "alive":
        return Found(state=State.FINE, what="/healthz", words="alive")
    return Found(state=State.WRONG, what="/healthz", words=f"answers {answer.status_code}: is this the service?")


def _status(answer: Answer) -> object:
    tree = json_in(answer)
    return tree.get("status") if isinstance(tree, dict) else None


def _ready(deployment: Deployment) -> Found:
    answer = deployment.ask("GET", "/readyz")
    if answer.status_code == 200 and _status(answer) == "ready":
        return Found(state=State.FINE, what="/readyz", words="ready: knowledge loaded, database reachable")
    if answer.status_code == 404:
        return Found(state=State.NOTE, what="/readyz", words="hidden from outside")
    return Found(state=State.WRONG, what="/readyz", words=f"answers {answer.status_code}: {diagnosis(answer)}")


def _discovery(deployment: Deployment) -> Iterator[tuple[Found, Mapping[str, str] | None]]:
    answer = deployment.ask("GET", "/cds-services")
    if answer.status_code == 401:
        told = "needs a token: give one with --token to look further"
        yield Found(state=State.NOTE, what="discovery", words=told), None
        return
    services = _services(answer)
    if services is None:
        yield Found(state=State.WRONG, what="discovery", words=f"answers {answer.status_code} and lists nothing"), None
        return
    words = f"{len(services)} services: {', '.join(services)}" if services else "no service is enabled"
    yield Found(state=State.FINE if services else State.WRONG, what="discovery", words=words), services
    missing = [name for name, value in SAFETY_HEADERS.items() if answer.headers.get(name) != value]
    if missing:
        words = f"not as the service sends them: {', '.join(missing)}; does a proxy change them?"
        yield Found(state=State.WRONG, what="headers", words=words), None


def _services(answer: Answer) -> dict[str, str] | None:
    tree = json_in(answer)
    listed = tree.get("services") if isinstance(tree, dict) else None
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
    state = State.FINE if typical < SLOW_SECONDS else State.WRONG
    yield Found(state=state, what="time", words=f"{typical * 1000:.0f} ms for one call from here (median of {CALLS})")


def _advice(answer: Answer, *, token: bool) -> Found:
    what = "worked case"
    if answer.status_code == 401:
        words = (
            "the token given is refused" if token else "callers must prove who they are: give --token to look further"
        )
        return Found(state=State.WRONG if token else State.NOTE, what=what, words=words)
    tree = json_in(answer)
    cards = tree.get("cards") if isinstance(tree, dict) else None
    if answer.status_code != 200 or not isinstance(cards, list):
        return Found(state=State.WRONG, what=what, words=f"answers {answer.status_code}: {diagnosis(answer)}")
    if not cards:
        return Found(state=State.NOTE, what=what, words="no card: the service is in shadow, or its cards are snoozed")
    summaries = [str(card.get("summary")) for card in cards if isinstance(card, dict)]
    if any(EXPECTED in summary for summary in summaries):
        return Found(state=State.FINE, what=what, words=f"{len(cards)} cards, {EXPECTED}")
    words = f"{len(cards)} cards, none says {EXPECTED}: is another conversion table or guideline set on purpose?"
    return Found(state=State.NOTE, what=what, words=words)


def _preflight(deployment: Deployment) -> Found:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = deployment.ask("OPTIONS", "/cds-services/opioid-order-sign", headers=asked)
    allowed = answer.headers.get("Access-Control-Allow-Origin")
    if answer.status_code not in (200, 204):
        return Found(state=State.WRONG, what="preflight", words=f"answers {answer.status_code}: browsers cannot call")
    if allowed in ("*", ORIGIN):
        words = "pages of any origin may call: name the EHR's in cors.origins"
        return Found(state=State.NOTE, what="preflight", words=words)
    return Found(state=State.FINE, what="preflight", words="an unknown origin is given nothing")


def _errors(deployment: Deployment) -> Iterator[Found]:
    """Errors must be OperationOutcomes and hold nothing of the machine: a proxy's own pages break clients."""
    asked = (
        ("unreadable body", "POST", "/cds-services/opioid-order-sign", b"{", (400, 401)),
        ("unknown service", "POST", "/cds-services/no-such-service", b"{}", (404, 401)),
        ("wrong method", "GET", "/cds-services/opioid-order-sign", None, (405, 401)),
    )
    for what, method, path, content, expected in asked:
        answer = deployment.ask(method, path, content)
        tree = json_in(answer)
        kind = tree.get("resourceType") if isinstance(tree, dict) else None
        if answer.status_code in expected and kind == "OperationOutcome":
            words = f"{answer.status_code} with an OperationOutcome"
            yield Found(state=State.FINE, what=what, words=words)
        else:
            words = (
                f"{answer.status_code} with {kind or 'something else'}, expected {expected[0]} with an OperationOutcome"
            )
            yield Found(state=State.WRONG, what=what, words=words)


def _metrics(deployment: Deployment) -> Found:
    if deployment.ask("GET", "/metrics").status_code == 200:
        return Found(state=State.NOTE, what="/metrics", words="can be read from here: keep it inside")
    return Found(state=State.FINE, what="/metrics", words="hidden from here")


def _pages(deployment: Deployment) -> Found:
    if deployment.ask("GET", "/", headers={"Accept": "text/html"}).status_code == 200:
        words = "the page for trying it out is offered: only for synthetic data"
        return Found(state=State.NOTE, what="pages", words=words)
    return Found(state=State.FINE, what="pages", words="not offered")
