"""Explanations that are kept for links, on both kinds of database: sealed, for all instances, and gone in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from cds_service.storage.models import explanation
from cds_service.storage.retention import purge
from tests.cds_service.databases import whole_database
from tests.cds_service.explained import CANARY_ORDER, KEPT, KEY, OXYCODONE, link_of, page, rows
from tests.cds_service.fakes import CANARY
from tests.cds_service.hospital import MORNING, SIGN, opened, signing


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


def test_a_kept_card_is_explained_with_its_numbers(make_app, engines):
    hospital = opened(make_app, KEPT)
    cards = hospital.sign()
    shown = page(hospital, cards["MmeTotal"])
    assert cards["MmeTotal"]["summary"] in shown
    assert "1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day" in shown
    assert OXYCODONE in shown
    assert "if the total were not 50 MME/day or more" in shown
    assert rows(engines[0]) == len(cards)


def test_a_link_that_is_opened_at_once_finds_what_is_still_being_written(make_app):
    hospital = opened(make_app, KEPT)
    answer = hospital.client.post(f"/cds-services/{SIGN}", json=signing()).json
    total = next(card for card in answer["cards"] if card["source"]["topic"]["code"] == "MmeTotal")
    assert OXYCODONE in page(hospital, total)


def test_what_is_kept_can_be_read_by_nobody_without_the_link(make_app, engines):
    """Neither names nor medicines nor numbers are in any table, and the page of one link opens no other's row."""
    hospital = opened(make_app, KEPT)
    taken = (CANARY_ORDER,)
    mine, other = hospital.sign(patient=CANARY, taken=taken)["MmeTotal"], hospital.sign(patient="p2")["MmeTotal"]
    assert CANARY in page(hospital, mine), "it is kept, or this test would prove nothing"
    database = whole_database(engines[0])
    for words in (CANARY, "oxycodone", "MME/day", link_of(mine).split(".")[-2]):
        assert words not in database
    with engines[0].begin() as connection:
        swapped = connection.execute(select(explanation.c.sealed)).scalars().all()
        connection.execute(update(explanation).values(sealed=swapped[0]))
    assert [CANARY in page(hospital, mine), CANARY in page(hospital, other)].count(True) <= 1
    assert "Nothing is kept for this link" in page(hospital, mine) + page(hospital, other)


def test_what_has_expired_is_purged_to_the_second(make_app, engines):
    hospital = opened(make_app, KEPT)
    cards = hospital.sign()
    kept, card = len(cards), cards["MmeTotal"]
    until = MORNING + timedelta(hours=2)

    def purged(now) -> int:
        retention = hospital.app.extensions["opioid_cds"].settings.retention
        return next(one.number for one in purge(engines[0], retention, now) if one.kind == "explanations")

    assert (purged(until - timedelta(seconds=1)), rows(engines[0])) == (0, kept)
    assert (purged(until), rows(engines[0])) == (kept, 0)
    assert "Nothing is kept for this link, or not any more" in page(hospital, card), "as after an early purge"


@pytest.mark.parametrize("key", ["", KEY])
def test_instances_with_one_database_open_each_others_links(make_app, key):
    """Also where no key is configured: then it is the database's."""
    first, second = opened(make_app, key + KEPT), opened(make_app, key + KEPT)
    card = first.sign()["MmeTotal"]
    assert OXYCODONE in page(second, card)


def test_without_the_database_cards_are_shown_and_the_page_says_what_it_cannot_read(make_app, engines, database_url):
    hospital = opened(make_app, KEY + KEPT)
    card = hospital.sign()["MmeTotal"]
    with engines[0].begin() as connection:
        connection.execute(text("ALTER TABLE explanation RENAME TO away"))
    assert "cannot be read at the moment" in page(hospital, card)
    assert hospital.sign()
    with engines[0].begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO explanation"))
    assert OXYCODONE in page(hospital, card)
