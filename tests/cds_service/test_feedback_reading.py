"""How feedback is read, without a database: reasons in every form that clients send, and comments."""

from __future__ import annotations

import pytest

from cds_service import feedback
from cds_service.feedback import UNMAPPED, Reading
from hooks.cards import OVERRIDE_SYSTEM
from tests.cds_service.fakes import CANARY, feedback_item

EPIC = "com.epic.cdshooks.feedback.overrideReason.reason"
OURS = OVERRIDE_SYSTEM


def read(reading: Reading | None = None, **changes):
    item = feedback_item(**{"outcome": "overridden", "acceptedSuggestions": ..., **changes})
    (found,) = feedback.parse({"feedback": [item]}, "opioid-order-sign", reading)
    return found


def epic(**parts: object) -> dict[str, object]:
    return {"overrideReasons": {"extension": {f"{EPIC}{part}": words for part, words in parts.items()}}}


@pytest.mark.parametrize(
    ("override", "code", "system"),
    [
        ({}, None, None),
        ({"overrideReason": None}, None, None),
        ({"overrideReason": {}}, None, None),
        ({"overrideReason": {"reason": None}}, None, None),
        ({"overrideReason": {"userComment": "only words"}}, None, None),
        ({"overrideReason": {"userComment": 7}}, None, None),
        ({"overrideReason": {"reason": {"code": "c", "system": "urn:s"}}}, "c", "urn:s"),
        ({"overrideReason": {"reason": {"code": "c", "system": "urn:s", "display": "D"}}}, "c", "urn:s"),
        ({"overrideReason": {"reason": {"code": "c"}}}, "c", None),
        ({"overrideReason": {"reason": {"code": "c", "system": None}}}, "c", None),
        ({"overrideReasons": {"reason": {"code": "c", "system": "urn:s"}}}, "c", "urn:s"),
        ({"overrideReasons": {"extension": {"com.epic.cdshooks.feedback.x": "T"}}}, None, None),
        ({"overrideReasons": {"extension": []}}, None, None),
        (epic(Title="already-has-naloxone"), "already-has-naloxone", OURS),
        (epic(Display="Already has naloxone"), "already-has-naloxone", OURS),
        (epic(Title=" ALREADY HAS NALOXONE "), "already-has-naloxone", OURS),
        (epic(Title="Not one of ours", Category="patient-declined"), "patient-declined", OURS),
        (epic(Title="Not one of ours"), UNMAPPED, None),
        (epic(Title=""), None, None),
        (epic(Title=7), None, None),
        ({"extension": {f"{EPIC}Title": "patient-declined"}}, "patient-declined", OURS),
        ({"overrideReason": {"reason": {"code": "Discussed and declined"}}}, "patient-declined", OURS),
        ({"overrideReason": {"reason": {"code": f"told {CANARY}"}}}, UNMAPPED, None),
        ({"overrideReason": {"reason": {"code": "c", "system": f"of {CANARY}"}}}, "c", None),
    ],
)
def test_a_reason_is_read_as_a_code_or_not_at_all(override, code, system):
    found = read(**override)
    assert (found.override_code, found.override_system) == (code, system)
    assert CANARY not in repr(found)


def test_the_codes_and_titles_of_an_ehr_are_mapped_as_the_settings_say():
    reading = Reading(reasons={"LGL-7": "benefits-outweigh-harms", "No harm here": "benefits-outweigh-harms"})
    by_code = read(reading, overrideReason={"reason": {"code": "LGL-7", "system": "urn:epic"}})
    by_title = read(reading, **epic(Title="No harm here"))
    for found in (by_code, by_title):
        assert (found.override_code, found.override_system) == ("benefits-outweigh-harms", OURS)


def test_a_uuid_is_the_same_in_capitals_and_no_other_id_is():
    ours = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert read(card=ours.upper()) == read(card=ours)
    assert read(card="C1") != read(card="c1")


@pytest.mark.parametrize(("id_", "like_it"), [(f"card of {CANARY}", f"card for {CANARY}"), (CANARY, f"{CANARY}2")])
def test_an_id_that_cannot_be_ours_is_not_kept_and_still_told_apart(id_, like_it):
    one, other = read(card=id_), read(card=like_it)
    assert CANARY not in one.card
    assert one.card != other.card
    assert one.card == read(card=id_).card


def test_a_comment_is_read_only_where_comments_are_kept():
    said = {"overrideReason": {"userComment": " She\u0000 agreed.\n"}}
    assert read(**said).comment is None
    assert read(Reading(comments=True), **said).comment == "She  agreed."
    assert read(Reading(comments=True), overrideReason={"userComment": "x" * 9000}).comment == "x" * 4000
    assert read(Reading(comments=True), overrideReason={"userComment": " "}).comment is None


def test_a_comment_is_in_no_representation_and_makes_no_other_feedback():
    reading = Reading(comments=True)
    one = read(reading, overrideReason={"userComment": CANARY})
    other = read(reading, overrideReason={"userComment": "another"})
    assert CANARY not in repr(one)
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        {"card": "another"},
        {"overrideReason": {"reason": {"code": "d", "system": "urn:s"}}},
        {"overrideReason": {"reason": {"code": "c", "system": "urn:t"}}},
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "x"}]},
        {"outcomeTimestamp": "2026-01-31T12:00:01Z"},
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "x"}], "overrideReason": ...},
    ],
)
def test_what_differs_in_anything_but_a_comment_is_other_feedback(changed):
    plain = {
        "card": "one",
        "overrideReason": {"reason": {"code": "c", "system": "urn:s"}},
        "outcomeTimestamp": "2026-01-31T12:00:00Z",
    }
    assert read(**plain).fingerprint == read(**plain).fingerprint
    assert read(**{**plain, **changed}).fingerprint != read(**plain).fingerprint
    one, other = (read(outcome="accepted", acceptedSuggestions=[{"id": name}]).fingerprint for name in "ab")
    assert one != other


def test_feedback_about_another_service_is_other_feedback():
    [one], [other] = (
        feedback.parse({"feedback": [feedback_item()]}, service) for service in ("opioid-order-sign", "opioid-x")
    )
    assert one.fingerprint != other.fingerprint


def test_the_suggestions_that_were_taken_are_the_same_in_any_order():
    ids = ["0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7"]
    one, other = (
        read(outcome="accepted", acceptedSuggestions=[{"id": id_} for id_ in taken]) for taken in (ids, ids[::-1])
    )
    assert one.fingerprint == other.fingerprint
    assert set(one.accepted_suggestions) == set(ids)


@pytest.mark.parametrize("written", ["2026-01-31t12:00:00z", "2026-01-31T13:00:00.000000000+01:00"])
def test_a_moment_is_the_same_however_the_standard_lets_it_be_written(written):
    assert read(outcomeTimestamp=written) == read(outcomeTimestamp="2026-01-31T12:00:00Z")
