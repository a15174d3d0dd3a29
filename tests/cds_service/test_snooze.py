"""An answer to a card silences its topic: for whom, for how long, and what ends it. On both kinds of database."""

from __future__ import annotations

from datetime import UTC

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service.storage import cards, recorder
from cds_service.storage.snoozes import AWAY_SECONDS, Away, Replies
from tests.cds_service.fakes import Seconds
from tests.cds_service.hospital import MORNING, SIGN, VIEW, Clock, noted, opened, role, signing
from tests.hooks.orders import draft, order

REVIEW, NALOXONE, TOTAL = "DeprescribingReview", "NaloxoneOffer", "MmeTotal"


@pytest.fixture
def database_url(each_database_url: str) -> str:
    return each_database_url


def test_the_cards_that_these_tests_rest_on_are_shown(hospital):
    assert set(hospital.sign()) == {REVIEW, NALOXONE, TOTAL}
    assert set(hospital.sign()) == {REVIEW, NALOXONE, TOTAL}, "nobody has answered"


@pytest.mark.parametrize(
    ("topic", "reason"),
    [(REVIEW, "benefits-outweigh-harms"), (NALOXONE, "already-has-naloxone"), (NALOXONE, "patient-declined")],
)
def test_a_reason_silences_its_topic_and_no_other_until_the_time_is_over(hospital, topic, reason):
    hospital.override(hospital.sign()[topic], reason)
    assert set(hospital.sign()) == {REVIEW, NALOXONE, TOTAL} - {topic}
    hospital.clock.passes(days=90, seconds=-1)
    assert topic not in hospital.sign()
    hospital.clock.passes(seconds=1)
    assert topic in hospital.sign()


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("", ": ask again in 3 months"),
        ("days = 30", ": ask again in 1 month"),
        ("days = 29", ": ask again in 29 days"),
        ("days = 31", ": ask again in 31 days"),
        ("days = 14", ": ask again in 2 weeks"),
        ("days = 7", ": ask again in 1 week"),
        ("days = 1", ": ask again in 1 day"),
        ("days = 210", ": ask again in 7 months"),
        ("days = 360", ": ask again in 12 months"),
        ("enabled = false", ""),
    ],
)
def test_the_words_of_a_reason_say_how_long_it_holds(make_app, toml, words):
    reasons = opened(make_app, f"[snooze]\n{toml}").sign()[REVIEW]["overrideReasons"]
    (reason,) = [one["display"] for one in reasons if one["code"] == "benefits-outweigh-harms"]
    assert reason == f"Benefits outweigh harms{words}"


@pytest.mark.parametrize("late", [0, 1], ids=["sent at once", "sent a day late"])
def test_how_long_is_a_setting_and_a_reply_holds_from_when_it_was_given(make_app, late):
    hospital = opened(make_app, "[snooze]\ndays = 2")
    card, given = hospital.sign()[REVIEW], hospital.clock().astimezone(UTC).isoformat()
    hospital.clock.passes(days=late)
    hospital.override(card, "benefits-outweigh-harms", outcomeTimestamp=given)
    hospital.clock.passes(days=1 - late, hours=23)
    assert REVIEW not in hospital.sign()
    hospital.clock.passes(hours=1)
    assert REVIEW in hospital.sign()


def test_of_many_replies_at_once_each_counts(hospital, monkeypatch):
    monkeypatch.setattr(cards, "MOST_IDS", 1)
    shown, when = hospital.sign(), hospital.clock().astimezone(UTC).isoformat()
    items = [
        {
            "card": shown[topic]["uuid"],
            "outcome": "overridden",
            "outcomeTimestamp": when,
            "overrideReason": {"reason": {"code": reason}},
        }
        for topic, reason in ((REVIEW, "benefits-outweigh-harms"), (NALOXONE, "already-has-naloxone"))
    ]
    assert hospital.client.post(f"/cds-services/{SIGN}/feedback", json={"feedback": items}).status_code == 200
    assert set(hospital.sign()) == {TOTAL}


def test_a_suggestion_that_was_taken_may_silence_for_longer_than_a_reason(make_app):
    hospital = opened(make_app, "[snooze]\ndays = 1\naccepted_hours = 72")
    hospital.accept(hospital.sign()[NALOXONE])
    hospital.clock.passes(hours=71)
    assert NALOXONE not in hospital.sign()
    hospital.clock.passes(hours=1)
    assert NALOXONE in hospital.sign()


@pytest.mark.parametrize("reason", [None, "no-such-reason", "already-has-naloxone"])
def test_without_a_reason_that_the_card_offered_nothing_is_silenced(hospital, reason):
    hospital.override(hospital.sign()[REVIEW], reason)
    assert REVIEW in hospital.sign()


def test_a_reason_in_the_words_of_the_ehr_is_understood(make_app):
    hospital = opened(make_app, '[feedback.reasons]\n"LGL 7" = "benefits-outweigh-harms"')
    hospital.override(hospital.sign()[REVIEW], "LGL 7")
    assert REVIEW not in hospital.sign()


