"""Cards with links to their explanations, and the pages behind these."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, func, select

from cds_service.storage.models import explanation
from tests.cds_service.fakes import CANARY
from tests.cds_service.hospital import Hospital
from tests.hooks.orders import order

LINKED = 'public_url = "https://cds.example.org"\n'
KEPT = f"{LINKED}[explain]\nstore = true\nhours = 2\n"
KEY = 'site = {key = "0123456789012345678901234567890123456789"}\n'
OXYCODONE = "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet"
CANARY_ORDER = order("o", f"oxycodone ER 40 mg tablet {CANARY}", a_day=3)


def rows(engine: Engine) -> int:
    """How many explanations are kept."""
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(explanation)).scalar_one()


def link_of(card: dict[str, Any]) -> str:
    """The path of a card's only link, which leads to its explanation."""
    (link,) = card["links"]
    assert link["type"] == "absolute"
    assert link["url"].startswith("https://cds.example.org/explain/")
    return str(link["url"]).removeprefix("https://cds.example.org")


def page(hospital: Hospital, card: dict[str, Any], status: int = 200) -> str:
    """What the link of a card opens in a browser."""
    answer = hospital.client.get(link_of(card), headers={"Accept": "text/html"})
    assert answer.status_code == status
    return answer.text
