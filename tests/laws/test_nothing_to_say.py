"""What is answered without a look at the list is what would be answered with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

import pytest

from hooks import evaluation
from tests import conversations
from tests.mutated import Sent, mutated

DRUGS: dict[str, dict[str, Any]] = {
    "for the heart": {"text": "lisinopril 10 mg tablet"},
    "by its code": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "314076"}]},
    "that sedates": {"text": "diazepam 5 mg tablet"},
    "for rescue": {"text": "naloxone 4 mg nasal spray"},
    "that blocks": {"text": "naltrexone 50 mg tablet"},
    "that nobody knows": {"text": "Zzyzx 5"},
    "without a name": {},
}


def orders_in(drafts: Any) -> Iterator[dict[str, Any]]:
    found = drafts.get("entry", [drafts]) if isinstance(drafts, dict) else drafts
    for one in found if isinstance(found, list) else ():
        resource = one.get("resource", one) if isinstance(one, dict) else None
        if isinstance(resource, dict) and str(resource.get("resourceType")).startswith("Medication"):
            yield resource


def told_of(drug: dict[str, Any], bundles: Any) -> Iterator[Any]:
    """Each of some Bundles and lists, with another drug in every order."""
    for drafts in bundles:
        changed = deepcopy(drafts)
        for order in orders_in(changed):
            order.pop("medicationReference", None)
            order["medicationCodeableConcept"] = drug
        yield changed


def written_for(drug: dict[str, Any], body: Any) -> Any:
    """The same call, with another drug in each order that is being written."""
    context = body["context"] if isinstance(body["context"], dict) else {}
    return {**body, "context": {**context, **dict(zip(context, told_of(drug, context.values()), strict=True))}}


def of_other_lists(body: Any) -> Iterator[Any]:
    """The same call about somebody who takes a drug for the heart: all of the list, and the first page of it."""
    prefetch = body.get("prefetch") or {}
    whole = dict(zip(prefetch, told_of(DRUGS["for the heart"], prefetch.values()), strict=True))
    yield {**body, "prefetch": whole}
    more = {"link": [{"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}]}
    paged = {key: {**one, **more} if isinstance(one, dict) and "entry" in one else one for key, one in whole.items()}
    yield {**body, "prefetch": paged}


def calls() -> list[Sent]:
    found: list[Sent] = []
    for one in conversations.found_in():
        if one.status == 200:
            body = json.loads(one.request)
            others = [written_for(drug, body) for drug in DRUGS.values()]
            found += [(f"/cds-services/{one.service_id}", each) for each in (body, *others, *of_other_lists(body))]
    return found


@pytest.fixture(scope="module")
def caller(knowledge):
    return conversations.client(knowledge)


def answer(caller, address: str, body: Any) -> Any:
    answered = caller.post(address, data=json.dumps(body), content_type="application/json")
    return answered.status_code, conversations.without_uuids(json.loads(answered.data))


def spoilt() -> Iterator[Sent]:
    return (one for one in islice(mutated([*calls(), ("/mme", [])], seed=30), 1000) if one[0] != "/mme")


@pytest.mark.parametrize("bodies", [calls, spoilt])
def test_a_look_at_the_list_would_have_said_the_same(caller, monkeypatch, bodies):
    is_plain, plain = evaluation.concerns_no_opioid, []

    def noted(*asked: Any) -> bool:
        plain.append(is_plain(*asked))
        return plain[-1]

    for address, body in bodies():
        monkeypatch.setattr(evaluation, "concerns_no_opioid", noted)
        at_once = answer(caller, address, body)
        monkeypatch.setattr(evaluation, "concerns_no_opioid", lambda *_: False)
        assert answer(caller, address, body) == at_once
    assert 0.1 < sum(plain) / len(plain) < 0.6