def test_epics_extension_in_place_of_a_code_is_understood(hospital):
    title = {"com.epic.cdshooks.feedback.overrideReason.reasonTitle": "Already has naloxone"}
    hospital.reply(hospital.sign()[NALOXONE], outcome="overridden", overrideReasons={"extension": title})
    assert NALOXONE not in hospital.sign()


# ---- for whom ----


def test_another_patient_is_another_matter(hospital):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW in hospital.sign(patient="p2")


def test_a_patient_with_the_same_id_in_another_ehr_is_another(hospital):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW in hospital.sign(server="https://other.example.org/fhir")
    assert REVIEW not in hospital.sign(server="https://ehr.example.org/fhir/")


def test_without_roles_it_holds_for_the_one_who_answered(hospital):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW in hospital.sign(user="Practitioner/2")
    assert REVIEW in hospital.sign(user=None)
    assert REVIEW not in hospital.sign(user="https://ehr.example.org/fhir/Practitioner/1")


def test_with_roles_it_holds_for_all_who_share_role_and_department(hospital):
    one, other = "Practitioner/1", "Practitioner/2"
    hospital.override(hospital.sign(user=one, user_role=role(one))[REVIEW], "benefits-outweigh-harms")
    assert REVIEW not in hospital.sign(user=other, user_role=role(other))
    assert REVIEW in hospital.sign(user=other, user_role=role(other, "Organization/surgery"))
    assert REVIEW in hospital.sign(user=other, user_role=role(other, code="pharmacist"))
    assert REVIEW in hospital.sign(user=other, user_role=role(one)), "the role that was sent is another's"
    assert REVIEW in hospital.sign(user=other)
    assert REVIEW not in hospital.sign(user=one), "who answered is known without the role too"


def test_where_nobody_says_who_they_are_it_holds_for_everybody(hospital):
    hospital.override(hospital.sign(user=None)[REVIEW], "benefits-outweigh-harms")
    assert REVIEW not in hospital.sign(user=None)
    assert REVIEW not in hospital.sign(user="Practitioner/2")


# ---- until the picture changes ----


def test_a_rise_of_the_dose_by_a_fifth_ends_it(make_app):
    """135 MME/day with the draft; 157.5 is a rise of 16.7%, 162 would be 20%."""
    # A card about the rise itself would stand in the place of the review.
    hospital = opened(make_app, '[guideline]\nescalation = "off"')
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW not in hospital.sign(drafts=(draft("d", "oxycodone 5", 5),))
    assert REVIEW in hospital.sign(drafts=(draft("d", "oxycodone 5", 6),))


@pytest.mark.parametrize(
    "changes",
    [{"taken": (order("o", "oxycodone ER 40"), order("l", "lorazepam"))}, {"problems": ("F11.20",)}],
    ids=["sedative", "risk"],
)
def test_a_new_sedative_or_risk_ends_it(hospital, changes):
    hospital.override(hospital.sign()[NALOXONE], "patient-declined")
    assert NALOXONE in hospital.sign(**changes)


def test_a_risk_that_was_there_before_does_not_end_it(hospital):
    hospital.override(hospital.sign(problems=("F32.9",))[NALOXONE], "patient-declined")
    assert NALOXONE not in hospital.sign(problems=("F32.9",))
    assert NALOXONE not in hospital.sign()


# ---- what was accepted ----


def test_a_suggestion_that_was_taken_is_not_made_again_to_anybody(hospital):
    hospital.accept(hospital.sign()[NALOXONE])
    assert NALOXONE not in hospital.sign()
    assert NALOXONE not in hospital.sign(user="Practitioner/2", problems=("F11.20",))
    hospital.clock.passes(hours=24, seconds=-1)
    assert NALOXONE not in hospital.sign()
    hospital.clock.passes(seconds=1)
    assert NALOXONE in hospital.sign(), "it never got into the chart"


# ---- what is never silenced ----


def test_an_abrupt_stop_and_missing_lists_are_never_silenced(hospital):
    lower = (draft("s", "oxycodone 5", 1, priorPrescription={"reference": "MedicationRequest/o"}),)
    stop = hospital.sign(drafts=lower)["SlowerTaper"]
    assert stop["indicator"] == "critical"
    hospital.override(stop, "faster-for-safety")
    assert "SlowerTaper" in hospital.sign(drafts=lower)
    assert hospital.metric("opioid_cds_cards_held_back_total") == 0, "what is shown is not held back too"
    blind = signing()
    del blind["prefetch"]["medications"]
    card = hospital.call(SIGN, blind)["DataIncomplete"]
    hospital.override(card, "not-applicable")
    assert "DataIncomplete" in hospital.call(SIGN, blind)


# ---- what can be seen of it ----


def test_what_was_held_back_is_counted_and_noted(hospital, engines):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    hospital.sign()
    assert hospital.metric("opioid_cds_cards_held_back_total") == 1
    rows = noted(engines[0])
    assert [(row.topic, row.state, row.card is None) for row in rows if row.state != "shown"] == [
        (REVIEW, "snoozed", True)
    ]


