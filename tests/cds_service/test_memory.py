"""What is noted of a call, under which pseudonyms, and what is not. On both kinds of database."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cds_service.pseudonyms import SiteKey
from cds_service.settings_check import InvalidSettings
from cds_service.storage import cards as card_storage
from cds_service.storage import database, site_keys
from cds_service.storage.cards import Keeper, NotedCall
from cds_service.storage.models import activity, site_key
from tests.cds_service.hospital import SIGN, VIEW, Clock, noted, opened, role, signing
from tests.hooks.orders import TODAY, draft, order

PRODUCTION = 'mode = "production"\npublic_url = "https://cds.example.org"\n'
KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


def days(engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        rows = connection.execute(select(activity).order_by(activity.c.day, activity.c.service_id, activity.c.shadow))
        return [(row.day, row.service_id, row.shadow, row.calls, row.orders) for row in rows]


# ---- what is noted ----


def test_a_shown_card_is_noted_with_the_picture_it_rests_on(hospital, engines):
    cards = hospital.sign(taken=(order("o", "oxycodone ER 40"), order("l", "lorazepam")), problems=("F32.9",))
    rows = {row.topic: row for row in noted(engines[0])}
    assert {topic: row.card for topic, row in rows.items()} == {topic: card["uuid"] for topic, card in cards.items()}
    row = rows["NaloxoneOffer"]
    assert (row.state, row.service_id, row.hook, row.day) == ("shown", SIGN, "order-sign", TODAY)
    assert (row.indicator, row.rule) == (
        cards["NaloxoneOffer"]["indicator"],
        cards["NaloxoneOffer"]["extension"]["org.opioid-cds.finding"]["rule"],
    )
    assert (Decimal(row.mme), row.uncounted, row.sedatives, row.risks) == (135, 0, "benzodiazepine", "depression")
    assert row.replied is False


def test_every_call_counts_also_one_that_has_nothing_to_say(hospital, engines):
    hospital.sign()
    hospital.sign(user="Practitioner/2", drafts=(draft("a", "oxycodone 5"), draft("b", "lisinopril")))
    assert hospital.sign(drafts=(draft("l", "lisinopril"),), taken=()) == {}
    hospital.clock.passes(days=1)
    hospital.sign()
    with engines[0].connect() as connection:
        rows = connection.execute(select(activity).order_by(activity.c.day, activity.c.calls)).all()
    assert [(row.calls, row.orders) for row in rows] == [(1, 2), (2, 2), (1, 1)]
    assert len({row.prescriber for row in rows}) == 2


def test_of_whom_nothing_is_said_no_pseudonym_waits_to_be_written(make_app):
    hospital = opened(make_app)
    waiting: list[NotedCall] = []
    hospital.app.extensions["opioid_cds"].memory.recorder.note = waiting.append
    hospital.sign()
    hospital.sign(drafts=(draft("l", "lisinopril"),), taken=())
    some, none = waiting
    assert all((some.patient, some.prescriber_group))
    assert (none.patient, none.prescriber_group) == ("", "")


def test_a_service_in_shadow_shows_nothing_and_notes_all_until_it_is_promoted(make_app, engines):
    clock = Clock()
    shadowed = opened(make_app, f"[services.{SIGN}]\nshadow = true", clock=clock)
    assert shadowed.sign() == {}
    assert shadowed.metric("opioid_cds_cards_in_shadow_total") == 3
    assert {row.state for row in noted(engines[0])} == {"shadow"}
    promoted = opened(make_app, f"[services.{SIGN}]\nshadow = false", clock=clock)
    assert len(promoted.sign()) == 3
    assert [row.state for row in noted(engines[0])] == ["shadow"] * 3 + ["shown"] * 3
    assert days(engines[0]) == [(TODAY, SIGN, False, 1, 1), (TODAY, SIGN, True, 1, 1)]


def test_another_service_is_shown_while_one_is_in_shadow(make_app):
    hospital = opened(make_app, f"[services.{SIGN}]\nshadow = true")
    chart = signing()
    chart["hook"], chart["context"] = "patient-view", {"patientId": "p1", "userId": "Practitioner/1"}
    assert hospital.call(VIEW, chart)
    assert hospital.sign() == {}


def test_notes_can_be_switched_off(make_app, engines):
    hospital = opened(make_app, "[notes]\nenabled = false")
    assert len(hospital.sign()) == 3
    assert noted(engines[0]) == days(engines[0]) == []
    with engines[0].connect() as connection:
        assert connection.execute(select(site_key)).all() == [], "a key is drawn only where somebody is noted"


@pytest.mark.parametrize("ahead", [0, 9], ids=["same clock", "clock nine minutes behind"])
def test_feedback_that_another_worker_keeps_before_the_card_is_noted_belongs_to_it(make_app, engines, ahead):
    clock = Clock()
    shows, hears = opened(make_app, clock=clock), opened(make_app, clock=clock)
    waiting: list[NotedCall] = []
    shows.app.extensions["opioid_cds"].memory.recorder.note = waiting.append
    clock.passes(minutes=ahead)
    cards = shows.sign()
    clock.passes(minutes=-ahead, seconds=2)
    assert hears.override(cards["NaloxoneOffer"], "patient-declined") == 200
    clock.passes(hours=1)
    Keeper(engines[0]).keep(waiting)
    assert {row.topic for row in noted(engines[0]) if row.replied} == {"NaloxoneOffer"}


def test_a_call_counts_once_where_the_database_goes_away_between_keeping_and_marking(make_app, engines, monkeypatch):
    shows = opened(make_app)
    waiting: list[NotedCall] = []
    shows.app.extensions["opioid_cds"].memory.recorder.note = waiting.append
    cards = shows.sign()
    assert shows.override(cards["NaloxoneOffer"], "patient-declined") == 200
    keeper, call = Keeper(engines[0]), waiting[0]
    with monkeypatch.context() as patched:
        patched.setattr(card_storage, "_mark_replied_since", away)
        keeper.keep([call])
    assert [calls for *_, calls, _ in days(engines[0])] == [1]
    assert not any(row.replied for row in noted(engines[0]))
    keeper.keep([replace(call, cards=())])
    assert {row.topic for row in noted(engines[0]) if row.replied} == {"NaloxoneOffer"}


def away(*_: object) -> None:
    raise OperationalError("update", None, Exception())


# ---- pseudonyms ----


def test_no_two_lists_of_parts_have_one_pseudonym():
    key = SiteKey(b"k" * 32)
    lists = (("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ("a", "bc", ""), ('a", "bc',), ("a,bc",))
    assert len({key.pseudonym(*parts) for parts in lists}) == len(lists)


def test_pseudonyms_differ_by_key_server_and_kind_and_are_the_same_for_the_same(make_app, engines):
    def pseudonyms(key: str, **changes) -> tuple[str, str, str]:
        hospital = opened(make_app, f'[site]\nkey = "{key}"')
        hospital.sign(**changes)
        row = noted(engines[0])[-1]
        return row.patient, row.prescriber, row.prescriber_group

    one = pseudonyms(KEY)
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in one)
    assert one[0] != one[1] == one[2], "without a role the group is the user alone"
    assert len(set(pseudonyms(KEY, user_role=role("Practitioner/1")))) == 3
    assert pseudonyms(KEY) == one
    assert pseudonyms(KEY, user="https://ehr.example.org/fhir/Practitioner/1") == one
    assert pseudonyms(KEY, patient="p2")[0] != one[0]
    assert pseudonyms(KEY, user="PractitionerRole/1")[1] != one[1]
    assert pseudonyms(KEY, server="https://other.example.org")[0] != one[0]
    assert not set(pseudonyms(KEY[::-1])) & set(one)


def test_a_key_can_come_from_a_file(make_app, engines, tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    for toml in (f'[site]\nkey_file = "{file}"', f'[site]\nkey = "{KEY}"'):
        opened(make_app, toml).sign()
    assert len({row.patient for row in noted(engines[0])}) == 1


def test_a_key_file_that_is_too_short_or_missing_stops_the_start(make_app, tmp_path):
    (tmp_path / "short").write_text("x" * 31 + "\n", encoding="utf-8")
    for name in ("short", "missing"):
        with pytest.raises(InvalidSettings, match=r"site\.key_file: expected"):
            opened(make_app, f'[site]\nkey_file = "{tmp_path / name}"')


def test_production_without_a_key_notes_nobody_and_snoozes_nothing(make_app, engines):
    hospital = opened(make_app, PRODUCTION)
    hospital.override(hospital.sign(user_role=role("Practitioner/1"))["DeprescribingReview"], "benefits-outweigh-harms")
    assert "DeprescribingReview" in hospital.sign()
    rows = noted(engines[0])
    assert {(row.patient, row.prescriber, row.prescriber_group) for row in rows} == {("", "", "")}
    with engines[0].connect() as connection:
        assert connection.execute(select(site_key)).all() == []


def test_production_with_a_key_snoozes(make_app):
    hospital = opened(make_app, f'{PRODUCTION}[site]\nkey = "{KEY}"')
    hospital.override(hospital.sign()["DeprescribingReview"], "benefits-outweigh-harms")
    assert "DeprescribingReview" not in hospital.sign()


def test_workers_that_start_at_once_draw_one_key(database_url, engines):
    engine = database.connect(database_url)
    with ThreadPoolExecutor(8) as threads:
        (key,) = set(threads.map(lambda _: site_keys.key_of(engine), range(8)))
    assert len(key) == 32
