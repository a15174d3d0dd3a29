"""From a card about a reduction that is too fast to the planner, with what is taken now."""

from __future__ import annotations

import html
import re

import pytest

from cds_service.pages.order_lines import bundle_of, order_lines
from tests.cds_service.explained import KEPT, LINKED, page
from tests.cds_service.hospital import opened
from tests.hooks.orders import as_needed, draft, order

LONG_AGO = "2023-01-01"
ORDERS = re.compile(r'<input type="hidden" name="orders" value="([^"]*)">')

REGIMENS = {
    "twice a day": ({"er": ("oxycodone ER 40", 2)}, "er", "oxycodone ER 20"),
    "as needed too": ({"prn": ("oxycodone 5", 3), "er": ("oxycodone ER 40", 2)}, "er", "oxycodone ER 20"),
    "six times a day": ({"ir": ("oxycodone 5", 6), "er": ("oxycodone ER 40", 2)}, "er", "oxycodone ER 20"),
}


def stopped(make_app, toml, chart, prior, name):
    """The card of a draft that lowers one order of a chart, and the page behind it."""
    hospital = opened(make_app, toml)
    drafts = [draft("d", name, 2, priorPrescription={"reference": f"MedicationRequest/{prior}"})]
    active = [order(id_, what, count, authoredOn=LONG_AGO) for id_, (what, count) in chart.items()]
    active = [as_needed(one) if one["id"] == "prn" else one for one in active]
    cards = hospital.sign(taken=tuple(active), drafts=tuple(drafts))
    return hospital, page(hospital, cards["SlowerTaper"])


@pytest.mark.parametrize(("chart", "prior", "name"), REGIMENS.values(), ids=REGIMENS)
def test_what_is_taken_goes_along_to_the_planner_in_full(make_app, chart, prior, name):
    hospital, words = stopped(make_app, KEPT, chart, prior, name)
    taken = html.unescape(ORDERS.search(words).group(1))
    before = hospital.client.post("/mme", json=bundle_of(order_lines(taken))).json
    asked = hospital.client.post("/taper", data={"orders": taken, "guideline": "us-cdc-2022"})
    total = 120 + sum(count * 5 * 1.5 for what, count in chart.values() if what == "oxycodone 5")
    assert (before["mmePerDay"]["maximum"], before["complete"]) == (total, True)
    assert asked.status_code == 200
    assert "oxycodone ER 30 mg in the morning, 40 mg in the evening" in asked.text


def test_a_page_that_keeps_nothing_takes_nothing_along(make_app):
    _, words = stopped(make_app, LINKED, *REGIMENS["twice a day"])
    assert not ORDERS.search(words)