def test_another_hook_about_the_same_patient_keeps_silent_too(hospital):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    chart = signing()
    chart["hook"], chart["context"] = "patient-view", {"patientId": "p1", "userId": "Practitioner/1"}
    assert REVIEW not in hospital.call(VIEW, chart)
    assert REVIEW in hospital.call(VIEW, {**chart, "context": {"patientId": "p1", "userId": "Practitioner/2"}})


# ---- many instances, and faults ----


def test_two_instances_on_one_database_agree(make_app):
    clock = Clock()
    one, other = opened(make_app, clock=clock), opened(make_app, clock=clock)
    other.override(one.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW not in one.sign()
    assert REVIEW not in other.sign()


def test_an_answer_within_the_blink_of_an_eye_counts(hospital, monkeypatch):
    """Some EHRs call again by themselves as soon as a suggestion was taken."""
    monkeypatch.setattr(recorder, "FIRST_SECONDS", 60)
    answer = hospital.client.post(f"/cds-services/{SIGN}", json=signing())
    (card,) = (one for one in answer.json["cards"] if one["source"]["topic"]["code"] == NALOXONE)
    hospital.accept(card)
    again = hospital.client.post(f"/cds-services/{SIGN}", json=signing())
    assert NALOXONE not in [one["source"]["topic"]["code"] for one in again.json["cards"]]


def test_feedback_that_another_worker_gets_before_the_card_was_noted_counts_all_the_same(make_app, monkeypatch):
    monkeypatch.setattr(recorder, "FIRST_SECONDS", 60)
    clock = Clock()
    one, other = opened(make_app, clock=clock), opened(make_app, clock=clock)
    answer = one.client.post(f"/cds-services/{SIGN}", json=signing())
    (card,) = (card for card in answer.json["cards"] if card["source"]["topic"]["code"] == REVIEW)
    other.override(card, "benefits-outweigh-harms")
    one.settle()
    assert REVIEW not in one.sign()


def test_a_client_whose_clock_is_ahead_gets_no_longer_silence(hospital):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms", outcomeTimestamp="2099-01-01T00:00:00Z")
    assert REVIEW not in hospital.sign()
    hospital.clock.passes(days=90)
    assert REVIEW in hospital.sign()


def rename(engine: Engine, table: str, name: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {name}")


def test_without_its_tables_everything_is_shown_and_counted(hospital, engines):
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    rename(engines[0], "shown_card", "away")
    for _ in range(2):
        answer = hospital.client.post(f"/cds-services/{SIGN}", json=signing())
        assert len(answer.json["cards"]) == 3
    rename(engines[0], "away", "shown_card")
    assert hospital.metric("opioid_cds_snooze_unknown_total") == 2


@pytest.fixture
def away():
    """Replies of a database that is away, and the clock by which it is asked again."""
    now = Seconds()
    return Replies(create_engine("sqlite:////no/such/folder/x.sqlite3"), clock=now), now


def test_a_database_that_is_away_is_not_waited_for_again_so_soon(away):
    replies, now = away
    for now.now, told in (
        (0.0, SQLAlchemyError),
        (0.0, Away),
        (AWAY_SECONDS - 0.1, Away),
        (AWAY_SECONDS, SQLAlchemyError),
    ):
        with pytest.raises(told):
            replies.about("p", MORNING)


def test_only_one_asks_whether_the_database_is_back(away, monkeypatch):
    replies, now = away
    with pytest.raises(SQLAlchemyError):
        replies.about("p", MORNING)
    now.now = AWAY_SECONDS
    others = []

    def asked(patient: str) -> bool:
        with pytest.raises(Away):
            replies.about("another", MORNING)
        others.append(patient)
        return False

    monkeypatch.setattr(replies, "_any", asked)
    assert replies.about("p", MORNING) == ()
    assert others == ["p"]
    monkeypatch.setattr(replies, "_any", lambda _: False)
    assert replies.about("another", MORNING) == (), "it is back for everybody"


@pytest.mark.parametrize("url", ["sqlite:////no/such/folder/x.sqlite3", "postgresql+psycopg://cds@127.0.0.1:1/none"])
def test_with_the_database_away_cards_are_shown(make_app, url):
    hospital = opened(make_app, '[site]\nkey = "0123456789abcdef0123456789abcdef"', database=url)
    for _ in range(2):
        answer = hospital.client.post(f"/cds-services/{SIGN}", json=signing())
        assert answer.status_code == 200
        assert len(answer.json["cards"]) == 3
    assert hospital.metric("opioid_cds_snooze_unknown_total") == 2


def test_a_database_in_memory_snoozes_too(make_app):
    hospital = opened(make_app, database="sqlite://")
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW not in hospital.sign()


def test_snoozing_can_be_switched_off(make_app):
    hospital = opened(make_app, "[snooze]\nenabled = false")
    hospital.override(hospital.sign()[REVIEW], "benefits-outweigh-harms")
    assert REVIEW in hospital.sign()
