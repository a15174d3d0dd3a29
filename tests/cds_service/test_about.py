"""`GET /about` for machines, the thresholds of a site, and what they change."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from cds_service import settings
from cds_service.app import about_of, choices_of, create_app, random_uuid
from cds_service.deployment import unknown_names
from cds_service.settings_check import InvalidSettings
from opioids.conditions import ConditionGroup
from tests.hooks.orders import PATIENT, bundle, draft, order

JSON = {"Accept": "application/json"}


@pytest.fixture
def client(knowledge):
    def build(**changes):
        environment = {
            "OPIOID_CDS_DATABASE__URL": "sqlite:///never-opened.sqlite3",
            "OPIOID_CDS_DATABASE__MIGRATE_AT_START": "false",
            "OPIOID_CDS_NOTES__ENABLED": "false",
            "OPIOID_CDS_EXPLAIN__ENABLED": "false",
            **{f"OPIOID_CDS_{name}": str(value) for name, value in changes.items()},
        }
        return create_app(settings.load(None, environment), knowledge=knowledge).test_client()

    return build


def told(client):
    answer = client.get("/about", headers=JSON)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    return json.loads(answer.data)


def test_what_a_site_has_chosen_is_what_its_services_are_built_with(knowledge):
    chosen = {"OPIOID_CDS_GUIDELINE__TABLE": "heal-2025", "OPIOID_CDS_SNOOZE__DAYS": "60"}
    site = settings.load(None, chosen)
    assert about_of(site, knowledge).table.id == "heal-2025"
    assert choices_of(site).ask_again_days == 60
    assert {UUID(random_uuid()).version for _ in range(50)} == {4}, "RFC 9562, as callers may check"


@pytest.mark.parametrize(("chosen", "mistakes"), [({}, 1), ({"OPIOID_CDS_GUIDELINE__TABLE": "heal-2025"}, 0)])
def test_a_guideline_whose_own_table_is_not_carried_needs_another_one(chosen, mistakes, knowledge):
    without = {name: table for name, table in knowledge.tables.items() if name != "cdc-2022"}
    found = list(unknown_names(settings.load(None, chosen), replace(knowledge, tables=without)))
    assert len(found) == mistakes


def test_what_the_advice_rests_on_is_told_to_machines(client):
    about = told(client())
    assert (about["guideline"]["id"], about["table"]["id"], about["table"]["guidelinesOwn"]) == (
        "us-cdc-2022",
        "cdc-2022",
        True,
    )
    assert all(one["strength"] and one["source"] and one["review"] for one in about["guideline"]["statements"])
    assert {one["looksFor"] for one in about["guideline"]["exclusions"]} >= {"hospital", ConditionGroup.CANCER_ACTIVE}
    assert (about["overridden"], about["cards"]) == ([], {"most": 3, "escalation": "info"})
    assert about["service"]["signedOff"] is False


@pytest.mark.parametrize("accept", [None, "*/*", "text/html,application/xhtml+xml,*/*;q=0.8"])
def test_people_get_the_page(client, accept):
    answer = client().get("/about", headers={"Accept": accept} if accept else {})
    assert answer.content_type.startswith("text/html")


@pytest.mark.parametrize("profile", ["us-cdc-2022", "ca-2017", "au-2022", "uk-nice-ng215", "de-lonts-2020"])
def test_source_attributes_of_every_guideline_are_told(client, profile):
    about = told(client(GUIDELINE__PROFILE=profile))
    names = {one["name"] for one in about["sourceAttributes"]}
    assert names == {"developer", "funding", "evidence", "population", "limits", "released"}
    assert all(one["text"] and one["source"] for one in about["sourceAttributes"])
    items = {one["item"]: one["used"] for one in about["dataUsed"]}
    assert (items["race"], items["date of birth"]) == (False, True)
    assert len(about["knownLimits"]) > 3


def test_what_a_site_has_set_is_told_beside_the_guidelines_own(client):
    about = told(client(GUIDELINE__PROFILE="au-2022", GUIDELINE__THRESHOLDS__HIGH_MME=100, CARDS__MOST=2))
    assert about["overridden"] == [{"name": "high_mme", "stated": None, "inForce": 100}]
    (point,) = about["guideline"]["dosePoints"]
    assert (point["mmePerDay"], point["setBySite"]) == (100, True)
    by_name = {one["name"]: one for one in about["thresholds"]}
    assert by_name["long_term_days"] == {"name": "long_term_days", "stated": 90, "inForce": 90, "setBySite": False}
    assert "caution_mme" not in by_name
    assert about["cards"]["most"] == 2


def test_a_threshold_like_the_guidelines_own_overrides_nothing(client):
    assert told(client(GUIDELINE__THRESHOLDS__CAUTION_MME=50))["overridden"] == []


def ask(client, mg=30, **context):
    sig = {
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": mg, "unit": "mg", "code": "mg"}}],
    }
    body = {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/x",
            "patientId": PATIENT,
            "draftOrders": bundle(draft("d", "oxycodone 5", dosageInstruction=[sig])),
            **context,
        },
        "prefetch": {"medications": bundle(order("o", "oxycodone 5", 1)), "conditions": None},
    }
    answer = client.post("/cds-services/opioid-order-sign", json=body)
    assert answer.status_code == 200
    return {card["source"]["topic"]["code"]: card for card in answer.json["cards"]}


def test_a_dose_point_of_the_site_is_used_and_said(client):
    # 7.5 MME/day now, 45 more with the order.
    assert "MmeTotal" in ask(client())
    assert "MmeTotal" not in ask(client(GUIDELINE__THRESHOLDS__CAUTION_MME="52.6"))
    lower = ask(client(GUIDELINE__THRESHOLDS__CAUTION_MME="52.5"))
    assert "This site's dose point is 52.5 MME/day; the guideline's is 50." in lower["MmeTotal"]["detail"]
    assert "the daily dose is 52.5 MME or more" in lower["NaloxoneOffer"]["summary"]


def test_escalation_can_be_switched_off_and_the_review_takes_its_place(client):
    assert "DoseEscalation" in ask(client())
    off = ask(client(GUIDELINE__ESCALATION="off"))
    assert "DoseEscalation" not in off
    assert "DeprescribingReview" in off


def test_the_most_cards_at_once_can_be_set(client):
    drafts = bundle(draft("d", "oxycodone 5", 7), draft("b", "lorazepam"), draft("u", "hydromorphone compounded", None))
    most = ["NaloxoneOffer", "SedativeOverlap", "DataIncomplete", "MmeTotal", "DoseEscalation"]
    for count in (1, 2, 3, 4, 7):
        assert list(ask(client(CARDS__MOST=count), draftOrders=drafts)) == most[:count]


@pytest.mark.parametrize(
    ("variables", "key"),
    [
        ({"GUIDELINE__THRESHOLDS__HIGH_MME": 90}, "guideline.thresholds.high_mme"),
        ({"GUIDELINE__PROFILE": "uk-nice-ng215", "GUIDELINE__THRESHOLDS__CAUTION_MME": 50}, "caution_mme"),
        ({"GUIDELINE__PROFILE": "ca-2017", "GUIDELINE__THRESHOLDS__CAUTION_MME": 91}, "caution_mme"),
        ({"GUIDELINE__PROFILE": "ca-2017", "GUIDELINE__THRESHOLDS__HIGH_MME": 49}, "high_mme"),
        ({"GUIDELINE__THRESHOLDS__CAUTION_MME": 0}, "caution_mme"),
        ({"GUIDELINE__THRESHOLDS__CAUTION_MME": 2001}, "caution_mme"),
        ({"GUIDELINE__THRESHOLDS__LONG_TERM_DAYS": "1.5"}, "long_term_days"),
        ({"GUIDELINE__THRESHOLDS__RISE_PERCENT": 100}, "rise_percent"),
        ({"GUIDELINE__ESCALATION": "critical"}, "guideline.escalation"),
        ({"CARDS__MOST": 0}, "cards.most"),
        ({"CARDS__MOST": 8}, "cards.most"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused_by_its_key(client, variables, key):
    with pytest.raises(InvalidSettings) as refused:
        client(**variables)
    assert key in str(refused.value)


@pytest.mark.parametrize("value", [49, 50, 90])
def test_dose_points_that_meet_are_in_order(client, value):
    profile = {"GUIDELINE__PROFILE": "ca-2017", "GUIDELINE__THRESHOLDS__CAUTION_MME": value}
    assert told(client(**profile))["guideline"]["dosePoints"][0]["mmePerDay"] == value
