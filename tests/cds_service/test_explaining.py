"""What is linked from cards, and what is kept for the links: only where a site wants it, and nothing with a name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from cds_service import explaining
from cds_service.storage.models import explanation
from tests.cds_service.explained import CANARY_ORDER, KEPT, KEY, LINKED, OXYCODONE, link_of, page, rows
from tests.cds_service.fakes import CANARY
from tests.cds_service.hospital import MORNING, Clock, opened, signing
from tests.hooks.orders import draft, order

# ---- links ----


@pytest.mark.parametrize("more", ["", "[notes]\nenabled = false\n"], ids=["by default", "without notes"])
def test_every_card_has_one_link_that_explains_it_and_nothing_is_kept_for_it(make_app, engines, more):
    hospital = opened(make_app, LINKED + more)
    cards = hospital.sign()
    assert len(cards) == 3
    for topic, card in cards.items():
        assert f"/explain/{topic}.us-cdc-2022.cdc-2022." in link_of(card)
        assert "The patient's numbers are not shown here" in page(hospital, card)
    assert rows(engines[0]) == 0


def test_without_a_public_url_no_card_has_a_link(make_app):
    assert ["links" in card for card in opened(make_app).sign().values()] == [False] * 3


def test_switched_off_there_is_no_page_and_the_link_leads_to_what_all_cards_rest_on(make_app):
    hospital = opened(make_app, f"{LINKED}explain = {{enabled = false}}\n")
    about = {"label": "What this rests on (CDC 2022)", "url": "https://cds.example.org/about", "type": "absolute"}
    assert [card["links"] for card in hospital.sign().values()] == [[about]] * 3
    assert hospital.client.get("/explain/x").status_code == 404


def test_in_shadow_nothing_is_kept(make_app, engines):
    hospital = opened(make_app, f"{KEPT}[services.opioid-order-sign]\nshadow = true\n")
    assert hospital.sign() == {}
    assert rows(engines[0]) == 0


def test_the_links_of_an_hour_are_alike_whoever_the_patient_is(make_app):
    """So that no link can be traced to a call, and each is signed once."""
    hospital = opened(make_app, LINKED)
    first = {topic: link_of(card) for topic, card in hospital.sign().items()}
    hospital.clock.passes(minutes=-30)
    other = hospital.sign(patient="p2", user="Practitioner/9", taken=(order("x", "morphine ER 30", 4),))
    assert {topic: link_of(card) for topic, card in other.items() if topic in first} == {
        topic: link for topic, link in first.items() if topic in other
    }
    hospital.clock.passes(hours=2)
    assert link_of(hospital.sign()["MmeTotal"]) != first["MmeTotal"]


# ---- nothing of a patient in the address ----


@pytest.mark.parametrize("toml", [LINKED, KEPT])
def test_nothing_of_the_patient_is_in_a_link(make_app, toml):
    """Not in letters, and nothing that differs between patients but the topic: the rest is chance, or the hour."""
    hospital = opened(make_app, toml)
    cards = hospital.sign(patient=CANARY, user=f"Practitioner/{CANARY}", taken=(CANARY_ORDER,), problems=("F11.20",))
    assert cards
    for topic, card in cards.items():
        said, *rest = link_of(card).removeprefix("/explain/").split(".")
        assert said == topic
        assert rest[:2] == ["us-cdc-2022", "cdc-2022"]
        assert int(rest[2]) % 3600 == 0
        assert len(rest) == (5 if "store" in toml else 4)
        assert CANARY not in link_of(card)
        # What follows is chance, in which three letters can stand as well.
        readable = ".".join((said, *rest[:3]))
        for word in ("oxycodone", "F11", "NX0", card["extension"]["org.opioid-cds.finding"]["rule"]):
            assert word not in readable


def test_a_secret_is_never_given_twice(make_app):
    hospital = opened(make_app, KEPT)
    links = [link_of(card) for _ in range(3) for card in hospital.sign().values()]
    assert len(set(links)) == len(links)


# ---- what is kept ----


def test_a_row_that_was_damaged_is_as_good_as_none(make_app, engines):
    hospital = opened(make_app, KEPT)
    card = hospital.sign()["MmeTotal"]
    for broken in (b"", b"x", b"y" * 200):
        with engines[0].begin() as connection:
            connection.execute(update(explanation).values(sealed=broken))
        assert "Nothing is kept for this link, or not any more" in page(hospital, card)


def test_it_is_good_to_the_second(make_app):
    clock = Clock()
    clock.now = MORNING + timedelta(minutes=20)
    hospital = opened(make_app, KEPT, clock)
    card = hospital.sign()["MmeTotal"]
    clock.now = MORNING + timedelta(hours=3) - timedelta(seconds=1)  # two hours, at the next full one
    assert OXYCODONE in page(hospital, card)
    clock.passes(seconds=1)
    gone = page(hospital, card, 410)
    assert "There is nothing behind this link any more" in gone
    assert "oxycodone" not in gone


def test_under_another_site_key_a_link_is_unknown(make_app):
    first = opened(make_app, KEY + KEPT)
    second = opened(make_app, KEY.replace("0123", "3210") + KEPT)
    assert "There is nothing behind this link any more" in page(second, first.sign()["MmeTotal"], 404)


def test_one_card_that_cannot_be_explained_takes_no_other_along(make_app, engines, monkeypatch, caplog):
    explain = explaining.in_particular

    def fails(told, summary):
        if "naloxone" in summary:
            raise ValueError(CANARY)
        return explain(told, summary)

    monkeypatch.setattr(explaining, "in_particular", fails)
    hospital = opened(make_app, KEPT)
    cards = hospital.sign()
    assert rows(engines[0]) == len(cards) - 1
    assert hospital.metric("opioid_cds_explanations_lost_total") == 1
    assert "Nothing is kept for this link" in page(hospital, cards["NaloxoneOffer"])
    assert CANARY not in caplog.text + repr([record.__dict__ for record in caplog.records])


def test_the_address_is_in_no_log_line(make_app, caplog):
    caplog.set_level("INFO")
    hospital = opened(make_app, KEPT)
    card = hospital.sign()["MmeTotal"]
    page(hospital, card)
    written = repr([record.__dict__ for record in caplog.records])
    assert "/explain/<path:token>" in written
    assert not re.search(r"MmeTotal\.us-cdc", written)


def test_a_draft_of_the_same_drug_changes_only_chance(make_app):
    """The same request: the same answer, but for uuids and links."""
    hospital = opened(make_app, KEPT)
    body = signing(drafts=(draft("d", "oxycodone 5"),))
    answers = [hospital.client.post("/cds-services/opioid-order-sign", json=body).json["cards"] for _ in range(2)]
    for cards in answers:
        for card in cards:
            del card["uuid"], card["links"]
            for suggestion in card.get("suggestions", ()):
                del suggestion["uuid"]
    assert answers[0] == answers[1]


def test_without_notes_and_links_a_call_touches_no_database(make_app, tmp_path):
    """The key for pseudonyms and links is drawn when one of them needs it."""
    url = f"sqlite:///{tmp_path / 'untouched.sqlite3'}"
    hospital = opened(make_app, "[notes]\nenabled = false\n[database]\nmigrate_at_start = false\n", database=url)
    assert hospital.sign()
    assert not (tmp_path / "untouched.sqlite3").exists()
