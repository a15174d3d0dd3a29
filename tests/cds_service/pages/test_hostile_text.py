"""Text of a request is text wherever it is shown: each part of a request, each field of a form, each page."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from cds_service.settings_sections import REPOSITORY_CONVERSATIONS
from tests import conversations as recorded
from tests.cds_service.explained import KEPT, link_of
from tests.cds_service.hospital import opened
from tests.cds_service.pages.test_charts import longest_names
from tests.cds_service.pages.test_taper import planned

HOSTILE = "<img src=x onerror=alert(1)>"
CALL = json.loads((REPOSITORY_CONVERSATIONS / "opioid-order-sign" / "worked-case" / "request.json").read_bytes())
DAY = recorded.NOW.date().isoformat()


def places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all texts of a request."""
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from places(value, (*path, key))
    elif isinstance(tree, str):
        yield path


def with_text(path: tuple[Any, ...], text: str) -> dict[str, Any]:
    changed = deepcopy(CALL)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = text
    return changed


def of_kind(kind: str) -> tuple[Any, ...]:
    """The first place of a name that is shown somewhere: of a drug, an id, a unit, …"""
    return next(path for path in places(CALL) if path[-1] == kind)


def is_harmless(text: str) -> bool:
    return "<img" not in text and "onerror=alert(1)>" not in text


def test_no_text_of_a_request_becomes_html_where_it_is_tried(real):
    """Every text of the request, one after the other; one place of each name is enough."""
    kinds = dict.fromkeys(path[-1] for path in places(CALL))
    assert len(kinds) > 15
    for kind in kinds:
        body = json.dumps(with_text(of_kind(kind), f"{HOSTILE} oxycodone 5 mg tablet"))
        page = real.post("/try", data={"service": "opioid-order-sign", "body": body, "day": DAY})
        assert page.status_code == 200
        assert is_harmless(page.text), kind


def test_no_key_of_a_request_becomes_html_where_it_is_tried(real):
    changed = deepcopy(CALL)
    changed["prefetch"][HOSTILE] = changed["prefetch"]["medications"]
    changed["context"][HOSTILE] = HOSTILE
    page = real.post("/try", data={"service": "opioid-order-sign", "body": json.dumps(changed), "day": DAY})
    assert html.escape(HOSTILE) in page.text
    assert is_harmless(page.text)


@pytest.mark.parametrize("path", ["/try", "/calculator", "/taper", "/taper/sheet", "/taper/care-plan"])
def test_no_field_of_a_form_becomes_html(real, path):
    names = ("service", "guideline", "client", "day", "conversation", "resting", "body", "orders", "table", "compare",
             "profile", "pace", "interval", "start", "to", "begun", "halves", "paced", "plan", "sheet", "lang",
             "accept")  # fmt: skip
    for name in names:
        fields = {"orders": "oxycodone 5 mg tablets, 1 tablet twice a day", "body": "{}", name: HOSTILE}
        page = real.post(path, data=fields)
        assert page.status_code == 200
        assert is_harmless(page.text), name
    assert is_harmless(real.get(path.partition("/sheet")[0], query_string=dict.fromkeys(names, HOSTILE)).text)


@pytest.mark.parametrize("query", ["q", "conversation", "client", "guideline", "lang", "example", "from", "to"])
def test_nothing_of_an_address_becomes_html(real, query):
    for path in ("/", "/calculator", "/taper", "/about", "/reports", f"/explain/{HOSTILE}"):
        assert is_harmless(real.get(path, query_string={query: HOSTILE}).text)


def test_no_name_of_an_order_becomes_html_on_paper(real):
    """The names of what is not tapered stand on the sheet as they were written."""
    orders = (
        f"oxycodone 5 mg tablets, 1 tablet twice a day\n{HOSTILE} buprenorphine 10 mcg/h patch, 1 patch every 7 days"
    )
    for path in ("/taper", "/taper/sheet"):
        page = planned(real, orders, path, plan="only:")
        assert html.escape(HOSTILE) in page.text
        assert is_harmless(page.text)


def test_no_name_becomes_html_or_markdown_on_a_card_or_its_explanation(make_app):
    hospital = opened(make_app, KEPT)
    drug = {"text": f"{HOSTILE} **oxycodone** [5 mg](https://x.example) tablet"}
    taken = {**CALL["prefetch"]["medications"]["entry"][0]["resource"], "medicationCodeableConcept": drug}
    cards = hospital.sign(taken=(taken,))
    assert cards
    for card in cards.values():
        assert is_harmless(card["summary"] + card["detail"])
        assert "](http" not in card["detail"]
        page = hospital.client.get(link_of(card)).text
        assert is_harmless(page)
        assert "<strong>oxycodone" not in page


@pytest.mark.parametrize("path", ["/calculator", "/taper"])
def test_the_longest_name_is_shown_whole(real, path):
    name = longest_names()[-1]
    assert len(name) > 120
    page = planned(real, f"{name}; 5 mL every 6 hours", path, guideline="us-cdc-2022", table="cdc-2022", day=DAY)
    assert page.status_code == 200
    assert html.escape(name) in page.text
