"""What somebody does and where, by which colleagues are known: the same text for the same role, however it was sent."""

from __future__ import annotations

import pytest

from fhir_mappings.practitioners import role_of


def concept(*codes):
    return {"coding": [{"system": "urn:x", "code": code} for code in codes]}


ROLE = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "https://ehr.example.org/fhir/Practitioner/p"},
    "organization": {"reference": "Organization/o"},
    "code": [concept("nurse", "doctor")],
    "specialty": [concept("pain")],
}
TOLD = "Organization/o urn:x|doctor urn:x|nurse urn:x|pain"


@pytest.mark.parametrize(
    "sent",
    [
        ROLE,
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Practitioner"}}, {"resource": ROLE}]},
        {**ROLE, "code": [concept("doctor"), concept("nurse")]},
        {**ROLE, "code": [concept("doctor", "nurse", "doctor")]},
    ],
)
@pytest.mark.parametrize("user", ["Practitioner/p", "PractitionerRole/r"])
def test_a_role_is_told_by_its_place_and_its_codes(sent, user):
    assert role_of(user, [None, sent]) == TOLD


def test_a_specialty_and_a_place_tell_roles_apart():
    others = ({**ROLE, "specialty": [concept("surgery")]}, {**ROLE, "organization": {"reference": "Organization/q"}})
    assert len({role_of("Practitioner/p", [one]) for one in (ROLE, *others)}) == 3


@pytest.mark.parametrize(
    ("user", "sent"),
    [
        ("Practitioner/q", ROLE),
        ("", {**ROLE, "practitioner": {}}),
        ("Practitioner/p", {**ROLE, "code": [], "specialty": []}),
    ],
)
def test_nobody_is_grouped_by_what_is_not_theirs_or_says_nothing(user, sent):
    assert role_of(user, [sent]) == ""
