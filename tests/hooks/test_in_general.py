"""What is told of every card of a topic, and of one card: whole, and from the guideline's own numbers."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from functools import cache

import pytest

from hooks import services as offered
from hooks.in_general import in_general
from hooks.in_particular import in_particular
from hooks.protocol import HookRequest
from hooks.service import Call
from hooks.told import Told
from hooks.words import text_of
from opioids.criteria import PointName
from opioids.guideline import Guideline
from opioids.recommendations import Recommendation, Topic
from tests.conversations import FOLDER, NOW
from tests.hooks.orders import TODAY, ago, as_needed, bundle, draft, listed, order, problem, supply
from tests.hooks.orders import request as asked

MORE = draft("m", "oxycodone ER 40", 3)
STOP = draft("d", "oxycodone ER 40", status="cancelled", priorPrescription={"reference": "MedicationRequest/o"})
PROFILES = ("us-cdc-2022", "ca-2017", "uk-nice-ng215", "de-lonts-2020", "au-2022")


@cache
def requests() -> tuple[tuple[str, HookRequest], ...]:
    """The recorded requests that are whole, each with its service."""
    found = []
    for file in sorted(FOLDER.glob("*/*/request.json")):
        body = json.loads(file.read_text(encoding="utf-8"))
        context = body.get("context")
        refused = file.with_name("status.txt").exists()
        if isinstance(context, dict) and context.get("patientId") and not refused:
            patient = context["patientId"].rpartition("/")[2]
            prefetch = body.get("prefetch") or {}
            one = HookRequest(
                hook=body["hook"], hook_instance="i", patient_id=patient, context=context, prefetch=prefetch
            )
            found.append((file.parent.parent.name, one))
    assert len(found) > 50
    return tuple(found)


@pytest.fixture(scope="module")
def told(knowledge):
    """All that the recorded requests get told under a guideline."""

    @cache
    def of(profile: str) -> tuple[Told, ...]:
        guideline = knowledge.guidelines[profile]
        built = offered.build(knowledge, guideline=profile, table=guideline.default_table)
        services = {one.id: one for one in built}
        call = Call(today=NOW.date(), new_uuid=lambda: "u")
        traces = [services[name].trace(one, call) for name, one in requests()]
        return tuple(
            Told(recommendation=verdict.found, case=trace.case, guideline=guideline)
            for trace in traces
            for verdict in trace.verdicts
            if isinstance(verdict.found, Recommendation)
        )

    return of


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("topic", Topic)
def test_every_topic_is_explained_under_every_guideline(topic, profile, knowledge):
    found = in_general(topic, knowledge.guidelines[profile])
    assert found.says
    assert found.appears
    assert found.silent
    for words in (*found.appears, *found.silent):
        assert words[0].islower() or words.startswith(("MME",))
        assert not re.search(r"None|[{}]|\.$", words)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_a_card_rests_on_is_among_what_such_cards_can_rest_on(profile, told):
    for one in told(profile):
        general = in_general(one.recommendation.topic, one.guideline)
        assert set(one.recommendation.statements) <= {statement.id for statement in general.statements}
        assert set(one.recommendation.reasons) <= set(general.criteria)


@pytest.mark.parametrize("profile", PROFILES)
def test_what_such_cards_can_rest_on_is_what_the_guideline_says_of_them(profile, knowledge):
    guideline = knowledge.guidelines[profile]
    pace = guideline.pace
    falls = {one.id for one in in_general(Topic.SLOWER_TAPER, guideline).statements}
    assert {pace.abrupt_statement, pace.long_statement, pace.short_statement} - {None, ""} <= falls
    reviews = {one.id for one in in_general(Topic.DEPRESCRIBING_REVIEW, guideline).statements}
    assert reviews == {one.id for one in guideline.review_reasons if one.explicit}, "others only support"


def test_cards_on_sedatives_are_silent_where_both_are_meant(knowledge):
    silent = in_general(Topic.SEDATIVE_OVERLAP, knowledge.guidelines["us-cdc-2022"]).silent
    assert {"both may be meant: palliative care", "both may be meant: a terminal illness"} <= set(silent)


def test_the_thresholds_told_are_those_in_force(knowledge):
    guideline = knowledge.guidelines["us-cdc-2022"]
    assert "the daily total is 50 MME/day or more" in in_general(Topic.MME_TOTAL, guideline).appears
    points = tuple(replace(one, mme_per_day=one.mme_per_day + 7) for one in guideline.dose_points)
    site = replace(guideline, dose_points=points, rise_percent=guideline.rise_percent + 7)
    assert "the daily total is 57 MME/day or more" in in_general(Topic.MME_TOTAL, site).appears
    assert any("32% or more" in words for words in in_general(Topic.DOSE_ESCALATION, site).appears)


@pytest.mark.parametrize(
    ("profile", "words"), [("uk-nice-ng215", "above 120 MME/day"), ("ca-2017", "90 MME/day or more")]
)
def test_a_point_is_told_as_its_guideline_counts_it(profile, words, knowledge):
    assert f"the daily total is {words}" in in_general(Topic.MME_TOTAL, knowledge.guidelines[profile]).appears


def test_a_guideline_without_a_dose_says_what_else_the_total_is_told_for(knowledge):
    guideline = knowledge.guidelines["au-2022"]
    assert guideline.point(PointName.HIGH) is not None
    found = in_general(Topic.MME_TOTAL, guideline)
    assert any("something else rests on the total" in words for words in found.appears)
    assert not any("dose point" in words for words in found.silent)


# ---- one card ----


@pytest.mark.parametrize("profile", PROFILES)
def test_every_recorded_card_can_be_explained_without_naming_anybody(profile, told):
    for one in told(profile):
        found = in_particular(one, text_of(one).summary)
        words = json.dumps(asdict(found), default=str)
        assert "MedicationRequest/" not in words
        assert "Patient/" not in words
        assert not re.search(
            r"None|[{}](?!,|\])", " ".join((*found.silenced, *found.changed, *found.seen, *found.unseen))
        )
        assert found.statements == one.recommendation.statements
        assert len(found.reasons) <= len(one.recommendation.reasons)
        counted = sum(line.mme_per_day.maximum for line in one.case.proposed.counted)
        assert len(found.counted) == len(one.case.proposed.counted)
        assert bool(found.counted) == bool(counted)


def explained(services, guideline: Guideline, topic, prefetch, *drafts):
    """The card of a topic about an order that is signed, explained."""
    call = Call(today=TODAY, new_uuid=lambda: "u")
    trace = services["order-sign"].trace(asked("order-sign", prefetch, drafts=drafts), call)
    found = (one.found for one in trace.verdicts if isinstance(one.found, Recommendation))
    (one,) = (one for one in found if one.topic is topic)
    return in_particular(Told(recommendation=one, case=trace.case, guideline=guideline), "s")


@pytest.fixture(scope="module")
def cdc(knowledge):
    return knowledge.guidelines["us-cdc-2022"]


def test_numbers_and_sums_are_those_of_the_card(services, cdc):
    sent = listed(order("o", "oxycodone ER 40"), order("b", "buprenorphine/naloxone film"))
    needed = as_needed(draft("d", "oxycodone 5"))
    found = explained(services, cdc, Topic.MME_TOTAL, sent, needed, draft("x", "methadone 10", None))
    assert found.totals == (
        ("Before the order", "120 MME/day", "120 MME/day"),
        ("With the order", "at least 135 MME/day", "at least 120 MME/day"),
    )
    assert [sum_ for _, sum_, _ in found.counted] == [
        "1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day",
        "1 tablet x 5 mg x 2/day as needed = 10 mg/day; x 1.5 = 15 MME/day",
    ]
    ((name, why, _),) = found.uncounted
    assert name.startswith("methadone")
    assert why == "dose missing"
    assert [why for _, why in found.left_out] == ["treatment of opioid use disorder, never part of the total"]


def test_the_dose_that_a_fall_is_measured_from_is_among_the_numbers(services, cdc):
    lasted = {"authoredOn": ago(800), "dispenseRequest": supply(800 - 25)}
    before = order("old", "oxycodone 5", 20, status="completed", **lasted)
    now = order("now", "oxycodone 5", 18, authoredOn=ago(25))
    then = draft("next", "oxycodone 5", 16, priorPrescription={"reference": "MedicationRequest/now"})
    found = explained(services, cdc, Topic.SLOWER_TAPER, listed(now, history=bundle(before)), then)
    assert found.totals[0] == ("Highest steady dose of the last year: the fall is measured from it", "150 MME/day", "–")
    assert [name for name, *_ in found.totals[1:]] == ["Before the order", "With the order"]
    alone = explained(
        services, cdc, Topic.SLOWER_TAPER, listed(order("o", "oxycodone ER 40", authoredOn=ago(800))), STOP
    )
    assert [name for name, *_ in alone.totals] == ["Before the order", "With the order"]


def test_what_was_seen_and_what_not_is_told(services, cdc):
    sent = {"medications": bundle(order("o", "oxycodone ER 40"), order("l", "lorazepam"))}
    found = explained(services, cdc, Topic.NALOXONE_OFFER, sent, draft("d", "oxycodone 5"))
    assert "the medication list" in found.seen
    assert "a benzodiazepine: lorazepam" in found.seen
    assert any(one.startswith("opioids prescribed for at least") for one in found.seen)
    assert any(one.startswith("the problem list:") for one in found.unseen)
    assert "the age" in found.unseen


@pytest.mark.parametrize(
    ("topic", "naloxone", "scores"),
    [(Topic.MME_TOTAL, False, False), (Topic.NALOXONE_OFFER, True, False), (Topic.DEPRESCRIBING_REVIEW, False, True)],
)
def test_only_what_would_have_mattered_is_missed(topic, naloxone, scores, services, cdc):
    found = explained(services, cdc, topic, listed(order("o", "oxycodone ER 40")), draft("d", "oxycodone 5"))
    assert any(one.startswith("naloxone") for one in found.unseen) is naloxone
    assert any(one.startswith("scores") for one in found.unseen) is scores


def test_scores_would_have_mattered_before_a_dose_is_raised(services, cdc):
    found = explained(services, cdc, Topic.DOSE_ESCALATION, listed(order("o", "oxycodone ER 40")), MORE)
    assert any(one.startswith("scores") for one in found.unseen)


def test_a_dose_before_that_could_not_be_counted_makes_only_that_one_a_least(services, cdc):
    instead = draft("d", "oxycodone ER 40", priorPrescription={"reference": "MedicationRequest/o"})
    found = explained(services, cdc, Topic.MME_TOTAL, listed(order("o", "oxycodone 5", None)), instead)
    assert [most for _, most, _ in found.totals] == ["at least 0 MME/day", "120 MME/day"]
    assert not found.complete


def test_a_list_that_was_not_sent_is_told(services, cdc):
    found = explained(services, cdc, Topic.MME_TOTAL, {}, draft("d", "oxycodone 5"))
    assert [most for _, most, _ in found.totals] == ["at least 0 MME/day", "at least 15 MME/day"]
    assert "the medication list was not sent" in found.unseen
    assert "how long opioids have been taken" in found.unseen
    assert "the medication list" not in found.seen


@pytest.mark.parametrize(
    ("topic", "before", "draft_", "problems", "silenced"),
    [
        (Topic.MME_TOTAL, 2, ("oxycodone 5", 2), (), ["the total were not 50 MME/day or more"]),
        (
            Topic.NALOXONE_OFFER,
            1,
            ("oxycodone 5", 1),
            ("G47.33",),
            [
                "rescue naloxone were at hand or being written",
                "this held: a hospital, emergency or perioperative encounter",
            ],
        ),
        (
            Topic.SLOWER_TAPER,
            2,
            None,
            (),
            [
                "the dose fell by no more than 10%",
                "an overdose had just been recorded",
                "opioids were known to have been taken for less than 90 days",
                (
                    "one of these held: under 18, active cancer, palliative care, "
                    "a terminal illness, sickle cell disease, a hospital, emergency or perioperative encounter"
                ),
            ],
        ),
    ],
)
def test_what_would_have_silenced_it_is_told_in_words(topic, before, draft_, problems, silenced, services, cdc):
    taken = order("o", "oxycodone ER 40", before)
    drafts = (draft("d", *draft_) if draft_ else STOP,)
    sent = listed(taken, conditions=bundle(*map(problem, problems)))
    assert list(explained(services, cdc, topic, sent, *drafts).silenced) == silenced


def test_a_condition_is_called_what_the_guideline_calls_it(services, cdc):
    sent = listed(order("o", "oxycodone 5"), conditions=bundle(problem("G47.33")))
    found = explained(services, cdc, Topic.NALOXONE_OFFER, sent, draft("d", "oxycodone 5", 1))
    assert "this did not hold: sleep apnea is recorded" in found.silenced


def test_hostile_words_stay_as_they_are_until_they_are_shown(services, cdc):
    """They are escaped where they are put on a page, and nowhere else: twice would spoil them."""
    hostile = "oxycodone 5 mg tablet <img src=x onerror=alert(1)> *x*"
    found = explained(services, cdc, Topic.MME_TOTAL, listed(order("o", hostile)), draft("d", "oxycodone ER 40", 4))
    assert hostile in [medicine for medicine, _, _ in (*found.counted, *found.uncounted)]
