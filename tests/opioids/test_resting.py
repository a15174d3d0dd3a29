"""What a prescriber asked not to hear about again for a while, and what is said all the same."""

from __future__ import annotations

import pytest

from opioids.recommendations import Recommendation, Topic, Urgency
from opioids.rules import MOST_AT_ONCE, recommend, verdicts
from tests.opioids.build import case


@pytest.fixture(scope="module")
def one_case(knowledge):
    return case(knowledge.tables["cdc-2022"])


def says(topic: Topic, urgency: Urgency = Urgency.INFO):
    return lambda case, guideline: Recommendation(topic=topic, urgency=urgency, rule="x")


def topics(recommendations) -> list[Topic]:
    return [one.topic for one in recommendations]


def test_a_topic_at_rest_is_not_told(one_case, guideline):
    rules = [says(Topic.NALOXONE_OFFER), says(Topic.MME_TOTAL)]
    assert topics(recommend(one_case, guideline, rules, lambda _: {Topic.NALOXONE_OFFER})) == [Topic.MME_TOTAL]


def test_what_rests_makes_room_for_a_milder_topic(one_case, guideline):
    # An escalation and a review are one concern; what could not be seen never rests.
    apart = set(Topic) - {Topic.DATA_INCOMPLETE, Topic.DOSE_ESCALATION}
    rules = [says(topic) for topic in sorted(apart)]
    crowded_out = apart - set(topics(recommend(one_case, guideline, rules)))
    resting = set(topics(recommend(one_case, guideline, rules)))
    told = topics(recommend(one_case, guideline, rules, lambda _: resting))
    assert set(told) == crowded_out
    assert len(apart) > MOST_AT_ONCE


@pytest.mark.parametrize(
    ("topic", "urgency", "told"),
    [
        (Topic.DATA_INCOMPLETE, Urgency.INFO, True),
        (Topic.DATA_INCOMPLETE, Urgency.WARNING, True),
        (Topic.SLOWER_TAPER, Urgency.CRITICAL, True),
        (Topic.SLOWER_TAPER, Urgency.WARNING, False),
        (Topic.NALOXONE_OFFER, Urgency.CRITICAL, False),
        (Topic.SEDATIVE_OVERLAP, Urgency.CRITICAL, False),
        (Topic.DEPRESCRIBING_REVIEW, Urgency.INFO, False),
    ],
)
def test_an_abrupt_stop_and_what_could_not_be_seen_are_never_silenced(one_case, guideline, topic, urgency, told):
    (verdict,) = verdicts(one_case, guideline, [says(topic, urgency)], lambda _: set(Topic))
    assert (verdict.told, verdict.rests) == (told, not told)


def test_nobody_is_asked_when_there_is_nothing_to_say(one_case, guideline):
    def asked(found):
        raise AssertionError("there was nothing to say")

    assert recommend(one_case, guideline, [], asked) == ()


def test_who_answers_is_told_all_that_there_would_be_to_say(one_case, guideline):
    asked = []
    recommend(one_case, guideline, [says(topic) for topic in Topic], lambda found: asked.extend(found) or ())
    assert topics(asked) == list(Topic)
