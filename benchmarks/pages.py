"""A page beside the JSON answer of the same request: processor time of both, in one process and in turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import orjson
from flask.testing import FlaskClient

from benchmarks import payloads
from benchmarks.accounting import seconds_a_call
from benchmarks.rounds import Spread
from cds_service import settings
from cds_service.app import create_app

SERVICE = "opioid-order-sign"
AS_OF = date(2026, 1, 31)
NO_DATABASE = {
    "OPIOID_CDS_DATABASE__URL": "sqlite:///never-opened.sqlite3",
    "OPIOID_CDS_DATABASE__MIGRATE_AT_START": "false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFigures:
    """Milliseconds of processor time for a page and for the JSON answer, and how many times the one is the other."""

    name: str
    page: Spread
    answer: Spread
    ratio: Spread


def measure(rounds: int, seconds: float) -> tuple[PageFigures, ...]:
    """The page on which a request is tried and the calculator, each with 20 orders."""
    client = create_app(settings.load(None, NO_DATABASE)).test_client()
    body = payloads.order_sign("n20", AS_OF).body.decode()
    orders = orjson.dumps(payloads.orders(20, AS_OF)).decode()
    form = {"service": SERVICE, "day": AS_OF.isoformat(), "body": body}
    sums = {"orders": orders, "table": "cdc-2022", "day": AS_OF.isoformat()}
    tried = _compared(
        "Try it", rounds, seconds, _page(client, "/try", form), _json(client, f"/cds-services/{SERVICE}", body)
    )
    added = _compared("calculator", rounds, seconds, _page(client, "/calculator", sums), _json(client, "/mme", orders))
    return (tried, added)


def _compared(
    name: str, rounds: int, seconds: float, page: Callable[[], None], answer: Callable[[], None]
) -> PageFigures:
    pages, answers = [], []
    for _ in range(rounds):
        pages.append(1000 * seconds_a_call(page, seconds))
        answers.append(1000 * seconds_a_call(answer, seconds))
    ratios = [a / b for a, b in zip(pages, answers, strict=True)]
    return PageFigures(name=name, page=Spread.of(pages), answer=Spread.of(answers), ratio=Spread.of(ratios))


def _page(client: FlaskClient, path: str, form: dict[str, str]) -> Callable[[], None]:
    def ask() -> None:
        text = client.post(path, data=form).text
        if "MME/day" not in text:
            raise RuntimeError(f"the page at {path} adds nothing up: its refusal would be measured as speed")

    return ask


def _json(client: FlaskClient, path: str, body: str) -> Callable[[], None]:
    def ask() -> None:
        client.post(path, data=body, content_type="application/json").get_data()

    return ask
